"""How drawings look, the same for every writer: colours, fonts, and the choices of `draw`.

Colours are measured for contrast on their paper and for colour blindness. Where a colour carries a meaning, a sign, a
dash or a place says the same.
"""

import unicodedata
from dataclasses import dataclass
from typing import Literal, NamedTuple

Style = Literal["cs231n", "micrograd", "plates"]
Rankdir = Literal["LR", "TB"]
Theme = Literal["light", "dark"]

FONT = "Helvetica, Arial, sans-serif"
FONT_SIZE = 14
# Widths of characters in units of the font size: at least what Helvetica, Arial, Liberation and DejaVu Sans need.
NARROW, CAPITAL, WIDE = 0.42, 0.8, 1.0
NARROW_ONES, WIDE_ONES = frozenset(" .,:;'|!ijlIftr()[]{}/\\-\"`·"), frozenset("mwMWOQG@%&+<>=~→\ufffd")
OTHERS = 0.65
MOST_GATES = 60  # a larger graph is drawn with one plate for each node


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


@dataclass(frozen=True, slots=True)
class Look:
    """The choices of `draw`: style None is cs231n for a small graph and plates for a large one."""

    style: Style | None = None
    rankdir: Rankdir = "LR"
    theme: Theme = "light"

    def __post_init__(self) -> None:
        for name, given, known in (
            ("style", self.style, (None, "cs231n", "micrograd", "plates")),
            ("rankdir", self.rankdir, ("LR", "TB")),
            ("theme", self.theme, ("light", "dark")),
        ):
            if given not in known:
                raise ValueError(f"{name} is {' or '.join(repr(choice) for choice in known if choice)}, got {given!r}")

    def style_for(self, nodes: int) -> Style:
        """The style of a picture of so many nodes."""
        return self.style or ("cs231n" if nodes <= MOST_GATES else "plates")

    @property
    def palette(self) -> Palette:
        return PALETTES[self.theme]


def text_width(text: str) -> float:
    """How wide a text is at the most, in pixels."""
    return FONT_SIZE * sum(map(width_of, text))


def width_of(character: str) -> float:
    if character in NARROW_ONES:
        return NARROW
    if character in WIDE_ONES or unicodedata.east_asian_width(character) in "WF":
        return WIDE
    return OTHERS if character.islower() or character.isdigit() or character in "_*?$√Σσ×²∂" else CAPITAL


def blend(paper: str, colour: str, share: float) -> str:
    """A colour between two of the form #RRGGBB.

    >>> blend("#FFFFFF", "#0000FF", 0.5)
    '#8080FF'
    """
    pairs = ((int(paper[i : i + 2], 16), int(colour[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{int(a + (b - a) * share + 0.5):02X}" for a, b in pairs)
