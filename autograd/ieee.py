"""Numbers as IEEE 754 means them.

Python's own floats raise where IEEE arithmetic has an answer: `1.0 / 0.0`, `math.log(0.0)`, `math.exp(1000.0)`. Here
such an operation is run again on NumPy's floats, which give inf, -inf or nan; only the exceptional case pays for it.

>>> ieee_result(lambda x, y: x / y, [1.0, 0.0]), ieee_result(lambda x, y: x / y, [1.0, 2.0])
(np.float64(inf), 0.5)
"""

import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from reprlib import repr as short_repr
from types import FrameType
from typing import Any, TypeAlias
from weakref import ref

import numpy as np

# Whatever `to_float` takes: for type checkers, and for isinstance.
Number: TypeAlias = float | np.integer[Any] | np.floating[Any] | np.bool_
NUMBERS = (int, float, np.integer, np.floating, np.bool_)

OURS = {"autograd", "nn", "viz"}  # a warning is told at the line of the user who calls these packages
BETWEEN = OURS | {"numpy"}  # np.std(array of Values) calls us from its own lines
RAISED = (ArithmeticError, ValueError)  # what Python's arithmetic and its math module raise


def to_float(number: object) -> float:
    """An int, a float, a bool or a NumPy scalar as a plain float; anything else is a TypeError that shows it."""
    if number.__class__ is float:
        return number
    if not isinstance(number, NUMBERS):
        raise TypeError(
            f"expected a real number (int, float, bool or a NumPy scalar), got {short_repr(number)} "
            f"of type {type(number).__name__}{'; for its number write .data' if hasattr(number, 'operands') else ''}"
        )
    try:
        return float(number)
    except OverflowError:
        raise OverflowError(f"the integer {short_repr(number)} is too large for a float (at most 1.8e308)") from None


def as_ieee(function: Callable[..., Any], arguments: Sequence[Any]) -> Any:
    """`function` on the same arguments with NumPy's floats for Python's: inf and nan where those raise.

    >>> as_ieee(lambda x, y: x / y, [1.0, 0.0])
    np.float64(inf)
    """
    with np.errstate(all="ignore"):
        return function(*(np.float64(a) if a.__class__ is float else a for a in arguments))


def ieee_result(function: Callable[..., Any], arguments: Sequence[Any]) -> Any:
    """`function` on these arguments; where Python's floats raise, with inf and nan."""
    try:
        return function(*arguments)
    except RAISED:
        return as_ieee(function, arguments)


_silence: ContextVar["ref[Silence] | None"] = ContextVar("silence", default=None)


class Silence:
    """One block within which nothing is announced; it ends when the block does, however that ends."""

    __slots__ = ("__weakref__",)


@contextmanager
def silent() -> Iterator[None]:
    """Within it no exceptional value is announced: for partials, whose infinities follow from the forward value's.

    Only a weak reference says that it is silent: what Ctrl-C breaks off, wherever, leaves no silence behind.
    """
    block = Silence()
    before = _silence.get()
    _silence.set(ref(block))
    try:
        yield
    finally:
        _silence.set(before)


def is_silent() -> bool:
    """Whether some block of silence goes on."""
    silence = _silence.get()
    return silence is not None and silence() is not None


def announce(operation: str, result: float) -> None:
    """Warn that a forward value is exceptional, at the line of the user's own code that computed it."""
    if is_silent():
        return
    level, _ = users_frame()
    message = f"{operation} is {result} here: outside the operation's domain, or beyond a float's range"
    warnings.warn(message, RuntimeWarning, stacklevel=level)


def users_frame() -> tuple[int, FrameType]:
    """The innermost frame of the user's own code, and how many frames of the caller's callers it lies above it."""
    level, frame = 0, sys._getframe()
    while frame.f_back is not None and str(frame.f_globals.get("__name__")).split(".")[0] in BETWEEN:
        level, frame = level + 1, frame.f_back
    return level, frame
