"""`BatchTape`: one recording of a batch of samples, or of a single sample, and the descent that runs it.

Samples that do not depend on each other need one tape, of one sample, which runs on batches of every size. Samples that
are coupled need a tape of the whole batch, and a second one where the last batch of an epoch is smaller.
"""

import numpy as np

from autograd.tape.descent import Progress
from autograd.tape.engines import chosen
from nn.training.recipe import Recorded
from nn.training.state import State


class BatchTape:
    """A recording of `count` samples.

    data   the numbers of all samples, inputs and then targets, shape (samples, numbers)
    work   about how many samples all epochs have together: it decides which engine pays
    """

    def __init__(self, recorded: Recorded, count: int, data: np.ndarray, state: State, engine: str, work: int) -> None:
        self.recorded, self.count, self.data = recorded, count, data
        recipe = recorded.recipe
        kind = chosen(engine, [*recipe.sample.rows, *recipe.update.rows], len(recipe.sample.operations) * work // count)
        columns = self.columns(np.arange(len(data)))
        self.descent = kind.descent(recipe, columns, state.numbers, state.buffers, state.counts)

    def run_samples(self, orders: np.ndarray, rates: np.ndarray, size: int) -> Progress:
        """Epochs of a tape of one sample, in batches of `size`."""
        return self.descent.run(orders, self.draw(len(rates), orders.shape[1]), rates, size)

    def run_batches(self, order: np.ndarray, rates: np.ndarray) -> Progress:
        """Epochs of a tape of a whole batch; all epochs have the same order. `stopped` counts samples, not batches."""
        times = len(order) // self.count
        self.descent.columns = np.ascontiguousarray(self.columns(order))
        done = self.descent.run(np.tile(np.arange(times), (len(rates), 1)), self.draw(len(rates), times), rates, 1)
        predictions = done.predictions.reshape(self.count, -1, times).transpose(1, 2, 0).reshape(-1, len(order))
        stopped = None if done.stopped is None else done.stopped * self.count
        return Progress(done.losses, done.slopes, predictions, stopped, done.partial * self.count)

    def columns(self, order: np.ndarray) -> np.ndarray:
        """The inputs of the tape, shape (inputs, times that it runs on these samples)."""
        times = len(order) // self.count
        columns: np.ndarray = self.data[order[: times * self.count]].reshape(times, -1).T
        return columns

    def draw(self, epochs: int, times: int) -> np.ndarray:
        """The numbers that modules draw while the tape runs so many times in each epoch: (epochs, numbers, times)."""
        drawn = self.recorded.drawn
        if not drawn:
            return np.zeros((epochs, 0, times))
        if self.count == 1:  # each module draws for the rows of a batch one after the other
            each = [[draw(times, count).T for draw, count in drawn] for _ in range(epochs)]
        else:
            each = [
                [np.array([np.concatenate([draw(1, count)[0] for draw, count in drawn]) for _ in range(times)]).T]
                for _ in range(epochs)
            ]
        return np.array([np.concatenate(numbers) for numbers in each])

    def read_frozen(self) -> None:
        """Take over the numbers of leaves that are read but not trained."""
        self.recorded.recipe.frozen[:] = [leaf.data for leaf in self.recorded.frozen]
