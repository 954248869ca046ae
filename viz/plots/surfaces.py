"""Surfaces: f(x, y) in space, with its contours below it.

>>> plot_surface(lambda x, y: x**2 - y**2).get_title()
'x² − y²'
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.notation import number
from viz.graph.theme import blend
from viz.plots.axes import GRADIENT, INK, MUTED, PAPER, VALUE, dressed, legend, new_figure, show_in_notebooks
from viz.plots.functions import Function, formula_of, height
from viz.plots.landscapes import Range, coordinates, paths_of, saddles_in

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_surface(
    f: Function, ranges: Sequence[Range] = ((-2.0, 2.0), (-2.0, 2.0)), ax: "Axes | None" = None,
    path: Sequence[Any] | None = None, formula: str = "",
) -> "Axes":  # fmt: skip
    """The surface of f(x, y) in space, its contours below it, saddles marked, and on it the path of a descent."""
    if ax is None:
        ax = new_figure(6.5, 5.2).add_subplot(projection="3d")
        show_in_notebooks(ax)
    three: Any = dressed(ax, formula_of(f, "x", "y", written=formula), "x", "y")
    xs, ys = np.meshgrid(*(np.linspace(low, high, 41) for low, high in ranges))
    field = np.array([[height(f, x, y) for x, y in zip(*row, strict=True)] for row in zip(xs, ys, strict=True)])
    field = np.where(np.isfinite(field), field, np.nan)
    low, high = float(np.nanmin(field)), float(np.nanmax(field))
    floor = low - 0.35 * (high - low or 1.0)
    shares = (field - low) / (high - low or 1.0)
    colours = [[blend(VALUE, PAPER, 0.9 * float(np.nan_to_num(s))) for s in row] for row in shares]
    three.plot_surface(xs, ys, field, facecolors=np.array(colours), linewidth=0.1, edgecolor=MUTED, shade=False,
                       rstride=1, cstride=1, alpha=0.85)  # fmt: skip
    if high > low:
        three.contour(xs, ys, field, levels=12, colors=VALUE, linewidths=0.6, offset=floor)
    for place in saddles_in(f, ranges, np.empty((0, 2))):
        three.plot(*([x] for x in place), [height(f, *place)], marker="X", color=INK, markersize=9, linestyle="none",
                   label=f"saddle f({coordinates(place)}) = {number(height(f, *place))}", zorder=10)  # fmt: skip
    if path is not None:
        points = paths_of(path)["path"]
        three.plot(*points.T, [height(f, *place) for place in points], marker="o", markersize=4, color=GRADIENT,
                   label="path", zorder=10)  # fmt: skip
    three.locator_params(nbins=5)
    three.set_zlabel("f(x, y)")
    three.set_zlim(floor, high)
    legend(ax)
    return ax
