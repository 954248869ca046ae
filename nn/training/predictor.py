"""`model.compile()`: predictions on arrays, at the speed of a tape."""

from typing import Any

import numpy as np

from autograd.tape.compiled import Compiled
from nn.hooks import Recorder
from nn.module import Module


class Predictor:
    """A model's predictions on arrays, by replay; what `model.compile()` returns.

    It takes one row, or rows of shape (m, inputs), and returns a float or an array (outputs,) for a row, (m,) or (m,
    outputs) for rows. Parameters and running means are read anew at each call.
    """

    def __init__(self, model: Module, engine: str = "auto") -> None:
        self.model, self.engine = model, engine
        self.recordings: dict[bool, tuple[Recorder, Compiled]] = {}

    def __call__(self, inputs: Any) -> Any:
        array = np.asarray(inputs, dtype=float)
        if array.ndim not in (1, 2):
            raise ValueError(f"expected one row of inputs, or rows of shape (m, inputs); got shape {array.shape}")
        if self.model.training not in self.recordings:
            recorder = Recorder(values=True)

            def row(*values: Any) -> Any:
                with recorder:
                    outputs = self.model(list(values))
                if recorder.drawn:
                    raise ValueError("the model draws numbers at random in training: call model.eval() first")
                return outputs

            self.recordings[self.model.training] = recorder, Compiled(row, self.engine)
        recorder, compiled = self.recordings[self.model.training]
        for (_, place), (buffer, leaf) in recorder.recalled.items():
            leaf.data = buffer[place]
        outputs = compiled(*(array.T if array.ndim == 2 else array.tolist()))
        return np.stack(outputs, axis=-1) if isinstance(outputs, (list, tuple)) else outputs


def predictor(model: Module, engine: str = "auto") -> Predictor:
    """model.compile(): fast prediction on arrays.

    >>> from nn import MLP
    >>> predict = MLP(2, [3, 1], seed=0).compile()
    >>> predict(np.zeros((5, 2))).shape
    (5,)
    """
    return Predictor(model, engine)


Module.compile = predictor
