"""`Look`: how a picture is to look, as the user of `draw` chose it.

>>> Look().style_for(13).name, Look().style_for(500).name
('cs231n', 'plates')
>>> Look(rankdir="TB").vertical
True
"""

from dataclasses import dataclass
from typing import Literal

from viz.graph.styles import STYLES
from viz.graph.styles.style import Style
from viz.graph.theme import PALETTES, Palette, Theme

Rankdir = Literal["LR", "TB"]

MOST_GATES = 60  # a larger graph is drawn with one plate for each node


@dataclass(frozen=True, slots=True)
class Look:
    """The choices of `draw`: style None is cs231n for a small graph and plates for a large one."""

    style: str | None = None
    rankdir: Rankdir = "LR"
    theme: Theme = "light"

    def __post_init__(self) -> None:
        for name, given, known in (
            ("style", self.style, (None, *STYLES)),
            ("rankdir", self.rankdir, ("LR", "TB")),
            ("theme", self.theme, tuple(PALETTES)),
        ):
            if given not in known:
                raise ValueError(f"{name} is {' or '.join(repr(choice) for choice in known if choice)}, got {given!r}")

    def style_for(self, nodes: int) -> Style:
        """The style of a picture of so many nodes."""
        return STYLES[self.style or ("cs231n" if nodes <= MOST_GATES else "plates")]

    @property
    def vertical(self) -> bool:
        """Whether the flow goes downwards."""
        return self.rankdir == "TB"

    @property
    def palette(self) -> Palette:
        return PALETTES[self.theme]
