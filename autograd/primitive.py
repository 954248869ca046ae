"""`Primitive`: one row of the table in `primitives.py`, an operation with all that anybody needs to know of it.

A row is called like the function it stands for. What it makes depends on what it is given: numbers give a number,
`Value`s a node of a graph, `Term`s a formula, NumPy arrays an array. A row of your own is made in the same way:

>>> from autograd import Primitive, Value
>>> cube = Primitive("cube", lambda x: x * x * x, lambda x, z: (3 * x * x,))
>>> x = Value(2.0)
>>> f = cube(x)
>>> f.backward()
>>> f.data, x.grad
(8.0, 12.0)
"""

import inspect
import math
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar, overload

import numpy as np

from autograd.ieee import RAISED, Number, announce, as_ieee, to_float
from autograd.notation import ATOM, Notation, Written, call, plain, written_number

if TYPE_CHECKING:
    from autograd.term import Formula
    from autograd.value import Value

Points = tuple[tuple[float, ...], ...]
F = TypeVar("F", bound="Formula")  # a kind of formula


class Primitive:
    """One operation: z = name(x, y, ...).

    name      what it is called, in Python and in text
    forward   its value, from floats to a float
    partials  its local derivatives ∂z/∂x, ∂z/∂y, ...: a function of the operands and the result, which returns a tuple,
              one entry for each operand, written in arithmetic and other rows only; None for an operand that is a
              number by nature
    arity     how many operands it takes, if that is not to be read off the arguments of `partials`; None for any
              number of them, passed as one list
    numpy     the same function on arrays (if not given, `forward` element by element)
    defaults  values of the last operands where a call leaves them out, as slope=0.01 of leaky_relu
    notation  how a gate, text and LaTeX show it (as a call of its name, if not given)
    neutral   for each operand, the number that leaves the other operand as it is: (None, 1) for x / y; or None
    taught    the partials as a textbook writes them, for readers that write for people, where `partials` are guarded or
              arranged for the machine; equal to them at the probes
    means     the operation in other operations, where its name alone does not say what it is
    shut      positions of operands for which a local derivative of 0 means that a branch is not taken: nothing passes,
              whatever stands above, not 0 times that
    no_edge   positions of operands that never get a gradient: conditions, and what is compared
    commutes  whether the order of its two operands does not matter
    probes    points at which the tests compare its partials with finite differences
    domain    where it is defined, as text in its operands' names: "x > 0", "all numbers"; "" if not known
    kinks     points at which a partial is a convention, for the function has no derivative there
    fold      for a row of any arity, the row of two operands that gives the same from left to right, if there is one
    general   for a row with a None among its partials, the operation that takes Values everywhere
    exact     whether every engine gives the same bits; if not, they agree within ULPS units in the last place
    """

    ULPS: ClassVar[int] = 8
    formula: ClassVar[type[Any]]  # the class Term, which term.py puts here
    table: ClassVar[dict[str, "Primitive"]] = {}  # the rows of the table, which primitives.py puts here

    __slots__ = (
        "arity",
        "by_nature",
        "commutes",
        "defaults",
        "domain",
        "exact",
        "fold",
        "forward",
        "general",
        "kinks",
        "means",
        "name",
        "neutral",
        "no_edge",
        "notation",
        "numpy",
        "partials",
        "places",
        "probes",
        "pull",
        "shut",
        "taught",
    )  # fmt: skip

    def __init__(
        self,
        name: str,
        forward: Callable[..., float],
        partials: Callable[..., tuple[Any, ...]],
        *,
        arity: int | Literal["read"] | None = "read",
        numpy: Callable[..., Any] | None = None,
        defaults: tuple[float, ...] = (),
        notation: Notation | None = None,
        neutral: tuple[float | None, ...] = (),
        taught: Callable[..., tuple[Any, ...]] | None = None,
        means: Callable[..., Any] | None = None,
        shut: tuple[int, ...] = (),
        no_edge: tuple[int, ...] = (),
        commutes: bool = False,
        probes: Points = (),
        domain: str = "",
        kinks: Points = (),
        fold: "Primitive | None" = None,
        general: str = "",
        exact: bool = False,
    ) -> None:
        if not name.isidentifier():
            raise ValueError(f"a row is named as a Python function is, got {name!r}; what a gate shows is its notation")
        if name in self.table:
            raise ValueError(f"{name} is a row of the table, and texts would mix them up: call yours my_{name}")
        if arity == "read":
            arity = arity_of(name, partials)
        if not (arity is None or (isinstance(arity, int) and arity >= 1)):
            raise ValueError(f"{name}: arity is the number of operands, 1 or more, or None for any number; got {arity}")
        self.name = name
        self.forward = forward
        self.partials = partials
        self.arity = arity
        self.numpy = numpy
        self.defaults = defaults
        self.notation = notation or call(name)
        self.neutral = neutral
        self.taught = taught
        self.means = means
        self.shut = shut
        self.no_edge = no_edge
        self.commutes = commutes
        self.probes = probes
        self.domain = domain
        self.kinks = kinks
        self.fold = fold
        self.general = general
        self.exact = exact
        # How many operands a node keeps in slots of its own; 0: as a tuple (see Value).
        self.places = arity if arity in (1, 2) and not no_edge else 0
        self.by_nature: tuple[int, ...] | None = None  # positions of numbers by nature, once they are known
        self.pull: Callable[[Any], None] | None = None  # the chain rule at a node of this row, once needed: see pull.py

    # For type checkers: the first line that fits tells the type.
    @overload
    def __call__(self, *operands: Number) -> float: ...  # type: ignore[overload-overlap]
    @overload
    def __call__(self, *operands: "Value | Number") -> "Value": ...  # type: ignore[overload-overlap]
    @overload
    def __call__(self, *operands: "F | Number") -> "F": ...  # type: ignore[overload-overlap]
    @overload
    def __call__(self, *operands: "np.ndarray | Value | Number") -> np.ndarray: ...
    @overload
    def __call__(self, operands: list[Any] | tuple[Any, ...] | Iterator[Any], /) -> Any: ...

    def __call__(self, *operands: Any) -> Any:
        """The operation on numbers (a float), Values (a Value), Terms (a Term) or arrays (an array)."""
        if len(operands) != self.arity:
            operands = self.complete(operands)
        for operand in operands:
            if operand.__class__ is not float:
                return self.dispatch(operands)
        return self.evaluate(operands, operands)

    def dispatch(self, operands: tuple[Any, ...]) -> Any:
        """The operation where not all operands are floats: each class says itself what an operation on it makes."""
        kinds: list[Any] = []
        for operand in operands:
            if operand.__class__ not in kinds:
                kinds.append(operand.__class__)
        for kind in kinds:
            if issubclass(kind, np.ndarray):
                return self.on_arrays(operands)
        for kind in kinds:
            if hasattr(kind, "apply_primitive"):
                return kind.apply_primitive(self, operands)
        if np.float64 in kinds:
            return self.on_arrays(operands)
        return self.evaluate([to_float(operand) for operand in operands], operands)

    def on(self, operands: list[Any] | tuple[Any, ...]) -> Any:
        """The operation on operands that stand in a list, also where the row takes one list of them."""
        return self(operands) if self.arity is None else self(*operands)

    def complete(self, operands: tuple[Any, ...]) -> tuple[Any, ...]:
        """The operands of a call: those of one list for a row of any arity, else with defaults filled in."""
        if self.arity is None:
            if len(operands) == 1 and isinstance(operands[0], (list, tuple, Iterable)):  # to ask for Iterable is slow
                (given,) = operands
                return tuple(given.ravel() if isinstance(given, np.ndarray) else given)
            raise TypeError(f"{self.name} takes one list of operands, as {self.name}([a, b, c])")
        given = operands + self.defaults[len(self.defaults) - (self.arity - len(operands)) :]
        if len(operands) > self.arity or len(given) != self.arity:
            required = self.arity - len(self.defaults)
            expected = f"{required} to {self.arity}" if self.defaults else f"{self.arity}"
            raise TypeError(f"{self.name} takes {expected} operand{'s'[expected == '1' :]}, got {len(operands)}")
        return given

    def evaluate(self, numbers: Iterable[float], operands: Iterable[Any]) -> float:
        """The value at `numbers`, with inf and nan where Python's floats raise; the warning then names `operands`."""
        try:
            result = self.forward(*numbers)
        except RAISED:
            try:
                result = float(as_ieee(self.numpy or self.forward, list(numbers)))
            except RAISED:  # a function of the math module in a row that has no NumPy function
                result = math.nan
            announce(self.write_call(operands), result)
        return result if result.__class__ is float else to_float(result)

    def on_arrays(self, operands: tuple[Any, ...]) -> Any:
        """The operation on NumPy arrays, broadcast together; arrays of Values give an array of Values."""
        of_objects = any(np.asarray(operand).dtype.kind == "O" for operand in operands)
        if self.numpy is not None and not of_objects:
            return np.asarray(self.numpy(*operands), dtype=float)[()]

        each = np.frompyfunc(lambda *elements: self.on(elements), len(operands), 1)(*operands)
        return each if of_objects else np.asarray(each, dtype=float)[()]

    def refuse_values(self, operands: tuple[Any, ...], numbers: Sequence[float], result: float) -> None:
        """TypeError if a Value stands where this row takes a number by nature: where its partial is None.

        A row is looked at when it first makes a node: its partials are tried on formulas, which know arithmetic and
        rows, but no `.data`, no math.exp and no comparison. A rule that would freeze to a number is told at once.
        """
        if self.by_nature is None:
            try:
                self.partials(*(self.formula(f"x{i}") for i in range((self.arity or 2) + 1)))
            except (AttributeError, TypeError) as error:
                raise self.unfit(error) from error
            except Exception:  # whatever else the rule raises is told where it is used
                return
            try:
                partials = self.partials(*numbers, result)
                self.by_nature = tuple(position for position, partial in enumerate(partials) if partial is None)
            except Exception:  # at a singular point, or the row is wrong: the backward pass will say so
                return
        for position in self.by_nature:
            if operands[position].__class__ is not float:
                raise self.no_value(position)

    def no_value(self, position: int) -> TypeError:
        """The error for a Value in the place of a number by nature."""
        remedy = f"for a Value use {self.general}" if self.general else "give its number, v.data"
        return TypeError(f"operand {position + 1} of {self.name} is a number by nature, it has no derivative: {remedy}")

    def unfit(self, error: Exception) -> TypeError:
        """The error to raise where the partials failed with this one."""
        return TypeError(
            f"the partials of {self.name} failed: {error}. They take the operands and the result and return a tuple, "
            f"as lambda x, z: (2 * x,), in arithmetic and autograd's functions only (no math.exp, no if)"
        )

    def write_call(self, operands: Iterable[Any], depth: int = 1) -> str:
        """The operation on its operands by name: `log(x)`; numbers as such; an operand without a name as a formula.

        A formula goes `depth` operations down, `…` stands for what lies below, `_` for a leaf without a name.
        """
        return plain(self.notation.text.write([written_operand(operand, depth) for operand in operands])[0])

    def __repr__(self) -> str:
        return f"Primitive({self.name!r})"

    # A row is a constant of the module that holds it: a copy is the row itself, a pickle its module and name.

    def __copy__(self) -> "Primitive":
        return self

    def __deepcopy__(self, memo: object) -> "Primitive":
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        home = getattr(self.partials, "__module__", "")  # most rows stand in the module in which their rules do
        for module_name in dict.fromkeys([home, *sys.modules]):
            for variable, content in list(getattr(sys.modules.get(module_name), "__dict__", {}).items()):
                if content is self:
                    return find_row, (module_name, variable)
        raise TypeError(f"cannot pickle {self!r}: it is not a variable of any module, so it could not be found again")


def parameters_of(row: Primitive) -> tuple[str, ...]:
    """The operands of a row by the names in which its partials are written; three letters for a row of any arity."""
    return tuple(inspect.signature(row.partials).parameters)[: row.arity] if row.arity else ("a", "b", "c")


def arity_of(name: str, partials: Callable[..., Any]) -> int:
    """The number of operands of a row: its partials take one argument more, the result."""
    try:
        parameters = inspect.signature(partials).parameters.values()
    except (TypeError, ValueError):
        parameters = None
    if parameters is None or any(p.kind is p.VAR_POSITIONAL for p in parameters):
        raise TypeError(
            f"{name}: the arguments of its partials do not say how many operands it takes: add arity=2, or "
            f"arity=None for any number of them"
        )
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    count = sum(p.kind in positional and p.default is p.empty for p in parameters) - 1
    if count < 1:
        raise TypeError(f"{name}: its partials take the operands and the result, as lambda x, z: (2 * x,)")
    return count


def written_operand(operand: Any, depth: int) -> Written:
    """An operand for a message: its number, its name, or its own operation on operands that are written so."""
    if isinstance(operand, float):
        return written_number(operand)
    op = getattr(operand, "op", None)
    if op is None or operand.name or depth == 0:
        return getattr(operand, "name", "") or ("…" if op else "_"), ATOM
    written: Written = op.notation.text.write([written_operand(below, depth - 1) for below in operand.operands])
    return written


def find_row(module: str, variable: str) -> Any:
    """The row that `variable` of `module` holds: how a pickle finds it again."""
    return getattr(import_module(module), variable)
