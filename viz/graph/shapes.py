"""What a node is drawn with: shapes (texts, rectangles, paths), and the parts that are made of them.

A node is a row of parts along the flow: a gate and its wire, a leaf's name and its wire, a plate, a box. A part knows
its size before it is placed; `draw` gives its shapes once the rectangle (left, top, right, bottom) is known.
"""

from collections.abc import Callable
from typing import Literal, NamedTuple

from viz.graph.picture import Node, Weight
from viz.graph.style import Palette, Style, blend, text_width

RADIUS = 19.0  # of a gate
LINE = 20.0  # height of a line of text
PAD = 8.0
CELL = 14.0  # side of a weight's square
BASELINE = 5.0  # below the middle of a line

Point = tuple[float, float]


class Text(NamedTuple):
    """A line of text; y is its baseline. Each run has its colour; kind says what it is: name, gate, value, gradient."""

    runs: tuple[tuple[str, str], ...]
    x: float
    y: float
    kind: str
    anchor: Literal["start", "middle", "end"] = "middle"


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


class Path(NamedTuple):
    """A line through steps: the first is where it starts, one point is a straight line there, three are a cubic."""

    steps: tuple[tuple[Point, ...], ...]
    stroke: str
    width: float = 1.5
    dashed: bool = False


Shape = Text | Rect | Path


class Part(NamedTuple):
    """A part of a node: its size at least, how it is drawn, and what of it the wires must know."""

    width: float
    height: float
    draw: Callable[[float, float, float, float], list[Shape]]
    radius: float = 0.0  # of the corners where wires arrive
    stretches: bool = False  # to the end of the layer


def parts_of(node: Node, style: Style, vertical: bool, palette: Palette) -> list[Part]:
    """The parts of a node along the flow."""
    if node.box:
        return [box(node, palette)]
    if style == "plates":
        return [plate(node, palette)]
    if style == "micrograd":
        return [*([gate(node, palette), lead(vertical, palette)] if node.gate else []), record(node, palette)]
    return [gate(node, palette) if node.gate else name(node, vertical, palette), wire(node, vertical, palette)]


def gate(node: Node, palette: Palette) -> Part:
    """A circle with the operation's symbol, or a longer shape where its text is long."""
    text = text_width(node.gate)
    width = 2 * RADIUS if text + PAD <= 2 * RADIUS else text + 2 * PAD

    def draw(left: float, top: float, right: float, bottom: float) -> list[Shape]:
        x, y = (left + right) / 2, (top + bottom) / 2
        outline = Rect(x - width / 2, y - RADIUS, width, 2 * RADIUS, RADIUS, palette.gate, palette.ink, "gate")
        return [outline, Text(((node.gate, palette.ink),), x, y + BASELINE, "gate")]

    return Part(width, 2 * RADIUS, draw, RADIUS)


def name(node: Node, vertical: bool, palette: Palette) -> Part:
    """The name of a leaf, which stands at the beginning of its wire."""

    def draw(left: float, top: float, right: float, bottom: float) -> list[Shape]:
        y = (top + bottom) / 2 + BASELINE
        if vertical:
            return [Text(((node.name, palette.ink),), (left + right) / 2, y, "name")]
        return [Text(((node.name, palette.ink),), right - PAD / 2, y, "name", "end")]

    return Part(text_width(node.name) + PAD, LINE, draw)


def wire(node: Node, vertical: bool, palette: Palette) -> Part:
    """The wire that leaves a gate or a leaf: its value above, or to the left, its gradient below, or to the right."""
    label: tuple[tuple[str, str], ...] = ((node.value, palette.value),)
    if node.gate:
        label = ((f"{node.name} = ", palette.muted), *label)
    above, below = sum(text_width(text) for text, _ in label), text_width(node.gradient)

    def draw(left: float, top: float, right: float, bottom: float) -> list[Shape]:
        x, y = (left + right) / 2, (top + bottom) / 2
        gradient = ((node.gradient, palette.gradient),)
        if vertical:
            line = Path((((x, top),), ((x, bottom),)), palette.muted)
            texts = [Text(label, x - 6, y + BASELINE, "value", "end")]
            after = Text(gradient, x + 6, y + BASELINE, "gradient", "start")
        else:
            line = Path((((left, y),), ((right, y),)), palette.muted)
            texts = [Text(label, x, y - 6, "value")]
            after = Text(gradient, x, y + 17, "gradient")
        return [line, *texts, *([after] if node.gradient else [])]

    if vertical:
        return Part(2 * (max(above, below) + 6 + PAD), 2 * LINE, draw, stretches=True)
    return Part(max(above, below) + 2 * PAD, 2 * LINE, draw, stretches=True)


def lead(vertical: bool, palette: Palette) -> Part:
    """The short wire between an operation and the plate of its result."""

    def draw(left: float, top: float, right: float, bottom: float) -> list[Shape]:
        x, y = (left + right) / 2, (top + bottom) / 2
        ends = (((x, top),), ((x, bottom),)) if vertical else (((left, y),), ((right, y),))
        return [Path(ends, palette.muted)]

    return Part(LINE, LINE, draw)


def record(node: Node, palette: Palette) -> Part:
    """A plate with cells side by side: the name, the data and, once there is one, the grad."""
    cells = [("name", node.name, palette.ink), ("value", f"data {node.value}", palette.value)]
    if node.gradient:
        cells.append(("gradient", f"grad {node.gradient}", palette.gradient))
    widths = [text_width(text) + 2 * PAD for _, text, _ in cells]
    width, height = sum(widths), LINE + 10

    def draw(left: float, top: float, right: float, bottom: float) -> list[Shape]:
        x, y = (left + right - width) / 2, (top + bottom) / 2
        shapes: list[Shape] = [Rect(x, y - height / 2, width, height, 0.0, palette.gate, palette.ink, "plate")]
        for position, ((kind, text, colour), cell) in enumerate(zip(cells, widths, strict=True)):
            if position:
                shapes.append(Path((((x, y - height / 2),), ((x, y + height / 2),)), palette.ink, 1.0))
            shapes.append(Text(((text, colour),), x + cell / 2, y + BASELINE, kind))
            x += cell
        return shapes

    return Part(width, height, draw)


def plate(node: Node, palette: Palette) -> Part:
    """A node of a large graph: value, operation (or a leaf's name) and gradient on one plate."""
    middle = ("gate", node.gate, palette.ink) if node.gate else ("name", node.name, palette.ink)
    rows = [("value", node.value, palette.value), middle, ("gradient", node.gradient, palette.gradient)]
    return stack(rows, (), palette, "plate")


def box(node: Node, palette: Palette) -> Part:
    """A folded module: what it is, its weights as squares, the value and the gradient of its one output."""
    assert node.box
    rows = [("box", line, palette.muted if i else palette.ink) for i, line in enumerate(node.box.lines)]
    rows += [("value", node.value, palette.value)] if node.value else []
    rows += [("gradient", node.gradient, palette.gradient)] if node.gradient else []
    return stack(rows, node.box.weights, palette, "box")


def stack(
    rows: list[tuple[str, str, str]], weights: tuple[tuple[Weight, ...], ...], palette: Palette, kind: str
) -> Part:
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

    return Part(width, height, draw)


def square(weight: Weight, left: float, top: float, palette: Palette) -> list[Shape]:
    """A weight: + on one colour or − on another, the deeper the larger its gradient."""
    fill, ink = weight_colours(weight, palette)
    x, y, reach = left + CELL / 2, top + CELL / 2, CELL / 4
    mark: tuple[tuple[Point, ...], ...] = (((x - reach, y),), ((x + reach, y),))
    shapes: list[Shape] = [Rect(left, top, CELL - 1, CELL - 1, 0.0, fill, fill, "weight"), Path(mark, ink)]
    if weight.positive:
        shapes.append(Path((((x, y - reach),), ((x, y + reach),)), ink))
    return shapes


def weight_colours(weight: Weight, palette: Palette) -> tuple[str, str]:
    """The colour of a weight's square, and of the sign on it."""
    colour = palette.positive if weight.positive else palette.negative
    depth = 0.12 + 0.88 * weight.strength
    return blend(palette.paper, colour, depth), palette.paper if depth > 0.55 else palette.ink
