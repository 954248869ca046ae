"""Weighted sums and activations found in a graph, against what the layers themselves computed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
import nn
from autograd import Value, gradients, relu, sigmoid, square, tanh
from autograd.order import topological_order
from nn import MLP, BatchNorm1d, Dropout, Layer, Linear, Maxout, Module, PReLU, Sequential
from nn.applications import applications
from nn.sums import weighted_sums

X = [[0.5, -1.0], [1.0, 2.0], [-0.3, 0.2]]


class Spy(Layer):
    """A layer that keeps what it computed, in lists that the search knows nothing of."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self._kept = []

    def row(self, inputs):
        sums = [neuron.weighted_sum(inputs) for neuron in self.neurons]
        outputs = nn.networks.apply(self.activation, sums)
        self._kept.append((sums, outputs))
        return outputs


def same(rows, others):
    return len(rows) == len(others) and all(
        len(row) == len(other) and all(x is y for x, y in zip(row, other, strict=True))
        for row, other in zip(rows, others, strict=True)
    )


def swish(z):
    return z * sigmoid(z)


ACTIVATIONS = [
    "relu", "tanh", "sigmoid", "leaky_relu", "elu", "gelu", "softplus", "linear", "softmax", "log_softmax", "step", "abs",
    swish, lambda z: z if z > 0 else z * 0.1, lambda z: autograd.maximum(z, 0.0) - autograd.minimum(z, 0.5),
    lambda z: 2.0 * square(z) - 1.0,
]  # fmt: skip


@pytest.mark.parametrize("activation", ACTIVATIONS)
@given(st.lists(st.lists(st.sampled_from([0.0, -0.0, 1.0, 0.5, -2.0]), min_size=2, max_size=2), min_size=1, max_size=6))
def test_every_row_unit_and_activation_is_found(activation, rows):
    layers = [Spy(2, 3, activation), Spy(3, 2, activation)]
    loss = nn.mse_loss(Sequential(*layers)(rows), [[0.0, 1.0]] * len(rows)) + nn.l2_penalty(layers[0], 0.1)
    for layer, found in zip(layers, applications(loss, Sequential(*layers)), strict=True):
        assert same(found.sums.rows, [sums for sums, _ in layer._kept])
        assert same(found.outputs, [outputs for _, outputs in layer._kept])
        assert found.activation


@given(st.lists(st.lists(st.floats(-2, 2), min_size=2, max_size=2), min_size=1, max_size=5))
def test_slopes_are_those_of_the_function(rows):
    for function in (tanh, relu, swish, autograd.gelu):
        model = MLP(2, [3, 1], function, seed=1)
        first, _ = applications(nn.mse_loss(model(rows), [0.0] * len(rows)), model)
        for zs, slopes in zip(first.sums.rows, first.slopes, strict=True):
            for z, slope in zip(zs, slopes, strict=True):
                leaf = Value(z.data)
                assert slope == gradients(function(leaf), leaf)[0]


def test_functions_called_in_forward_prelu_and_batch_norm():
    def layers_of(*steps):
        model = Sequential(*steps)
        return applications(nn.mse_loss(model(X), [0.0] * 3), model)

    names = [
        (["tanh"], "tanh"),
        ([BatchNorm1d(3), "relu"], "relu"),
        ([PReLU()], "leaky_relu"),
        ([BatchNorm1d(3)], "linear"),
        (["sigmoid", Dropout(0.5, seed=0)], "sigmoid"),
        ([swish], "swish"),
        ([], "linear"),
    ]
    for between, name in names:
        first, last = layers_of(Linear(2, 3), *between, Linear(3, 1))
        assert (first.activation, last.activation) == (name, "linear")
        assert len(first.slopes) == 3
    assert layers_of(Linear(2, 3), "tanh", Linear(3, 1), "sigmoid")[1].activation == "sigmoid"
    assert layers_of(Linear(2, 3), "tanh", Linear(3, 1), PReLU())[1].activation == ""

    class Net(Module):
        def __init__(self):
            self.first, self.second, self.last = Linear(2, 3), Linear(3, 3), Linear(3, 1)

        def row(self, inputs):
            hidden = [relu(z) for z in self.first(inputs)]
            hidden = [x + tanh(z) for x, z in zip(hidden, self.second(hidden), strict=True)]
            return sigmoid(self.last(hidden)[0])

    net = Net()
    first, second, last = applications(nn.mse_loss(net(X), [0.0] * 3), net)
    assert first.activation == "relu"
    # The residual sum is made of two layers, and where the loss begins nobody can say.
    assert (second.activation, second.slopes, second.outputs) == ("", [], second.sums.rows)
    assert last.activation == ""


def test_maxout_is_found_for_each_sum():
    model = Sequential(Maxout(2, 3), Linear(3, 1))
    first, _ = applications(nn.mse_loss(model(X), [0.0] * 3), model)
    assert (first.sums.key, first.activation, first.slopes) == ("0.sums", "maxout", [])
    for sums, outputs in zip(first.sums.rows, first.outputs, strict=True):
        assert [a.data for a in outputs] == [max(sums[i].data, sums[i + 3].data) for i in range(3)] * 2
        assert outputs[0] is outputs[3]


def test_batch_norm_does_not_change_slopes():
    model = Sequential(Linear(2, 3), BatchNorm1d(3), "tanh", Linear(3, 1))
    first, _ = applications(nn.mse_loss(model(X), [0.0] * 3), model)
    for slopes, outputs in zip(first.slopes, first.outputs, strict=True):
        assert slopes == pytest.approx([1 - a.data**2 for a in outputs])


def test_a_layer_used_again_has_several_applications_in_graph_order():
    layer = Spy(2, 2, "tanh")
    model = Sequential(layer, layer, Linear(2, 1), layer)
    output = model.steps[2]([*layer(layer([0.5, 1.0]))])
    found = applications(output[0], model)
    assert [(each.sums.key, each.sums.place, each.sums.number) for each in found] == [
        ("0", 1, 1), ("0", 1, 2), ("2", 2, 1),
    ]  # fmt: skip
    for each, kept in zip(found, layer._kept, strict=False):
        assert same(each.sums.rows, [kept[0]])


def test_sums_that_are_none():
    layer = Layer(2, 1, "tanh")
    ((w0, w1), b) = layer.neurons[0].weights, layer.neurons[0].bias
    x = Value(3.0)
    order = topological_order
    assert not weighted_sums(order(nn.l2_penalty(layer, 1.0)), layer)
    assert not weighted_sums(order(autograd.sum([w0, w1, b])), layer)
    assert not weighted_sums(order(autograd.sum([w0 * x, w0 * x, b])), layer)
    assert not weighted_sums(order(autograd.sum([w0 * x, w1 * x])), layer)
    assert not weighted_sums(order(autograd.sum([w0 * x, w1 * x, b, 1.0])), layer)
    ((row,),) = [found.rows for found in weighted_sums(order(autograd.sum([b, 2.0 * w1, x * w0])), layer)]
    assert row[0].data == 2.0 * w1.data + 3.0 * w0.data + b.data


def test_rows_that_cannot_be_told_apart_are_incomplete():
    layer = Layer(2, 2, "linear")
    outputs = layer([[0.0, 1.0], [0.0, 1.0]])
    (found,) = weighted_sums(topological_order(nn.mse_loss(outputs, [[0.0, 1.0]] * 2)), layer)
    assert [sum(z is None for z in row) for row in found.rows] == [1, 1, 1, 1]
    (found,) = weighted_sums(topological_order(nn.cross_entropy(outputs, [0, 1])), layer)
    assert same(found.rows, outputs)
    (found,) = weighted_sums(topological_order(outputs[0][1]), layer)
    assert same(found.rows, [[None, outputs[0][1]]])


def test_it_is_linear():
    """A chain of ten thousand layers, a layer of a thousand units, a thousand equal rows: no recursion, no square."""
    layer = Layer(1, 1, "tanh")
    node = Value(0.5)
    for _ in range(10_000):
        (node,) = layer([node])
    assert len(applications(node, layer)) == 10_000
    model = MLP(1, [1000, 1], "softmax", seed=0)
    assert len(applications(model([0.5]), model)[0].outputs[0]) == 1000
    model = MLP(2, [4, 2], "relu", seed=0)
    loss = nn.cross_entropy(model([[0.0, 1.0]] * 1000), [0] * 1000)
    assert [each.sums.rows[-1].count(None) for each in applications(loss, model)] == [0, 0]
