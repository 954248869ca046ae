"""Answers that were worked out by hand: when a number is right, though it was rounded.

>>> is_right("-0.59", -0.589835799), is_right("-3/5", -0.589835799), is_right("-0.58", -0.589835799)
(True, False, False)
"""

import math
import re
from typing import Any

from autograd.ieee import to_float

RELATIVE = 0.01  # an answer may be off by 1 %,
ROUNDED = 0.10  # or by its own rounding, where that is no more than a tenth: 0.2 for 0.1966, but not 0 for it
ZERO = 1e-12  # what is left of a zero after rounding errors is one; 12.5 may be rounded to 12 and to 13
NUMBER = r"[+-]?(?:inf|nan|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?)"


def is_right(typed: str, answer: float) -> bool:
    """Whether the number or fraction typed is the answer, to 1 % or to half of the last digit that was typed.

    A number that was rounded so roughly that it is off by more than a tenth is wrong all the same. Raises ValueError if
    what was typed is neither a number nor a fraction.
    """
    number, rounding = read_answer(typed)
    if math.isnan(answer) or math.isnan(number):
        return math.isnan(answer) and math.isnan(number)
    allowed = max(min(rounding + ZERO * abs(number), ROUNDED * abs(answer)), RELATIVE * abs(answer), ZERO)
    return math.isclose(number, answer, rel_tol=0.0, abs_tol=allowed)


def read_answer(typed: str) -> tuple[float, float]:
    """The number that was typed, and by how much it may have been rounded: 0.005 for 0.59, 0 for a fraction."""
    text = typed.lower().replace(" ", "").replace("\N{MINUS SIGN}", "-")
    match = re.fullmatch(f"({NUMBER})(?:/({NUMBER}))?", text, re.ASCII)
    if not match or (match[2] and float(match[2]) == 0.0):
        raise ValueError(f"expected a number or a fraction, such as -0.59, 1/4 or 1e-3; got {typed!r}")
    number = float(match[1]) / float(match[2] or 1)
    return number, 0.0 if match[2] else half_of_the_last_digit(match[1])


def as_typed(answer: Any) -> str:
    """An answer as text; a number as Python writes it, a whole one without its point: -4 for -4.0."""
    return answer if isinstance(answer, str) else repr(to_float(answer)).removesuffix(".0")


def half_of_the_last_digit(number: str) -> float:
    """By how much a decimal number may have been rounded: 0.005 for 0.59, 0.05 for 1.2, 5e-5 for 1.2e-3."""
    mantissa, _, exponent = number.partition("e")
    decimals = len(mantissa.partition(".")[2])
    return float(f"0.5e{int(exponent or 0) - decimals}") if mantissa[-1] in "0123456789." else 0.0
