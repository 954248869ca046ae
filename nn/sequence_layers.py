"""Layers for sequences, as transformers have them: Embedding, RMSNorm, LayerNorm, CausalAttention.

A sequence is a batch of rows, one for each place in it. Norms work on each row; attention mixes the rows.

>>> tokens = Embedding(5, 4, seed=0)
>>> rows = tokens([3, 1, 3])
>>> mixed = CausalAttention(4, heads=2, seed=1)(rows)
>>> len(mixed), len(mixed[0])
(3, 4)
"""

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

import autograd
from autograd import Value, sqrt, square
from nn.activations import softmax
from nn.init import Generator
from nn.module import Module


def matrix(numbers: np.ndarray, name: str) -> list[list[Value]]:
    """An array of leaves, by rows."""
    return [[Value(x, f"{name}{i}_{j}") for j, x in enumerate(row)] for i, row in enumerate(numbers)]


def check_width(row: Sequence[Any], width: int) -> None:
    """ValueError for a row of another length."""
    if len(row) != width:
        raise ValueError(f"expected rows of {width} features, got {len(row)}")


def weighted_sums(weights: Sequence[Sequence[Any]], row: Sequence[Any]) -> list[Any]:
    """Σ w x for each row of weights."""
    return [dot(each, row) for each in weights]


def dot(xs: Sequence[Any], ys: Sequence[Any]) -> Any:
    return autograd.sum([x * y for x, y in zip(xs, ys, strict=True)])


class Embedding(Module):
    """A row of learned numbers for each of `count` tokens: called with indices, it gives their rows.

    Its key is PyTorch's: weight, of shape (count, width). IndexError for a token that is not there.
    """

    def __init__(self, count: int, width: int, seed: int | None = None, spread: float = 1.0) -> None:
        self.weight = matrix(Generator(seed).normal(0.0, spread, (count, width)), "e")

    def row(self, inputs: list[Any]) -> list[list[Value]]:
        return [self.weight[self.place(index)] for index in inputs]

    def place(self, index: Any) -> int:
        """The index as an int. A Value is none: it would stand for other tokens on a tape."""
        try:
            place = operator.index(index)
        except TypeError:
            raise TypeError(
                f"an embedding takes the indices of tokens, as ints; got {index!r} of type {type(index).__name__}"
            ) from None
        if not 0 <= place < len(self.weight):
            raise IndexError(f"there are {len(self.weight)} tokens, from 0 to {len(self.weight) - 1}; got {place}")
        return place


class RMSNorm(Module):
    """x / √(mean of x² + eps) · weight, for each row (Zhang and Sennrich, 2019)."""

    def __init__(self, width: int, eps: float = 1e-5) -> None:
        self.eps = eps
        self.weight = [Value(1.0, f"gamma{i}") for i in range(width)]

    def row(self, inputs: list[Any]) -> list[Value]:
        check_width(inputs, len(self.weight))
        size = sqrt(autograd.sum([square(x) for x in inputs]) / len(inputs) + self.eps)
        return [x / size * weight for x, weight in zip(inputs, self.weight, strict=True)]


class LayerNorm(Module):
    """(x - mean) / √(variance + eps) · weight + bias, for each row (Ba, Kiros and Hinton, 2016)."""

    def __init__(self, width: int, eps: float = 1e-5) -> None:
        self.eps = eps
        self.weight = [Value(1.0, f"gamma{i}") for i in range(width)]
        self.bias = [Value(0.0, f"beta{i}") for i in range(width)]

    def row(self, inputs: list[Any]) -> list[Value]:
        check_width(inputs, len(self.weight))
        mean = autograd.sum(inputs) / len(inputs)
        centred = [x - mean for x in inputs]
        size = sqrt(autograd.sum([square(x) for x in centred]) / len(inputs) + self.eps)
        return [x / size * w + b for x, w, b in zip(centred, self.weight, self.bias, strict=True)]


class CausalAttention(Module):
    """Each row takes up a mean of the rows up to its own, weighted by how its query fits their keys.

    softmax over s ≤ t of (query_t · key_s / √(width / heads)), times value_s, in several heads side by side (Vaswani et
    al., 2017). The matrices query, key, value and out have no biases and the shape (width, width).
    """

    def __init__(self, width: int, heads: int = 1, seed: int | None = None, spread: float | None = None) -> None:
        if heads < 1 or width % heads:
            raise ValueError(f"the heads share the width, so {heads} of them do not fit into {width}")
        self._size = width // heads
        generator = Generator(seed)
        for name in ("query", "key", "value", "out"):
            numbers = generator.normal(0.0, width**-0.5 if spread is None else spread, (width, width))
            setattr(self, name, matrix(numbers, name[0]))

    def rows(self, batch: list[list[Any]]) -> list[list[Value]]:
        for row in batch:
            check_width(row, len(self.value))
        values = [weighted_sums(self.value, row) for row in batch]
        results = []
        for weights in self.weights(batch):
            mixed = []
            for head, shares in enumerate(weights):
                for place in range(head * self._size, (head + 1) * self._size):
                    mixed.append(dot(shares, [value[place] for value in values[: len(shares)]]))
            results.append(weighted_sums(self.out, mixed))
        return results

    def weights(self, batch: list[list[Any]]) -> list[list[list[Value]]]:
        """The attention itself: for each row and head the weights of the rows up to its own; their sum is 1."""
        queries = [weighted_sums(self.query, row) for row in batch]
        keys = [weighted_sums(self.key, row) for row in batch]
        heads = [slice(start, start + self._size) for start in range(0, len(queries[0]), self._size)]
        scale = self._size**-0.5
        return [
            [softmax([dot(query[head], key[head]) * scale for key in keys[: place + 1]]) for head in heads]
            for place, query in enumerate(queries)
        ]

    # Declared for type checkers: made by name above.
    query: list[list[Value]]
    key: list[list[Value]]
    value: list[list[Value]]
    out: list[list[Value]]
