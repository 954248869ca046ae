"""`Writer`: LLVM's builder with the few words in which kernels and loops are written: fields, loads, stores, loops.

All code shares one table, the context, whose fields are numbers and addresses. Python fills it in, and calls.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from llvmlite import ir

from autograd.tape.machine.symbols import DOUBLE, INT

# What the code reads from the context, and what the loops of training keep there.
FIELDS = (
    "memory", "index", "columns", "order", "fresh", "out", "totals", "slopes", "rates", "losses",
    "samples", "epochs", "batch", "begin", "lanes", "drawn", "gradients",
    "epoch", "start", "active", "rounded", "size",
    "kernels", "once", "once_runs", "once_count", "each", "each_runs", "each_count",
    "after", "after_runs", "after_count",
)  # fmt: skip
VOID = ir.VoidType()
PLACES = INT.as_pointer()


class Carried:
    """The counter of a loop, and the values that each round hands on to the next one."""

    def __init__(self, counter: Any, values: list[Any]) -> None:
        self.counter, self.values = counter, values


class Writer:
    """Writes one function, at the end of what is written already; vectors have `width` lanes."""

    def __init__(self, function: ir.Function, width: int) -> None:
        self.function, self.width = function, width
        self.builder = ir.IRBuilder(function.append_basic_block())
        self.context = function.args[0]

    @property
    def vector(self) -> ir.VectorType:
        return ir.VectorType(DOUBLE, self.width)

    def field(self, name: str) -> ir.Value:
        """A number of the context."""
        return self.builder.load(self.builder.gep(self.context, [INT(FIELDS.index(name))]))

    def set_field(self, name: str, number: ir.Value) -> None:
        self.builder.store(number, self.builder.gep(self.context, [INT(FIELDS.index(name))]))

    def array(self, name: str, kind: ir.Type = DOUBLE) -> ir.Value:
        """An array whose address stands in the context."""
        return self.builder.inttoptr(self.field(name), kind.as_pointer())

    def load(self, array: ir.Value, place: ir.Value) -> ir.Value:
        return self.builder.load(self.builder.gep(array, [place]))

    def load_vector(self, array: ir.Value, place: ir.Value, width: int = 0) -> ir.Value:
        vector = ir.VectorType(DOUBLE, width or self.width)
        return self.builder.load(self.builder.bitcast(self.builder.gep(array, [place]), vector.as_pointer()), align=8)

    def store(self, array: ir.Value, place: ir.Value, value: ir.Value) -> None:
        """A number, or a vector side by side."""
        at = self.builder.bitcast(self.builder.gep(array, [place]), value.type.as_pointer())
        self.builder.store(value, at, align=8)

    def splat(self, number: ir.Value, width: int = 0) -> ir.Value:
        """One number in all lanes."""
        vector = ir.VectorType(number.type, width or self.width)
        one = self.builder.insert_element(ir.Constant(vector, ir.Undefined), number, ir.IntType(32)(0))
        return self.shuffle(one, one, [0] * vector.count)

    def only_active(self, number: ir.Value, active: ir.Value, lane: ir.Value) -> ir.Value:
        """A vector that begins with this lane, with 0 in lanes that hold no sample."""
        lanes = ir.Constant(ir.VectorType(INT, self.width), list(range(self.width)))
        there = self.builder.icmp_signed("<", lanes, self.splat(self.builder.sub(active, lane)))
        return self.builder.select(there, number, ir.Constant(self.vector, [0.0] * self.width))

    def sum_of_lanes(self, vector: ir.Value) -> ir.Value:
        """The sum of all lanes, of pairs first."""
        parts = [self.builder.extract_element(vector, ir.IntType(32)(lane)) for lane in range(self.width)]
        while len(parts) > 1:
            parts = [self.builder.fadd(x, y) for x, y in zip(parts[::2], parts[1::2], strict=True)]
        return parts[0]

    def shuffle(self, x: ir.Value, y: ir.Value, lanes: Sequence[int]) -> ir.Value:
        """These lanes of x, and of y behind it."""
        return self.builder.shuffle_vector(x, y, ir.Constant(ir.VectorType(ir.IntType(32), len(lanes)), list(lanes)))

    def add_lanes(self, array: ir.Value, place: ir.Value, vectors: Sequence[ir.Value]) -> None:
        """Add to four numbers side by side the sums of the lanes of four vectors: of pairs, then pairs of those."""
        a, b, c, d = map(self.in_four, vectors)
        first, second = (self.added(x, y, (0, 4, 2, 6), (1, 5, 3, 7)) for x, y in ((a, b), (c, d)))
        sums = self.added(first, second, (0, 1, 4, 5), (2, 3, 6, 7))
        self.store(array, place, self.builder.fadd(self.load_vector(array, place, 4), sums))

    def in_four(self, vector: ir.Value) -> ir.Value:
        """A vector of four lanes with the same sum."""
        while (half := vector.type.count // 2) >= 4:
            vector = self.added(vector, vector, range(half), range(half, 2 * half))
        return vector

    def added(self, x: ir.Value, y: ir.Value, lanes: Sequence[int], others: Sequence[int]) -> ir.Value:
        return self.builder.fadd(self.shuffle(x, y, lanes), self.shuffle(x, y, others))

    def plus(self, *numbers: ir.Value) -> ir.Value:
        """The sum of integers."""
        first, *others = numbers
        for number in others:
            first = self.builder.add(first, number)
        return first

    def least(self, x: ir.Value, y: ir.Value) -> ir.Value:
        """The smaller one of two integers."""
        return self.builder.select(self.builder.icmp_signed("<", x, y), x, y)

    @contextmanager
    def loop(
        self, start: ir.Value, stop: ir.Value, step: int | ir.Value, carried: Sequence[Any] = ()
    ) -> Iterator[Carried]:
        """for counter in range(start, stop, step): the body sets `values` to what the next round, or the end, gets."""
        builder, step = self.builder, INT(step) if isinstance(step, int) else step
        before, head, body, end = builder.block, *(self.function.append_basic_block() for _ in range(3))
        builder.branch(head)
        builder.position_at_end(head)
        counter, values = builder.phi(INT), [builder.phi(value.type) for value in carried]
        builder.cbranch(builder.icmp_signed("<", counter, stop), body, end)
        builder.position_at_end(body)
        state = Carried(counter, list(values))
        yield state
        following = builder.add(counter, step)
        for phi, first, then in zip([counter, *values], [start, *carried], [following, *state.values], strict=True):
            phi.add_incoming(first, before)
            phi.add_incoming(then, builder.block)
        builder.branch(head)
        builder.position_at_end(end)
        state.values = values


def internal(module: ir.Module, name: str, width: int, *others: ir.Type) -> Writer:
    """Of a function of the module's own: its operands are the context, and others of these types."""
    function = ir.Function(module, ir.FunctionType(VOID, [PLACES, *others]), name)
    function.linkage = "internal"
    return Writer(function, width)


def context(**fields: Any) -> np.ndarray:
    """The table of fields: numbers, and of arrays their addresses; the arrays must live as long as it is used."""
    table = np.zeros(len(FIELDS), dtype=np.int64)
    fill(table, **fields)
    return table


def fill(table: np.ndarray, **fields: Any) -> None:
    for name, content in fields.items():
        table[FIELDS.index(name)] = content.ctypes.data if isinstance(content, np.ndarray) else content
