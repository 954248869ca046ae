"""`Scene`: a picture with everything at its place, as shapes that SVG and matplotlib only have to write down.

The flow goes from left to right, or with rankdir="TB" from top to bottom: then the two axes of the layout change
places.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from viz.graph.layout import GAPS, Gaps, lay_out
from viz.graph.look import Look
from viz.graph.picture import Node, Picture, uses_of
from viz.graph.shapes import HEAD, LINE, Arrow, Point, Shape, Stroke, Text, Tile, arrow
from viz.graph.styles.box import box_tile
from viz.graph.styles.style import Style
from viz.graph.theme import Palette, text_width

MARGIN = 16.0
LONG = 20_000  # stops on all ways; where there are more, a way that wires share is drawn once


@dataclass(frozen=True, slots=True)
class Wire:
    """A drawn wire: from which node to which, and which of the wires between these two it is."""

    source: int
    target: int
    use: int
    stroke: Stroke
    arrow: Arrow | None


@dataclass(frozen=True, slots=True)
class Scene:
    """All shapes of a picture, in pixels from its upper left corner, node by node."""

    width: float
    height: float
    palette: Palette
    title: str
    wires: list[Wire]
    nodes: list[list[Shape]]
    legend: list[Shape]


@dataclass(frozen=True, slots=True)
class Place:
    """A node's place: along the flow, where its layer and its shape begin and end; across, its middle."""

    begins: float
    entry: float
    exit: float
    ends: float
    middle: float
    first: Tile


def scene_of(picture: Picture, look: Look | None = None, gaps: Gaps = GAPS) -> Scene:
    """Lay a picture out, with these gaps, and draw its nodes and wires."""
    look = look or Look()
    palette, vertical = look.palette, look.vertical
    style = look.style_for(len(picture.nodes))
    tiles = [
        [box_tile(node, node.box, palette)] if node.box else style.tiles(node, vertical, palette)
        for node in picture.nodes
    ]
    sizes = [
        (sum(along(tile, vertical) for tile in row), max(along(tile, not vertical) for tile in row)) for row in tiles
    ]
    layout = lay_out(sizes, picture.wires, style.straight, gaps)
    places, nodes = [], []
    for row, (length, _), (begins, ends), middle in zip(tiles, sizes, layout.spans, layout.heights, strict=True):
        begins, ends, middle = begins + MARGIN, ends + MARGIN, middle + MARGIN
        spare = ends - begins - length
        at = entry = begins if row[-1].stretches else begins + spare / 2
        shapes: list[Shape] = []
        for tile in row:
            until = ends if tile.stretches else at + along(tile, vertical)
            half = along(tile, not vertical) / 2
            if vertical:
                shapes += tile.draw(middle - half, at, middle + half, until)
            else:
                shapes += tile.draw(at, middle - half, until, middle + half)
            at = until
        places.append(Place(begins, entry, at, ends, middle, row[0]))
        nodes.append(shapes)
    routes = [[(x + MARGIN, y + MARGIN) for x, y in route] for route in layout.routes]
    wires = draw_wires(picture, places, routes, look, style)
    width, height = layout.width + 2 * MARGIN, layout.height + 2 * MARGIN
    if vertical:
        width, height = height, width
    legend: list[Shape] = []
    for runs in legend_of(picture, style, palette):
        legend.append(Text(runs, MARGIN, height + 2, "legend", "start"))
        width = max(width, sum(text_width(text) for text, _ in runs) + 2 * MARGIN)
        height += LINE
    title = f"Network: {picture.subject}" if picture.network else f"Graph of {picture.subject}: values and gradients"
    return Scene(width, height, palette, title, wires, nodes, legend)


def put_numbers(scene: Scene, nodes: Sequence[Node]) -> None:
    """Write the numbers of these nodes in the places that were laid out for the widest ones."""
    for shapes, node in zip(scene.nodes, nodes, strict=True):
        now = {"value": node.value, "gradient": node.gradient}
        for i, shape in enumerate(shapes):
            if isinstance(shape, Text) and shape.kind in now:
                *before, (_, colour) = shape.runs
                shapes[i] = shape._replace(runs=(*before, (now[shape.kind], colour)))


def legend_of(picture: Picture, style: Style, palette: Palette) -> list[tuple[tuple[str, str], ...]]:
    """The lines of the legend, as runs of text with their colours."""
    lines: list[tuple[tuple[str, str], ...]] = [((line, palette.muted),) for line in picture.legend]
    if any(node.gradient and (node.box or style.legend) for node in picture.nodes):
        value, gradient = ("value", palette.value), (f"gradient of {picture.subject}", palette.gradient)
        lines.insert(0, (("above: ", palette.muted), value, (", below: ", palette.muted), gradient))
    return lines


def along(tile: Tile, vertical: bool) -> float:
    """The tile's length along the flow."""
    return tile.height if vertical else tile.width


def draw_wires(
    picture: Picture, places: Sequence[Place], routes: Sequence[list[Point]], look: Look, style: Style
) -> list[Wire]:
    """The curves between nodes: level where they leave, cross a layer and arrive.

    Wires of one source begin with the same way. Where ways are long, it is drawn once: the others begin where it ends.
    """
    palette, vertical = look.palette, look.vertical
    ports = arrivals(picture, places, routes, vertical)
    wires = []
    share = sum(map(len, routes)) > LONG
    reached: dict[int, int] = {}  # how far along its way a wire of each source is drawn
    for number, ((source, target), use) in enumerate(zip(picture.wires, uses_of(picture.wires), strict=True)):
        if not picture.drawn((source, target)):
            continue
        start, end = places[source], places[target]
        entry, port = ports[number]
        route = routes[number]
        there_already = min(len(route), reached.get(source, 0)) if share else 0
        reached[source] = max(len(route), reached.get(source, 0))
        begin = route[there_already - 1 :] if there_already else [(start.ends, start.middle), *route]
        stops = [*begin, (end.begins, port)]
        steps: list[tuple[Point, ...]] = [(stops[0],)]
        if not there_already and start.exit < start.ends:
            steps.insert(0, ((start.exit, start.middle),))
        for index, (here, there) in enumerate(pairwise(stops)):
            if index % 2:  # across a layer
                steps.append((there,))
            else:
                bend = (here[0] + there[0]) / 2
                steps.append(((bend, here[1]), (bend, there[1]), there))
        steps.append(((entry, port),))
        if style.straight and not route:
            steps = [(point,) for point in between_circles(start, end)]
        (tip,) = steps[-1]
        before = steps[-2][-1] if style.straight and not route else (tip[0] - 1.0, tip[1])
        if style.arrows:
            steps[-1] = (toward(tip, before, HEAD / 2),)
        if vertical:
            tip, before = tip[::-1], before[::-1]
            steps = [tuple((y, x) for x, y in step) for step in steps]
        weight = picture.weights.get(number)
        if weight is None:
            stroke = Stroke(tuple(steps), palette.muted)
        else:
            colour = palette.positive if weight.positive else palette.negative
            stroke = Stroke(tuple(steps), colour, 1.0 + 3.0 * weight.strength, not weight.positive)
        wires.append(Wire(source, target, use, stroke, arrow(before, tip, stroke.colour) if style.arrows else None))
    return wires


def between_circles(start: Place, end: Place) -> tuple[Point, Point]:
    """The ends of the straight line that joins two circles, from edge to edge."""
    here = start.exit - start.first.radius, start.middle
    there = end.entry + end.first.radius, end.middle
    return toward(here, there, start.first.radius), toward(there, here, end.first.radius)


def toward(point: Point, other: Point, length: float) -> Point:
    """The point that is so far from `point` on the way to another one."""
    share = length / (math.dist(point, other) or 1.0)
    return point[0] + (other[0] - point[0]) * share, point[1] + (other[1] - point[1]) * share


def arrivals(
    picture: Picture, places: Sequence[Place], routes: Sequence[list[Point]], vertical: bool
) -> dict[int, Point]:
    """The end of each wire, along and across: wires into one gate share its side, in the order in which they come."""
    wires_into: dict[int, list[int]] = {}
    for number, (_, target) in enumerate(picture.wires):
        wires_into.setdefault(target, []).append(number)
    ports: dict[int, Point] = {}
    for target, numbers in wires_into.items():
        place = places[target]
        comes_from = {n: routes[n][-1][1] if routes[n] else places[picture.wires[n][0]].middle for n in numbers}
        side, radius = along(place.first, not vertical) / 2, place.first.radius
        reach = 0.6 * side * (1 - 1 / len(numbers))
        for order, number in enumerate(sorted(numbers, key=lambda n: comes_from[n])):
            aside = reach * (2 * order / (len(numbers) - 1) - 1) if len(numbers) > 1 else 0.0
            corner = max(0.0, abs(aside) - (side - radius))  # so far into the rounding
            ports[number] = place.entry + radius - (radius**2 - corner**2) ** 0.5, place.middle + aside
    return ports
