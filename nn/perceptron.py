"""The perceptron: a weighted sum, a step, and Rosenblatt's learning rule (1958), which needs no derivative.

>>> from nn.datasets import gate
>>> nand = Perceptron(2).fit(*gate("nand"))
>>> nand.predict([[0, 0], [0, 1], [1, 0], [1, 1]])
[1, 1, 1, 0]
>>> Perceptron(2).fit(*gate("xor")).errors[-1] > 0  # no line parts XOR
True
"""

from collections.abc import Iterable, Sequence
from typing import Any, Self

from autograd import Value, step
from nn.layers import Neuron


class Perceptron(Neuron):
    """step(w₁x₁ + w₂x₂ + … + b) with weights that begin at 0; `errors` is the number of mistakes in each epoch."""

    def __init__(self, inputs: int, weights: Sequence[float] | None = None, bias: float = 0.0) -> None:
        super().__init__(inputs, step, "zeros")
        self.errors: list[int] = []
        self.bias.data = bias
        for weight, number in zip(self.weights, weights if weights is not None else [0.0] * inputs, strict=True):
            weight.data = number

    def fit(self, X: Iterable[Any], y: Iterable[Any], lr: float = 1.0, epochs: int = 100) -> Self:
        """w += lr · (target - prediction) · x after each sample, until an epoch has no mistake."""
        samples = list(zip([list(row) for row in X], y, strict=True))
        self.errors = []
        for _ in range(epochs):
            mistakes = 0
            for inputs, target in samples:
                difference = float(target) - self(inputs).data
                mistakes += difference != 0.0
                self.bias.data += lr * difference
                for weight, x in zip(self.weights, inputs, strict=True):
                    weight.data += lr * difference * float(x)
            self.errors.append(mistakes)
            if not mistakes:
                break
        return self

    def predict(self, X: Iterable[Any]) -> list[int]:
        """0 or 1 for each row."""
        outputs: list[Value] = [self(list(row)) for row in X]
        return [int(output.data) for output in outputs]
