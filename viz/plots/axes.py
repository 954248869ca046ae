"""The axes of plots: the user's own, or new ones on a figure that belongs to nobody else.

matplotlib (the extra `plot`) is imported here alone, and only when a plot is drawn. pyplot, which keeps its figures in
global state, is never used: new axes show themselves in a notebook, and `ax.figure.savefig("plot.png")` saves them.
"""

import io
from functools import partial
from typing import TYPE_CHECKING

from autograd.installing import install_command
from viz.graph.theme import PALETTES, SERIES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LIGHT = PALETTES["light"]
PAPER, INK, MUTED, VALUE, GRADIENT = LIGHT.paper, LIGHT.ink, LIGHT.muted, LIGHT.value, LIGHT.gradient
COLOURS = SERIES["light"]  # of lines and classes; they differ by marker, too
MARKERS = "os^Dv*"
WITHOUT_DATE = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}


def axes_or_new(ax: "Axes | None", title: str, xlabel: str, ylabel: str) -> "Axes":
    """The axes that were given, or new ones, with a title, labels and a grid. ImportError without matplotlib."""
    if ax is None:
        try:
            from matplotlib.figure import Figure
        except ImportError:
            raise ImportError(f"plots need matplotlib, which is not installed: {install_command('plot')}") from None
        ax = Figure(figsize=(6.0, 4.5), layout="constrained").subplots()
        ax.spines[["top", "right"]].set_visible(False)
        ax._repr_png_ = partial(image, ax, "png")  # type: ignore[attr-defined]  # what a notebook asks for
    ax.set(title=title, xlabel=xlabel, ylabel=ylabel)
    ax.grid(color=MUTED, alpha=0.2)
    ax.set_axisbelow(True)
    return ax


def image(ax: "Axes", suffix: str) -> bytes:
    """The whole figure of the axes as a png, svg or pdf file; the same plot gives the same bytes."""
    from matplotlib import rc_context

    if suffix not in ("png", "svg", "pdf"):
        raise ValueError(f"cannot write {suffix or 'a file without suffix'}: save as .png, .svg or .pdf")
    content = io.BytesIO()
    with rc_context({"svg.hashsalt": "backstep"}):
        ax.figure.canvas.figure.savefig(content, format=suffix, dpi=144, metadata=WITHOUT_DATE.get(suffix))
    return content.getvalue()


def legend(ax: "Axes", right: "Axes | None" = None) -> None:
    """A legend where it hides least; with a second scale at the `right`, one for both."""
    lines = [*ax.get_legend_handles_labels()[0], *(right.get_legend_handles_labels()[0] if right else [])]
    if lines:
        (right or ax).legend(handles=lines, loc="center right" if right else "best", fontsize="small")


def legend_above(ax: "Axes") -> None:
    """A legend between the title and the axes, for maps that have no free corner."""
    lines, labels = ax.get_legend_handles_labels()
    rows = -(-len(lines) // 4)
    ax.legend(lines, labels, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=4, frameon=False)
    ax.set_title(ax.get_title(), pad=12 + 18 * rows)
