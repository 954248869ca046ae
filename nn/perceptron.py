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
    """step(w₁x₁ + w₂x₂ + … + b): 1 where the sum is above 0, else 0. Weights begin at 0 where none are given.

    threshold  in place of the bias: the sum w₁x₁ + w₂x₂ + … must be above it, so that bias = -threshold
    errors     the number of mistakes in each epoch of `fit`
    classes    the two outputs: (0, 1), or (-1, 1) after `fit` with such targets

    >>> both = Perceptron(2, [0.5, 0.5], threshold=0.7)
    >>> both.predict([[1, 0], [1, 1]])
    [0, 1]
    """

    def __init__(
        self,
        inputs: int,
        weights: Sequence[float] | None = None,
        bias: float | None = None,
        threshold: float | None = None,
    ) -> None:
        super().__init__(inputs, step, "zeros")
        if bias is not None and threshold is not None:
            raise ValueError(f"give a bias or a threshold, which is -bias; got bias={bias} and threshold={threshold}")
        if weights is not None and len(weights) != inputs:
            raise ValueError(f"expected {inputs} weights, one for each input, got {len(weights)}")
        self.errors: list[int] = []
        self.classes = (0, 1)
        self.bias.data = bias if bias is not None else 0.0 - (threshold or 0.0)
        for weight, number in zip(self.weights, weights if weights is not None else (), strict=False):
            weight.data = number

    @property
    def threshold(self) -> float:
        """The number that w₁x₁ + w₂x₂ + … must be above: -bias."""
        return 0.0 - self.bias.data

    def row(self, inputs: list[Any]) -> Value:
        low, high = self.classes
        fired = super().row(inputs)
        return fired if (low, high) == (0, 1) else low + (high - low) * fired

    def fit(self, X: Iterable[Any], y: Iterable[Any], lr: float = 1.0, epochs: int = 100) -> Self:
        """w += lr · (target - output) · x after each sample, until an epoch has no mistake.

        Targets are 0 and 1, or -1 and 1. Target and output count as 0 and 1 in the rule, so that with -1 and 1 a
        mistake gives w += lr · target · x. ValueError for other targets.
        """
        rows, targets = [list(row) for row in X], [float(target) for target in y]
        if len(rows) != len(targets):
            raise ValueError(f"expected a target for each row, got {len(rows)} rows and {len(targets)} targets")
        samples = list(zip(rows, targets, strict=True))
        self.classes = classes_of({target for _, target in samples}, self.classes)
        self.errors = []
        for _ in range(epochs):
            mistakes = 0
            for inputs, target in samples:
                wanted = float(target == 1.0)
                difference = wanted - super().row(inputs).data
                mistakes += difference != 0.0
                self.bias.data += lr * difference
                for weight, x in zip(self.weights, inputs, strict=True):
                    weight.data += lr * difference * float(x)
            self.errors.append(mistakes)
            if not mistakes:
                break
        return self

    def centre(self, X: Iterable[Any]) -> Self:
        """Put the threshold halfway between the rows of X that fire and those that do not.

        Learning ends with the first line that makes no mistake, and such a line may go through a point. Moved to the
        middle it parts the points and goes through none. The outputs for X stay as they are, and so does the threshold
        where all rows fire, or none does.

        >>> from nn.datasets import gate
        >>> X, y = gate("and")
        >>> learned = Perceptron(2).fit(X, y)
        >>> learned.threshold, learned.centre(X).threshold, learned.predict(X)
        (2.0, 2.5, [0, 0, 0, 1])
        """
        rows = [[float(x) for x in row] for row in X]
        sums = [sum(w.data * x for w, x in zip(self.weights, row, strict=True)) for row in rows]
        fired = [self.weighted_sum(row).data > 0.0 for row in rows]
        above = [total for total, fires in zip(sums, fired, strict=True) if fires]
        below = [total for total, fires in zip(sums, fired, strict=True) if not fires]
        if above and below:
            self.bias.data = -(max(below) + min(above)) / 2
        return self

    def predict(self, X: Iterable[Any]) -> list[int]:
        """The class of each row: 0 or 1, or -1 or 1."""
        outputs: list[Value] = [self(list(row)) for row in X]
        return [int(output.data) for output in outputs]


def classes_of(targets: set[float], before: tuple[int, int]) -> tuple[int, int]:
    """The two classes that the targets belong to; targets that are all 1 leave the classes as they were."""
    for classes in (before, (0, 1), (-1, 1)):
        if targets <= set(classes):
            return classes
    raise ValueError(f"a perceptron learns targets 0 and 1, or -1 and 1; got {sorted(targets)[:5]}")
