"""A picture as SVG, by our own layout: nothing but Python is needed, and the same graph gives the same bytes.

Values stand above the wire, gradients below; gates are circles, or boxes where their text is long; leaves are named at
the left. Colours, sizes and fonts are attributes of each element and there are no ids, so that many drawings can stand
in one page without disturbing each other.
"""

import unicodedata
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from viz.layout import Layout, lay_out
from viz.picture import Node, Picture
from viz.style import FONT, FONT_SIZE, GATE, GRADIENT, INK, MUTED, PAPER, VALUE

MARGIN = 16.0
RADIUS = 19.0
LINE = 20.0  # height of one line of text
PAD = 8.0


def text_width(text: str) -> float:
    """How wide a text is at the most in the sans-serif fonts at hand, in pixels."""
    return sum(FONT_SIZE * (1.0 if unicodedata.east_asian_width(c) in "WF" else 0.64) for c in text)


@dataclass(frozen=True, slots=True)
class Shape:
    """How large the parts of a node are drawn."""

    gate: float  # width of the gate; 0 for a leaf
    name: float  # width of a leaf's name; 0 for others
    label: float  # width of the wire under its labels; 0 on a plate
    height: float

    @property
    def size(self) -> tuple[float, float]:
        return self.gate + self.name + self.label, self.height


def shape_of(node: Node, plates: bool) -> Shape:
    if plates:
        widest = max(map(text_width, (node.gate or node.name, node.value, node.gradient)))
        return Shape(widest + 2 * PAD, 0.0, 0.0, 3 * LINE + 4)
    label = max(text_width(value_label(node)), text_width(node.gradient)) + 2 * PAD
    if not node.gate:
        return Shape(0.0, text_width(node.name) + PAD, label, 2 * LINE)
    gate = text_width(node.gate) + PAD
    return Shape(2 * RADIUS if gate <= 2 * RADIUS else gate + PAD, 0.0, label, 2 * LINE + 4)


def value_label(node: Node) -> str:
    """What stands above the wire: the value, of a computed node with its name."""
    return f"{node.name} = {node.value}" if node.gate else node.value


def write_svg(picture: Picture) -> str:
    """The picture as the text of an SVG file."""
    shapes = [shape_of(node, picture.plates) for node in picture.nodes]
    layout = lay_out([shape.size for shape in shapes], picture.wires)
    width, height = layout.width + 2 * MARGIN, layout.height + 2 * MARGIN
    size = f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" font-family="{FONT}" font-size="{FONT_SIZE}">',
        f"<title>Graph of {escape(picture.nodes[-1].name)}: values above the wires, gradients below</title>",
        f'<rect width="100%" height="100%" fill="{PAPER}"/>',
        f'<g transform="translate({MARGIN:.0f} {MARGIN:.0f})">',
        f'<g fill="none" stroke="{MUTED}" stroke-width="1.5">',
        *(f'<path d="{d}"/>' for d in wire_paths(picture, layout, shapes)),
        "</g>",
    ]
    for index, node in enumerate(picture.nodes):
        left, right = layout.spans[index]
        draw = plate if picture.plates else gate_and_wire if node.gate else leaf
        parts += ["<g>", f"<title>{escape(node.title)}</title>"]
        parts += [*draw(node, shapes[index], left, right, layout.heights[index]), "</g>"]
    return "\n".join([*parts, "</g>", "</svg>", ""])


def gate_and_wire(node: Node, shape: Shape, left: float, right: float, y: float) -> list[str]:
    """A gate at the left of its layer, and its wire to the right end."""
    middle = left + shape.gate / 2
    look = f'fill="{GATE}" stroke="{INK}" stroke-width="1.5"'
    if shape.gate == 2 * RADIUS:
        outline = f'<circle cx="{middle:.1f}" cy="{y:.1f}" r="{RADIUS}" {look}/>'
    else:
        box = f'x="{left:.1f}" y="{y - RADIUS:.1f}" width="{shape.gate:.1f}" height="{2 * RADIUS}" rx="{RADIUS}"'
        outline = f"<rect {box} {look}/>"
    return [outline, text(node.gate, middle, y + 5, INK), *wire(node, left + shape.gate, right, y)]


def leaf(node: Node, shape: Shape, left: float, right: float, y: float) -> list[str]:
    """A leaf's name, and its wire to the right end of the layer."""
    start = right - shape.label
    return [text(node.name, start - PAD / 2, y + 5, INK, "end"), *wire(node, start, right, y)]


def wire(node: Node, left: float, right: float, y: float) -> list[str]:
    """The straight wire of a node with its value above and its gradient, if there is one, below."""
    middle = (left + right) / 2
    line = f'<path d="M{left:.1f} {y:.1f}H{right:.1f}" stroke="{MUTED}" stroke-width="1.5"/>'
    name = f'<tspan fill="{MUTED}">{escape(node.name)} = </tspan>' if node.gate else ""
    above = f'<text x="{middle:.1f}" y="{y - 6:.1f}" fill="{VALUE}" text-anchor="middle">{name}{node.value}</text>'
    return [line, above, *([text(node.gradient, middle, y + 17, GRADIENT)] if node.gradient else [])]


def plate(node: Node, shape: Shape, left: float, right: float, y: float) -> list[str]:
    """A node of a large graph: value, operation (or a leaf's name) and gradient on one plate."""
    middle, top = (left + right) / 2, y - shape.height / 2
    box = f'x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" height="{shape.height:.1f}" rx="4"'
    return [
        f'<rect {box} fill="{GATE}" stroke="{INK}"/>',
        text(node.value, middle, top + LINE - 4, VALUE),
        text(node.gate or node.name, middle, top + 2 * LINE - 3, INK),
        *([text(node.gradient, middle, top + 3 * LINE - 2, GRADIENT)] if node.gradient else []),
    ]


def text(content: str, x: float, y: float, colour: str, anchor: str = "middle") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" text-anchor="{anchor}">{escape(content)}</text>'


def wire_paths(picture: Picture, layout: Layout, shapes: list[Shape]) -> list[str]:
    """The curves between nodes: level where they leave, cross a layer and arrive."""
    arrivals: dict[int, list[int]] = {}
    for number, (_, target) in enumerate(picture.wires):
        arrivals.setdefault(target, []).append(number)
    ports: dict[int, tuple[float, float]] = {}
    for target, numbers in arrivals.items():
        left, y = layout.spans[target][0], layout.heights[target]
        numbers = sorted(
            numbers, key=lambda n: (layout.routes[n] or [(0.0, layout.heights[picture.wires[n][0]])])[-1][1]
        )
        reach = 0.3 * shapes[target].height * (1 - 1 / len(numbers))  # several wires share the gate's left side
        for place, number in enumerate(numbers):
            dy = reach * (2 * place / (len(numbers) - 1) - 1) if len(numbers) > 1 else 0.0
            inset = 0.0 if picture.plates else RADIUS - (RADIUS**2 - min(abs(dy), RADIUS) ** 2) ** 0.5
            ports[number] = left + inset, y + dy

    paths = []
    for number, (source, _) in enumerate(picture.wires):
        stops = [(layout.spans[source][1], layout.heights[source]), *layout.routes[number], ports[number]]
        path = "M{:.1f} {:.1f}".format(*stops[0])
        for index, (start, end) in enumerate(pairwise(stops)):
            if index % 2:  # across a layer
                path += f"H{end[0]:.1f}"
            else:
                middle = (start[0] + end[0]) / 2
                path += f"C{middle:.1f} {start[1]:.1f} {middle:.1f} {end[1]:.1f} {end[0]:.1f} {end[1]:.1f}"
        paths.append(path)
    return paths
