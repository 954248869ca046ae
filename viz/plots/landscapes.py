"""Landscapes: the path of a descent on a curve or on a contour map, and of Newton's method.

>>> from nn import descend
>>> path = descend(lambda x: x * x, start=3.0, lr=0.4, steps=3)
>>> plot_descent(lambda x: x * x, path).get_title()
'descent on x·x'
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise, product
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.notation import number
from nn import descend
from viz.graph.theme import blend
from viz.plots.axes import (
    COLOURS,
    DASHES,
    GRADIENT,
    INK,
    MARKERS,
    MUTED,
    PAPER,
    VALUE,
    axes_or_new,
    legend,
    legend_below,
    panels,
)
from viz.plots.functions import Function, formula_of, height, heights, slope
from viz.plots.places import Place, derivatives, lowest_near, saddles

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Paths are drawn in panels of their own where all of them together are so many times as wide, or as high, as one.
TOO_WIDE, TOO_HIGH = 8.0, 16.0
Range = tuple[float, float]
Paths = dict[str, np.ndarray]  # by name: places (n,), or (n, 2)


def plot_descent(
    f: Function, path: Sequence[Any] | Mapping[str, Sequence[Any]], ax: "Axes | None" = None,
    ranges: Sequence[Range] | None = None, formula: str = "",
) -> "Axes":  # fmt: skip
    """The path of a descent on the curve of f(x), with tangents, or on the contour map of f(x, y).

    path     a list of numbers, or of pairs; several are given by name, as {"lr 0.4": path, "lr 0.6": other}. Without
             `ax`, paths are drawn in panels of their own where the longest would squash the others
    ranges   what is shown, as [(-2, 2)], or [(-2, 2), (-1, 1)] for f(x, y); else the path, and the minimum below it
    formula  what the title says of f, where f itself cannot tell

    Minimum and saddle are marked. The axes are returned, of panels the first.
    """
    paths = paths_of(path)
    variables = "xy"[: 1 if is_flat(paths) else 2]
    title = f"descent on {formula_of(f, *variables, written=formula)}"
    if ax is not None or ranges is not None or not squashed(f, paths):
        return draw_landscape(f, paths, axes_or_new(ax, title, *labels_of(paths)), ranges)
    axes = panels(list(paths), title, *labels_of(paths))
    for one, (name, points) in zip(axes, paths.items(), strict=True):
        draw_landscape(f, {name: points}, one, None, named=False)
    return axes[0]


def plot_newton(
    f: Function, start: Any, steps: int = 6, ax: "Axes | None" = None, ranges: Sequence[Range] | None = None,
    formula: str = "",
) -> "Axes":  # fmt: skip
    """Newton's method from a start, a number or a pair: each step goes where slope and bend promise a slope of 0.

    On a curve that promise is drawn, the parabola with the curve's slope and bend at each place.
    """
    path = descend(f, start, lr=1.0, steps=steps, optimizer="newton")
    paths = paths_of({"Newton's method": path})
    variables = "xy"[: 1 if is_flat(paths) else 2]
    title = f"Newton's method on {formula_of(f, *variables, written=formula)}"
    ax = draw_landscape(f, paths, axes_or_new(ax, title, *labels_of(paths)), ranges, tangents=0)
    if is_flat(paths):
        draw_parabolas(ax, f, path[:4])
    return ax


def is_flat(paths: Paths) -> bool:
    """Whether the paths are of one variable: then they are drawn on a curve."""
    return next(iter(paths.values())).ndim == 1


def labels_of(paths: Paths) -> tuple[str, str]:
    """The names of both axes."""
    return ("x", "f(x)") if is_flat(paths) else ("x", "y")


def draw_landscape(
    f: Function, paths: Paths, ax: "Axes", ranges: Sequence[Range] | None, tangents: int = 4, named: bool = True
) -> "Axes":
    """The curve or the contour map of f, the paths with so many tangents, and what is to be marked."""
    view = [(float(low), float(high)) for low, high in ranges] if ranges else view_of(f, paths)
    if is_flat(paths):
        xs = np.linspace(*view[0], 401)
        ax.plot(xs, heights(f, xs), color=VALUE, linewidth=2.0)
        ax.set_xlim(view[0])
    else:
        draw_contours(ax, f, *view)
        ax.set(xlim=view[0], ylim=view[1])
    for index, (name, points) in enumerate(paths.items()):
        draw_path(ax, f, points, name if named else "", index)
        if is_flat(paths):
            draw_tangents(ax, f, points[: tangents if len(paths) == 1 else tangents // 2])
    mark_places(ax, f, paths, view)
    if is_flat(paths) and named:
        legend(ax)
    else:
        legend_below(ax)
    return ax


def draw_parabolas(ax: "Axes", f: Function, path: Sequence[float]) -> None:
    """At each place of the path the parabola with the curve's slope and bend: its bottom or top is the next place."""
    limits = ax.get_ylim()
    for index, (here, there) in enumerate(pairwise(path)):
        (first,), ((second,),) = derivatives(f, np.array([here]))
        reach = 1.4 * abs(there - here)
        xs = np.linspace(there - reach, there + reach, 101)
        ys = height(f, here) + first * (xs - here) + second * (xs - here) ** 2 / 2
        label = "" if index else "parabola of slope and bend"
        ax.plot(xs, ys, color=MUTED, linestyle=DASHES[3], linewidth=1.4, label=label)
    ax.set_ylim(limits)
    legend(ax)


def paths_of(path: Sequence[Any] | Mapping[str, Sequence[Any]]) -> Paths:
    """The paths by name, as arrays. ValueError if they are none of numbers, or of pairs, alike."""
    several = path if isinstance(path, Mapping) else {"path": path}
    paths = {name: np.array(one, dtype=float) for name, one in several.items()}
    shapes = {one.shape[1:] for one in paths.values()}
    if shapes not in ({()}, {(2,)}) or not all(map(len, paths.values())):
        raise ValueError(f"expected paths of numbers, or of pairs of numbers; got points of shape {sorted(shapes)}")
    return paths


def places_in(paths: Paths) -> np.ndarray:
    """All places of the paths: (n, 1), or (n, 2)."""
    return np.concatenate([points.reshape(len(points), -1) for points in paths.values()])


def squashed(f: Function, paths: Paths) -> bool:
    """Whether one of the paths would hardly be seen beside the others, for its places or its heights."""
    sizes = [float(np.ptp(points, axis=0).max()) for points in paths.values()]
    whole = float(np.ptp(places_in(paths), axis=0).max())
    if any(whole > TOO_WIDE * size > 0.0 for size in sizes):
        return True
    if not is_flat(paths):
        return False
    climbs = [float(np.ptp(heights(f, points))) for points in paths.values()]
    return any(float(np.ptp(heights(f, places_in(paths)[:, 0]))) > TOO_HIGH * climb > 0.0 for climb in climbs)


def view_of(f: Function, paths: Paths) -> list[Range]:
    """The range shown of each coordinate: all places of the paths, and the minima below them, with a margin."""
    places = places_in(paths)
    shown = np.vstack([places, *(np.array([place]) for place in minima(f, paths))])
    middle = (shown.max(axis=0) + shown.min(axis=0)) / 2
    reach = (1.1 if is_flat(paths) else 1.25) * float(np.ptp(shown, axis=0).max()) / 2 or 1.0
    return [(float(m - reach), float(m + reach)) for m in middle]


def minima(f: Function, paths: Paths) -> list[Place]:
    """The minimum below each path, without repetitions, if it is not far away."""
    found: list[Place] = []
    for points in paths.values():
        places = points.reshape(len(points), -1)
        reach = 2.0 * float(np.ptp(places, axis=0).max()) or 1.0
        lowest = min((tuple(map(float, place)) for place in places), key=lambda place: height(f, *place))
        place = lowest_near(f, lowest, reach)
        if place and not any(np.allclose(place, other, atol=1e-4 * reach) for other in found):
            found.append(place)
    return found


def draw_contours(ax: "Axes", f: Function, across: Range, up: Range) -> None:
    """Lines of equal height, as many places between each two of them: steep and flat parts can both be read."""
    xs, ys = np.linspace(*across, 81), np.linspace(*up, 81)
    field = np.array([[height(f, x, y) for x in xs] for y in ys])
    levels = np.unique(np.quantile(field[np.isfinite(field)], np.linspace(0.0, 1.0, 16)))
    if len(levels) > 2:
        tints = [blend(PAPER, VALUE, share) for share in np.linspace(0.45, 0.03, len(levels) - 1)]
        ax.contourf(xs, ys, field, levels=levels, colors=tints)
        lines = ax.contour(xs, ys, field, levels=levels, colors=VALUE, linewidths=0.6)
        ax.clabel(lines, levels=levels[1:-1:2], fmt=lambda level: number(level, 2), fontsize=8)
    if 0.25 <= (across[1] - across[0]) / (up[1] - up[0]) <= 4.0:
        ax.set_aspect("equal")


def draw_path(ax: "Axes", f: Function, points: np.ndarray, name: str, index: int) -> None:
    """A path with its places, and a ring around its start."""
    xs, ys = (points, heights(f, points)) if points.ndim == 1 else points.T
    ax.plot(xs, ys, color=COLOURS[index % 6], marker=MARKERS[index % 6], markersize=5, linewidth=1.3,
            linestyle=DASHES[index % 6], label=name)  # fmt: skip
    ax.plot(xs[:1], ys[:1], color=INK, marker="o", markersize=12, fillstyle="none", linestyle="none",
            label=once(ax, "start"))  # fmt: skip


def draw_tangents(ax: "Axes", f: Function, xs: np.ndarray) -> None:
    """Short tangents of the curve, all of the same length to the eye."""
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    for x in xs:
        rise, y = slope(f, x), height(f, x)
        if not np.isfinite([rise, y]).all():
            continue
        reach = 0.12 / np.hypot(1 / (right - left), rise / (high - low))
        ax.plot([x - reach, x + reach], [y - rise * reach, y + rise * reach], color=GRADIENT, linestyle="--",
                linewidth=1.5, label=once(ax, "tangent"))  # fmt: skip
    ax.set_ylim(low, high)


def once(ax: "Axes", label: str) -> str:
    """The label, or none if the legend has it already."""
    return "" if label in ax.get_legend_handles_labels()[1] else label


def mark_places(ax: "Axes", f: Function, paths: Paths, view: Sequence[Range]) -> None:
    """A star at each minimum below a path and a cross at each saddle in view, with their numbers in the legend."""
    for place in minima(f, paths):
        if inside(place, view):
            level = height(f, *place)
            ax.plot(*(place if len(place) == 2 else (*place, level)), color=INK, marker="*", markersize=13,
                    linestyle="none", label=f"minimum f({coordinates(place)}) = {number(level)}")  # fmt: skip
    if len(view) == 2:
        for place in saddles_in(f, view, places_in(paths)):
            ax.plot(*place, color=INK, marker="X", markersize=10, markeredgecolor=PAPER, linestyle="none",
                    label=f"saddle f({coordinates(place)}) = {number(height(f, *place))}")  # fmt: skip


def saddles_in(f: Function, view: Sequence[Range], starts: np.ndarray) -> list[Place]:
    """The saddles of f(x, y) in view, looked for from a grid of places and from the starts."""
    grid = product(*(np.linspace(low, high, 4) for low, high in view))
    found = saddles(f, [*grid, *map(tuple, starts[:5])])
    return [place for place in found if inside(place, view)][:3]


def inside(place: Place, view: Sequence[Range]) -> bool:
    return all(low <= x <= high for x, (low, high) in zip(place, view, strict=True))


def coordinates(place: Place) -> str:
    return ", ".join(number(x) for x in place)
