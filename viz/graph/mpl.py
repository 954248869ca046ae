"""A picture as PNG or PDF where there is no `dot`: matplotlib (extra `plot`) writes our own layout.

Shapes go straight to matplotlib's renderer: a thousand of them take a tenth of a second, where as many artists take
ten. pyplot is never used, and everything is said to the renderer, so that neither a figure nor a setting of the user's
is touched or read. A character that the font does not have is shown as U+FFFD.
"""

import io
from functools import lru_cache
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np

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
    """Draw the runs of a text, one after the other: in a PDF as text, in a PNG as outlines, which is much faster."""
    from matplotlib.backends.backend_agg import RendererAgg

    draw_run = draw_outlines if isinstance(renderer, RendererAgg) else draw_characters
    widths = [shape.size * sum(glyph(c).advance for c in content) for content, _ in shape.runs]
    left = shape.x - sum(widths) * {"start": 0.0, "middle": 0.5, "end": 1.0}[shape.anchor]
    for (content, colour), width in zip(shape.runs, widths, strict=True):
        pen = renderer.new_gc()
        pen.set_foreground(colour)
        draw_run(content, (left, shape.y), shape.size, pen, renderer, to_canvas)
        pen.restore()
        left += width


def draw_characters(content: str, place: Point, size: float, pen: Any, renderer: Any, to_canvas: Any) -> None:
    """Draw a text as characters, which can be searched for and copied."""
    from matplotlib.font_manager import FontProperties

    shown = "".join(glyph(c).character for c in content)
    font = FontProperties(family=[FAMILY], size=size * POINT)
    renderer.draw_text(pen, *to_canvas.transform(place), shown, font, 0.0, ismath=False)


def draw_outlines(content: str, place: Point, size: float, pen: Any, renderer: Any, to_canvas: Any) -> None:
    """Draw a text as filled outlines."""
    from matplotlib.path import Path

    x, y = place
    points, codes = [], []
    for found in map(glyph, content):
        if len(found.points):
            points.append(found.points * (size, -size) + (x, y))
            codes.append(found.codes)
        x += size * found.advance
    if points:
        pen.set_linewidth(0.0)
        renderer.draw_path(pen, Path(np.concatenate(points), np.concatenate(codes)), to_canvas, pen.get_rgb())


class Glyph(NamedTuple):
    """A character that the font has, how far it reaches, and its outline; lengths in units of the font size."""

    character: str
    advance: float
    points: np.ndarray
    codes: np.ndarray


@lru_cache(maxsize=4096)
def glyph(character: str) -> Glyph:
    """The glyph of a character; of U+FFFD where the font does not have it."""
    from matplotlib.font_manager import findfont, get_font

    font = get_font(findfont(FAMILY))
    if ord(character) not in font.get_charmap():
        return glyph("\ufffd")
    font.set_size(100.0, 72.0)
    advance = font.load_char(ord(character)).linearHoriAdvance / 2**16
    points, codes = font.get_path()
    return Glyph(character, advance / 100.0, points / 100.0, codes)
