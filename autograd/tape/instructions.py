"""`Instructions`: a list of instructions that grows, in slots that are numbered. No instruction stands there twice.

>>> from autograd.primitives import add, mul
>>> code = Instructions(inputs=2)
>>> square = code.add(mul, [1, 1])
>>> code.add(mul, [1, 1]) == square  # a common subexpression
True
>>> code.add(mul, [square, code.slot[1.0]]) == square  # x * 1.0 is x
True
>>> code.add(add, [code.slot[2.0], code.slot[3.0]]) == code.slot[5.0]  # constants are folded
True
>>> print(code.tape([code.add(add, [square, 2])], outputs=1, names={1: "x", 2: "y"}))
inputs     x, y
  t1 = x * x
  t2 = t1 + y
outputs    t2
"""

import math
from collections.abc import Sequence
from functools import cache
from typing import Any
from weakref import proxy

import numpy as np

from autograd.primitive import Primitive
from autograd.primitives import TABLE
from autograd.tape.tape import Tape

# The kind of a slot is the highest one of its operands: whether it is a number that is known now, whether it depends on
# the inputs, and whether on one whose gradient is wanted. A number that leaves the other operand of some row as it is,
# as in x * 1.0, is of a kind of its own.
NEUTRAL, CONSTANT, GIVEN, WANTED = range(4)
NEUTRALS = {number for row in TABLE.values() for number in row.neutral}


class Slots(dict[Any, int]):
    """The slots of numbers, each of which becomes a constant when it is asked for, and of what else is put in.

    0.0 and -0.0 are equal, and nan equals nothing: these three are kept by their text.
    """

    def __init__(self, code: "Instructions") -> None:
        super().__init__({None: 0})
        self.code = proxy(code)  # no cycle of references: the memory of all that is recorded is free at once

    def __missing__(self, number: float) -> int:
        if not isinstance(number, (float, int)):
            raise KeyError(number)  # a node that was not written
        key = number if number and number == number else repr(number)
        slot = self.get(key)
        if slot is None:
            code = self.code
            self[key] = slot = code.append(-1, 0, 0, NEUTRAL if number in NEUTRALS else CONSTANT)
            code.numbers[slot] = number
        return slot


class Instructions:
    """A slot is an input, from 1 on, or a constant, or the result of an instruction. Slot 0 stands for no operand.

    slot     of each number; a writer puts in the nodes that it has written
    rows     the operations in use, with their indices; ops: the same as a list

    Lists with an entry for each slot:

    kinds    NEUTRAL, CONSTANT, GIVEN or WANTED
    row      the index of its row, or -1; x and y: the slots of its operands
    first    the first instruction of which it is the newest operand, or 0

    Two equal instructions have the same newest operand, and most slots are that of one instruction only. So to know
    whether an instruction stands there already, most are compared with one other, and only the rest is looked up:

    known    the slots of instructions that are in no `first`, by row and operands
    more     the operands beyond the second, by slot
    numbers  the constants, by slot
    """

    def __init__(self, inputs: int) -> None:
        self.inputs = inputs
        self.slot = Slots(self)
        self.rows: dict[Primitive, int] = {}
        self.ops: list[Primitive] = []
        self.kinds = [CONSTANT, *[GIVEN] * inputs]
        self.row = [-1] * len(self.kinds)
        self.x, self.y, self.first = ([0] * len(self.kinds) for _ in range(3))
        self.known: dict[tuple[int, ...], int] = {}
        self.more: dict[int, Sequence[int]] = {}
        self.numbers: dict[int, float] = {}

    def index(self, op: Primitive) -> int:
        """The index of a row."""
        if op not in self.rows:
            self.rows[op] = len(self.ops)
            self.ops.append(op)
        return self.rows[op]

    def add(self, op: Primitive, operands: Sequence[int]) -> int:
        """The slot of a row on these operands: a new one, unless it stands there already or need not be written."""
        row = self.index(op)
        if len(operands) in (1, 2):
            return self.place(row, *operands)
        kind = max([self.kinds[operand] for operand in operands], default=CONSTANT)
        if kind <= CONSTANT:
            numbers = [self.numbers[operand] for operand in operands]
            return self.slot[op.evaluate(numbers, numbers)]
        slot = self.known.setdefault((row, *operands), len(self.kinds))
        if slot == len(self.kinds):
            self.append(row, operands[0], operands[1], kind)
            self.more[slot] = operands[2:]
        return slot

    def place(self, row: int, x: int, y: int = 0) -> int:
        """The same for the row of this index, on one operand or two: nearly all instructions are such."""
        new, kind, other = len(self.kinds), self.kinds[x], self.kinds[y]
        if kind < other:
            kind, other = other, kind
        if other == NEUTRAL or kind == CONSTANT:
            simpler = self.simpler(self.ops[row], x, y)
            if simpler:
                return simpler
        newest = x if x > y else y
        first = self.first[newest]
        if not first:
            self.first[newest] = new
        elif self.x[first] == x and self.y[first] == y and self.row[first] == row:
            return first
        else:
            slot = self.known.setdefault((row, x, y), new)
            if slot != new:
                return slot
        self.kinds.append(kind)  # as in `append`: for so many instructions a call would take as long again
        self.row.append(row)
        self.x.append(x)
        self.y.append(y)
        self.first.append(0)
        return new

    def append(self, row: int, x: int, y: int, kind: int) -> int:
        """A new slot."""
        self.kinds.append(kind)
        self.row.append(row)
        self.x.append(x)
        self.y.append(y)
        self.first.append(0)
        return len(self.kinds) - 1

    def simpler(self, op: Primitive, x: int, y: int) -> int:
        """The slot of a row on operands of which one is a constant at least, if it need not be written; else 0."""
        numbers = (self.numbers.get(x), self.numbers.get(y)) if y else (self.numbers.get(x),)
        if None not in numbers:
            return self.slot[op.evaluate(numbers, numbers)]  # type: ignore[arg-type]
        for position, neutral in exact_neutral(op):
            if numbers[position] == neutral and same_sign(numbers[position], neutral):
                return x if position else y
        return 0

    def tape(self, results: list[int], outputs: int, names: dict[int, str]) -> Tape:
        """The tape of what the results depend on: inputs, then constants, then instructions, in order."""
        inputs, count = self.inputs, len(self.kinds)
        operands = np.zeros((count, 2 + max(map(len, self.more.values()), default=0)), dtype=np.int32)
        row, operands[:, 0], operands[:, 1] = (np.array(slots, dtype=np.int32) for slots in (self.row, self.x, self.y))
        for slot, others in self.more.items():
            operands[slot, 2 : 2 + len(others)] = others
        needed = still_needed(operands, results)
        needed[: 1 + inputs] = False  # all inputs stand on a tape, needed or not
        is_constant = np.zeros(count, dtype=bool)
        is_constant[list(self.numbers)] = True
        constants, computed = np.flatnonzero(needed & is_constant), np.flatnonzero(needed & ~is_constant)
        order = np.concatenate([np.arange(1, 1 + inputs), constants, computed])
        place = np.full(count, -1, dtype=np.int32)
        place[order] = np.arange(len(order))
        row, operands = row[computed], operands[computed]
        used = np.flatnonzero(np.bincount(row, minlength=len(self.ops)))
        operations = np.zeros(len(self.ops), dtype=np.int32)  # by row, its place among those in use
        operations[used] = np.arange(len(used))
        most = max([1, *(1 + position for position, column in enumerate(operands.T) if column.any())])
        return Tape.from_arrays(
            inputs=inputs,
            constants=[self.numbers[slot] for slot in constants.tolist()],
            rows=[self.ops[row] for row in used.tolist()],
            operations=operations[row],
            operands=place[operands[:, :most]],
            results=place[results].tolist(),
            outputs=outputs,
            names={at: name for at, name in zip(place[list(names)].tolist(), names.values(), strict=True) if at >= 0},
        )


def still_needed(operands: np.ndarray, results: Sequence[int]) -> np.ndarray:
    """For each slot whether a result depends on it; `operands` has a line for each slot, with 0 for none."""
    users = np.bincount(operands.ravel(), minlength=len(operands))
    np.add.at(users, results, 1)
    users[0] += 1  # it is never dropped
    dead = np.flatnonzero((users == 0) & (operands[:, 0] > 0)).tolist()  # instructions
    while dead:
        for operand in operands[dead.pop()].tolist():
            users[operand] -= 1
            if users[operand] == 0:
                dead.append(operand)
    needed: np.ndarray = users > 0
    return needed


def same_sign(number: Any, neutral: float) -> bool:
    """Whether the signs are the same, of zeros too: x - 0.0 is x, but x - (-0.0) turns -0.0 into 0.0."""
    return math.copysign(1.0, number) == math.copysign(1.0, neutral)


@cache
def exact_neutral(op: Primitive) -> list[tuple[int, float]]:
    """The row's neutral operands, with their positions, less those that change a bit: -0.0 + 0.0 is 0.0."""

    def is_exact(position: int, neutral: float) -> bool:
        pair = [-0.0, -0.0]
        pair[position] = neutral
        return math.copysign(1.0, op.evaluate(pair, pair)) < 0.0

    return [(i, float(n)) for i, n in enumerate(op.neutral) if n is not None and is_exact(i, float(n))]
