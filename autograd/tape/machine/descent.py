"""Training by the machine: it runs all epochs that it is given before Python sees the state again."""

from typing import Any

import numpy as np

from autograd.tape.descent import Descent, Progress
from autograd.tape.machine.assemble import assemble


class NumbaDescent(Descent):
    """The descent of numba's engine."""

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
        from autograd.tape.machine.executor import lanes_for, machine  # the optional extra `fast`

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
        from autograd.tape.machine.executor import offsets

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
