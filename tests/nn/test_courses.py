"""What courses ask of networks: clipping in `fit`, batch norm and dropout by name, sums of losses, weights as texts write
them, networks of one layer."""

import copy
import pickle
from functools import partial

import numpy as np
import pytest

import nn
import viz
from autograd import Value
from nn.losses import LOSSES

MOONS = nn.datasets.moons(40, seed=1)
ENGINES = ["eager", "numpy", "native"]


# ── Clipping ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def clipped_by_hand(model, optimizer, epochs, clip_norm, clip_value):
    losses = []
    for _ in range(epochs):
        optimizer.zero_grad()
        loss = nn.binary_cross_entropy(model(MOONS[0]), MOONS[1])
        loss.backward()
        if clip_value is not None:
            nn.clip_grad_value_(model.parameters(), clip_value)
        if clip_norm is not None:
            nn.clip_grad_norm_(model.parameters(), clip_norm)
        optimizer.step()
        losses.append(loss.data)
    return losses


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("clip_norm", "clip_value"), [(0.05, None), (None, 0.01), (0.02, 0.01), (1e9, 1e9)])
def test_fit_clips_as_the_loop_does(engine, clip_norm, clip_value):
    def made():
        model = nn.MLP(2, [4, 1], "tanh", "sigmoid", seed=0)
        return model, nn.Adam(model.parameters(), lr=0.1)

    by_hand = clipped_by_hand(*made(), 20, clip_norm, clip_value)
    model, optimizer = made()
    history = nn.fit(
        model, *MOONS, loss="binary_cross_entropy", optimizer=optimizer, epochs=20, engine=engine,
        clip_norm=clip_norm, clip_value=clip_value,
    )  # fmt: skip
    assert history.loss == pytest.approx(by_hand, rel=1e-12)
    assert (optimizer.clip_norm, optimizer.clip_value) == (None, None)
    # The history tells the gradient as it was before it was clipped.
    untouched, _ = made()
    nn.binary_cross_entropy(untouched(MOONS[0]), MOONS[1]).backward()
    slopes = [p.grad for p in untouched.layers[1].parameters()]
    assert history.gradients["2"][0] == pytest.approx(np.linalg.norm(slopes))
    pickle.loads(pickle.dumps(optimizer))


def test_clipping_is_refused_where_it_has_no_meaning():
    model = nn.MLP(2, [1], seed=0)
    for options, message in (
        ({"clip_norm": -1.0}, "clip_norm is 0 or more"),
        ({"clip_value": "1"}, "clip_value is a number, got '1'"),
    ):
        with pytest.raises((TypeError, ValueError), match=message):
            nn.fit(model, *MOONS, loss="mse_loss", optimizer=nn.SGD(model.parameters(), 0.1), epochs=1, **options)
    with pytest.raises(ValueError, match="Newton has a step of its own, which clips nothing: leave out clip_norm"):
        nn.fit(model, *MOONS, loss="mse_loss", optimizer=nn.Newton(model.parameters()), epochs=1, clip_norm=1.0)


def test_norms_that_no_square_would_hold():
    leaves = [Value(0.0), Value(0.0)]
    leaves[0].grad, leaves[1].grad = 3e200, 4e200
    assert nn.clip_grad_norm_(leaves, 5.0) == pytest.approx(5e200)
    assert [leaf.grad for leaf in leaves] == pytest.approx([3.0, 4.0])
    assert nn.clip_grad_norm_([], 1.0) == 0.0


# ── MLP(batch_norm=True, dropout=0.2) ─────────────────────────────────────────────────────────────────────────────────


def test_batch_norm_and_dropout_stand_where_torchs_sequential_has_them():
    model = nn.MLP(2, [8, 4, 1], "tanh", "sigmoid", seed=0, batch_norm=True, dropout=0.2)
    keys = [key for key in model.state_dict() if key.endswith("weight")]
    assert keys == [
        "0.weight",
        "1.weight",
        "4.weight",
        "5.weight",
        "8.weight",
    ]  # Linear, norm, tanh, dropout, Linear, …
    kinds = [type(step).__name__ for step in model.steps if isinstance(step, nn.Module)]
    assert kinds == ["Layer", "BatchNorm1d", "Dropout", "Layer", "BatchNorm1d", "Dropout", "Layer"]
    assert [len(layer.neurons) for layer in model.layers] == [8, 4, 1]
    assert "8 tanh, batch_norm, dropout 0.2 -> 4 tanh" in repr(model)
    same = nn.Sequential(nn.Linear(2, 8), nn.BatchNorm1d(8), "tanh", nn.Dropout(0.2), nn.Linear(8, 4),
                         nn.BatchNorm1d(4), "tanh", nn.Dropout(0.2), nn.Linear(4, 1), "sigmoid").eval()  # fmt: skip
    same.load_state_dict(model.state_dict())
    assert [y.data for y in model.eval()(MOONS[0])] == [y.data for y in same(MOONS[0])]
    for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert twin([0.1, 0.2]).data == model([0.1, 0.2]).data
        assert twin.layers[0] is twin.steps[0]


def test_weights_and_dropped_units_are_repeatable():
    plain, extra = (nn.MLP(2, [4, 1], seed=3, batch_norm=on, dropout=0.5 * on) for on in (False, True))
    assert plain.state_dict()["0.weight"].tolist() == extra.state_dict()["0.weight"].tolist()
    outputs = [[y.data for y in nn.MLP(2, [4, 1], seed=3, dropout=0.5)(MOONS[0])] for _ in range(2)]
    assert outputs[0] == outputs[1]
    assert nn.MLP(2, [4, 1], dropout=0.0).steps[-1] is nn.activations.linear


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("activation", ["tanh", "prelu", "maxout"])
def test_such_networks_train_report_and_are_drawn(engine, activation):
    model = nn.MLP(2, [4, 3, 1], activation, "sigmoid", seed=0, batch_norm=True, dropout=0.1)
    X, y = MOONS
    options = {"epochs": 60, "engine": engine, "batch_size": 20, "seed": 0}
    history = nn.fit(model, X, y, loss="binary_cross_entropy", optimizer=nn.Adam(model.parameters(), 0.05), **options)
    assert np.mean(history.loss[-5:]) < 0.75 * history.loss[0]
    assert len(model.report(history.last_loss()).layers) == 3
    loss = nn.mse_loss(model.eval()(X[:3]), y[:3])
    loss.backward()
    assert "svg" in viz.draw(loss, model=model)._repr_mimebundle_()["image/svg+xml"]


# ── reduction="sum" ───────────────────────────────────────────────────────────────────────────────────────────────────


CASES = {
    "cross_entropy": ([[0.2, 0.8], [0.6, 0.4], [1.0, 2.0]], [0, 1, 1]),
    "nll_loss": ([[-0.2, -0.8], [-0.6, -0.4], [-1.0, -2.0]], [0, 1, 1]),
    "categorical_cross_entropy": ([[0.2, 0.8], [0.6, 0.4], [0.5, 0.5]], [0, 1, 1]),
    "hinge_loss": ([0.2, -0.8, 0.6], [1, -1, -1]),
}


@pytest.mark.parametrize("name", LOSSES)
def test_a_sum_is_the_mean_times_the_samples(name):
    predictions, targets = CASES.get(name, ([0.2, 0.8, 0.6], [0.0, 1.0, 1.0]))
    leaves = [[Value(x) for x in p] if isinstance(p, list) else Value(p) for p in predictions]
    total, mean = LOSSES[name](leaves, targets, reduction="sum"), LOSSES[name](leaves, targets)
    assert total.data == pytest.approx(3 * mean.data, rel=1e-14)
    with pytest.raises(ValueError, match='reduction is "mean" or "sum", got \'none\''):
        LOSSES[name](leaves, targets, reduction="none")


@pytest.mark.parametrize("engine", ENGINES)
def test_a_sum_is_trained_on(engine):
    histories = []
    for loss, rate in ((partial(nn.mse_loss, reduction="sum"), 0.01), ("mse_loss", 0.4)):
        model = nn.MLP(2, [3, 1], "tanh", seed=0)
        optimizer = nn.SGD(model.parameters(), rate)
        histories.append(nn.fit(model, *MOONS, loss=loss, optimizer=optimizer, epochs=30, engine=engine))
    assert histories[0].loss == pytest.approx([40 * loss for loss in histories[1].loss], rel=1e-9)


# ── Weights as texts write them ───────────────────────────────────────────────────────────────────────────────────────


def test_weights_with_a_row_for_each_input():
    """S6: the text's W1 is (inputs, outputs)."""
    W1, b1 = [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]], [0.7, 0.8, 0.9]
    W2, b2 = [[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]], [0.7, 0.8]
    model = nn.Sequential(
        nn.Layer(2, 3, "sigmoid", weight=W1, bias=b1, inputs_first=True),
        nn.Linear(3, 2, weight=np.array(W2), bias=b2, inputs_first=True),
        "softmax",
    )
    assert model.state_dict()["0.weight"].tolist() == np.transpose(W1).tolist()
    outputs = [[p.data for p in row] for row in model([[0, 0], [1, 1]])]
    np.testing.assert_allclose(outputs, [[0.42386886, 0.57613114], [0.41473504, 0.58526496]], atol=5e-9)
    assert nn.Linear(2, 3, weight=np.transpose(W1)).state_dict()["weight"].tolist() == np.transpose(W1).tolist()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"weight": [[1, 2, 3], [4, 5, 6]]}, r"shape \(2, 3\), expected .* = \(3, 2\), or .* with inputs_first=True"),
        ({"weight": [[1, 2]] * 3, "inputs_first": True}, r"shape \(3, 2\), expected \(inputs, outputs\) = \(2, 3\)"),
        ({"bias": [1, 2]}, r"bias has shape \(2,\), expected \(3,\)"),
        ({"bias": ["1", "2", "3"]}, "bias holds <U1, expected real numbers"),
    ],
)
def test_weights_of_another_shape(options, message):
    with pytest.raises(ValueError, match=message):
        nn.Layer(2, 3, **options)


# ── One layer ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "make",
    [
        lambda: nn.MLP(2, [1], output="sigmoid", seed=0),
        lambda: nn.Layer(2, 1, "sigmoid", generator=nn.init.Generator(0)),
        lambda: nn.Sequential(nn.Linear(2, 1, generator=nn.init.Generator(0)), "sigmoid"),
    ],
    ids=["MLP", "Layer", "Sequential"],
)
def test_a_network_of_one_layer(make, engine, tmp_path):
    X, y = nn.datasets.gate("and")
    model = make()
    optimizer = nn.SGD(model.parameters(), 2.0)
    history = nn.fit(model, X, y, loss="binary_cross_entropy", optimizer=optimizer, epochs=300, engine=engine)
    assert history.loss[-1] < 0.15
    assert len(history.gradients) == 1
    loss = history.last_loss()
    assert len(model.report(loss).layers) == 1
    viz.draw(loss, model=model).save(str(tmp_path / "model.svg"))
    assert (np.ravel(model.compile()(X)) > 0.5).tolist() == [False, False, False, True]
    nn.load(make(), nn.save(model, tmp_path / "m.npz"))


def test_estimators_without_hidden_layers():
    X, y = nn.datasets.gate("or")
    assert nn.MLPClassifier(hidden=(), epochs=200, seed=0).fit(X, y).score(X, y) == 1.0
    assert nn.MLPRegressor(hidden=(), epochs=200, seed=0).fit(X, X[:, 0] - X[:, 1]).score(X, X[:, 0] - X[:, 1]) > 0.99
