"""Epochs of training on tape: recorded once, then run by an engine, which returns to Python only to report.

The engine stops before the update of a batch whose loss is not finite, and of a batch with a sample for which the
program takes another branch. From there the eager pass goes on. Where a callback changes more than numbers, such as an
attribute of a module, the training is recorded anew.

>>> import nn
>>> X, y = nn.datasets.gate("xor")
>>> model = nn.MLP(2, [3, 1], seed=0)
>>> optimizer = nn.SGD(model.parameters(), lr=0.1)
>>> history = nn.fit(model, X, y, loss="mse_loss", optimizer=optimizer, epochs=100, engine="numpy")
>>> str(history.engine).startswith("numpy: one sample recorded")
True
"""

import math
import time
import warnings

import numpy as np

from autograd import Value
from autograd.hooks import hooks
from autograd.structure import leaves, rebuild
from autograd.tape.descent import Progress
from autograd.tape.guards import NotRecordable
from autograd.waiting import without_collector
from nn.training.batch_tape import BatchTape
from nn.training.eager import EagerEpochs, batches
from nn.training.history import History
from nn.training.recording import Recording
from nn.training.state import State

SECONDS_AT_ONCE = 0.1  # between two looks at the keyboard
MOST_GRADIENTS = 500_000  # numbers, 4 MB, that are kept of the epochs that are done at once
MOST_RECORDINGS = 5  # of one training with engine="auto": more do not pay


class TapeEpochs:
    """The same training as that of `eager`, on tape. Raises NotRecordable, with the reason, where that cannot be done.

    tapes      one of a single sample, or those of whole batches
    may_skip   whether nobody looks at the model between epochs
    must_pay   whether the eager pass is the better choice where recording takes longer than it saves
    at_once    how many epochs `run` may be given
    broken     whether the eager pass has taken over
    """

    def __init__(self, eager: EagerEpochs, epochs: int, engine: str, may_skip: bool, must_pay: bool = False) -> None:
        self.eager, self.size, self.samples, self.engine = eager, eager.size, len(eager.rows), engine
        self.epochs, self.may_skip, self.at_once, self.broken, self.recordings = epochs, may_skip, 1, False, 0
        try:
            pairs = zip(eager.rows, eager.targets, strict=True)
            self.data: np.ndarray = np.array([[*row, *leaves(y)] for row, y in pairs], float)
        except (TypeError, ValueError) as error:
            raise NotRecordable(f"inputs and targets are no table of numbers: {error}") from error
        self.must_pay = must_pay
        self.begin(epochs)

    @without_collector()
    def begin(self, epochs: int) -> None:
        """Record, and prepare the engine, for so many epochs."""
        start = time.perf_counter()
        self.eager.look_at_model()
        recording = Recording(self.eager, self.data, epochs if self.must_pay else math.inf)
        self.recordings += 1
        self.fingerprint, self.recorded = recording.fingerprint, recording.tapes[0][1]
        self.state = State(self.recorded, self.eager.optimizer)
        work = self.samples * self.epochs
        self.tapes = [
            BatchTape(recorded, count, self.data, self.state, self.engine, work) for count, recorded in recording.tapes
        ]
        self.latest = self.tapes[0]  # the one that made the latest update
        index = {p: i for i, p in enumerate(self.recorded.parameters)}
        self.layers = {key: [index[p] for p in ps if p in index] for key, ps in self.eager.layers.items()}
        self.unreached = {*self.eager.parameters, *self.eager.optimizer.parameters} - index.keys()
        lengths = " and ".join(str(len(tape.recorded.recipe.sample.operations)) for tape in self.tapes)
        counts = " and ".join(str(tape.count) for tape in self.tapes)
        subject = f"a whole batch of {counts} samples" if recording.coupled else "one sample"
        reason = f", for {recording.coupled}" if recording.coupled else ""
        seconds = time.perf_counter() - start
        self.eager.note(
            f"{self.tapes[0].engine}: {subject} recorded, {lengths} instructions, in {seconds:.2f} s{reason}"
            f"{self.tapes[0].passed_over}"
        )

    def run(self, epoch: int, orders: np.ndarray, rates: np.ndarray) -> History:
        """Epochs from the one of this number on: one for each order of the samples, with its learning rate."""
        if not (self.broken or self.may_skip):
            self.take_over_changes(epoch)
        if self.broken:
            return self.eager.run(epoch, orders, rates)
        start = time.perf_counter()
        progress = self.progress(orders, rates)
        self.write_back(progress)
        history = self.account(progress, orders)
        seconds = time.perf_counter() - start
        count = len(history.loss)
        history.seconds = [seconds / max(1, count)] * count
        if progress.stopped is not None:
            history.extend(self.go_on(progress, epoch + count, orders[count:], rates[count:]))
        elif self.may_skip and self.tapes[0].count in (1, self.samples):
            most = max(1, MOST_GRADIENTS // max(1, len(self.recorded.parameters)))
            self.at_once = max(1, min(most, 8 * self.at_once, int(self.at_once * SECONDS_AT_ONCE / seconds)))
        return history

    def take_over_changes(self, epoch: int) -> None:
        """Read the numbers that a callback may have changed. Record anew if it changed anything else."""
        change = self.fingerprint.change(in_a_pass=False)
        if not change and self.state.steps_changed():
            change = "optimizer.steps"
        if not change and hooks and any(p in hooks for p in self.recorded.parameters):
            change = "the list of hooks"
        if not change:
            self.state.read()
            for tape in self.tapes:
                tape.read_frozen()
            return
        try:
            if self.engine == "auto" and self.recordings >= MOST_RECORDINGS:
                raise NotRecordable(f"{change} changed again, after {self.recordings} recordings")
            self.eager.note(f"epoch {epoch}: recorded anew, for {change} changed")
            self.begin(self.epochs - epoch)
        except NotRecordable as reason:
            self.give_up(epoch, str(reason))

    def give_up(self, epoch: int, reason: str) -> None:
        """Let the eager pass do all the rest, and say so."""
        self.broken, self.at_once = True, 1
        self.eager.note(f"epoch {epoch}: eager from here on: {reason}")
        if self.engine != "auto":
            warnings.warn(f"training goes on eagerly from epoch {epoch} on: {reason}", RuntimeWarning, stacklevel=5)

    def progress(self, orders: np.ndarray, rates: np.ndarray) -> Progress:
        """The engine's account of some epochs. Tapes of whole batches take several epochs only in one order."""
        first = self.tapes[0]
        if first.count == 1:
            return first.run_samples(orders, rates, self.size)
        whole = self.samples // self.size * self.size
        losses, predictions, begin = np.zeros(len(rates)), [], 0
        for tape, order in zip(self.tapes, np.split(orders[0], [whole]), strict=False):
            updates = self.state.updates()
            done = tape.run_batches(order, rates)
            if self.state.updates() > updates:
                self.latest = tape
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

    def write_back(self, progress: Progress) -> None:
        """Put all numbers into model and optimiser, as the eager pass would leave them."""
        self.state.write(progress.slopes)
        if len(progress.losses):
            for p in self.unreached:
                p.grad = None
        if self.state.updates():
            previous = zip(self.recorded.parameters, self.latest.descent.previous.tolist(), strict=False)
            self.eager.good = {p: p.data for p in self.eager.parameters} | dict(previous)

    def go_on(self, progress: Progress, epoch: int, orders: np.ndarray, rates: np.ndarray) -> History:
        """The eager pass from the batch at which the engine stopped."""
        stopped = progress.stopped or 0
        measured = self.measured(orders[0], progress, stopped)
        lines = self.recorded.lines()
        if lines:
            self.give_up(
                epoch,
                f"some sample takes another branch than the recorded one (decided at {lines}); a choice written with "
                f"autograd.where can be recorded",
            )
        else:
            self.broken, self.at_once = True, 1
            self.eager.note(f"epoch {epoch}: eager from here on: the loss is not finite")
        return self.eager.run(epoch, orders, rates, stopped, progress.partial, measured)
