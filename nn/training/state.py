"""The numbers that training on tape changes: parameters, the optimiser's memory of them, buffers and step counts.

While an engine runs, they live in flat arrays. `read` copies them out of the model and the optimiser, `write` puts them
back.
"""

import numpy as np

from nn.optim import Optimizer
from nn.training.recipe import Recorded


class State:
    """The arrays that all descents of one training share.

    numbers  the trained parameters, then what the optimiser remembers of them, parameter by parameter
    buffers  numbers that modules keep, such as running means
    counts   how many updates there have been: the different counts of the parameters, each one once
    """

    def __init__(self, recorded: Recorded, optimizer: Optimizer) -> None:
        self.recorded, self.optimizer, self.trained = recorded, optimizer, recorded.trained
        self.begun = [optimizer.steps.get(p, 0) for p in self.trained]
        memory = [optimizer.memory.get(p, (0.0,) * optimizer.memories) for p in self.trained]
        self.numbers = np.array([p.data for p in self.trained] + [number for kept in memory for number in kept])
        self.buffers = np.array([float(buffer[place]) for buffer, place in recorded.buffers])
        self.counts = np.array(list(dict.fromkeys(self.begun)), dtype=float)

    def read(self) -> None:
        """Take over parameters and buffers, which a callback may have changed."""
        self.numbers[: len(self.trained)] = [p.data for p in self.trained]
        self.buffers[:] = [float(buffer[place]) for buffer, place in self.recorded.buffers]

    def write(self, updates: int, slopes: np.ndarray) -> None:
        """Put everything back, after so many updates. The last row of `slopes` holds the gradients."""
        numbers, memories = self.numbers.tolist(), self.optimizer.memories
        for i, p in enumerate(self.trained):
            p.data = numbers[i]
            first = len(self.trained) + i * memories
            self.optimizer.memory[p] = tuple(numbers[first : first + memories])
            self.optimizer.steps[p] = self.begun[i] + updates
        for (buffer, place), number in zip(self.recorded.buffers, self.buffers.tolist(), strict=True):
            buffer[place] = number
        if len(slopes):
            for p, slope in zip(self.trained, slopes[-1].tolist(), strict=True):
                p.grad = slope
