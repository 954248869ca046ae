"""The style of Stanford's course CS231n: gates are circles, values stand above the wires, gradients below.

A leaf begins with its name. In a picture that flows downwards, values stand to the left of wires, gradients to the
right.

>>> from autograd import parse
>>> from viz.graph.picture import picture_of
>>> from viz.graph.theme import PALETTES
>>> x, f = picture_of(parse("exp(x)", x=0)).nodes
>>> [len(CS231N.tiles(node, False, PALETTES["light"])) for node in (x, f)]  # a name and a wire, a gate and a wire
[2, 2]
"""

from viz.graph.cells import coloured, html, table
from viz.graph.picture import Node
from viz.graph.shapes import BASELINE, LINE, PAD, Rect, Shape, Text, Tile, straight
from viz.graph.styles.style import Style
from viz.graph.theme import Palette, text_width

RADIUS = 19.0  # of a gate


def tiles(node: Node, vertical: bool, palette: Palette) -> list[Tile]:
    return [gate(node, palette) if node.gate else name(node, vertical, palette), wire(node, vertical, palette)]


def gate(node: Node, palette: Palette) -> Tile:
    """A circle with the operation's symbol, or a longer shape where its text is long."""
    text = text_width(node.gate)
    width = 2 * RADIUS if text + PAD <= 2 * RADIUS else text + 2 * PAD

    def draw(left: float, top: float, right: float, bottom: float) -> list[Shape]:
        x, y = (left + right) / 2, (top + bottom) / 2
        outline = Rect(x - width / 2, y - RADIUS, width, 2 * RADIUS, RADIUS, palette.gate, palette.ink, "gate")
        return [outline, Text(((node.gate, palette.ink),), x, y + BASELINE, "gate")]

    return Tile(width, 2 * RADIUS, draw, RADIUS)


def name(node: Node, vertical: bool, palette: Palette) -> Tile:
    """The name of a leaf, which stands at the beginning of its wire."""

    def draw(left: float, top: float, right: float, bottom: float) -> list[Shape]:
        y = (top + bottom) / 2 + BASELINE
        if vertical:
            return [Text(((node.name, palette.ink),), (left + right) / 2, y, "name")]
        return [Text(((node.name, palette.ink),), right - PAD / 2, y, "name", "end")]

    return Tile(text_width(node.name) + PAD, LINE, draw)


def wire(node: Node, vertical: bool, palette: Palette) -> Tile:
    """The wire that leaves a gate or a leaf: its value above, or to the left, its gradient below, or to the right."""
    label: tuple[tuple[str, str], ...] = ((node.value, palette.value),)
    if node.gate:
        label = ((f"{node.name} = ", palette.muted), *label)
    above, below = sum(text_width(text) for text, _ in label), text_width(node.gradient)

    def draw(left: float, top: float, right: float, bottom: float) -> list[Shape]:
        x, y = (left + right) / 2, (top + bottom) / 2
        gradient = ((node.gradient, palette.gradient),)
        if vertical:
            line = straight((x, top), (x, bottom), palette.muted)
            texts = [Text(label, x - 6, y + BASELINE, "value", "end")]
            after = Text(gradient, x + 6, y + BASELINE, "gradient", "start")
        else:
            line = straight((left, y), (right, y), palette.muted)
            texts = [Text(label, x, y - 6, "value")]
            after = Text(gradient, x, y + 17, "gradient")
        return [line, *texts, *([after] if node.gradient else [])]

    if vertical:
        return Tile(2 * (max(above, below) + 6 + PAD), 2 * LINE, draw, stretches=True)
    return Tile(max(above, below) + 2 * PAD, 2 * LINE, draw, stretches=True)


def label(node: Node, vertical: bool, palette: Palette) -> str:
    """Two cells parted by a rule, which is the wire; before them a leaf's name."""
    value = coloured(node.value, palette.value)
    if node.gate:
        value = coloured(f"{node.name} = ", palette.muted) + value
    gradient = coloured(node.gradient, palette.gradient)
    if vertical:
        longest = f"{node.name} = {node.value}" if node.gate else node.value
        half = 10 + max(text_width(longest), text_width(node.gradient))
        cells = (
            f'<TD WIDTH="{half:.0f}" ALIGN="RIGHT">{value}</TD><VR/><TD WIDTH="{half:.0f}" ALIGN="LEFT">{gradient}</TD>'
        )
        wire = table(f"<TR>{cells}</TR>", palette.muted, padding=5)
        rows = f"<TR><TD>{html(node.name)}</TD></TR><TR><TD>{wire}</TD></TR>"
    else:
        wire = table(f"<TR><TD>{value}</TD></TR><HR/><TR><TD>{gradient}</TD></TR>", palette.muted, padding=3)
        rows = f"<TR><TD>{html(node.name)}&#160;</TD><TD>{wire}</TD></TR>"
    return f"<{wire}>" if node.gate else f"<{table(rows, palette.muted)}>"


CS231N = Style("cs231n", tiles, label, has_gates=True)
