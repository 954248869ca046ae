"""`BatchTape`: one recording of a batch of samples, or of a single sample, and the descent that runs it.

Samples that do not depend on each other need one tape, of one sample, which runs on batches of every size. Samples that
are coupled need a tape of the whole batch, and a second one where the last batch of an epoch is smaller.
"""

import numpy as np

from autograd.tape.descent import Progress
from autograd.tape.engines import chosen, passed_over
from nn.training.draws import Draws
from nn.training.recipe import Recorded
from nn.training.state import State


class BatchTape:
    """A recording of `count` samples.

    data    the numbers of all samples, inputs and then targets, shape (samples, numbers)
    work    about how many samples all epochs have together: it decides which engine pays
    engine  the name of the engine; passed_over: why "auto" did not take a faster one
    """

    def __init__(self, recorded: Recorded, count: int, data: np.ndarray, state: State, engine: str, work: int) -> None:
        self.recorded, self.count, self.data = recorded, count, data
        self.draws = Draws(recorded.drawn, count)
        recipe = recorded.recipe
        rows, operations = [*recipe.sample.rows, *recipe.update.rows], len(recipe.sample.operations) * work // count
        kind = chosen(engine, rows, operations)
        self.engine, self.passed_over = kind.name, passed_over(engine, rows, operations)
        columns = self.columns(np.arange(len(data)))
        self.descent = kind.descent(recipe, columns, state.numbers, state.buffers, state.counts, work // count)

    def run_samples(self, orders: np.ndarray, rates: np.ndarray, size: int) -> Progress:
        """Epochs of a tape of one sample, in batches of `size`."""
        epochs, samples = orders.shape
        done = self.descent.run(orders, self.draws.take(epochs, samples), rates, size)
        if done.stopped is not None:
            self.draws.go_back(len(done.losses), samples, done.stopped)
        return done

    def run_batches(self, order: np.ndarray, rates: np.ndarray) -> Progress:
        """Epochs of a tape of a whole batch; all epochs have the same order. `stopped` counts samples, not batches."""
        times = len(order) // self.count
        self.descent.columns = np.ascontiguousarray(self.columns(order))
        drawn = self.draws.take(len(rates), times)
        done = self.descent.run(np.tile(np.arange(times), (len(rates), 1)), drawn, rates, 1)
        predictions = done.predictions.reshape(self.count, -1, times).transpose(1, 2, 0).reshape(-1, len(order))
        if done.stopped is None:
            return Progress(done.losses, done.slopes, predictions)
        self.draws.go_back(len(done.losses), times, done.stopped)
        return Progress(done.losses, done.slopes, predictions, done.stopped * self.count, done.partial * self.count)

    def columns(self, order: np.ndarray) -> np.ndarray:
        """The inputs of the tape, shape (inputs, times that it runs on these samples)."""
        times = len(order) // self.count
        columns: np.ndarray = self.data[order[: times * self.count]].reshape(times, -1).T
        return columns

    def read_frozen(self) -> None:
        """Take over the numbers of leaves that are read but not trained."""
        self.recorded.recipe.frozen[:] = [leaf.data for leaf in self.recorded.frozen]
