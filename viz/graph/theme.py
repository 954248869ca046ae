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
    """The colours of a theme. Weights are drawn from `paper` (gradient 0) to `positive` or `negative` (the largest)."""

    paper: str
    ink: str
    muted: str
    gate: str
    value: str
    gradient: str
    positive: str
    negative: str


PALETTES: dict[Theme, Palette] = {
    "light": Palette("#FFFFFF", "#1F2328", "#57606A", "#F6F8FA", "#00735C", "#B34700", "#0B57A4", "#C04A00"),
    "dark": Palette("#0D1117", "#E6EDF3", "#9DA7B3", "#1C232B", "#3FD0A6", "#FF9A62", "#79C0FF", "#FF9A62"),
}


def text_width(text: str, size: float = FONT_SIZE) -> float:
    """How wide a text is at the most, in pixels."""
    return size * sum(map(width_of, text))


def width_of(character: str) -> float:
    """How wide a character is at the most, in units of the font size."""
    if character in NARROW_ONES:
        return NARROW
    if character in WIDE_ONES or unicodedata.east_asian_width(character) in "WF":
        return WIDE
    return OTHERS if character.islower() or character.isdigit() or character in "_*?$√Σσ×²∂" else CAPITAL


def blend(paper: str, colour: str, share: float) -> str:
    """The colour that is `share` of the way from one to the other, all of the form #RRGGBB."""
    pairs = ((int(paper[i : i + 2], 16), int(colour[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{int(a + (b - a) * share + 0.5):02X}" for a, b in pairs)
