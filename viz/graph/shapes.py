"""Shapes: texts, rectangles, strokes, arrowheads. Tiles: the pieces of a node, which are made of shapes.

A node is a row of tiles along the flow: a gate and its wire, a leaf's name and its wire, a plate, a box. A tile knows
its size before it is placed. Its `draw` gives the shapes once the rectangle (left, top, right, bottom) is known.

>>> from viz.graph.theme import PALETTES
>>> frame = stack([("value", "-4", "#00735C")], (), PALETTES["light"], "plate")
>>> frame.width, frame.height
(30.98, 24.0)
>>> [type(shape).__name__ for shape in frame.draw(0, 0, frame.width, frame.height)]
['Rect', 'Text']
"""

import math
from collections.abc import Callable
from typing import Literal, NamedTuple

from viz.graph.picture import Weight
from viz.graph.theme import FONT_SIZE, Palette, blend, text_width

LINE = 20.0  # height of a line of text
PAD = 8.0
CELL = 14.0  # side of a weight's square
BASELINE = 5.0  # below the middle of a line
HEAD = 8.0  # length of an arrowhead
LOW = frozenset("acegmnopqrsuvwxyzσ")  # letters without a stroke upwards

Point = tuple[float, float]


class Text(NamedTuple):
    """A line of text; y is its baseline. Each run has its colour; kind says what it is: name, gate, value, gradient."""

    runs: tuple[tuple[str, str], ...]
    x: float
    y: float
    kind: str
    anchor: Literal["start", "middle", "end"] = "middle"
    size: float = FONT_SIZE


class Rect(NamedTuple):
    """A rectangle with round corners; a circle where the radius is half of its side."""

    left: float
    top: float
    width: float
    height: float
    radius: float
    fill: str
    stroke: str
    kind: str


class Stroke(NamedTuple):
    """A line through steps: the first is where it starts, one point is a straight line there, three are a cubic."""

    steps: tuple[tuple[Point, ...], ...]
    colour: str
    width: float = 1.5
    dashed: bool = False


class Arrow(NamedTuple):
    """The head of an arrow, a filled triangle: its tip and the two corners behind."""

    corners: tuple[Point, Point, Point]
    colour: str


Shape = Text | Rect | Stroke | Arrow


class Tile(NamedTuple):
    """A piece of a node: its size at least, how it is drawn, and what of it the wires must know."""

    width: float
    height: float
    draw: Callable[[float, float, float, float], list[Shape]]
    radius: float = 0.0  # of the corners where wires arrive
    stretches: bool = False  # to the end of the layer


def stack(
    rows: list[tuple[str, str, str]], weights: tuple[tuple[Weight, ...], ...], palette: Palette, kind: str
) -> Tile:
    """Lines of text (kind, text, colour) one below the other, then squares for weights, in a frame."""
    columns = max(map(len, weights), default=0)
    width = max([columns * CELL, *(text_width(text) for _, text, _ in rows)]) + 2 * PAD
    height = len(rows) * LINE + len(weights) * CELL + (PAD if weights else 0.0) + 4

    def draw(left: float, top: float, right: float, bottom: float) -> list[Shape]:
        x, y = (left + right) / 2, (top + bottom - height) / 2
        shapes: list[Shape] = [Rect(x - width / 2, y, width, height, 4.0, palette.gate, palette.ink, kind)]
        for row, (what, text, colour) in enumerate(rows):
            if text:
                shapes.append(Text(((text, colour),), x, y + LINE * row + LINE / 2 + 2 + BASELINE, what))
        y += len(rows) * LINE + 4
        for row, line in enumerate(weights):
            for column, weight in enumerate(line):
                shapes += square(weight, x + (column - columns / 2) * CELL, y + row * CELL, palette)
        return shapes

    return Tile(width, height, draw)


def square(weight: Weight, left: float, top: float, palette: Palette) -> list[Shape]:
    """A weight: + on one colour or − on another, the deeper the larger its gradient."""
    fill, ink = weight_colours(weight, palette)
    x, y, reach = left + CELL / 2, top + CELL / 2, CELL / 4
    shapes: list[Shape] = [Rect(left, top, CELL - 1, CELL - 1, 0.0, fill, fill, "weight")]
    shapes.append(straight((x - reach, y), (x + reach, y), ink))
    if weight.positive:
        shapes.append(straight((x, y - reach), (x, y + reach), ink))
    return shapes


def straight(start: Point, end: Point, colour: str, width: float = 1.5) -> Stroke:
    """A straight line between two points."""
    return Stroke(((start,), (end,)), colour, width)


def arrow(start: Point, tip: Point, colour: str) -> Arrow:
    """An arrowhead at the end of a straight line."""
    (x, y), length = tip, math.dist(start, tip)
    along, down = (x - start[0]) / length * HEAD, (y - start[1]) / length * HEAD
    corners = (x - along + down / 2, y - down - along / 2), (x - along - down / 2, y - down + along / 2)
    return Arrow((tip, *corners), colour)


def centred(text: str, x: float, y: float, colour: str, kind: str, size: float) -> Text:
    """A text whose middle is the point: that of x is lower than that of X or +, in all usual fonts."""
    middle = 0.26 if set(text) <= LOW else 0.34
    return Text(((text, colour),), x, y + middle * size, kind, size=size)


def weight_colours(weight: Weight, palette: Palette) -> tuple[str, str]:
    """The colour of a weight's square, and of the sign on it."""
    colour = palette.positive if weight.positive else palette.negative
    depth = 0.12 + 0.88 * weight.strength
    return blend(palette.paper, colour, depth), palette.paper if depth > 0.55 else palette.ink
