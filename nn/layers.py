"""Neuron, Layer, MLP: a neuron is a weighted sum and an activation, a layer some neurons, an MLP some layers.

>>> model = MLP(2, [4, 1], seed=0)
>>> model
MLP(2, [4, 1]): 2 → 4 relu → 1 linear, 17 parameters
>>> y = model([0.5, -1.0])
>>> y.backward()
>>> len([p for p in model.parameters() if p.grad is not None])
17
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from weakref import ref

import numpy as np

import autograd
from autograd import Value
from nn.activations import Activation, activation_function, linear, name_of, takes_rows
from nn.init import Generator, Init
from nn.module import Module

REMEMBERED = 10_000  # rows whose sums and outputs a layer can report on


class Neuron(Module):
    """activation(w₁x₁ + w₂x₂ + … + b): its graph is the products, one Σ and the activation."""

    def __init__(
        self,
        inputs: int,
        activation: str | Activation = "relu",
        init: Init = "lecun_uniform",
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
        init: Init = "lecun_uniform",
        generator: Generator | None = None,
        name: str = "",
    ) -> None:
        generator = generator or Generator()
        self.activation = activation_function(activation)
        self.neurons = [Neuron(inputs, self.activation, "zeros", name=f"{name}_{i}") for i in range(outputs)]
        weights = generator.draw(init, (outputs, inputs), inputs, outputs)
        # PyTorch's Linear draws its biases as it draws its weights; elsewhere they begin at 0.
        biases = generator.draw("torch" if init == "torch" else "zeros", (outputs,), inputs)
        for neuron, numbers, bias in zip(self.neurons, weights, biases, strict=True):
            for weight, number in zip(neuron.weights, numbers, strict=True):
                weight.data = number
            neuron.bias.data = bias
        self._seen: deque[tuple[list[ref[Value]], list[ref[Value]]]] = deque(maxlen=REMEMBERED)

    def parts(self) -> dict[str, Any]:
        return {"weight": [neuron.weights for neuron in self.neurons], "bias": [neuron.bias for neuron in self.neurons]}

    def weights(self) -> list[Value]:
        """The weights of all neurons, one after the other."""
        return [weight for neuron in self.neurons for weight in neuron.weights]

    def row(self, inputs: list[Any]) -> list[Value]:
        sums = [neuron.weighted_sum(inputs) for neuron in self.neurons]
        outputs = self.activation(sums) if takes_rows(self.activation) else [self.activation(z) for z in sums]
        self._seen.append(([ref(z) for z in sums], [ref(a) for a in outputs]))
        return list(outputs)

    def seen(self) -> tuple[list[list[Value]], list[list[Value]]]:
        """The weighted sums Z and the outputs A, row by row, of the latest passes whose graph still exists."""
        alive = [([z() for z in sums], [a() for a in outputs]) for sums, outputs in self._seen]
        kept = [(sums, outputs) for sums, outputs in alive if None not in sums and None not in outputs]
        reached = [both for both in kept if both[1][0].grad is not None]  # type: ignore[union-attr]
        return [z for z, _ in reached], [a for _, a in reached]  # type: ignore[misc]

    def __getstate__(self) -> dict[str, Any]:
        return vars(self) | {"_seen": deque(maxlen=REMEMBERED)}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self.neurons[0].weights)}, {len(self.neurons)}): {name_of(self.activation)}"


class Linear(Layer):
    """A layer without an activation, with first weights as torch.nn.Linear has them."""

    def __init__(self, inputs: int, outputs: int, init: Init = "torch", generator: Generator | None = None) -> None:
        super().__init__(inputs, outputs, linear, init, generator)


class Sequential(Module):
    """Modules, or functions such as "sigmoid", one after the other. Keys count from 0 as in torch.nn.Sequential.

    >>> Sequential(Linear(2, 3), "sigmoid", Linear(3, 1)).state_dict().keys()
    dict_keys(['0.weight', '0.bias', '2.weight', '2.bias'])
    """

    def __init__(self, *modules: Module | str | Activation) -> None:
        self.steps = [step if isinstance(step, Module) else activation_function(step) for step in modules]

    def parts(self) -> dict[str, Any]:
        return {str(index): step for index, step in enumerate(self.steps)}

    def rows(self, batch: list[list[Any]]) -> list[Any]:
        for step in self.steps:
            batch = step.rows(batch) if isinstance(step, Module) else [apply(step, row) for row in batch]
        return [unwrapped(row) for row in batch]

    def __repr__(self) -> str:
        steps = ", ".join(repr(step) if isinstance(step, Module) else name_of(step) for step in self.steps)
        return f"Sequential({steps})"


class MLP(Module):
    """A multi-layer perceptron: MLP(2, [4, 1]) has 2 inputs, 4 hidden neurons and 1 output.

    activation  of the hidden layers, by name or callable
    output      of the last layer
    init        how first weights are drawn, see nn/init.py; the default has variance 1 / inputs, and biases 0
    seed        makes the first weights reproducible; with init="torch" they are those of torch.manual_seed(seed)

    Called with one row of inputs it returns a Value where there is one output, else a list of them. The keys of its
    state_dict are those of torch.nn.Sequential(Linear, Sigmoid, Linear, …).
    """

    def __init__(
        self,
        inputs: int,
        sizes: Sequence[int],
        activation: str | Activation = "relu",
        output: str | Activation = "linear",
        seed: int | None = None,
        init: Init = "lecun_uniform",
    ) -> None:
        widths = [inputs, *sizes]
        if len(widths) < 2 or not all(isinstance(width, (int, np.integer)) and width >= 1 for width in widths):
            raise ValueError(f"expected sizes of 1 or more, as MLP(2, [4, 1]); got MLP({inputs!r}, {list(sizes)!r})")
        hidden, last = activation_function(activation), activation_function(output)
        generator = Generator(seed)
        self.layers = [
            Layer(widths[i], widths[i + 1], last if i == len(sizes) - 1 else hidden, init, generator, str(i + 1))
            for i in range(len(sizes))
        ]

    def parts(self) -> dict[str, Any]:
        return {str(2 * index): layer for index, layer in enumerate(self.layers)}

    def row(self, inputs: list[Any]) -> Any:
        for layer in self.layers:
            inputs = layer.row(inputs)
        return unwrapped(inputs)

    def __repr__(self) -> str:
        inputs, sizes = len(self.layers[0].neurons[0].weights), [len(layer.neurons) for layer in self.layers]
        layers = [f"{len(layer.neurons)} {name_of(layer.activation)}" for layer in self.layers]
        return f"MLP({inputs}, {sizes}): {inputs} → {' → '.join(layers)}, {len(self.parameters())} parameters"


def apply(activation: Callable[[Any], Any], row: Iterable[Any]) -> list[Any]:
    """The activation of each number of a row, or of the row."""
    return list(activation(row)) if takes_rows(activation) else [activation(x) for x in row]


def unwrapped(row: Any) -> Any:
    """The one output of a row, or the list of several."""
    return row[0] if isinstance(row, list) and len(row) == 1 else row
