"""`Style`: the way in which a node is drawn, in our own layout and in DOT, Graphviz's language."""

from collections.abc import Callable
from typing import NamedTuple

from viz.graph.picture import Node
from viz.graph.shapes import Tile
from viz.graph.theme import Palette


class Style(NamedTuple):
    """A style of pictures.

    name       what `draw(f, style=...)` takes
    tiles      the tiles of a node, along the flow; `vertical` says that the flow goes downwards
    label      the label of the node in DOT, an HTML-like one with its angle brackets; None if it is only a circle
    sign       the label of a circle in DOT: of the node, or of its operation, which stands before it
    port       the cell of the label at which wires leave and arrive; "" is the whole node
    arrows     whether wires end in arrowheads
    straight   whether wires between neighbouring circles are straight
    legend     whether a legend says that values stand above gradients
    """

    name: str
    tiles: Callable[[Node, bool, Palette], list[Tile]]
    label: Callable[[Node, bool, Palette], str] | None
    sign: Callable[[str], str] | None = None
    port: str = ""
    arrows: bool = False
    straight: bool = False
    legend: bool = False
