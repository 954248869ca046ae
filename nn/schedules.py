"""Learning-rate schedules: functions of the epoch that return a factor, as `fit(..., schedule=)` takes them.

>>> [step_decay(2, 0.5)(epoch) for epoch in range(5)]
[1.0, 1.0, 0.5, 0.5, 0.25]
"""

import math
from collections.abc import Callable

Schedule = Callable[[int], float]


def step_decay(step_size: int, gamma: float = 0.1) -> Schedule:
    """gamma for every step_size epochs, as torch's StepLR."""
    return lambda epoch: gamma ** (epoch // step_size)


def exponential_decay(gamma: float) -> Schedule:
    """gamma for every epoch, as torch's ExponentialLR."""
    return lambda epoch: gamma**epoch


def cosine_decay(epochs: int, lowest: float = 0.0) -> Schedule:
    """From 1 to `lowest` along half a cosine, as torch's CosineAnnealingLR."""
    return lambda epoch: lowest + (1 - lowest) * (1 + math.cos(math.pi * min(epoch, epochs) / epochs)) / 2


def warm_up(epochs: int) -> Schedule:
    """From 1 / epochs to 1 in so many epochs."""
    return lambda epoch: min(1.0, (epoch + 1) / epochs)
