"""The recording of a training: of one sample where batches are means over samples, else of whole batches.

The rule: where a tape is not known to be the program, it is not used. So everything that decides is read, not believed:

- `Module.is_row_by_row` says whether the model takes rows one by one;
- the loss of a whole batch, recorded, says whether it is a mean over samples (coupling.py);
- fingerprints before and after say whether a pass changes anything beside the numbers on the tape (fingerprint.py);
- trials say whether the tape gives the numbers of the eager pass (trial.py).
"""

import math
import warnings
from contextlib import redirect_stdout
from io import StringIO
from typing import Any

import numpy as np

from autograd import Value
from autograd import sum as total
from autograd.ieee import silent
from autograd.structure import leaves, rebuild
from autograd.tape.fingerprint import Fingerprint
from autograd.tape.guards import NotRecordable
from autograd.tape.record import write_tape
from autograd.waiting import told_if_slow
from nn.hooks import Recorder
from nn.module import Module
from nn.optim import Optimizer
from nn.training.coupling import Coupled, Keys, Terms, row_of_a_model, terms_of_a_loss
from nn.training.draws import Draws
from nn.training.eager import EagerEpochs
from nn.training.recipe import Pass, Recorded, as_leaves, record_pass, recorded, refuse_own_methods
from nn.training.trial import TRIED, try_draws, try_recording, try_targets, try_update

SLOW = "a step of training is recorded as a tape, some seconds for a whole batch; all epochs run faster then"
MOST_NODES = 400_000  # of a batch recorded whole
PAYS = 60  # eager updates with a batch, which take about twice as long as to record it whole


class Recording:
    """A training, recorded. NotRecordable, with the reason, where a tape is not known to be the program.

    tapes        recordings, each with the number of its samples
    coupled      why whole batches are recorded; "" if it is one sample
    fingerprint  of the state before; it is left as it was found
    """

    def __init__(self, eager: EagerEpochs, data: np.ndarray, epochs: float = math.inf) -> None:
        """`epochs`: in so many the recording must pay."""
        self.eager, self.data, self.epochs = eager, data, epochs
        self.coupled = ""
        self.fingerprint = fingerprint_of(eager)
        printed = StringIO()
        fault = change = ""
        try:
            with told_if_slow(SLOW), warnings.catch_warnings(), redirect_stdout(printed):
                warnings.simplefilter("ignore")
                self.tapes = self.record()
        except NotRecordable as reason:
            fault = str(reason)
        except Exception as error:  # the program may do anything with Values in place of numbers
            fault = f"recording failed: {type(error).__name__}: {error}"
        finally:
            change = self.fingerprint.change()
            self.fingerprint.restore()
        if change:
            fault = f"{change} changes in a pass"
        elif printed.getvalue():
            fault = f"a pass prints: {printed.getvalue()[:40]!r}"
        if fault:
            raise NotRecordable(fault)
        self.fingerprint.free |= {id(buffer): () for _, tape in self.tapes for buffer, _ in tape.buffers}

    def record(self) -> list[tuple[int, Recorded]]:
        """The recording of a sample, or those of whole batches, tried out."""
        refuse_own_methods(self.eager.optimizer)
        try:
            return [self.tried(1, self.of_one_sample(), min(TRIED, self.eager.size))]
        except NotRecordable:
            raise
        except Exception as reason:  # Coupled, or whatever a loss of several samples does with one
            self.coupled = str(reason)
        # Counted in samples, for a clock would choose one engine today and another one tomorrow.
        if self.epochs * len(self.eager.rows) < PAYS * sum(self.counts()):
            raise NotRecordable(f"{self.coupled}, and to record whole batches pays from {PAYS} updates with each on")
        tapes = [self.tried(count, self.of_a_batch(count), count) for count in self.counts()]
        if len({tape.numbers_read() for _, tape in tapes}) > 1:
            raise NotRecordable("a smaller last batch trains other parameters, or keeps other buffers")
        return tapes

    def counts(self) -> list[int]:
        """The number of samples of a batch: a batch as any other, and the last one of an epoch if it has less."""
        size, samples = self.eager.size, len(self.eager.rows)
        return list(dict.fromkeys((size, samples % size or size)))

    def tried(self, count: int, tape: Recorded, samples: int) -> tuple[int, Recorded]:
        """A recording of so many samples, after its trials on this number of samples."""
        try_recording(tape, count, samples, self.eager, self.data)
        try_update(tape, self.eager)
        try_draws(Draws(tape.drawn, count), self.eager)
        return count, tape

    def of_a_batch(self, count: int) -> Recorded:
        """The recording of a whole batch."""
        eager = self.eager
        if count * len(eager.parameters) * 6 > MOST_NODES:
            raise NotRecordable(f"{self.coupled}, and a batch of {count} is too large to be recorded whole")
        done = record_pass(eager.model, eager.loss_of, eager.rows[:count], eager.targets[:count])
        if count == eager.size:
            try_targets(eager, done.predictions)
        return recorded(done, eager.optimizer, eager.parameters, bool(eager.metrics))

    def of_one_sample(self) -> Recorded:
        """The recording of one sample. Coupled if it does not stand for a batch."""
        eager = self.eager
        lasting = [*eager.parameters, *eager.optimizer.parameters, *self.fingerprint.of_kind(Value)]
        if not eager.model.is_row_by_row():
            self.look_for_coupled_rows(Keys(lasting))
        one = record_pass(eager.model, eager.loss_of, eager.rows[:1], eager.targets[:1])
        if one.recorder.kept:
            raise Coupled("a module keeps numbers from row to row")
        keys = Keys(lasting)
        guards = one.recorder.guards[one.of_model :]
        alone = terms_of_a_loss(one.loss, one.samples(), keys, guards, one.inner())
        predictions = self.predictions(one)
        for count in self.counts():
            if count > 1 and not self.terms(count, one.predictions[0], predictions, keys).are_those_of(alone):
                raise Coupled("the loss of a batch is no mean over its samples")
        try_targets(eager, [rebuild(one.predictions[0], iter(column)) for column in predictions.T.tolist()])
        return recorded(one, eager.optimizer, eager.parameters, bool(eager.metrics))

    def look_for_coupled_rows(self, keys: Keys) -> None:
        """Coupled if the model, recorded on whole batches, does not do the same with each row alone."""
        eager, found = self.eager, set()
        for count in dict.fromkeys((1, *self.counts())):
            if count * len(eager.parameters) * 2 > MOST_NODES:
                raise Coupled("a module takes several rows together")
            with silent(), Recorder(values=True) as recorder:
                inputs = [[recorder.stand_in(x) for x in row] for row in eager.rows[:count]]
                predictions = eager.model([list(row) for row in inputs])
            if recorder.drawn or recorder.recalled:
                raise Coupled("a module takes several rows together")
            found.add(row_of_a_model(predictions, inputs, keys, recorder.guards))
        if len(found) > 1:
            raise Coupled("the model does something else with a batch of another size")

    def predictions(self, one: Pass) -> np.ndarray:
        """The predictions for all samples, shape (numbers, samples), by the model's recording for one."""
        outputs = list(leaves(one.predictions))
        if not all(isinstance(output, Value) for output in outputs):
            raise Coupled("a prediction is no Value")
        broken = total([guard.broken() for guard in one.recorder.guards[: one.of_model]])
        inputs = one.inputs[0]
        tape = write_tape([broken if isinstance(broken, Value) else Value(broken), *outputs], inputs)
        results = tape.evaluate(list(self.data[:, : len(inputs)].T), "numpy")
        results = np.broadcast_to(results.reshape(len(results), -1), (len(results), len(self.data)))
        if results[0].any():
            lines = ", ".join(dict.fromkeys(guard.where for guard in one.recorder.guards[: one.of_model]))
            raise Coupled(f"samples take different branches, at {lines}")
        return results[1:]

    def terms(self, count: int, shape: Any, predictions: np.ndarray, keys: Keys) -> Terms:
        """The loss of a batch, recorded on leaves in place of predictions and targets, and taken apart."""
        with silent(), Recorder(values=True) as recorder:
            outputs = [rebuild(shape, map(recorder.stand_in, column)) for column in predictions[:, :count].T.tolist()]
            targets = as_leaves(self.eager.targets[:count])
            loss = self.eager.loss_of(list(outputs), list(targets))
        if recorder.drawn or recorder.recalled:
            raise Coupled("the loss draws or keeps numbers")
        samples = [[*leaves(p), *leaves(y)] for p, y in zip(outputs, targets, strict=True)]
        return terms_of_a_loss(loss, samples, keys, recorder.guards)


def fingerprint_of(eager: EagerEpochs) -> Fingerprint:
    """The state that a pass can reach. NotRecordable if some of it cannot be seen, or if a metric reads the model."""
    optimizer = eager.optimizer
    for name, metric in eager.metrics.items():
        found = Fingerprint({f"the metric {name!r}": metric})
        if list(found.of_kind(Module, Value, Optimizer)):
            raise NotRecordable(f"the metric {name!r} reads the model")
    free: dict[int, Any] = {
        id(optimizer): ("lr", "memory", "steps"),
        id(optimizer.memory): (),
        id(optimizer.steps): (),
    }
    return Fingerprint({"model": eager.model, "loss": eager.loss_of, "optimizer": optimizer}, free)
