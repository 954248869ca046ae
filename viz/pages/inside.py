"""The hidden units of a network, as numbers: the activation of each of them, and how steep it is there.

>>> from nn import MLP
>>> model = MLP(2, [3, 2, 1], activation="tanh", output="sigmoid", seed=0)
>>> inside = inside_of(model)
>>> activations, slopes = inside.look(np.zeros((5, 2)))
>>> activations.shape, inside.widths  # five rows, and the units of two hidden layers
((5, 5), [3, 2])
"""

from typing import Any

import numpy as np

from autograd import Value, gradients
from autograd.ieee import silent
from nn import Layer, Module, Sequential
from nn.activations import Activation, takes_rows
from nn.measures import FLAT
from nn.networks import apply

PROBES = (-3.0, -1.0, -0.3, 0.3, 1.0, 3.0)  # sums at which the slope of a step is 0, too
FINE, DEAD, SATURATED = 0, 1, 2
MOST = 0.9  # the share of samples with a slope near 0 from which on a unit counts as saturated


Hidden = list[tuple[Layer, list[Module | Activation]]]  # each hidden layer with the steps behind it


class Units(Module):
    """A module that gives, for a row, the activations of all hidden units and then their slopes ∂A/∂Z."""

    def __init__(self, hidden: Hidden) -> None:
        self.hidden = hidden
        self.steps = [step for layer, behind in hidden for step in (layer, *behind)]

    def row(self, inputs: list[Any]) -> list[Any]:
        activations: list[Any] = []
        slopes: list[Any] = []
        for layer, behind in self.hidden:
            sums = [neuron.weighted_sum(inputs) for neuron in layer.neurons]
            inputs = sums
            for step in (layer.activation, *behind):
                inputs = list(step.rows([inputs])[0]) if isinstance(step, Module) else apply(step, inputs)
            activations += inputs
            slopes += [gradients(a, [z], create_graph=True)[0] for a, z in zip(inputs, sums, strict=True)]
        return activations + slopes


class Inside:
    """A look at all hidden units of a network.

    widths  how many units each hidden layer has
    """

    def __init__(self, hidden: Hidden) -> None:
        self.hidden, self.widths = hidden, [len(layer.neurons) for layer, _ in hidden]
        self.module = Units(hidden)
        self.predict = self.module.compile("numpy")

    def look(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Activations and slopes of all hidden units for rows of inputs: both of shape (rows, units)."""
        with self.module.evaluating(), silent():
            numbers = np.asarray(self.predict(rows), dtype=float).reshape(len(rows), -1)
        activations, slopes = np.split(numbers, 2, axis=1)
        return activations, slopes

    def states(self, slopes: np.ndarray) -> list[int]:
        """For each unit: FINE; DEAD, its slope is 0 for all samples; SATURATED, it is nearly 0 for nine of ten.

        Only what has slope 0 near 0 too, as a relu that is off, can be dead. What is flat everywhere, as a step, is
        neither.
        """
        states: list[int] = []
        columns = iter(slopes.T)
        for layer, behind in self.hidden:
            probed = slopes_at_probes(layer, behind)
            shuts = 0.0 in probed[2:4]
            for column in (next(columns) for _ in layer.neurons):
                near = np.mean(np.abs(column) < FLAT) >= MOST
                if not any(probed) or not near:
                    states.append(FINE)
                else:
                    states.append(DEAD if shuts and not column.any() else SATURATED)
        return states


def slopes_at_probes(layer: Layer, behind: list[Module | Activation]) -> list[float]:
    """The slopes of a layer's activation at the probes."""
    slopes: list[float] = []
    with silent():
        for z in map(Value, PROBES):
            row: list[Any] = [z]
            for step in (layer.activation, *(step for step in behind if not isinstance(step, Module))):
                row = apply(step, row)
            slopes += gradients(row[0], [z])
    return slopes


def inside_of(model: Module) -> Inside | None:
    """The look inside a model; None if it is no plain sequence of layers, or has no hidden one."""
    if not isinstance(model, Sequential):
        return None
    hidden: Hidden = []
    for step in model.steps:
        if isinstance(step, Layer):
            hidden.append((step, []))
        elif isinstance(step, Sequential) or not hidden:
            return None
        else:
            hidden[-1][1].append(step)
    whole = any(takes_rows(f) for layer, behind in hidden[:-1] for f in (layer.activation, *behind))
    return None if len(hidden) < 2 or whole else Inside(hidden[:-1])
