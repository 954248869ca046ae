"""Callbacks, early stopping, and what the History says of them; arguments of `fit` that are meant differently."""

import copy
import pickle

import numpy as np
import pytest

import nn
from autograd import Value

X, Y = nn.datasets.gate("xor")


def train(model=None, **options):
    model = model or nn.MLP(2, [4, 1], "tanh", "sigmoid", seed=0)
    options = {"loss": "mse_loss", "optimizer": nn.SGD(model.parameters(), 0.5), "epochs": 50} | options
    return nn.fit(model, X, Y, **options)


def test_a_history_prints_one_line():
    history = train(epochs=60)
    assert repr(history) == str(history)
    assert str(history).startswith("60 epochs, loss 0.")
    assert " → 0." in str(history)
    assert str(nn.History(loss=[0.98, 0.0007])) == "2 epochs, loss 0.98 → 0.0007"
    assert str(nn.History(loss=[1.0], validation=[2.0], metrics={"accuracy": [0.5]})) == (
        "1 epoch, loss 1 → 1, validation 2 → 2, accuracy 0.5 → 0.5"
    )
    assert str(nn.History()) == "0 epochs"
    assert str(nn.History(loss=[1.0], stopped="interrupted in epoch 1")).endswith(
        "stopped early: interrupted in epoch 1"
    )


def test_a_history_prints_on_a_console_of_ascii(python):
    done = python("import nn; print(nn.History(loss=[1.0, 0.5]))", PYTHONIOENCODING="cp1252")
    assert done.stdout == "2 epochs, loss 1 -> 0.5\n"


@pytest.mark.parametrize("engine", ["eager", "numpy"])
def test_a_history_holds_plain_floats(engine):
    metrics = {
        "mean": lambda predictions, targets: np.mean([p.data for p in predictions]),
        "value": nn.mse_loss,
        "single": lambda predictions, targets: np.float32(0.5),
    }
    history = train(metrics=metrics, validation=(X, Y), engine=engine)
    columns = [
        history.loss,
        history.validation,
        history.seconds,
        *history.metrics.values(),
        *history.gradients.values(),
    ]
    assert {type(number) for column in columns for number in column} == {float}
    assert history.metrics["value"] == pytest.approx(history.loss)
    assert {type(x) for x in nn.History(loss=np.array([1.0, 2.0]), metrics={"a": [Value(1.0)]}).metrics["a"]} == {float}
    assert pickle.loads(pickle.dumps(history)) == copy.deepcopy(history) == history


def enough(epoch, history, model):
    return epoch == 3


@pytest.mark.parametrize(
    ("callbacks", "stopped"),
    [
        ([enough], "enough ended training after epoch 3"),
        ([lambda epoch, *_: epoch == 2, enough], "a callback ended training after epoch 2"),
        (
            [lambda epoch, *_: "it is late" if epoch == 1 else ""],
            "a callback ended training after epoch 1, as it is late",
        ),
        ([lambda *_: None, lambda *_: 1], ""),
    ],
)
def test_the_history_says_which_callback_ended_training(callbacks, stopped):
    history = train(callbacks=callbacks)
    assert history.stopped == stopped
    assert len(history.loss) == (int(stopped.partition("epoch ")[2][0]) + 1 if stopped else 50)


def test_early_stopping_says_why_and_begins_anew_in_each_training():
    stop = nn.EarlyStopping(patience=3)
    for _ in range(2):
        model = nn.MLP(2, [4, 1], "tanh", "sigmoid", seed=0)
        history = train(model, optimizer=nn.SGD(model.parameters(), 0.0), callbacks=[stop])
        why = f"the loss has not fallen below {history.loss[0]:.4g} for 3 epochs"
        assert history.stopped == f"EarlyStopping ended training after epoch 3, as {why}"
        assert len(history.loss) == 4
    assert "4 epochs, loss" in str(history)
    assert ", stopped early: EarlyStopping ended training after epoch 3" in str(history)


class Jump:
    """Worsens the model after some epoch."""

    def __init__(self, epoch):
        self.epoch = epoch

    def __call__(self, epoch, history, model):
        if epoch == self.epoch:
            for p in model.parameters():
                p.data += 3.0


@pytest.mark.parametrize("engine", ["eager", "numpy"])
@pytest.mark.parametrize("validation", [None, (X, Y)], ids=["training", "validation"])
@pytest.mark.parametrize("patience", [5, 1000], ids=["stopped", "run out"])
def test_early_stopping_brings_the_best_weights_back(engine, validation, patience):
    model = nn.MLP(2, [4, 1], "tanh", "sigmoid", seed=0)
    callbacks = [nn.EarlyStopping(patience, restore_best=True), Jump(20)]
    optimizer = nn.SGD(model.parameters(), 0.01)
    history = train(model, optimizer=optimizer, callbacks=callbacks, validation=validation, engine=engine)
    best = min(history.validation if validation else history.loss)
    assert (history.validation or history.loss)[-1] > best
    assert nn.mse_loss(model(X), Y).data == pytest.approx(best, rel=1e-12)
    assert bool(history.stopped) == (patience == 5)


def test_without_restore_best_the_last_weights_stay():
    model = nn.MLP(2, [4, 1], "tanh", "sigmoid", seed=0)
    history = train(model, callbacks=[nn.EarlyStopping(5), Jump(20)])
    assert nn.mse_loss(model(X), Y).data != pytest.approx(min(history.loss))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"callbacks": nn.EarlyStopping()}, r"a list, as callbacks=\[nn.EarlyStopping\(\)\]; got EarlyStopping\(…\)"),
        ({"callbacks": enough}, r"callbacks is a list"),
        ({"callbacks": None}, r"callbacks is a list.*got None"),
        ({"callbacks": [nn.EarlyStopping]}, r"write EarlyStopping\(\), not EarlyStopping"),
        ({"callbacks": ["early"]}, r"function of \(epoch, history, model\), got 'early'"),
        ({"metrics": ["accuracy"]}, r'as metrics=\{"accuracy": nn.accuracy\}; got \[\'accuracy\'\]'),
        ({"metrics": {"accuracy": "accuracy"}}, r"functions by name"),
        ({"metrics": nn.accuracy}, r"functions by name"),
        ({"schedule": 0.5}, r"schedule is a function of the epoch, as nn.step_decay\(10, 0.5\); got 0.5"),
        ({"validation": X}, r"validation is a pair of rows and targets, as \(X, y\); got ndarray"),
    ],
)
def test_messages_tell_the_remedy(options, message):
    with pytest.raises(TypeError, match=message):
        train(**options)


def test_a_history_is_read_from_the_file_that_it_was_written_to(tmp_path):
    history = train(epochs=5, validation=(X, Y), metrics={"accuracy": nn.accuracy})
    path = tmp_path / "history.csv"
    history.to_csv(path)
    read = nn.History.from_csv(path)
    for column in ("loss", "validation", "metrics", "gradients", "seconds", "layers"):
        assert getattr(read, column) == getattr(history, column)
    for content in ("", "epoch,loss\n", "epoch,loss\n0,a\n", "a,b\n1,2\n", "epoch,loss\n0\n", "\0"):
        path.write_text(content)
        with pytest.raises(ValueError, match="history.csv is no history of training"):
            nn.History.from_csv(path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ValueError, match="history.csv is no history of training"):
        nn.History.from_csv(path)


def test_a_file_tells_which_of_its_columns_are_layers(tmp_path):
    model = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), "relu", nn.Linear(3, 1), "sigmoid")
    optimizer = nn.SGD(model.parameters(), 0.1)
    history = nn.fit(model, X, Y, loss="binary_cross_entropy", optimizer=optimizer, epochs=2)
    history.to_csv(tmp_path / "history.csv")
    read = nn.History.from_csv(tmp_path / "history.csv")
    assert list(read.labels().values()) == list(history.labels().values()) == ["layer 1 (0)", "(1)", "layer 2 (3)"]
    old = tmp_path / "old.csv"
    old.write_text("epoch,loss,gradient 0,gradient 3\n0,1.0,0.5,0.25\n")
    assert list(nn.History.from_csv(old).labels().values()) == ["layer 1 (0)", "layer 2 (3)"]
