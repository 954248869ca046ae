"""Truth: losses and models in which the samples of a batch are coupled, or seem to be."""

import numpy as np
import pytest

import autograd
import nn
from autograd import Value
from nn.init import Generator
from tests.nn.training.truth import ONE, WHOLE, OverTheBatch, assert_true, of_model, small, summed

pytestmark = pytest.mark.filterwarnings("ignore:training (runs|goes on) eagerly:RuntimeWarning")


def variance(predictions, targets):
    mean = sum(predictions) / len(predictions)
    return nn.mse_loss(predictions, targets) + sum((p - mean) ** 2 for p in predictions) / len(predictions)


def centred(predictions, targets):
    mean = sum(targets) / len(targets)
    return sum((p - (y - mean)) ** 2 for p, y in zip(predictions, targets, strict=True)) / len(targets)


def ranking(predictions, targets):
    pairs = [(p - q) * (1.0 if y > z else -1.0) for p, y in zip(predictions, targets, strict=True)
             for q, z in zip(predictions, targets, strict=True)]  # fmt: skip
    return autograd.sum([autograd.softplus(-pair) for pair in pairs]) / len(pairs)


def neighbours(predictions, targets):
    far = [(predictions[i] - predictions[i + 2]) ** 2 for i in range(len(predictions) - 2)]
    return nn.mse_loss(predictions, targets) + sum(far) * 0.1


def hardest(predictions, targets):
    each = [(p - y) ** 2 for p, y in zip(predictions, targets, strict=True)]
    return sum(sorted(each, key=lambda e: e.data)[-2:]) * 0.5


def compared(predictions, targets):
    each = [(p - y) ** 2 for p, y in zip(predictions, targets, strict=True)]
    return sum(sorted(each)[-2:]) * 0.5


def weighted(predictions, targets):
    each = [(1.0 + i) * (p - y) ** 2 for i, (p, y) in enumerate(zip(predictions, targets, strict=True))]
    return sum(each) / len(each)


def of_size(predictions, targets):
    return nn.mse_loss(predictions, targets) * (2.0 if len(targets) > 2 else 0.5)


def accumulated(predictions, targets):
    total = Value(0.0)
    for p, y in zip(predictions, targets, strict=True):
        total = total + (p - y) ** 2
    return total / len(targets)


@of_model
def again(model):
    return lambda predictions, targets: nn.mse_loss(predictions, targets) + sum(model([[1.0, 1.0], [0.0, 2.0]])) ** 2


@of_model
def penalised(model):
    weights = model.parameters()
    return lambda predictions, targets: nn.mse_loss(predictions, targets) + nn.l2_penalty(weights, 0.01)


@of_model
def per_sample_penalty(model):
    weights = model.parameters()
    return lambda predictions, targets: nn.mse_loss(predictions, targets) + nn.l2_penalty(weights, 0.01) / len(targets)


class Forward(nn.Module):
    """As in PyTorch: a whole batch at once, and yet row by row."""

    def __init__(self, tail=lambda x: x):
        self.first, self.second, self.tail = (
            nn.Linear(2, 3, generator=Generator(1)),
            nn.Linear(3, 1, generator=Generator(2)),
            tail,
        )

    def forward(self, x):
        return self.tail(self.second(autograd.tanh(self.first(x))))


class Numbered(OverTheBatch):
    def rows(self, batch):
        return [output * (1.0 + i) for i, output in enumerate(self.inner.rows(batch))]


class BySize(OverTheBatch):
    def rows(self, batch):
        return [output * len(batch) for output in self.inner.rows(batch)]


class ByFirst(OverTheBatch):
    def rows(self, batch):
        return [output * (2.0 if batch[0][0] > 0.3 else 1.0) for output in self.inner.rows(batch)]


class RowByRow(OverTheBatch):
    def rows(self, batch):
        return [output * row[0] for output, row in zip(self.inner.rows(batch), batch, strict=True)]


class Stashes(nn.Module):
    """The loss reaches its inner values."""

    def __init__(self):
        self.first, self.second = (
            nn.Layer(2, 3, "tanh", generator=Generator(1)),
            nn.Layer(3, 1, "linear", generator=Generator(2)),
        )

    def rows(self, batch):
        self.hidden = self.first.rows(batch)
        return [row[0] for row in self.second.rows(self.hidden)]


@of_model
def sparse(model):
    return lambda predictions, targets: (
        nn.mse_loss(predictions, targets) + 0.1 * sum(h * h for row in model.hidden for h in row)
    )


COUPLING = {
    "variance": ({"loss": variance}, WHOLE),
    "variance of zeros": ({"loss": variance, "make": small(init="zeros")}, WHOLE),
    "centred": ({"loss": centred}, WHOLE),
    "centred zeros": ({"loss": centred, "make": small(init="zeros")}, WHOLE),
    "ranking": ({"loss": ranking}, ""),
    "neighbours": ({"loss": neighbours}, WHOLE),
    "hardest": ({"loss": hardest}, ""),
    "compared": ({"loss": compared}, ""),
    "weighted": ({"loss": weighted}, WHOLE),
    "summed": ({"loss": summed}, WHOLE),
    "size": ({"loss": of_size}, WHOLE),
    "accumulated": ({"loss": accumulated}, ONE),
    "again": ({"loss": again}, ONE),
    "penalised": ({"loss": penalised}, ONE),
    "per sample": ({"loss": per_sample_penalty}, WHOLE),
    "rows": ({"make": OverTheBatch}, WHOLE),
    "forward": ({"make": Forward}, ONE),
    "forward of a batch": ({"make": lambda: Forward(lambda x: x - x.mean())}, WHOLE),
    "forward by place": ({"make": lambda: Forward(lambda x: x * np.arange(len(x)).reshape(-1, 1))}, WHOLE),
    "rows by number": ({"make": Numbered}, WHOLE),
    "rows by size": ({"make": BySize}, WHOLE),
    "rows by the first": ({"make": ByFirst}, WHOLE),
    "rows one by one": ({"make": RowByRow}, ONE),
    "stashed": ({"make": Stashes, "loss": sparse}, "model.hidden changes in a pass"),
    "mean": ({}, ONE),
}


@pytest.mark.parametrize("size", [None, 3])
@pytest.mark.parametrize("case", COUPLING, ids=str)
def test_coupling(case, size):
    options, expected = COUPLING[case]
    assert_true(**{"make": small(), "batch_size": size, "expected": expected, **options})
