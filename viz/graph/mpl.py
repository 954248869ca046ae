"""A picture as PNG or PDF where there is no `dot`: matplotlib (extra `plot`) writes our own layout.

Only matplotlib's objects are used, never pyplot, and everything is said to them, so that neither a figure nor a setting
of the user's is touched or read. A character that the font does not have is shown as U+FFFD.
"""

import io
from importlib.util import find_spec
from typing import Any

from viz.graph.look import Look
from viz.graph.picture import Picture
from viz.graph.scene import scene_of
from viz.graph.shapes import Arrow, Point, Rect, Stroke, Text

PIXELS = 96  # of a scene, in an inch
POINT = 72 / PIXELS  # a pixel in points
FINE = 2  # dots of a PNG for each pixel
MOST_DOTS = 12_000  # in a row or a column of a PNG: a larger one takes long and opens nowhere
QUARTER = 0.5523  # how far the handles of a cubic reach that looks like a quarter of a circle
FAMILY = "DejaVu Sans"  # it comes with matplotlib


def write_image(picture: Picture, suffix: str, look: Look | None = None) -> bytes | None:
    """The picture as the content of a png or pdf file; None where matplotlib is not installed."""
    if find_spec("matplotlib") is None:
        return None
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.backends.backend_pdf import FigureCanvasPdf
    from matplotlib.figure import Figure

    scene = scene_of(picture, look)
    figure = Figure(
        figsize=(scene.width / PIXELS, scene.height / PIXELS),
        dpi=min(FINE * PIXELS, MOST_DOTS * PIXELS / max(scene.width, scene.height)),
        facecolor=scene.palette.paper,
    )
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0), xlim=(0.0, scene.width), ylim=(scene.height, 0.0))
    axes.set_axis_off()
    nodes = (shape for shapes in scene.nodes for shape in shapes)
    wires = (shape for wire in scene.wires for shape in (wire.stroke, wire.arrow) if shape)
    for shape in (*wires, *nodes, *scene.legend):
        if isinstance(shape, Text):
            add_text(axes, shape)
        else:
            axes.add_patch(patch_of(shape))
    content = io.BytesIO()
    canvas: Any = FigureCanvasAgg(figure) if suffix == "png" else FigureCanvasPdf(figure)
    if suffix == "png":
        canvas.print_png(content, metadata={"Software": None})
    else:
        canvas.print_pdf(content, metadata={"Creator": None, "Producer": None, "CreationDate": None})
    return content.getvalue()


def patch_of(shape: Rect | Stroke | Arrow) -> Any:
    """A rectangle, a stroke or an arrowhead as matplotlib has them."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path as Outline

    if isinstance(shape, Arrow):
        return PathPatch(Outline(shape.corners, closed=False), facecolor=shape.colour, linewidth=0)
    steps = around(shape) if isinstance(shape, Rect) else shape.steps
    codes = [Outline.MOVETO]
    for step in steps[1:]:
        codes += [Outline.CURVE4] * 3 if len(step) == 3 else [Outline.LINETO]
    outline = Outline([point for step in steps for point in step], codes)
    if isinstance(shape, Rect):
        return PathPatch(outline, facecolor=shape.fill, edgecolor=shape.stroke, linewidth=POINT)
    dashes = (0, (6 / shape.width, 4 / shape.width)) if shape.dashed else "solid"  # in units of the width
    return PathPatch(outline, fill=False, edgecolor=shape.colour, linewidth=shape.width * POINT, linestyle=dashes)


def around(rect: Rect) -> list[tuple[Point, ...]]:
    """The outline of a rectangle; each round corner is a cubic, which is as good as a quarter of a circle."""
    left, top, right, bottom = rect.left, rect.top, rect.left + rect.width, rect.top + rect.height
    r, bend = rect.radius, rect.radius * (1 - QUARTER)
    return [
        ((left + r, top),),
        ((right - r, top),),
        ((right - bend, top), (right, top + bend), (right, top + r)),
        ((right, bottom - r),),
        ((right, bottom - bend), (right - bend, bottom), (right - r, bottom)),
        ((left + r, bottom),),
        ((left + bend, bottom), (left, bottom - bend), (left, bottom - r)),
        ((left, top + r),),
        ((left, top + bend), (left + bend, top), (left + r, top)),
    ]


def add_text(axes: Any, shape: Text) -> None:
    """The runs of a text, one after the other."""
    from matplotlib.font_manager import findfont, get_font

    font = get_font(findfont(FAMILY))
    font.set_size(shape.size * POINT, PIXELS)
    glyphs = font.get_charmap()
    runs = [("".join(c if ord(c) in glyphs else "\ufffd" for c in content), colour) for content, colour in shape.runs]
    widths = [sum(font.load_char(ord(c)).linearHoriAdvance for c in content) / 2**16 for content, _ in runs]
    left = shape.x - sum(widths) * {"start": 0.0, "middle": 0.5, "end": 1.0}[shape.anchor]
    for (content, colour), width in zip(runs, widths, strict=True):
        axes.text(left, shape.y, content, color=colour, fontfamily=FAMILY, fontsize=shape.size * POINT,
                  va="baseline", ha="left", parse_math=False, usetex=False)  # fmt: skip
        left += width
