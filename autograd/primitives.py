"""The table: every operation that backstep knows, one row each, with its local derivatives.

A row says what one operation does and nothing of graphs: the chain rule is written elsewhere, once. Partials are written
in the same arithmetic that users write, so one line serves many readers: run on floats it gives the backward pass, on
`Value`s gradients that can be differentiated again, on `Term`s the text of a formula.

>>> mul.forward(3.0, -4.0)
-12.0
>>> mul.partials(3.0, -4.0, -12.0)  # ∂(x*y)/∂x = y and ∂(x*y)/∂y = x
(-4.0, 3.0)

A row is a name, the function on floats, and the partials (∂z/∂x, ∂z/∂y) of z = name(x, y).

    exact       every engine gives the same bits
    library     a function of a mathematical library: engines agree within a few units in the last place
    x, y, c     the operands, in written order;  z: the result
    None        in the place of a partial: this operand is a number by nature and may not be a Value
    no_edge=    operands that may be Values but never get a gradient: conditions, and what is compared
    shut=(0,)   where the partial of operand 0 is 0, nothing passes to it, whatever the upstream gradient: 0 · inf is 0
    taught=     the partials as a textbook writes them, where the row's own are guarded or arranged for the machine
    domain=     where the operation is defined, if not for all numbers;  kinks=: where a partial is a convention

Only what is unusual about a row follows, by keyword (see primitive.py and rows.py). A rule may use arithmetic, its operands, its
result and other rows, nothing else. Python's own `x > 0` would freeze to True or False in a gradient that is itself a
graph; `greater(x, 0.0)` is a number, 1 or 0, and formulas write it [x > 0].
"""

# A table is typeset in columns, up to 130 wide; a rule may name a row that stands further down.
# ruff: noqa: E501, I001
# mypy: disable-error-code="has-type"

import math
import operator
from typing import Any

import numpy as np

from autograd import scalars
from autograd.notation import (
    BARS, EXPONENTIAL, IS_EQUAL, IS_GREATER, MINUS, OPPOSITE, OVER, PLUS, ROOT, SIGMA, SQUARED, TIMES, TO_THE, TOTAL,
)  # fmt: skip
from autograd.primitive import Points, Primitive
from autograd.rows import choice_of_rows, exact, library

# Where a row is probed if not everywhere: x > 0, -1 < x < 1, x > 1, a base x > 0.
POSITIVE: Points = ((0.2,), (1.0,), (3.5,))
INSIDE: Points = ((-0.9,), (-0.3,), (0.5,))
ABOVE: Points = ((1.1,), (2.5,))
BASES: Points = ((1.5, 2.0), (0.5, -3.0), (2.0, 0.7))
# Where a partial is a convention: at x = 0, and where x = y.
AT_0: Points = ((0.0,),)
TIE: Points = ((1.0, 1.0),)


def wins(x: Any, y: Any) -> Any:
    """1 where x > y, 0 where x < y, 0.5 at a tie (of infinities too), nan where x or y is."""
    return where(equal(x, y), 0.5, step(x - y))


def negative_part(x: Any) -> Any:
    """x where x <= 0, else 0: a rule for x <= 0 may take it where it would be inf, or give nan, for a large x."""
    return where(greater(x, 0.0), 0.0, x)


# fmt: off
# ── Arithmetic ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

add = exact("add", operator.add,     lambda x, y, z: (1.0, 1.0),        notation=PLUS,  neutral=(0, 0), commutes=True)
sub = exact("sub", operator.sub,     lambda x, y, z: (1.0, -1.0),       notation=MINUS, neutral=(None, 0))
mul = exact("mul", operator.mul,     lambda x, y, z: (y, x),            notation=TIMES, neutral=(1, 1), commutes=True)
div = exact("div", operator.truediv, lambda x, y, z: (1 / y, -(z / y)), notation=OVER,  neutral=(None, 1),
            taught=lambda x, y, z: (1 / y, -x / square(y)), domain="y != 0")
neg = exact("neg", operator.neg,     lambda x, z: (-1.0,),              notation=OPPOSITE)

sum = exact("sum", scalars.add_up,   lambda *xs_z: (1.0,) * (len(xs_z) - 1), arity=None, notation=TOTAL, fold=add,
            at=((0.5, -2.0, 3.0), (1.5,)))

# ── Powers ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────
# A constant exponent n has a row of its own, for the general rule takes the logarithm of the base; `pow` chooses the row.
# d(x**0)/dx = 0 at x = 0 too, and d(0**y)/dy = 0 for y >= 0, as in PyTorch. Nothing turns complex.

pow_number = library("pow_number", math.pow,
                     lambda x, n, z: (n * pow(x, n - 1 + equal(n, 0.0)), None),
                     taught=lambda x, n, z: (n * pow(x, n - 1), None),
                     notation=TO_THE, neutral=(None, 1), at=BASES, general="pow", domain="x > 0; other x if n is whole", kinks=((0.0, 0.0),))
pow_value  = library("pow_value",  math.pow,
                     lambda x, y, z: (where(equal(x, 0.0) * equal(y, 0.0), 0.0, y * pow(x, y - 1)),
                                      where(equal(x, 0.0) * (1 - greater(0.0, y)), 0.0, z * log(x))),
                     taught=lambda x, y, z: (y * pow(x, y - 1), z * log(x)),
                     notation=TO_THE, neutral=(None, 1), at=BASES, domain="x > 0; other x if y is whole", kinks=((0.0, 0.0),))


@choice_of_rows
def pow(x: Any, y: Any) -> Any:
    """x ** y for operands of every kind: by the row for a constant exponent where y is a number, else by the general one."""
    return (pow_number if isinstance(y, (int, float, np.number)) else pow_value)(x, y)


square = exact  ("square", scalars.square, lambda x, z: (2 * x,),                        notation=SQUARED)
sqrt   = exact  ("sqrt",   math.sqrt,      lambda x, z: (0.5 / z,),                      notation=ROOT, at=POSITIVE,
                 taught=lambda x, z: (1 / (2 * z),), domain="x >= 0")
cbrt   = library("cbrt",   scalars.cbrt,   lambda x, z: (1 / (3 * square(z)),))
hypot  = library("hypot",  math.hypot,     lambda x, y, z: (x / z, y / z),               commutes=True)

# ── Exponentials and logarithms ─────────────────────────────────────────────────────────────────────────────────────────────

exp       = library("exp",       math.exp,          lambda x, z: (z,),                   notation=EXPONENTIAL)
exp2      = library("exp2",      scalars.exp2,      lambda x, z: (scalars.LOG_2 * z,))
expm1     = library("expm1",     math.expm1,        lambda x, z: (exp(x),))
log       = library("log",       math.log,          lambda x, z: (1 / x,),               at=POSITIVE, domain="x > 0")
log1p     = library("log1p",     math.log1p,        lambda x, z: (1 / (1 + x),),         at=POSITIVE, domain="x > -1")
log10     = library("log10",     math.log10,        lambda x, z: (1 / (x * scalars.LOG_10),), at=POSITIVE, domain="x > 0")
log2      = library("log2",      math.log2,         lambda x, z: (1 / (x * scalars.LOG_2),),  at=POSITIVE, domain="x > 0")
logaddexp = library("logaddexp", scalars.logaddexp, lambda x, y, z: (sigmoid(x - y), sigmoid(y - x)), commutes=True)

# ── Trigonometric and hyperbolic functions ──────────────────────────────────────────────────────────────────────────────────

sin     = library("sin",     math.sin,   lambda x, z: (cos(x),))
cos     = library("cos",     math.cos,   lambda x, z: (-sin(x),))
tan     = library("tan",     math.tan,   lambda x, z: (1 + square(z),))
arcsin  = library("arcsin",  math.asin,  lambda x, z: (1 / sqrt(1 - square(x)),),     at=INSIDE, domain="-1 <= x <= 1")
arccos  = library("arccos",  math.acos,  lambda x, z: (-(1 / sqrt(1 - square(x))),),  at=INSIDE, domain="-1 <= x <= 1")
arctan  = library("arctan",  math.atan,  lambda x, z: (1 / (1 + square(x)),))
sinh    = library("sinh",    math.sinh,  lambda x, z: (cosh(x),))
cosh    = library("cosh",    math.cosh,  lambda x, z: (sinh(x),))
tanh    = library("tanh",    math.tanh,  lambda x, z: (1 - square(z),))
arcsinh = library("arcsinh", math.asinh, lambda x, z: (1 / sqrt(square(x) + 1),))
arccosh = library("arccosh", math.acosh, lambda x, z: (1 / sqrt(square(x) - 1),),     at=ABOVE,  domain="x >= 1")
arctanh = library("arctanh", math.atanh, lambda x, z: (1 / (1 - square(x)),),         at=INSIDE, domain="-1 < x < 1")
arctan2 = library("arctan2", math.atan2,  # the angle of the point (y, x)
                  lambda x, y, z: (where(hypot(x, y), y / hypot(x, y) / hypot(x, y), 0.0),
                                   where(hypot(x, y), -(x / hypot(x, y) / hypot(x, y)), 0.0)),
                  taught=lambda x, y, z: (y / (square(x) + square(y)), -x / (square(x) + square(y))), kinks=((0.0, 0.0),))

# ── Kinks, comparisons, choices ─────────────────────────────────────────────────────────────────────────────────────────────
# At a kink PyTorch's conventions hold: abs'(0) = relu'(0) = 0; a tie of maximum or minimum is shared, half and half.
# A comparison is 1.0 or 0.0; what is compared gets no gradient.

abs     = exact("abs",     math.fabs,       lambda x, z: (sign(x),),       notation=BARS, kinks=AT_0)
sign    = exact("sign",    scalars.sign,    lambda x, z: (0.0,),           shut=(0,), kinks=AT_0)
step    = exact("step",    scalars.step,    lambda x, z: (0.0,),           shut=(0,), kinks=AT_0)
greater = exact("greater", scalars.greater, lambda x, y, z: (0.0, 0.0),    no_edge=(0, 1), notation=IS_GREATER)
equal   = exact("equal",   scalars.equal,   lambda x, y, z: (0.0, 0.0),    no_edge=(0, 1), notation=IS_EQUAL, commutes=True)
maximum = exact("maximum", scalars.maximum, lambda x, y, z: (wins(x, y), wins(y, x)), shut=(0, 1), commutes=True,
                taught=lambda x, y, z: (greater(x, y), greater(y, x)), kinks=TIE)
minimum = exact("minimum", scalars.minimum, lambda x, y, z: (wins(y, x), wins(x, y)), shut=(0, 1), commutes=True,
                taught=lambda x, y, z: (greater(y, x), greater(x, y)), kinks=TIE)
where   = exact("where",   scalars.where,   lambda c, x, y, z: (0.0, 1 - equal(c, 0.0), equal(c, 0.0)), shut=(1, 2), no_edge=(0,),
                at=((1.0, 2.0, -3.0), (0.0, 2.0, -3.0)))

# ── Activations ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

relu       = exact  ("relu",       scalars.relu,       lambda x, z: (step(x),), shut=(0,), kinks=AT_0)
leaky_relu = exact  ("leaky_relu", scalars.leaky_relu, lambda x, slope, z: (where(greater(x, 0.0), 1.0, slope),
                                                                                 where(greater(x, 0.0), 0.0, x)),
                     defaults=(0.01,), kinks=((0.0, 0.01),))
elu        = library("elu",        scalars.elu,
                     lambda x, alpha, z: (where(greater(x, 0.0), 1.0, alpha * exp(negative_part(x))), expm1(negative_part(x))),
                     taught=lambda x, alpha, z: (where(greater(x, 0.0), 1.0, z + alpha), where(greater(x, 0.0), 0.0, expm1(x))),
                     defaults=(1.0,), kinks=((0.0, 0.5),))
sigmoid    = library("sigmoid",    scalars.sigmoid,    lambda x, z: (z * (1 - z),), notation=SIGMA)
softplus   = library("softplus",   scalars.softplus,   lambda x, z: (sigmoid(x),))
erf        = library("erf",        math.erf,           lambda x, z: (scalars.ERF_0 * exp(-square(x)),))
erfc       = library("erfc",       math.erfc,          lambda x, z: (-scalars.ERF_0 * exp(-square(x)),))
gelu       = library("gelu",       scalars.gelu,
                     lambda x, z: (0.5 * erfc(-scalars.SQRT_HALF * x) + scalars.BELL_0 * x * exp(-0.5 * square(x)),))

# ── Loss ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
# The cross-entropy of a target y and a probability p. Differentiated term by term it would give 0 · inf at p = 0; combined
# and bounded, (p - y) / (p (1 - p)), it does not. At p = 0 and p = 1 the second derivative is nan.

bce = library("bce", scalars.bce,
              lambda p, y, z: (where(greater(p * (1 - p), 1e-12), (p - y) / (p * (1 - p)), (p - y) * 1e12),
                               maximum(log1p(-p), -100.0) - maximum(log(p), -100.0)),
              at=((0.3, 1.0), (0.8, 0.0), (0.6, 0.4)),
              taught=lambda p, y, z: ((p - y) / (p * (1 - p)), log(1 - p) - log(p)),
              domain="0 <= p <= 1",
              means=lambda p, y: -(y * log(p) + (1 - y) * log(1 - p)))

TABLE: dict[str, Primitive] = {row.name: row for row in list(vars().values()) if isinstance(row, Primitive)}

Primitive.table = TABLE

# Python's comparisons as numbers 1 and 0, for those who read programs.
COMPARISONS: dict[Any, Any] = {
    operator.gt: greater, operator.lt: lambda x, y: greater(y, x), operator.eq: equal, operator.ne: lambda x, y: 1 - equal(x, y),
    operator.ge: lambda x, y: greater(x, y) + equal(x, y), operator.le: lambda x, y: greater(y, x) + equal(x, y),
}
