"""Truth, the second list: what later attacks on recordings found. Eager is right, or the History has the reason."""

import datetime
import decimal
import math
import os
import types
from datetime import date

import numpy as np
import pytest

import autograd
import nn
from autograd import Primitive, Value, compile, detect_anomaly
from autograd.primitives import greater, where
from nn.init import Generator
from tests.nn.training.truth import X, Y, assert_true, run, small

pytestmark = pytest.mark.filterwarnings("ignore:training (runs|goes on) eagerly:RuntimeWarning")

STATE = [1.0]
MANY = [[round(math.sin(i), 2), round(math.cos(2 * i), 2)] for i in range(60)]
RARE = [*MANY, [5.0, 0.1]]  # a trial of six samples does not meet the last row


def in_epoch(number, change):
    return lambda epoch, model, optimizer: change(model, optimizer) if epoch == number else None


def reset():
    STATE[0] = 1.0


class Cleaned(nn.Module):
    """Prepares each number in a way of its own."""

    def __init__(self, clean):
        self.inner, self.clean = nn.MLP(2, [3, 1], seed=1), clean

    def row(self, inputs):
        return self.inner.row([self.clean(x) for x in inputs])


class Through(nn.Module):
    """Applies an operation to each number."""

    def __init__(self, op):
        self.op = op

    def row(self, inputs):
        return [self.op(x) for x in inputs]


def through(op):
    return lambda: nn.Sequential(
        nn.Linear(2, 3, generator=Generator(1)), Through(op), nn.Linear(3, 1, generator=Generator(2))
    )


# ── What kind of number ───────────────────────────────────────────────────────────────────────────────────────────────


def by_pattern(x):
    match x:
        case float() if x > 4.0:
            return 0.0
        case _:
            return x


KINDS = {
    "isinstance": lambda x: 0.0 if isinstance(x, float) and x > 4.0 else x,
    "one of several": lambda x: 0.0 if isinstance(x, (int, float)) and x > 4.0 else x,
    "of NumPy": lambda x: 0.0 if isinstance(x, (np.floating, float)) and x > 4.0 else x,
    "type": lambda x: 0.0 if type(x) is float and x > 4.0 else x,
    "type by ==": lambda x: 0.0 if type(x) == float and x > 4.0 else x,  # noqa: E721
    "pattern": by_pattern,
}


@pytest.mark.parametrize("kind", KINDS)
def test_programs_that_ask_for_the_kind_of_a_number(kind):
    assert_true(
        lambda: Cleaned(KINDS[kind]), "asks whether a number is a float at ", X=RARE, Y=[0.5] * len(RARE), epochs=2
    )


class Configured(nn.Module):
    """Asks for kinds where no number of a pass is meant."""

    def __init__(self, sizes=3):
        self.inner = nn.MLP(2, [sizes, 1] if isinstance(sizes, int) else sizes, seed=1)

    def row(self, inputs):
        outputs = self.inner.row(inputs)
        return float(2) * outputs if isinstance(outputs, Value) else outputs


def test_other_questions_are_recorded():
    assert_true(Configured, "one sample recorded")


class BoundedFloats(nn.SGD):
    def update(self, p, g, memory, t):
        if isinstance(g, float) and abs(g) > 5.0:
            g = 5.0
        return p - self.lr * g, memory


# ── What changes ──────────────────────────────────────────────────────────────────────────────────────────────────────


class Sign(nn.SGD):
    def update(self, p, g, memory, t):
        return p - 0.5 * self.lr * g, memory


class OwnMinimise(nn.SGD):
    def minimise(self, loss):
        loss.backward()
        for p in self.parameters:
            p.grad = max(-0.1, min(0.1, p.grad))
        self.step()


def scaled(x):
    return x * 1.0


def halved(x):
    return x * 0.5


SCALED = scaled.__code__


class Scaled(nn.Module):
    def __init__(self):
        self.inner = nn.MLP(2, [3, 1], seed=1)

    def row(self, inputs):
        return scaled(self.inner.row(inputs))


class Environment(Scaled):
    def row(self, inputs):
        return self.inner.row(inputs) * float(os.environ.get("SCALE_OF_A_TEST", "1"))


STATEFUL = Primitive("stateful", lambda x: x * STATE[0], lambda x, z: (STATE[0],))
STATEFUL_BRANCH = Primitive(
    "stateful_branch", lambda x: x * STATE[0] if x > 0.0 else x, lambda x, z: (where(greater(x, 0.0), STATE[0], 1.0),)
)


def halve(*_):
    STATE[0] *= 0.5


CHANGES = {
    "a hook": {
        "make": small(),
        "callback": in_epoch(1, lambda m, o: m.parameters()[1].on_backward(lambda g: -g)),
        "expected": "a hook of on_backward",
    },
    "the class of the optimiser": {
        "make": small(), "callback": in_epoch(1, lambda m, o: setattr(o, "__class__", Sign)), "expected": "recorded anew",
    },
    "minimise": {
        "make": small(),
        "callback": in_epoch(1, lambda m, o: setattr(o, "minimise", types.MethodType(OwnMinimise.minimise, o))),
        "expected": "has a minimise of its own",
    },
    "the code of a function": {
        "make": Scaled,
        "prepare": lambda: setattr(scaled, "__code__", SCALED),
        "callback": in_epoch(1, lambda m, o: setattr(scaled, "__code__", halved.__code__)),
        "expected": "scaled.__code__ changed",
    },
    "what an operation reads": {
        "make": through(STATEFUL), "prepare": reset, "callback": halve, "expected": "STATE changed",
    },
    "what an operation with a branch reads": {
        "make": through(STATEFUL_BRANCH), "prepare": reset, "callback": halve, "expected": "STATE changed",
    },
    "the environment": {
        "make": Environment,
        "prepare": lambda: os.environ.pop("SCALE_OF_A_TEST", None),
        "callback": in_epoch(1, lambda m, o: os.environ.__setitem__("SCALE_OF_A_TEST", "0.5")),
        "expected": "os.environ",
    },
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_changes_between_epochs(change, monkeypatch):
    monkeypatch.setenv("SCALE_OF_A_TEST", "1")
    assert_true(**CHANGES[change])


@pytest.mark.parametrize("optimizer", [OwnMinimise, BoundedFloats])
def test_optimisers_with_a_mind_of_their_own(optimizer):
    assert_true(small(), "eager: ", optimizer=lambda p: optimizer(p, 0.01), Y=[100.0 * y for y in Y])


def test_machine_code_of_an_operation_is_not_used_when_what_it_reads_has_changed():
    op = Primitive("stateful_sign", lambda x: STATE[0] * np.sign(x), lambda x, z: (0.0,), numpy=None)
    reset()
    f = compile(lambda x: op(x) * 2.0, engine="numpy")
    assert f(3.0) == 2.0
    STATE[0] = 5.0
    assert f(3.0) == 10.0
    assert f(4.0) == 10.0


# ── What a pass does ──────────────────────────────────────────────────────────────────────────────────────────────────


def shrinks_targets(predictions, targets):
    loss = sum((p - y[0]) ** 2 for p, y in zip(predictions, targets, strict=True)) / len(predictions)
    for y in targets:
        y[0] *= 0.5
    return loss


def test_a_loss_that_changes_its_targets_changes_no_data():
    assert_true(small(), loss=shrinks_targets, Y=[[y] for y in Y])
    losses = run("eager", small(), loss=shrinks_targets, Y=[[y] for y in Y])[2].loss
    assert losses == run("eager", small(), loss="mse_loss", Y=[[y] for y in Y])[2].loss


def test_looking_for_anomalies_within_a_loss_is_eager():
    def loss(predictions, targets):
        with detect_anomaly():
            return nn.mse_loss(predictions, targets)

    assert_true(small(), "detect_anomaly looks at each operation", loss=loss)


def test_hooks_within_a_model_are_eager():
    class Doubled(Scaled):
        def row(self, inputs):
            y = self.inner.row(inputs)
            y.on_backward(lambda g: 2.0 * g)
            return y

    assert_true(Doubled, "on_backward is called")


def by_decimals(x):
    return x * float(decimal.Decimal(1) / decimal.Decimal(3))


def by_the_day(x):
    return x * float(datetime.datetime.now().year > 2000)


def by_another_name(x):
    return x * float(date.today().year > 2000)


@pytest.mark.parametrize(
    ("function", "reason"),
    [(by_decimals, "decimal.Decimal"), (by_the_day, "the clock by datetime"), (by_another_name, "the clock by date")],
)
def test_clocks_and_the_precision_of_decimals_are_not_known_to_stay(function, reason):
    class Reads(Scaled):
        def row(self, inputs):
            return function(self.inner.row(inputs))

    assert_true(Reads, reason)


def test_layers_of_sequences():
    def make():
        return nn.Sequential(
            nn.Linear(2, 4, generator=Generator(1)), nn.CausalAttention(4, heads=2, seed=1), nn.LayerNorm(4),
            nn.Linear(4, 1, generator=Generator(2)),
        )  # fmt: skip

    assert_true(make, "a whole batch", batch_size=3, X=X, epochs=2)


def test_a_gradient_within_a_loss():
    def penalised(model):
        slope = autograd.grad(lambda x: model.row([x, 0.5]))
        return lambda predictions, targets: nn.mse_loss(predictions, targets) + 0.1 * slope(Value(0.2)) ** 2

    penalised.of_model = True
    assert_true(small(), "one sample recorded", loss=penalised)
