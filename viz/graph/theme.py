"""Colours, fonts and the width of texts, the same for every picture, page and plot.

Colours are measured for contrast on their paper and for colour blindness. Where a colour carries a meaning, a sign, a
dash or a place says the same.

>>> PALETTES["light"].gradient
'#B34700'
>>> blend("#FFFFFF", "#0000FF", 0.5)
'#8080FF'
"""

import unicodedata
from typing import Literal, NamedTuple

Theme = Literal["light", "dark"]

FONT = "Arial, Helvetica, sans-serif"  # metrics that Liberation Sans shares, and Graphviz knows
FONT_SIZE = 14
# Widths of characters in units of the font size: at least what Helvetica, Arial, Liberation and DejaVu Sans need.
NARROW, CAPITAL, WIDE = 0.42, 0.8, 1.0
NARROW_ONES, WIDE_ONES = frozenset(" .,:;'|!ijlIftr()[]{}/\\-\"`·"), frozenset("mwMWOQG@%&+<>=~→\ufffd")
OTHERS = 0.65


class Palette(NamedTuple):
    """The colours of a theme, one for each meaning.

    value, gradient     numbers above and below the wires; orange is the gradient, everywhere
    accent              what is current: the gate of a step, its local derivative, buttons
    positive, negative  the sign of a weight; from `paper` (gradient 0) to the full colour (the largest gradient)
    """

    paper: str
    ink: str
    muted: str
    gate: str
    value: str
    gradient: str
    accent: str
    positive: str
    negative: str


PALETTES: dict[Theme, Palette] = {
    "light": Palette("#FFFFFF", "#1F2328", "#57606A", "#F6F8FA", "#00735C", "#B34700", "#0B57A4", "#5B2A9D", "#C9588F"),
    "dark": Palette("#0D1117", "#E6EDF3", "#9DA7B3", "#1C232B", "#3FD0A6", "#FF9A62", "#79C0FF", "#9B7BEA", "#F5B5D3"),
}

# Lines of a plot and classes of data, in turn. They differ by dash or marker, too.
SERIES: dict[Theme, tuple[str, ...]] = {
    "light": ("#1D5FB4", "#B07C00", "#1F2328", "#3D97C9", "#6E7781", "#5F6B00"),
    "dark": ("#4493F8", "#E3B341", "#E6EDF3", "#39C5CF", "#8B949E", "#B5C244"),
}


def text_width(text: str, size: float = FONT_SIZE) -> float:
    """The width of a text in pixels, estimated from above."""
    return size * sum(map(width_of, text))


def width_of(character: str) -> float:
    """The width of a character in units of the font size, estimated from above."""
    if character in NARROW_ONES:
        return NARROW
    if character in WIDE_ONES or unicodedata.east_asian_width(character) in "WF":
        return WIDE
    return OTHERS if character.islower() or character.isdigit() or character in "_*?$√Σσ×²∂" else CAPITAL


def blend(paper: str, colour: str, share: float) -> str:
    """The colour that is `share` of the way from one to the other, all of the form #RRGGBB."""
    pairs = zip(rgb(paper), rgb(colour), strict=True)
    return "#" + "".join(f"{int(a + (b - a) * share + 0.5):02X}" for a, b in pairs)


def rgb(colour: str) -> tuple[int, int, int]:
    """Red, green and blue of a colour of the form #RRGGBB, from 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
