"""fit: the loop it stands for, batches, callbacks, what ends it, progress, validation."""

import csv
import math
import sys

import pytest

import nn
from autograd import Value
from nn.training.fit import fit
from tests.nn.training import both

both_engines = both.both_engines


def xor_model(seed=0):
    X, y = nn.datasets.gate("xor")
    model = nn.MLP(2, [8, 1], activation="tanh", output="sigmoid", seed=seed)
    return model, X, y


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


def test_a_loss_may_have_the_only_parameters():
    class First(nn.Module):
        def row(self, inputs):
            return inputs[0]

    b = Value(1.0)
    fit(First(), [[0, 1]], [1], loss=lambda predictions, targets: (b - 2) ** 2, optimizer=nn.SGD([b], 0.25), epochs=1)
    assert b.data == 1.5


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
