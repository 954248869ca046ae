"""Places of a function that a plot marks: the minimum near a descent, and saddles.

>>> lowest_near(lambda x: (x - 1) ** 2, (3.0,), reach=4.0)
(1.0,)
>>> saddles(lambda x, y: x**2 - y**2, [(1.0, 0.5)])
[(0.0, 0.0)]
"""

import math
from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

import numpy as np

from autograd import Value, gradients
from autograd.ieee import silent
from viz.plots.functions import height

MOST_TRIALS = 4000
STEPS = 40  # of Newton's method

Place = tuple[float, ...]


def lowest_near(f: Callable[..., Any], start: Place, reach: float) -> Place | None:
    """The minimum that is reached downhill from a place; None if there is none within `reach` of it.

    The search looks at neighbours on all sides and halves its step where none of them is lower (a compass search), so
    that it needs no derivative. It ends where its steps are too short to be seen. Where there are derivatives, Newton's
    method then finds the place to the last digit.
    """
    here, lowest, step, trials = start, height(f, *start), reach / 4, 0
    sides = [side for side in product((-1.0, 0.0, 1.0), repeat=len(start)) if any(side)]
    while step > 1e-10 * min(reach, 1.0) and trials < MOST_TRIALS:
        around = [tuple(x + step * d for x, d in zip(here, side, strict=True)) for side in sides]
        trials += len(around)
        found, place = min((height(f, *place), place) for place in around)
        if found < lowest:
            here, lowest = place, found
        else:
            step /= 2
        if max(abs(x - s) for x, s in zip(here, start, strict=True)) > reach:
            return None
    flat = flat_place(f, here)
    if flat and max(abs(x - y) for x, y in zip(flat, here, strict=True)) < reach / 10 and height(f, *flat) <= lowest:
        here, lowest = flat, height(f, *flat)
    apart = [height(f, *(x + 1e-3 * reach * d for x, d in zip(here, side, strict=True))) for side in sides]
    if not math.isfinite(lowest) or min(apart) <= lowest:
        return None
    return tuple(rounded(x, 1e-8 * reach) for x in here)


def saddles(f: Callable[..., Any], starts: Sequence[Place]) -> list[Place]:
    """The saddles of f(x, y) that Newton's method finds from the starts: the slope is 0, and one bend up, one down."""
    found: dict[Place, None] = {}
    for start in starts:
        place = flat_place(f, start)
        if place is None:
            continue
        with silent():
            down, up = np.linalg.eigvalsh(derivatives(f, np.array(place))[1])
        if down < -1e-6 and up > 1e-6:
            found[tuple(rounded(x, 1e-6) for x in place)] = None
    return sorted(found)


def flat_place(f: Callable[..., Any], start: Place) -> Place | None:
    """The place of slope 0 to which Newton's method leads, if it leads to one: minimum, maximum or saddle."""
    place = np.array(start, dtype=float)
    with silent():
        for _ in range(STEPS):
            slopes, bends = derivatives(f, place)
            if not np.isfinite([*slopes, *bends.ravel()]).all():
                return None
            if not slopes.any():
                break
            place = place - np.linalg.lstsq(bends, slopes, rcond=None)[0]
        slopes, bends = derivatives(f, place)
    if not np.isfinite([*slopes, *bends.ravel()]).all() or np.abs(slopes).max() > 1e-8:
        return None
    return tuple(map(float, place))


def derivatives(f: Callable[..., Any], place: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The gradient of f at a place, and its Hessian, the matrix of second derivatives."""
    leaves = [Value(float(x)) for x in place]
    result = f(*leaves)
    if not isinstance(result, Value):  # a number that does not depend on the place
        return np.zeros(len(leaves)), np.zeros((len(leaves), len(leaves)))
    slopes = gradients(result, leaves, create_graph=True)
    return np.array([slope.data for slope in slopes]), np.array([gradients(slope, leaves) for slope in slopes])


def rounded(x: float, unit: float) -> float:
    """The number to so many places that its digits are meant: 0.0 and not 3e-11."""
    return round(x, max(0, -math.floor(math.log10(unit)))) + 0.0
