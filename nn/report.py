"""A look inside a network, in the graph of a loss: a table of its layers, and what is wrong with it, if that is known.

∂J/∂Z is the gradient of the weighted sums (the delta error of a layer), ∂J/∂A that of the activations. Both are found
in the graph and differentiated there; no `grad` is read or written. Norms are over all entries together.

>>> from nn import MLP, datasets, mse_loss
>>> X, y = datasets.gate("and")
>>> model = MLP(2, [3, 1], activation="tanh", output="sigmoid", seed=0)
>>> report(model, mse_loss(model(X), y), matrices=True).layers[1].dZ.shape
(4, 1)
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import fmean, pstdev

import numpy as np

from autograd import Value
from autograd.notation import for_output, number
from autograd.order import walk
from autograd.waiting import told_if_slow
from nn.diagnosis import diagnose
from nn.measures import Measures, measure, norm
from nn.module import Module
from nn.training.history import History
from nn.units import Finding, dead_units

HEAD = (
    "layer", "key", "activation", "mean", "spread", "dead", "satur", "|∂J/∂A|", "|∂J/∂Z|", "|∂J/∂W|", "|∂J/∂b|",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LayerReport:
    """One layer: its activations' mean and spread, the shares of units that are dead or saturated, its gradients.

    number      1, 2, ...: the layer's number among the layers of the model; "2, use 1" where it is used several times
    name        its key in the state_dict
    activation  "not known" where the graph does not show it; then nothing that needs slopes is known
    dead        share of units whose slope was 0 for every sample; nan where slopes are not known
    saturated   share of sums so far from 0 that the slope is nearly 0; nan where slopes are not known
    grad_a      norm of ∂J/∂A, as grad_z, grad_w and grad_b are those of ∂J/∂Z, ∂J/∂W and ∂J/∂b
    flag        what is wrong in this layer, "" if nothing is known to be
    dZ, dA      the gradients as arrays, if report was called with matrices=True: shape (samples, units); dW has shape
                (units, inputs), as the weights of PyTorch, db (units,). nan where the graph has no such sum
    incomplete  how many rows lack a unit, for the graph has no such sum, or several rows cannot be told apart
    """

    number: str
    name: str
    activation: str
    mean: float
    spread: float
    dead: float
    saturated: float
    grad_a: float
    grad_z: float
    grad_w: float
    grad_b: float
    flag: str
    incomplete: int = 0
    dZ: np.ndarray | None = field(default=None, repr=False, compare=False)
    dA: np.ndarray | None = field(default=None, repr=False, compare=False)
    dW: np.ndarray | None = field(default=None, repr=False, compare=False)
    db: np.ndarray | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True, repr=False)
class Report:
    """The layers from input to output; it prints as a table, with a sentence for whatever was found."""

    layers: list[LayerReport]
    findings: list[Finding]

    def __str__(self) -> str:
        return for_output(self.table())

    __repr__ = __str__

    def table(self) -> str:
        """The table as text, whatever the output can carry; then what was found, and the arrays if they are kept."""
        rows = [cells(layer) for layer in self.layers]
        widths = [max(map(len, column)) for column in zip(HEAD, *rows, strict=True)]
        lines = [" ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in (HEAD, *rows)]
        for layer in self.layers:
            if layer.incomplete:
                lines.append(
                    f"layer {layer.number} ({layer.name}): {layer.incomplete} rows are incomplete: the graph lacks "
                    f"some of their sums, or does not show which sums belong to one row"
                )
        lines += [finding.text for finding in self.findings]
        for layer in self.layers:
            for name in ("dZ", "dA", "dW", "db") if layer.dZ is not None else ():
                array = np.array2string(getattr(layer, name), precision=6, suppress_small=True)
                lines.append(f"∂J/∂{name[1]} of layer {layer.number}\n{array}")
        return "\n".join(lines)


def cells(layer: LayerReport) -> tuple[str, ...]:
    """A layer's line of the table."""
    shares = ("-" if math.isnan(share) else f"{share:.0%}" for share in (layer.dead, layer.saturated))
    norms = (number(x, 3) for x in (layer.grad_a, layer.grad_z, layer.grad_w, layer.grad_b))
    return layer.number, layer.name, layer.activation, number(layer.mean, 3), number(layer.spread, 3), *shares, *norms


@told_if_slow("a report goes through all nodes of the loss, about 15 s for a million")
def report(
    model: Module, loss: Value | None = None, *, history: History | None = None, matrices: bool = False
) -> Report:
    """model.report(loss): what the network is like in the graph of this loss. No backward pass is needed, none is done.

    history   of the training, to say since when a layer is dead
    matrices  keep ∂J/∂Z, ∂J/∂A, ∂J/∂W, ∂J/∂b as arrays too

    TypeError without a loss, ValueError if the model did not compute it, RuntimeError if a parameter has changed since.
    """
    if not isinstance(loss, Value):
        raise TypeError(
            f"report on a loss, as loss = nn.mse_loss(model(X), y); model.report(loss); after nn.fit, as "
            f"model.report(history.last_loss()); got {'nothing' if loss is None else repr(loss)}"
        )
    refuse_changed(model, loss)
    layers = measure(loss, model)
    if not layers:
        raise ValueError("no layer of this model is in the graph of this loss: report on the loss of a pass through it")
    findings = diagnose(loss, model, layers, history)
    return Report([describe(i, each, findings, matrices) for i, each in enumerate(layers)], findings)


def refuse_changed(model: Module, loss: Value) -> None:
    """RuntimeError if a parameter has changed since the graph of the loss was built."""
    changed = {operand for _, operand in walk(loss)[1]}
    for name, parameter in model.named_parameters():
        if parameter in changed:
            raise RuntimeError(
                f"{name} has changed since this loss was computed: report before optimizer.step(), or build the loss "
                f"anew, loss = loss_function(model(X), y)"
            )


def describe(place: int, each: Measures, findings: Sequence[Finding], matrices: bool) -> LayerReport:
    sums, known = each.application.sums, each.known
    outputs = each.A[each.made].tolist()
    return LayerReport(
        number=f"{sums.place}" + (f", use {sums.number}" if sums.of > 1 else ""),
        name=sums.key,
        activation=each.application.activation or "not known",
        mean=fmean(outputs),
        spread=pstdev(outputs) if all(map(math.isfinite, outputs)) else math.nan,
        dead=math.nan if each.slopes is None else len(dead_units(each)) / each.Z.shape[1],
        saturated=math.nan if each.slopes is None else float(each.flat.sum() / known.sum()),
        grad_a=norm(each.dA[known]),
        grad_z=norm(each.dZ[known]),
        grad_w=norm(each.dW),
        grad_b=norm(each.db),
        flag="; ".join(finding.text for finding in findings if finding.place == place),
        incomplete=int((~known).any(axis=1).sum()),
        **({"dZ": each.dZ, "dA": each.dA, "dW": each.dW, "db": each.db} if matrices else {}),
    )


Module.report = report
