"""The last batch of a training, and its loss built anew: a graph to look into after `fit`.

>>> import nn
>>> X, y = nn.datasets.gate("xor")
>>> model = nn.MLP(2, [4, 1], activation="tanh", output="sigmoid", seed=0)
>>> history = nn.fit(model, X, y, loss="mse_loss", optimizer=nn.SGD(model.parameters(), lr=1.0), epochs=20)
>>> loss = history.last_loss()
>>> loss.data < history.loss[-1]  # one update later
True
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd import Value
from nn.losses import Loss
from nn.module import Module


@dataclass(frozen=True, slots=True, eq=False)
class LastBatch:
    """The rows and targets of the last batch of a training, with the model and the loss function."""

    model: Module
    loss_of: Loss
    rows: list[Any]
    targets: list[Any]

    def loss(self) -> Value:
        """Its loss at the weights that the model has now, in the mode of training. The model stays as it is."""
        with self.model.evaluating(), unchanged(self.model):  # each module gets back the mode that it has now
            self.model.train()
            return self.loss_of(self.model([list(row) for row in self.rows]), self.targets)


@contextmanager
def unchanged(model: Module) -> Iterator[None]:
    """Afterwards buffers, other attributes of the modules and random generators are as they were."""
    modules = [module for _, module in model.modules()]
    attributes = [(module, dict(vars(module))) for module in modules]
    contents = [content for _, held in attributes for content in held.values()]
    arrays = [(array, array.copy()) for array in contents if isinstance(array, np.ndarray)]
    python = [(it, it.getstate()) for it in contents if isinstance(it, random.Random)]
    old = [(it, it.get_state()) for it in contents if isinstance(it, np.random.RandomState)]
    new = [(it, it.bit_generator.state) for it in contents if isinstance(it, np.random.Generator)]
    global_states = random.getstate(), np.random.get_state()
    try:
        yield
    finally:
        for module, held in attributes:
            vars(module).clear()
            vars(module).update(held)
        for array, copy in arrays:
            array[...] = copy
        for python_generator, its_state in python:
            python_generator.setstate(its_state)
        for old_generator, old_state in old:
            old_generator.set_state(old_state)
        for new_generator, new_state in new:
            new_generator.bit_generator.state = new_state
        random.setstate(global_states[0])
        np.random.set_state(global_states[1])
