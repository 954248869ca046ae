"""Epochs of training by both engines: `fit(..., engine="check")`.

In each epoch the tape and the eager pass begin at the same weights, memory, buffers and generators. Afterwards loss,
gradients, weights and buffers must agree. Training goes on from the eager pass; the first difference is an error.
"""

from typing import Any

import numpy as np

from nn.training.eager import EagerEpochs
from nn.training.fingerprint import Fingerprint
from nn.training.history import History
from nn.training.taped import TapeEpochs

CLOSE = 1e-9  # relative to the largest number of its kind


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
        theirs = self.numbers(history)
        for kind, wanted in theirs.items():
            got = ours[kind]
            scale = np.abs(wanted[np.isfinite(wanted)]).max(initial=0.0)
            if got.shape != wanted.shape or not np.allclose(got, wanted, rtol=0.0, atol=CLOSE * scale, equal_nan=True):
                worst = np.abs(got - wanted).max() if got.shape == wanted.shape else np.inf
                raise EnginesDiffer(
                    f"epoch {epoch}: {kind} on tape and in the eager pass differ by {worst:g}, where the largest is "
                    f"{scale:g}; the line that makes the difference is not known"
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
