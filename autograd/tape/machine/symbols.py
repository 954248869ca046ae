"""Symbols: a row's function on arrays is run on them, and NumPy's own protocols turn it into machine code.

A symbol stands for a vector of numbers in a register. NumPy hands every call with a symbol among its operands to the
symbol's class, which looks the function up in OPERATIONS and writes LLVM's instructions for it. So a row of the table
is its own compiler:

>>> from autograd.primitives import relu
>>> print(traced_function(ir.Module(), relu, ir.VectorType(DOUBLE, 2)))  # doctest: +NORMALIZE_WHITESPACE
define internal <2 x double> @"row.relu.0"(<2 x double> %".1")
{
.3:
  %".4" = fcmp ole <2 x double> %".1", <double 0x0, double 0x0>
  %".5" = select  <2 x i1> %".4", <2 x double> <double 0x0, double 0x0>, <2 x double> %".1"
  ret <2 x double> %".5"
}

A row without a function on arrays is traced through `forward`, where functions of the math module are taken from
OPERATIONS too, or from the C library by their names. What looks at a number, as `if x > 0`, cannot be traced.
"""

import math
from collections.abc import Callable, Sequence
from types import FunctionType, SimpleNamespace
from typing import Any

import numpy as np
from llvmlite import ir
from numpy.lib.mixins import NDArrayOperatorsMixin

from autograd.primitive import Primitive
from autograd.scalars import LOG_2, array_twin
from autograd.tape.machine import functions
from autograd.tape.state import State

DOUBLE, INT, BIT = ir.DoubleType(), ir.IntType(64), ir.IntType(1)
TYPES = {np.float64: DOUBLE, np.int64: INT}


class Symbol(NDArrayOperatorsMixin):
    """A vector in a register: doubles, integers of 64 bits, or truth values."""

    def __init__(self, builder: ir.IRBuilder, value: ir.Value) -> None:
        self.builder, self.value = builder, value

    @property
    def kind(self) -> ir.Type:
        """The type of one lane."""
        return self.value.type.element

    def like(self, value: ir.Value) -> "Symbol":
        return Symbol(self.builder, value)

    def view(self, dtype: Any) -> "Symbol":
        """The same bits as numbers of another type."""
        return self.like(self.builder.bitcast(self.value, ir.VectorType(TYPES[dtype], self.value.type.count)))

    def constant(self, number: Any, kind: ir.Type) -> "Symbol":
        """A number in all lanes."""
        vector = ir.VectorType(kind, self.value.type.count)
        return self.like(ir.Constant(vector, [float(number) if kind is DOUBLE else int(number)] * vector.count))

    def __array_ufunc__(self, ufunc: Any, method: str, *operands: Any, **options: Any) -> Any:
        if method != "__call__" or options or ufunc not in OPERATIONS:
            return NotImplemented
        return OPERATIONS[ufunc](*self.together(operands))

    def __array_function__(self, function: Any, types: Any, operands: Any, options: Any) -> Any:
        if function is not np.where or options:
            return NotImplemented
        condition, *branches = operands
        x, y = self.together(branches)
        return self.like(self.builder.select(condition.value, x.value, y.value))

    def together(self, operands: Any) -> list["Symbol"]:
        """Operands as symbols of one type: numbers become constants, and truth values beside numbers 1.0 and 0.0."""
        kinds = [o.kind if isinstance(o, Symbol) else BIT if isinstance(o, bool) else None for o in operands]
        kind = INT if INT in kinds else DOUBLE if DOUBLE in kinds or None in kinds else BIT
        return [o.as_kind(kind) if isinstance(o, Symbol) else self.constant(o, kind) for o in operands]

    def as_kind(self, kind: ir.Type) -> "Symbol":
        """Truth values as numbers, 1.0 and 0.0; all else as it is."""
        if self.kind == kind:
            return self
        one, zero = self.constant(1.0, kind), self.constant(0.0, kind)
        return self.like(self.builder.select(self.value, one.value, zero.value))

    def __bool__(self) -> bool:
        raise TypeError("a symbol has no number yet: write np.where in place of `if`")

    def __float__(self) -> float:
        raise TypeError("a symbol has no number yet")


def instruction(of_numbers: str, of_others: str = "") -> Callable[..., Symbol]:
    """The operation that is one instruction: its names in llvmlite, for doubles and for integers or truth values."""

    def emit(*operands: Symbol) -> Symbol:
        name = of_numbers if operands[0].kind == DOUBLE else of_others
        write = getattr(operands[0].builder, name)
        return operands[0].like(write(*(operand.value for operand in operands)))

    return emit


def comparison(sign: str) -> Callable[..., Symbol]:
    """Truth values; of nan only != is true."""

    def emit(x: Symbol, y: Symbol) -> Symbol:
        builder = x.builder
        compare = builder.icmp_signed if x.kind == INT else builder.fcmp_ordered
        return x.like((builder.fcmp_unordered if sign == "!=" else compare)(sign, x.value, y.value))

    return emit


def declared(builder: ir.IRBuilder, name: str, kind: ir.Type, count: int) -> ir.Function:
    """A function of the C library, or of LLVM, on `count` numbers of one type."""
    known = builder.module.globals.get(name)
    return known or ir.Function(builder.module, ir.FunctionType(kind, [kind] * count), name)


def intrinsic(name: str) -> Callable[..., Symbol]:
    """A function that is an instruction of the processor, or a few."""

    def emit(*operands: Symbol) -> Symbol:
        vector = operands[0].value.type
        function = declared(operands[0].builder, f"llvm.{name}.v{vector.count}f64", vector, len(operands))
        return operands[0].like(operands[0].builder.call(function, [operand.value for operand in operands]))

    return emit


def library(name: str) -> Callable[..., Symbol]:
    """A function of the C library, called for each lane."""

    def emit(*operands: Symbol) -> Symbol:
        builder, vector = operands[0].builder, operands[0].value.type
        function = declared(builder, name, DOUBLE, len(operands))
        result: ir.Value = ir.Constant(vector, ir.Undefined)
        for lane in range(vector.count):
            at = ir.Constant(ir.IntType(32), lane)
            numbers = [builder.extract_element(operand.value, at) for operand in operands]
            result = builder.insert_element(result, builder.call(function, numbers), at)
        return operands[0].like(result)

    return emit


def beyond(limit: float, function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The function, and the library's of that name where some |x| is not below the limit, behind a branch."""

    def emit(x: Symbol) -> Symbol:
        builder, result = x.builder, function(x)
        far: Any = ~(np.abs(x) <= limit)  # nan too
        bits = ir.IntType(x.value.type.count)
        before = builder.block
        with builder.if_then(builder.icmp_unsigned("!=", builder.bitcast(far.value, bits), bits(0)), likely=False):
            rescued = builder.select(far.value, library(function.__name__)(x).value, result.value)
            after = builder.block
        chosen = builder.phi(result.value.type)
        chosen.add_incoming(result.value, before)
        chosen.add_incoming(rescued, after)
        return x.like(chosen)

    return emit


def logaddexp(x: Any, y: Any) -> Any:
    """The larger one plus log1p(exp(-|x - y|)); where x = y, infinities too, no difference is taken."""
    return np.where(x == y, x + LOG_2, np.where(x > y, x, y) + np.log1p(np.exp(-np.abs(x - y))))


# NumPy's functions, and what each of them is in machine code: an instruction, arithmetic on symbols, a call.
OPERATIONS: dict[Any, Callable[..., Any]] = {
    np.add: instruction("fadd", "add"), np.subtract: instruction("fsub", "sub"),
    np.multiply: instruction("fmul", "mul"), np.divide: instruction("fdiv"), np.negative: instruction("fneg"),
    np.left_shift: instruction("", "shl"), np.right_shift: instruction("", "ashr"),
    np.bitwise_and: instruction("", "and_"), np.bitwise_or: instruction("", "or_"),
    np.bitwise_xor: instruction("", "xor"), np.invert: instruction("", "not_"),
    np.logical_and: instruction("", "and_"), np.logical_or: instruction("", "or_"),
    np.greater: comparison(">"), np.greater_equal: comparison(">="), np.less: comparison("<"),
    np.less_equal: comparison("<="), np.equal: comparison("=="), np.not_equal: comparison("!="),
    np.sqrt: intrinsic("sqrt"), np.copysign: intrinsic("copysign"),
    np.absolute: intrinsic("fabs"), np.fabs: intrinsic("fabs"), np.square: lambda x: x * x,
    np.maximum: lambda x, y: np.where((x >= y) | (x != x), x, y),
    np.minimum: lambda x, y: np.where((x <= y) | (x != x), x, y),
    np.sign: lambda x: np.where(x > 0.0, 1.0, np.where(x < 0.0, -1.0, np.where(x == 0.0, 0.0, x))),
    np.heaviside: lambda x, y: np.where(x > 0.0, 1.0, np.where(x < 0.0, 0.0, np.where(x == 0.0, y, x))),
    np.logaddexp: logaddexp,
    np.tanh: functions.tanh, np.log: functions.log, np.log1p: functions.log1p,
    **{getattr(np, f.__name__): beyond(functions.FAR_EXPONENT, f) for f in (functions.exp, functions.expm1)},
    **{getattr(np, f.__name__): beyond(functions.FAR_ANGLE, f) for f in (functions.sin, functions.cos)},
    np.power: library("pow"), np.arctan2: library("atan2"),
    **{getattr(np, name): library(name) for name in ("cbrt", "hypot", "exp2", "log10", "log2", "tan", "sinh", "cosh")},
    **{getattr(np, "arc" + name): library("a" + name) for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
}  # fmt: skip


def of_library(name: str) -> Callable[[Any], Any]:
    """A function of the module math that NumPy lacks, on a symbol or a number."""
    return lambda x: library(name)(x) if isinstance(x, Symbol) else getattr(math, name)(x)


# The module math as a function sees it that is traced: members that NumPy has too are NumPy's.
MATH = SimpleNamespace(
    **vars(math)
    | {
        f.__name__: twin
        for f in vars(math).values()
        if callable(f) and (twin := array_twin(f.__name__, f)) in OPERATIONS
    }
    | {"pow": np.power, "erf": of_library("erf"), "erfc": of_library("erfc"), "lgamma": of_library("lgamma")}
)


def traced(row: Primitive, symbols: list[Symbol]) -> Symbol:
    """The row on symbols. TypeError if it cannot be traced."""
    result = (row.numpy or of_symbols(row.forward))(*symbols)
    if not isinstance(result, Symbol):
        return symbols[0].constant(result, DOUBLE)
    return result.as_kind(DOUBLE)


def of_symbols(function: Callable[..., Any]) -> Any:
    """A function on floats as one on symbols: its module `math` is MATH."""
    if getattr(math, getattr(function, "__name__", ""), None) is function:
        return getattr(MATH, function.__name__)
    if not isinstance(function, FunctionType):
        return function
    names = {name: MATH for name, member in function.__globals__.items() if member is math}
    return FunctionType(
        function.__code__, function.__globals__ | names, None, function.__defaults__, function.__closure__
    )


TRACED: dict[Primitive, State] = {}  # the state that the functions of rows could read when they were traced first


def why_not(row: Primitive) -> str:
    """Why the row cannot be machine code, "" if it can."""
    if row not in TRACED:
        TRACED[row] = State({row.name: row})
    if reason := TRACED[row].fault:
        return reason
    if changed := TRACED[row].change():
        return f"{changed} has changed since machine code was made of it"
    try:
        traced_function(ir.Module(), row, ir.VectorType(DOUBLE, 2))
    except Exception as error:  # whatever the row's own function raises on symbols
        return f"{type(error).__name__}: {error}"
    return ""


def written(builder: ir.IRBuilder, row: Primitive, values: Sequence[ir.Value]) -> ir.Value:
    """The row on vectors: arithmetic in place, all else as a call of a function, which the module holds once."""
    if row.exact:
        return traced(row, [Symbol(builder, value) for value in values]).value
    return builder.call(traced_function(builder.module, row, values[0].type), values)


def traced_function(module: ir.Module, row: Primitive, vector: ir.VectorType) -> ir.Function:
    """The row as a function of the module, on vectors."""
    number = 0
    while known := module.globals.get(
        name := f"row.{row.name}.{number}"
    ):  # a user's rows may share a name; several widths
        if known.row is row and known.args[0].type == vector:
            return known
        number += 1
    function = ir.Function(module, ir.FunctionType(vector, [vector] * (row.arity or 0)), name)
    function.linkage, function.row = "internal", row
    builder = ir.IRBuilder(function.append_basic_block())
    builder.ret(traced(row, [Symbol(builder, argument) for argument in function.args]).value)
    return function
