"""The numbers that training on tape changes: parameters, the optimiser's memory of them, buffers and step counts.

While an engine runs, they live in flat arrays. `read` copies them out of the model and the optimiser, `write` puts them
back.
"""

import numpy as np

from nn.optim import Optimizer
from nn.training.recipe import Recorded


class State:
    """The arrays that all descents of one training share.

    numbers  the parameters, then what the optimiser remembers of those that it changes, parameter by parameter
    buffers  numbers that modules keep, such as running means
    counts   how many updates there have been: the different counts of the parameters, each one once
    """

    def __init__(self, recorded: Recorded, optimizer: Optimizer) -> None:
        self.recorded, self.optimizer = recorded, optimizer
        self.trained, self.parameters = recorded.trained, recorded.parameters
        self.begun = [optimizer.steps.get(p, 0) for p in self.trained]
        self.numbers = np.zeros(len(self.parameters) + optimizer.memories * len(self.trained))
        self.buffers = np.zeros(len(recorded.buffers))
        self.counts = np.array(list(dict.fromkeys(self.begun)), dtype=float)
        self.first_count = self.begun[0]
        self.read()

    def read(self) -> None:
        """Take over parameters, memory and buffers, which a callback may have changed."""
        nothing = (0.0,) * self.optimizer.memories
        self.numbers[:] = [
            *(p.data for p in self.parameters),
            *(number for p in self.trained for number in self.optimizer.memory.get(p, nothing)),
        ]
        self.buffers[:] = [float(buffer[place]) for buffer, place in self.recorded.buffers]

    def updates(self) -> int:
        """The number of updates on tape."""
        return int(self.counts[0]) - self.first_count

    def steps_changed(self) -> bool:
        """Whether the optimiser counts other steps than those made."""
        steps, updates = self.optimizer.steps, self.updates()
        return any(steps.get(p, 0) != begun + updates for p, begun in zip(self.trained, self.begun, strict=True))

    def write(self, slopes: np.ndarray) -> None:
        """Put everything back. The last row of `slopes` holds the gradients."""
        numbers, memories, updates = self.numbers.tolist(), self.optimizer.memories, self.updates()
        for i, p in enumerate(self.trained):
            p.data = numbers[i]
            first = len(self.parameters) + i * memories
            if updates:
                self.optimizer.memory[p] = tuple(numbers[first : first + memories])
                self.optimizer.steps[p] = self.begun[i] + updates
        for i, (buffer, place) in enumerate(self.recorded.buffers):
            if self.recorded.read_only[i]:
                self.buffers[i] = buffer[place]  # a mean over samples may have changed its last bit
            else:
                buffer[place] = self.buffers[i]
        if len(slopes):
            for p, slope in zip(self.parameters, slopes[-1].tolist(), strict=True):
                p.grad = slope
