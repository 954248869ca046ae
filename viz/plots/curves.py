"""Curves of a training: the loss over epochs, gradients layer by layer.

Each function draws on the axes given as `ax`, or on new ones, and returns the axes.

>>> ax = plot_history(History(loss=[0.9, 0.5, 0.1]))
>>> ax.get_title()
'loss over epochs'

In a notebook the axes show themselves; `ax.figure.savefig("loss.png")` saves them. Without matplotlib (the extra
`plot`) each raises an ImportError.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.notation import number
from nn import History, Report
from viz.graph.theme import blend
from viz.plots.axes import COLOURS, DASHES, GRADIENT, INK, MARKERS, axes_or_new, legend, logarithmic

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_LINES = len(MARKERS)  # so many layers are told apart


def plot_history(history: History | Mapping[str, History], ax: "Axes | None" = None) -> "Axes":
    """The loss over epochs, that of validation too, and the metrics on a scale of their own at the right.

    Several histories, by name, are told apart by colour and dashes; of each the loss is drawn, and that of validation
    thinner. The scale of the loss is logarithmic where it falls far. For a loop written by hand:
    plot_history(History(losses)).
    """
    ax = axes_or_new(ax, "loss over epochs", "epoch", "loss")
    several = history if isinstance(history, Mapping) else {"": history}
    if not several:
        raise ValueError("expected a History, or several of them by name; got none")
    lines: list[tuple[str, Sequence[float], dict[str, Any]]] = []
    for index, (name, one) in enumerate(several.items()):
        style = {"color": COLOURS[index % 6], "linestyle": DASHES[index % 6], "linewidth": 1.8}
        if len(several) > 1:
            style |= {"marker": MARKERS[index % 6], "markersize": 4, "markevery": every(one.loss)}
        lines.append((name or "loss", one.loss, style))
        second = {"linewidth": 1.0} if name else {"color": COLOURS[1], "linestyle": DASHES[1]}
        lines.append((f"{name}, validation" if name else "validation", one.validation, style | second))
    for label, losses, style in lines:
        if losses:
            alone = {"marker": "o"} if len(losses) == 1 else {}  # or a single point would not be seen
            ax.plot(losses, label=at_last(label, losses), **(style | alone))
    logarithmic(ax, [loss for _, losses, _ in lines for loss in losses])
    right = None
    metrics = {} if len(several) > 1 else next(iter(several.values())).metrics
    if metrics:
        right = ax.twinx()
        right.spines["top"].set_visible(False)
        right.set_ylabel(", ".join(metrics))
        for (name, values), marker in zip(metrics.items(), MARKERS * len(metrics), strict=False):
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
                linestyle=DASHES[index % 6], label=label or None)  # fmt: skip
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
        line = layers[layer]
        ax.plot(line, color=colour, linestyle=DASHES[place % 6], marker=MARKERS[place], markevery=every(line),
                markersize=5, label=labels[layer])  # fmt: skip
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


def at_last(name: str, values: Sequence[float]) -> str:
    return f"{name}, at last {number(values[-1], 4)}"


def every(values: Sequence[float]) -> int:
    """The distance of markers on a line, so that a long one has ten."""
    return max(1, len(values) // 10)
