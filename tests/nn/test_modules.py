"""Modules, losses and the perceptron as people use them who come from PyTorch, or make a mistake."""

import copy
import pickle

import numpy as np
import pytest

import nn
from autograd import Value, tanh
from nn.losses import LOSSES

XOR = nn.datasets.gate("xor")


class Net(nn.Module):
    """As in PyTorch's tutorials."""

    def __init__(self, seed=0):
        super().__init__()
        generator = nn.init.Generator(seed)
        self.fc1 = nn.Linear(2, 8, generator=generator)
        self.fc2 = nn.Linear(8, 1, generator=generator)

    def forward(self, x):
        x = tanh(self.fc1(x))
        return nn.activations.activation_function("sigmoid")(self.fc2(x))


# ── forward(self, x) ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_forward_gets_a_batch_and_gives_what_the_same_sequential_gives():
    net = Net()
    same = nn.Sequential(nn.Linear(2, 8), "tanh", nn.Linear(8, 1), "sigmoid")
    same.load_state_dict({f"{2 * (int(k[2]) - 1)}{k[3:]}": array for k, array in net.state_dict().items()})
    assert list(net.state_dict()) == ["fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"]
    assert [y.data for [y] in net(XOR[0])] == [y.data for y in same(XOR[0])]
    assert net([0.5, -1.0])[0].data == same([0.5, -1.0]).data
    for twin in (copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        assert twin([0.5, -1.0])[0].data == same([0.5, -1.0]).data


@pytest.mark.parametrize("engine", ["eager", "numpy"])
def test_forward_trains_in_a_loop_in_fit_and_on_tape(engine):
    net, twin = Net(), Net()
    X, y = XOR
    optimizer = nn.SGD(net.parameters(), lr=1.0)
    losses = []
    for _ in range(60):
        optimizer.zero_grad()
        loss = nn.binary_cross_entropy(net(X), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.data)
    optimizer = nn.SGD(twin.parameters(), lr=1.0)
    history = nn.fit(twin, X, y, loss="binary_cross_entropy", optimizer=optimizer, epochs=60, engine=engine)
    assert history.loss == pytest.approx(losses, rel=1e-9)
    assert twin.compile()(X).shape == (4, 1)


def test_forward_may_mix_arrays_layers_and_functions_and_stand_in_other_modules():
    class Block(nn.Module):
        def __init__(self):
            self.norm, self.drop, self.line = nn.BatchNorm1d(3), nn.Dropout(0.0), nn.Linear(3, 3)

        def forward(self, x):
            return x + self.drop(self.line(self.norm(x)))

    class Sum(nn.Module):
        def forward(self, x):
            return x[:, 0] + x[:, 1] * x[:, 2]

    model = nn.Sequential(nn.Linear(2, 3), Block(), "softmax", Sum())
    assert len(model(XOR[0])) == 4
    model(XOR[0])[3].backward()
    assert all(p.grad is not None for p in model.parameters())
    assert type(model.eval()([0.0, 1.0])) is Value


def test_a_class_that_defines_forward_computes_by_it_whatever_its_base_does():
    class Half(nn.Sequential):
        def forward(self, x):
            return x / 2

    assert Half(nn.Linear(2, 2))([2.0, 4.0]) == [1.0, 2.0]


def test_mistakes_with_forward_name_the_remedy():
    class Empty(nn.Module):
        pass

    class OneSample(nn.Module):
        def forward(self, x):
            return x[0] * 2

    with pytest.raises(NotImplementedError, match=r"Empty computes nothing yet: define forward\(self, x\)"):
        Empty()([1.0])
    with pytest.raises(ValueError, match=r"OneSample.forward got a batch x of 3 rows .*shape \(2,\).*x\[:, 0\]"):
        OneSample()([[1.0, 2.0]] * 3)
    with pytest.raises(ValueError, match=r"rows of the same length, got rows of \[1, 2\]"):
        OneSample()([[1.0, 2.0], [1.0]])


# ── Names ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "make",
    [
        Net,
        lambda: nn.Sequential(nn.Linear(2, 3), "relu", nn.Linear(3, 3), nn.PReLU(), nn.Linear(3, 1), nn.PReLU()),
        lambda: nn.Sequential(*(nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2), nn.Linear(2, 2)) for _ in range(3))),
        lambda: nn.MLP(2, [4, 4, 1], "prelu"),
        lambda: nn.MLP(2, [4, 4, 1], "maxout"),
        lambda: nn.Sequential(*[copy.deepcopy(nn.Linear(2, 2)) for _ in range(12)]),
    ],
)
def test_parameters_have_names_of_their_own(make):
    names = [p.name for p in make().parameters()]
    assert len(set(names)) == len(names)


def test_an_error_names_one_parameter():
    model = nn.Sequential(nn.Linear(2, 3), "tanh", nn.Linear(3, 1))
    loss = nn.mse_loss(model([1.0, 2.0]), 1.0)
    model.steps[2].neurons[0].weights[1].data = 5.0
    with pytest.raises(RuntimeError, match="'w2_0_1'"):
        loss.backward()


def test_a_shared_module_keeps_its_names():
    line = nn.Linear(2, 2)
    model = nn.Sequential(line, "tanh", line)
    assert [p.name for p in model.parameters()][:2] == ["w_0_0", "w_0_1"]


# ── Functions of rows ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_softmax_of_rows_is_by_rows(name):
    function = getattr(nn, name)
    rows = [[1.0, 2.0, 0.5], [-3.0, 5.0, 0.0]]
    expected = [function(row) for row in rows]
    assert function(rows) == expected
    assert function(tuple(map(tuple, rows))) == expected
    assert function(list(map(np.array, rows))) == expected
    array = function(np.array(rows))
    assert isinstance(array, np.ndarray)
    assert array.tolist() == expected
    assert function(np.array(rows[0])).tolist() == expected[0]
    values = np.array([[Value(x) for x in row] for row in rows])
    assert [[p.data for p in row] for row in function(values)] == expected
    assert function(values).shape == (2, 3)
    assert function(np.zeros((2, 4, 3))).shape == (2, 4, 3)
    assert function(np.zeros((0, 3))).shape == (0, 3)
    assert function([]) == []


@pytest.mark.parametrize("make", [lambda: nn.Sequential(nn.Linear(2, 3), "maxout"), lambda: nn.Layer(2, 3, "maxout")])
def test_maxout_is_a_layer(make):
    with pytest.raises(ValueError, match=r"'maxout' is a layer with weights of its own.*nn.Maxout\(inputs, outputs\)"):
        make()


def test_prelu_is_a_module():
    assert len(nn.Sequential(nn.Linear(2, 3), "prelu").parameters()) == 10
    with pytest.raises(ValueError, match=r"'prelu' has parameters of its own.*put PReLU\(\) after the layer"):
        nn.Layer(2, 3, "prelu")


# ── Losses ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("loss", "outputs", "activation", "targets", "remedy"),
    [
        ("cross_entropy", 2, "softmax", [0, 1], "output='linear', or take the loss categorical_cross_entropy"),
        ("cross_entropy", 2, "sigmoid", [0, 1], "went through sigmoid already"),
        ("nll_loss", 2, "softmax", [0, 1], "output='log_softmax', or take the loss categorical_cross_entropy"),
        ("binary_cross_entropy_with_logits", 1, "sigmoid", [0, 1], "output='linear', or .* binary_cross_entropy"),
        ("hinge_loss", 1, "sigmoid", [-1, 1], "scores of any sign"),
    ],
)
@pytest.mark.parametrize("ending", ["layer", "step"])
def test_probabilities_are_refused_by_losses_that_take_logits(loss, outputs, activation, targets, remedy, ending):
    if ending == "layer":
        model = nn.MLP(2, [3, outputs], output=activation, seed=0)
    else:
        model = nn.Sequential(nn.Linear(2, outputs), activation)
    X = [[0.0, 1.0], [1.0, 0.0]]
    with pytest.raises(ValueError, match=f"{loss} takes .*{remedy}"):
        LOSSES[loss](model(X), targets)
    for engine in ("auto", "eager"):
        optimizer = nn.SGD(model.parameters(), 0.1)
        with pytest.raises(ValueError, match=remedy):
            nn.fit(model, X, targets, loss=loss, optimizer=optimizer, epochs=60, engine=engine)


def test_what_only_looks_like_probabilities_is_taken():
    logits = [[Value(1.0) * 1.0, Value(0.0) * 1.0]]
    assert nn.cross_entropy(logits, [0]).data == pytest.approx(0.3132616875)
    assert nn.cross_entropy([[1.0, 0.0]], [0]) == pytest.approx(0.3132616875)
    assert nn.cross_entropy([nn.log_softmax(row) for row in logits], [0]).data == pytest.approx(0.3132616875)


def test_cross_entropy_of_probabilities():
    X, y = nn.datasets.blobs(20, centers=3)
    model = nn.MLP(2, [4, 3], "tanh", "softmax", seed=0)
    logits = nn.MLP(2, [4, 3], "tanh", seed=0)
    loss, other = nn.categorical_cross_entropy(model(X), y), nn.cross_entropy(logits(X), y)
    assert loss.data == pytest.approx(other.data, rel=1e-12)
    loss.backward()
    other.backward()
    for p, q in zip(model.parameters(), logits.parameters(), strict=True):
        assert p.grad == pytest.approx(q.grad, rel=1e-9, abs=1e-15)
    one_hot = np.eye(3)[y]
    assert nn.categorical_cross_entropy(model(X), one_hot).data == pytest.approx(other.data, rel=1e-12)
    assert nn.categorical_cross_entropy([[1.0, 0.0]], [[1.0, 0.0]]) == 0.0
    assert nn.categorical_cross_entropy([[1.0, 0.0]], [1]) == 100.0
    with pytest.raises(ValueError, match='takes probabilities, got 1.5: is output="softmax" missing'):
        nn.categorical_cross_entropy([[1.5, 0.0]], [1])
    histories = []
    for engine in ("eager", "numpy"):
        trained = copy.deepcopy(model)
        optimizer = nn.SGD(trained.parameters(), 0.5)
        fitted = nn.fit(trained, X, y, loss="categorical_cross_entropy", optimizer=optimizer, epochs=60, engine=engine)
        histories.append(fitted.loss)
    assert histories[0] == pytest.approx(histories[1], rel=1e-9)


def test_three_outputs_and_one_target_name_the_remedy():
    model = nn.MLP(2, [3], output="sigmoid", seed=0)
    with pytest.raises(ValueError, match="each sample has 3 outputs, but one target.*cross_entropy"):
        nn.binary_cross_entropy(model(XOR[0]), XOR[1])
    assert nn.binary_cross_entropy(model(XOR[0]), [[0, 1, 0]] * 4).data > 0


# ── Optimisers ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_parameter_given_twice_is_changed_once():
    p = Value(3.0)
    optimizer = nn.SGD([p, p], lr=0.5)
    p.grad = 2.0
    optimizer.step()
    assert p.data == 2.0


# ── The perceptron ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("gate", ["and", "or", "nand"])
def test_targets_of_minus_one_and_one(gate):
    X, y = nn.datasets.gate(gate)
    signs, bits = nn.Perceptron(2).fit(X, 2 * y - 1), nn.Perceptron(2).fit(X, y)
    assert signs.predict(X) == (2 * y - 1).tolist()
    assert [v.data for v in signs(X)] == (2.0 * y - 1).tolist()
    assert bits.predict(X) == y.tolist()
    assert [w.data for w in signs.parameters()] == [w.data for w in bits.parameters()]
    assert signs.errors == bits.errors
    assert nn.Perceptron(2).fit(X, y == 1).predict(X) == y.tolist()


def test_a_threshold_is_minus_the_bias():
    neuron = nn.Perceptron(2, [0.5, 0.5], threshold=0.7)
    assert (neuron.threshold, neuron.bias.data) == (0.7, -0.7)
    assert neuron.predict(XOR[0]) == [0, 0, 0, 1]
    assert nn.Perceptron(2, np.array([0.5, 0.5]), bias=-0.2).threshold == 0.2
    with pytest.raises(ValueError, match="a bias or a threshold, which is -bias"):
        nn.Perceptron(2, bias=1.0, threshold=1.0)
    with pytest.raises(ValueError, match="got 4 rows and 1 targets"):
        neuron.fit(XOR[0], [1])
    with pytest.raises(ValueError, match="expected 2 weights, one for each input, got 3"):
        nn.Perceptron(2, [1, 2, 3])


@pytest.mark.parametrize(("gate", "learned", "centred"), [("and", 2, 2.5), ("or", 0, 0.5), ("nand", -3, -2.5)])
@pytest.mark.parametrize("low", [0, -1])
def test_a_centred_line_goes_through_no_point(gate, learned, centred, low):
    """S4: lines that part the points, not lines through them."""
    X, y = nn.datasets.gate(gate)
    neuron = nn.Perceptron(2).fit(X, y + low * (1 - y))
    outputs = neuron.predict(X)
    assert neuron.threshold == learned
    assert any(neuron.weighted_sum(list(row)).data == 0.0 for row in X)
    assert neuron.centre(X).threshold == centred
    assert all(abs(neuron.weighted_sum(list(row)).data) >= 0.5 for row in X)
    assert neuron.predict(X) == outputs
    assert nn.Perceptron(2, [1, 1], bias=9.0).centre(X).bias.data == 9.0  # all fire


@pytest.mark.parametrize("targets", [[0, 1, 2, 1], [-1, 0, 1, 1], [0.5, 0, 0, 1]])
def test_other_targets_are_refused(targets):
    with pytest.raises(ValueError, match="targets 0 and 1, or -1 and 1; got"):
        nn.Perceptron(2).fit(XOR[0], targets)
