"""The functions on floats that Python's math module lacks, each with its twin on NumPy arrays.

The table in primitives.py names the function on floats; `array_twin` finds the other one, which gives the same numbers
for whole arrays at once.

>>> relu(-2.0), array_twin("relu", relu)(np.array([-2.0, 3.0]))
(0.0, array([0., 3.]))
>>> array_twin("arctan", math.atan) is np.arctan  # NumPy has a function of that name
True
"""

import math
import operator
from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np

LOG_2, LOG_10, SQRT_HALF = math.log(2.0), math.log(10.0), math.sqrt(0.5)
BELL_0 = 1 / math.sqrt(2 * math.pi)  # the normal density at 0
ERF_0 = 2 / math.sqrt(math.pi)  # erf' at 0

_twins: dict[Callable[..., Any], Callable[..., Any]] = {
    operator.sub: np.subtract,
    operator.mul: np.multiply,
    operator.truediv: np.divide,
    operator.neg: np.negative,
}


def on_arrays(twin: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A decorator that names the twin of a function on floats."""

    def name_twin(function: Callable[..., Any]) -> Callable[..., Any]:
        _twins[function] = twin
        return function

    return name_twin


def array_twin(name: str, forward: Callable[..., Any]) -> Callable[..., Any] | None:
    """`forward` on arrays: the twin it was given, else NumPy's function of that name, else None."""
    return _twins.get(forward, getattr(np, name, None))


# ── Arithmetic and powers ─────────────────────────────────────────────────────────────────────────────────────────────


def add_up(*xs: Any) -> Any:
    """x₁ + x₂ + … from left to right, as eager `+` adds. (Python's own sum() compensates its rounding.)"""
    return reduce(operator.add, xs) if xs else 0.0


_twins[add_up] = add_up


def square(x: float) -> float:
    return x * x


@on_arrays(np.cbrt)
def cbrt(x: float) -> float:
    """∛x, of a negative number too. 1/3 is no float: one step of Newton's rule makes good what x ** (1/3) is off."""
    root = math.copysign(math.fabs(x) ** (1.0 / 3.0), x)
    return root - (root - x / (root * root)) / 3.0 if 0.0 < math.fabs(x) < math.inf else root


@on_arrays(np.exp2)
def exp2(x: float) -> float:
    return math.pow(2.0, x)


def _power(x: Any, y: Any) -> Any:
    """x ** y. Where all exponents are 0.5 NumPy takes the square root, which differs at -inf and -0.0."""
    return np.where((y == 0.5) & ((x == 0.0) | (x == -np.inf)), np.abs(x), np.power(x, y))


_twins[math.pow] = _power


# ── Exponentials and logarithms ───────────────────────────────────────────────────────────────────────────────────────


def logaddexp(x: float, y: float) -> float:
    """log(exp(x) + exp(y)) without overflow; where x = y (infinities too) no difference is taken."""
    return x + LOG_2 if x == y else (x if x > y else y) + math.log1p(math.exp(-math.fabs(x - y)))


@on_arrays(lambda x: np.logaddexp(x, 0.0))
def softplus(x: float) -> float:
    """log(1 + exp(x)) without overflow."""
    return logaddexp(x, 0.0)


def _sigmoid(x: Any) -> Any:
    """The same with one exponential for both forms."""
    e = np.exp(-np.abs(x))
    return np.where(x < 0.0, e, 1.0) / (1.0 + e)


@on_arrays(_sigmoid)
def sigmoid(x: float) -> float:
    """1 / (1 + exp(-x)); the two forms agree, each where it cannot overflow."""
    return 1.0 / (1.0 + math.exp(-x)) if x >= 0.0 else math.exp(x) / (1.0 + math.exp(x))


# ── Comparisons and choices ───────────────────────────────────────────────────────────────────────────────────────────


def sign(x: float) -> float:
    """1, 0 or -1; nan stays nan."""
    return x if x != x else 1.0 if x > 0.0 else -1.0 if x < 0.0 else 0.0


@on_arrays(lambda x: np.where(x != x, x, np.where(x > 0.0, 1.0, 0.0)))
def step(x: float) -> float:
    """1 where x > 0, else 0; nan stays nan."""
    above = 1.0 if x > 0.0 else 0.0
    return above if x == x else x


def greater(x: float, y: float) -> float:
    return 1.0 if x > y else 0.0


def equal(x: float, y: float) -> float:
    return 1.0 if x == y else 0.0


@on_arrays(lambda x, y: np.where((x >= y) | (x != x), x, y))
def maximum(x: float, y: float) -> float:
    return x if x >= y or x != x else y


@on_arrays(lambda x, y: np.where((x <= y) | (x != x), x, y))
def minimum(x: float, y: float) -> float:
    return x if x <= y or x != x else y


@on_arrays(lambda c, x, y: np.where(c != 0.0, x, y))
def where(c: float, x: float, y: float) -> float:
    return x if c != 0.0 else y


# ── Activations and loss ──────────────────────────────────────────────────────────────────────────────────────────────


@on_arrays(lambda x: np.where(x <= 0.0, 0.0, x))
def relu(x: float) -> float:
    return 0.0 if x <= 0.0 else x


@on_arrays(lambda x, slope: np.where(x > 0.0, x, slope * x))
def leaky_relu(x: float, slope: float) -> float:
    return x if x > 0.0 else slope * x


@on_arrays(lambda x, alpha: np.where(x > 0.0, x, alpha * np.expm1(np.where(x > 0.0, 0.0, x))))  # keeps the sign of 0
def elu(x: float, alpha: float) -> float:
    return x if x > 0.0 else alpha * math.expm1(x)


def gelu(x: float) -> float:
    """x times the normal distribution function at x; by erfc, which keeps its digits where erf is close to -1."""
    return 0.5 * x * math.erfc(-SQRT_HALF * x)


def log_of(p: float) -> float:
    """log(p), but -100 at least: a sure and wrong prediction costs 100, not inf (PyTorch's bound)."""
    return math.nan if p != p or p < 0.0 else max(math.log(p), -100.0) if p > 0.0 else -100.0


def log_of_rest(p: float) -> float:
    """log(1 - p), but -100 at least; it keeps the digits of a small p."""
    return math.nan if p != p or p > 1.0 else max(math.log1p(-p), -100.0) if p < 1.0 else -100.0


@on_arrays(lambda p, y: -(y * np.maximum(np.log(p), -100.0) + (1.0 - y) * np.maximum(np.log1p(-p), -100.0)))
def bce(p: float, y: float) -> float:
    """-(y log p + (1 - y) log(1 - p)), each logarithm bounded."""
    return -(y * log_of(p) + (1.0 - y) * log_of_rest(p))
