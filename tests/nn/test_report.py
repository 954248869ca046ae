"""model.report(loss): what it tells, what it touches, and when it refuses."""

import copy
import csv
import math
import pickle
import random

import numpy as np
import pytest

import nn
from autograd import Value, gradients
from nn import Dropout, Linear, Module, Sequential

XOR = nn.datasets.gate("xor")


def xor_model(**options):
    return nn.MLP(2, [3, 1], activation="tanh", output="sigmoid", seed=0, **options)


def test_numbers():
    """S14: the delta errors, as a student computes them by hand."""
    model = xor_model()
    X, y = XOR
    outputs = model(X)
    report = model.report(nn.binary_cross_entropy(outputs, y))
    first, last = report.layers
    delta = [(p.data - t) / 4 for p, t in zip(outputs, y, strict=True)]
    hidden = [
        [math.tanh(sum(w.data * x for w, x in zip(n.weights, row, strict=True))) for n in model.layers[0].neurons]
        for row in X
    ]
    weights = [w.data for w in model.layers[1].neurons[0].weights]
    assert last.grad_z == pytest.approx(math.hypot(*delta))
    assert last.grad_b == pytest.approx(abs(sum(delta)))
    assert last.grad_w == pytest.approx(
        math.hypot(*(sum(d * h[i] for d, h in zip(delta, hidden, strict=True)) for i in range(3)))
    )
    assert first.grad_a == pytest.approx(math.hypot(*(d * w for d in delta for w in weights)))
    assert first.grad_z == pytest.approx(
        math.hypot(
            *(
                d * w * (1 - a * a)
                for d, row in zip(delta, hidden, strict=True)
                for w, a in zip(weights, row, strict=True)
            )
        )
    )
    text = str(report)
    assert "|∂J/∂Z|" in text
    assert repr(report) == text


def test_it_needs_no_backward_pass_and_touches_nothing():
    model = xor_model()
    loss = nn.binary_cross_entropy(model(XOR[0]), XOR[1])
    before = str(model.report(loss))
    assert all(p.grad is None for p in model.parameters())
    loss.backward()
    kept = [p.grad for p in model.parameters()]
    other = nn.mse_loss(model([[3.0, 4.0]]), [7.0])  # another loss that is alive, and another pass
    (model.parameters()[0] * 2).backward()
    model.zero_grad()
    loss.backward()
    assert str(model.report(loss)) == before
    assert [p.grad for p in model.parameters()] == kept
    assert str(model.report(other)) != before


def test_refusals():
    model = xor_model()
    with pytest.raises(TypeError, match=r"report on a loss, as loss = .* got nothing"):
        model.report()
    with pytest.raises(TypeError, match=r"history.last_loss\(\)\); got 0.5"):
        model.report(0.5)
    loss = nn.mse_loss(model(XOR[0]), XOR[1])
    with pytest.raises(ValueError, match="no layer of this model is in the graph"):
        xor_model().report(loss)
    model.layers[0].neurons[1].bias.data += 1.0
    with pytest.raises(
        RuntimeError, match=r"0.bias\[1\] has changed since .* report before optimizer.step\(\), or build"
    ):
        model.report(loss)


def test_weights_that_a_penalty_takes_too():
    model = xor_model()
    loss = nn.mse_loss(model(XOR[0]), XOR[1]) + nn.l2_penalty(model, 0.1)
    weights = model.layers[0].weights()
    assert model.report(loss).layers[0].grad_w == math.hypot(*gradients(loss, weights))


class Noisy(Module):
    """A module with every kind of state that a pass could touch."""

    def __init__(self):
        self.layer = Linear(2, 1, generator=nn.init.Generator(0))
        self._a, self._b, self._c = random.Random(1), np.random.RandomState(1), np.random.default_rng(1)
        self._calls = 0
        self.seen = np.zeros(1)

    def row(self, inputs):
        self._calls += 1
        self.seen += 1.0
        noise = self._a.random() + self._b.rand() + self._c.random() + random.random() + np.random.rand()
        return self.layer([inputs[0] + noise, inputs[1]])[0]


def test_the_last_loss():
    X, y = nn.datasets.moons(20, seed=0)
    model = Sequential(Linear(2, 4), nn.BatchNorm1d(4), "tanh", Dropout(0.5, seed=0), Linear(4, 1), "sigmoid")
    optimizer = nn.SGD(model.parameters(), lr=0.1)
    history = nn.fit(model, X, y, loss="mse_loss", optimizer=optimizer, epochs=3, batch_size=8, seed=0, engine="eager")
    model.eval()
    state, grads = model.state_dict(), [p.grad for p in model.parameters()]
    draws = model.steps[3]._random.get_state()[2]
    loss = history.last_loss()
    assert loss.data == history.last_loss().data
    assert len(model.report(loss).layers) == 2
    for key, numbers in model.state_dict().items():
        assert numbers.tolist() == state[key].tolist()
    assert model.steps[3]._random.get_state()[2] == draws
    assert [p.grad for p in model.parameters()] == grads
    assert not any(module.training for _, module in model.modules())


@pytest.mark.parametrize("engine", ["eager", "numpy"])
def test_the_last_loss_is_that_of_the_last_batch_now(engine):
    X, y = nn.datasets.moons(20, seed=0)
    model = xor_model()
    optimizer = nn.SGD(model.parameters(), lr=0.1)
    history = nn.fit(model, X, y, loss="mse_loss", optimizer=optimizer, epochs=60, batch_size=8, seed=0, engine=engine)
    shuffle, order = np.random.RandomState(0).shuffle, np.arange(20)
    for _ in range(60):
        shuffle(order)
    last = order[16:]
    assert history.last_loss().data == nn.mse_loss(model(X[last]), y[last]).data
    model.parameters()[0].data += 1.0
    assert history.last_loss().data == nn.mse_loss(model(X[last]), y[last]).data


def test_the_last_loss_touches_no_generator_and_no_attribute():
    model = Noisy()
    history = nn.fit(
        model,
        [[1.0, 2.0]] * 3,
        [0.0] * 3,
        loss="mse_loss",
        optimizer=nn.SGD(model.parameters(), 0.01),
        epochs=2,
        engine="eager",
    )

    def state():
        return (
            model._a.getstate(), str(model._b.get_state()), model._c.bit_generator.state, model._calls,
            model.seen.tolist(), random.getstate(), str(np.random.get_state()),
        )  # fmt: skip

    before = state()
    history.last_loss()
    assert state() == before


def test_a_history_keeps_references_that_copies_leave_out(tmp_path):
    model = xor_model()
    history = nn.fit(model, *XOR, loss="mse_loss", optimizer=nn.SGD(model.parameters(), 0.1), epochs=2)
    history.to_csv(tmp_path / "history.csv")
    assert "model" not in next(csv.reader((tmp_path / "history.csv").read_text().splitlines()))
    assert history.last_loss().op is not None
    others = [
        copy.copy(history), copy.deepcopy(history), pickle.loads(pickle.dumps(history)), nn.History(),
        nn.History.from_csv(tmp_path / "history.csv"),
    ]  # fmt: skip
    assert others[0] == others[1] == others[2] == history
    assert len(pickle.dumps(history)) < 1000
    for other in others:
        with pytest.raises(RuntimeError, match="holds no model and no data"):
            other.last_loss()


def test_a_network_stuck_by_dead_relus_says_so():
    X, y = XOR
    model = nn.MLP(2, [4, 1], activation="relu", output="sigmoid", seed=0)
    for neuron in model.layers[0].neurons:
        neuron.bias.data = -10.0
    report = model.report(nn.binary_cross_entropy(model(X), y))
    assert "every unit is dead" in str(report)
    assert report.layers[0].dead == 1.0


def test_gradients_vanish_in_deep_sigmoid_networks_and_not_with_relu():
    """S10: seen layer by layer."""
    X, y = nn.datasets.moons(20)
    flags = {}
    for activation, init in (("sigmoid", "lecun_uniform"), ("relu", "he_uniform")):
        model = nn.MLP(2, [6] * 8 + [1], activation, output="sigmoid", seed=0, init=init)
        flags[activation] = model.report(nn.binary_cross_entropy(model(X), y)).layers[0].flag
    assert "vanishes" in flags["sigmoid"]
    assert "vanishes" not in flags["relu"]


def test_a_value_that_is_no_loss_of_the_model():
    with pytest.raises(ValueError, match="no layer of this model"):
        xor_model().report(Value(1.0))
