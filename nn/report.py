"""A look inside a network, in the graph of a loss: which units are dead or saturated, how gradients fade.

∂J/∂Z is the gradient of the weighted sums (the delta error of a layer), ∂J/∂A that of the activations. Both are found
in the graph and differentiated there; no `grad` is read or written. Norms are over all entries together.
"""

import math
import sys
from dataclasses import dataclass
from statistics import fmean, pstdev

from autograd import Value, gradients
from autograd.notation import number, printable
from autograd.order import walk
from nn.applications import Application, applications
from nn.module import Module

TINY, HUGE = 1e-6, 1e3  # norms of ∂J/∂W below and above which a gradient is called vanishing, exploding
FADED = 1e-3  # so much smaller than the largest layer's is vanishing too
FLAT = 0.01  # a slope |∂A/∂Z| below this is saturated


@dataclass(frozen=True, slots=True)
class LayerReport:
    """One layer: its outputs' mean and spread, the shares of its units that are dead or saturated, its gradients."""

    name: str
    activation: str
    mean: float
    spread: float
    dead: float  # share of units whose slope was 0 for every sample
    saturated: float  # share of outputs whose slope was nearly 0
    grad_a: float
    grad_z: float
    grad_w: float
    grad_b: float
    flag: str


@dataclass(frozen=True, slots=True, repr=False)
class Report:
    """The layers from input to output; it prints as a table, with a sentence for whatever is wrong."""

    layers: list[LayerReport]

    def __str__(self) -> str:
        return printable(self.table(), getattr(sys.stdout, "encoding", None))

    __repr__ = __str__

    def table(self) -> str:
        """The table as text, whatever the output can carry."""
        head = (
            "layer",
            "activation",
            "mean",
            "spread",
            "dead",
            "saturated",
            "|∂J/∂A|",
            "|∂J/∂Z|",
            "|∂J/∂W|",
            "|∂J/∂b|",
        )
        rows = []
        for r in self.layers:
            shares = f"{r.dead:.0%}", f"{r.saturated:.0%}"
            norms = (number(x, 3) for x in (r.grad_a, r.grad_z, r.grad_w, r.grad_b))
            rows.append((r.name, r.activation, number(r.mean), number(r.spread), *shares, *norms))
        widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
        lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in (head, *rows)]
        return "\n".join([*lines, *(f"{r.name}: {r.flag}" for r in self.layers if r.flag)])


def report(model: Module, loss: Value | None = None) -> Report:
    """model.report(loss): what the network is like in the graph of this loss. No backward pass is needed, none is done.

    TypeError without a loss, ValueError if the model did not compute it, RuntimeError if a parameter has changed since.
    """
    if not isinstance(loss, Value):
        raise TypeError(
            f"report on a loss, as loss = nn.mse_loss(model(X), y); model.report(loss); after nn.fit, as "
            f"model.report(history.last_loss()); got {'nothing' if loss is None else repr(loss)}"
        )
    refuse_changed(model, loss)
    found = applications(loss, model)
    if not found:
        raise ValueError("no layer of this model is in the graph of this loss: report on the loss of a pass through it")
    wanted = dict.fromkeys(node for each in found for node in nodes_of(each))
    slope_at = dict(zip(wanted, gradients(loss, wanted), strict=True))
    norms = [norm([slope_at[w] for w in each.sums.layer.weights()]) for each in found]
    several = {each.sums.layer for each in found if each.sums.number > 1}
    return Report([describe(each, slope_at, max(norms), each.sums.layer in several) for each in found])


def refuse_changed(model: Module, loss: Value) -> None:
    """RuntimeError if a parameter has changed since the graph of the loss was built."""
    changed = {edge[1] for edge in walk(loss)[1]}
    for name, parameter in model.named_parameters():
        if parameter in changed:
            raise RuntimeError(
                f"{name} has changed since this loss was computed: report before optimizer.step(), or build the loss "
                f"anew, loss = loss_function(model(X), y)"
            )


def nodes_of(application: Application) -> list[Value]:
    """The nodes whose gradients a report tells."""
    layer, rows = application.sums.layer, [*application.sums.rows, *application.outputs]
    parameters = [*layer.weights(), *(neuron.bias for neuron in layer.neurons)]
    return [*parameters, *(node for row in rows for node in row if node is not None)]


def describe(application: Application, slope_at: dict[Value, float], largest: float, several: bool) -> LayerReport:
    layer, sums = application.sums.layer, application.sums
    by_unit = [[s for s in unit if s is not None] for unit in zip(*application.slopes, strict=True)]
    flat = [s for unit in by_unit for s in unit]
    grad_w = norm([slope_at[w] for w in layer.weights()])
    dead = fmean(all(s == 0.0 for s in unit) for unit in by_unit) if flat else 0.0
    flag = ""
    if dead == 1.0:
        flag = (
            "every unit is dead: no sample makes any of them active, so nothing below learns; another seed, leaky_relu"
        )
    elif dead > 0.0:
        flag = (
            f"{dead:.0%} of the units are dead: their weights no longer learn; a smaller rate, another seed, leaky_relu"
        )
    elif not math.isfinite(grad_w) or grad_w > HUGE:
        flag = "the gradient explodes: a smaller learning rate, clip_grad_norm_, or another init"
    elif grad_w < TINY or grad_w < FADED * largest:
        flag = "the gradient vanishes here: relu instead of sigmoid, an init that keeps the variance, batch norm"
    outputs = [a for row in application.outputs for a in row if a is not None]
    everything = [a.data for a in outputs]
    return LayerReport(
        name=(sums.key or "layer") + (f" ({sums.number})" if several else ""),
        activation=application.activation or "not known",
        mean=fmean(everything),
        spread=pstdev(everything) if all(map(math.isfinite, everything)) else math.nan,
        dead=dead,
        saturated=fmean(abs(s) < FLAT for s in flat) if flat else 0.0,
        grad_a=norm([slope_at[a] for a in outputs]),
        grad_z=norm([slope_at[z] for row in sums.rows for z in row if z is not None]),
        grad_w=grad_w,
        grad_b=norm([slope_at[neuron.bias] for neuron in layer.neurons]),
        flag=flag,
    )


def norm(numbers: list[float]) -> float:
    return math.hypot(*numbers)


Module.report = report
