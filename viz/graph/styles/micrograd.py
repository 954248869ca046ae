"""The style of Karpathy's micrograd: each number is a plate with name, data and grad side by side.

The operation that made the number is a circle before the plate. Wires end in arrowheads.

>>> from autograd import parse
>>> from viz.graph.picture import picture_of
>>> from viz.graph.theme import PALETTES
>>> f = picture_of(parse("exp(x)", x=0)).nodes[-1]
>>> len(MICROGRAD.tiles(f, False, PALETTES["light"]))  # the gate, a short wire, the plate
3
"""

from viz.graph.cells import coloured, html, table
from viz.graph.picture import Node
from viz.graph.shapes import BASELINE, LINE, PAD, Rect, Shape, Text, Tile, arrow, straight
from viz.graph.styles.cs231n import gate, sign_label
from viz.graph.styles.style import Style
from viz.graph.theme import Palette, text_width


def tiles(node: Node, vertical: bool, palette: Palette) -> list[Tile]:
    return [*([gate(node.gate, palette), lead(vertical, palette)] if node.gate else []), plate(node, palette)]


def lead(vertical: bool, palette: Palette) -> Tile:
    """The short wire between an operation and the plate of its result."""

    def draw(left: float, top: float, right: float, bottom: float) -> list[Shape]:
        x, y = (left + right) / 2, (top + bottom) / 2
        start, end = ((x, top), (x, bottom)) if vertical else ((left, y), (right, y))
        return [straight(start, end, palette.muted), arrow(start, end, palette.muted)]

    return Tile(LINE, LINE, draw)


def plate(node: Node, palette: Palette) -> Tile:
    """Cells side by side: the name, the data and, once there is one, the grad."""
    cells = [("name", node.label, palette.ink), ("value", f"data {node.value}", palette.value)]
    if node.gradient:
        cells.append(("gradient", f"grad {node.gradient}", palette.gradient))
    widths = [text_width(text) + 2 * PAD for _, text, _ in cells]
    width, height = sum(widths), LINE + 10

    def draw(left: float, top: float, right: float, bottom: float) -> list[Shape]:
        x, y = (left + right - width) / 2, (top + bottom) / 2
        shapes: list[Shape] = [Rect(x, y - height / 2, width, height, 0.0, palette.gate, palette.ink, "plate")]
        for position, ((kind, text, colour), cell) in enumerate(zip(cells, widths, strict=True)):
            if position:
                shapes.append(straight((x, y - height / 2), (x, y + height / 2), palette.ink, 1.0))
            shapes.append(Text(((text, colour),), x + cell / 2, y + BASELINE, kind))
            x += cell
        return shapes

    return Tile(width, height, draw)


def label(node: Node, vertical: bool, palette: Palette) -> str:
    """The same cells as a table."""
    cells = [html(node.label), coloured(f"data {node.value}", palette.value)]
    if node.gradient:
        cells.append(coloured(f"grad {node.gradient}", palette.gradient))
    row = "".join(f'<TD BGCOLOR="{palette.gate}">{cell}</TD>' for cell in cells)
    return f"<{table(f'<TR>{row}</TR>', palette.ink, lines=1, padding=6)}>"


MICROGRAD = Style("micrograd", tiles, label, sign_label, arrows=True)
