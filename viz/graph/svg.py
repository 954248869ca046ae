"""A picture as SVG, by our own layout: nothing but Python is needed, and the same graph gives the same bytes.

There are two writers with one pen. `write_svg` makes a file: colours, sizes and fonts are attributes of each element,
classes and data attributes say what it is. `write_element` makes an element of a page: its shapes have classes and no
colours, so that one drawing serves both themes of the page, and lengths are whole pixels.

>>> from autograd import parse
>>> from viz.graph.picture import picture_of
>>> write_svg(picture_of(parse("x * y", x=2, y=3))).count('class="wire"')
2
"""

from collections.abc import Iterable
from html import escape
from typing import NamedTuple

from viz.graph.look import Look
from viz.graph.picture import Picture, id_prefix
from viz.graph.scene import Scene, scene_of
from viz.graph.shapes import Arrow, Rect, Shape, Stroke, Text
from viz.graph.theme import FONT, FONT_SIZE


class Pen(NamedTuple):
    """Writes shapes as elements: lengths to so many decimal places, with colours or without."""

    places: int
    colours: bool

    def write(self, shape: Shape) -> str:
        """A shape as an element."""
        if isinstance(shape, Stroke):
            return f"<path {self.stroke(shape)}/>"
        if isinstance(shape, Rect):
            place = self.lengths(x=shape.left, y=shape.top, width=shape.width, height=shape.height, rx=shape.radius)
            return f'<rect class="{shape.kind}" {place}{self.paint(fill=shape.fill, stroke=shape.stroke)}/>'
        if isinstance(shape, Arrow):
            corners = "L".join(f"{self.length(x)} {self.length(y)}" for x, y in shape.corners)
            return f'<path class="arrow" d="M{corners}Z"{self.paint(fill=shape.colour)}/>'
        *named, (content, colour) = shape.runs
        before = "".join(f'<tspan class="name"{self.paint(fill=fill)}>{escape(text)}</tspan>' for text, fill in named)
        anchor = "" if shape.anchor == "middle" else f' text-anchor="{shape.anchor}"'
        size = "" if shape.size == FONT_SIZE else f' font-size="{shape.size:g}"'
        place = f"{self.lengths(x=shape.x, y=shape.y)}{anchor}{size}{self.paint(fill=colour)}"
        return f'<text class="{shape.kind}" {place}>{before}{escape(content)}</text>'

    def stroke(self, stroke: Stroke) -> str:
        """The attributes of a path."""
        dashes = {"stroke-dasharray": "6 4"} if stroke.dashed else {}
        paint = self.paint(fill="none", stroke=stroke.colour, **{"stroke-width": f"{stroke.width:.3g}"}, **dashes)
        return f'd="{self.route(stroke)}"{paint}'

    def route(self, stroke: Stroke) -> str:
        """The points of a stroke: a level stretch, however many steps it has, by where it ends (H)."""
        (start,), *steps = [[(self.length(x), self.length(y)) for x, y in step] for step in stroke.steps]
        pieces, height = ["M" + " ".join(start)], start[1]
        for step in steps:
            end, here = step[-1]
            if all(y == height for _, y in step):
                if pieces[-1][0] == "H":
                    pieces.pop()
                pieces.append("H" + end)
            else:
                pieces.append(("L" if len(step) == 1 else "C") + " ".join(f"{x} {y}" for x, y in step))
            height = here
        return "".join(pieces)

    def length(self, number: float) -> str:
        return f"{number:.{self.places}f}"

    def lengths(self, **numbers: float) -> str:
        return " ".join(f'{name}="{self.length(number)}"' for name, number in numbers.items())

    def paint(self, **attributes: str) -> str:
        """Attributes for what a page's style sheet says instead."""
        return "".join(f' {name}="{content}"' for name, content in attributes.items()) if self.colours else ""


FILE_PEN, PAGE_PEN = Pen(1, colours=True), Pen(0, colours=False)


def write_svg(picture: Picture, look: Look | None = None) -> str:
    """The picture as the text of an SVG file.

    Node number i, in topological order, is <g class="node" data-node="i">; in it texts have the classes name, gate,
    value and gradient. A wire is <path class="wire" data-source data-target data-use>; use counts, from 1, the wires
    between the same two nodes. Ids begin with letters made from the content, so that many drawings can stand in one
    page: <g id="…-n3"> is the node n3 of the DOT source.
    """
    look = look or Look()
    return write_scene(picture, scene_of(picture, look), look)


def write_scene(picture: Picture, scene: Scene, look: Look | None = None) -> str:
    """The same of a scene that was made from the picture, and perhaps changed."""
    prefix = id_prefix(picture, look or Look())
    font = f'font-family="{FONT}" font-size="{FONT_SIZE}" text-anchor="middle"'
    wires = (
        f'<path class="wire" data-source="{wire.source}" data-target="{wire.target}" data-use="{wire.use}" '
        f"{FILE_PEN.stroke(wire.stroke)}/>{FILE_PEN.write(wire.arrow) if wire.arrow else ''}"
        for wire in scene.wires
    )
    nodes = (
        f'<g class="node" id="{prefix}-n{index}" data-node="{index}">\n{group}\n</g>'
        for index, group in enumerate(groups(picture, scene, FILE_PEN))
    )
    lines = (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size(scene)} role="img" {font}>',
        titled(scene.title),
        f'<rect class="paper" width="100%" height="100%" fill="{scene.palette.paper}"/>',
        *wires,
        *nodes,
        *map(FILE_PEN.write, scene.legend),
        "</svg>\n",
    )
    return "\n".join(lines)


def write_element(picture: Picture, scene: Scene) -> str:
    """The scene of the picture as an <svg> element of a page, whose style sheet (styles/stepper.css) has the colours.

    A script finds its content by the order: in <g class="wires"> there is a path for each wire of the picture, in
    <g class="nodes"> a group for each node. Below them is the legend, if there is one.
    """
    return write_groups(
        scene,
        wires=(PAGE_PEN.write(wire.stroke) for wire in scene.wires),
        nodes=(f"<g>{group}</g>" for group in groups(picture, scene, PAGE_PEN, separator="")),
    )


def write_groups(scene: Scene, **content: Iterable[str]) -> str:
    """An <svg> element of this scene's size and title, with a <g> of that class for each group of elements."""
    lines = [f'<svg {size(scene)} role="img">', titled(scene.title)]
    for name, elements in content.items():
        lines += [f'<g class="{name}">', *elements, "</g>"]
    lines += [legend_line(scene, line) for line in scene.legend if isinstance(line, Text)]
    return "\n".join([*lines, "</svg>"])


def legend_line(scene: Scene, line: Text) -> str:
    """A line of a page's legend. Its colours are classes, so that it serves both themes."""
    kinds = {scene.palette.value: "value", scene.palette.gradient: "gradient"}
    runs = "".join(f'<tspan class="{kinds.get(colour, "name")}">{escape(text)}</tspan>' for text, colour in line.runs)
    return f'<text class="legend" {PAGE_PEN.lengths(x=line.x, y=line.y)} text-anchor="start">{runs}</text>'


def groups(picture: Picture, scene: Scene, pen: Pen, separator: str = "\n") -> Iterable[str]:
    """The content of each node's group: its title, for a tooltip, and its shapes."""
    for node, shapes in zip(picture.nodes, scene.nodes, strict=True):
        yield separator.join([titled(node.title), *map(pen.write, shapes)])


def size(scene: Scene) -> str:
    width, height = f"{scene.width:.0f}", f"{scene.height:.0f}"
    return f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'


def titled(text: str) -> str:
    return f"<title>{escape(text)}</title>"
