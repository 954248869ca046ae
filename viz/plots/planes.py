"""Maps of the plane: data of several classes, alone or with the decision boundary of a model.

>>> plot_data([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]).get_title()
'data'

Classes may be of any kind, or one-hot: rows such as [0, 1, 0].
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.notation import number
from nn import Module
from nn.tables import classes_among
from viz.graph.theme import blend
from viz.plots.axes import COLOURS, INK, MARKERS, PAPER, axes_or_new, legend_above
from viz.plots.sections import Features, section_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROWS = 500  # so many rows of a grid at once, as each of them keeps its graph while it is computed
MOST_OBLONG = 4.0  # a map whose sides differ more is not drawn with axes of one scale
SHARES = np.linspace(0.05, 0.65, 6)
TINTS = [blend(PAPER, COLOURS[0], s) for s in SHARES[::-1]] + [blend(PAPER, COLOURS[1], s) for s in SHARES]


def plot_decision_boundary(
    model: Any,
    X: Any,
    y: Any,
    ax: "Axes | None" = None,
    threshold: float | None = None,
    resolution: int = 100,
    features: Features = None,
) -> "Axes":
    """The predictions of a model over the plane, with the data: X is (m, features), y (m,), or one-hot (m, classes).

    features    of more than two: the two that are shown, by place or name, the others held at their means; "principal"
                (the default) shows the plane of the two principal components
    model       a module of nn, or an estimator with predict_proba; with one output, or one for each class
    threshold   where class 1 begins for a model of one output; None: 0.5 if all outputs are probabilities, else 0
    resolution  points of the grid along each side
    """
    section = section_of(X, features, getattr(model, "features", ()))
    points, labels = plane_of(section.project(X), y)
    title = f"decision boundary\n{section.title}" if section.title else "decision boundary"
    ax = axes_or_new(ax, title, *section.axes)
    sides = np.linspace(*around(points), resolution).T
    xs, ys = np.meshgrid(*sides)
    grid = section.embed(np.column_stack([xs.ravel(), ys.ravel()]))
    outputs = predict_grid(model, grid).reshape(*xs.shape, -1)
    if outputs.shape[2] == 2 and np.allclose(outputs.sum(axis=2), 1.0):  # one of the two probabilities says it all
        outputs = outputs[:, :, 1:]
    if outputs.shape[2] == 1:
        shade_one_output(ax, xs, ys, outputs[:, :, 0], threshold)
    else:
        shade_classes(ax, xs, ys, outputs)
    draw_points(ax, points, labels)
    return ax


def plot_data(X: Any, y: Any, ax: "Axes | None" = None, features: Features = None, names: Sequence[str] = ()) -> "Axes":
    """The data alone: X is (m, features), y is (m,), classes of any kind, or one-hot (m, classes).

    features  of more than two: the two that are shown; the principal components if not given
    names     of the features
    """
    section = section_of(X, features, names)
    points, labels = plane_of(section.project(X), y)
    ax = axes_or_new(ax, "data", *section.axes)
    draw_points(ax, points, labels)
    return ax


def plane_of(X: Any, y: Any) -> tuple[np.ndarray, np.ndarray]:
    """The points of a plane, and the class of each. ValueError if they are none."""
    X, labels = np.asarray(X, dtype=float), classes_of(y)
    if X.ndim != 2 or X.shape[1] != 2 or len(X) != len(labels) or not len(X):
        raise ValueError(f"expected X of shape (m, 2) and a class for each row, got {X.shape} and {np.shape(y)}")
    return X, labels


def classes_of(y: Any) -> np.ndarray:
    """The class of each sample: of one-hot rows the column that is 1, else the classes as they are.

    >>> classes_of([[0, 1], [1, 0], [0, 1]]), classes_of(["a", "b"])
    (array([1, 0, 1]), array(['a', 'b'], dtype='<U1'))
    """
    rows = np.asarray(y)
    if rows.ndim == 2 and rows.shape[1] > 1 and np.isin(rows, (0, 1)).all() and (rows.sum(axis=1) == 1).all():
        return np.asarray(rows.argmax(axis=1))
    return np.ravel(rows)


def kinds_of(labels: np.ndarray) -> list[Any]:
    """The different classes in the order of their colours, which is that of a TableModel's outputs.

    >>> kinds_of(np.array(["10", "2", "10"])), kinds_of(np.array([1, 0]))
    (['2', '10'], [0, 1])
    """
    sorted_as_read = classes_among(labels.tolist()) if labels.dtype.kind == "U" else None
    return list(sorted_as_read or np.unique(labels).tolist())


def around(X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The lowest and the highest coordinates that a map of these points shows: a little more than they need."""
    low, high = X.min(axis=0), X.max(axis=0)
    margin = 0.15 * (high - low) + 0.1
    return low - margin, high + margin


def draw_points(ax: "Axes", X: np.ndarray, labels: np.ndarray) -> None:
    """The points, each class with its colour and marker, and both axes of one scale, if neither is far longer."""
    for index, kind in enumerate(kinds_of(labels)):
        x1, x2 = X[labels == kind].T
        size = min(max(30.0, 3000.0 / len(X)), 120.0)  # the fewer, the larger
        ax.scatter(x1, x2, s=size, color=COLOURS[index % 6], marker=MARKERS[index % 6], edgecolors=PAPER,
                   label=f"class {kind}")  # fmt: skip
    low, high = around(X)
    ax.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
    wide, tall = high - low
    if max(wide, tall) <= MOST_OBLONG * min(wide, tall):
        ax.set_aspect("equal")
    legend_above(ax)


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
    # In grey the shades of both sides are alike: two more lines say which side is which, unless the output jumps.
    lower, upper = levels[3], levels[-4]
    inner = [level for level in (lower, upper) if outputs.min() < level < outputs.max()]
    if inner and np.mean((outputs > lower) & (outputs < upper)) > 0.02:
        lines = ax.contour(xs, ys, outputs, levels=inner, colors=INK, linewidths=0.7, linestyles=":")
        ax.clabel(lines, fmt=lambda level: number(level, 3), fontsize="small")
    beside = ax.inset_axes((1.04, 0.0, 0.05, 1.0))  # as high as the axes, of whatever shape they are
    bar = ax.figure.colorbar(
        shades, cax=beside, label="output", ticks=levels[::3], format=lambda level, _: number(level, 3)
    )
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
