"""Checks of numbers that a caller gives: the error says what was given, and what a number of this name may be.

>>> at_least_0("max_norm", 2.5)
2.5
>>> below_1("alpha", 1.5)
Traceback (most recent call last):
ValueError: alpha is at least 0 and less than 1, got 1.5
"""

import numpy as np


def at_least_0(what: str, number: float) -> float:
    """The number. ValueError if it is less than 0, or nan; TypeError if it is none."""
    if not checked_number(what, number) >= 0.0:
        raise ValueError(f"{what} is 0 or more, got {number}")
    return number


def below_1(what: str, number: float) -> float:
    """The number. ValueError unless it is at least 0 and less than 1; TypeError if it is none."""
    if not 0.0 <= checked_number(what, number) < 1.0:
        raise ValueError(f"{what} is at least 0 and less than 1, got {number}")
    return number


def checked_number(what: str, number: float) -> float:
    """The number. TypeError if it is none."""
    if not isinstance(number, (int, float, np.number)):
        raise TypeError(f"{what} is a number, got {number!r}")
    return number
