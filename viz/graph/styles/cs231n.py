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
from viz.graph.shapes import BASELINE, LINE, PAD, Rect, Shape, Text, Tile, centred, straight
from viz.graph.styles.style import Style
from viz.graph.theme import FONT_SIZE, Palette, text_width

RADIUS = 19.0  # of a gate
THICK, DOWN, OVERLAP = 2, 40, 4  # of a wire in DOT: its thickness, its length downwards, what is doubled at its ends
SHORT = 8  # signs of a name; a longer one is drawn wider than Graphviz measures it, by almost a space
SIGNS = (22.0, 18.0, 16.0)  # sizes of signs in gates


def tiles(node: Node, vertical: bool, palette: Palette) -> list[Tile]:
    return [gate(node.gate, palette) if node.gate else name(node, vertical, palette), wire(node, vertical, palette)]


def gate(sign: str, palette: Palette) -> Tile:
    """A circle with the operation's sign as large as it fits, or a longer shape where the text is long."""
    size, width = sign_size(sign), sign_width(sign)

    def draw(left: float, top: float, right: float, bottom: float) -> list[Shape]:
        x, y = (left + right) / 2, (top + bottom) / 2
        outline = Rect(x - width / 2, y - RADIUS, width, 2 * RADIUS, RADIUS, palette.gate, palette.ink, "gate")
        return [outline, centred(sign, x, y, palette.ink, "gate", size)]

    return Tile(width, 2 * RADIUS, draw, RADIUS)


def sign_size(sign: str) -> float:
    """The size of the text in a gate: for a word that of all texts, for a sign larger, for a name as x1 between."""
    if sign.isalpha() and len(sign) > 1:
        return FONT_SIZE
    sizes = SIGNS[-1:] if sign[1:].isdecimal() else SIGNS
    return next((size for size in sizes if text_width(sign, size) + PAD <= 2 * RADIUS), FONT_SIZE)


def sign_width(sign: str) -> float:
    """The width of a gate with this text."""
    text = text_width(sign, sign_size(sign))
    return 2 * RADIUS if text + PAD <= 2 * RADIUS else text + 2 * PAD


def name(node: Node, vertical: bool, palette: Palette) -> Tile:
    """The name of a leaf, which stands at the beginning of its wire."""

    def draw(left: float, top: float, right: float, bottom: float) -> list[Shape]:
        y = (top + bottom) / 2 + BASELINE
        if vertical:
            return [Text(((node.label, palette.ink),), (left + right) / 2, y, "name")]
        return [Text(((node.label, palette.ink),), right - PAD / 2, y, "name", "end")]

    return Tile(text_width(node.label) + PAD, LINE, draw)


def wire(node: Node, vertical: bool, palette: Palette) -> Tile:
    """The wire that leaves a gate or a leaf: its value above, or to the left, its gradient below, or to the right."""
    label: tuple[tuple[str, str], ...] = ((node.value, palette.value),)
    if node.gate:
        label = ((f"{node.label} = ", palette.muted), *label)
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


def sign_label(sign: str) -> str:
    """The sign of a gate in DOT. Graphviz sets text too high, so that a sign needs an empty row above it."""
    size = sign_size(sign)
    lift = f'<TR><TD HEIGHT="{size / 6:.0f}"></TD></TR>'
    text = f'<TR><TD><FONT POINT-SIZE="{size:g}">{html(sign)}</FONT></TD></TR>'
    return f"<{table(lift + text, 'black')}>"


def label(node: Node, vertical: bool, palette: Palette) -> str:
    """Value and gradient on both sides of a thin cell, which is the wire; before it a leaf's name."""
    value, gradient = coloured(node.value, palette.value), coloured(node.gradient, palette.gradient)
    if node.gate:
        space = " " if len(node.label) <= SHORT else "\N{NO-BREAK SPACE} "
        value = coloured(f"{node.label} ={space}", palette.muted) + value
    longest = f"{node.label} = {node.value}" if node.gate else node.value
    wide = round(max(text_width(longest), text_width(node.gradient)) + PAD)
    if vertical:
        size = f'WIDTH="{wide}" HEIGHT="{DOWN}"'
        wire = wire_cell(THICK, DOWN, vertical, palette)
        row = f'<TR><TD {size} ALIGN="RIGHT">{value} </TD>{wire}<TD {size} ALIGN="LEFT"> {gradient}</TD></TR>'
        begin = "" if node.gate else f'<TR><TD COLSPAN="3">{html(node.label)}</TD></TR>'
        return f"<{table(begin + row, palette.muted)}>"
    begin = "" if node.gate else f'<TD ROWSPAN="3">{html(node.label)}&#160;</TD>'
    rows = (
        f'<TR>{begin}<TD HEIGHT="{LINE:.0f}">{value}</TD></TR>'
        f"<TR>{wire_cell(wide, THICK, vertical, palette)}</TR>"
        f'<TR><TD HEIGHT="{LINE:.0f}">{gradient}</TD></TR>'
    )
    return f"<{table(rows, palette.muted)}>"


def wire_cell(width: int, height: int, vertical: bool, palette: Palette) -> str:
    """A thin cell, the piece of wire with the label. Its port is shorter, so that wires overlap it: no seam is seen."""
    size = 'FIXEDSIZE="TRUE" WIDTH="{}" HEIGHT="{}"'
    across, down = (0, OVERLAP) if vertical else (OVERLAP, 0)
    port = f'<TR><TD PORT="wire" {size.format(width - 2 * across, height - 2 * down)}></TD></TR>'
    return f'<TD {size.format(width, height)} BGCOLOR="{palette.muted}">{table(port, palette.muted)}</TD>'


CS231N = Style("cs231n", tiles, label, sign_label, port="wire")
