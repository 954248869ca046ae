"""Activations with their derivatives: one of them, or several beside each other.

>>> ax = plot_activation("sigmoid")
>>> ax.get_title()
'sigmoid and its derivative'
>>> plot_activation(["sigmoid", "tanh", "relu"]).figure.get_suptitle()
'activations'

Where a curve jumps, a filled dot is at its number there and an open one where it comes from.
"""

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import Value, gradients, maximum
from autograd.ieee import silent
from autograd.notation import number
from nn import Module
from nn.activations import Activation, name_of, takes_rows
from nn.measures import FLAT
from nn.networks import activation_step
from viz.plots.axes import COLOURS, DASHES, GRADIENT, MARKERS, MUTED, PAPER, VALUE, axes_or_new, legend, panels

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HIGHEST = 10.0  # where the axis of an activation ends at the latest, as exp and log grow without bound
GRID = np.linspace(-5.0, 5.0, 1001)

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


def plot_activation(name: str | Activation | Sequence[str | Activation], ax: "Axes | None" = None) -> "Axes":
    """An activation and its derivative for -5 ≤ x ≤ 5; shaded where the derivative is below 0.01, as reports count it.

    `name` is a layer's activation: "relu", "tanh", "elu", ..., "prelu", "maxout", "softmax", or a function of a Value.
    A list of several is drawn in two panels: their curves, and their derivatives. On axes that are given, both stand
    together, derivatives dashed.
    """
    if not isinstance(name, str) and isinstance(name, Sequence):
        return plot_several(name, ax)
    label, function, operands = example(name)
    title = name if isinstance(name, str) else name_of(name)
    ax = axes_or_new(ax, f"{title} and its derivative", "x", f"{title}(x), and its slope")
    values, slopes = curve(function, GRID)
    cross(ax)
    for (operand, function_of), dashes in zip(operands.items(), (":", "-."), strict=False):
        ax.plot(GRID, curve(function_of, GRID)[0], color=MUTED, linewidth=1.2, linestyle=dashes, label=operand)
    steepest = float(np.nanmax(slopes))
    bound = f"derivative ≤ {number(steepest, 3)}" if math.isfinite(steepest) else "derivative"
    draw_curve(ax, function, 0, values, VALUE, linewidth=2.2, label=label)
    draw_curve(ax, function, 1, slopes, GRADIENT, linewidth=2.2, linestyle="--", label=bound)
    low, high = limits([values, slopes, *(line.get_ydata() for line in ax.get_lines()[2:])], HIGHEST)
    flat = np.abs(slopes) < FLAT
    if flat.any():
        ax.fill_between(GRID, low, high, where=flat, color=GRADIENT, alpha=0.12, linewidth=0,
                        label=f"flat: slope < {FLAT}")  # fmt: skip
    ax.set_ylim(low, high)
    legend(ax)
    return ax


def plot_several(names: Sequence[str | Activation], ax: "Axes | None") -> "Axes":
    """Several activations, told apart by colour, dashes and markers: curves at the left, derivatives at the right."""
    if not names or len(names) > len(COLOURS):
        raise ValueError(f"expected from 1 to {len(COLOURS)} activations, got {len(names)}")
    examples = [example(name) for name in names]
    left, right = panels(["curves", "derivatives"], "activations", "x", "") if ax is None else (ax, ax)
    if left is right:
        axes_or_new(ax, "activations", "x", "activation, dashed: its derivative")
    else:
        left.set_ylabel("activation")
        right.set_ylabel("its derivative")
    for axes in (left, right):
        cross(axes)
    for index, (label, function, _) in enumerate(examples):
        values, slopes = curve(function, GRID)
        look = {"linewidth": 1.8, "marker": MARKERS[index], "markersize": 5,
                "markevery": (30 + 25 * index, 200)}  # fmt: skip
        dashes = "-" if left is right else DASHES[index]
        draw_curve(left, function, 0, values, COLOURS[index], linestyle=dashes, label=label, **look)
        dashes = "--" if left is right else dashes
        draw_curve(right, function, 1, slopes, COLOURS[index], linestyle=dashes, **look)
    for axes in (left, right):
        axes.set_ylim(limits([line.get_ydata() for line in axes.get_lines()[2:]], HIGHEST / 2))
    legend(left)
    return left


def limits(curves: Sequence[Any], most: float) -> tuple[float, float]:
    """The lowest and the highest number to be shown of several curves, with a margin, none of them beyond `most`."""
    numbers = np.clip(np.concatenate([np.ravel(curve) for curve in curves]), -most, most)
    low, high = float(np.nanmin(numbers)), float(np.nanmax(numbers))
    margin = 0.05 * (high - low) or 1.0
    return max(low - margin, -most), min(high + margin, most)


def cross(ax: "Axes") -> None:
    """The axes x = 0 and y = 0."""
    ax.axhline(0.0, color=MUTED, linewidth=0.8)
    ax.axvline(0.0, color=MUTED, linewidth=0.8)


def curve(function: Curve, grid: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The function's values and derivatives, by the engine itself."""
    values, slopes = np.array([value_and_slope(function, x) for x in grid]).T
    return values, slopes


def value_and_slope(function: Curve, x: float) -> tuple[float, float]:
    """The function's value and its derivative at a number."""
    with silent():
        leaf = Value(x)
        output = function(leaf)
        (slope,) = gradients(output, leaf)
    return output.data, math.nan if math.isnan(output.data) else slope


def jumps(values: np.ndarray) -> np.ndarray:
    """The places behind a curve's jumps: the step to them is ten times as large as those two places away."""
    steps = np.abs(np.diff(values))
    near = np.r_[0.0, 0.0, steps[:-2]] + np.r_[steps[2:], 0.0, 0.0]
    return np.flatnonzero((steps > 0.05) & (steps > 10.0 * near) & np.isfinite(steps)) + 1


def broken(values: np.ndarray) -> np.ndarray:
    """The values with a gap at each jump, so that no line is drawn there."""
    result = values.copy()
    result[jumps(values)] = math.nan
    return result


def draw_curve(ax: "Axes", function: Curve, which: int, numbers: np.ndarray, colour: str, **look: Any) -> None:
    """Draw numbers of a function over the grid, its values (which = 0) or slopes (1), with dots at each jump."""
    ax.plot(GRID, broken(numbers), color=colour, **look)
    for place in jumps(numbers):
        if place - 1 in jumps(numbers):
            continue  # the second half of a jump over a point of the grid
        behind = place + 1 if place + 1 in jumps(numbers) else place
        left, right = numbers[place - 1], numbers[behind]
        at, here = where_it_jumps(lambda x: value_and_slope(function, x)[which], GRID[place - 1], GRID[behind])
        for height in (left, right):
            if abs(height - here) > 0.5 * abs(right - left) / 2:
                ax.plot([at], [height], "o", color=colour, markerfacecolor=PAPER, markersize=6, zorder=5)
        ax.plot([at], [here], "o", color=colour, markersize=6, zorder=5)


def where_it_jumps(function: Callable[[float], float], low: float, high: float) -> tuple[float, float]:
    """The number between two others at which a function jumps, and its value there.

    Halving leads to two neighbouring floats. The rounder one is where it jumps: 0, and not 5e-324.
    """
    left, right = function(low), function(high)
    while (middle := (low + high) / 2) not in (low, high):
        value = function(middle)
        if min(abs(value - left), abs(value - right)) > 0.25 * abs(left - right):
            return middle, value  # neither of both, as the sign of 0
        if abs(value - left) <= abs(value - right):
            low, left = middle, value
        else:
            high, right = middle, value
    return min((low, left), (high, right), key=lambda place: len(repr(place[0])))
