"""Coupling of samples, read off a recorded loss: every loss of nn is a mean over samples, and traps are found."""

import math

import pytest

import autograd
import nn
from autograd import Primitive, Value
from autograd.tape.guards import Watch
from nn.losses import LOSSES
from nn.training.coupling import Coupled, Keys, affine, terms_of_a_loss

WEIGHTS = [Value(2.0), Value(3.0)]


def terms(loss, samples, keys, outputs=None, target=lambda i: float(i % 2)):
    """The terms of a loss on so many samples."""
    with Watch() as watch:
        numbers = [0.2 + 0.01 * (i % 50) for i in range(samples)]
        predictions = [
            [watch.stand_in(x + j) for j in range(outputs)] if outputs else watch.stand_in(x) for x in numbers
        ]
        targets = [watch.stand_in(target(i)) for i in range(samples)]
        result = loss(list(predictions), list(targets))
    each = [[*(p if isinstance(p, list) else [p]), y] for p, y in zip(predictions, targets, strict=True)]
    return terms_of_a_loss(result, each, keys, watch.guards)


def is_a_mean(loss, samples, **options):
    keys = Keys(WEIGHTS)
    return terms(loss, 1, keys, **options).are_those_of(terms(loss, samples, keys, **options))


OPTIONS = {"cross_entropy": {"outputs": 3}, "hinge_loss": {"target": lambda i: 1.0}}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("samples", [2, 3, 7, 100])
@pytest.mark.parametrize(
    "name", ["mse_loss", "l1_loss", "huber_loss", "binary_cross_entropy", "cross_entropy", "hinge_loss"]
)
def test_losses_are_means_over_samples(name, samples):
    assert is_a_mean(LOSSES[name], samples, **OPTIONS.get(name, {}))
    assert is_a_mean(lambda p, y: LOSSES[name](p, y) * 3.0 - 1.0, samples, **OPTIONS.get(name, {}))
    assert is_a_mean(lambda p, y: LOSSES[name](p, y) + nn.l2_penalty(WEIGHTS, 0.1), samples, **OPTIONS.get(name, {}))
    assert not is_a_mean(
        lambda p, y: LOSSES[name](p, y) + nn.l2_penalty(WEIGHTS, 0.1) / len(y), samples, **OPTIONS.get(name, {})
    )


COUPLED = {
    "product": lambda p, y: p[0] * p[-1],
    "maximum": lambda p, y: autograd.maximum(p[0], p[-1]),
    "comparison": lambda p, y: nn.mse_loss(p, y) * (2.0 if p[0] < p[-1] else 1.0),
    "norm": lambda p, y: autograd.sqrt(nn.mse_loss(p, y)),
    "weights": lambda p, y: sum((1 + i) * a * a for i, a in enumerate(p)),
    "first": lambda p, y: nn.mse_loss(p, y) + 0.1 * p[0],
    "condition": lambda p, y: nn.mse_loss(p, y) + autograd.where(sum(y) - 2.0, 1.0, 0.0),
    "step": lambda p, y: nn.mse_loss(p, y) + autograd.step(sum(y) - 2.0),
    "quotient": lambda p, y: sum(p) / (1.0 + sum(y)),
}


@pytest.mark.parametrize("name", COUPLED)
def test_coupled_losses_are_told(name):
    with pytest.raises(Coupled):
        terms(COUPLED[name], 4, Keys(WEIGHTS))


def test_affine_operations():
    assert affine(autograd.add, [None, None]) == ([1.0, 1.0], 0.0)
    assert affine(autograd.sub, [None, 3.0]) == ([1.0], -3.0)
    assert affine(autograd.mul, [2.0, None]) == ([2.0], 0.0)
    assert affine(autograd.div, [None, 4.0]) == ([0.25], 0.0)
    assert affine(autograd.neg, [None]) == ([-1.0], 0.0)
    for op, operands in (
        ("mul", [None, None]),
        ("div", [2.0, None]),
        ("exp", [None]),
        ("step", [None]),
        ("relu", [None]),
    ):
        assert affine(getattr(autograd, op), operands) is None
    sawtooth = Primitive("sawtooth", lambda x: x - math.floor(x), lambda x, z: (1.0,))
    shift = Primitive("shift", lambda x: x + 5.0, lambda x, z: (1.0,))
    assert affine(sawtooth, [None]) is None
    assert affine(shift, [None]) == ([1.0], 5.0)
