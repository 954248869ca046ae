"""`model.compile()`: on arrays the numbers of the model itself, whatever the model does."""

import copy
import pickle
import random

import numpy as np
import pytest

import autograd
import nn
from autograd import Value
from nn.init import Generator

X = np.array([[0.5, -1.0], [1.0, 0.3], [-0.7, 0.8], [0.0, 0.1], [1.0, -0.4], [-1.1, -0.6]])


def wanted(model, X=X):
    outputs = [[p.data for p in row] if isinstance(row, list) else row.data for row in model(X.tolist())]
    return np.array(outputs)


class Factor(nn.Module):
    def __init__(self, factor):
        self.inner, self.factor, self.t, self.calls = nn.MLP(2, [3, 1], "tanh", seed=1), factor, 1.0, 0

    def row(self, inputs):
        return self.inner.row(inputs) * self.factor(self, inputs)


class Batch(nn.Module):
    def __init__(self):
        self.weight = [Value(0.5)]

    def rows(self, batch):
        mean = sum(row[0] for row in batch) / len(batch)
        return [self.weight[0] * (row[0] - mean) for row in batch]


class Forward(nn.Module):
    def __init__(self):
        self.weight = [Value(0.5)]

    def forward(self, x):
        return self.weight[0] * (x[:, 0] - x[:, 0].mean())


MODELS = {
    "MLP": (lambda: nn.MLP(2, [3, 2], "relu", seed=1), ""),
    "batch norm": (
        lambda: nn.Sequential(nn.Linear(2, 3, generator=Generator(1)), nn.BatchNorm1d(3), "tanh").eval(),
        "",
    ),
    "equality": (lambda: Factor(lambda m, x: 2.0 if x[0] == 1 else 0.5), ""),
    "in": (lambda: Factor(lambda m, x: 2.0 if x[0] in (0, 1) else 0.5), ""),
    "set": (lambda: Factor(lambda m, x: 2.0 if x[0] in {0, 1} else 0.5), "looked up"),
    "branch": (lambda: Factor(lambda m, x: 2.0 if x[1] > 0 else 0.5), ""),
    "isinstance": (lambda: Factor(lambda m, x: 2.0 if isinstance(x[1], Value) else 0.5), "different numbers"),
    "batch": (Batch, "several rows together"),
    "forward": (Forward, "several rows together"),
}


@pytest.mark.parametrize("name", MODELS, ids=str)
def test_the_model_is_right(name):
    make, reason = MODELS[name]
    model = make()
    predict = model.compile()
    for _ in range(2):
        np.testing.assert_allclose(predict(X), wanted(model), rtol=1e-12)
        assert reason in predict.reason
        assert bool(reason) == bool(predict.reason)


def test_what_changes_is_recorded_anew():
    model = Factor(lambda m, x: m.t)
    predict = model.compile()
    for change in (
        lambda: setattr(model, "t", 3.0),
        lambda: setattr(model.inner.layers[0], "activation", autograd.sin),
        lambda: setattr(model, "factor", lambda m, x: 7.0),
        lambda: setattr(model.inner.layers[1].neurons[0], "bias", Value(3.0)),
        lambda: setattr(model.inner.parameters()[0], "data", 9.0),
    ):
        np.testing.assert_allclose(predict(X), wanted(model), rtol=1e-12)
        change()
        np.testing.assert_allclose(predict(X), wanted(model), rtol=1e-12)
    assert predict.reason == ""


def test_state_and_chance_are_the_models():
    def count(module, inputs):
        module.calls += 1
        return 1.0 / module.calls

    twin, model = Factor(count), Factor(count)
    predict = model.compile()
    for _ in range(2):
        np.testing.assert_allclose(predict(X), wanted(twin), rtol=1e-12)
    assert predict.reason == "model.calls changes in a pass"
    model = Factor(lambda m, x: random.random())
    random.seed(3)
    expected = wanted(model)
    random.seed(3)
    np.testing.assert_allclose(model.compile()(X), expected, rtol=1e-12)


def test_copies_follow_their_own_model():
    model = nn.MLP(2, [3, 1], seed=0)
    predict = model.compile()
    predict(X)
    for twin in (copy.deepcopy(predict), pickle.loads(pickle.dumps(predict))):
        twin.model.parameters()[0].data = 5.0
        np.testing.assert_allclose(twin(X), wanted(twin.model), rtol=1e-12)
    np.testing.assert_allclose(predict(X), wanted(model), rtol=1e-12)
