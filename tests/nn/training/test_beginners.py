"""Estimators, alone and in scikit-learn, data sets, and the mistakes of beginners."""

import math

import numpy as np
import pytest

import nn
from autograd import Value
from tests.nn.training import both

both_engines = both.both_engines


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
    model = nn.MLPClassifier(hidden=(8,), seed=0)
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


def train_one(model, **options):
    optimizer = nn.SGD(model.parameters(), 0.1)
    return nn.fit(model, [[0, 1]], [1], **({"loss": "mse_loss", "optimizer": optimizer, "epochs": 1} | options))


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


NO_LOSSES = {
    "a list": lambda predictions, targets: [(p - t) ** 2 for p, t in zip(predictions, targets, strict=True)],
    "nothing": lambda predictions, targets: None,
    "a number": lambda predictions, targets: sum(abs(p.data - t) for p, t in zip(predictions, targets, strict=True)),
}


@pytest.mark.parametrize("name", NO_LOSSES)
def test_a_loss_that_gives_no_value_is_told_what_a_loss_is(name):
    model = nn.MLP(2, [1], seed=0)
    with pytest.raises(TypeError, match="the loss returned .* and returns one Value"):
        nn.fit(
            model, *nn.datasets.gate("xor"), loss=NO_LOSSES[name], optimizer=nn.SGD(model.parameters(), 0.1), epochs=2
        )


def test_an_error_in_a_loss_of_one_sample_says_that_a_loss_takes_a_batch():
    model = nn.MLP(2, [1], seed=0)
    with pytest.raises(TypeError) as raised:
        nn.fit(
            model,
            *nn.datasets.gate("xor"),
            loss=lambda p, t: (p - t) ** 2,
            optimizer=nn.SGD(model.parameters(), 0.1),
            epochs=2,
        )
    assert any("all predictions of a batch" in note for note in raised.value.__notes__)


def test_a_loss_may_become_a_plain_0():
    model = nn.MLP(1, [1], output="linear", seed=0)
    history = nn.fit(
        model, [[0.0], [1.0]], [-1, 1], epochs=100, optimizer=nn.SGD(model.parameters(), 0.5), engine="eager",
        loss=lambda ps, ts: sum(max(0, 1 - t * p) for p, t in zip(ps, ts, strict=True)) / len(ts),
    )  # fmt: skip
    assert history.loss[-1] == 0.0


def test_accuracy_of_targets_with_signs():
    assert nn.accuracy([2.0, -2.0, 0.2], [1, -1, 1]) == 1.0
    assert nn.accuracy([0.2, 0.7], [0, 1]) == 1.0
    with pytest.raises(ValueError, match="a target for each prediction, got 2 and 1"):
        nn.accuracy([2.0, -2.0], [1])


def test_a_regressor_with_its_defaults_learns_a_line():
    regressor = nn.MLPRegressor(hidden=(4,), seed=0).fit([[1], [2], [3]], [2, 4, 6])
    assert regressor.predict([[2.5]])[0] == pytest.approx(5.0, abs=0.3)


def test_an_optimiser_shows_its_settings():
    shown = "SGD(3 parameters, lr=0.1, weight_decay=0.0, momentum=0.9, nesterov=False)"
    assert repr(nn.SGD(nn.MLP(2, [1]).parameters(), lr=0.1, momentum=0.9)) == shown
