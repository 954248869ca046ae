"""Shared by the tests of truth: a training on each engine, which must be the eager one, and programs of several tests."""

import math
import random

import numpy as np
import pytest

import nn
from nn.init import Generator

X = [[0.5, -1.0], [1.0, 0.3], [-0.7, 0.8], [0.2, 0.1], [1.5, -0.4], [-1.1, -0.6], [0.9, 0.9]]
Y = [1.0, 0.0, 1.0, 2.0, 0.0, 1.0, 2.0]
ZEROS = [[float(i % 2), 0.3 * i] for i in range(7)]
ONE, WHOLE, ANEW = "one sample recorded", "a whole batch", "recorded anew, for "  # in what the History says


def run(engine, make, loss="mse_loss", optimizer=None, callback=None, prepare=None, X=X, Y=Y, epochs=4, **options):
    """Train from the same state, and return all that training leaves behind."""
    random.seed(0)
    np.random.seed(0)
    if prepare:
        prepare()
    model = make()
    steps = (optimizer or (lambda p: nn.SGD(p, 0.1)))(model.parameters())
    loss_of = loss(model) if callable(loss) and getattr(loss, "of_model", False) else loss
    callbacks = [lambda e, h, m: callback(e, m, steps)] if callback else []
    history = nn.fit(
        model, X, Y, loss=loss_of, optimizer=steps, epochs=epochs, callbacks=callbacks, engine=engine, seed=1, **options
    )
    return model, steps, history


def numbers(model, steps, history):
    return {
        "loss": history.loss,
        "gradients": [n for ns in history.gradients.values() for n in ns],
        "metrics": [n for ns in history.metrics.values() for n in ns],
        "validation": history.validation,
        "state": [n for array in model.state_dict().values() for n in np.ravel(array)],
        "grad": [math.inf if p.grad is None else p.grad for p in model.parameters()],
        "steps": [steps.steps.get(p, 0) for p in model.parameters()],
        "lr": [steps.lr],
        "chance": [random.random(), np.random.rand()],
    }


def assert_true(make, expected="", **case):
    """Both tapes and `check` train as the eager pass does; `expected` stands in what the History says of the engine."""
    wanted = numbers(*run("eager", make, **case))
    for engine in ("numpy", "check"):
        model, steps, history = run(engine, make, **case)
        for kind, got in numbers(model, steps, history).items():
            assert got == pytest.approx(wanted[kind], rel=1e-7, abs=1e-11), (kind, history.engine)
        assert expected in str(history.engine)


def small(activation="tanh", init="lecun_uniform"):
    return lambda: nn.MLP(2, [3, 1], activation, seed=1, init=init)


def of_model(loss):
    loss.of_model = True
    return loss


def summed(predictions, targets):
    return sum((p - y) ** 2 for p, y in zip(predictions, targets, strict=True)) * 0.1


class OverTheBatch(nn.Module):
    """Rows are coupled inside the model."""

    def __init__(self):
        self.inner = nn.MLP(2, [3, 1], "tanh", seed=1)

    def rows(self, batch):
        outputs = self.inner.rows(batch)
        mean = sum(outputs) / len(outputs)
        return [output - mean for output in outputs]


def normed():
    return nn.Sequential(
        nn.Linear(2, 3, generator=Generator(1)), nn.BatchNorm1d(3), nn.Linear(3, 1, generator=Generator(2))
    )


def dropping():
    return nn.Sequential(
        nn.Linear(2, 4, generator=Generator(1)), nn.Dropout(0.5, seed=3), nn.Linear(4, 1, generator=Generator(2))
    )


def after(epoch, change):
    return lambda e, model, optimizer: change(model, optimizer) if e == epoch else None


STRENGTH = 0.1


def annealed(predictions, targets):
    return nn.mse_loss(predictions, targets) * STRENGTH


def anneal(epoch, model, optimizer):
    global STRENGTH
    STRENGTH *= 0.5


def start_annealing():
    global STRENGTH
    STRENGTH = 0.1


def annealing_schedule(epoch):
    global STRENGTH
    STRENGTH = 0.1 / (1 + epoch)
    return 1.0


class Stateful(nn.Module):
    """Its factor is not arithmetic on its inputs alone."""

    shared = 0

    def __init__(self, factor):
        self.inner, self.factor = nn.MLP(2, [3, 1], "tanh", seed=1), factor
        self.calls, self.average, self.seen, self.table, self.array = 0, 1.0, [], {"n": 0}, np.zeros(2)
        self.random, self.new, self.old = random.Random(3), np.random.default_rng(3), np.random.RandomState(3)
        self.steps = iter(range(10**6))

    def row(self, inputs):
        return self.inner.row(inputs) * self.factor(self)


CALLS = 0


def in_global(module):
    global CALLS
    CALLS += 1
    return 1.0 / CALLS


def on_function(module):
    on_function.calls += 1
    return 1.0 / on_function.calls


def forget():
    global CALLS
    CALLS = on_function.calls = Stateful.shared = 0


class Leaks(nn.Module):
    def __init__(self, leak):
        self.inner, self.leak = nn.MLP(2, [3, 1], "tanh", seed=1), leak

    def row(self, inputs):
        return self.leak(self, self.inner.row(inputs))


class Turning(nn.Module):
    """From some epoch on a sample takes another branch, while dropout draws."""

    def __init__(self, coupled):
        self.inner, self.coupled = dropping(), coupled

    def row(self, inputs):
        y = self.inner.row(inputs)
        return y * 2.0 if y > 0.4 else y

    def rows(self, batch):
        if not self.coupled:
            return nn.Module.rows(self, batch)
        outputs = [self.row(row) for row in batch]
        return [output + 0.01 * outputs[0] for output in outputs]


def without_iterator(module):
    del module.steps
    return module
