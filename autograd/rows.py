"""`exact` and `library` make the rows of the table, and derive what can be derived: the function on arrays, the probes.

>>> import math
>>> radians = library("radians", math.radians, lambda x, z: (math.pi / 180,))
>>> radians.exact, radians.arity, radians.numpy
(False, 1, <ufunc 'radians'>)
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Protocol, cast, overload

import numpy as np

from autograd.ieee import Number
from autograd.primitive import F, Points, Primitive
from autograd.scalars import array_twin

if TYPE_CHECKING:
    from autograd.term import Term
    from autograd.value import Value

Partials = Callable[..., tuple[Any, ...]]

# Where rows of one operand, and of two, are probed if they say nothing else: on both sides of 0, and clear of kinks.
REAL: Points = ((-2.0,), (-0.6,), (0.3,), (1.7,))
PAIRS: Points = ((-1.5, 2.0), (0.5, -3.0), (2.0, 0.7), (-0.4, -1.1))


if TYPE_CHECKING:

    class Reduction(Primitive):
        """A row of any arity, as type checkers see it: it takes one list, or one array."""

        @overload  # type: ignore[override]  # other rows take their operands one by one
        def __call__(self, operands: np.ndarray) -> Any: ...
        @overload
        def __call__(self, operands: Iterable[Number]) -> float: ...  # type: ignore[overload-overlap]
        @overload
        def __call__(self, operands: Iterable[Value | Number]) -> Value: ...  # type: ignore[overload-overlap]
        @overload
        def __call__(self, operands: Iterable[Term | Number]) -> Term: ...
        def __call__(self, operands: Any) -> Any: ...


class Call(Protocol):
    """A function on operands of every kind, as type checkers see it."""

    @overload
    def __call__(self, x: Number, y: Number) -> float: ...  # type: ignore[overload-overlap]
    @overload
    def __call__(self, x: "Value | Number", y: "Value | Number") -> "Value": ...  # type: ignore[overload-overlap]
    @overload
    def __call__(self, x: "F | Number", y: "F | Number") -> "F": ...  # type: ignore[overload-overlap]
    @overload
    def __call__(self, x: "np.ndarray | Value | Number", y: "np.ndarray | Value | Number") -> np.ndarray: ...
    def __call__(self, x: Any, y: Any) -> Any: ...


def choice_of_rows(function: Callable[[Any, Any], Any]) -> Call:
    """A decorator for a function that chooses a row by its operands, as `pow` does; for type checkers only."""
    return cast(Call, function)


def library(name: str, forward: Callable[..., float], partials: Partials, **unusual: Any) -> Primitive:
    """A row that calls a mathematical library: engines agree within Primitive.ULPS units in the last place."""
    return make(name, forward, partials, exact=False, **unusual)


@overload
def exact(
    name: str, forward: Callable[..., float], partials: Partials, *, arity: None, **unusual: Any
) -> "Reduction": ...
@overload
def exact(name: str, forward: Callable[..., float], partials: Partials, **unusual: Any) -> Primitive: ...


def exact(name: str, forward: Callable[..., float], partials: Partials, **unusual: Any) -> Primitive:
    """A row of which every engine gives the same bits."""
    return make(name, forward, partials, exact=True, **unusual)


def make(
    name: str,
    forward: Callable[..., float],
    partials: Partials,
    at: Points = (),
    domain: str = "all numbers",
    **unusual: Any,
) -> Primitive:
    """A row with what can be derived: its function on arrays is the twin of `forward`, or NumPy's of that name.

    `at` are its probes, if not REAL or PAIRS.
    """
    row = Primitive(name, forward, partials, numpy=array_twin(name, forward), domain=domain, **unusual)
    row.probes = at or (REAL if row.arity == 1 else PAIRS)
    return row
