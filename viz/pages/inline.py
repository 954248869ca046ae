"""A picture as SVG inside a page: shapes with classes and no colours, which the page's style sheet gives.

So one drawing serves the light theme and the dark one. A script finds its parts by their order: in <g class="wires">
there is a path for each wire of the picture, in <g class="nodes"> a group for each node. Lengths are whole pixels.
"""

from html import escape

from viz.graph.picture import Picture
from viz.graph.scene import Scene
from viz.graph.shapes import Path, Rect, Shape


def inline_svg(picture: Picture, scene: Scene) -> str:
    """The scene of the picture as an <svg> element, which needs the rules of pages/drawing.css."""
    size = f"{scene.width:.0f} {scene.height:.0f}"
    width, height = size.split()
    wires = [f'<path d="{route(wire.path)}"/>' for wire in scene.wires]
    nodes = [
        f"<g>{element('title', node.title)}{''.join(map(write, shapes))}</g>"
        for node, shapes in zip(picture.nodes, scene.nodes, strict=True)
    ]
    return "\n".join(
        [
            f'<svg width="{width}" height="{height}" viewBox="0 0 {size}" role="img">',
            element("title", scene.title),
            *('<g class="wires">', *wires, "</g>"),
            *('<g class="nodes">', *nodes, "</g>"),
            "</svg>",
        ]
    )


def write(shape: Shape) -> str:
    """A shape as an element: text, a gate's or a plate's outline, or the wire that leaves a gate."""
    if isinstance(shape, Path):
        return f'<path d="{route(shape)}"/>'
    if isinstance(shape, Rect):
        place = f'x="{short(shape.left)}" y="{short(shape.top)}"'
        size = f'width="{short(shape.width)}" height="{short(shape.height)}" rx="{short(shape.radius)}"'
        return f'<rect class="{shape.kind}" {place} {size}/>'
    *named, (content, _) = shape.runs
    before = "".join(f'<tspan class="name">{escape(text)}</tspan>' for text, _ in named)
    anchor = "" if shape.anchor == "middle" else f' text-anchor="{shape.anchor}"'
    place = f'x="{short(shape.x)}" y="{short(shape.y)}"{anchor}'
    return f'<text class="{shape.kind}" {place}>{before}{escape(content)}</text>'


def route(path: Path) -> str:
    """The points of a path as SVG writes them: a level stretch, however many steps it has, by where it ends (H)."""
    (start,), *steps = [[(short(x), short(y)) for x, y in step] for step in path.steps]
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


def short(number: float) -> str:
    return f"{number:.0f}"


def element(tag: str, text: str) -> str:
    return f"<{tag}>{escape(text)}</{tag}>"
