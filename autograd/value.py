"""`Value`: a number that remembers how it was computed.

Arithmetic on Values builds a graph as it goes. Each node keeps its `data`, the operation `op` that made it and the
`operands` it was made from; `grad` is filled by the backward pass (backward.py).

>>> x, y, z = Value(-2, "x"), Value(5, "y"), Value(-4, "z")
>>> f = (x + y) * z
>>> f
Value(-12.0, op='mul', grad=None)
>>> f.backward()
>>> x.grad, y.grad, z.grad
(-4.0, -4.0, 3.0)
"""

import operator
from collections.abc import Callable, Iterable, Sequence
from contextvars import ContextVar
from reprlib import repr as short_repr
from threading import RLock
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, overload

import numpy as np

from autograd import primitives
from autograd.ieee import RAISED, Number, to_float
from autograd.order import NEVER
from autograd.primitive import Primitive
from autograd.watching import computed, look, refuse, tell, watchers

new = object.__new__

# Blocks such as `with no_grad():` complete nodes in their own way (see modes.py); `mode` holds the innermost one of a
# thread. While none is open in any thread, `modes` is None, and operators look no further.
mode: ContextVar[Any] = ContextVar("mode", default=None)
modes: ContextVar[Any] | None = None

# A clock that moves on whenever a number is edited. A node keeps the time at which it was computed, a leaf that of its
# latest edit; a node is stale when an operand has a later time than its own (see order.walk). A node takes its time
# before it reads its operands, so that an edit by another thread in between is later.
clock = 0
editing = RLock()


def moved_on() -> int:
    """The time of an edit that is made now, later than that of every node."""
    global clock
    with editing:
        clock += 1
        return clock


# ── Operators ─────────────────────────────────────────────────────────────────────────────────────────────────────────
# Each is made from its row by one of these factories, which capture the row: faster by a factor of three than one
# function that is told the row at every call. Their fast path makes the node in place; all else goes through `node`.


class Operator(Protocol):
    """`value + other`, as type checkers see it."""

    @overload
    def __call__(self, other: "Value | Number", /) -> "Value": ...
    @overload
    def __call__(self, other: np.ndarray, /) -> np.ndarray: ...


class Comparison(Protocol):
    """`value < other`, as type checkers see it."""

    @overload
    def __call__(self, other: "Value | Number", /) -> bool: ...
    @overload
    def __call__(self, other: np.ndarray, /) -> np.ndarray: ...


def binary_operator(op: Primitive) -> Operator:
    """`self + other`: for `__add__` and its kind."""
    forward = op.forward

    def method(self: "Value", other: Any) -> Any:
        result = new(Value)
        result._time = clock  # before the numbers are read: what is edited meanwhile is later
        if other.__class__ is Value:
            y = other._data
        elif other.__class__ is float:
            y = other
        else:
            other = as_operand(other)
            if other is NotImplemented:
                return NotImplemented
            y = other if other.__class__ is float else other._data
        try:
            result._data = forward(self._data, y)
        except RAISED:
            result._data = op.evaluate((self._data, y), (self, other))
        result.grad = None
        result.name = ""
        if modes is not None and (block := modes.get()) is not None:
            if not block.bare or watchers:
                return block.finish(result, op, self, other)
            result.op = result._x = result._y = None
            result._time = NEVER
            return result
        result.op = op
        result._x = self
        result._y = other
        return result

    return method  # type: ignore[return-value]  # the class binds self


def reflected_operator(op: Primitive) -> Operator:
    """`number + self`: for `__radd__` and its kind."""

    def method(self: "Value", other: Any) -> Any:
        other = as_operand(other)
        return NotImplemented if other is NotImplemented else node(op, (other, self))

    return method  # type: ignore[return-value]  # the class binds self


def unary_operator(op: Primitive) -> Callable[["Value"], "Value"]:
    """`-self`, `abs(self)`, and the methods `self.exp()`, `self.relu()`, ..."""
    forward = op.forward

    def method(self: "Value") -> "Value":
        result = new(Value)
        result._time = clock
        try:
            result._data = forward(self._data)
        except RAISED:
            result._data = op.evaluate((self._data,), (self,))
        result.grad = None
        result.name = ""
        if modes is not None and (block := modes.get()) is not None:
            if not block.bare or watchers:
                finished: Value = block.finish(result, op, self)
                return finished
            result.op = result._x = result._y = None
            result._time = NEVER
            return result
        result.op = op
        result._x = self
        result._y = None
        return result

    return method


def function(op: Primitive) -> Callable[..., "Value"]:
    """The function as a method: `self.hypot(other)`; `self.leaky_relu()`, where the last operands may be left out."""

    def method(self: "Value", *others: Any) -> Any:
        return op(self, *others)

    return method


def comparison(compare: Callable[[float, float], bool]) -> Comparison:
    """`self < other`: a bool, by data."""

    def method(self: "Value", other: Any) -> Any:
        other = as_operand(other)
        if other is NotImplemented:
            return NotImplemented
        result = compare(self._data, other if other.__class__ is float else other._data)
        if watchers:
            tell(compare, self, other, result)
        return result

    return method  # type: ignore[return-value]  # the class binds self


def innermost_block() -> Any:
    """The mode of the innermost block that is open in this thread, or None."""
    return None if modes is None else modes.get()


def compare_equal(value: "Value", other: Any) -> Any:
    """Whether the Value's number is `other`, a plain number of any kind; NotImplemented for what is no number."""
    if isinstance(other, (np.integer, np.floating, np.bool_)):
        other = int(other) if isinstance(other, np.integer) else float(other)
    if not isinstance(other, (int, float)):
        return NotImplemented
    try:
        number = float(other)
    except OverflowError:
        return False
    result = value._data == other
    if watchers and number == other:  # an int that is no float, and nan, are equal to no number whatever it is
        tell(operator.eq, value, number, result)
    return result


def as_operand(other: Any) -> Any:
    """A Value as it is, a number as a plain float, NotImplemented for what handles Values itself (NumPy's arrays)."""
    if other.__class__ is float or isinstance(other, Value):
        return other
    if hasattr(other, "__array_ufunc__") and not isinstance(other, np.generic):
        return NotImplemented
    return to_float(other)


def node(op: Primitive, operands: tuple[Any, ...]) -> "Value":
    """The node that stands for `op` on `operands`, each a Value or a plain float."""
    result = new(Value)
    result._time = clock
    numbers = [o if o.__class__ is float else o._data for o in operands]
    result._data = op.evaluate(numbers, operands)
    if op.by_nature != ():
        op.refuse_values(operands, numbers, result._data)
    result.grad = None
    result.name = ""
    if modes is not None and (block := modes.get()) is not None:
        made: Value = block.finish(result, op, *operands)
        return made
    result.op = op
    set_operands(result, operands)
    return result


def set_operands(result: "Value", operands: tuple[Any, ...]) -> None:
    """Keep as many operands in slots as the row has places for, else all as a tuple."""
    places = result.op.places if result.op else 0
    result._x, result._y = operands if places == 2 else (operands[0] if places == 1 else operands, None)


# ── The node ──────────────────────────────────────────────────────────────────────────────────────────────────────────


class Value:
    """A node of the graph: a leaf made by `Value(data, name)`, or the result of an operation.

    data      its number, always a Python float. Assign to a leaf's to edit it; a computed node's is refused.
    grad      ∂output/∂self once a backward pass has reached the node, until then None
    op        the row of primitives.py that computed it; None for a leaf
    operands  what it was computed from, in written order: Values, and plain floats where a number was written
    name      what texts and pictures call it, or ""

    Ordering compares data, and so does `==` with a plain number: `v == 2.0`. A Value is equal to no other Value, for
    nodes live in sets and dicts: to compare the numbers of two, write `a.data == b.data`. bool(v) is bool(v.data).
    NumPy's functions work on Values and on arrays of Values (`np.exp(v)`, `W @ x`, `np.std(x)`). A few, as np.maximum
    and np.sign, do not record what they do: write autograd.maximum, .sign; examples/reference.md has the table.
    """

    # The operands are kept in place, two slots for nearly every node: a tuple per node would cost a third of the time
    # to build a graph, for Python's collector must follow it. Other nodes keep a tuple in _x (Primitive.places).
    __slots__ = ("__weakref__", "_adjoint", "_data", "_time", "_x", "_y", "grad", "name", "op")

    _adjoint: float  # what a backward pass in progress has added up
    _data: float
    _time: float
    _x: Any
    _y: Any
    grad: Any  # float | None; Any, so that a typed `p.data -= lr * p.grad` need not rule out None
    op: Primitive | None
    name: str

    # The methods backward(gradient=1.0) and forward() are defined in backward.py, on_backward(f) in hooks.py, detach()
    # in modes.py, those by which a Value is copied and pickled in copies.py.
    backward: ClassVar[Callable[..., None]]
    detach: ClassVar[Callable[["Value"], "Value"]]
    on_backward: ClassVar[Callable[..., Any]]
    forward: ClassVar[Callable[..., float]]
    __copy__: ClassVar[Callable[..., "Value"]]
    __deepcopy__: ClassVar[Callable[..., "Value"]]
    __getstate__: ClassVar[Callable[..., Any]]
    __reduce__: ClassVar[Callable[..., tuple[Any, ...]]]

    # Names from elsewhere, defined in familiar.py.
    item: ClassVar[Callable[["Value"], float]]
    label: str
    _prev: tuple["Value", ...]
    _op: str

    def __init__(self, data: Any, name: str = "", *, label: str = "") -> None:
        name = name or label  # micrograd's word
        if isinstance(data, Value):
            raise TypeError("expected a number, got a Value; to make a new leaf from its number write Value(v.data)")
        if not isinstance(name, str):
            raise TypeError(f"a name is a str, got {name!r} of type {type(name).__name__}")
        self._data = to_float(data)
        self._time = clock
        self._x = self._y = self.grad = self.op = None
        self.name = name

    @property
    def data(self) -> float:
        if watchers:
            look(self)
        return self._data

    @data.setter
    def data(self, number: Any) -> None:
        if self.op is not None:
            raise AttributeError(
                f"data of a computed node is the result of its operation ({self.op.name}) and cannot be assigned: "
                f"assign to the leaves, then call forward()"
            )
        if watchers:
            refuse("the data of a Value is assigned", "assign it before or after the recorded program")
        self._data = to_float(number)
        self._time = moved_on()

    @property
    def operands(self) -> tuple[Any, ...]:
        if self.op is None:
            return ()
        if self.op.places == 2:
            return self._x, self._y
        return (self._x,) if self.op.places == 1 else self._x

    @operands.setter
    def operands(self, operands: Iterable[Any]) -> None:
        operands = tuple(as_operand(operand) for operand in operands)
        if self.op is None or (self.op.arity is not None and self.op.arity != len(operands)):
            raise ValueError(f"{len(operands)} operands do not belong to {self!r}")
        set_operands(self, operands)
        self._time = NEVER  # stale until forward() recomputes it

    @staticmethod
    def apply_primitive(op: Primitive, operands: Sequence[Any]) -> "Value":
        """The node that stands for `op` on the operands: Values, or numbers, which become plain floats."""
        if op in UNARY and isinstance(operands[0], Value):
            result = UNARY[op](operands[0])
        else:
            if not PLAIN.issuperset(map(type, operands)):
                operands = [o if isinstance(o, Value) else to_float(o) for o in operands]
            result = node(op, tuple(operands))
        if watchers:
            computed(result)
        return result

    def __repr__(self) -> str:
        if watchers:
            look(self)
        name = f", name={short_repr(self.name)}" if self.name else ""
        op = f", op={self.op.name!r}" if self.op else ""
        return f"{type(self).__name__}({self._data!r}{name}{op}, grad={self.grad!r})"

    def __format__(self, spec: str) -> str:
        if watchers:
            look(self)
        return format(self._data, spec)

    def __bool__(self) -> bool:
        if watchers:
            tell(operator.ne, self, 0.0, self._data != 0.0)
        return bool(self._data)

    def __float__(self) -> float:
        raise TypeError(
            "a Value is not turned into a float by itself, as that would drop its graph: use autograd's functions "
            "(autograd.exp(v) for math.exp(v)); for the number alone write v.data"
        )

    def __eq__(self, other: object) -> Any:
        return self is other if isinstance(other, Value) else compare_equal(self, other)

    __hash__ = object.__hash__
    __lt__ = comparison(operator.lt)
    __le__ = comparison(operator.le)
    __gt__ = comparison(operator.gt)
    __ge__ = comparison(operator.ge)

    __neg__ = unary_operator(primitives.neg)
    __abs__ = unary_operator(primitives.abs)
    __add__, _radd = binary_operator(primitives.add), reflected_operator(primitives.add)
    __sub__, __rsub__ = binary_operator(primitives.sub), reflected_operator(primitives.sub)
    __mul__, __rmul__ = binary_operator(primitives.mul), reflected_operator(primitives.mul)
    __truediv__, __rtruediv__ = binary_operator(primitives.div), reflected_operator(primitives.div)
    _pow_value, __rpow__ = binary_operator(primitives.pow_value), reflected_operator(primitives.pow_value)
    _pow_number = binary_operator(primitives.pow_number)

    @overload
    def __pow__(self, exponent: "Value | Number") -> "Value": ...
    @overload
    def __pow__(self, exponent: np.ndarray) -> np.ndarray: ...
    def __pow__(self, exponent: Any) -> Any:
        return self._pow_value(exponent) if isinstance(exponent, Value) else self._pow_number(exponent)

    @overload
    def __radd__(self, number: Number) -> "Value": ...
    @overload
    def __radd__(self, number: np.ndarray) -> np.ndarray: ...
    def __radd__(self, number: Any) -> Any:
        # The exact int 0 with which Python's sum() starts makes no node.
        return self if number.__class__ is int and number == 0 else self._radd(number)

    def __pos__(self) -> "Value":
        return self

    # NumPy's functions of arrays call methods of the elements by these names: np.fabs, np.hypot, np.arctan2, np.var.
    fabs = __abs__
    hypot, arctan2 = function(primitives.hypot), function(primitives.arctan2)

    def conjugate(self) -> "Value":
        return self

    # Methods from the table: v.exp(), v.leaky_relu(0.1). The end of this file adds them;
    # here they are declared for type checkers, and a test holds the list to the table.
    if TYPE_CHECKING:
        abs = neg = relu = sigmoid = sign = softplus = sqrt = cbrt = square = step = unary_operator(primitives.neg)
        erf = erfc = exp = exp2 = expm1 = gelu = log = log1p = log2 = log10 = unary_operator(primitives.neg)
        sin = cos = tan = arcsin = arccos = arctan = unary_operator(primitives.neg)
        sinh = cosh = tanh = arcsinh = arccosh = arctanh = unary_operator(primitives.neg)
        elu = leaky_relu = function(primitives.elu)


def number_of(result: Any) -> float:
    """The number of a Value, or a plain number as a float: for what may be either, as an operand or a result."""
    return result.data if isinstance(result, Value) else to_float(result)


def add_method(row: Primitive) -> None:
    """Make a row that can be called with one operand a method: v.leaky_relu(), v.leaky_relu(0.1)."""
    if row.arity is not None and row.arity - len(row.defaults) == 1:
        setattr(Value, row.name, function(row))


# Rows whose further operands have defaults are methods too: v.exp(), v.leaky_relu(0.1). NumPy looks for them.
PLAIN = {float, Value}
UNARY = {row: unary_operator(row) for row in primitives.TABLE.values() if row.arity == 1}
for _row in primitives.TABLE.values():
    if _row in UNARY:
        setattr(Value, _row.name, UNARY[_row])
    else:
        add_method(_row)
