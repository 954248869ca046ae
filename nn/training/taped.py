"""Epochs of training on tape: recorded once, then run by an executor, which returns to Python only to report.

Where the executor meets a loss that is not finite, or a sample for which the program would take another branch, it
stops before that batch's update, and the eager pass goes on from there.
"""

import time
import warnings
from typing import Any

import numpy as np

from autograd import Value
from autograd.tape.descent import Descent, Progress
from autograd.tape.engines import chosen
from autograd.tape.structure import leaves, rebuild
from nn.training.eager import EagerEpochs, batches
from nn.training.history import History
from nn.training.recipe import NotRecordable, Recorded, agrees, record_training

MOST_TRIED = 256  # samples of the batch on which a recording is compared with the eager pass
MOST_NODES = 400_000  # of a batch recorded whole
SECONDS_AT_ONCE = 0.1  # between two looks at the keyboard
MOST_GRADIENTS = 500_000  # numbers, 4 MB, that are kept of the epochs that are done at once


class TapeEpochs:
    """The same training as that of `eager`, on tape. Raises NotRecordable, with the reason, where that cannot be done.

    rows_at_once  how many samples the tape takes: 1, or a whole batch
    at_once       how many epochs `run` may be given
    """

    def __init__(self, eager: EagerEpochs, epochs: int, engine: str, may_skip: bool) -> None:
        self.eager, self.optimizer, self.size, self.samples = eager, eager.optimizer, eager.size, len(eager.rows)
        self.may_skip = may_skip  # whether nobody looks at the model between epochs
        self.at_once = 1
        self.broken = False
        try:
            self.data: np.ndarray = np.array(
                [[*row, *leaves(y)] for row, y in zip(eager.rows, eager.targets, strict=True)], float
            )
            self.parts = self.record()
        except NotRecordable:
            raise
        except Exception as error:  # whatever the model does with Values in place of numbers
            raise NotRecordable(f"recording failed: {type(error).__name__}: {error}") from error
        self.rows_at_once, self.recorded = self.parts[0]
        self.descents = self.start(engine, epochs)
        index = {p: i for i, p in enumerate(self.recorded.trained)}
        self.layers = {key: [index[p] for p in values if p in index] for key, values in eager.layers.items()}

    def record(self) -> list[tuple[int, Recorded]]:
        """The recording of a sample, if batches are means over samples; else of a batch, and of a smaller last one."""
        eager, predictions = self.eager, bool(self.eager.metrics)
        tried = min(self.size, MOST_TRIED)
        one = None
        try:
            one = record_training(
                eager.model, eager.loss_of, self.optimizer, eager.rows[:1], eager.targets[:1], predictions
            )
        except ValueError:
            if self.size == 1:
                raise
        if one and agrees(one, self.data, eager.model, eager.loss_of, eager.rows[:tried], eager.targets[:tried]):
            return [(1, one)]
        parts = []
        for count in dict.fromkeys((self.size, self.samples % self.size or self.size)):
            if count * len(eager.parameters) * 6 > MOST_NODES:
                raise NotRecordable(f"samples are coupled, and a batch of {count} is too large to be recorded whole")
            rows, targets = eager.rows[:count], eager.targets[:count]
            part = record_training(eager.model, eager.loss_of, self.optimizer, rows, targets, predictions)
            if not agrees(part, self.data, eager.model, eager.loss_of, rows, targets):
                lines = ", ".join(dict.fromkeys(guard.where for guard in part.guards))
                raise NotRecordable(
                    "the recording differs from an eager pass: "
                    + (f"numbers are looked at, at {lines}" if lines else "does the model draw random numbers?")
                )
            parts.append((count, part))
        return parts

    def start(self, engine: str, epochs: int) -> list[Descent]:
        """The descents of all parts, which share one state."""
        trained, optimizer = self.recorded.trained, self.optimizer
        memory = [optimizer.memory.get(p, (0.0,) * optimizer.memories) for p in trained]
        state = np.array([p.data for p in trained] + [m for kept in memory for m in kept])
        buffers = np.array([float(buffer[place]) for buffer, place in self.recorded.buffers])
        counts = np.array(list(dict.fromkeys(optimizer.steps.get(p, 0) for p in trained)), dtype=float)
        self.begun = {p: optimizer.steps.get(p, 0) for p in trained}
        self.updates = 0
        work = len(self.recorded.recipe.sample.operations) * self.samples // self.rows_at_once * epochs
        everything = np.arange(self.samples)
        return [
            chosen(engine, [*part.recipe.sample.rows, *part.recipe.update.rows], work).descent(
                part.recipe, self.columns(everything, count), state, buffers, counts
            )
            for count, part in self.parts
        ]

    def columns(self, order: np.ndarray, count: int) -> np.ndarray:
        """The inputs of the tape that takes `count` samples at once, shape (inputs, times)."""
        times = len(order) // count
        columns: np.ndarray = self.data[order[: times * count]].reshape(times, -1).T
        return columns

    def run(self, epoch: int, orders: np.ndarray, rates: np.ndarray) -> History:
        """Epochs from the one of this number on: one for each order of the samples, with its learning rate."""
        if self.broken:
            return self.eager.run(epoch, orders, rates)
        start = time.perf_counter()
        if not self.may_skip:
            self.read_back()
        progress = self.progress(orders, rates)
        count = len(progress.losses)
        history = History(loss=progress.losses.tolist())
        for key, positions in self.layers.items():
            history.gradients[key] = np.linalg.norm(progress.slopes[:, positions], axis=1).tolist()
        if progress.stopped is None:
            for name, measure in self.measured(orders[-1], progress, self.samples).items():
                history.metrics[name] = [measure / self.samples]
        self.write_back(progress)
        seconds = time.perf_counter() - start
        history.seconds = [seconds / max(1, count)] * count
        if progress.stopped is not None:
            history.extend(self.go_on(progress, epoch + count, orders[count:], rates[count:]))
        elif self.may_skip and (self.rows_at_once in (1, self.samples)):
            most = max(1, MOST_GRADIENTS // max(1, len(self.recorded.trained)))
            self.at_once = max(1, min(most, 8 * self.at_once, int(self.at_once * SECONDS_AT_ONCE / seconds)))
        self.model_is_kept(orders[-1])
        return history

    def progress(self, orders: np.ndarray, rates: np.ndarray) -> Progress:
        """The executor's account of some epochs."""
        if self.rows_at_once == 1:
            return self.descents[0].run(orders, self.draw(self.recorded, len(rates), self.samples), rates, self.size)
        whole = self.samples // self.size * self.size
        losses: Any = 0.0
        predictions: list[np.ndarray] = []
        for (count, recorded), part, order in zip(
            self.parts, self.descents, (orders[:, :whole], orders[:, whole:]), strict=False
        ):
            times = order.shape[1] // count
            part.columns = np.ascontiguousarray(self.columns(order[0], count))
            done = part.run(
                np.tile(np.arange(times), (len(rates), 1)), self.draw(recorded, len(rates), times), rates, 1
            )
            predictions.append(done.predictions.reshape(count, -1, times).transpose(1, 2, 0).reshape(-1, times * count))
            if done.stopped is not None:
                first = done.stopped * count + (0 if part is self.descents[0] else whole)
                partial = done.partial * count + float(np.sum(losses)) * self.samples
                return Progress(done.losses, done.slopes, np.concatenate(predictions, axis=1), first, partial)
            losses = losses + done.losses * (times * count / self.samples)
        return Progress(losses, done.slopes, np.concatenate(predictions, axis=1))

    def draw(self, recorded: Recorded, epochs: int, times: int) -> np.ndarray:
        """What the modules draw while the tape runs so many times in each epoch: shape (epochs, numbers, times)."""
        drawn = recorded.drawn
        if not drawn:
            return np.zeros((epochs, 0, times))
        if self.rows_at_once == 1:  # each module draws for the rows of a batch one after the other
            each = [[draw(times, count).T for draw, count in drawn] for _ in range(epochs)]
        else:
            each = [
                [np.array([np.concatenate([draw(1, count)[0] for draw, count in drawn]) for _ in range(times)]).T]
                for _ in range(epochs)
            ]
        return np.array([np.concatenate(parts) for parts in each])

    def measured(self, order: np.ndarray, progress: Progress, until: int) -> dict[str, float]:
        """The metrics of the batches before sample `until` of an epoch, summed over their samples."""
        sums: dict[str, float] = {}
        for batch in batches(until, self.size) if self.eager.metrics else ():
            columns = progress.predictions[:, batch].T.tolist()
            predictions = [rebuild(self.recorded.shape, map(Value, column)) for column in columns]
            targets = [self.eager.targets[i] for i in order[batch]]
            for name, metric in self.eager.metrics.items():
                sums[name] = sums.get(name, 0.0) + metric(predictions, targets) * len(targets)
        return sums

    def read_back(self) -> None:
        """Take over what a callback may have changed: parameters, frozen ones too, and buffers."""
        part = self.descents[0]  # all parts share their state
        part.state[: len(self.recorded.trained)] = [p.data for p in self.recorded.trained]
        part.buffers[:] = [float(buffer[place]) for buffer, place in self.recorded.buffers]
        for _, recorded in self.parts:
            recorded.recipe.frozen[:] = [leaf.data for leaf in recorded.frozen]

    def write_back(self, progress: Progress) -> None:
        """Put parameters, gradients, buffers and what the optimiser remembers into the model and the optimiser."""
        state, trained = self.descents[0].state.tolist(), self.recorded.trained
        memories, steps = self.optimizer.memories, self.descents[0].updates
        for i, p in enumerate(trained):
            p.data = state[i]
            first = len(trained) + i * memories
            self.optimizer.memory[p] = tuple(state[first : first + memories])
            self.optimizer.steps[p] = self.begun[p] + steps
        for (buffer, place), number in zip(self.recorded.buffers, self.descents[0].buffers.tolist(), strict=True):
            buffer[place] = number
        if len(progress.slopes):
            for p, slope in zip(trained, progress.slopes[-1].tolist(), strict=True):
                p.grad = slope

    def go_on(self, progress: Progress, epoch: int, orders: np.ndarray, rates: np.ndarray) -> History:
        """The eager pass from the batch at which the executor stopped."""
        self.broken, self.at_once = True, 1
        previous = dict(zip(self.recorded.trained, self.descents[0].previous.tolist(), strict=False))
        self.eager.good = [previous.get(p, p.data) for p in self.eager.parameters]
        measured = self.measured(orders[0], progress, progress.stopped or 0)
        history = self.eager.run(epoch, orders, rates, progress.stopped or 0, progress.partial, measured)
        lines = ", ".join(dict.fromkeys(guard.where for guard in self.recorded.guards))
        warnings.warn(
            f"training went on eagerly: some sample takes another branch than the recorded one (decided at {lines}); "
            f"a choice written with autograd.where can be recorded",
            RuntimeWarning,
            stacklevel=4,
        )
        return history

    def model_is_kept(self, order: np.ndarray) -> None:
        """Let model.report() make the graph of the latest batch when it is asked for, at the weights it had then."""
        if self.broken:
            return
        last = list(batches(self.samples, self.size))[-1]
        chosen = order[last].tolist()
        before = self.descents[0].previous[: len(self.recorded.trained)].tolist()

        def graph() -> Value:
            after = [p.data for p in self.recorded.trained]
            for p, number in zip(self.recorded.trained, before, strict=True):
                p.data = number
            self.optimizer.zero_grad()
            eager = self.eager
            loss = eager.loss_of(eager.model([eager.rows[i] for i in chosen]), [eager.targets[i] for i in chosen])
            loss.backward()
            for p, number in zip(self.recorded.trained, after, strict=True):
                p.data = number
            return loss

        self.eager.model._kept = graph
