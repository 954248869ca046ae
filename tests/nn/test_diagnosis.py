"""Planted illnesses are recognised, with numbers that are true; healthy networks are left in peace."""

import math
import re
from itertools import pairwise

import numpy as np
import pytest

import autograd
import nn
from autograd import relu, sigmoid, tanh
from nn import MLP, BatchNorm1d, Linear, Module, PReLU, Sequential
from nn.init import Generator

XOR = nn.datasets.gate("xor")
MOONS = nn.datasets.moons(20, seed=0)
DEEP = [8] * 8 + [1]


class Net(Module):
    """A network as one writes it in PyTorch: activations are functions called in `forward`."""

    def __init__(self, function=relu, widths=(2, 8, 8, 1), init="he_uniform", seed=0):
        generator = Generator(seed)
        self.layers = [Linear(a, b, init, generator) for a, b in pairwise(widths)]
        self.function = function

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = self.function(layer(x))
        return sigmoid(self.layers[-1](x))


def linear_data(noise):
    random = np.random.RandomState(0)
    X = random.randn(20, 2)
    return X, X @ [1.5, -2.0] + 0.3 + noise * random.randn(20)


def scaled(model, factor, layers=slice(None)):
    for _, layer in [pair for pair in model.modules() if isinstance(pair[1], nn.Layer)][layers]:
        for weight in layer.weights():
            weight.data *= factor
    return model


def with_bias(model, place, bias, units=slice(None)):
    layers = [module for _, module in model.modules() if isinstance(module, nn.Layer)]
    for neuron in layers[place].neurons[units]:
        neuron.bias.data = bias
    return model


def constant(model, number):
    for parameter in model.parameters():
        parameter.data = number
    return model


def entropy(model, data=MOONS):
    return model, nn.binary_cross_entropy(model(data[0]), data[1])


def squared(model, data=MOONS):
    return model, nn.mse_loss(model(data[0]), data[1])


def at_optimum(noise):
    X, y = linear_data(noise)
    model = Sequential(Linear(2, 1))
    *weights, bias = np.linalg.lstsq(np.c_[X, np.ones(len(X))], y, rcond=None)[0]
    for leaf, number in zip(model.parameters(), [*weights, bias], strict=True):
        leaf.data = number
    return squared(model, (X, y))


def trained(model, data, loss, epochs, lr=1.0):
    history = nn.fit(model, *data, loss=loss, optimizer=nn.SGD(model.parameters(), lr), epochs=epochs)
    return model, history.last_loss()


def diverged():
    X, y = linear_data(0.1)
    model = Sequential(Linear(2, 1))
    for _ in range(40):
        loss = nn.mse_loss(model(X), y)
        model.zero_grad()
        loss.backward()
        nn.SGD(model.parameters(), 1.5).step()
    return squared(model, (X, y))


# Each entry: what makes a model and its loss, for a seed; the causes that are found; what the sentences say.
ILL = {
    "linear regression at its optimum": (lambda s: at_optimum(0.1), ["converged"], "bends upward"),
    "linear regression without noise at its optimum": (lambda s: at_optimum(0.0), ["converged"], "converged"),
    "linear regression trained long": (
        lambda s: trained(Sequential(Linear(2, 1)), linear_data(0.5), "mse_loss", 300, 0.1), ["converged"], "converged"),
    "a single layer on XOR": (
        lambda s: trained(MLP(2, [1], output="sigmoid", seed=s), XOR, "binary_cross_entropy", 3000),
        ["samples cancel", "converged"], "0.125 for each sample"),
    "all relus dead, functions of a Sequential": (
        lambda s: entropy(with_bias(Sequential(Linear(2, 4), "relu", Linear(4, 1), "sigmoid"), 0, -10.0), XOR),
        ["dead"], r"every unit is dead in layer 1 \(0\): relu's slope is 0 for all 4 samples"),
    "all relus of a second layer dead": (
        lambda s: entropy(with_bias(MLP(2, [8, 8, 1], "relu", "sigmoid", seed=s, init="he_uniform"), 1, -30.0)),
        ["dead"], r"every unit is dead in layer 2 \(2\)"),
    "all relus dead, functions called in forward": (
        lambda s: entropy(with_bias(Net(seed=s), 0, -30.0)), ["dead"], r"layer 1 \(layers.0\)"),
    "three relus dead": (
        lambda s: entropy(with_bias(MLP(2, [8, 1], "relu", "sigmoid", seed=s), 0, -30.0, slice(1, 4))),
        ["dead units"], r"3 of 8 units of layer 1 \(0\) are dead, units 2, 3, 4"),
    "hidden tanh saturated by weights": (
        lambda s: entropy(scaled(MLP(2, [8, 8, 1], "tanh", "sigmoid", seed=s), 50.0, slice(0, 1))),
        ["saturated"], r"layer 1 \(0\) is saturated: \d+% of its slopes are below 0.01"),
    "hidden sigmoid saturated by inputs": (
        lambda s: entropy(MLP(2, [8, 1], "sigmoid", "sigmoid", seed=s), (200 * MOONS[0], MOONS[1])),
        ["saturated"], r"too far out for sigmoid \(inputs about \d\d\d"),
    "output saturated on the wrong side": (
        lambda s: squared(with_bias(MLP(2, [8, 1], "tanh", "sigmoid", seed=s), 1, 15.0)),
        ["saturated"], r"10 of 20 outputs of layer 2 \(2\) are saturated on the wrong side"),
    "a step in a hidden layer": (
        lambda s: entropy(MLP(2, [4, 1], "step", "sigmoid", seed=s), XOR), ["slope 0"],
        r"layer 1 \(0\): the slope of step is 0 everywhere, by definition"),
    "a sign called in forward": (
        lambda s: entropy(Net(autograd.sign, (2, 4, 1), seed=s), XOR), ["slope 0"], "slope of sign"),
    "fading by slopes": (
        lambda s: entropy(MLP(2, DEEP, "sigmoid", "sigmoid", seed=s, init="xavier_uniform")), ["vanishing"],
        "because of the slopes: in a layer the slopes of sigmoid"),
    "fading by slopes, functions called in forward": (
        lambda s: entropy(Net(sigmoid, (2, *DEEP), "xavier_uniform", s)), ["vanishing"], "because of the slopes"),
    "fading by weights": (
        lambda s: entropy(scaled(MLP(2, DEEP, "tanh", "sigmoid", seed=s, init="xavier_uniform"), 0.2)), ["vanishing"],
        "because of the weights"),
    "weights of 0": (
        lambda s: entropy(scaled(MLP(2, [4, 1], "tanh", "sigmoid", seed=s), 0.0, slice(1, 2)), XOR), ["vanishing"],
        r"nothing comes back through layer 2 \(2\): all its weights are 0"),
    "units that are all the same": (
        lambda s: entropy(constant(MLP(2, [4, 1], "tanh", "sigmoid"), 0.1 + 0.2 * s), XOR), ["same units"],
        r"all 4 units of layer 1 \(0\) are the same"),
    "exploding, linear": (
        lambda s: squared(MLP(2, DEEP, "linear", seed=s, init="normal")),
        ["exploding forward", "exploding backward"], "because of the weights"),
    "exploding forward into a saturated output": (
        lambda s: entropy(scaled(MLP(2, DEEP, "relu", "sigmoid", seed=s, init="normal"), 3.0)),
        ["exploding forward"], "the forward pass explodes: from layer to layer the numbers grow by"),
    "exploding beyond floats": (
        lambda s: squared(scaled(MLP(2, DEEP, "relu", seed=s, init="he_uniform"), 1e50)),
        ["exploding forward"], "not finite"),
    "diverged": (lambda s: diverged(), ["exploding forward"], r"layer 1 \(0\) makes numbers grow"),
    "plateau where samples cancel": (
        lambda s: trained(MLP(2, [6, 6, 6, 1], "sigmoid", "sigmoid", seed=s, init="torch"), XOR,
                          "binary_cross_entropy", 600),
        ["samples cancel"], "the samples cancel: the outputs are the same for all 4 samples"),
}  # fmt: skip


@pytest.mark.parametrize("name", ILL)
@pytest.mark.filterwarnings("ignore:.*beyond a float's range")
def test_illnesses(name):
    make, causes, text = ILL[name]
    for seed in range(2):
        model, loss = make(seed)
        report = model.report(loss)
        assert [finding.cause for finding in report.findings] == causes, str(report)
        assert re.search(text, str(report))


def batch_normed(seed):
    steps = [part for i in range(8) for part in (Linear(8 if i else 2, 8), BatchNorm1d(8), "sigmoid")]
    return entropy(Sequential(*steps, Linear(8, 1), "sigmoid"))


HEALTHY = {
    "relu": lambda s: entropy(MLP(2, [8, 8, 1], "relu", "sigmoid", seed=s, init="he_uniform")),
    "relu on XOR": lambda s: entropy(MLP(2, [8, 1], "relu", "sigmoid", seed=s, init="he_uniform"), XOR),
    "tanh on XOR, the recipe": lambda s: entropy(MLP(2, [8, 1], "tanh", "sigmoid", seed=s), XOR),
    "tanh on XOR, halfway": lambda s: trained(MLP(2, [8, 1], "tanh", "sigmoid", seed=s), XOR, "binary_cross_entropy", 50),
    "tanh on XOR, trained": lambda s: trained(MLP(2, [8, 1], "tanh", "sigmoid", seed=s), XOR, "binary_cross_entropy", 500),
    "deep relu": lambda s: entropy(MLP(2, DEEP, "relu", "sigmoid", seed=s, init="he_uniform")),
    "deep tanh": lambda s: entropy(MLP(2, DEEP, "tanh", "sigmoid", seed=s, init="xavier_uniform")),
    "deep sigmoid with batch norm": batch_normed,
    "sigmoid": lambda s: entropy(MLP(2, [8, 1], "sigmoid", "sigmoid", seed=s)),
    "maxout": lambda s: entropy(MLP(2, [4, 1], "maxout", "sigmoid", seed=s)),
    "prelu": lambda s: entropy(MLP(2, [8, 8, 1], "prelu", "sigmoid", seed=s)),
    "regression": lambda s: squared(MLP(2, [8, 1], "tanh", seed=s), linear_data(0.1)),
    "regression of large numbers": lambda s: squared(
        MLP(2, [8, 1], "relu", seed=s), (linear_data(0.1)[0], 1000 * linear_data(0.1)[1])),
    "linear regression, begun": lambda s: trained(Sequential(Linear(2, 1)), linear_data(0.5), "mse_loss", 5, 0.05),
    "Sequential with functions": lambda s: entropy(
        Sequential(Linear(2, 8, "xavier_uniform", Generator(s)), "tanh", Linear(8, 1, "xavier_uniform", Generator(s)), "sigmoid")),
    "a class of one's own": lambda s: entropy(Net(seed=s)),
    "a class of one's own, tanh": lambda s: entropy(Net(tanh, init="xavier_uniform", seed=s)),
}  # fmt: skip


@pytest.mark.parametrize("name", HEALTHY)
def test_healthy_networks_are_left_in_peace(name):
    for seed in range(2):
        model, loss = HEALTHY[name](seed)
        report = model.report(loss)
        assert report.findings == [], str(report)
        assert not any(layer.flag for layer in report.layers)
        assert len(str(report).splitlines()) == 1 + len(report.layers)


def numbers(text):
    return [float(found) for found in re.findall(r"(?<![\w(])\d+(?:\.\d+)?(?:e-?\d+)?", text)]


def test_the_numbers_of_a_sentence_are_those_of_the_table():
    model, loss = ILL["fading by slopes"][0](0)
    report = model.report(loss)
    (finding,) = report.findings
    first, last = report.layers[0], report.layers[-1]
    factor, top, _, bottom, _, slopes, weights = numbers(finding.text)
    assert top == pytest.approx(last.grad_z, rel=0.01)
    assert bottom == pytest.approx(first.grad_z, rel=0.01)
    assert factor == pytest.approx((first.grad_z / last.grad_z) ** (1 / 8), rel=0.01)
    below = report.layers[:-1]
    assert slopes == pytest.approx(math.prod(each.grad_z / each.grad_a for each in below) ** (1 / 8), rel=0.01)
    assert slopes * weights == pytest.approx(factor, rel=0.01)


def test_since_when_a_layer_is_dead():
    X, y = XOR
    model = MLP(2, [4, 1], "relu", "sigmoid", seed=0)

    def kill(epoch, history, model):
        if epoch == 6:
            with_bias(model, 0, -10.0)

    history = nn.fit(
        model, X, y, loss="binary_cross_entropy", optimizer=nn.SGD(model.parameters(), 0.1), epochs=20, callbacks=[kill]
    )
    assert "the gradient of this layer is 0 since epoch 7" in str(model.report(history.last_loss(), history=history))
    assert "since" not in str(model.report(history.last_loss()))


def test_what_is_not_known_is_not_said():
    """Activations that the graph does not show, sums of several layers: no word of dead, saturated, fading slopes."""
    model = Sequential(Linear(2, 3), "tanh", Linear(3, 1), PReLU())
    report = model.report(nn.mse_loss(model(XOR[0]), XOR[1]))
    assert report.layers[1].activation == "not known"
    assert math.isnan(report.layers[1].dead)
    assert "-" in str(report).splitlines()[2].split()
    assert report.findings == []


def test_layers_are_numbered_as_in_every_place():
    model = Sequential(Linear(2, 3), BatchNorm1d(3), "tanh", Linear(3, 2), PReLU(), Linear(2, 1))
    report = model.report(nn.mse_loss(model(XOR[0]), XOR[1]))
    assert [(layer.number, layer.name) for layer in report.layers] == [("1", "0"), ("2", "3"), ("3", "5")]
    layer = nn.Layer(2, 2, "tanh")
    model = Sequential(layer, layer, Linear(2, 1))
    report = model.report(nn.mse_loss(model(XOR[0]), XOR[1]))
    assert [layer.number for layer in report.layers] == ["1, use 1", "1, use 2", "2"]


def test_gradients_as_arrays():
    """S14: the texts' own two-layer network, softmax and cross-entropy; their numbers in the mean's form."""
    model = MLP(2, [3, 2], "sigmoid", "softmax", seed=0)
    state = {
        "0.weight": np.array([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]]).T, "0.bias": [0.7, 0.8, 0.9],
        "2.weight": np.array([[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]]).T, "2.bias": [0.7, 0.8],
    }  # fmt: skip
    model.load_state_dict(state)
    X, targets = [[0, 0], [0, 1], [1, 0], [1, 1]], [1, 0, 0, 1]
    outputs = model(X)
    loss = nn.nll_loss([[autograd.log(p) for p in row] for row in outputs], targets)
    first, last = model.report(loss, matrices=True).layers
    p = np.array([[a.data for a in row] for row in outputs])
    wanted = np.eye(2)[targets]
    np.testing.assert_allclose(last.dZ, (p - wanted) / 4, atol=1e-12)
    np.testing.assert_allclose(np.abs(last.dZ[:, 0]), [0.105967, 0.145766, 0.144767, 0.103684], atol=5e-7)
    np.testing.assert_allclose(last.dA, -wanted / (4 * p), atol=1e-12)
    np.testing.assert_allclose(np.abs(first.dZ[0]), [0.002349, 0.002267, 0.002178], atol=5e-7)
    np.testing.assert_allclose(first.dW.T, [[0.001252, 0.0013, 0.001313], [0.000887, 0.000907, 0.000912]], atol=1e-6)
    assert (first.dW.shape, first.db.shape, last.dW.shape, last.db.shape) == ((3, 2), (3,), (2, 3), (2,))
    np.testing.assert_allclose(last.dZ.sum(axis=0), last.db, atol=1e-15)
    text = str(model.report(loss, matrices=True))
    assert "∂J/∂Z of layer 2\n[[" in text
    assert model.report(loss).layers[0].dZ is None


def test_incomplete_rows_are_told():
    model = Sequential(Linear(2, 2))
    report = model.report(nn.mse_loss(model([[0.0, 1.0], [0.0, 1.0]]), [[0.0, 1.0]] * 2), matrices=True)
    assert report.layers[0].incomplete == 4
    assert "layer 1 (0): 4 rows are incomplete" in str(report)
    assert np.isnan(report.layers[0].dZ).sum() == 4
    assert math.isfinite(report.layers[0].grad_z)


def test_a_history_numbers_layers_as_the_report_does():
    model = Sequential(Linear(2, 3), BatchNorm1d(3), "tanh", Linear(3, 2), PReLU(), Linear(2, 1))
    history = nn.fit(model, *XOR, loss="mse_loss", optimizer=nn.SGD(model.parameters(), 0.1), epochs=1)
    assert history.labels() == {"0": "layer 1 (0)", "1": "(1)", "3": "layer 2 (3)", "4": "(4)", "5": "layer 3 (5)"}
    report = model.report(history.last_loss())
    assert {f"layer {each.number} ({each.name})" for each in report.layers} <= set(history.labels().values())


@pytest.mark.parametrize(
    ("activation", "output", "init", "first", "last", "causes"),
    [
        ("sigmoid", "sigmoid", "xavier_uniform", 4.9e-6, 1.1e-1, ["vanishing"]),
        ("relu", "sigmoid", "he_uniform", 1.5e-2, 3.5e-2, []),
        ("tanh", "sigmoid", "xavier_uniform", 1.8e-1, 2.2e-1, []),
        ("linear", "linear", "normal", 4e6, 5e6, ["exploding forward", "exploding backward"]),
    ],
)
def test_the_lesson_on_depth(activation, output, init, first, last, causes):
    """S10: the norms of the first and the last layer's gradient, at depth 8 and width 8."""
    X, y = nn.datasets.moons(40, seed=1)
    model = MLP(2, DEEP, activation, output, seed=0, init=init)
    loss = (nn.binary_cross_entropy if output == "sigmoid" else nn.mse_loss)(model(X), y)
    report = model.report(loss)
    assert report.layers[0].grad_w == pytest.approx(first, rel=0.03)
    assert report.layers[-1].grad_w == pytest.approx(last, rel=0.03)
    assert [finding.cause for finding in report.findings] == causes


def test_ten_sigmoids_in_a_row():
    """S10: a quarter at most in each, and not one unit is saturated."""
    model = constant(MLP(1, [1] * 10, "sigmoid", "sigmoid"), 1.0)
    report = model.report(nn.mse_loss(model([[0.5]]), [1.0]))
    assert [finding.cause for finding in report.findings] == ["vanishing"]
    assert not any(layer.saturated for layer in report.layers)
    assert "because of the slopes" in str(report)
    assert "relu with init='he_uniform', or batch_norm=True, lets more of it through" in str(report)
