"""`Rate`: the learning rate in the course of training, a base that a schedule multiplies.

>>> from autograd import Value
>>> from nn.optim import SGD
>>> optimizer = SGD([Value(1.0)], lr=0.5)
>>> Rate(optimizer, lambda epoch: 0.5**epoch).of_epochs(range(3)).tolist()
[0.5, 0.25, 0.125]
"""

from collections.abc import Callable

import numpy as np

from nn.optim import Optimizer


class Rate:
    """The rate of an optimiser. The optimiser has the rate of the latest epoch, and its base again after `restore`."""

    def __init__(self, optimizer: Optimizer, schedule: Callable[[int], float] | None) -> None:
        self.optimizer, self.base, self.schedule = optimizer, optimizer.lr, schedule

    def of_epochs(self, epochs: range) -> np.ndarray:
        """The rates of these epochs."""
        rates = np.array([self.base * (self.schedule(epoch) if self.schedule else 1.0) for epoch in epochs])
        self.optimizer.lr = float(rates[-1])
        return rates

    def restore(self) -> None:
        """Give the optimiser its base rate."""
        self.optimizer.lr = self.base
