"""`Draws`: the numbers that modules draw at random, drawn for a tape in place of the modules.

They are the numbers that an eager pass would draw. Where a tape stops in the middle of an epoch, what it drew too much
is taken back: the eager pass goes on with the very next number.

>>> from nn.special_layers import Dropout
>>> dropout = Dropout(0.5, seed=0)
>>> draws = Draws([(dropout.factors, 2)], count=1)
>>> draws.take(epochs=1, times=3).shape  # two numbers for each of three samples
(1, 2, 3)
>>> before = dropout.factors(1, 2)
>>> draws.go_back(epochs=1, times=3, stopped=0)
>>> bool((before == dropout.factors(1, 2)).all())
True
"""

from collections.abc import Sequence

import numpy as np

from autograd import Value
from autograd.tape.fingerprint import Fingerprint
from nn.hooks import Draw


class Draws:
    """Draws for a tape of `count` samples; `drawn` are the functions that draw, each with how many numbers a time."""

    def __init__(self, drawn: Sequence[tuple[Draw, int]], count: int) -> None:
        self.drawn, self.count = list(drawn), count
        found = Fingerprint({"draw": [draw for draw, _ in drawn]}).entries if drawn else []
        self.generators = [
            (entry.thing, entry.reader)
            for entry in found
            if entry.reader.only_in_a_pass and type(entry.thing) is not Value
        ]
        self.remember()

    def remember(self) -> None:
        """Note the state of all generators."""
        self.states = [reader.read(generator) for generator, reader in self.generators]

    def restore(self) -> None:
        """Give the generators the states that were noted."""
        for (generator, reader), state in zip(self.generators, self.states, strict=True):
            reader.write(generator, state)

    def take(self, epochs: int, times: int) -> np.ndarray:
        """The numbers for a tape that runs so many times in each epoch: shape (epochs, numbers, times)."""
        self.remember()
        if not self.drawn:
            return np.zeros((epochs, 0, times))
        return np.array([self.of_an_epoch(times) for _ in range(epochs)])

    def of_an_epoch(self, times: int) -> np.ndarray:
        if self.count == 1:  # each module draws for the rows of a batch one after the other
            return np.concatenate([draw(times, count).T for draw, count in self.drawn])
        rows = [np.concatenate([draw(1, count)[0] for draw, count in self.drawn]) for _ in range(times)]
        return np.array(rows).reshape(times, -1).T

    def go_back(self, epochs: int, times: int, stopped: int) -> None:
        """Take back what was drawn, but for so many complete epochs and `stopped` runs of the tape in the next one."""
        if self.drawn:
            self.restore()
            for runs in [*[times] * epochs, *[stopped] * (stopped > 0)]:
                self.of_an_epoch(runs)
