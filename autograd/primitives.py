"""The table: every operation that backstep knows, one row each, with its local derivatives.

A row says what one operation does and nothing of graphs: the chain rule is written elsewhere, once. Partials are written
in the same arithmetic that users write, so one line serves many readers: run on floats it gives the backward pass, on
`Value`s gradients that can be differentiated again, on `Term`s the text of a formula.

>>> mul.forward(3.0, -4.0)
-12.0
>>> mul.partials(3.0, -4.0, -12.0)  # ∂(x*y)/∂x = y and ∂(x*y)/∂y = x
(-4.0, 3.0)

Reading a row    x, y, c    the operands, in written order            z    the result
                 forward    z from floats; where Python's floats raise, NumPy's answer holds (ieee.py)
                 on arrays  the same on NumPy arrays; None: element by element
                 partials   (∂z/∂x, ∂z/∂y); (∂z/∂x,) where there is one operand
                 probes     where the tests compare the partials with finite differences, clear of kinks
                 notation   what its gate, text and LaTeX show, where that is not the name as a call; see notation.py
                 neutral    the operand that leaves the other one as it is, so that formulas say x and not x ** 1
                 ulps       how far, in units in the last place, NumPy's function may be from Python's; 0: not at all
                 fold       the row of two operands that a sum is made of

A rule may use arithmetic, its operands, its result and other rows, nothing else. Python's own `x > 0` would freeze to
True or False in a gradient that is itself a graph; `greater(x, 0.0)` is a number, 1 or 0, and formulas write it [x > 0].
"""

# A table is typeset in columns, however wide; a rule may name a row that stands further down.
# ruff: noqa: E501
# mypy: disable-error-code="has-type"

import math
import operator
from functools import reduce
from typing import Any

import numpy as np

from autograd.notation import (
    BARS,
    EXPONENTIAL,
    IS_EQUAL,
    IS_GREATER,
    MINUS,
    OPPOSITE,
    OVER,
    PLUS,
    ROOT,
    SIGMA,
    SQUARED,
    TIMES,
    TO_THE,
    TOTAL,
    call,
)
from autograd.primitive import Points, Primitive


def unary(
    name: str, forward: Any, on_arrays: Any, partials: Any, probes: Points, notation: Any = None, **rest: Any
) -> Primitive:
    return Primitive(name, forward, partials, arity=1, numpy=on_arrays, probes=probes, notation=notation, **rest)


def binary(
    name: str, forward: Any, on_arrays: Any, partials: Any, probes: Points, notation: Any = None, **rest: Any
) -> Primitive:
    return Primitive(name, forward, partials, arity=2, numpy=on_arrays, probes=probes, notation=notation, **rest)


REAL: Points = ((-2.0,), (-0.6,), (0.3,), (1.7,))
POSITIVE: Points = ((0.2,), (1.0,), (3.5,))
INSIDE: Points = ((-0.9,), (-0.3,), (0.5,))  # -1 < x < 1
ABOVE: Points = ((1.1,), (2.5,))  # x > 1
PAIRS: Points = ((-1.5, 2.0), (0.5, -3.0), (2.0, 0.7), (-0.4, -1.1))
BASES: Points = ((1.5, 2.0), (0.5, -3.0), (2.0, 0.7))  # x > 0

ULPS = 8  # a function of Python's libm and NumPy's or numba's agree to so many units in the last place
LOG_2, LOG_10, SQRT_HALF = math.log(2.0), math.log(10.0), math.sqrt(0.5)
BELL_0, ERF_0 = 1 / math.sqrt(2 * math.pi), 2 / math.sqrt(math.pi)  # the normal density and erf' at 0


def _add_up(*xs: Any) -> Any:
    """x₁ + x₂ + … from left to right, as eager `+` adds (Python's own sum() compensates its rounding)."""
    return reduce(operator.add, xs) if xs else 0.0


def _or_1(x: Any) -> Any:
    """x, or 1 where x is 0: what a rule divides by, or takes the logarithm of, where the other factor is 0 anyway."""
    return x + equal(x, 0.0)


def _power(x: Any, y: Any) -> Any:
    """x ** y on arrays. Where all exponents are 0.5 NumPy takes the square root, which differs at -inf and -0.0."""
    return np.where((y == 0.5) & ((x == 0.0) | (x == -np.inf)), np.abs(x), np.power(x, y))


def _sigmoid(x: float) -> float:
    """1 / (1 + exp(-x)); the two forms agree, each where it cannot overflow."""
    return 1.0 / (1.0 + math.exp(-x)) if x >= 0.0 else math.exp(x) / (1.0 + math.exp(x))


def _step(x: float) -> float:
    """1 where x > 0, else 0; nan stays nan."""
    above = 1.0 if x > 0.0 else 0.0
    return above if x == x else x


def _elu(x: float, alpha: float) -> float:
    return x if x > 0.0 else alpha * math.expm1(x)


def _logaddexp(x: float, y: float) -> float:
    """log(exp(x) + exp(y)) without overflow; where x = y (infinities too) the difference below must not be taken."""
    return x + LOG_2 if x == y else (x if x > y else y) + math.log1p(math.exp(-math.fabs(x - y)))


def _log(p: float) -> float:
    """log(p), but -100 at least: a sure and wrong prediction costs 100, not inf (PyTorch's bound)."""
    return math.nan if p != p or p < 0.0 else max(math.log(p), -100.0) if p > 0.0 else -100.0


# fmt: off
# ── Arithmetic ────────────────────────────────────────────────────────────────────────────────────────────────────────
#               name   forward           on arrays     partials                            probes notation

add    = binary("add", operator.add,     np.add,       lambda x, y, z: (1.0, 1.0),         PAIRS, PLUS,  neutral=(0, 0))
sub    = binary("sub", operator.sub,     np.subtract,  lambda x, y, z: (1.0, -1.0),        PAIRS, MINUS, neutral=(None, 0))
mul    = binary("mul", operator.mul,     np.multiply,  lambda x, y, z: (y, x),             PAIRS, TIMES, neutral=(1, 1))
div    = binary("div", operator.truediv, np.divide,    lambda x, y, z: (1 / y, -(z / y)),  PAIRS, OVER,  neutral=(None, 1))
neg    = unary ("neg", operator.neg,     np.negative,  lambda x, z: (-1.0,),               REAL,  OPPOSITE)

sum    = Primitive("sum", _add_up, lambda *xs_z: (1.0,) * (len(xs_z) - 1), arity=None, numpy=_add_up, notation=TOTAL,
                   probes=((0.5, -2.0, 3.0), (1.5,)), fold=add)

# ── Powers ────────────────────────────────────────────────────────────────────────────────────────────────────────────
# A constant exponent n has a row of its own, for the general rule takes the logarithm of the base; `pow` chooses the row.
# (n is never a Value there, so nobody asks for the derivative with respect to it: 0.0 stands in its place.)
# The brackets make d(x**0)/dx = 0 at x = 0 too, and d(0**y)/dy = 0 for y >= 0, as in PyTorch. Nothing turns complex.

pow_number = binary("pow_number", math.pow, _power,
                    lambda x, n, z: (n * pow(x, n - 1 + equal(n, 0.0)), 0.0),                                BASES, TO_THE, neutral=(None, 1), ulps=ULPS)
pow_value  = binary("pow_value",  math.pow, _power,
                    lambda x, y, z: (y * pow(x + equal(x, 0.0) * equal(y, 0.0), y - 1), z * log(_or_1(x))),  BASES, TO_THE, neutral=(None, 1), ulps=ULPS)


def pow(x: Any, y: Any) -> Any:
    """x ** y for operands of every kind: by the row for a constant exponent where y is a number, else by the general one."""
    return (pow_number if isinstance(y, (int, float, np.number)) else pow_value)(x, y)


square  = unary ("square", lambda x: x * x,  np.square,  lambda x, z: (2 * x,),                           REAL,     SQUARED)
sqrt    = unary ("sqrt",   math.sqrt,        np.sqrt,    lambda x, z: (0.5 / z,),                         POSITIVE, ROOT)
hypot   = binary("hypot",  math.hypot,       np.hypot,   lambda x, y, z: (x / _or_1(z), y / _or_1(z)),    PAIRS, ulps=ULPS)

# ── Exponentials and logarithms ───────────────────────────────────────────────────────────────────────────────────────

exp       = unary("exp",   math.exp,    np.exp,    lambda x, z: (z,),                REAL,     EXPONENTIAL, ulps=ULPS)
expm1     = unary("expm1", math.expm1,  np.expm1,  lambda x, z: (z + 1,),            REAL, ulps=ULPS)
log       = unary("log",   math.log,    np.log,    lambda x, z: (1 / x,),            POSITIVE, call("log", r"\log"), ulps=ULPS)
log1p     = unary("log1p", math.log1p,  np.log1p,  lambda x, z: (1 / (1 + x),),      POSITIVE, ulps=ULPS)
log10     = unary("log10", math.log10,  np.log10,  lambda x, z: (1 / (x * LOG_10),), POSITIVE, call("log10", r"\log_{10}"), ulps=ULPS)
log2      = unary("log2",  math.log2,   np.log2,   lambda x, z: (1 / (x * LOG_2),),  POSITIVE, call("log2", r"\log_{2}"), ulps=ULPS)
logaddexp = binary("logaddexp", _logaddexp, np.logaddexp, lambda x, y, z: (sigmoid(x - y), sigmoid(y - x)), PAIRS, ulps=ULPS)

# ── Trigonometric and hyperbolic functions ────────────────────────────────────────────────────────────────────────────

sin     = unary("sin",     math.sin,    np.sin,      lambda x, z: (cos(x),),                     REAL,   call("sin", r"\sin"), ulps=ULPS)
cos     = unary("cos",     math.cos,    np.cos,      lambda x, z: (-sin(x),),                    REAL,   call("cos", r"\cos"), ulps=ULPS)
tan     = unary("tan",     math.tan,    np.tan,      lambda x, z: (1 + square(z),),              REAL,   call("tan", r"\tan"), ulps=ULPS)
arcsin  = unary("arcsin",  math.asin,   np.arcsin,   lambda x, z: (1 / sqrt(1 - square(x)),),    INSIDE, call("arcsin", r"\arcsin"), ulps=ULPS)
arccos  = unary("arccos",  math.acos,   np.arccos,   lambda x, z: (-(1 / sqrt(1 - square(x))),), INSIDE, call("arccos", r"\arccos"), ulps=ULPS)
arctan  = unary("arctan",  math.atan,   np.arctan,   lambda x, z: (1 / (1 + square(x)),),        REAL,   call("arctan", r"\arctan"), ulps=ULPS)
sinh    = unary("sinh",    math.sinh,   np.sinh,     lambda x, z: (cosh(x),),                    REAL,   call("sinh", r"\sinh"), ulps=ULPS)
cosh    = unary("cosh",    math.cosh,   np.cosh,     lambda x, z: (sinh(x),),                    REAL,   call("cosh", r"\cosh"), ulps=ULPS)
tanh    = unary("tanh",    math.tanh,   np.tanh,     lambda x, z: (1 - square(z),),              REAL,   call("tanh", r"\tanh"), ulps=ULPS)
arcsinh = unary("arcsinh", math.asinh,  np.arcsinh,  lambda x, z: (1 / sqrt(square(x) + 1),),    REAL, ulps=ULPS)
arccosh = unary("arccosh", math.acosh,  np.arccosh,  lambda x, z: (1 / sqrt(square(x) - 1),),    ABOVE, ulps=ULPS)
arctanh = unary("arctanh", math.atanh,  np.arctanh,  lambda x, z: (1 / (1 - square(x)),),        INSIDE, ulps=ULPS)
arctan2 = binary("arctan2", math.atan2, np.arctan2,  lambda x, y, z: (y / square(_or_1(hypot(x, y))), -(x / square(_or_1(hypot(x, y))))), PAIRS, ulps=ULPS)  # the angle of the point (y, x)

# ── Kinks, comparisons, choices ───────────────────────────────────────────────────────────────────────────────────────
# At a kink PyTorch's conventions hold: abs'(0) = relu'(0) = 0; a tie of maximum or minimum is shared, half and half.
# A comparison is 1.0 or 0.0, and its derivative is 0 everywhere.

abs     = unary ("abs",     math.fabs,                            np.abs,
                 lambda x, z: (sign(x),),                         REAL,  BARS)
sign    = unary ("sign",    lambda x: x if x != x else 1.0 if x > 0.0 else -1.0 if x < 0.0 else 0.0,  np.sign,
                 lambda x, z: (0.0,),                             REAL)
step    = unary ("step",    _step,                        lambda x: np.heaviside(x, 0.0),
                 lambda x, z: (0.0,),                             REAL)
greater = binary("greater", lambda x, y: 1.0 if x > y else 0.0,   np.greater,
                 lambda x, y, z: (0.0, 0.0),                      PAIRS, IS_GREATER)
equal   = binary("equal",   lambda x, y: 1.0 if x == y else 0.0,  np.equal,
                 lambda x, y, z: (0.0, 0.0),                      PAIRS, IS_EQUAL)
maximum = binary("maximum", lambda x, y: x if x >= y or x != x else y,  lambda x, y: np.where((x >= y) | (x != x), x, y),
                 lambda x, y, z: (greater(x, y) + 0.5 * equal(x, y), greater(y, x) + 0.5 * equal(x, y)), PAIRS)
minimum = binary("minimum", lambda x, y: x if x <= y or x != x else y,  lambda x, y: np.where((x <= y) | (x != x), x, y),
                 lambda x, y, z: (greater(y, x) + 0.5 * equal(x, y), greater(x, y) + 0.5 * equal(x, y)), PAIRS)
where   = Primitive("where", lambda c, x, y: x if c != 0.0 else y, lambda c, x, y, z: (0.0, 1 - equal(c, 0.0), equal(c, 0.0)),
                    arity=3, numpy=lambda c, x, y: np.where(c != 0.0, x, y), probes=((1.0, 2.0, -3.0), (0.0, 2.0, -3.0)))

# ── Activations ───────────────────────────────────────────────────────────────────────────────────────────────────────

relu       = unary ("relu",       lambda x: 0.0 if x <= 0.0 else x,            lambda x: np.where(x <= 0.0, 0.0, x),
                    lambda x, z: (step(x),),                                                                   REAL)
leaky_relu = binary("leaky_relu", lambda x, slope: x if x > 0.0 else slope * x, lambda x, slope: np.where(x > 0.0, x, slope * x),
                    lambda x, slope, z: (where(greater(x, 0.0), 1.0, slope), minimum(x, 0.0)),                 PAIRS, defaults=(0.01,))
elu        = binary("elu",        _elu, lambda x, alpha: np.where(x > 0.0, x, alpha * np.expm1(np.minimum(x, 0.0))),
                    lambda x, alpha, z: (where(greater(x, 0.0), 1.0, z + alpha), expm1(minimum(x, 0.0))),      PAIRS, defaults=(1.0,), ulps=ULPS)
sigmoid    = unary ("sigmoid",    _sigmoid, lambda x: np.exp(np.minimum(x, 0.0)) / (1.0 + np.exp(-np.abs(x))),
                    lambda x, z: (z * (1 - z),),                                                               REAL, SIGMA, ulps=ULPS)
softplus   = unary ("softplus",   lambda x: _logaddexp(x, 0.0), lambda x: np.logaddexp(x, 0.0),
                    lambda x, z: (sigmoid(x),),                                                                REAL, ulps=ULPS)
erf        = unary ("erf",        math.erf, None,
                    lambda x, z: (ERF_0 * exp(-square(x)),),                                                   REAL, ulps=ULPS)
gelu       = unary ("gelu",       lambda x: 0.5 * x * (1.0 + math.erf(SQRT_HALF * x)), None,
                    lambda x, z: (0.5 * (1 + erf(SQRT_HALF * x)) + BELL_0 * x * exp(-0.5 * square(x)),),       REAL, ulps=ULPS)

# ── Loss ──────────────────────────────────────────────────────────────────────────────────────────────────────────────
# The cross-entropy of a target y and a probability p. Differentiated term by term it would give 0 · inf at p = 0; combined
# and bounded, (p - y) / (p (1 - p)), it does not.

bce = binary("bce", lambda p, y: -(y * _log(p) + (1.0 - y) * _log(1.0 - p)),
             lambda p, y: -(y * np.maximum(np.log(p), -100.0) + (1.0 - y) * np.maximum(np.log(1.0 - p), -100.0)),
             lambda p, y, z: ((p - y) / maximum(p * (1 - p), 1e-12), maximum(log(1 - p), -100.0) - maximum(log(p), -100.0)),
             ((0.3, 1.0), (0.8, 0.0), (0.6, 0.4)), call("bce", r"\mathrm{bce}"), ulps=ULPS)

TABLE: dict[str, Primitive] = {row.name: row for row in list(vars().values()) if isinstance(row, Primitive)}
