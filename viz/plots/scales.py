"""Scales of plots and panels: when one is logarithmic, and which round numbers stand at it.

>>> ticks(0, 299)
[0.0, 100.0, 200.0]
>>> decades(0.0005, 3), decades(2, 50)
([0.001, 0.01, 0.1, 1.0], [2.0, 5.0, 10.0, 20.0, 50.0])
>>> far_apart([1.0, 0.5, 0.01]), far_apart([1.0, 0.5, -0.01])
(True, False)
"""

import math
from collections.abc import Sequence

ENOUGH = 3  # powers of ten, to stand alone at a logarithmic scale
WIDE_RANGE = 20.0  # numbers that differ by such a factor are drawn on a logarithmic scale


def far_apart(numbers: Sequence[float]) -> bool:
    """Whether a logarithmic scale shows more of the finite numbers: none is negative, and they are far apart."""
    finite = [x for x in numbers if math.isfinite(x)]
    positive = [x for x in finite if x > 0.0]
    return bool(positive) and min(finite) >= 0.0 and max(positive) > WIDE_RANGE * min(positive)


def ticks(low: float, high: float) -> list[float]:
    """At most six round numbers from low to high."""
    power = 10.0 ** math.floor(math.log10(high - low))
    step = next(step for m in (0.1, 0.2, 0.5, 1, 2) if (high - low) / (step := m * power) <= 5)
    return [i * step for i in range(math.ceil(low / step), math.floor(high / step) + 1)]


def powers_of_ten(low: float, high: float) -> list[float]:
    """The powers of ten from low to high."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    return [10.0**power for power in powers if low <= 10.0**power <= high]


def decades(low: float, high: float) -> list[float]:
    """Round numbers for a logarithmic scale: powers of ten, if there are enough of them."""
    numbers = powers_of_ten(low, high)
    if len(numbers) < ENOUGH:
        powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        numbers = [m * 10.0**power for power in powers for m in (1, 2, 5) if low <= m * 10.0**power <= high]
    return numbers[:: -(-len(numbers) // 6) or 1]
