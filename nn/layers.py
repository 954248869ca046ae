"""Neuron, Layer, MLP: a neuron is a weighted sum and an activation, a layer some neurons, an MLP some layers.

>>> model = MLP(2, [4, 1], seed=0)
>>> model
MLP(2, [4, 1]): 2 → 4 relu → 1 linear, 17 parameters
>>> y = model([0.5, -1.0])
>>> y.backward()
>>> len([p for p in model.parameters() if p.grad is not None])
17
"""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

import autograd
from autograd import Value
from nn.activations import Activation, activation_function, name_of
from nn.module import Module


class Neuron(Module):
    """activation(w₁x₁ + w₂x₂ + … + b): its graph is the products, one Σ and the activation.

    `draw(low, high)` gives the first weights; they are named w<name>_0, w<name>_1, ... and the bias b<name>.
    """

    def __init__(self, inputs: int, activation: str | Activation = "relu", draw: Any = None, name: str = "") -> None:
        draw = draw or np.random.RandomState().uniform
        bound = math.sqrt(3 / inputs)  # the variance of a weight is 1 / inputs (LeCun et al., Efficient BackProp, 1998)
        self.weights = [Value(draw(-bound, bound), f"w{name}_{i}") for i in range(inputs)]
        self.bias = Value(0.0, f"b{name}")
        self.activation = activation_function(activation)

    def __call__(self, inputs: Iterable[Any]) -> Value:
        """The output for a sequence of numbers or Values, one for each weight."""
        inputs = expect(len(self.weights), inputs)
        total: Value = autograd.sum([*(w * x for w, x in zip(self.weights, inputs, strict=True)), self.bias])
        output: Value = self.activation(total)
        return output

    def __repr__(self) -> str:
        return f"Neuron({len(self.weights)}): {name_of(self.activation)}"


class Layer(Module):
    """Neurons side by side on the same inputs."""

    def __init__(
        self, inputs: int, outputs: int, activation: str | Activation = "relu", draw: Any = None, name: str = ""
    ) -> None:
        draw = draw or np.random.RandomState().uniform
        self.neurons = [Neuron(inputs, activation, draw, f"{name}_{i}") for i in range(outputs)]

    def __call__(self, inputs: Iterable[Any]) -> list[Value]:
        inputs = expect(len(self.neurons[0].weights), inputs)
        return [neuron(inputs) for neuron in self.neurons]

    def __repr__(self) -> str:
        return f"Layer({len(self.neurons[0].weights)}, {len(self.neurons)}): {name_of(self.neurons[0].activation)}"


class MLP(Module):
    """A multi-layer perceptron: MLP(2, [4, 1]) has 2 inputs, 4 hidden neurons and 1 output.

    activation  of the hidden layers, by name or callable
    output      of the last layer
    seed        makes the first weights reproducible; they are uniform with variance 1 / inputs, biases 0

    Called with one row of inputs it returns a Value where there is one output, else a list of them.
    """

    def __init__(
        self,
        inputs: int,
        sizes: Sequence[int],
        activation: str | Activation = "relu",
        output: str | Activation = "linear",
        seed: int | None = None,
    ) -> None:
        widths = [inputs, *sizes]
        if len(widths) < 2 or not all(isinstance(width, (int, np.integer)) and width >= 1 for width in widths):
            raise ValueError(f"expected sizes of 1 or more, as MLP(2, [4, 1]); got MLP({inputs!r}, {list(sizes)!r})")
        hidden, last = activation_function(activation), activation_function(output)
        # RandomState and not default_rng: its numbers for a seed stay the same in all versions of NumPy.
        draw = np.random.RandomState(seed).uniform
        self.layers = [
            Layer(widths[i], widths[i + 1], last if i == len(sizes) - 1 else hidden, draw, str(i + 1))
            for i in range(len(sizes))
        ]

    def __call__(self, inputs: Iterable[Any]) -> Any:
        for layer in self.layers:
            inputs = layer(inputs)
        outputs = list(inputs)
        return outputs[0] if len(outputs) == 1 else outputs

    def __repr__(self) -> str:
        inputs, sizes = len(self.layers[0].neurons[0].weights), [len(layer.neurons) for layer in self.layers]
        layers = [f"{len(layer.neurons)} {name_of(layer.neurons[0].activation)}" for layer in self.layers]
        return f"MLP({inputs}, {sizes}): {inputs} → {' → '.join(layers)}, {len(self.parameters())} parameters"


def expect(count: int, inputs: Iterable[Any]) -> list[Any]:
    """The inputs as a list of the expected length, or a ValueError that says both lengths."""
    values = list(inputs)
    if len(values) != count:
        raise ValueError(f"expected {count} inputs, one for each weight, got {len(values)}")
    return values
