"""Modules folded into boxes: which node belongs to which module, what a box shows, which boxes open."""

import copy
import xml.etree.ElementTree as ElementTree

import pytest

import autograd
import viz
from autograd import Value, gradients, log, square
from autograd.order import topological_order
from nn import (
    MLP,
    BatchNorm1d,
    Dropout,
    Layer,
    Linear,
    Maxout,
    Module,
    Neuron,
    PReLU,
    Sequential,
    binary_cross_entropy,
    cross_entropy,
    datasets,
    l2_penalty,
    mse_loss,
)
from tests.conftest import HOSTILE, ROOT
from tests.viz.graph.test_layout import assert_clear
from viz.graph.fold.folding import fold
from viz.graph.fold.owners import find_owners, module_tree
from viz.graph.look import Look
from viz.graph.scene import scene_of


def one_sample(widths=(3, 4, 1)):
    """A network with its loss on one sample of named inputs, after a backward pass."""
    model = MLP(widths[0], list(widths[1:]), activation="tanh", seed=0)
    loss = mse_loss([model([Value(0.5 * i - 0.4, f"x{i}") for i in range(widths[0])])], [1.0])
    loss.backward()
    return model, loss


def first_lines(picture):
    """What the picture shows: of a box its first line, of an operation its gate, of a leaf its name."""
    return [node.box.lines[0] if node.box else node.gate or node.name for node in picture.nodes]


LOSS = ["− 1", "x²"]


@pytest.mark.parametrize(
    ("expand", "shown"),
    [
        ((), ["x0", "x1", "x2", "MLP 3 → 1", *LOSS]),
        ("model", ["x0", "x1", "x2", "layer 1 (0): Layer 3 → 4", "layer 2 (2): Layer 4 → 1", *LOSS]),
        ("layers", ["x0", "x1", "x2", "0.neuron0", "0.neuron1", "0.neuron2", "0.neuron3", "2.neuron0", *LOSS]),
        (
            "0",
            ["x0", "x1", "x2", "0.neuron0", "0.neuron1", "0.neuron2", "0.neuron3", "layer 2 (2): Layer 4 → 1", *LOSS],
        ),
        (["2"], ["x0", "x1", "x2", "layer 1 (0): Layer 3 → 4", "2.neuron0", *LOSS]),
    ],
)
def test_levels(expand, shown):
    model, loss = one_sample()
    assert first_lines(fold(loss, model, expand)) == shown


def test_all_open_shows_every_node():
    model, loss = one_sample()
    picture = fold(loss, model, "neurons")
    assert len(picture.nodes) == len(topological_order(loss))
    assert not any(node.box for node in picture.nodes)


def test_one_neuron_opens_to_its_operations():
    model, loss = one_sample((2, 3, 1))
    picture = fold(loss, model, ["0.neuron1"])
    assert first_lines(picture).count("×") == 2
    assert {"0.neuron0", "0.neuron2", "w1_1_0", "b1_1", "tanh", "layer 2 (2): Layer 3 → 1"} <= set(first_lines(picture))


def test_a_wire_carries_its_weight():
    model, loss = one_sample()
    picture = fold(loss, model, "layers")
    shown = first_lines(picture)
    largest = max(abs(p.grad) for p in model.parameters())
    layer = model.layers[0]
    for i, neuron in enumerate(layer.neurons):
        for j, weight in enumerate(neuron.weights):
            number = picture.wires.index((shown.index(f"x{j}"), shown.index(f"0.neuron{i}")))
            assert picture.weights[number].positive == (weight.data >= 0)
            assert picture.weights[number].strength == pytest.approx((abs(weight.grad) / largest) ** 0.5)
            assert picture.nodes[shown.index(f"0.neuron{i}")].box.weights[0][j] == picture.weights[number]
    assert len(picture.weights) == 3 * 4 + 4
    assert "dashed negative" in " ".join(picture.legend)


def test_a_box_shows_the_value_and_gradient_of_its_one_output():
    model, loss = one_sample()
    box = next(node for node in fold(loss, model).nodes if node.box and node.box.lines[0].startswith("layer 2 (2):"))
    output = topological_order(loss)[-3]
    assert (box.value, box.gradient) == (f"{output.data:.4g}", f"{output.grad:.4g}")
    assert repr(output.data) in box.title
    norm = sum(p.grad**2 for p in model.layers[0].neurons[0].parameters()) ** 0.5
    first = next(node for node in fold(loss, model, "layers").nodes if node.box)
    assert repr(norm)[:8] in first.title


def test_before_backward_no_gradient_is_shown():
    model = MLP(2, [3, 1], seed=0)
    picture = fold(mse_loss([model([0.5, 1.0])], [1.0]), model)
    assert all(node.gradient == "" for node in picture.nodes)
    assert all(
        weight.strength == 0.0 for node in picture.nodes if node.box for row in node.box.weights for weight in row
    )
    assert "gradient" not in " ".join(picture.legend)


def test_samples_share_the_boxes():
    X, y = datasets.gate("xor")
    model = MLP(2, [8, 1], activation="tanh", output="sigmoid", seed=0)
    loss = binary_cross_entropy(model(X), y)
    loss.backward()
    picture = fold(loss, model)
    assert [node.box.lines for node in picture.nodes if node.box] == [
        ("layer 1 (0): Layer 2 → 8", "tanh", "4 samples"),
        ("layer 2 (2): Layer 8 → 1", "sigmoid", "4 samples"),
    ]
    assert len(picture.nodes) == 2 + 4 + 2
    assert all("4 samples" in node.box.lines for node in fold(loss, model, "layers").nodes if node.box)


def test_much_around_the_model_folds_too():
    X, y = datasets.moons(40, seed=1)
    model = MLP(2, [8, 1], activation="tanh", output="sigmoid", seed=0)
    loss = binary_cross_entropy(model([[Value(x) for x in row] for row in X]), y) + l2_penalty(model, 0.01)
    loss.backward()
    assert first_lines(fold(loss, model)) == ["inputs", "layer 1 (0): Layer 2 → 8", "layer 2 (2): Layer 8 → 1", "loss"]
    picture = fold(loss, model)
    assert picture.wires == [(0, 1), (1, 2), (1, 3), (2, 3)]  # the penalty takes weights of both layers
    assert picture.nodes[-1].value == f"{loss.data:.4g}"
    assert len(fold(loss, model, "loss").nodes) > 80
    assert len(fold(loss, model, "inputs").nodes) == 80 + 3


def test_other_modules_and_functions_between():
    model = Sequential(
        Linear(2, 3), BatchNorm1d(3), "tanh", Linear(3, 2), PReLU(), Dropout(0.5, seed=1), Linear(2, 3), "relu"
    )
    loss = cross_entropy(model([[1.0, 2.0], [0.0, 1.0], [3.0, 2.0]]), [0, 1, 2])
    loss.backward()
    boxes = [node.box.lines for node in fold(loss, model).nodes if node.box]
    assert boxes == [
        ("layer 1 (0): Linear 2 → 3", "3 samples"),
        ("1: BatchNorm1d", "6 parameters", "tanh"),
        ("layer 2 (3): Linear 3 → 2", "3 samples"),
        ("4: PReLU", "1 parameter"),
        ("layer 3 (6): Linear 2 → 3", "3 samples"),
        ("loss", "23 operations"),
    ]
    owners = find_owners(topological_order(loss), module_tree(model))
    operations = {}
    for node, path in owners.items():
        if node.op is not None:
            operations.setdefault(path[0], set()).add(node.op.name)
    assert {"sqrt", "square", "tanh"} <= operations["1"]  # the statistics of the batch are its own
    assert operations["0"] == {"mul", "sum"}
    assert operations["4"] == {"leaky_relu", "mul"}  # with the scaling of Dropout


def test_softmax_belongs_to_the_layer():
    model = MLP(2, [3, 2], activation="relu", output="softmax", seed=0)
    p, _ = model([0.5, -1.0])
    loss = -autograd.log(p)
    assert first_lines(fold(loss, model)) == ["layer 1 (0): Layer 2 → 3", "layer 2 (2): Layer 3 → 2", "log", "×-1"]
    assert "exp" in first_lines(fold(loss, model, ["2", "2.softmax"]))


class Residual(Module):
    """A module of a user's own: a layer around which its input is led."""

    def __init__(self):
        self.inner = [Layer(2, 2, "tanh"), Layer(2, 2, "tanh")]
        self.last = Neuron(2)

    def row(self, inputs):
        for layer in self.inner:
            inputs = [x + y for x, y in zip(inputs, layer.row(inputs), strict=True)]
        return self.last.row(inputs)


def test_a_module_of_ones_own():
    model = Residual()
    output = model([Value(1.0, "x0"), Value(2.0, "x1")])
    output.backward()
    picture = fold(output, model)
    assert first_lines(picture) == [
        "x0",
        "x1",
        "layer 1 (inner.0): Layer 2 → 2",
        "layer 2 (inner.1): Layer 2 → 2",
        "last",
    ]
    assert picture.wires == [(0, 2), (1, 2), (2, 3), (3, 4)]
    assert first_lines(fold(output, model, "inner.1"))[3:5] == ["inner.1.neuron0", "inner.1.neuron1"]


def test_maxout_and_a_layer_alone():
    model = Sequential(Maxout(2, 3), Linear(3, 1))
    output = model([0.5, 1.0])
    assert first_lines(fold(output, model)) == ["layer 1 (0): Maxout 2 → 6", "layer 2 (1): Linear 3 → 1"]
    layer = Layer(2, 1, "tanh")
    (output,) = layer([0.5, 1.0])
    assert first_lines(fold(output, layer)) == ["neuron0"]
    assert first_lines(fold(output, layer, ())) == ["Layer 2 → 1"]


def test_second_order():
    model = MLP(1, [3, 1], activation="tanh", seed=0)
    x = Value(0.5, "x")
    y = model([x])
    (slope,) = gradients(y, x, create_graph=True)
    loss = square(slope - 1) + square(y)
    loss.backward()
    assert first_lines(fold(loss, model)) == ["x", "layer 1 (0): Layer 1 → 3", "layer 2 (2): Layer 3 → 1", "loss"]
    assert len(fold(loss, model, ["model", "loss"]).nodes) > 20


def test_a_wide_layer_has_no_squares():
    model = MLP(30, [2, 1], seed=0)
    loss = mse_loss([model([0.1] * 30)], [1.0])
    assert [len(node.box.weights) for node in fold(loss, model).nodes if node.box] == [0, 1]


def test_what_cannot_be_folded():
    model, loss = one_sample()
    with pytest.raises(ValueError, match="no box '7' to open: expected 'model', .* '0', '0.neuron0'"):
        viz.draw(loss, model=model, expand="7")
    with pytest.raises(ValueError, match="no node of this graph was computed by the model"):
        viz.draw(loss, model=copy.deepcopy(model))
    with pytest.raises(TypeError, match="model is a Module"):
        viz.draw(loss, model="MLP")
    layer, other = Layer(1, 1, "tanh"), Layer(1, 1, "tanh")
    circle = Sequential(layer, other)
    (output,) = layer(other(layer([1.0])))
    with pytest.raises(ValueError, match="in a circle"):
        viz.draw(output, model=circle)
    X, y = datasets.moons(100, seed=1)
    model = MLP(2, [8, 1], seed=0)
    loss = mse_loss(model(X), y)
    with pytest.raises(ValueError, match="model=model"):
        viz.draw(loss)
    assert len(viz.draw(loss, model=model).picture.nodes) == 3


@pytest.mark.parametrize("expand", [(), "model", "layers", "0", "0.neuron1", "neurons"])
@pytest.mark.parametrize("rankdir", ["LR", "TB"])
def test_no_label_is_hidden(expand, rankdir):
    model, loss = one_sample()
    assert_clear(scene_of(fold(loss, model, expand), Look(None, rankdir)))
    drawing = viz.draw(loss, engine="builtin", model=model, expand=expand, rankdir=rankdir, theme="dark")
    ElementTree.fromstring(drawing.svg())
    assert drawing.source.startswith("digraph")


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names(name):
    class Hostile(Module):
        def __init__(self):
            self.parts_by_name = {name: Layer(1, 1, "tanh")}

        def row(self, inputs):
            return self.parts_by_name[name].row(inputs)

    Hostile.__name__ = name.replace("\x00", "").replace("\ud800", "")
    model = Hostile()
    (output,) = model([Value(1.0, name)])
    for expand in ((), "model", "layers"):
        drawing = viz.draw(output, engine="builtin", model=model, expand=expand)
        ElementTree.fromstring(drawing.svg())
        assert drawing.source.encode()


def test_the_picture_of_a_network_in_the_readme():
    model = MLP(2, [4, 3, 1], activation="tanh", seed=1)
    loss = square(model([Value(0.5, "x1"), Value(-1.0, "x2")]) - 1.0)
    loss.name = "loss"
    loss.backward()
    drawn = viz.draw(loss, engine="builtin", model=model, expand="layers").svg()
    assert drawn == (ROOT / "examples/pictures/mlp.svg").read_text(encoding="utf-8")


def test_softmax_is_a_box_beside_its_neurons():
    model = MLP(2, [3], output="softmax", seed=0)
    outputs = model([Value(0.5, "x0"), Value(-1.0, "x1")])
    loss = -log(outputs[0])
    lines = first_lines(fold(loss, model, expand="layers"))
    assert lines == ["x0", "x1", "0.neuron0", "0.neuron1", "0.neuron2", "0.softmax", "log", "×-1"]
    opened = first_lines(fold(loss, model, expand=["layers", "0.softmax"]))
    assert "0.softmax" not in opened
    assert opened.count("exp") == 1
    assert first_lines(fold(loss, model)) == ["x0", "x1", "layer 1 (0): Layer 2 → 3", "log", "×-1"]
