"""The style of networks in books: circles and straight arrows, without numbers. It draws any graph.

>>> from viz.graph.picture import Node
>>> from viz.graph.theme import PALETTES
>>> (circle,) = CIRCLES.tiles(Node("x1", "", "", "", "x1"), False, PALETTES["light"])
>>> circle.width == circle.height == 2 * circle.radius
True
"""

from viz.graph.picture import Node
from viz.graph.shapes import Rect, Shape, Tile
from viz.graph.styles.cs231n import RADIUS, gate, sign_label
from viz.graph.styles.style import Style
from viz.graph.theme import Palette

DOT, DOT_GAP = 2.0, 10.0  # of the dots: their radius, their distance


def tiles(node: Node, vertical: bool, palette: Palette) -> list[Tile]:
    """A circle with the operation's symbol, or with the name of a leaf or a unit; dots for units that are left out."""
    return [dots(vertical, palette) if node.dots else gate(node.sign, palette)]


def dots(vertical: bool, palette: Palette) -> Tile:
    """Three dots across the flow."""

    def draw(left: float, top: float, right: float, bottom: float) -> list[Shape]:
        x, y = (left + right) / 2, (top + bottom) / 2
        places = [(x + DOT_GAP * i, y) if vertical else (x, y + DOT_GAP * i) for i in (-1, 0, 1)]
        return [Rect(x - DOT, y - DOT, 2 * DOT, 2 * DOT, DOT, palette.ink, palette.ink, "dots") for x, y in places]

    return Tile(2 * RADIUS, 2 * RADIUS, draw)


CIRCLES = Style("circles", tiles, label=None, sign=sign_label, arrows=True, straight=True)
