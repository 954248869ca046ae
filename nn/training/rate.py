"""`Rate`: the learning rate in the course of training, a base that a schedule multiplies.

A callback may set the rate of the optimiser. This is the new base, from the next epoch on and after training.

>>> from autograd import Value
>>> from nn.optim import SGD
>>> optimizer = SGD([Value(1.0)], lr=0.5)
>>> Rate(optimizer, lambda epoch: 0.5**epoch).of_epochs(range(3)).tolist()
[0.5, 0.25, 0.125]
>>> rate = Rate(optimizer, lambda epoch: 0.5**epoch)
>>> optimizer.lr = 0.8
>>> rate.notice_change()
>>> rate.of_epochs(range(1, 2)).tolist()
[0.4]
"""

from collections.abc import Callable

import numpy as np

from nn.optim import Optimizer


class Rate:
    """The rate of an optimiser. The optimiser has the rate of the latest epoch, and its base again after `restore`."""

    def __init__(self, optimizer: Optimizer, schedule: Callable[[int], float] | None) -> None:
        self.optimizer, self.base, self.schedule = optimizer, optimizer.lr, schedule
        self.given = optimizer.lr  # the rate that the optimiser has from here

    def of_epochs(self, epochs: range) -> np.ndarray:
        """The rates of these epochs."""
        rates = np.array([self.base * (self.schedule(epoch) if self.schedule else 1.0) for epoch in epochs])
        self.given = self.optimizer.lr = float(rates[-1])
        return rates

    def notice_change(self) -> None:
        """Take a rate that somebody else has set as the new base."""
        if self.optimizer.lr != self.given:
            self.given = self.base = self.optimizer.lr

    def restore(self) -> None:
        """Give the optimiser its base rate."""
        self.optimizer.lr = self.base
