"""Truth: numbers that training changes, read where a tape does not see it; and numbers that leave the graph."""

import copy
import math
import os
import pickle
import threading
import types

import pytest

import nn
from autograd import Value, gradients
from tests.nn.training.truth import (
    ANEW,
    ONE,
    Leaks,
    X,
    Y,
    after,
    annealed,
    annealing_schedule,
    assert_true,
    normed,
    of_model,
    small,
    start_annealing,
)

pytestmark = pytest.mark.filterwarnings("ignore:training (runs|goes on) eagerly:RuntimeWarning")


@of_model
def by_gradient(model):
    p = model.parameters()[0]
    return lambda predictions, targets: nn.mse_loss(predictions, targets) * (1.0 + abs(p.grad or 0.0))


class ByRate(nn.SGD):
    """The rule reads how many steps there were, from its own books."""

    def update(self, p, g, memory, t):
        return p - self.lr * g / (1.0 + len(self.steps) + sum(self.steps.values())), memory


class ReadsBuffer(nn.Module):
    def __init__(self):
        self.norm, self.inner = nn.BatchNorm1d(2), nn.MLP(2, [3, 1], "tanh", seed=1)

    def rows(self, batch):
        return [y * (1.0 + float(self.norm.running_mean[0])) for y in self.inner.rows(self.norm.rows(batch))]


RATES = {}


def follow(parameters):
    RATES["optimizer"] = nn.SGD(parameters, 0.1)
    return RATES["optimizer"]


def by_rate(predictions, targets):
    return nn.mse_loss(predictions, targets) * (1.0 + RATES["optimizer"].lr)


def skips_none(predictions, targets):
    kept = [(p, y) for p, y in zip(predictions, targets, strict=True) if not (isinstance(y, float) and math.isnan(y))]
    return sum((p - y) ** 2 for p, y in kept) / len(targets)


def of_ints(predictions, targets):
    weights = [2.0 if isinstance(y, int) else 1.0 for y in targets]
    return sum(w * (p - y) ** 2 for w, p, y in zip(weights, predictions, targets, strict=True)) / len(targets)


def spread(predictions):
    return sum((p - q) ** 2 for p in predictions for q in predictions)


def in_a_module(predictions, targets):
    helpers.inner.calls += 1
    return nn.mse_loss(predictions, targets) / helpers.inner.calls


def to_a_file(predictions, targets):
    with open(os.devnull, "a") as file:
        file.write("pass")
    return nn.mse_loss(predictions, targets)


def change_targets(epoch, model, optimizer):
    SOFT[0][0] += 1.0


helpers = types.ModuleType("helpers")
helpers.inner = types.ModuleType("helpers.inner")


def restore_calls():
    helpers.inner.calls = 0


def restore_targets():
    SOFT[0][0] = 1.0


SOFT = [[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]]
UNSEEN = {
    "gradients": ({"loss": by_gradient}, "eager: "),
    "books": ({"optimizer": lambda p: ByRate(p, 0.1)}, "eager: the optimiser's rule"),
    "buffer": ({"make": ReadsBuffer, "X": X[:6], "Y": Y[:6]}, "eager: "),
    "rate": ({"optimizer": follow, "loss": by_rate, "schedule": nn.step_decay(1, 0.5)}, "eager: "),
    "a schedule": ({"loss": annealed, "schedule": annealing_schedule, "prepare": start_annealing}, ANEW + "STRENGTH"),
    "nan targets": ({"loss": skips_none, "Y": [1.0, 0.0, 1.0, 2.0, 0.0, math.nan, 2.0], "batch_size": None}, "eager: "),
    "some ints": ({"loss": of_ints, "X": X * 6, "Y": [1.0, 0.0] * 20 + [1, 0.0]}, "eager: "),
    "two ints": ({"loss": lambda p, y: of_ints(p, y) + 0.1 * spread(p), "X": X * 6, "Y": [1.0, 0.0] * 20 + [1, 0.0]}, "eager: "),
    "a module's module": ({"loss": in_a_module, "prepare": restore_calls}, "eager: helpers.inner.calls changes in a pass"),
    "eval, 3 a batch": ({"make": normed, "X": X[:6], "Y": Y[:6], "epochs": 40, "callback": after(1, lambda m, o: m.eval())}, ANEW),
    "a file": ({"loss": to_a_file}, "eager: loss calls open"),
    "targets": ({"make": lambda: nn.MLP(2, [3, 2], "tanh", seed=1), "X": X[:3], "Y": SOFT, "callback": change_targets, "prepare": restore_targets}, ONE),
}  # fmt: skip


@pytest.mark.parametrize("case", UNSEEN, ids=str)
def test_what_a_tape_does_not_see(case):
    options, expected = UNSEEN[case]
    assert_true(**{"make": small(), "batch_size": 3, "expected": expected, **options})


def newton(module, y):
    (slope,) = gradients(y * y, y)
    return y - 0.1 * slope


def backward(module, y):
    x = Value(y.data)
    (x * x).backward()
    return y * x.grad


def in_thread(module, y):
    found = []
    thread = threading.Thread(target=lambda: found.append(y > 0.0))
    thread.start()
    thread.join()
    return y * (2.0 if found[0] else 0.5)


LEAKS = {
    "gradients": newton,
    "backward": backward,
    "data": lambda m, y: y * math.sin(y.data),
    "copy": lambda m, y: y * copy.deepcopy(y).data,
    "repr": lambda m, y: y * float(repr(y).split("(")[1].split(",")[0]),
    "format": lambda m, y: y * float(f"{y:.3f}"),
    "pickle": lambda m, y: y * pickle.loads(pickle.dumps(y)).data,
    "thread": in_thread,
    "bool": lambda m, y: y * (2.0 if y else 0.5),
    "branch": lambda m, y: y * (2.0 if y > 0.1 else 0.5),
    "isinstance": lambda m, y: y * (2.0 if isinstance(y, Value) else 0.5),
}


@pytest.mark.parametrize("size", [None, 3])
@pytest.mark.parametrize("case", LEAKS, ids=str)
def test_numbers_that_leave_the_graph(case, size):
    assert_true(lambda: Leaks(LEAKS[case]), batch_size=size)
