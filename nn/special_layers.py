"""Layers beyond the weighted sum: Maxout, PReLU, Dropout, BatchNorm1d, Standardize.

Dropout and BatchNorm1d compute one thing in training and another in evaluation: `model.train()` and `model.eval()`
switch, as in PyTorch.

>>> drop = Dropout(0.5, seed=0)
>>> drop([1.0, 2.0, 3.0, 4.0])
[2.0, 4.0, 6.0, 8.0]
>>> drop.eval()([1.0, 2.0, 3.0, 4.0])
[1.0, 2.0, 3.0, 4.0]
"""

from typing import Any

import numpy as np

import autograd
from autograd import Value
from nn.activations import ACTIVATIONS, LAYERS
from nn.hooks import fresh, recall, remember
from nn.init import Generator
from nn.layers import Layer
from nn.module import Module


@LAYERS.add
class Maxout(Module):
    """The largest of several weighted sums, for each output: a learned activation (Goodfellow et al., 2013)."""

    def __init__(
        self, inputs: int, outputs: int, pieces: int = 2, init: str = "torch", generator: Generator | None = None
    ) -> None:
        self.outputs = outputs
        self.sums = Layer(inputs, outputs * pieces, "linear", init, generator)

    def row(self, inputs: list[Any]) -> list[Value]:
        return self.largest(self.sums.row(inputs))

    def largest(self, sums: list[Value]) -> list[Value]:
        """The largest of the sums of each output."""
        results = []
        for output in range(self.outputs):
            largest, *others = sums[output :: self.outputs]
            for other in others:
                largest = autograd.maximum(largest, other)
            results.append(largest)
        return results


@ACTIVATIONS.add
class PReLU(Module):
    """max(x, 0) + slope · min(x, 0), with a slope that is learned, one for all inputs (He et al., 2015)."""

    def __init__(self, slope: float = 0.25) -> None:
        self.weight = [Value(slope, "slope")]

    def as_pytorch(self) -> str:
        return "nn.PReLU()"

    def row(self, inputs: list[Any]) -> list[Value]:
        return [autograd.leaky_relu(x, self.weight[0]) for x in inputs]


class Dropout(Module):
    """In training each input is dropped with probability p, the others are scaled by 1 / (1 - p); in eval all pass."""

    def __init__(self, p: float = 0.5, seed: int | None = None) -> None:
        if not 0.0 <= p <= 1.0:
            raise ValueError(f"a probability is between 0 and 1, got p={p}")
        self.p = p
        self._random = Generator(seed).random

    def as_pytorch(self) -> str:
        return f"nn.Dropout({self.p!r})"

    def row(self, inputs: list[Any]) -> list[Any]:
        if not self.training or self.p == 0.0:
            return inputs
        return [x * factor for x, factor in zip(inputs, fresh(self.factors, len(inputs)), strict=True)]

    def factors(self, rows: int, count: int) -> np.ndarray:
        """The factors for so many inputs of so many rows: 0.0, or 1 / (1 - p)."""
        keep = 0.0 if self.p == 1.0 else 1.0 / (1.0 - self.p)
        return np.where(self._random.random_sample((rows, count)) >= self.p, keep, 0.0)


class BatchNorm1d(Module):
    """(x - mean) / √(variance + eps) · weight + bias, for each feature over the batch (Ioffe and Szegedy, 2015).

    In training mean and (biased) variance are the batch's, and running ones are kept: running += momentum · (batch -
    running), with the unbiased variance. In eval the running ones are used.
    """

    def __init__(self, features: int, eps: float = 1e-5, momentum: float = 0.1) -> None:
        self.eps, self.momentum = eps, momentum
        self.weight = [Value(1.0, f"gamma{i}") for i in range(features)]
        self.bias = [Value(0.0, f"beta{i}") for i in range(features)]
        self.running_mean, self.running_var = np.zeros(features), np.ones(features)
        self.num_batches_tracked = np.zeros(())

    def as_pytorch(self) -> str:
        return f"nn.BatchNorm1d({len(self.weight)}, eps={self.eps!r}, momentum={self.momentum!r})"

    def rows(self, batch: list[list[Any]]) -> list[list[Value]]:
        if any(len(row) != len(self.weight) for row in batch):
            raise ValueError(f"expected rows of {len(self.weight)} features, got {len(batch[0])}")
        if self.training and len(batch) < 2:
            raise ValueError("in training BatchNorm1d needs a batch of 2 rows or more; for one row call model.eval()")
        columns = [self.column(i, [row[i] for row in batch]) for i in range(len(self.weight))]
        if self.training:
            remember(self.num_batches_tracked, (), recall(self.num_batches_tracked) + 1.0)
        return [list(row) for row in zip(*columns, strict=True)]

    def is_row_by_row(self) -> bool:
        written = self.has_method_of(BatchNorm1d, "rows") and self.has_method_of(Module, "__call__")
        return written and not self.training

    def column(self, feature: int, xs: list[Any]) -> list[Value]:
        """One feature, normalised over the batch."""
        weight, bias = self.weight[feature], self.bias[feature]
        mean, variance = recall(self.running_mean, feature), recall(self.running_var, feature)
        if self.training:
            count = len(xs)
            mean = autograd.sum(xs) / count
            variance = autograd.sum([autograd.square(x - mean) for x in xs]) / count
            for buffer, new in ((self.running_mean, mean), (self.running_var, variance * (count / (count - 1)))):
                old = recall(buffer, feature)
                remember(buffer, feature, old + self.momentum * (new - old))
        spread = autograd.sqrt(variance + self.eps)
        return [(x - mean) / spread * weight + bias for x in xs]


class Standardize(Module):
    """(x - mean) / spread for each feature, by numbers that `learn` takes from training data and the state keeps."""

    def __init__(self, features: int) -> None:
        self.mean, self.spread = np.zeros(features), np.ones(features)

    def learn(self, X: Any) -> None:
        """Take mean and standard deviation of the columns of X; a column that is constant is only moved."""
        rows = np.asarray(X, dtype=float).reshape(-1, len(self.mean))
        spread = rows.std(axis=0)
        self.mean[...], self.spread[...] = rows.mean(axis=0), np.where(spread > 0.0, spread, 1.0)

    def row(self, inputs: list[Any]) -> list[Any]:
        if len(inputs) != len(self.mean):
            raise ValueError(f"expected {len(self.mean)} features, got {len(inputs)}")
        return [(x - mean) / spread for x, mean, spread in zip(inputs, self.mean, self.spread, strict=True)]
