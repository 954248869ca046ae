"""Neuron and Layer: a neuron is a weighted sum and an activation, a layer some neurons on the same inputs.

>>> layer = Layer(2, 3, "tanh")
>>> outputs = layer([0.5, -1.0])
>>> len(outputs), outputs[0].op
(3, Primitive('tanh'))
"""

from collections.abc import Sequence
from operator import mul
from typing import TYPE_CHECKING, Any

import numpy as np

import autograd
from autograd import Value
from nn.activations import Activation, activation_function, linear, name_of, takes_rows
from nn.init import Generator
from nn.module import Call, Module
from nn.state import fitting


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

    if TYPE_CHECKING:
        __call__: Call[Value]  # type: ignore[assignment]  # Module takes more arguments only to refuse them

    def weighted_sum(self, inputs: Sequence[Any]) -> Value:
        """w₁x₁ + w₂x₂ + … + b, before the activation."""
        if len(inputs) != len(self.weights):
            raise ValueError(f"expected {len(self.weights)} inputs, one for each weight, got {len(inputs)}")
        return autograd.sum([*map(mul, self.weights, inputs), self.bias])

    def row(self, inputs: list[Any]) -> Value:
        output: Value = self.activation(self.weighted_sum(inputs))
        return output

    def __repr__(self) -> str:
        return f"Neuron({len(self.weights)}): {name_of(self.activation)}"


class Layer(Module):
    """Neurons side by side on the same inputs; `softmax` and `log_softmax` take all their sums at once.

    Its keys are PyTorch's: weight, of shape (outputs, inputs), and bias, of shape (outputs,).

    weight, bias  first weights and biases as numbers, in place of those that `init` draws; bias=True draws them
    inputs_first  whether `weight` has the shape (inputs, outputs), a row for each input, as many texts write it

    >>> Layer(2, 3, "linear", weight=[[1, 2, 3], [4, 5, 6]], bias=[0, 0, 0], inputs_first=True)([1.0, 0.0])[2].data
    3.0
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        activation: str | Activation = "relu",
        init: str = "lecun_uniform",
        generator: Generator | None = None,
        name: str = "",
        *,
        weight: Any = None,
        bias: Any = None,
        inputs_first: bool = False,
    ) -> None:
        generator = generator or Generator()
        self.activation = activation_function(activation)
        self.neurons = [Neuron(inputs, self.activation, "zeros", generator, f"{name}_{i}") for i in range(outputs)]
        weights = generator.draw(init, (outputs, inputs), inputs, outputs)
        biases = generator.draw_biases(init, outputs, inputs)
        if weight is not None:
            weights = fitting("weight", rows_for_outputs(weight, inputs, outputs, inputs_first), weights.shape)
        if bias is False:
            raise ValueError(f"a layer has biases always: write bias={[0] * outputs}, and train model.weights() alone")
        if bias is not None and bias is not True:
            biases = fitting("bias", bias, biases.shape)
        for neuron, numbers, number in zip(self.neurons, weights, biases, strict=True):
            for leaf, first in zip([*neuron.weights, neuron.bias], [*numbers, number], strict=True):
                leaf.data = first

    if TYPE_CHECKING:
        __call__: Call[list[Value]]  # type: ignore[assignment]

    def parts(self) -> dict[str, Any]:
        return {"weight": [neuron.weights for neuron in self.neurons], "bias": [neuron.bias for neuron in self.neurons]}

    def as_pytorch(self) -> str:
        return f"nn.Linear({len(self.neurons[0].weights)}, {len(self.neurons)})"

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

    def __init__(
        self, inputs: int, outputs: int, init: str = "torch", generator: Generator | None = None, **weights: Any
    ) -> None:
        super().__init__(inputs, outputs, linear, init, generator, **weights)


def rows_for_outputs(weight: Any, inputs: int, outputs: int, inputs_first: bool) -> np.ndarray:
    """The weights with a row for each output. ValueError if they have another shape than the caller says."""
    given = np.asarray(weight)
    expected = (inputs, outputs) if inputs_first else (outputs, inputs)
    if given.shape != expected:
        other = "" if inputs_first else ", or (inputs, outputs) with inputs_first=True"
        order = "(inputs, outputs)" if inputs_first else "(outputs, inputs)"
        raise ValueError(f"weight has shape {given.shape}, expected {order} = {expected}{other}")
    return given.T if inputs_first else given
