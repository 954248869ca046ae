"""`Descent`: gradient descent on tapes. One tape gives loss and gradients of a sample, the other one is the update.

For each batch the first tape runs on its samples, loss and gradients are averaged over them, and the second tape makes
new numbers for the state: parameters, and what the optimiser remembers of them. All of that happens inside the
executor, for as many epochs as are asked for; only then does Python see it again.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.ieee import silent
from autograd.tape.assemble import assemble
from autograd.tape.engines import Engine, executor_class
from autograd.tape.tape import Tape
from autograd.tape.vectorised import Vectorised


@dataclass
class Recipe:
    """What is to be done, as two tapes.

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
    """What came of some epochs: the mean loss of each, the last batch's gradients, predictions in the order of samples.

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
    """

    def __init__(
        self, recipe: Recipe, columns: np.ndarray, state: np.ndarray, buffers: np.ndarray, counts: np.ndarray
    ) -> None:
        self.recipe, self.columns = recipe, np.ascontiguousarray(columns, dtype=float)
        self.state, self.buffers, self.counts = state, buffers, counts
        self.previous = state.copy()
        self.begun = counts.copy()
        varying = recipe.columns + recipe.fresh
        self.varying = [True] * varying + [False] * (recipe.sample.inputs - varying)

    @property
    def updates(self) -> int:
        """How many updates there have been since the beginning."""
        return int((self.counts - self.begun)[0])

    def run(self, order: np.ndarray, fresh: np.ndarray, rates: np.ndarray, batch: int, begin: int = 0) -> Progress:
        """Some epochs, in batches of `batch` samples.

        order   which sample comes when, (epochs, samples); in the first epoch those before `begin` are done already
        fresh   what is drawn anew for the samples in that order, (epochs, numbers, samples)
        rates   the learning rates, (epochs,)
        """
        raise NotImplementedError


class NumpyDescent(Descent):
    """By NumPy: a batch at a time."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.sample = Vectorised(self.recipe.sample, self.varying)
        self.update = Vectorised(self.recipe.update, [False] * self.recipe.update.inputs)

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
                    results = self.sample.replay(numbers, columns, stop - first)
                    means = results[: 2 + p + b].sum(axis=1) / (stop - first)
                    predictions[:, first:stop] = results[2 + p + b :]
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


class NumbaDescent(Descent):
    """By the machine: all epochs at once."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        recipe = self.recipe
        p, b = recipe.parameters, recipe.buffers
        self.program = sample = assemble(recipe.sample, self.varying, summed=2 + p + b)
        first = recipe.columns + recipe.fresh
        self.shared = sample.inputs[first:]  # rows of parameters, buffers and frozen numbers
        # The update works in the same matrix. Its parameters are the sample's, all else has rows of its own.
        update = assemble(recipe.update, [False] * recipe.update.inputs, 0, self.shared[:p].tolist(), sample.rows)
        self.rows = update.rows
        self.updating = update
        ends = np.cumsum([p, recipe.memory, p, recipe.counts, 1])
        _, memory, slopes, self.count_rows, rate = np.split(update.inputs, ends[:-1])
        self.state_rows = np.concatenate([self.shared[:p], memory])
        self.slope_rows = np.concatenate([slopes, self.shared[p : p + b]])  # a new buffer takes the old one's place
        # The state's rows, and where their new numbers are found: the row of a result, or that of an old number which
        # the update hands on; such a row may be overwritten by then, so the number is read from `previous`.
        old = {row: i for i, row in enumerate(self.state_rows.tolist())}
        pairs = list(zip(self.state_rows.tolist(), update.uniform[:, 1].tolist(), strict=True))
        self.new = np.array([(state, row) for state, row in pairs if row not in old]).reshape(-1, 2)
        handed_on = [(state, old[row]) for state, row in pairs if row in old and state != row]
        self.handed_on = np.array(handed_on, dtype=np.int64).reshape(-1, 2)
        # What the samples share and what may change in the course of a batch: all lanes must be given it.
        kept = {*sample.constants.tolist(), *self.shared[:p].tolist(), *self.shared[p + b :].tolist()}
        self.changing = np.array([row for row in sample.shared.tolist() if row not in kept], dtype=np.int64)
        self.rate_row = int(rate[0])
        self.prepared: dict[int, Any] = {}  # by the number of lanes: the matrix, and the code and places for it
        self.slopes = np.zeros((0, p + b))  # kept from run to run, as fresh memory costs time

    def run(self, order: np.ndarray, fresh: np.ndarray, rates: np.ndarray, batch: int, begin: int = 0) -> Progress:
        from autograd.tape.machine import lanes_for, machine  # the optional extra `fast`

        recipe, (epochs, samples) = self.recipe, order.shape
        p, b = recipe.parameters, recipe.buffers
        lanes = lanes_for(self.program.rows, min(batch, samples))
        if lanes not in self.prepared:
            self.prepared[lanes] = self.prepare(lanes)
        matrix, code = self.prepared[lanes]
        matrix[self.shared] = np.concatenate([self.state[:p], self.buffers, recipe.frozen])[:, None]
        matrix[self.state_rows] = self.state[:, None]
        matrix[self.count_rows] = self.counts[:, None]
        if len(self.slopes) < epochs:
            self.slopes = np.zeros((epochs, p + b))
        losses, predictions = np.zeros(epochs), np.zeros((recipe.predictions, samples))
        previous = self.previous if len(self.handed_on) else self.previous[:p]
        _, _, descend = machine()
        done, at = descend(
            *code, matrix.reshape(-1), np.uint64(lanes), np.zeros(2 + p + b), self.columns, fresh, order,
            batch, rates, losses, self.slopes, previous, predictions, begin,
        )  # fmt: skip
        self.state[:] = matrix[self.state_rows, 0]
        self.buffers[:] = matrix[self.shared[p : p + b], 0]
        self.counts[:] = matrix[self.count_rows, 0]
        slopes = self.slopes[:done, :p]
        if done == epochs:
            return Progress(losses, slopes, predictions)
        return Progress(losses[:done], slopes, predictions, at, losses[done])

    def prepare(self, lanes: int) -> tuple[np.ndarray, tuple[Any, ...]]:
        """A matrix of so many lanes with the constants in it, and what else `descend` takes: code, and places in it."""
        from autograd.tape.machine import offsets

        recipe, program = self.recipe, self.program
        matrix = np.zeros((self.rows, lanes))
        matrix[program.constants] = recipe.sample.constants[:, None]
        matrix[self.updating.constants] = recipe.update.constants[:, None]
        columns, fresh = np.split(program.inputs[: recipe.columns + recipe.fresh], [recipe.columns])
        # An index stays what it is, a row becomes the place where it begins.
        one = np.array(lanes)
        scaled = [
            (self.changing, one), (columns, one), (fresh, one), (program.uniform, np.array([1, lanes])),
            (self.slope_rows, one), (self.state_rows, one), (self.new, one), (self.handed_on, np.array([lanes, 1])),
            (self.count_rows, one),
        ]  # fmt: skip
        code = [*offsets(program.once, lanes), *offsets(program.each, lanes), *offsets(self.updating.once, lanes)]
        places = [(rows * factor).astype(np.uint64) for rows, factor in scaled]
        return matrix, (*code, *places, np.uint64(self.rate_row * lanes))


def descent(engine: Engine, recipe: Recipe, work: int, *arguments: Any) -> Descent:
    """The descent by the engine meant, where about so many operations are to be done."""
    chosen = executor_class(engine, [*recipe.sample.rows, *recipe.update.rows], work)
    return (NumpyDescent if chosen is Vectorised else NumbaDescent)(recipe, *arguments)
