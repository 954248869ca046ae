"""Epochs of training by both engines: `fit(..., engine="check")`.

In each epoch the tape and the eager pass begin at the same weights, memory, buffers and generators. Afterwards loss,
gradients, weights and buffers must agree. Training goes on from the eager pass. The first difference is an error that
names the line of the program that makes it.

>>> import nn
>>> X, y = nn.datasets.gate("xor")
>>> model = nn.MLP(2, [3, 1], seed=0)
>>> optimizer = nn.Adam(model.parameters())
>>> history = nn.fit(model, X, y, loss="mse_loss", optimizer=optimizer, epochs=5, engine="check")
>>> len(history.loss)
5
"""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd.tape.fingerprint import Fingerprint
from nn.training.blame import line_of_difference
from nn.training.eager import EagerEpochs
from nn.training.history import History
from nn.training.taped import TapeEpochs

CLOSE = 1e-9  # relative to the largest number of its kind
NOISE = 1e-12  # relative to the largest gradient: less is rounding


class EnginesDiffer(AssertionError):
    """The tape and the eager pass gave different numbers."""


class CheckedEpochs:
    """Training by the eager pass, with the tape beside it."""

    at_once = 1

    def __init__(self, eager: EagerEpochs, taped: TapeEpochs) -> None:
        self.eager, self.taped = eager, taped

    def run(self, epoch: int, orders: np.ndarray, rates: np.ndarray) -> History:
        """One epoch. EnginesDiffer if the engines do not agree."""
        eager = self.eager
        if self.taped.broken:
            return eager.run(epoch, orders, rates)
        roots = {"model": eager.model, "loss": eager.loss_of, "optimizer": eager.optimizer, "metrics": eager.metrics}
        before, good = Fingerprint(roots), eager.good
        try:
            ours: Any = self.numbers(self.taped.run(epoch, orders, rates))
        except FloatingPointError as error:
            ours = error
        before.restore()
        eager.good = good
        try:
            history = eager.run(epoch, orders, rates)
        except FloatingPointError as error:
            if not isinstance(ours, FloatingPointError):
                raise EnginesDiffer(f"epoch {epoch}: on tape the loss is finite, in the eager pass: {error}") from error
            raise
        if isinstance(ours, FloatingPointError):
            raise EnginesDiffer(f"epoch {epoch}: in the eager pass the loss is finite, on tape: {ours}")
        for kind, difference, largest in differences(ours, self.numbers(history)):
            before.restore()
            line = line_of_difference(eager, orders[0][: eager.size])
            where = f"the line that makes the difference is {line}" if line else "the line is not known"
            raise EnginesDiffer(
                f"epoch {epoch}: {kind} on tape and in the eager pass differ by {difference:g}, where the largest is "
                f"{largest:g}; {where}"
            )
        return history

    def numbers(self, history: History) -> dict[str, np.ndarray]:
        """The numbers that must agree, by kind."""
        eager = self.eager
        parameters = list(dict.fromkeys([*eager.parameters, *eager.optimizer.parameters]))
        memory = [np.array(eager.optimizer.memory.get(p, ()), float) for p in parameters]
        kinds: dict[str, Any] = {
            "the loss": history.loss,
            "the gradients": [np.nan if p.grad is None else p.grad for p in parameters],
            "the norms of gradients": [norm for norms in history.gradients.values() for norm in norms],
            "the weights": [p.data for p in parameters],
            "what the optimiser remembers": np.concatenate([np.zeros(0), *memory]),
            "the step counts": [eager.optimizer.steps.get(p, 0) for p in parameters],
            "the buffers": np.concatenate([np.zeros(0), *(b.ravel() for b in eager.model.buffers().values())]),
            "the metrics": [number for numbers in history.metrics.values() for number in numbers],
        }
        return {kind: np.array(numbers, dtype=float) for kind, numbers in kinds.items()}


def differences(ours: dict[str, np.ndarray], theirs: dict[str, np.ndarray]) -> Iterator[tuple[str, float, float]]:
    """For each kind of numbers in which two engines differ: its name, the largest difference, the largest number.

    A gradient that should be 0, as of a bias below a batch norm, is rounding noise, and such as Adam and Adagrad make
    steps of it that are not small. Weights with such a gradient do not count, nor what the optimiser remembers of them,
    and buffers may follow them.
    """
    slopes = np.maximum(np.abs(ours["the gradients"]), np.abs(theirs["the gradients"]))
    noise = slopes <= NOISE * np.nanmax(slopes, initial=0.0)
    unsettled = np.abs(ours["the weights"] - theirs["the weights"])[noise].max(initial=0.0)
    for kind, wanted in theirs.items():
        got = ours[kind]
        scale = float(np.abs(wanted[np.isfinite(wanted)]).max(initial=0.0))
        if got.shape != wanted.shape:
            yield kind, math.inf, scale
            continue
        with np.errstate(invalid="ignore"):
            each = np.abs(got - wanted)
        each[(got == wanted) | (np.isnan(got) & np.isnan(wanted))] = 0.0
        if kind in ("the weights", "what the optimiser remembers") and each.size % len(noise) == 0:
            each[np.repeat(noise, each.size // len(noise))] = 0.0
        largest = float(np.nan_to_num(each, nan=math.inf).max(initial=0.0))
        if largest > CLOSE * scale + (10.0 * unsettled if kind == "the buffers" else 0.0):
            yield kind, largest, scale
