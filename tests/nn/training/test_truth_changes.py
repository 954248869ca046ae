"""Truth: what is changed between epochs, by a callback, a schedule or the optimiser."""

import pytest

import autograd
import nn
from tests.nn.training.truth import (
    ANEW,
    ONE,
    WHOLE,
    X,
    Y,
    after,
    anneal,
    annealed,
    assert_true,
    dropping,
    normed,
    run,
    small,
    start_annealing,
)

pytestmark = pytest.mark.filterwarnings("ignore:training (runs|goes on) eagerly:RuntimeWarning")


class Scaled(nn.Module):
    def __init__(self):
        self.t, self.inner = 1.0, nn.MLP(2, [3, 1], "tanh", seed=1)

    def row(self, inputs):
        return self.inner.row(inputs) * self.t


class Clipping(nn.SGD):
    def step(self):
        nn.clip_grad_norm_(self.parameters, 0.05)
        super().step()


class Accumulating(nn.SGD):
    calls = 0

    def zero_grad(self):
        self.calls += 1
        if self.calls % 2:
            super().zero_grad()


class FirstStep(nn.SGD):
    def update(self, p, g, memory, t):
        return p - (0.5 if t == 1 else 0.01) * g, memory


class Counting(nn.SGD):
    def __init__(self, parameters, lr):
        super().__init__(parameters, lr)
        self.calls = 0

    def update(self, p, g, memory, t):
        self.calls += 1
        return p - self.lr / self.calls * g, memory


def wrapped(parameters):
    optimizer, calls = nn.SGD(parameters, 0.1), []
    step = optimizer.step

    def own_step():
        calls.append(1)
        if len(calls) % 2:
            step()

    optimizer.step = own_step
    return optimizer


def adam(parameters):
    return nn.Adam(parameters, 0.05)


def momentum(parameters):
    return nn.SGD(parameters, 0.1, momentum=0.9)


CHANGES = {
    "attribute": ({"make": Scaled, "callback": after(1, lambda m, o: setattr(m, "t", 0.3))}, ANEW + "model.t changed"),
    "momentum": ({"optimizer": momentum, "callback": after(1, lambda m, o: setattr(o, "momentum", 0.5))}, ANEW + "optimizer.momentum"),
    "weight decay": ({"callback": after(0, lambda m, o: setattr(o, "weight_decay", 0.5))}, ANEW),
    "betas": ({"optimizer": adam, "callback": after(1, lambda m, o: setattr(o, "betas", (0.5, 0.6)))}, ANEW),
    "eps": ({"optimizer": adam, "callback": after(1, lambda m, o: setattr(o, "eps", 0.1))}, ANEW),
    "memory": ({"optimizer": adam, "callback": after(1, lambda m, o: o.memory.clear())}, ""),
    "another memory": ({"optimizer": adam, "callback": after(1, lambda m, o: setattr(o, "memory", {}))}, ""),
    "steps": ({"optimizer": adam, "callback": after(1, lambda m, o: o.steps.clear())}, ANEW + "optimizer.steps"),
    "fewer parameters": ({"callback": after(1, lambda m, o: o.parameters.pop())}, ANEW + "optimizer.parameters"),
    "eval": ({"make": normed, "callback": after(1, lambda m, o: m.eval())}, ANEW),
    "eval of dropout": ({"make": dropping, "callback": after(1, lambda m, o: m.eval())}, ANEW),
    "batch norm": ({"make": normed, "callback": after(1, lambda m, o: setattr(m.steps[1], "momentum", 0.5))}, ANEW),
    "rate": ({"callback": lambda e, m, o: setattr(o, "lr", o.lr * 0.5)}, ONE),
    "rate and schedule": ({"callback": after(1, lambda m, o: setattr(o, "lr", 0.02)), "schedule": nn.step_decay(2, 0.5)}, ONE),
    "own step": ({"optimizer": lambda p: Clipping(p, 0.1)}, "eager: Clipping has a step of its own"),
    "own zero_grad": ({"optimizer": lambda p: Accumulating(p, 0.1)}, "eager: Accumulating has a zero_grad of its own"),
    "first step": ({"optimizer": lambda p: FirstStep(p, 0.1)}, "eager: "),
    "own counter": ({"optimizer": lambda p: Counting(p, 0.1)}, "eager: "),
    "wrapped step": ({"optimizer": wrapped}, "eager: SGD has a step of its own"),
    "a global": ({"loss": annealed, "callback": anneal, "prepare": start_annealing}, ANEW + "STRENGTH"),
    "activation": ({"callback": after(1, lambda m, o: setattr(m.layers[0], "activation", autograd.relu))}, ANEW),
    "weights": ({"callback": after(1, lambda m, o: setattr(m.parameters()[0], "data", 0.0))}, ONE),
    "buffer": ({"make": normed, "callback": after(1, lambda m, o: m.steps[1].running_mean.fill(3.0))}, WHOLE),
    "validation": ({"make": normed, "validation": (X, Y)}, WHOLE),
    "clipped by fit": ({"clip_norm": 0.05, "clip_value": 0.1}, ONE),
    "reseeded": ({"make": dropping, "callback": after(1, lambda m, o: m.steps[1]._random.seed(9))}, ONE),
}  # fmt: skip


@pytest.mark.parametrize("size", [None, 3])
@pytest.mark.parametrize("case", CHANGES, ids=str)
def test_changes_between_epochs(case, size):
    options, expected = CHANGES[case]
    if size and case in ("eval", "batch norm", "buffer", "validation"):
        options = {**options, "X": X[:6], "Y": Y[:6]}  # a batch of one row is an error of batch norm
    assert_true(**{"make": small(), "batch_size": size, "expected": expected, **options})


def test_a_rate_set_by_a_callback_is_the_new_base():
    for engine in ("eager", "numpy", "check"):
        seen = []

        def change(epoch, model, optimizer, seen=seen):
            seen.append(optimizer.lr)
            if epoch == 1:
                optimizer.lr = 0.02

        _, optimizer, _ = run(engine, small(), callback=change, schedule=nn.step_decay(2, 0.5))
        assert seen == [0.1, 0.1, 0.01, 0.01]
        assert optimizer.lr == 0.02


def test_a_callback_may_grow_the_model():
    def grow(epoch, model, optimizer):
        if epoch == 1:
            model.steps.append(nn.PReLU())
            optimizer.parameters += model.steps[-1].weight

    assert_true(small(), ANEW, callback=grow, optimizer=lambda p: nn.Adam(p, 0.05))


def test_too_many_changes_do_not_pay():
    def change(epoch, model, optimizer):
        model.t *= 0.9

    _, _, history = run("auto", Scaled, callback=change, epochs=60)
    assert str(history.engine).count("recorded anew") == 4
    assert "eager from here on: model.t changed again, after 5 recordings" in str(history.engine)
