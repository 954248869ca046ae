"""The axes of plots: the user's own, or new ones on a figure that belongs to nobody else.

matplotlib (the extra `plot`) is imported here alone, and only when a plot is drawn. pyplot, which keeps its figures in
global state, is never used: new axes show themselves in a notebook, and `ax.figure.savefig("plot.png")` saves them.
"""

import io
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from autograd.installing import install_command
from autograd.notation import number
from viz.graph.theme import PALETTES, SERIES
from viz.plots.scales import ENOUGH, far_apart, powers_of_ten

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LIGHT = PALETTES["light"]
PAPER, INK, MUTED, VALUE, GRADIENT = LIGHT.paper, LIGHT.ink, LIGHT.muted, LIGHT.value, LIGHT.gradient
COLOURS = SERIES["light"]  # of lines and classes; they differ by marker, and lines by dashes, too
MARKERS = "os^Dv*PX"
DASHES: tuple[Any, ...] = ("-", "--", "-.", (0, (1, 1)), (0, (6, 2, 1, 2, 1, 2)), (0, (3, 3)))
WITHOUT_DATE = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}


def new_figure(width: float = 6.0, height: float = 4.5) -> "Figure":
    """A figure of that many inches. ImportError without matplotlib."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise ImportError(f"plots need matplotlib, which is not installed: {install_command('plot')}") from None
    return Figure(figsize=(width, height), layout="constrained")


def axes_or_new(ax: "Axes | None", title: str, xlabel: str, ylabel: str) -> "Axes":
    """The axes that were given, or new ones, with a title, labels and a grid. ImportError without matplotlib."""
    if ax is None:
        ax = new_figure().subplots()
        show_in_notebooks(ax)
    return dressed(ax, title, xlabel, ylabel)


def panels(titles: Sequence[str], title: str, xlabel: str, ylabel: str) -> list["Axes"]:
    """New axes side by side, at most three in a row, on one figure with a title above all."""
    columns = min(len(titles), 3)
    rows = -(-len(titles) // columns)
    figure = new_figure(3.6 * columns, 3.6 * rows + 0.4)
    axes = list(figure.subplots(rows, columns, squeeze=False).ravel())
    for unused in axes[len(titles) :]:
        unused.remove()
    figure.suptitle(title)
    for ax, one in zip(axes, titles, strict=False):
        show_in_notebooks(dressed(ax, one, xlabel, ylabel))
    return axes[: len(titles)]


def dressed(ax: "Axes", title: str, xlabel: str, ylabel: str) -> "Axes":
    """The axes with a title, labels and a grid; numbers at them stand in full, without an offset to be added."""
    ax.set(title=title, xlabel=xlabel, ylabel=ylabel)
    ax.grid(color=MUTED, alpha=0.2)
    ax.set_axisbelow(True)
    ax.ticklabel_format(useOffset=False)
    return ax


def show_in_notebooks(ax: "Axes") -> None:
    """Give new axes what a notebook asks for, and no frame at the top and at the right."""
    if ax.name != "3d":
        ax.spines[["top", "right"]].set_visible(False)
    ax._repr_png_ = partial(image, ax, "png")  # type: ignore[attr-defined]


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
    ax.legend(lines, labels, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=4, frameon=False, fontsize="small")
    ax.set_title(ax.get_title(), pad=12 + 16 * rows)


def legend_below(ax: "Axes", columns: int = 2) -> None:
    """A legend below the axes, for plots whose lines leave no corner free."""
    if ax.get_legend_handles_labels()[0]:
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=columns, frameon=False, fontsize="small")


def logarithmic(ax: "Axes", numbers: Sequence[float]) -> None:
    """A logarithmic scale, where the numbers allow it and are far apart; it says 0.4, and not 4×10⁻¹."""
    if not far_apart(numbers):
        return
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    positive = [x for x in numbers if x > 0.0]
    tens = len(powers_of_ten(min(positive), max(positive))) >= ENOUGH
    ax.set_yscale("log")
    ax.yaxis.set_major_locator(LogLocator(subs=(1.0,) if tens else (1.0, 2.0, 5.0)))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda x, _: number(x, 3)))
    ax.yaxis.set_minor_formatter(NullFormatter())
