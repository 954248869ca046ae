"""exp, log, sin and their kin, as arithmetic on whole vectors: no branches, no calls, at most 2 ulps off.

A processor has no instruction for exp, and a library computes it for one number at a time. Here each function is first
reduced to a short interval, where a polynomial of few terms is exact enough. They are plain NumPy: run on
arrays they give numbers, run on symbols they give machine code, with the same bits.

>>> exp(np.array([0.0, 1.0, 2.0]))
array([1.        , 2.71828183, 7.3890561 ])

A double is 1 bit of sign, 11 of exponent (plus 1023) and 52 of fraction: `view` reads and writes them as an integer.
The reductions are those of fdlibm (Sun Microsystems, 1993); tests/benchmarks/functions.py measures the errors.
"""

from math import factorial, inf, nan, pi
from typing import Any

import numpy as np

ROUND = 1.5 * 2.0**52  # a number plus this is rounded to an integer, which stands in the lowest bits
FRACTION, EXPONENT = (1 << 52) - 1, 0x7FF << 52
LOG2_E, LN2, LN2_REST = 1 / 0.6931471805599453, 6.93147180369123816490e-01, 1.90821492927058770002e-10
ROOT_HALF_BITS, ONE_BITS = 0x3FE6A09E << 32, 0x3FF << 52
# π/2 in four parts, of which the first three have 33 bits: times an integer below 2²⁰ they are exact.
QUARTERS = 1.57079632673412561417, 6.07710050630396597660e-11, 2.02226624871116645580e-21, 8.47842766036889956997e-32
# Beyond these |x| the functions are left to the library.
FAR_EXPONENT, FAR_ANGLE = 700.0, 1e6


def polynomial(x: Any, coefficients: Any) -> Any:
    """c₀ + c₁x + c₂x² + …, in pairs, and pairs of pairs: these do not wait for each other."""
    if len(coefficients) == 1:
        return coefficients[0]
    pairs = [a + b * x for a, b in zip(coefficients[::2], coefficients[1::2], strict=False)]
    return polynomial(x * x, pairs + list(coefficients[len(pairs) * 2 :]))


# ── Exponentials: eˣ = 2ⁿ·eʳ with r = x - n·ln 2, |r| < 0.35; for |x| <= FAR_EXPONENT ─────────────────────────────────

# (eʳ - 1 - r - r²/2) / r³ = 1/6 + r/24 + …: the polynomial of this length whose largest error is least (Remez).
EXPONENTIAL = (
    0.1666666666666668, 0.041666666666619744, 0.008333333333319025, 0.0013888888920610808, 0.00019841269894165046,
    2.4801516217634887e-05, 2.755723530050109e-06, 2.762227862939174e-07, 2.5112303853331234e-08,
)  # fmt: skip


def reduced(x: Any) -> tuple[Any, Any, Any]:
    """(r, what its rounding lost, n·2⁵²), the last one an integer: added to a number's bits it multiplies it by 2ⁿ."""
    shifted = x * LOG2_E + ROUND
    n = shifted - ROUND
    high, low = x - n * LN2, n * LN2_REST
    r = high - low
    return r, (high - r) - low, shifted.view(np.int64) << 52


def exp(x: Any) -> Any:
    r, _, n = reduced(x)
    return ((1.0 + (r + r * r * polynomial(r, (0.5, *EXPONENTIAL)))).view(np.int64) + n).view(np.float64)


def expm1(x: Any) -> Any:
    """(eˣ - 1)·2⁻ⁿ = (1 - 2⁻ⁿ) + (eʳ - 1), with what the sum's rounding lost. It has the sign of x, that of 0 too."""
    r, lost, n = reduced(x)
    square = r * r
    rest = 0.5 * square + (r * square * polynomial(r, EXPONENTIAL) + lost)
    one = 1.0 - (ONE_BITS - n).view(np.float64)
    sum_ = one + r
    whole = sum_ + ((r - (sum_ - one)) + rest)
    return np.copysign(whole * (ONE_BITS + n).view(np.float64), x)


# ── Hyperbolic tangent: tanh r = r - A / Q for |r| < TANH_NEAR, with A = r³·P(r²) (Cephes, Moshier 1989) ──────────────

TANH_NEAR = 0.625
TANH_P = 1.61468768441708447952e3, 9.92877231001918586564e1, 9.64399179425052238628e-1
TANH_Q = 4.84406305325125486048e3, 2.23548839060100448583e3, 1.12811678491632931402e2, 1.0


def tanh(x: Any) -> Any:
    """Farther from 0: 1 - 2 / (e²ˣ + 1), where x = r + n·ln 2 / 2 and e²ʳ = (1 + tanh r) / (1 - tanh r)."""
    size = np.abs(x)
    size = np.where(size > 20.0, 20.0, size)
    near = size < TANH_NEAR
    shifted = np.where(near, ROUND, size * (2.0 * LOG2_E) + ROUND)
    n = shifted - ROUND
    r = (size - n * (LN2 / 2.0)) - n * (LN2_REST / 2.0)
    square = r * r
    a, q = r * square * polynomial(square, TANH_P), polynomial(square, TANH_Q)
    less, more = q - (r * q - a), q + (r * q - a)  # Q·(1 - tanh r) and Q·(1 + tanh r)
    power = ((shifted.view(np.int64) << 52) + ONE_BITS).view(np.float64)
    quotient = np.where(near, a, less) / (0.5 * (power * more + less))
    return np.copysign(np.where(near, size, 1.0) - quotient, x)


# ── Logarithms: log x = k·ln 2 + log(1 + f) with 0.7 < 1 + f < 1.42, by the series of artanh(f / (2 + f)) ─────────────

ARTANH = [2 / (2 * k + 1) for k in range(1, 11)]


def split(x: Any) -> tuple[Any, Any]:
    """(f, k) with x = (1 + f)·2ᵏ, for normal numbers x > 0."""
    bits = x.view(np.int64) + (ONE_BITS - ROOT_HALF_BITS)
    k = (((bits & EXPONENT) >> 52) | (0x433 << 52)).view(np.float64) - (2.0**52 + 1023)
    return ((bits & FRACTION) + ROOT_HALF_BITS).view(np.float64) - 1.0, k


def joined(f: Any, k: Any, rest: Any) -> Any:
    """k·ln 2 + log(1 + f) + rest, where `rest` is tiny."""
    s, half = f / (2.0 + f), 0.5 * f * f
    series = s * (half + s * s * polynomial(s * s, ARTANH))
    return k * LN2 - ((half - (series + (k * LN2_REST + rest))) - f)


def with_edges(x: Any, result: Any) -> Any:
    """The logarithm of x: `result` where x is a positive number, else what the logarithm of 0, inf and nan is."""
    return np.where(x > 0.0, np.where(x < inf, result, inf), np.where(x == 0.0, -inf, nan))


def log(x: Any) -> Any:
    tiny = x < 2.0**-1022
    f, k = split(np.where(tiny, x * 2.0**54, x))
    return with_edges(x, joined(f, np.where(tiny, k - 54.0, k), 0.0))


def log1p(x: Any) -> Any:
    """Near 0, f = x; elsewhere what 1 + x lost by rounding is added again."""
    u = 1.0 + x
    lost = np.where(x > 1.0, 1.0 - (u - x), x - (u - 1.0)) / u
    f, k = split(u)
    near = (x > -0.29) & (x < 0.41)
    result = joined(np.where(near, x, f), np.where(near, 0.0, k), np.where(near, 0.0, lost))
    return with_edges(u, np.copysign(result, x))


# ── Sine and cosine: x = n·π/2 + r, and the quadrant n says which of both, and with which sign ────────────────────────

SINE = [(-1) ** k / factorial(2 * k + 1) for k in range(1, 9)]
COSINE = [(-1) ** k / factorial(2 * k) for k in range(2, 9)]


def difference(x: Any, y: Any) -> tuple[Any, Any]:
    """x - y, and what was lost by its rounding (Knuth)."""
    d = x - y
    seen = x - d
    return d, (x - (d + seen)) + (seen - y)


def wave(x: Any, quadrant: int) -> Any:
    """sin(x + quadrant·π/2) for |x| <= FAR_ANGLE."""
    shifted = x * (2 / pi) + ROUND
    n = shifted - ROUND
    first, lost_first = difference(x - n * QUARTERS[0], n * QUARTERS[1])
    second, lost_second = difference(first, n * QUARTERS[2])
    lost = lost_first + lost_second - n * QUARTERS[3]
    r = second + lost
    rest = (second - r) + lost
    square = r * r
    half = 0.5 * square
    sine = r + (r * square * polynomial(square, SINE) + rest * (1.0 - half))
    one = 1.0 - half
    cosine = one + (((1.0 - one) - half) + (square * square * polynomial(square, COSINE) - r * rest))
    turn = shifted.view(np.int64) + quadrant
    chosen = np.where((turn & 1) == 0, sine, cosine)
    return (chosen.view(np.int64) ^ ((turn & 2) << 62)).view(np.float64)


def sin(x: Any) -> Any:
    return np.where(x == 0.0, x, wave(x, 0))


def cos(x: Any) -> Any:
    return wave(x, 1)
