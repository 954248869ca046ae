"""Maps of the plane: a model's decision boundary with its data, and the path of a descent on a curve or a contour map.

>>> from nn import descend
>>> path = descend(lambda x: x * x, start=3.0, lr=0.4, steps=3)
>>> plot_descent(lambda x: x * x, path).get_title()
'descent'
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import Value
from autograd.ieee import silent
from nn import Module
from viz.graph.theme import blend
from viz.plots.axes import COLOURS, INK, MARKERS, PAPER, VALUE, axes_or_new, legend, legend_above

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROWS = 500  # so many rows of a grid at once, as each of them keeps its graph while it is computed
SHARES = np.linspace(0.05, 0.65, 6)
TINTS = [blend(PAPER, COLOURS[0], s) for s in SHARES[::-1]] + [blend(PAPER, COLOURS[1], s) for s in SHARES]


def plot_decision_boundary(
    model: Any, X: Any, y: Any, ax: "Axes | None" = None, threshold: float | None = None, resolution: int = 100
) -> "Axes":
    """The predictions of a model over the plane, with the data: X is (m, 2), y is (m,), classes of any kind.

    model       a module of nn, or an estimator with predict_proba; with one output, or one for each class
    threshold   where class 1 begins for a model of one output; None: 0.5 if all outputs are probabilities, else 0
    resolution  points of the grid along each side
    """
    X, labels = np.asarray(X, dtype=float), np.ravel(y)
    if X.ndim != 2 or X.shape[1] != 2 or len(X) != len(labels) or not len(X):
        raise ValueError(f"expected X of shape (m, 2) and a class for each row, got {X.shape} and {np.shape(y)}")
    ax = axes_or_new(ax, "decision boundary", "x1", "x2")
    low, high = X.min(axis=0), X.max(axis=0)
    margin = 0.15 * (high - low) + 0.1
    sides = np.linspace(low - margin, high + margin, resolution).T
    xs, ys = np.meshgrid(*sides)
    outputs = predict_grid(model, np.column_stack([xs.ravel(), ys.ravel()])).reshape(*xs.shape, -1)
    if outputs.shape[2] == 2 and np.allclose(outputs.sum(axis=2), 1.0):  # one of the two probabilities says it all
        outputs = outputs[:, :, 1:]
    if outputs.shape[2] == 1:
        shade_one_output(ax, xs, ys, outputs[:, :, 0], threshold)
    else:
        shade_classes(ax, xs, ys, outputs)
    for index, kind in enumerate(np.unique(labels)):
        x1, x2 = X[labels == kind].T
        size = min(max(30.0, 3000.0 / len(X)), 120.0)  # the fewer, the larger
        ax.scatter(x1, x2, s=size, color=COLOURS[index % 6], marker=MARKERS[index % 6], edgecolors=PAPER,
                   label=f"class {kind}")  # fmt: skip
    ax.set(xlim=sides[0][[0, -1]], ylim=sides[1][[0, -1]])
    legend_above(ax)
    return ax


def predict_grid(model: Any, points: np.ndarray) -> np.ndarray:
    """The model's outputs for each point, (n,) or (n, outputs), in evaluation mode; the model keeps its own."""
    if hasattr(model, "predict_proba"):
        return np.asarray(model.predict_proba(points), dtype=float)
    if not isinstance(model, Module):
        raise TypeError(f"expected a module of nn, or an estimator with predict_proba; got {type(model).__name__}")
    with model.evaluating():
        try:
            return np.asarray(model.compile()(points), dtype=float).reshape(len(points), -1)
        except (TypeError, ValueError, RuntimeError):  # a model that cannot be recorded
            batches = [model(points[first : first + ROWS]) for first in range(0, len(points), ROWS)]
            return np.array([[output.data for output in np.ravel(row)] for batch in batches for row in batch])


def shade_one_output(ax: "Axes", xs: np.ndarray, ys: np.ndarray, outputs: np.ndarray, threshold: float | None) -> None:
    """From the colour of class 0 to that of class 1 as the output rises, with a line where it is the threshold."""
    probabilities = bool((outputs >= 0.0).all() and (outputs <= 1.0).all())
    middle = threshold if threshold is not None else 0.5 if probabilities else 0.0
    reach = max(middle, 1.0 - middle) if probabilities else float(np.abs(outputs - middle).max()) or 1.0
    levels = np.linspace(middle - reach, middle + reach, len(TINTS) + 1)
    shades = ax.contourf(xs, ys, outputs, levels=levels, colors=TINTS)
    boundary(ax, xs, ys, outputs - middle)
    bar = ax.figure.colorbar(shades, ax=ax, label="output", ticks=levels[::3])
    bar.outline.set_visible(False)


def shade_classes(ax: "Axes", xs: np.ndarray, ys: np.ndarray, outputs: np.ndarray) -> None:
    """Each class's region, where its output is the largest, in the class's colour."""
    for index in range(outputs.shape[2]):
        lead = outputs[:, :, index] - np.delete(outputs, index, axis=2).max(axis=2)
        if lead.max() > 0.0:
            ax.contourf(xs, ys, lead, levels=[0.0, lead.max()], colors=[blend(PAPER, COLOURS[index % 6], 0.3)])
        boundary(ax, xs, ys, lead)


def boundary(ax: "Axes", xs: np.ndarray, ys: np.ndarray, heights: np.ndarray) -> None:
    """The line where the heights change their sign, if they do."""
    if heights.min() < 0.0 < heights.max():
        ax.contour(xs, ys, heights, levels=[0.0], colors=INK, linewidths=1.6)


def plot_descent(
    f: Callable[..., Any], path: Sequence[Any] | Mapping[str, Sequence[Any]], ax: "Axes | None" = None
) -> "Axes":
    """The path of a descent on the curve of f(x), or on the contour map of f(x, y).

    A path is a list of numbers, or of pairs; several are given by name, as {"lr 0.4": path, "lr 0.6": other}.
    """
    several = path if isinstance(path, Mapping) else {"path": path}
    paths = {name: np.array(one, dtype=float) for name, one in several.items()}
    shapes = {one.shape[1:] for one in paths.values()}
    if shapes not in ({()}, {(2,)}) or not all(map(len, paths.values())):
        raise ValueError(f"expected paths of numbers, or of pairs of numbers; got points of shape {sorted(shapes)}")
    flat = shapes == {()}
    places = np.concatenate(list(paths.values())).reshape(-1, 1 if flat else 2)
    middle = (places.max(axis=0) + places.min(axis=0)) / 2
    reach = 1.25 * float((places.max(axis=0) - places.min(axis=0)).max()) / 2 or 1.0
    ax = axes_or_new(ax, "descent", "x", "f(x)" if flat else "y")
    sides = [np.linspace(m - reach, m + reach, 401 if flat else 81) for m in middle]
    if flat:
        ax.plot(sides[0], [height(f, x) for x in sides[0]], color=VALUE, linewidth=2.0)
    else:
        draw_contours(ax, f, *sides)
    for index, (name, points) in enumerate(paths.items()):
        xs, ys = (points, [height(f, x) for x in points]) if flat else points.T
        ax.plot(
            xs,
            ys,
            color=COLOURS[index % 6],
            marker=MARKERS[index % 6],
            markersize=5,
            linewidth=1.3,
            label=name,
        )
        ax.plot(xs[:1], ys[:1], color=INK, marker="o", markersize=12, fillstyle="none", linestyle="none",
                label="start" if index == len(paths) - 1 else None)  # fmt: skip
    legend(ax)
    return ax


def draw_contours(ax: "Axes", f: Callable[..., Any], xs: np.ndarray, ys: np.ndarray) -> None:
    """Lines of equal height, as many places between each two of them: steep and flat parts can both be read."""
    heights = np.array([[height(f, x, y) for x in xs] for y in ys])
    levels = np.unique(np.quantile(heights[np.isfinite(heights)], np.linspace(0.0, 1.0, 16)))
    if len(levels) > 2:
        tints = [blend(PAPER, VALUE, share) for share in np.linspace(0.45, 0.03, len(levels) - 1)]
        ax.contourf(xs, ys, heights, levels=levels, colors=tints)
        ax.contour(xs, ys, heights, levels=levels, colors=VALUE, linewidths=0.6)
    ax.set_aspect("equal")


def height(f: Callable[..., Any], *place: float) -> float:
    """f at a place, as a number."""
    with silent():
        result = f(*map(Value, place))
    return float(result.data if isinstance(result, Value) else result)
