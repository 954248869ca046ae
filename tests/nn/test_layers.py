"""The first nn: shapes, parameters, errors, losses at their edges, and XOR for a hundred seeds."""

import copy
import math
import pickle

import numpy as np
import pytest

import autograd
from autograd import Value, gradients
from autograd import bce as cross
from nn import MLP, SGD, Layer, Module, Neuron, binary_cross_entropy, fit, mse_loss
from tests.conftest import slope

SAMPLES, TARGETS = [(0, 0), (0, 1), (1, 0), (1, 1)], [0, 1, 1, 0]


def test_a_neuron_is_products_one_sum_and_an_activation():
    neuron = Neuron(2, "tanh")
    output = neuron([1.0, 2.0])
    assert output.op is autograd.tanh
    total = output.operands[0]
    assert total.op is autograd.sum
    first, second, bias = total.operands
    assert [first.op, second.op, bias] == [autograd.mul, autograd.mul, neuron.bias]
    assert first.operands == (neuron.weights[0], 1.0)


@pytest.mark.parametrize(
    "inputs", [[1.0, 2.0], (1, 2), np.array([1.0, 2.0]), (float(i) for i in (1, 2)), [Value(1.0), 2]]
)
def test_inputs_may_be_any_sequence(inputs):
    assert type(MLP(2, [3, 1], seed=0)(inputs)) is Value


def test_outputs():
    assert type(MLP(2, [1])([0, 1])) is Value
    two = MLP(2, [1, 2], output="sigmoid")([0, 1])
    assert [v.op for v in two] == [autograd.sigmoid] * 2
    assert [v.op for v in Layer(2, 3)([1, 2])] == [autograd.relu] * 3
    assert MLP(2, [4, 1])([1, 2]).op is autograd.sum
    assert MLP(1, [1], output=lambda x: x * 2)([1]).op is autograd.mul


def test_parameters():
    model = MLP(2, [4, 3, 1], seed=1)
    assert len(model.parameters()) == 4 * 3 + 3 * 5 + 4
    assert [p.name for p in model.parameters()[:4]] == ["w1_0_0", "w1_0_1", "w1_1_0", "w1_1_1"]
    assert [p.data for p in model.parameters()] == [p.data for p in MLP(2, [4, 3, 1], seed=1).parameters()]
    assert model.parameters()[0].data != MLP(2, [4, 3, 1], seed=2).parameters()[0].data
    model([1, 2]).backward()
    model.zero_grad()
    assert {p.grad for p in model.parameters()} == {None}

    class Tied(Module):
        def __init__(self):
            self.shared = Value(1.0)
            self.again = {"a": (self.shared, self.shared * 2)}

    assert len(Tied().parameters()) == 1


def test_wrong_inputs_are_errors():
    with pytest.raises(ValueError, match="expected 2 inputs, one for each weight, got 3"):
        MLP(2, [4, 1])([1, 2, 3])
    with pytest.raises(ValueError, match="expected 2 inputs"):
        Neuron(2)([1])
    for bad in ((2, []), (0, [1]), (2, [0, 1]), (2, [1.5])):
        with pytest.raises(ValueError, match="sizes of 1 or more"):
            MLP(*bad)
    with pytest.raises(ValueError, match="unknown activation 'rellu'"):
        MLP(2, [1], activation="rellu")
    with pytest.raises(ValueError, match="learning rate"):
        SGD([Value(1.0)], lr=-1)
    with pytest.raises(ValueError, match="no parameters"):
        SGD([], lr=1)


def test_models_survive_copies():
    model = MLP(2, [3, 1], seed=3)
    model([1.0, 2.0]).backward()
    for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert twin([0.3, 0.7]).data == model([0.3, 0.7]).data
        assert twin.parameters()[0] is not model.parameters()[0]


def test_losses():
    p = [Value(0.25), Value(0.75)]
    assert mse_loss(p, [0, 1]).data == 0.0625
    assert mse_loss(p, [[0], [1]]).data == 0.0625
    assert mse_loss(Value(3.0), 1).data == 4.0
    assert binary_cross_entropy(p, [0, 1]).data == pytest.approx(-math.log(0.75))
    with pytest.raises(ValueError, match="2 predictions and 3 targets"):
        mse_loss(p, [0, 1, 1])
    with pytest.raises(ValueError, match="0 predictions"):
        mse_loss([], [])
    with pytest.raises(ValueError, match="between 0 and 1, got 2.0"):
        binary_cross_entropy([Value(2.0)], [1])


@pytest.mark.parametrize(
    ("p", "y", "value", "grad"),
    [(0.0, 1.0, 100.0, -1e12), (1.0, 0.0, 100.0, 1e12), (0.0, 0.0, 0.0, 0.0), (1.0, 1.0, 0.0, 0.0)],
)
def test_binary_cross_entropy_at_sure_predictions_is_pytorchs(p, y, value, grad):
    leaf = Value(p)
    loss = binary_cross_entropy(leaf, y)
    loss.backward()
    assert (loss.data, leaf.grad) == (value, grad)


def test_cross_entropys_own_row():
    for probe in cross.probes:
        for i in range(2):
            leaves = [Value(x) for x in probe]
            assert gradients(cross(*leaves), leaves)[i] == pytest.approx(slope(cross, probe, i), rel=1e-7)
    p = Value(0.3)
    (once,) = gradients(cross(p, 1.0), p, create_graph=True)
    assert gradients(once, p)[0] == pytest.approx(1 / 0.3**2)


def test_sgd_skips_what_no_pass_has_reached():
    a, b = Value(1.0), Value(2.0)
    optimizer = SGD([a, b], lr=0.5)
    (a * 3).backward()
    optimizer.step()
    assert (a.data, b.data) == (-0.5, 2.0)
    optimizer.zero_grad()
    assert a.grad is None


def train(seed, epochs=300):
    model = MLP(2, [8, 1], activation="tanh", output="sigmoid", seed=seed)
    optimizer = SGD(model.parameters(), lr=1.0)
    fit(model, SAMPLES, TARGETS, loss=binary_cross_entropy, optimizer=optimizer, epochs=epochs)
    return [model(x).data for x in SAMPLES]


@pytest.mark.parametrize("decade", range(10))
def test_the_xor_recipe_converges_for_every_seed(decade):
    for seed in range(10 * decade, 10 * decade + 10):
        predictions = train(seed)
        assert [round(p) for p in predictions] == TARGETS, f"seed {seed}: {predictions}"
        assert max(abs(p - y) for p, y in zip(predictions, TARGETS, strict=True)) < 0.05
