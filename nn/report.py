"""What a network looks like inside after a backward pass: which units are dead or saturated, how gradients fade.

∂J/∂Z is the gradient of the weighted sums (the delta error of a layer), ∂J/∂A that of the outputs; both are read off
the nodes of the latest passes, ∂J/∂W and ∂J/∂b off the parameters. Norms are over all entries together.
"""

import math
import sys
from dataclasses import dataclass
from statistics import fmean, pstdev

from autograd import Value, backward, gradients
from autograd.ieee import silent
from autograd.notation import number, printable
from autograd.order import walk
from nn.activations import name_of, takes_rows
from nn.layers import Layer
from nn.module import Module

Rows = tuple[list[list[Value]], list[list[Value]]]
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


def report(model: Module) -> Report:
    """model.report(): what a backward pass left in it. RuntimeError if there was none, or if its graph is gone."""
    if callable(model._kept):
        model._kept = model._kept()
    layers = [(prefix.rstrip("."), layer) for prefix, layer in model.modules() if isinstance(layer, Layer)]
    output = backward.latest() if backward.latest else None
    graph = set(walk(output)[0]) if output is not None else set()
    rows = {name: of_latest_pass(layer, graph) for name, layer in layers}
    if not layers or not all(outputs for _, outputs in rows.values()):
        raise RuntimeError("there is nothing to report yet: keep the loss, call loss.backward(), then report")
    if any(p.grad is None for _, layer in layers for p in layer.weights()):
        raise RuntimeError(
            "some gradients are None, cleared or never computed: report after loss.backward(), before zero_grad()"
        )
    norms = [norm([p.grad for p in layer.weights()]) for _, layer in layers]
    return Report([describe(name or "layer", layer, rows[name], max(norms)) for name, layer in layers])


def of_latest_pass(layer: Layer, graph: set[Value]) -> Rows:
    """The sums and outputs of the rows in the graph of the latest backward pass; if none is there, of all that live."""
    sums, outputs = layer.seen()
    latest = [(z, a) for z, a in zip(sums, outputs, strict=True) if a[0] in graph]
    return ([z for z, _ in latest], [a for _, a in latest]) if latest else (sums, outputs)


def describe(name: str, layer: Layer, rows: Rows, largest: float) -> LayerReport:
    sums, outputs = rows
    slopes = [[slope(layer, z) for z in row] for row in sums]
    grad_w = norm([p.grad or 0.0 for p in layer.weights()])
    dead = fmean(all(s == 0.0 for s in unit) for unit in zip(*slopes, strict=True))
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
    everything = [a.data for row in outputs for a in row]
    return LayerReport(
        name=name,
        activation=name_of(layer.activation),
        mean=fmean(everything),
        spread=pstdev(everything) if all(map(math.isfinite, everything)) else math.nan,
        dead=dead,
        saturated=fmean(abs(s) < FLAT for row in slopes for s in row),
        grad_a=norm([a.grad or 0.0 for row in outputs for a in row]),
        grad_z=norm([z.grad or 0.0 for row in sums for z in row]),
        grad_w=grad_w,
        grad_b=norm([neuron.bias.grad or 0.0 for neuron in layer.neurons]),
        flag=flag,
    )


def slope(layer: Layer, z: Value) -> float:
    """∂A/∂Z of one unit at its weighted sum; 1 for functions of whole rows."""
    if takes_rows(layer.activation):
        return 1.0
    leaf = Value(z.data)
    with silent():
        return float(gradients(layer.activation(leaf), leaf)[0])


def norm(numbers: list[float]) -> float:
    return math.hypot(*numbers)


Module.report = report
