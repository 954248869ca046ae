"""`record`: from a graph of Values to a Tape, a flat list of instructions that can be run again on other numbers.

The gradients are graphs too (`create_graph=True`), so values and gradients are recorded together and share their common
parts. The list is made shorter on the way. None of these steps changes a single bit of a result:

- an instruction that stands there already is not written again (common subexpressions);
- an instruction on constants only is computed now (constant folding), and `x * 1.0` is x;
- an operation of the user's own is written as the rows that it is made of, where it is a formula;
- a sum of many is written as the additions that eager makes, from left to right;
- an instruction that no result depends on is dropped (dead code).

>>> from autograd import Value
>>> x, y, z = Value(-2, "x"), Value(5, "y"), Value(-4, "z")
>>> print(record((x + y) * z, [x, y, z]))
inputs     x, y, z
  t1 = x + y
  t2 = t1 * z
outputs    t2
gradients  ∂t2/∂x = z, ∂t2/∂y = z, ∂t2/∂z = t1
"""

import gc
import math
import struct
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from autograd.backward import gradients, hooks
from autograd.ieee import silent
from autograd.modes import graph_kept
from autograd.naming import clean
from autograd.order import describe, topological_order
from autograd.primitive import Primitive
from autograd.primitives import sum as total
from autograd.tape.guards import NotRecordable
from autograd.tape.tape import Tape
from autograd.tree import Tree, fold, forward_tree, is_known, operand_names
from autograd.value import Value
from autograd.waiting import told_if_slow


@told_if_slow("a large graph is recorded as a tape, which takes about 10 s for a million nodes")
def record(outputs: Value | Iterable[Value], inputs: Value | Iterable[Value]) -> Tape:
    """The tape that computes `outputs` and their gradients from `inputs`, leaves of their graph.

    Every other leaf is a constant: it keeps the number that it has now. What the program decided by looking at numbers
    is decided for good; `compile` guards such decisions.
    """
    wanted, leaves = as_values("outputs", outputs), as_values("inputs", inputs)
    with graph_kept(), without_collector():
        slopes = [gradients(output, leaves, create_graph=True) for output in wanted]
        return write_tape(wanted, slopes, leaves)


def write_tape(outputs: Sequence[Value], slopes: Sequence[Sequence[Value]], inputs: Sequence[Value]) -> Tape:
    """The tape that computes `outputs` and `slopes`, the gradients of each one, from `inputs`."""
    for leaf in inputs:
        if leaf.op is not None:
            raise ValueError(f"an input of a tape is a leaf, made by Value(...), got the result of {leaf.op.name}")
    if len(set(inputs)) != len(inputs):
        raise ValueError("each input of a tape is given once; one of these leaves is given twice")
    writer = Writer(inputs)
    results = [*outputs, *(slope for row in slopes for slope in row)]
    with silent(), without_collector():
        for node in topological_order(total(results))[:-1]:
            if hooks and node in hooks:
                raise NotRecordable(f"a hook of on_backward sees the gradient of {describe(node)}: remove the hook")
            writer.write(node)
    places = [writer.slot[result] for result in results]
    writer.slot = {}  # the nodes are not needed any more
    return writer.finish(places, len(outputs))


class Writer:
    """Writes nodes down as instructions. A slot is an input, a constant, or the result of an instruction."""

    def __init__(self, inputs: Sequence[Value]) -> None:
        self.slot: dict[Value, int] = {leaf: i for i, leaf in enumerate(inputs)}
        self.inputs = len(inputs)
        self.names = {i: clean(leaf.name) for i, leaf in enumerate(inputs) if leaf.name}
        # For each slot after the inputs: an operation with its operands' slots, or None for a constant.
        self.written: list[tuple[Any, ...] | None] = []
        self.numbers: dict[int, float] = {}  # the constants, by their slots
        self.known: dict[Any, int] = {}  # the slot of what was written already

    def write(self, node: Value) -> None:
        """Give the node a slot; its operands have theirs."""
        if node in self.slot:
            return
        op = node.op
        if op is None:
            self.slot[node] = self.constant(node._data)
            return
        slot = self.slot
        operands = tuple([self.constant(o) if o.__class__ is float else slot[o] for o in node.operands])
        slot[node] = self.instruction(op, operands)
        if node.name:
            self.names.setdefault(slot[node], clean(node.name))

    def instruction(self, op: Primitive, operands: tuple[int, ...]) -> int:
        """The slot of `op` on these operands."""
        if op.fold is not None and operands:
            result = operands[0]
            for operand in operands[1:]:
                result = self.instruction(op.fold, (result, operand))
            return result
        key = (op, *operands)
        slot = self.known.get(key)
        if slot is not None:
            return slot
        if not is_known(op) and (formula := made_of(op, len(operands))) is not None:
            places = dict(zip(operand_names(len(operands)), operands, strict=True))
            slot = self.known[key] = self.formula(formula, places)
            return slot
        constants = self.numbers
        if not operands or not constants.keys().isdisjoint(operands):
            numbers = [constants.get(operand) for operand in operands]
            if None not in numbers:
                return self.constant(op.evaluate(numbers, numbers))  # type: ignore[arg-type]
            for position, neutral in enumerate(exact_neutral(op)):
                if neutral is not None and same_bits(numbers[position], neutral):
                    return operands[1 - position]
        slot = self.known[key] = self.inputs + len(self.written)
        self.written.append(key)
        return slot

    def formula(self, tree: Any, places: dict[str, int]) -> int:
        """The slot of a formula whose places have these slots."""
        return fold(
            tree,
            lambda leaf: places[leaf.name] if isinstance(leaf, Tree) else self.constant(leaf),
            lambda op, slots: self.instruction(op, tuple(slots)),
        )

    def constant(self, number: float) -> int:
        """The slot of a number; 0.0 and -0.0 are two, and nan is one."""
        key = struct.pack("d", number)
        slot = self.known.get(key)
        if slot is None:
            slot = self.known[key] = self.inputs + len(self.written)
            self.numbers[slot] = number
            self.written.append(None)
        return slot

    def finish(self, results: list[int], outputs: int) -> Tape:
        """The tape of what the results depend on: inputs, then constants, then instructions, in order."""
        first, count = self.inputs, self.inputs + len(self.written)
        needed = bytearray(count)
        for slot in results:
            needed[slot] = True
        for slot in range(count - 1, first - 1, -1):
            content = self.written[slot - first]
            if content is not None and needed[slot]:
                for operand in content[1:]:
                    needed[operand] = True
        constants = [slot for slot in self.numbers if needed[slot]]
        computed = [slot for slot in range(first, count) if needed[slot] and self.written[slot - first] is not None]
        place = list(range(count))
        for i, slot in enumerate([*constants, *computed]):
            place[slot] = first + i
        contents: list[Any] = [self.written[slot - first] for slot in computed]
        return Tape(
            inputs=first,
            constants=[self.numbers[slot] for slot in constants],
            code=[(content[0], tuple([place[operand] for operand in content[1:]])) for content in contents],
            results=[place[slot] for slot in results],
            outputs=outputs,
            names={place[slot]: name for slot, name in self.names.items() if slot < first or needed[slot]},
        )


@contextmanager
def without_collector() -> Iterator[None]:
    """Within it Python's collector of cycles rests: a graph has none, and to search millions of nodes takes long."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def same_bits(number: float | None, neutral: float) -> bool:
    """Whether a constant is this number, with its sign: x - 0.0 is x, but x - (-0.0) turns -0.0 into 0.0."""
    return number == neutral and math.copysign(1.0, number) == math.copysign(1.0, neutral)


@cache
def made_of(op: Primitive, count: int) -> Any:
    """The formula, in rows of the table, of a row of the user's own; None if its function is no formula."""
    return forward_tree(op, count)


@cache
def exact_neutral(op: Primitive) -> tuple[float | None, ...]:
    """The row's neutral operands, less those that change a bit: x + 0.0 turns -0.0 into 0.0, x - 0.0 does not."""

    def is_exact(position: int, neutral: float) -> bool:
        pair = [-0.0, -0.0]
        pair[position] = neutral
        return math.copysign(1.0, op.evaluate(pair, pair)) < 0.0

    return tuple(n if n is not None and is_exact(i, float(n)) else None for i, n in enumerate(op.neutral))


def as_values(what: str, values: Value | Iterable[Value]) -> list[Value]:
    """One Value or several, as a list. TypeError for anything else."""
    given = [values] if isinstance(values, Value) else list(values)
    for value in given:
        if not isinstance(value, Value):
            raise TypeError(f"{what} are Values, got {value!r} of type {type(value).__name__}")
    if not given:
        raise ValueError(f"expected one or more {what}, got none")
    return given
