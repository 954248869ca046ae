"""Neuron and Layer: a neuron is a weighted sum and an activation, a layer some neurons on the same inputs.

>>> layer = Layer(2, 3, "tanh")
>>> outputs = layer([0.5, -1.0])
>>> len(outputs), outputs[0].op
(3, Primitive('tanh'))
"""

from collections.abc import Sequence
from typing import Any

import autograd
from autograd import Value
from nn.activations import Activation, activation_function, linear, name_of, takes_rows
from nn.init import Generator
from nn.module import Module


class Neuron(Module):
    """activation(w₁x₁ + w₂x₂ + … + b): its graph is the products, one Σ and the activation."""

    def __init__(
        self,
        inputs: int,
        activation: str | Activation = "relu",
        init: str = "lecun_uniform",
        generator: Generator | None = None,
        name: str = "",
    ) -> None:
        numbers = (generator or Generator()).draw(init, (inputs,), inputs)
        self.weights = [Value(number, f"w{name}_{i}") for i, number in enumerate(numbers)]
        self.bias = Value(0.0, f"b{name}")
        self.activation = activation_function(activation)

    def weighted_sum(self, inputs: Sequence[Any]) -> Value:
        """w₁x₁ + w₂x₂ + … + b, before the activation."""
        if len(inputs) != len(self.weights):
            raise ValueError(f"expected {len(self.weights)} inputs, one for each weight, got {len(inputs)}")
        total: Value = autograd.sum([*(w * x for w, x in zip(self.weights, inputs, strict=True)), self.bias])
        return total

    def row(self, inputs: list[Any]) -> Value:
        output: Value = self.activation(self.weighted_sum(inputs))
        return output

    def __repr__(self) -> str:
        return f"Neuron({len(self.weights)}): {name_of(self.activation)}"


class Layer(Module):
    """Neurons side by side on the same inputs; `softmax` and `log_softmax` take all their sums at once.

    Its keys are PyTorch's: weight, of shape (outputs, inputs), and bias, of shape (outputs,).
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        activation: str | Activation = "relu",
        init: str = "lecun_uniform",
        generator: Generator | None = None,
        name: str = "",
    ) -> None:
        generator = generator or Generator()
        self.activation = activation_function(activation)
        self.neurons = [Neuron(inputs, self.activation, "zeros", name=f"{name}_{i}") for i in range(outputs)]
        weights = generator.draw(init, (outputs, inputs), inputs, outputs)
        biases = generator.draw_biases(init, outputs, inputs)
        for neuron, numbers, bias in zip(self.neurons, weights, biases, strict=True):
            for weight, number in zip(neuron.weights, numbers, strict=True):
                weight.data = number
            neuron.bias.data = bias

    def parts(self) -> dict[str, Any]:
        return {"weight": [neuron.weights for neuron in self.neurons], "bias": [neuron.bias for neuron in self.neurons]}

    def weights(self) -> list[Value]:
        """The weights of all neurons, one after the other."""
        return [weight for neuron in self.neurons for weight in neuron.weights]

    def row(self, inputs: list[Any]) -> list[Value]:
        sums = [neuron.weighted_sum(inputs) for neuron in self.neurons]
        return list(self.activation(sums)) if takes_rows(self.activation) else [self.activation(z) for z in sums]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self.neurons[0].weights)}, {len(self.neurons)}): {name_of(self.activation)}"


class Linear(Layer):
    """A layer without an activation, with first weights as torch.nn.Linear has them."""

    def __init__(self, inputs: int, outputs: int, init: str = "torch", generator: Generator | None = None) -> None:
        super().__init__(inputs, outputs, linear, init, generator)
