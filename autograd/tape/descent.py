"""`Descent`: gradient descent on tapes. One tape gives loss and gradients of a sample, another one is the update.

The state is the parameters and the numbers that the optimiser remembers for them. For each batch the first tape runs on
the batch's samples, loss and gradients are averaged, and the second tape computes the new state. An engine does this
for several epochs before Python sees the state again.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.ieee import silent
from autograd.tape.tape import Tape
from autograd.tape.vectorised import vectorised


@dataclass
class Recipe:
    """A step of training as two tapes.

    sample      inputs: `columns` numbers of a sample, `fresh` numbers drawn anew for it, then parameters, buffers and
                frozen numbers. Results: loss, a number that is not 0 where a guard is broken, the gradients of the
                parameters, new buffers, and `predictions`.
    update      inputs: parameters, memory, gradients, step counts, the learning rate. Results: new parameters, memory.
    """

    sample: Tape
    update: Tape
    columns: int
    fresh: int
    parameters: int
    buffers: int
    frozen: np.ndarray
    memory: int
    counts: int
    predictions: int


@dataclass
class Progress:
    """The outcome of some epochs: the mean loss of each, the last batch's gradients, predictions in sample order.

    The gradients are good until the next run, which may use their memory again.

    Where `stopped` is not None, the loss of the batch that begins with that sample is not finite or a guard is broken,
    in the epoch after those that are complete; its update was not made. `partial` is that epoch's loss so far, summed
    over samples.
    """

    losses: np.ndarray
    slopes: np.ndarray
    predictions: np.ndarray
    stopped: int | None = None
    partial: float = 0.0


class Descent:
    """The state, and epochs that change it.

    state      parameters, then what the optimiser remembers; previous: the same before the latest update
    buffers    numbers that the model keeps, such as running means
    counts     how many updates there have been for each parameter, each number once
    work       about how often the first tape is going to run
    """

    def __init__(
        self,
        recipe: Recipe,
        columns: np.ndarray,
        state: np.ndarray,
        buffers: np.ndarray,
        counts: np.ndarray,
        work: int = 0,
    ) -> None:
        self.work = work
        self.recipe, self.columns = recipe, np.ascontiguousarray(columns, dtype=float)
        self.state, self.buffers, self.counts = state, buffers, counts
        self.previous = state.copy()
        self.begun = counts.copy()
        varying = recipe.columns + recipe.fresh
        self.varying = [True] * varying + [False] * (recipe.sample.inputs - varying)

    @property
    def updates(self) -> int:
        """The number of updates since the beginning."""
        return int((self.counts - self.begun)[0])

    def run(self, order: np.ndarray, fresh: np.ndarray, rates: np.ndarray, batch: int, begin: int = 0) -> Progress:
        """Some epochs, in batches of `batch` samples.

        order   which sample comes when, (epochs, samples); in the first epoch those before `begin` are done already
        fresh   what is drawn anew for the samples in that order, (epochs, numbers, samples)
        rates   the learning rates, (epochs,)
        """
        raise NotImplementedError


class NumpyDescent(Descent):
    """The descent of NumPy's engine: one call for each batch."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.sample = vectorised(self.recipe.sample, self.varying)
        self.update = vectorised(self.recipe.update, [False] * self.recipe.update.inputs)

    def run(self, order: np.ndarray, fresh: np.ndarray, rates: np.ndarray, batch: int, begin: int = 0) -> Progress:
        recipe, (epochs, samples) = self.recipe, order.shape
        p, b = recipe.parameters, recipe.buffers
        losses, slopes = np.zeros(epochs), np.zeros((epochs, p))
        predictions = np.zeros((recipe.predictions, samples))
        with np.errstate(all="ignore"), silent():
            for epoch in range(epochs):
                total = 0.0
                for first in range(begin if epoch == 0 else 0, samples, batch):
                    stop = min(first + batch, samples)
                    columns = [*self.columns[:, order[epoch, first:stop]], *fresh[epoch, :, first:stop]]
                    numbers = np.concatenate([self.state[:p], self.buffers, recipe.frozen])
                    sums, predictions[:, first:stop] = self.sample.sums(numbers, columns, stop - first, 2 + p + b)
                    means = sums / (stop - first)
                    if not np.isfinite(means[0]) or means[1]:
                        return Progress(losses[:epoch], slopes[:epoch], predictions, first, total)
                    total += means[0] * (stop - first)
                    self.counts += 1.0
                    slopes[epoch] = means[2 : 2 + p]
                    self.buffers[:] = means[2 + p :]
                    self.previous[:] = self.state
                    inputs = np.concatenate([self.state, slopes[epoch], self.counts, rates[epoch : epoch + 1]])
                    self.state[:] = self.update.replay(inputs, (), 1)[:, 0]
                losses[epoch] = total / samples
        return Progress(losses, slopes, predictions)
