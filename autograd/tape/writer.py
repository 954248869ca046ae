"""`Writer`: writes a graph of Values down as instructions, in slots that are numbered.

The list is made shorter on the way. None of these steps changes a single bit of a result:

- an instruction that stands there already is not written again (common subexpressions);
- an instruction on constants only is computed now (constant folding), and `x * 1.0` is x;
- an operation of the user's own is written as the rows that it is made of, where it is a formula;
- a sum of many is written as the additions that eager makes, from left to right;
- an instruction that no result depends on is dropped (dead code).

>>> from autograd.order import topological_order
>>> x = Value(3.0, "x")
>>> f = (x * x + 0.0 * 5.0) * (x * x)
>>> writer = Writer([x])
>>> writer.write(topological_order(f))
>>> print(writer.finish([writer.slot[f]], outputs=1))
inputs     x
  t1 = x * x
  t2 = t1 + 0
  t3 = t2 * t1
outputs    t3
"""

import math
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import chain
from typing import Any

import numpy as np

from autograd.naming import clean
from autograd.primitive import Primitive
from autograd.tape.state import State
from autograd.tape.tape import Tape
from autograd.tree import Tree, fold, forward_tree, is_known, operand_names
from autograd.value import Value

# The kind of a slot is the highest one of its operands: whether it is a number that is known now, whether it depends on
# the inputs, and whether on one whose gradient is wanted.
CONSTANT, GIVEN, WANTED = range(3)


class Writer:
    """Writes nodes down as instructions. A slot is an input, a constant, or the result of an instruction.

    slot     of each node that is written
    kinds    of each slot: CONSTANT, GIVEN or WANTED
    rows     the operations in use, with their indices
    written  for each slot after the inputs: the index of a row with its operands' slots; () for a constant
    numbers  the constants, by their slots
    """

    def __init__(self, inputs: Sequence[Value], wanted: Iterable[Value] = ()) -> None:
        self.slot: dict[Value, int] = {leaf: i for i, leaf in enumerate(inputs)}
        self.inputs = len(inputs)
        self.names = {i: clean(leaf.name) for i, leaf in enumerate(inputs) if leaf.name}
        self.kinds = bytearray([GIVEN] * len(inputs))
        for leaf in wanted:
            self.kinds[self.slot[leaf]] = WANTED
        self.rows: dict[Primitive, int] = {}
        self.own: set[Primitive] = set()  # those of them that are not rows of the table
        self.formulas: dict[Any, Any] = {}  # of these, by row and number of operands
        self.written: list[tuple[int, ...]] = []
        self.numbers: dict[int, float] = {}
        self.known: dict[Any, int] = {}  # the slot of what was written already

    def write(self, nodes: Iterable[Value]) -> None:
        """Give each node a slot. They stand in topological order: their operands come before them."""
        slot, row_of, constant, shared = self.slot, self.rows.get, self.constant, self.shared
        for node in nodes:
            if node in slot:
                continue
            op = node.op
            if op is None:
                slot[node] = constant(node._data)
                continue
            if op.places == 2:  # unrolled: most nodes have two
                x, y = node._x, node._y
                x = constant(x) if x.__class__ is float else slot[x]
                y = constant(y) if y.__class__ is float else slot[y]
                row = row_of(op)
                slot[node] = shared(op, (self.row(op) if row is None else row, x, y))
            else:
                operands = [constant(o) if o.__class__ is float else slot[o] for o in node.operands]
                slot[node] = self.instruction(op, tuple(operands))
            if node.name:
                self.names.setdefault(slot[node], clean(node.name))

    def instruction(self, op: Primitive, operands: tuple[int, ...]) -> int:
        """The slot of `op` on these operands."""
        if op.fold is not None and operands:
            result = operands[0]
            for operand in operands[1:]:
                result = self.instruction(op.fold, (result, operand))
            return result
        return self.shared(op, (self.row(op), *operands))

    def row(self, op: Primitive) -> int:
        """The index of a row."""
        if op not in self.rows and not is_known(op):
            self.own.add(op)
        return self.rows.setdefault(op, len(self.rows))

    def shared(self, op: Primitive, written: tuple[int, ...]) -> int:
        """The slot of an instruction, as it is written: the index of the row `op`, and the operands' slots."""
        kinds = self.kinds
        slot = self.known.setdefault(written, new := len(kinds))
        if slot != new:
            return slot
        if self.own and op in self.own and (formula := self.made_of(op, len(written) - 1)) is not None:
            places = dict(zip(operand_names(len(written) - 1), written[1:], strict=True))
            slot = self.known[written] = self.formula(formula, places)
            return slot
        if op.places == 2:  # unrolled: most rows take two operands
            _, x, y = written
            x, y = kinds[x], kinds[y]
            kind, some_known = (x if x > y else y), not (x and y)
        else:
            found = [kinds[operand] for operand in written[1:]]
            kind, some_known = max(found, default=CONSTANT), CONSTANT in found or not found
        if some_known and (simpler := self.simplified(op, written[1:])) is not None:
            self.known[written] = simpler
            return simpler
        kinds.append(kind)
        self.written.append(written)
        return new

    def made_of(self, op: Primitive, count: int) -> Any:
        """The formula, in rows of the table, of a row of the user's own; None if its function is no formula."""
        if (op, count) not in self.formulas:
            self.formulas[op, count] = formula_of(op, count)
        return self.formulas[op, count]

    def simplified(self, op: Primitive, operands: tuple[int, ...]) -> int | None:
        """The slot of an instruction that need not be written, for it has constants among its operands; else None."""
        numbers = [self.numbers.get(operand) for operand in operands]
        if None not in numbers:
            return self.constant(op.evaluate(numbers, numbers))  # type: ignore[arg-type]
        for position, neutral in exact_neutral(op):
            if numbers[position] == neutral and same_sign(numbers[position], neutral):
                return operands[1 - position]
        return None

    def formula(self, tree: Any, places: dict[str, int]) -> int:
        """The slot of a formula whose places have these slots."""
        return fold(
            tree,
            lambda leaf: places[leaf.name] if isinstance(leaf, Tree) else self.constant(leaf),
            lambda op, slots: self.instruction(op, tuple(slots)),
        )

    def constant(self, number: float) -> int:
        """The slot of a number; 0.0 and -0.0 are two, and nan is one."""
        key = number if number and number == number else repr(number)
        slot = self.known.get(key)
        if slot is None:
            slot = self.known[key] = len(self.kinds)
            self.kinds.append(CONSTANT)
            self.numbers[slot] = number
            self.written.append(())
        return slot

    def finish(self, results: list[int], outputs: int) -> Tape:
        """The tape of what the results depend on: inputs, then constants, then instructions, in order."""
        first, count = self.inputs, len(self.kinds)
        lengths = np.fromiter(map(len, self.written), dtype=np.int32, count=len(self.written))
        flat = np.fromiter(chain.from_iterable(self.written), dtype=np.int32, count=int(lengths.sum()))
        most = max(1, int(lengths.max(initial=0)) - 1)
        # A table with a line for each slot after the inputs: its row, then the slots of its operands, -1 for none.
        table = np.full((len(lengths), 1 + most), -1, dtype=np.int32)
        table[np.arange(1 + most) < lengths[:, None]] = flat
        needed = still_needed(table[:, 1:], results, first, count)
        is_constant = np.zeros(count, dtype=bool)
        is_constant[list(self.numbers)] = True
        constants = np.flatnonzero(is_constant & needed)
        computed = np.flatnonzero(needed & ~is_constant)
        computed = computed[computed >= first]
        place = np.full(count + 1, -1, dtype=np.int32)  # the last entry stands for no operand
        place[:first] = np.arange(first)
        place[constants] = first + np.arange(len(constants))
        place[computed] = first + len(constants) + np.arange(len(computed))
        rows, table = list(self.rows), table[computed - first]
        used = np.flatnonzero(np.bincount(table[:, 0], minlength=len(rows)))
        operations = np.zeros(len(rows), dtype=np.int32)  # by row, its place among those in use
        operations[used] = np.arange(len(used))
        most = max([1, *(position for position in range(1, 1 + most) if (table[:, position] >= 0).any())])
        return Tape.from_arrays(
            inputs=first,
            constants=[self.numbers[slot] for slot in constants.tolist()],
            rows=[rows[row] for row in used.tolist()],
            operations=operations[table[:, 0]],
            operands=place[table[:, 1 : 1 + most]],
            results=place[results].tolist(),
            outputs=outputs,
            names={int(place[slot]): name for slot, name in self.names.items() if place[slot] >= 0},
        )


def still_needed(operands: np.ndarray, results: Sequence[int], first: int, count: int) -> np.ndarray:
    """For each slot whether a result depends on it; `operands` has a line for each slot from `first` on."""
    users = np.bincount(operands[operands >= 0], minlength=count)
    users[:first] += 1  # an input stays
    np.add.at(users, results, 1)
    dead = np.flatnonzero(users == 0).tolist()
    while dead:
        for operand in operands[dead.pop() - first].tolist():
            if operand >= 0:
                users[operand] -= 1
                if users[operand] == 0:
                    dead.append(operand)
    needed: np.ndarray = users > 0
    return needed


def same_sign(number: Any, neutral: float) -> bool:
    """Whether the signs are the same, of zeros too: x - 0.0 is x, but x - (-0.0) turns -0.0 into 0.0."""
    return math.copysign(1.0, number) == math.copysign(1.0, neutral)


FORMULAS: dict[tuple[Primitive, int], tuple[State, Any]] = {}  # with the state that the function read for them


def formula_of(op: Primitive, count: int) -> Any:
    """The formula of a row of the user's own, made anew if something has changed that its function can read."""
    known = FORMULAS.get((op, count))
    if known is None or known[0].fault or known[0].change():
        FORMULAS[op, count] = State({op.name: op}), forward_tree(op, count)
    return FORMULAS[op, count][1]


@cache
def exact_neutral(op: Primitive) -> list[tuple[int, float]]:
    """The row's neutral operands, with their positions, less those that change a bit: -0.0 + 0.0 is 0.0."""

    def is_exact(position: int, neutral: float) -> bool:
        pair = [-0.0, -0.0]
        pair[position] = neutral
        return math.copysign(1.0, op.evaluate(pair, pair)) < 0.0

    return [(i, float(n)) for i, n in enumerate(op.neutral) if n is not None and is_exact(i, float(n))]
