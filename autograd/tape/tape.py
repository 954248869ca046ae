"""`Tape`: a recorded graph as flat arrays. An instruction is an operation and the slots of its operands.

Slots are numbered: first the inputs, then the constants, then one for the result of each instruction. A tape knows
nothing of how it is run. An engine runs it, on one float for each input or on arrays of floats:

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
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any, ClassVar

import numpy as np

from autograd.notation import ATOM, for_output, number, plain
from autograd.primitive import Primitive

LONG = 200  # instructions beyond which print shows the first and the last ones only
KEPT = 10_000  # instructions up to which `code` keeps its list: 2 MB

Code = list[tuple[int, Primitive, list[int]]]


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

    # Defined in engines.py: run(inputs, engine="auto") gives outputs and gradients, evaluate(inputs, engine="auto") all
    # results as one array.
    run: ClassVar[Callable[..., tuple[list[Any], list[list[Any]]]]]
    evaluate: ClassVar[Callable[..., np.ndarray]]

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
        most = max((len(slots) for _, slots in code), default=1)
        none = [(-1,) * count for count in range(most + 1)]
        padded = [(*slots, *none[most - len(slots)]) for _, slots in code]
        self.operands = np.array(padded, dtype=np.int32).reshape(len(code), most)
        self.results = np.array(results, dtype=np.int32)
        self.executors: dict[Any, Any] = {}  # made by engines.py, kept for the next run
        self.listed: Code | None = None  # what `code` gives

    @classmethod
    def from_arrays(cls, rows: list[Primitive], operations: np.ndarray, operands: np.ndarray, **others: Any) -> "Tape":
        """A tape of instructions that are arrays already; the other arguments are those of Tape."""
        tape = cls(code=[], **others)
        tape.rows, tape.operations, tape.operands = rows, operations, np.ascontiguousarray(operands)
        return tape

    def code(self) -> Code:
        """The instructions in order: (the slot of the result, the row, the slots of the operands).

        A list that is not to be changed: that of a short tape is made once, for all who prepare to run it.
        """
        if self.listed is not None:
            return self.listed
        first, most = self.inputs + len(self.constants), self.operands.shape[1]
        counts = (self.operands >= 0).sum(axis=1).tolist()
        columns = zip(self.operations.tolist(), self.operands.tolist(), counts, strict=True)
        code = [
            (first + i, self.rows[row], slots if count == most else slots[:count])
            for i, (row, slots, count) in enumerate(columns)
        ]
        if len(code) <= KEPT:
            self.listed = code
        return code

    def varies(self, varying: Sequence[bool]) -> list[bool]:
        """For each slot whether it has a number for each sample, where the inputs marked in `varying` have."""
        varies = [*varying, *[False] * len(self.constants)]
        if not any(varies):
            return varies + [False] * len(self.operations)
        for _, _, operands in self.code():
            varies.append(any(map(varies.__getitem__, operands)))
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

    def listing(self, most: int = sys.maxsize) -> str:
        """The tape as text, one line for each instruction. Of more than `most` things the first and last ones."""
        names = self.names_of_slots()

        def instruction(slot: int, op: Primitive, operands: list[int]) -> str:
            text, _ = op.notation.text.write([(names[operand], ATOM) for operand in operands])
            return f"{names[slot]} = {plain(text)}"

        outputs = [names[slot] for slot in self.results[: self.outputs]]
        lines = [f"inputs     {', '.join(some(names[: self.inputs], most))}"]
        lines += [f"  {each if isinstance(each, str) else instruction(*each)}" for each in some(self.code(), most)]
        lines.append(f"outputs    {', '.join(some(outputs, most))}")
        slopes = [names[slot] for slot in self.results[self.outputs :]]
        if slopes:
            pairs = [f"∂{output}/∂{name}" for output in outputs for name in names[: self.inputs]]
            gradients = [f"{pair} = {slope}" for pair, slope in zip(pairs, slopes, strict=False)]
            lines.append(f"gradients  {', '.join(some(gradients, most))}")
        return "\n".join(lines)

    def __str__(self) -> str:
        return for_output(self.listing(LONG))

    def __repr__(self) -> str:
        return f"<Tape of {len(self.operations)} instructions: {self.inputs} inputs, {len(self.results)} results>"

    def __getstate__(self) -> dict[str, Any]:
        return vars(self) | {"executors": {}, "listed": None}


def some(things: Sequence[Any], most: int) -> list[Any]:
    """All of `most` things; of more the first and last ones, and between them a text that says how to see all."""
    if len(things) <= most:
        return [*things]
    half = most // 2
    return [*things[:half], f"… {len(things) - 2 * half} are left out: tape.listing() has all", *things[-half:]]


def real_array(numbers: Any) -> np.ndarray:
    """Numbers as an array of floats. TypeError for what are no real numbers: texts, complex numbers, Values."""
    array = np.asarray(numbers)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"expected a real number or an array of them, got {numbers!r}")
    return array.astype(float, copy=False)
