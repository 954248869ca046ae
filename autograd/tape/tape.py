"""`Tape`: a recorded graph, as flat arrays. One row of them is one instruction: an operation and its operands' slots.

Slots are counted: first the inputs, then the constants, then one for the result of each instruction. A tape knows
nothing of how it is run; two executors do that, on one float for each input or on arrays of them:

>>> from autograd import Value, record
>>> x, y = Value(3.0, "x"), Value(2.0, "y")
>>> tape = record(x * y + x, [x, y])
>>> tape.run([3.0, 2.0])
([9.0], [[3.0, 3.0]])
>>> outputs, gradients = tape.run([np.array([1.0, 2.0, 3.0]), 10.0])
>>> outputs[0], gradients[0][1]  # ∂output/∂y, for each sample
(array([11., 22., 33.]), array([1., 2., 3.]))
"""

import sys
from collections.abc import Sequence
from itertools import count
from typing import Any

import numpy as np

from autograd.notation import ATOM, number, plain, printable
from autograd.primitive import Primitive
from autograd.tape.engines import Engine, executor_class


class Tape:
    """A recorded graph, made by `record`.

    inputs      how many inputs it takes
    constants   their numbers
    rows        the operations in use, rows of the table
    operations  for each instruction the index of its row, shape (instructions,)
    operands    the slots of its operands, shape (instructions, most operands), -1 where there is none
    results     the slots of the outputs, then of their gradients, output by output
    outputs     how many of the results are outputs
    names       names of slots, where they have one
    """

    def __init__(
        self,
        inputs: int,
        constants: Sequence[float],
        code: Sequence[tuple[Primitive, tuple[int, ...]]],
        results: Sequence[int],
        outputs: int,
        names: dict[int, str],
    ) -> None:
        self.inputs, self.outputs, self.names = inputs, outputs, names
        self.constants = np.array(constants, dtype=float)
        self.rows = list(dict.fromkeys(op for op, _ in code))
        index = {op: i for i, op in enumerate(self.rows)}
        self.operations = np.array([index[op] for op, _ in code], dtype=np.int32)
        self.operands = np.full((len(code), max((len(slots) for _, slots in code), default=1)), -1, dtype=np.int32)
        for i, (_, slots) in enumerate(code):
            self.operands[i, : len(slots)] = slots
        self.results = np.array(results, dtype=np.int32)
        self._executors: dict[Any, Any] = {}

    def code(self) -> list[tuple[int, Primitive, list[int]]]:
        """The instructions in order: (the slot of the result, the row, the slots of the operands)."""
        first = self.inputs + len(self.constants)
        return [
            (first + i, self.rows[row], [slot for slot in slots if slot >= 0])
            for i, (row, slots) in enumerate(zip(self.operations.tolist(), self.operands.tolist(), strict=True))
        ]

    def run(self, inputs: Sequence[Any], engine: Engine = "auto") -> tuple[list[Any], list[list[Any]]]:
        """The outputs and their gradients at `inputs`, one float or array for each input, broadcast together.

        gradients[i][j] is ∂outputs[i]/∂inputs[j], for each sample by itself. Where all inputs are floats, so are the
        results. Arrays are worked through in chunks, so the memory needed beside inputs and results is bounded, by
        about 32 MB. engine: "numpy" is always there; "numba" is faster by far, and needs the extra `fast`; "auto" takes
        it where that pays.
        """
        results = list(self.evaluate(inputs, engine))
        for slope in results[self.outputs :]:
            slope += 0.0  # a gradient begins with 0.0, in an eager pass too, so it is never -0.0
        if results[0].ndim == 0:
            results = [float(result) for result in results]
        slopes, n = results[self.outputs :], self.inputs
        return results[: self.outputs], [slopes[i : i + n] for i in range(0, len(slopes), n)]

    def evaluate(self, inputs: Sequence[Any], engine: Engine = "auto") -> np.ndarray:
        """All results, shape (results, *shape of the inputs broadcast together)."""
        if len(inputs) != self.inputs:
            raise ValueError(f"the tape has {self.inputs} inputs, got {len(inputs)}: one float or array for each")
        arrays = [real_array(x) for x in inputs]
        shape = np.broadcast_shapes(*(array.shape for array in arrays))
        varying = tuple(array.ndim > 0 for array in arrays)
        columns = [np.broadcast_to(array, shape).reshape(-1) for array in arrays if array.ndim]
        samples = columns[0].size if columns else 1
        numbers = [float(array) for array in arrays if not array.ndim]
        executor = self.executor(engine, varying, samples * len(self.operations))
        results: np.ndarray = executor.run(numbers, columns, samples)
        return results.reshape(len(results), *shape)

    def executor(self, engine: Engine, varying: tuple[bool, ...], work: int = 0) -> Any:
        """What runs the tape where the inputs marked in `varying` have a number for each sample, the others one."""
        kind = executor_class(engine, self.rows, work)
        if (kind, varying) not in self._executors:
            self._executors[kind, varying] = kind(self, varying)
        return self._executors[kind, varying]

    def varies(self, varying: Sequence[bool]) -> list[bool]:
        """For each slot whether it has a number for each sample, where the inputs marked in `varying` have."""
        varies = [*varying, *[False] * len(self.constants)]
        for _, _, operands in self.code():
            varies.append(any(varies[operand] for operand in operands))
        return varies

    def names_of_slots(self) -> list[str]:
        """A name for each slot: its own, a constant's number, else t1, t2, ...; no two slots share one."""
        names: list[str] = []
        used, temporary = set(), (f"t{n}" for n in count(1))
        taken = set(self.names.values())
        for slot in range(self.inputs + len(self.constants) + len(self.operations)):
            name = self.names.get(slot, "")
            if 0 <= slot - self.inputs < len(self.constants):
                name = number(self.constants[slot - self.inputs], 17)
            elif not name or name in used:
                name = next(candidate for candidate in temporary if candidate not in taken)
            used.add(name)
            names.append(name)
        return names

    def listing(self) -> str:
        """The tape as text, one line for each instruction."""
        names = self.names_of_slots()
        lines = [f"inputs     {', '.join(names[: self.inputs])}"]
        for slot, op, operands in self.code():
            text, _ = op.notation.text.write([(names[operand], ATOM) for operand in operands])
            lines.append(f"  {names[slot]} = {plain(text)}")
        outputs = [names[slot] for slot in self.results[: self.outputs]]
        lines.append(f"outputs    {', '.join(outputs)}")
        slopes = [names[slot] for slot in self.results[self.outputs :]]
        if slopes:
            pairs = [f"∂{output}/∂{name}" for output in outputs for name in names[: self.inputs]]
            lines.append("gradients  " + ", ".join(f"{p} = {s}" for p, s in zip(pairs, slopes, strict=False)))
        return "\n".join(lines)

    def __str__(self) -> str:
        return printable(self.listing(), getattr(sys.stdout, "encoding", None))

    def __repr__(self) -> str:
        return f"<Tape of {len(self.operations)} instructions: {self.inputs} inputs, {len(self.results)} results>"

    def __getstate__(self) -> dict[str, Any]:
        return vars(self) | {"_executors": {}}


def real_array(numbers: Any) -> np.ndarray:
    """Numbers as an array of floats. TypeError for what are no real numbers: texts, complex numbers, Values."""
    array = np.asarray(numbers)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"expected a real number or an array of them, got {numbers!r}")
    return array.astype(float)
