"""The style of large graphs: one plate for each node, with value, name and operation, and gradient in rows.

>>> from autograd import parse
>>> from viz.graph.picture import picture_of
>>> from viz.graph.theme import PALETTES
>>> f = picture_of(parse("exp(x)", x=0)).nodes[-1]
>>> [shape.runs[0][0] for shape in PLATES.tiles(f, False, PALETTES["light"])[0].draw(0, 0, 40, 64)[1:]]
['1', 'f: exp']
"""

from viz.graph.cells import coloured, framed, html
from viz.graph.picture import Node
from viz.graph.shapes import Tile, stack
from viz.graph.styles.style import Style
from viz.graph.theme import Palette


def tiles(node: Node, vertical: bool, palette: Palette) -> list[Tile]:
    middle = "gate" if node.gate else "name", named(node), palette.ink
    rows = [("value", node.value, palette.value), middle, ("gradient", node.gradient, palette.gradient)]
    return [stack(rows, (), palette, "plate")]


def label(node: Node, vertical: bool, palette: Palette) -> str:
    value, gradient = coloured(node.value, palette.value), coloured(node.gradient, palette.gradient)
    return framed([value, html(named(node)), gradient], palette)


def named(node: Node) -> str:
    """The name by which texts call the node, with its operation."""
    return f"{node.label}: {node.gate}" if node.gate and node.label else node.gate or node.label


PLATES = Style("plates", tiles, label, legend=True)
