"""Truth: last batches, frozen layers, metrics, and dropout that draws the same on every engine."""

import math

import numpy as np
import pytest

import nn
from autograd import Value
from nn.init import Generator
from tests.nn.training.truth import (
    ONE,
    WHOLE,
    OverTheBatch,
    Turning,
    X,
    Y,
    assert_true,
    normed,
    run,
    small,
    summed,
)

pytestmark = pytest.mark.filterwarnings("ignore:training (runs|goes on) eagerly:RuntimeWarning")


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("make", [small("relu"), normed, OverTheBatch], ids=["one", "norm", "coupled"])
@pytest.mark.parametrize("size", [None, 2, 5])
def test_the_last_good_weights(make, size):
    """Also with an uneven last batch the weights of the last finite loss come back.

    The coupled model subtracts the mean, so that what it adds to all rows has a gradient of 0 but for rounding. That rounding, times
    the rate, is what such a weight holds in the end: eager itself comes to another one when it starts a rounding away.
    """
    rows = X if make is not normed or size == 5 else X[:6]

    def last(engine, nudge=1.0):
        model = make()
        for parameter in model.parameters():
            parameter.data *= nudge
        optimizer = nn.SGD(model.parameters(), 3e4)
        with pytest.raises(FloatingPointError):
            nn.fit(
                model,
                rows,
                Y[: len(rows)],
                loss=summed,
                optimizer=optimizer,
                epochs=300,
                batch_size=size,
                seed=2,
                engine=engine,
            )
        return np.concatenate([np.ravel(array) for array in model.state_dict().values()])

    eager = last("eager")
    known = np.full(len(eager), True)
    if make is OverTheBatch:
        known = np.isclose(last("eager", 1 + 1e-15), eager, rtol=1e-3)
        assert known.sum() >= 10
        assert known[np.argmax(abs(eager))]
    for engine in ("numpy", "native"):  # rounding grows as the weights do; one update more would be orders of magnitude
        assert last(engine)[known] == pytest.approx(eager[known], rel=1e-3)


@pytest.mark.parametrize("size", [None, 3])
@pytest.mark.parametrize("make", [small(), normed], ids=["MLP", "norm"])
def test_frozen_layers(make, size):
    """Their gradients are those of the last batch, in `grad` and in the History."""

    def upper(parameters):
        return nn.Adam(parameters[-4:], 0.05)

    case = {"optimizer": upper, "batch_size": size, "epochs": 5, "X": X[:6], "Y": Y[:6]}
    assert_true(make, "recorded", **case)
    model, _, history = run("eager", make, **case)
    assert model.parameters()[0].grad is not None
    first = (
        [p.grad for p in model.layers[0].parameters()]
        if hasattr(model, "layers")
        else [p.grad for p in model.steps[0].parameters()]
    )
    assert next(iter(history.gradients.values()))[-1] == pytest.approx(math.hypot(*first))


def test_parameters_out_of_reach_have_no_gradient():
    class Unused(nn.Module):
        def __init__(self):
            self.weight, self.unused = [Value(0.5), Value(0.1)], [Value(1.0)]

        def row(self, inputs):
            return self.weight[0] * inputs[0] + self.weight[1] * inputs[1]

    for engine in ("eager", "numpy", "check"):
        model = Unused()
        model.unused[0].grad = 3.0
        nn.fit(model, X, Y, loss="mse_loss", optimizer=nn.SGD(model.parameters(), 0.1), epochs=2, engine=engine)
        assert model.unused[0].grad is None


def test_metrics_that_read_the_model():
    for size in (None, 3):
        kept = []

        def make(kept=kept):
            kept[:] = [small()()]
            return kept[0]

        metrics = {"weight": lambda predictions, targets, kept=kept: kept[0].parameters()[0].data}
        assert_true(make, "the metric 'weight' reads the model", metrics=metrics, batch_size=size)
    assert_true(small(), ONE, metrics={"right": nn.accuracy}, batch_size=3)


def test_a_smaller_last_batch_with_fewer_parameters():
    class Tempered(nn.Module):
        def __init__(self):
            self.inner, self.scale = nn.MLP(2, [3, 1], "tanh", seed=1), [Value(0.7)]

        def rows(self, batch):
            outputs = self.inner.rows(batch)
            return [self.scale[0] * y for y in outputs] if len(batch) > 1 else outputs

    assert_true(Tempered, "eager: a smaller last batch trains other parameters", batch_size=3)
    assert_true(Tempered, WHOLE, batch_size=4)


@pytest.mark.parametrize("coupled", [False, True])
@pytest.mark.parametrize("size", [None, 3])
def test_dropout_draws_the_same_when_the_eager_pass_takes_over(coupled, size):
    assert_true(lambda: Turning(coupled), batch_size=size, epochs=12)


def dropped_twice(first, second):
    """A network with dropout in two places."""
    return nn.Sequential(
        nn.Linear(2, 4, generator=Generator(1)),
        first,
        nn.Linear(4, 4, generator=Generator(2)),
        second,
        nn.Linear(4, 1, generator=Generator(3)),
    )


def test_modules_that_share_a_generator():
    def make():
        first, second = nn.Dropout(0.5, seed=1), nn.Dropout(0.5)
        second._random = first._random
        return dropped_twice(first, second)

    assert_true(make, batch_size=3)


def test_one_dropout_in_two_places():
    def make():
        dropout = nn.Dropout(0.5, seed=1)
        return dropped_twice(dropout, dropout)

    assert_true(make, batch_size=3)
