"""Epochs of eager training: for each batch a graph of Values, a backward pass and a step of the optimiser.

`TapeEpochs` (taped.py) does the same work and gives the same account of it, a History.

>>> [chosen.tolist() for chosen in (np.arange(5)[batch] for batch in batches(samples=5, size=2))]
[[0, 1], [2, 3], [4]]
"""

import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from reprlib import repr as short_repr
from typing import Any

import numpy as np

from autograd import Value, zero_grad
from autograd.bench.anomaly import first_bad_node
from autograd.order import topological_order
from autograd.structure import leaves, rebuild
from nn.layers import Layer
from nn.losses import Loss
from nn.module import Module
from nn.optim import Optimizer
from nn.training.history import History, Lines

LOSS = "a loss takes all predictions of a batch and all targets, two lists, and returns one Value, as their mean error"
Metrics = Mapping[str, Callable[[Any, Any], float]]


class EagerEpochs:
    """Training of a model on rows and targets, in batches of `size`.

    at_once         how many epochs `run` may be given
    frozen          parameters that the optimiser does not hold
    good            the parameters' numbers at the latest loss that was finite
    notes           which engine ran, and why
    differentiable  whether a loss has been a Value so far
    """

    at_once = 1

    def __init__(
        self,
        model: Module,
        rows: Sequence[Any],
        targets: Sequence[Any],
        loss_of: Loss,
        optimizer: Optimizer,
        size: int,
        metrics: Metrics,
    ) -> None:
        self.model, self.rows, self.targets, self.loss_of = model, rows, targets, loss_of
        self.optimizer, self.size, self.metrics = optimizer, size, metrics
        self.targets_are_lists = any(isinstance(target, (list, tuple, dict)) for target in targets)
        self.notes = Lines()
        self.look_at_model()
        self.good = {p: p.data for p in self.parameters}
        self.differentiable = False

    def look_at_model(self) -> None:
        """Find the parameters that the model has now."""
        self.layers = parameters_by_layer(self.model)
        self.parameters = list(dict.fromkeys(p for layer in self.layers.values() for p in layer))
        trained = set(self.optimizer.parameters)
        self.frozen = [p for p in self.parameters if p not in trained]

    def note(self, line: str) -> None:
        """Say which engine runs and why, for `History.engine`."""
        self.notes.append(line)

    def run(
        self, epoch: int, orders: np.ndarray, rates: np.ndarray, begin: int = 0, total: float = 0.0, measured: Any = ()
    ) -> History:
        """Epochs from the one of this number on: one for each order of the samples, with its learning rate.

        The first one may go on at sample `begin`, where sums of loss and metrics so far are `total` and `measured`.
        """
        history = History()
        sums = dict(measured)
        for order, rate in zip(orders, rates, strict=True):
            start = time.perf_counter()
            self.optimizer.lr = float(rate)
            for batch in batches(len(self.rows), self.size, begin):
                total += self.step(order[batch], epoch + len(history.loss), sums)
            history.loss.append(total / len(self.rows))
            for name, measure in sums.items():
                history.metrics.setdefault(name, []).append(measure / len(self.rows))
            for layer, values in self.layers.items():
                history.gradients.setdefault(layer, []).append(math.hypot(*(p.grad or 0.0 for p in values)))
            history.seconds.append(time.perf_counter() - start)
            begin, total, sums = 0, 0.0, {}
        return history

    def step(self, chosen: Iterable[int], epoch: int, sums: dict[str, float]) -> float:
        """One update; returns the batch's loss, summed over its samples, and adds to the sums of metrics."""
        self.optimizer.zero_grad()
        zero_grad(self.frozen)
        rows, wanted = self.samples(chosen)
        predictions = self.model(rows)
        loss = self.checked_loss(predictions, wanted)
        if not math.isfinite(loss.data):
            raise self.not_finite(loss, rows, epoch)
        self.good = {p: p.data for p in self.parameters}
        for name, metric in self.metrics.items():
            sums[name] = sums.get(name, 0.0) + metric(predictions, wanted) * len(rows)
        self.optimizer.minimise(loss)
        return float(loss.data) * len(rows)

    def checked_loss(self, predictions: Any, wanted: list[Any]) -> Value:
        """The loss of a batch. TypeError, with what a loss is, if the user's function gives anything but a Value."""
        try:
            loss = self.loss_of(predictions, wanted)
        except TypeError as error:
            error.add_note(LOSS)
            raise
        if self.differentiable and isinstance(loss, (int, float)):  # as a sum of max(0, ...) where all is well
            return Value(loss)
        if not isinstance(loss, Value):
            raise TypeError(f"the loss returned {short_repr(loss)} of type {type(loss).__name__}: {LOSS}")
        self.differentiable = True
        return loss

    def samples(self, chosen: Iterable[int]) -> tuple[list[list[Any]], list[Any]]:
        """Rows and targets of these samples, in lists of their own: who changes them changes no data."""
        chosen = list(chosen)
        targets = [self.targets[i] for i in chosen]
        if self.targets_are_lists:
            targets = [rebuild(target, leaves(target)) for target in targets]
        return [list(self.rows[i]) for i in chosen], targets

    def not_finite(self, loss: Value, rows: Sequence[Any], epoch: int) -> FloatingPointError:
        """The error that says what is not finite; the last good weights are restored."""
        culprit = first_bad_node(topological_order(loss))
        for p, number in self.good.items():
            p.data = number
        cause = f"a smaller learning rate than {self.optimizer.lr:g} may help"
        for row in rows:
            if not np.isfinite(np.array([x for x in row if not isinstance(x, Value)], dtype=float)).all():
                cause = f"the data are not finite: {[float(x) for x in row]}"
        return FloatingPointError(
            f"the loss is {loss.data} in epoch {epoch}; the first value that is not finite is {culprit}. "
            f"The last good weights are restored; {cause}"
        )


def batches(samples: int, size: int, begin: int = 0) -> Iterator[slice]:
    """The batches of an epoch, as slices of its order."""
    for first in range(begin, samples, size):
        yield slice(first, min(first + size, samples))


def parameters_by_layer(model: Module) -> dict[str, list[Value]]:
    """The parameters of each layer, by the prefix of their keys."""
    layers: dict[str, list[Value]] = {}
    for key, array in model.arrays().items():
        alone = "layer" if isinstance(model, Layer) else key
        layers.setdefault(key.rpartition(".")[0] or alone, []).extend(array.flat)
    return layers
