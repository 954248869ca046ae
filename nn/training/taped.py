"""Epochs of training on tape: recorded once, then run by an engine, which returns to Python only to report.

The engine stops before the update of a batch whose loss is not finite, and of a batch with a sample for which the
program takes another branch. From there the eager pass goes on.
"""

import time
import warnings

import numpy as np

from autograd import Value
from autograd.tape.descent import Progress
from autograd.tape.guards import NotRecordable
from autograd.tape.structure import leaves, rebuild
from nn.training.batch_tape import BatchTape
from nn.training.eager import EagerEpochs, batches
from nn.training.history import History
from nn.training.recipe import Recorded, agrees, record_training
from nn.training.state import State

MOST_TRIED = 256  # samples of the batch on which a recording is compared with the eager pass
MOST_NODES = 400_000  # of a batch recorded whole
SECONDS_AT_ONCE = 0.1  # between two looks at the keyboard
MOST_GRADIENTS = 500_000  # numbers, 4 MB, that are kept of the epochs that are done at once


class TapeEpochs:
    """The same training as that of `eager`, on tape. Raises NotRecordable, with the reason, where that cannot be done.

    tapes      one of a single sample, or those of whole batches
    may_skip   whether nobody looks at the model between epochs
    at_once    how many epochs `run` may be given
    broken     whether the eager pass has taken over
    """

    def __init__(self, eager: EagerEpochs, epochs: int, engine: str, may_skip: bool) -> None:
        self.eager, self.size, self.samples = eager, eager.size, len(eager.rows)
        self.may_skip, self.at_once, self.broken = may_skip, 1, False
        try:
            data = np.array([[*row, *leaves(y)] for row, y in zip(eager.rows, eager.targets, strict=True)], float)
            recordings = record(eager, data)
        except NotRecordable:
            raise
        except Exception as error:  # the model may do anything with Values in place of numbers
            raise NotRecordable(f"recording failed: {type(error).__name__}: {error}") from error
        self.recorded = recordings[0][1]
        self.state = State(self.recorded, eager.optimizer)
        work = self.samples * epochs
        self.tapes = [BatchTape(recorded, count, data, self.state, engine, work) for count, recorded in recordings]
        index = {p: i for i, p in enumerate(self.recorded.trained)}
        self.layers = {key: [index[p] for p in values if p in index] for key, values in eager.layers.items()}

    def run(self, epoch: int, orders: np.ndarray, rates: np.ndarray) -> History:
        """Epochs from the one of this number on: one for each order of the samples, with its learning rate."""
        if self.broken:
            return self.eager.run(epoch, orders, rates)
        start = time.perf_counter()
        if not self.may_skip:
            self.read_back()
        progress = self.progress(orders, rates)
        self.state.write(self.tapes[0].descent.updates, progress.slopes)
        history = self.account(progress, orders)
        seconds = time.perf_counter() - start
        count = len(history.loss)
        history.seconds = [seconds / max(1, count)] * count
        if progress.stopped is not None:
            history.extend(self.go_on(progress, epoch + count, orders[count:], rates[count:]))
        elif self.may_skip and self.tapes[0].count in (1, self.samples):
            most = max(1, MOST_GRADIENTS // max(1, len(self.recorded.trained)))
            self.at_once = max(1, min(most, 8 * self.at_once, int(self.at_once * SECONDS_AT_ONCE / seconds)))
        return history

    def progress(self, orders: np.ndarray, rates: np.ndarray) -> Progress:
        """The engine's account of some epochs. Tapes of whole batches take several epochs only in one order."""
        first = self.tapes[0]
        if first.count == 1:
            return first.run_samples(orders, rates, self.size)
        whole = self.samples // self.size * self.size
        losses, predictions, begin = np.zeros(len(rates)), [], 0
        for tape, order in zip(self.tapes, np.split(orders[0], [whole]), strict=False):
            done = tape.run_batches(order, rates)
            predictions.append(done.predictions)
            if done.stopped is not None:
                done.predictions = np.concatenate(predictions, axis=1)
                done.stopped += begin
                done.partial += float(np.sum(losses)) * self.samples
                return done
            losses = losses + done.losses * (len(order) / self.samples)
            begin = whole
        return Progress(losses, done.slopes, np.concatenate(predictions, axis=1))

    def account(self, progress: Progress, orders: np.ndarray) -> History:
        """The epochs that are complete, as a History."""
        history = History(loss=progress.losses.tolist())
        for key, positions in self.layers.items():
            history.gradients[key] = np.linalg.norm(progress.slopes[:, positions], axis=1).tolist()
        if progress.stopped is None:
            for name, measure in self.measured(orders[-1], progress, self.samples).items():
                history.metrics[name] = [measure / self.samples]
        return history

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
        self.state.read()
        for tape in self.tapes:
            tape.read_frozen()

    def go_on(self, progress: Progress, epoch: int, orders: np.ndarray, rates: np.ndarray) -> History:
        """The eager pass from the batch at which the executor stopped."""
        self.broken, self.at_once = True, 1
        previous = dict(zip(self.recorded.trained, self.tapes[0].descent.previous.tolist(), strict=False))
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


def record(eager: EagerEpochs, data: np.ndarray) -> list[tuple[int, Recorded]]:
    """The recording of a sample, if batches are means over samples; else of a batch, and of a smaller last one.

    Each recording comes with the number of its samples.
    """
    predictions, samples = bool(eager.metrics), len(eager.rows)
    tried = min(eager.size, MOST_TRIED)
    one = None
    try:
        one = record_training(
            eager.model, eager.loss_of, eager.optimizer, eager.rows[:1], eager.targets[:1], predictions
        )
    except ValueError:
        if eager.size == 1:
            raise
    if one and agrees(one, data, eager.model, eager.loss_of, eager.rows[:tried], eager.targets[:tried]):
        return [(1, one)]
    parts = []
    for count in dict.fromkeys((eager.size, samples % eager.size or eager.size)):
        if count * len(eager.parameters) * 6 > MOST_NODES:
            raise NotRecordable(f"samples are coupled, and a batch of {count} is too large to be recorded whole")
        rows, targets = eager.rows[:count], eager.targets[:count]
        part = record_training(eager.model, eager.loss_of, eager.optimizer, rows, targets, predictions)
        if not agrees(part, data, eager.model, eager.loss_of, rows, targets):
            lines = ", ".join(dict.fromkeys(guard.where for guard in part.guards))
            raise NotRecordable(
                "the recording differs from an eager pass: "
                + (f"numbers are looked at, at {lines}" if lines else "does the model draw random numbers?")
            )
        parts.append((count, part))
    return parts
