"""Networks at work: layers, saving, training, reports, estimators, data; the systems of the learners' texts."""

import csv
import math
import sys

import numpy as np
import pytest

import autograd
import nn
from autograd import Value, gradients
from nn.training.fit import fit


@pytest.fixture(autouse=True)
def both_engines(monkeypatch):
    """Where a test leaves the engine open, both run, and must agree."""
    monkeypatch.setitem(fit.__kwdefaults__, "engine", "check")


def numbers(rows):
    return [[v.data for v in row] for row in rows]


# ── Layers, containers, saving ────────────────────────────────────────────────────────────────────────────────────────


def test_a_batch_is_the_list_of_its_rows():
    model = nn.MLP(2, [3, 1], activation="tanh", seed=0)
    rows = [[0.1, 0.2], [0.3, 0.4]]
    expected = [model(row).data for row in rows]
    for batch in (rows, np.array(rows), tuple(map(tuple, rows)), [np.array(row) for row in rows], iter(rows)):
        assert [v.data for v in model(batch)] == expected
    assert numbers(nn.MLP(2, [2], seed=0)(rows)) == [[v.data for v in nn.MLP(2, [2], seed=0)(row)] for row in rows]


def test_sequential():
    model = nn.Sequential(nn.Linear(2, 3), "sigmoid", nn.PReLU(), nn.Dropout(0.5, seed=0), nn.Linear(3, 2), "softmax")
    assert list(model.state_dict()) == ["0.weight", "0.bias", "2.weight", "4.weight", "4.bias"]
    assert model.state_dict()["0.weight"].shape == (3, 2)
    assert sum(v.data for v in model([1.0, 2.0])) == pytest.approx(1.0)
    assert len(dict(model.named_parameters())) == len(model.parameters()) == 3 * 2 + 3 + 1 + 2 * 3 + 2
    assert next(iter(dict(model.named_parameters()))) == "0.weight[0,0]"
    assert "Linear(2, 3)" in repr(model)


def test_keys_are_those_of_torchs_sequential():
    keys = [f"{i}.{kind}" for i in (0, 2, 4, 6) for kind in ("weight", "bias")]
    assert list(nn.MLP(2, [10, 10, 10, 1]).state_dict()) == keys


def test_maxout():
    layer = nn.Maxout(2, 2, pieces=3)
    outputs = layer([1.0, -2.0])
    sums = [z.data for z in layer.sums([1.0, -2.0])]
    assert [y.data for y in outputs] == [max(sums[0::2]), max(sums[1::2])]


def test_activations_with_parameters_by_name():
    model = nn.MLP(2, [3, 1], activation="prelu", output="sigmoid", seed=0)
    assert list(model.state_dict()) == ["0.weight", "0.bias", "1.weight", "2.weight", "2.bias"]
    model([0.5, 0.5]).backward()
    assert all(p.grad is not None for p in model.parameters())
    assert "3 prelu -> 1 sigmoid" in repr(model)
    model = nn.MLP(2, [3, 1], activation="maxout", seed=0)
    assert len(model.parameters()) == 2 * 9 + 4
    assert "3 maxout" in repr(model)
    assert type(model([1.0, 2.0])) is Value
    assert [y.data for y in nn.Sequential(nn.Linear(2, 2), "prelu")([[1.0, 2.0]])[0]]


def test_accuracy():
    assert nn.accuracy([0.2, 0.7, 0.9], [0, 1, 0]) == pytest.approx(2 / 3)
    assert nn.accuracy([[0.2, 0.7], [0.9, 0.1]], [1, [1, 0]]) == 1.0


def test_prelu_learns_its_slope():
    layer = nn.PReLU()
    low, high = layer([-2.0, 3.0])
    assert (low.data, high.data) == (-0.5, 3.0)
    low.backward()
    assert layer.weight[0].grad == -2.0


def test_dropout():
    layer = nn.Dropout(0.25, seed=0)
    row = [Value(1.0) for _ in range(10_000)]
    outputs = [y.data for y in layer(row)]
    assert set(outputs) == {0.0, 1 / 0.75}
    assert outputs.count(0.0) == pytest.approx(2500, abs=150)
    assert layer.eval()(row) == row
    assert nn.Dropout(0.0)(row) == row
    assert {y.data for y in nn.Dropout(1.0)(row)} == {0.0}
    with pytest.raises(ValueError, match="between 0 and 1"):
        nn.Dropout(1.5)


def test_train_and_eval_reach_every_module():
    model = nn.Sequential(nn.Linear(2, 2), nn.Sequential(nn.Dropout(), nn.BatchNorm1d(2)))
    assert all(not module.training for _, module in model.eval().modules())
    assert all(module.training for _, module in model.train().modules())
    with pytest.raises(ValueError, match=r"batch of 2 rows or more.*eval"):
        model([1.0, 2.0])
    model.eval()
    assert len(model([1.0, 2.0])) == 2
    with pytest.raises(ValueError, match="2 features"):
        nn.BatchNorm1d(2)([[1.0], [2.0]])


def test_saving_and_loading(tmp_path):
    model, other = nn.MLP(2, [3, 1], seed=0), nn.MLP(2, [3, 1], seed=1)
    path = nn.save(model, tmp_path / "model.npz")
    nn.load(other, path)
    assert [p.data for p in other.parameters()] == [p.data for p in model.parameters()]
    before = path.read_bytes()
    with pytest.raises(FileNotFoundError):
        nn.save(model, tmp_path / "nowhere" / "model.npz")
    assert [p.name for p in tmp_path.iterdir()] == ["model.npz"]
    assert path.read_bytes() == before
    with pytest.raises(ValueError, match="ends in .npz, got '.*model.pt'"):
        nn.save(model, tmp_path / "model.pt")


def test_files_that_hold_no_model(tmp_path):
    model, path = nn.MLP(2, [3, 1]), tmp_path / "model.npz"
    np.save(tmp_path / "array.npy", np.zeros(3))
    for content in (b"", b"some text", b"PK\x03\x04 cut off", (tmp_path / "array.npy").read_bytes()):
        path.write_bytes(content)
        with pytest.raises(ValueError, match="model.npz holds no model: expected a .npz file that nn.save wrote"):
            nn.load(model, path)
    with pytest.raises(FileNotFoundError):
        nn.load(model, tmp_path / "nowhere.npz")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda s: s.pop("0.bias"), r"missing \['0.bias'\]"),
        (lambda s: s.update(extra=np.zeros(1)), r"unexpected \['extra'\]"),
        (lambda s: s.update({"0.weight": np.zeros((2, 3))}), r"0.weight has shape \(2, 3\), expected \(3, 2\)"),
        (lambda s: s["2.bias"].fill(math.nan), "2.bias holds numbers that are not finite"),
    ],
)
def test_a_state_that_does_not_fit(change, message):
    model = nn.MLP(2, [3, 1], seed=0)
    before = [p.data for p in model.parameters()]
    state = model.state_dict()
    change(state)
    with pytest.raises(ValueError, match=message):
        model.load_state_dict(state)
    assert [p.data for p in model.parameters()] == before


def test_penalties_and_clipping_by_value():
    w = [Value(3.0), Value(-2.0)]
    assert nn.l2_penalty(w, 0.1).data == pytest.approx(1.3)
    assert nn.l1_penalty(w, 0.1).data == pytest.approx(0.5)
    for leaf, grad in zip(w, (5.0, math.nan), strict=True):
        leaf.grad = grad
    nn.clip_grad_value_(w, 1.0)
    assert w[0].grad == 1.0
    assert math.isnan(w[1].grad)


def test_softmax_and_cross_entropy_at_large_logits():
    row = [Value(1e4), Value(-1e4), Value(0.0)]
    assert [p.data for p in nn.softmax(row)] == [1.0, 0.0, 0.0]
    loss = nn.cross_entropy([row], [1])
    loss.backward()
    assert loss.data == 2e4
    assert [x.grad for x in row] == [1.0, -1.0, 0.0]
    assert [p.data for p in nn.softmax([Value(7.0)] * 4)] == pytest.approx([0.25] * 4)


def test_losses_refuse_what_they_cannot_mean():
    rows = [[Value(1.0), Value(2.0)]]
    for bad in ([2], [-1], [0.5], [[1, 2, 3]], [math.nan]):
        with pytest.raises(ValueError, match="a target is a class from 0 to 1, or 2 probabilities"):
            nn.cross_entropy(rows, bad)
    with pytest.raises(ValueError, match="1 rows and 2 targets"):
        nn.nll_loss(rows, [[1], [0]])
    with pytest.raises(ValueError, match="targets -1 and 1"):
        nn.hinge_loss([Value(1.0)], [0])
    with pytest.raises(ValueError, match="unknown loss"):
        nn.losses.loss_function("mse")
    for make in (
        lambda: nn.SGD([Value(1.0)], 0.1, nesterov=True),
        lambda: nn.Adam([Value(1.0)], betas=(1.0, 0.9)),
        lambda: nn.RMSprop([Value(1.0)], eps=-1),
    ):
        with pytest.raises(ValueError, match="nesterov|beta1|eps"):
            make()


# ── Training ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def xor_model(seed=0):
    X, y = nn.datasets.gate("xor")
    model = nn.MLP(2, [8, 1], activation="tanh", output="sigmoid", seed=seed)
    return model, X, y


def test_s3_xor_as_the_text_trains_it():
    """2-10-10-10-1, sigmoid everywhere, PyTorch's weights of seed 777, SGD 1.0: the text's first losses."""
    X, y = nn.datasets.gate("xor")
    model = nn.MLP(2, [10, 10, 10, 1], activation="sigmoid", output="sigmoid", init="torch", seed=777)
    history = fit(model, X, y, loss="binary_cross_entropy", optimizer=nn.SGD(model.parameters(), lr=1.0), epochs=701,
                  engine="auto")  # fmt: skip
    printed = [0.6948983669281006, 0.693155825138092, 0.6931535005569458, 0.6931513547897339, 0.693149209022522,
               0.6931473016738892, 0.6931453943252563, 0.6931434278719788]  # fmt: skip
    assert [history.loss[epoch] for epoch in range(0, 701, 100)] == pytest.approx(printed, rel=1e-6)


def test_s6_a_softmax_network():
    model = nn.MLP(2, [3, 2], activation="sigmoid", output="softmax")
    W1, W2 = [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]], [[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]]
    state = {
        "0.weight": np.transpose(W1),
        "0.bias": [0.7, 0.8, 0.9],
        "2.weight": np.transpose(W2),
        "2.bias": [0.7, 0.8],
    }
    model.load_state_dict(state)
    X = [[0, 0], [0, 1], [1, 0], [1, 1]]
    expected = [[0.42386886, 0.57613114], [0.41693534, 0.58306466], [0.42093025, 0.57906975], [0.41473504, 0.58526496]]
    np.testing.assert_allclose(numbers(model(X)), expected, atol=5e-9)
    model = nn.MLP(2, [3, 2], activation="sigmoid")
    model.load_state_dict(state)
    targets = [[0, 1], [1, 0], [1, 0], [0, 1]]
    optimizer = nn.SGD(model.parameters(), lr=0.1)
    history = fit(model, X, targets, loss="cross_entropy", optimizer=optimizer, epochs=100)
    assert history.loss[0] > history.loss[50] > history.loss[99] > 0.6


def test_s14_the_delta_of_softmax_with_cross_entropy():
    logits = [[Value(0.3), Value(-1.0), Value(2.0)], [Value(1.0), Value(0.0), Value(-0.5)]]
    loss = nn.cross_entropy(logits, [2, 0])
    loss.backward()
    for row, target in zip(logits, (2, 0), strict=True):
        for i, (x, p) in enumerate(zip(row, nn.softmax(row), strict=True)):
            assert x.grad == pytest.approx((p.data - (i == target)) / 2, rel=1e-12)


def test_s8_descent_and_newton():
    for rate, converges in ((0.4, True), (0.6, True), (1.2, False)):
        x = Value(3.0)
        optimizer = nn.SGD([x], lr=rate)
        for _ in range(50):
            optimizer.zero_grad()
            (x * x).backward()
            optimizer.step()
        assert (abs(x.data) < 1e-6) == converges
    w = [Value(3.0), Value(-1.0)]
    newton = nn.Newton(w)
    newton.step((w[0] - 1) ** 2 + 3 * (w[1] + 2) ** 2 + w[0] * w[1])
    assert [
        p.data for p in gradients((w[0] - 1) ** 2 + 3 * (w[1] + 2) ** 2 + w[0] * w[1], w, create_graph=True)
    ] == pytest.approx([0, 0], abs=1e-12)
    with pytest.raises(ValueError, match="singular"):
        newton.step(w[0] * 2)
    with pytest.raises(TypeError, match=r"step\(loss\)"):
        newton.step()


def test_fit_does_what_the_loop_does():
    model, X, y = xor_model()
    twin, _, _ = xor_model()
    history = fit(model, X, y, loss="binary_cross_entropy", optimizer=nn.SGD(model.parameters(), 1.0), epochs=20,
                  metrics={"accuracy": nn.accuracy})  # fmt: skip
    assert history.metrics["accuracy"][0] == 0.5
    assert [layer.name for layer in model.report(history.last_loss()).layers] == ["0", "2"]
    optimizer, losses = nn.SGD(twin.parameters(), 1.0), []
    for _ in range(20):
        optimizer.zero_grad()
        loss = nn.binary_cross_entropy(twin(X), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.data)
    assert history.loss == losses
    assert [p.data for p in model.parameters()] == [p.data for p in twin.parameters()]
    assert len(history.seconds) == 20
    assert list(history.gradients) == ["0", "2"]
    assert {len(norms) for norms in history.gradients.values()} == {20}


@pytest.mark.parametrize("batch_size", [1, 3, 4, 100])
def test_batches(batch_size):
    seen = []

    def loss(predictions, targets):
        seen.append(len(targets))
        return nn.binary_cross_entropy(predictions, targets)

    model, X, y = xor_model()
    fit(model, X, y, loss=loss, optimizer=nn.Adam(model.parameters()), epochs=2, batch_size=batch_size, seed=0)
    assert seen == {1: [1] * 8, 3: [3, 1, 3, 1], 4: [4, 4], 100: [4, 4]}[batch_size]


def test_callbacks_schedules_validation_and_csv(tmp_path):
    model, X, y = xor_model()
    rates = []
    optimizer = nn.SGD(model.parameters(), 1.0)
    history = fit(model, X, y, loss="binary_cross_entropy", optimizer=optimizer, epochs=50, validation=(X, y), schedule=nn.step_decay(2, 0.5),
                  callbacks=[lambda e, h, m: rates.append(optimizer.lr), lambda e, h, m: e == 4])  # fmt: skip
    assert rates == [1.0, 1.0, 0.5, 0.5, 0.25]
    assert optimizer.lr == 1.0
    assert len(history.validation) == len(history.loss) == 5
    assert history.validation[0] == history.loss[1]
    assert history.stopped == "a callback ended training after epoch 4"
    history.to_csv(tmp_path / "history.csv")
    rows = list(csv.reader((tmp_path / "history.csv").read_text().splitlines()))
    assert rows[0][:4] == ["epoch", "loss", "validation", "seconds"]
    assert float(rows[3][1]) == history.loss[2]
    stopped = fit(
        model,
        X,
        y,
        loss="binary_cross_entropy",
        optimizer=nn.SGD(model.parameters(), 0.0),
        epochs=50,
        callbacks=[nn.EarlyStopping(3)],
    )
    assert len(stopped.loss) == 4


def test_a_loss_that_is_not_finite_restores_the_weights():
    model, X, _ = xor_model()
    good = []

    def loss(predictions, targets):
        good.append([p.data for p in model.parameters()])
        total = nn.mse_loss(predictions, targets)
        return total * math.inf if len(good) == 4 else total

    with pytest.raises(
        FloatingPointError, match=r"the loss is inf in epoch 3; the first value that is not finite is .*mul"
    ):
        fit(model, X, [0, 1, 1, 0], loss=loss, optimizer=nn.SGD(model.parameters(), 1.0), epochs=9)
    assert [p.data for p in model.parameters()] == good[2]


def test_ctrl_c_keeps_the_model():
    model, X, y = xor_model()

    def interrupt(epoch, history, model):
        if epoch == 2:
            raise KeyboardInterrupt

    history = fit(
        model, X, y, loss="mse_loss", optimizer=nn.SGD(model.parameters(), 1.0), epochs=9, callbacks=[interrupt]
    )
    assert history.stopped == "interrupted in epoch 3"
    assert len(history.loss) == 3


def test_progress(capsys, monkeypatch):
    model, X, y = xor_model()
    fit(model, X, y, loss="mse_loss", optimizer=nn.SGD(model.parameters(), 1.0), epochs=25, progress=10)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines] == ["0", "10", "20", "24"]
    assert lines[0].startswith("epoch     0  loss 0.")
    fit(model, X, y, loss="mse_loss", optimizer=nn.SGD(model.parameters(), 1.0), epochs=20, progress=True)
    shown = capsys.readouterr()
    assert "20/20" in shown.err  # tqdm's bar
    assert shown.out == ""
    monkeypatch.setattr("nn.training.display.find_spec", lambda name: None)
    fit(model, X, y, loss="mse_loss", optimizer=nn.SGD(model.parameters(), 1.0), epochs=20, progress=True)
    assert len(capsys.readouterr().out.splitlines()) == 11


def test_bad_calls_of_fit():
    model, X, y = xor_model()
    optimizer = nn.SGD(model.parameters(), 1.0)
    with pytest.raises(ValueError, match="4 rows and 3 targets"):
        fit(model, X, y[:3], loss="mse_loss", optimizer=optimizer, epochs=1)
    with pytest.raises(ValueError, match="batch_size"):
        fit(model, X, y, loss="mse_loss", optimizer=optimizer, epochs=1, batch_size=0)


# ── Estimators, data, perceptron ──────────────────────────────────────────────────────────────────────────────────────


def test_estimators_in_scikit_learn():
    from sklearn.base import clone
    from sklearn.model_selection import GridSearchCV, RandomizedSearchCV, cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    X, y = nn.datasets.blobs(30, seed=1)
    labels = np.array(["red", "blue"])[y]
    classifier = nn.MLPClassifier(hidden=(3,), epochs=20, seed=0)
    assert clone(classifier).get_params() == classifier.get_params()
    search = GridSearchCV(classifier, {"lr": [0.0, 0.5], "hidden": [(2,), (3, 2)]}, cv=2).fit(X, labels)
    assert search.best_params_["lr"] == 0.5
    assert search.score(X, labels) > 0.9
    RandomizedSearchCV(classifier, {"lr": [0.1, 0.5]}, n_iter=2, cv=2, random_state=0).fit(X, labels)
    assert cross_val_score(make_pipeline(StandardScaler(), classifier), X, labels, cv=2).mean() > 0.9
    regressor = nn.MLPRegressor(hidden=(4,), epochs=100, lr=0.1, seed=0)
    assert cross_val_score(regressor, X, X[:, 0] - X[:, 1], cv=2).mean() > 0.8


def test_estimators_alone():
    X, y = nn.datasets.gate("xor")
    model = nn.MLPClassifier(hidden=(8,), lr=1.0, epochs=300, seed=0)
    with pytest.raises(ValueError, match="not fitted yet"):
        model.predict(X)
    probabilities = model.fit(X, y).predict_proba(X)
    assert probabilities.shape == (4, 2)
    assert probabilities.sum(axis=1) == pytest.approx([1, 1, 1, 1])
    assert model.score(X, y) == 1.0
    with pytest.raises(ValueError, match="3 features, but 2"):
        model.predict([[1, 2, 3]])
    with pytest.raises(ValueError, match="unknown parameter 'rate'"):
        model.set_params(rate=1)
    with pytest.raises(ValueError, match="not finite"):
        model.fit([[math.nan, 1.0]], [0])
    with pytest.raises(ValueError, match="rows of numbers"):
        model.fit([1.0, 2.0], [0, 1])
    assert model.set_params(lr=0.1).lr == 0.1
    assert "lr=0.1" in repr(model)


def test_datasets():
    for name, load in nn.datasets.DATASETS.items():
        X, y = load(seed=0)
        again, _ = load(seed=0)
        assert X.shape == (len(y), 2), name
        assert (X == again).all()
        assert set(y) == {0, 1}
    assert len(nn.datasets.spirals(101, arms=3)[1]) == 101
    assert set(nn.datasets.blobs(9, centers=4)[1]) == {0, 1, 2, 3}
    with pytest.raises(ValueError, match="unknown gate"):
        nn.datasets.gate("xnor")


def test_s4_the_perceptron():
    X = [[0, 0], [0, 1], [1, 0], [1, 1]]
    for name in ("and", "or", "nand"):
        perceptron = nn.Perceptron(2).fit(*nn.datasets.gate(name))
        assert perceptron.predict(X) == nn.datasets.GATES[name]
        assert perceptron.errors[-1] == 0
    assert nn.Perceptron(2).fit(*nn.datasets.gate("xor")).errors[-1] > 0
    AND, OR, NAND = (nn.Perceptron(2, w, b) for w, b in (([0.5, 0.5], -0.7), ([0.5, 0.5], -0.2), ([-0.5, -0.5], 0.7)))
    composed = [AND([NAND(x).data, OR(x).data]).data for x in X]
    assert composed == [0.0, 1.0, 1.0, 0.0]
    assert AND([1, 1]).op is autograd.step


def train_one(model, **options):
    optimizer = nn.SGD(model.parameters(), 0.1)
    return nn.fit(model, [[0, 1]], [1], **({"loss": "mse_loss", "optimizer": optimizer, "epochs": 1} | options))


def test_a_loss_may_have_the_only_parameters():
    class First(nn.Module):
        def row(self, inputs):
            return inputs[0]

    b = Value(1.0)
    fit(First(), [[0, 1]], [1], loss=lambda predictions, targets: (b - 2) ** 2, optimizer=nn.SGD([b], 0.25), epochs=1)
    assert b.data == 1.5


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda m: nn.MLP(2, 4), "list of sizes"),
        (lambda m: nn.MLPClassifier(hidden=8).fit([[0.0, 1.0]], [1]), "tuple of sizes"),
        (lambda m: nn.MLP(2, [1], seed="a"), "a seed is an int from 0 to .*; got 'a'"),
        (lambda m: m(3), "row of inputs"),
        (lambda m: m(1, 2), r"as model\(\[0.5, -1.0\]\); got model\(1, 2\)"),
        (lambda m: nn.SGD([1, 2], lr=0.1), "leaves"),
        (lambda m: nn.SGD(m, lr=0.1), r"model\.parameters\(\)"),
        (lambda m: nn.SGD(Value(1.0), lr=0.1), "parameters as a list"),
        (lambda m: nn.SGD(m.parameters(), lr="a"), "learning rate lr is a number"),
        (lambda m: nn.RMSprop(m.parameters(), alpha="a"), "alpha is a number, got 'a'"),
        (lambda m: nn.Adam(m.parameters(), betas=0.9), "betas are two numbers"),
        (lambda m: train_one(m, epochs=1.5), "epochs is a whole number, got 1.5"),
        (lambda m: train_one(m, batch_size="2"), "batch_size is a whole number, got '2'"),
        (lambda m: train_one(m, seed="a"), "seed is a whole number, got 'a'"),
        (
            lambda m: nn.fit(m, [0, 1], [1, 1], loss="mse_loss", optimizer=nn.SGD(m.parameters(), 0.1), epochs=1),
            "rows of inputs",
        ),
        (lambda m: nn.fit(m, [[0, 1]], [1], loss="mse_loss", optimizer="sgd", epochs=1), "optimiser"),
        (
            lambda m: nn.fit(
                m, [[0, 1]], [1], loss="mse_loss", optimizer=nn.SGD(nn.MLP(2, [1]).parameters(), 0.1), epochs=1
            ),
            "none of this model's parameters",
        ),
    ],
)
def test_mistakes_of_beginners(wrong, message):
    with pytest.raises((TypeError, ValueError), match=message):
        wrong(nn.MLP(2, [3, 1]))


def test_rows_and_targets_may_be_generators():
    model = nn.MLP(2, [3, 1], seed=0)
    rows, targets = ((a, b) for a in (0, 1) for b in (0, 1)), (t for t in (0, 1, 1, 0))
    history = nn.fit(model, rows, targets, loss="mse_loss", optimizer=nn.SGD(model.parameters(), 0.1), epochs=3)
    assert len(history.loss) == 3


@pytest.mark.parametrize("settings", [{}, {"batch_norm": True, "dropout": 0.5}, {"output": "softmax"}], ids=str)
def test_a_training_on_tape_has_its_validation_on_tape(settings, monkeypatch):
    """The loss on held-out rows is that of the model, though a tape predicts."""
    X, y = nn.datasets.blobs(30, centers=3, seed=1)
    loss = nn.categorical_cross_entropy if "output" in settings else nn.cross_entropy
    made, wanted = [], []
    monkeypatch.setattr(sys.modules["nn.training.fit"], "predictor", lambda m: made.append(m.compile()) or made[-1])

    def told(predictions, targets):
        return loss(predictions, targets) + 0.0 * predictions[0][0].exp()  # a loss may use what only Values have

    def by_model(epoch, history, model):
        with model.evaluating():
            wanted.append(told(model(X[:7].tolist()), y[:7].tolist()).data)

    model = nn.MLP(2, [4, 3], seed=0, **settings)
    history = fit(model, X, y, loss=told, optimizer=nn.SGD(model.parameters(), lr=0.1), epochs=5, batch_size=10, seed=0,
                  validation=(X[:7], y[:7]), callbacks=[by_model], engine="numpy")  # fmt: skip
    assert history.validation == pytest.approx(wanted, rel=1e-12)
    assert [predict.reason for predict in made] == [""]
