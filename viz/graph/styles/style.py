"""What a style of pictures says: how a node is drawn in our own layout, and how in DOT, Graphviz's language."""

from collections.abc import Callable
from typing import NamedTuple

from viz.graph.picture import Node
from viz.graph.shapes import Tile
from viz.graph.theme import Palette


class Style(NamedTuple):
    """A style of pictures.

    name       what `draw(f, style=...)` takes
    tiles      the tiles of a node, along the flow; `vertical` says that the flow goes downwards
    label      the label of the node in DOT, an HTML-like one with its angle brackets
    has_gates  whether DOT draws the operation as a node of its own, before the one that shows its result
    """

    name: str
    tiles: Callable[[Node, bool, Palette], list[Tile]]
    label: Callable[[Node, bool, Palette], str]
    has_gates: bool
