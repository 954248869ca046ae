"""`model.compile()`: predictions on arrays, at the speed of a tape.

A tape of one row is recorded at the first call. It is recorded anew when the model changes in more than numbers. Where
a tape is not known to be the program, the model itself computes, and `reason` says why.

>>> from nn.networks import MLP
>>> model = MLP(2, [3, 1], seed=0)
>>> predict = model.compile()
>>> predict(np.zeros((5, 2))).shape
(5,)
"""

from typing import Any

import numpy as np

from autograd import Value
from autograd.tape.compiled import Compiled
from autograd.tape.fingerprint import Fingerprint
from autograd.tape.guards import NotRecordable
from autograd.value import number_of
from nn.hooks import Recorder
from nn.module import Module

TRIED = 3  # rows on which a recording is compared with the model
CLOSE = 1e-9  # relative to the largest number: library functions differ in their last bits


class Predictor:
    """A model's predictions on arrays, by replay; what `model.compile()` returns.

    It takes one row, or rows of shape (m, inputs), and returns a float or an array (outputs,) for a row, (m,) or (m,
    outputs) for rows. Parameters and running means are read anew at each call. `reason` says why the latest call used
    no tape, "" if it did.
    """

    def __init__(self, model: Module, engine: str = "auto") -> None:
        self.model, self.engine, self.reason = model, engine, ""
        self.recordings: dict[bool, RowTape] = {}  # by the mode of the model: training or evaluation

    def __call__(self, inputs: Any) -> Any:
        """The predictions, as floats or arrays."""
        array = np.asarray(inputs, dtype=float)
        if array.ndim not in (1, 2):
            raise ValueError(f"expected one row of inputs, or rows of shape (m, inputs); got shape {array.shape}")
        tape = self.recordings.get(self.model.training)
        if tape is None or tape.is_out_of_date():
            tape = self.recordings[self.model.training] = RowTape(self.model, self.engine)
        outputs = tape.outputs(array) if not tape.fault else None
        self.reason = tape.fault
        return of_model(self.model, array) if outputs is None else outputs

    def __getstate__(self) -> dict[str, Any]:
        """For copies and pickles: all but the tapes. A copy records its own model."""
        return vars(self) | {"recordings": {}}


class RowTape:
    """A model, recorded on one row. `fault` says why no tape is used, "" if one is."""

    def __init__(self, model: Module, engine: str) -> None:
        self.model, self.recorder, self.compiled = (
            model,
            Recorder(values=True),
            Compiled(self.row, engine, watched=False),
        )
        self.fault = "" if model.is_row_by_row() else "a module takes several rows together"
        self.fingerprint: Fingerprint | None = None
        self.recorded = False  # whether the latest call recorded something
        try:
            self.fingerprint = Fingerprint({"model": model})
        except NotRecordable as reason:
            self.fault = str(reason)

    def is_out_of_date(self) -> bool:
        """Whether the model has changed in more than numbers."""
        return self.fingerprint is not None and bool(self.fingerprint.change(in_a_pass=False))

    def outputs(self, array: np.ndarray) -> Any:
        """The predictions; None where the model must compute them, and then `fault` says why."""
        self.recorded = False
        for (_, place), (buffer, leaf) in self.recorder.recalled.items():
            leaf.data = buffer[place]
        try:
            outputs = self.compiled(*(array.T if array.ndim == 2 else array.tolist()))
        except NotRecordable as reason:
            self.fault = str(reason)
            return None
        outputs = np.stack(outputs, axis=-1) if isinstance(outputs, (list, tuple)) else outputs
        if self.recorded and not self.agrees(array, outputs):
            self.fault = "the tape and the model give different numbers"
            return None
        return outputs

    def row(self, *values: Any) -> Any:
        """The model on one row of Values. NotRecordable if this changes anything."""
        self.recorded = True
        before = Fingerprint({"model": self.model})
        try:
            with self.recorder:
                outputs = self.model(list(values))
            change = before.change()
        finally:
            before.restore()
        if self.recorder.drawn:
            raise ValueError("the model draws numbers at random in training: call model.eval() first")
        if change or self.recorder.kept:
            raise NotRecordable(f"{change or 'a buffer'} changes in a pass")
        if self.fingerprint is not None:
            self.fingerprint.free |= {id(buffer): () for buffer, _ in self.recorder.recalled.values()}
        return outputs

    def agrees(self, array: np.ndarray, outputs: Any) -> bool:
        """Whether some of the outputs are the model's; the model is left as it was."""
        before = Fingerprint({"model": self.model})
        some = array[:TRIED] if array.ndim == 2 else array
        wanted = np.asarray(of_model(self.model, some))
        before.restore()
        got = np.asarray(outputs[:TRIED] if array.ndim == 2 else outputs)
        scale = np.abs(wanted[np.isfinite(wanted)]).max(initial=0.0)
        return got.shape == wanted.shape and np.allclose(got, wanted, rtol=0.0, atol=CLOSE * scale, equal_nan=True)


def of_model(model: Module, array: np.ndarray) -> Any:
    """The predictions by the model itself, as a float or an array."""
    outputs = model(array.tolist())
    if isinstance(outputs, Value):
        return outputs.data
    return np.array(
        [[number_of(v) for v in row] if isinstance(row, (list, tuple)) else number_of(row) for row in outputs]
    )


def predictor(model: Module, engine: str = "auto") -> Predictor:
    """model.compile(): fast prediction on arrays. `engine` is that of Tape.run. See Predictor."""
    return Predictor(model, engine)


Module.compile = predictor
