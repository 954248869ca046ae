"""The style of networks in books: circles and straight arrows, without numbers. It draws any graph.

>>> from viz.graph.picture import Node
>>> from viz.graph.theme import PALETTES
>>> (circle,) = CIRCLES.tiles(Node("x1", "", "", "", "x1"), False, PALETTES["light"])
>>> circle.width == circle.height == 2 * circle.radius
True
"""

from viz.graph.picture import Node
from viz.graph.shapes import Tile
from viz.graph.styles.cs231n import gate, sign_label
from viz.graph.styles.style import Style
from viz.graph.theme import Palette


def tiles(node: Node, vertical: bool, palette: Palette) -> list[Tile]:
    """A circle with the operation's symbol, or with the name of a leaf or a unit."""
    return [gate(node.sign, palette)]


CIRCLES = Style("circles", tiles, label=None, sign=sign_label, arrows=True, straight=True)
