"""Curves: activations with their derivatives, the loss over epochs, gradients layer by layer.

Each function draws on the axes given as `ax`, or on new ones, and returns the axes.

>>> ax = plot_activation("sigmoid")
>>> ax.get_title()
'sigmoid and its derivative'

In a notebook the axes show themselves; `ax.figure.savefig("sigmoid.png")` saves them. Maps of the plane, such as
decision boundaries, are in planes.py. Without matplotlib (the extra `plot`) each raises an ImportError.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import Value, gradients, maximum
from autograd.ieee import silent
from autograd.notation import number
from nn import History, Module, Report
from nn.activations import Activation, name_of, takes_rows
from nn.measures import FLAT
from nn.networks import activation_step
from viz.graph.theme import blend
from viz.plots.axes import COLOURS, GRADIENT, INK, MARKERS, MUTED, VALUE, axes_or_new, legend
from viz.plots.scales import far_apart

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HIGHEST = 10.0  # where the axis of an activation ends at the latest, as exp and log grow without bound
MOST_LINES = 8  # so many layers are told apart

Curve = Callable[[Value], Any]


# Activations that are no function of one number are plotted by an example: its formula, itself, the curves beside it.
Example = tuple[str, Curve, dict[str, Curve]]
OF_LAYERS: dict[str, Example] = {
    "maxout": ("max(x, 1 - x/2)", lambda x: maximum(x, 1 - x / 2), {"x": lambda x: x, "1 - x/2": lambda x: 1 - x / 2}),
}


def example(activation: str | Activation) -> Example:
    """The curve that stands for an activation, with its formula, and the curves that it is made of."""
    if isinstance(activation, str) and activation in OF_LAYERS:
        return OF_LAYERS[activation]
    step = activation_step(activation)
    name = activation if isinstance(activation, str) else name_of(step)
    if isinstance(step, Module):
        first = ", ".join(f"{p.name} {p.data:g}" for p in step.parameters())
        return f"{name}(x), {first} at first", lambda x: step.row([x])[0], {}
    if takes_rows(step):
        outputs = [lambda x, i=i: step([x, Value(0.0), Value(1.0)])[i] for i in range(3)]
        return f"1st of {name}(x, 0, 1)", outputs[0], {"2nd": outputs[1], "3rd": outputs[2]}
    return f"{name}(x)", step, {}


def plot_activation(name: str | Activation, ax: "Axes | None" = None) -> "Axes":
    """An activation and its derivative for -5 ≤ x ≤ 5; shaded where the derivative is below 0.01, as reports count it.

    `name` is a layer's activation: "relu", "tanh", "elu", ..., "prelu", "maxout", "softmax", or a function of a Value.
    """
    label, function, operands = example(name)
    title = name if isinstance(name, str) else name_of(name)
    ax = axes_or_new(ax, f"{title} and its derivative", "x", "")
    grid = np.linspace(-5.0, 5.0, 1001)
    values, slopes = curve(function, grid)
    ax.axhline(0.0, color=MUTED, linewidth=0.8)
    ax.axvline(0.0, color=MUTED, linewidth=0.8)
    for (operand, function_of), dashes in zip(operands.items(), (":", "-."), strict=False):
        ax.plot(grid, curve(function_of, grid)[0], color=MUTED, linewidth=1.2, linestyle=dashes, label=operand)
    ax.plot(grid, broken(values), color=VALUE, linewidth=2.2, label=label)
    steepest = number(float(np.nanmax(slopes)), 3)
    ax.plot(grid, broken(slopes), color=GRADIENT, linewidth=2.2, linestyle="--", label=f"derivative ≤ {steepest}")
    low, high = np.clip(ax.get_ylim(), -HIGHEST, HIGHEST)
    flat = np.abs(slopes) < FLAT
    if flat.any():
        ax.fill_between(grid, low, high, where=flat, color=GRADIENT, alpha=0.12, linewidth=0,
                        label=f"flat: slope < {FLAT}")  # fmt: skip
    ax.set_ylim(low, high)
    legend(ax)
    return ax


def curve(function: Callable[[Value], Any], grid: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The function's values and derivatives, by the engine itself."""
    values, slopes = np.empty(len(grid)), np.empty(len(grid))
    with silent():
        for i, x in enumerate(grid):
            leaf = Value(x)
            output = function(leaf)
            values[i], (slopes[i],) = output.data, gradients(output, leaf)
    return values, np.where(np.isnan(values), math.nan, slopes)


def broken(values: np.ndarray) -> np.ndarray:
    """The values with a gap at each jump (a difference ten times its neighbours'), so that no line is drawn there."""
    steps = np.abs(np.diff(values))
    around = np.r_[0.0, steps[:-1]] + np.r_[steps[1:], 0.0]
    jumps = np.flatnonzero((steps > 10.0 * around) & (steps > 0.05)) + 1
    result = values.copy()
    result[jumps] = math.nan
    return result


def plot_history(history: History, ax: "Axes | None" = None) -> "Axes":
    """The loss over epochs, that of validation too, and the metrics on a scale of their own at the right.

    The scale of the loss is logarithmic where it falls far. For a loop written by hand: plot_history(History(losses)).
    """
    ax = axes_or_new(ax, "loss over epochs", "epoch", "loss")
    lines = {"loss": (history.loss, COLOURS[0], "-"), "validation": (history.validation, COLOURS[1], "--")}
    for name, (losses, colour, dashes) in lines.items():
        if losses:
            marker = "o" if len(losses) == 1 else ""  # or a single point would not be seen
            ax.plot(losses, dashes, color=colour, linewidth=1.8, marker=marker, label=at_last(name, losses))
    logarithmic(ax, [*history.loss, *history.validation])
    right = None
    if history.metrics:
        right = ax.twinx()
        right.set_ylabel(", ".join(history.metrics))
        for (name, values), marker in zip(history.metrics.items(), MARKERS * len(history.metrics), strict=False):
            right.plot(values, ":", color=INK, linewidth=1.8, marker=marker, markevery=every(values), markersize=4,
                       label=at_last(name, values))  # fmt: skip
    legend(ax, right)
    return ax


def plot_gradient_norms(
    history: History | Report | Mapping[str, History | Report],
    ax: "Axes | None" = None,
    epochs: Sequence[int] | None = None,
) -> "Axes":
    """The norm of each layer's gradient: it shows whether gradients vanish or explode.

    A History is drawn over time, a line for each layer; with `epochs` over depth, from the input to the output, a line
    for each of these epochs. A Report, which knows one pass, and several of either by name are drawn over depth.
    """
    if isinstance(history, History) and epochs is None:
        return norms_over_time(history, ax)
    several = history if isinstance(history, Mapping) else {"": history}
    ax = axes_or_new(ax, "gradient norm over depth", "layer (1 = next to the input)", "norm of the gradient")
    drawn: list[float] = []
    for index, (name, one) in enumerate((name, one) for name in several for one in (epochs or (0,))):
        columns = norms_of(several[name]).values()
        if not all(0 <= one < len(column) for column in columns):
            raise ValueError(f"there is no epoch {one}: {min(map(len, columns))} were kept")
        norms = [column[one] for column in columns]
        label = ", ".join(part for part in (name, f"epoch {one}" if epochs else "") if part)
        ax.plot(range(1, len(norms) + 1), norms, color=COLOURS[index % 6], marker=MARKERS[index % 6],
                label=label or None)  # fmt: skip
        drawn += norms
    ax.locator_params(axis="x", integer=True)
    logarithmic(ax, drawn)
    legend(ax)
    return ax


def norms_over_time(history: History, ax: "Axes | None") -> "Axes":
    """A line for each layer, the darker the nearer to the output; of many layers, some from input to output."""
    ax = axes_or_new(ax, "gradient norm over epochs", "epoch", "norm of the gradient")
    labels, layers = zip(*norms_of(history).items(), strict=True)
    chosen = np.unique(np.linspace(0, len(layers) - 1, min(len(layers), MOST_LINES)).round().astype(int))
    for place, layer in enumerate(chosen):
        colour = blend("#FFFFFF", GRADIENT, 0.4 + 0.6 * (place + 1) / len(chosen))
        ax.plot(layers[layer], color=colour, marker=MARKERS[place % 6], markevery=every(layers[layer]), markersize=5,
                label=labels[layer])  # fmt: skip
    logarithmic(ax, [norm for layer in chosen for norm in layers[layer]])
    legend(ax)
    return ax


def norms_of(source: History | Report) -> dict[str, list[float]]:
    """Each layer's gradient norms, epoch by epoch, by its number and key, in the order from input to output."""
    if isinstance(source, History):
        keys, labels = source.layers or source.gradients, source.labels()
        norms = {labels[key]: column for key, column in source.gradients.items() if key in keys}
    else:
        norms = {f"layer {layer.number} ({layer.name})": [layer.grad_w] for layer in source.layers}
    if not any(norms.values()):
        raise ValueError("no gradients were kept: give the History of nn.fit, or model.report(loss)")
    return norms


def logarithmic(ax: "Axes", numbers: Sequence[float]) -> None:
    """A logarithmic scale, where the numbers allow it and are far apart."""
    if far_apart(numbers):
        ax.set_yscale("log")


def at_last(name: str, values: Sequence[float]) -> str:
    return f"{name}, at last {number(values[-1], 3)}"


def every(values: Sequence[float]) -> int:
    """The distance of markers on a line, so that a long one has ten."""
    return max(1, len(values) // 10)
