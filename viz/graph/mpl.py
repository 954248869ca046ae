"""A picture as PNG or PDF where there is no `dot`: matplotlib (extra `plot`) writes our own layout.

Shapes go straight to matplotlib's renderer: a thousand of them take a tenth of a second, where as many artists take
ten. pyplot is never used, and everything is said to the renderer, so that neither a figure nor a setting of the user's
is touched or read. A character that the font does not have is shown as U+FFFD.
"""

import io
from functools import lru_cache
from importlib.util import find_spec
from typing import Any

from viz.graph.look import Look
from viz.graph.picture import Picture
from viz.graph.scene import Scene, scene_of
from viz.graph.shapes import Arrow, Point, Rect, Stroke, Text

PIXELS = 96  # of a scene, in an inch
POINT = 72 / PIXELS  # a pixel in points
FINE = 2.0  # dots of a PNG for each pixel
MOST_DOTS = 12_000  # in a row or a column of a PNG: a larger one opens nowhere
MOST_IN_ALL = 8_000_000  # dots of a PNG: more take seconds to be written
QUARTER = 0.5523  # how far the handles of a cubic reach that looks like a quarter of a circle
FAMILY = "DejaVu Sans"  # it comes with matplotlib


def write_image(picture: Picture, suffix: str, look: Look | None = None) -> bytes | None:
    """The picture as the content of a png or pdf file; None where matplotlib is not installed."""
    if find_spec("matplotlib") is None:
        return None
    from matplotlib.artist import Artist
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.backends.backend_pdf import FigureCanvasPdf
    from matplotlib.figure import Figure

    scene = scene_of(picture, look)
    fine = min(FINE, MOST_DOTS / max(scene.width, scene.height), (MOST_IN_ALL / (scene.width * scene.height)) ** 0.5)
    size = scene.width / PIXELS, scene.height / PIXELS
    figure = Figure(figsize=size, dpi=fine * PIXELS, facecolor=scene.palette.paper)

    class Everything(Artist):
        """All shapes of the scene as one artist."""

        def draw(self, renderer: Any) -> None:
            draw_scene(scene, renderer)

    figure.add_artist(Everything())
    content = io.BytesIO()
    canvas: Any = FigureCanvasAgg(figure) if suffix == "png" else FigureCanvasPdf(figure)
    if suffix == "png":
        canvas.print_png(content, metadata={"Software": None}, pil_kwargs={"compress_level": 2})
    else:
        canvas.print_pdf(content, metadata={"Creator": None, "Producer": None, "CreationDate": None})
    return content.getvalue()


def draw_scene(scene: Scene, renderer: Any) -> None:
    """Draw all shapes, the wires below the nodes."""
    from matplotlib.transforms import Affine2D

    width, height = renderer.get_canvas_width_height()
    to_canvas = Affine2D().scale(width / scene.width, -height / scene.height).translate(0.0, height)
    wires = (shape for wire in scene.wires for shape in (wire.stroke, wire.arrow) if shape)
    nodes = (shape for shapes in scene.nodes for shape in shapes)
    for shape in (*wires, *nodes, *scene.legend):
        if isinstance(shape, Text):
            draw_text(shape, renderer, to_canvas)
        else:
            draw_path(shape, renderer, to_canvas)


def draw_path(shape: Rect | Stroke | Arrow, renderer: Any, to_canvas: Any) -> None:
    """Draw a rectangle, a stroke or an arrowhead."""
    from matplotlib.colors import to_rgb

    pen, fill = renderer.new_gc(), None
    if isinstance(shape, Arrow):
        fill = to_rgb(shape.colour)
        pen.set_linewidth(0.0)
    elif isinstance(shape, Rect):
        fill = to_rgb(shape.fill)
        pen.set_foreground(shape.stroke)
        pen.set_linewidth(POINT)
    else:
        pen.set_foreground(shape.colour)
        pen.set_linewidth(shape.width * POINT)
        if shape.dashed:
            pen.set_dashes(0, (6 * POINT, 4 * POINT))
    renderer.draw_path(pen, outline_of(shape), to_canvas, fill)
    pen.restore()


def outline_of(shape: Rect | Stroke | Arrow) -> Any:
    """The points of a shape as matplotlib has them."""
    from matplotlib.path import Path

    if isinstance(shape, Arrow):
        return Path((*shape.corners, shape.corners[0]), closed=True)
    steps = around(shape) if isinstance(shape, Rect) else shape.steps
    codes = [Path.MOVETO]
    for step in steps[1:]:
        codes += [Path.CURVE4] * 3 if len(step) == 3 else [Path.LINETO]
    return Path([point for step in steps for point in step], codes)


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


def draw_text(shape: Text, renderer: Any, to_canvas: Any) -> None:
    """Draw the runs of a text, one after the other."""
    from matplotlib.font_manager import FontProperties

    font = FontProperties(family=[FAMILY], size=shape.size * POINT)
    runs = [("".join(c if advance(c) else "\ufffd" for c in content), colour) for content, colour in shape.runs]
    widths = [shape.size * sum(advance(c) or advance("\ufffd") for c in content) for content, _ in runs]
    left = shape.x - sum(widths) * {"start": 0.0, "middle": 0.5, "end": 1.0}[shape.anchor]
    height = renderer.get_canvas_width_height()[1]
    for (content, colour), width in zip(runs, widths, strict=True):
        pen = renderer.new_gc()
        pen.set_foreground(colour)
        x, y = to_canvas.transform((left, shape.y))
        renderer.draw_text(pen, x, height - y if renderer.flipy() else y, content, font, 0.0, ismath=False)
        pen.restore()
        left += width


@lru_cache(maxsize=4096)
def advance(character: str) -> float:
    """How far a character reaches, in units of the font size; 0 if the font does not have it."""
    from matplotlib.font_manager import findfont, get_font

    font = get_font(findfont(FAMILY))
    if ord(character) not in font.get_charmap():
        return 0.0
    font.set_size(100.0, 72.0)
    return float(font.load_char(ord(character)).linearHoriAdvance) / 2**16 / 100.0
