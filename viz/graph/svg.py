"""A picture as SVG, by our own layout: nothing but Python is needed, and the same graph gives the same bytes.

Colours, sizes and fonts are attributes of each element, classes and data attributes say what it is: a page may restyle
or animate it. Ids begin with letters made from the content, so that many drawings can stand in one page without
disturbing each other: <g id="…-n3"> is the node n3 of the DOT source.
"""

from html import escape

from viz.graph.picture import Picture, id_prefix
from viz.graph.scene import Scene, scene_of
from viz.graph.shapes import Path, Rect, Shape, Text
from viz.graph.style import FONT, FONT_SIZE, Look


def write_svg(picture: Picture, look: Look | None = None) -> str:
    """The picture as the text of an SVG file.

    Node number i, in topological order, is <g class="node" data-node="i">; in it texts have the classes name, gate,
    value and gradient. A wire is <path class="wire" data-source data-target data-use>; use counts, from 1, the wires
    between the same two nodes.
    """
    look = look or Look()
    scene = scene_of(picture, look)
    prefix = id_prefix(picture, look)
    size = f'width="{scene.width:.0f}" height="{scene.height:.0f}" viewBox="0 0 {scene.width:.0f} {scene.height:.0f}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" font-family="{FONT}" font-size="{FONT_SIZE}">',
        f"<title>{escape(scene.title)}</title>",
        f'<rect class="paper" width="100%" height="100%" fill="{scene.palette.paper}"/>',
        *wires(scene),
    ]
    for index, (node, shapes) in enumerate(zip(picture.nodes, scene.nodes, strict=True)):
        parts.append(f'<g class="node" id="{prefix}-n{index}" data-node="{index}">')
        parts += [f"<title>{escape(node.title)}</title>", *map(write, shapes), "</g>"]
    return "\n".join([*parts, *map(write, scene.legend), "</svg>", ""])


def wires(scene: Scene) -> list[str]:
    return [
        f'<path class="wire" data-source="{wire.source}" data-target="{wire.target}" data-use="{wire.use}" '
        f"{path(wire.path)}/>"
        for wire in scene.wires
    ]


def write(shape: Shape) -> str:
    """A shape as an element of SVG."""
    if isinstance(shape, Text):
        place = f'x="{shape.x:.1f}" y="{shape.y:.1f}" text-anchor="{shape.anchor}"'
        *named, (content, colour) = shape.runs
        before = "".join(f'<tspan class="name" fill="{fill}">{escape(text)}</tspan>' for text, fill in named)
        return f'<text class="{shape.kind}" {place} fill="{colour}">{before}{escape(content)}</text>'
    if isinstance(shape, Rect):
        place = f'x="{shape.left:.1f}" y="{shape.top:.1f}" width="{shape.width:.1f}" height="{shape.height:.1f}"'
        look = f'rx="{shape.radius:g}" fill="{shape.fill}" stroke="{shape.stroke}"'
        return f'<rect class="{shape.kind}" {place} {look}/>'
    return f"<path {path(shape)}/>"


def path(shape: Path) -> str:
    """The attributes of a path."""
    d = ""
    for step in shape.steps:
        letter = "M" if not d else "L" if len(step) == 1 else "C"
        d += letter + " ".join(f"{x:.1f} {y:.1f}" for x, y in step)
    dashes = ' stroke-dasharray="6 4"' if shape.dashed else ""
    return f'd="{d}" fill="none" stroke="{shape.stroke}" stroke-width="{shape.width:.3g}"{dashes}'
