"""Training on tape against eager training: every layer, loss and optimiser; what is not recordable; prediction."""

import copy
import math
import pickle

import numpy as np
import pytest

import nn
from autograd import Value
from autograd.tape import descent
from nn.init import Generator
from nn.training.taped import TapeEpochs

ENGINES = ["numpy", "native"]
MOONS = nn.datasets.moons(24, seed=1)
SIGNS = MOONS[0], [2 * y - 1 for y in MOONS[1]]
BLOBS = nn.datasets.blobs(20, seed=1)
ONE_HOT = BLOBS[0], [[float(i == y) for i in range(3)] for y in BLOBS[1]]
# What rounding may do to a loss, relative. Where batch norm follows a bias, the gradient of that bias is rounding noise.
CLOSE = 1e-9


def trained(engine, make, data, loss, optimizer, **options):
    model = make()
    history = nn.fit(model, *data, loss=loss, optimizer=optimizer(model.parameters()), engine=engine, seed=3, **options)
    return model, history


def assert_same_training(engine, make, data, loss, optimizer, **options):
    model, history = trained(engine, make, data, loss, optimizer, **options)
    if engine == "numpy":
        trained("check", make, data, loss, optimizer, **options)
    other, expected = trained("eager", make, data, loss, optimizer, **options)
    assert history.loss == pytest.approx(expected.loss, rel=CLOSE)
    assert history.metrics.keys() == expected.metrics.keys()
    for name in expected.metrics:
        assert history.metrics[name] == pytest.approx(expected.metrics[name], rel=CLOSE)
    for layer, norms in expected.gradients.items():
        assert history.gradients[layer] == pytest.approx(norms, rel=1e-7, abs=1e-12)
    for key, numbers in other.state_dict().items():
        np.testing.assert_allclose(model.state_dict()[key], numbers, rtol=1e-7, atol=1e-8, err_msg=key)
    for p, q in zip(model.parameters(), other.parameters(), strict=True):
        assert (p.grad is None) == (q.grad is None)
        assert p.grad is None or p.grad == pytest.approx(q.grad, rel=1e-6, abs=1e-12)
    return model, history


@pytest.fixture(autouse=True)
def tapes_are_used(monkeypatch):
    """No test may pass because training silently went on eagerly."""
    runs = []
    monkeypatch.setattr(
        TapeEpochs, "progress", lambda self, *a, _run=TapeEpochs.progress: runs.append(1) or _run(self, *a)
    )
    return runs


def small(activation="tanh", output="linear", outputs=1):
    return lambda: nn.MLP(2, [4, outputs], activation, output, seed=1)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("data", "make", "loss"),
    [
        (MOONS, small(), "mse_loss"),
        (MOONS, small(), "l1_loss"),
        (MOONS, small(), "huber_loss"),
        (MOONS, small(output="sigmoid"), "binary_cross_entropy"),
        (MOONS, small(), "binary_cross_entropy_with_logits"),
        (SIGNS, small("relu"), "hinge_loss"),
        (BLOBS, small(outputs=3), "cross_entropy"),
        (ONE_HOT, small(outputs=3), "cross_entropy"),
        (BLOBS, small(outputs=3, output="log_softmax"), "nll_loss"),
        (ONE_HOT, small(outputs=3, output="softmax"), "mse_loss"),
    ],
    ids=["mse", "l1", "huber", "bce", "logits", "hinge", "cross_entropy", "probabilities", "nll", "softmax"],
)
def test_every_loss(data, make, loss, engine, tapes_are_used):
    assert_same_training(engine, make, data, loss, lambda p: nn.SGD(p, 0.1), epochs=4, batch_size=7)
    assert tapes_are_used


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "optimizer",
    [
        lambda p: nn.SGD(p, 0.1, momentum=0.9, weight_decay=0.01),
        lambda p: nn.SGD(p, 0.1, momentum=0.9, nesterov=True),
        lambda p: nn.Adagrad(p, 0.1, weight_decay=0.01),
        lambda p: nn.RMSprop(p, 0.01, momentum=0.5),
        lambda p: nn.Adam(p, 0.05, weight_decay=0.01),
        lambda p: nn.AdamW(p, 0.05),
    ],
    ids=["SGD", "nesterov", "Adagrad", "RMSprop", "Adam", "AdamW"],
)
def test_every_optimizer_and_its_memory(optimizer, engine):
    schedule = nn.step_decay(2, 0.5)
    options = {"epochs": 5, "batch_size": 10, "schedule": schedule, "metrics": {"right": nn.accuracy}}
    assert_same_training(engine, small(output="sigmoid"), MOONS, "binary_cross_entropy", optimizer, **options)
    # What the optimiser remembers goes on from one fit to the next, and from tape to eager.
    results = []
    for engines in ((engine, "eager"), ("eager", engine), ("eager", "eager")):
        model = small(output="sigmoid")()
        steps = optimizer(model.parameters())
        for each in engines:
            history = nn.fit(model, *MOONS, loss="binary_cross_entropy", optimizer=steps, epochs=3, engine=each)
        results.append(history.loss)
        assert set(steps.steps.values()) == {6}
    assert results[0] == pytest.approx(results[2], rel=CLOSE)
    assert results[1] == pytest.approx(results[2], rel=CLOSE)


def stack(*middle):
    return lambda: nn.Sequential(
        nn.Linear(2, 6, generator=Generator(1)),
        *(make() for make in middle),
        nn.Linear(6, 1, generator=Generator(2)),
        "sigmoid",
    )


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "make",
    [
        stack(lambda: nn.Dropout(0.3, seed=5)),
        stack(lambda: nn.Dropout(0.3, seed=5), lambda: nn.Dropout(0.5, seed=6)),
        stack(lambda: nn.PReLU()),
        stack(lambda: nn.BatchNorm1d(6), lambda: "relu"),
        stack(lambda: nn.BatchNorm1d(6), lambda: nn.Dropout(0.5, seed=1)),
        lambda: nn.MLP(2, [4, 1], "maxout", "sigmoid", seed=1),
        lambda: nn.MLP(2, [4, 3, 1], "elu", "sigmoid", seed=1),
        lambda: nn.MLP(2, [4, 3, 1], "gelu", "sigmoid", seed=1),
    ],
    ids=["dropout", "two dropouts", "prelu", "batch norm", "batch norm, dropout", "maxout", "elu", "gelu"],
)
@pytest.mark.parametrize("size", [None, 8, 7])
def test_every_layer(make, size, engine, tapes_are_used):
    options = {"metrics": {"right": nn.accuracy}} if size == 7 else {}  # 24 = 3 · 7 + 3: the last batch is smaller
    assert_same_training(
        engine, make, MOONS, "binary_cross_entropy", lambda p: nn.SGD(p, 0.1), epochs=6, batch_size=size, **options
    )
    assert tapes_are_used


@pytest.mark.parametrize("engine", ENGINES)
def test_losses_of_a_user(engine, tapes_are_used):
    """Sums, maxima and penalties: a batch's loss need not be a mean over samples."""

    def summed(predictions, targets):
        return sum((p - y) ** 2 for p, y in zip(predictions, targets, strict=True))

    def worst(predictions, targets):
        terms = [(p - y) ** 2 for p, y in zip(predictions, targets, strict=True)]
        total = terms[0]
        for term in terms[1:]:
            total = nn.losses.autograd.maximum(total, term)
        return total

    for loss in (summed, worst):
        assert_same_training(engine, small(), MOONS, loss, lambda p: nn.SGD(p, 0.01), epochs=3, batch_size=7)
    model = small()()
    weights = model.parameters()

    def penalised(predictions, targets):
        return nn.mse_loss(predictions, targets) + nn.l2_penalty(weights, 0.01)

    histories = []
    for each in ("eager", engine):
        model.load_state_dict(small()().state_dict())
        histories.append(
            nn.fit(model, *MOONS, loss=penalised, optimizer=nn.SGD(weights, 0.1), epochs=5, engine=each).loss
        )
    assert histories[1] == pytest.approx(histories[0], rel=CLOSE)
    assert tapes_are_used


class Gated(nn.Module):
    """Another branch for samples to the left."""

    def __init__(self):
        self.weight, self.bias = [Value(0.5), Value(-0.5)], Value(0.1)

    def row(self, inputs):
        w = self.weight[0] if inputs[0] > 0 else self.weight[1]
        return w * inputs[1] + self.bias


@pytest.mark.parametrize("engine", ENGINES)
def test_a_branch_is_never_silently_wrong(engine):
    data = [[1.0, 2.0], [2.0, 1.0], [-1.0, 2.0], [0.5, -1.0]], [1.0, 0.0, 1.0, 0.0]
    expected = trained(
        "eager", Gated, data, "mse_loss", lambda p: nn.SGD(p, 0.1), epochs=3, batch_size=1, metrics={"m": nn.accuracy}
    )
    with pytest.warns(RuntimeWarning, match=r"another branch.*test_taped\.py:\d+"):
        model, history = trained(
            engine,
            Gated,
            data,
            "mse_loss",
            lambda p: nn.SGD(p, 0.1),
            epochs=3,
            batch_size=1,
            metrics={"m": nn.accuracy},
        )
    assert history.loss == pytest.approx(expected[1].loss, rel=CLOSE)
    assert history.metrics == expected[1].metrics
    assert [p.data for p in model.parameters()] == pytest.approx([p.data for p in expected[0].parameters()], rel=CLOSE)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("engine", ENGINES)
def test_a_loss_that_is_not_finite(engine):
    outcomes = []
    for each in ("eager", engine):
        model = nn.MLP(2, [3, 1], "relu", seed=1)
        optimizer = nn.SGD(model.parameters(), 1e5)
        with pytest.raises(FloatingPointError, match=r"the loss is (inf|nan) in epoch \d+") as error:
            nn.fit(model, *MOONS, loss="mse_loss", optimizer=optimizer, epochs=400, engine=each)
        outcomes.append((str(error.value).split(";")[0], model.state_dict()))
    assert outcomes[0][0] == outcomes[1][0]
    for key, numbers in outcomes[0][1].items():
        np.testing.assert_allclose(outcomes[1][1][key], numbers, rtol=1e-6)
        assert np.isfinite(numbers).all()


class Noisy(nn.Module):
    """Draws its own random numbers, of which a recording knows nothing."""

    def __init__(self):
        self.weight = [Value(0.5)]
        self.random = np.random.RandomState(0)

    def row(self, inputs):
        return self.weight[0] * inputs[0] * float(self.random.rand())


class Python(nn.Module):
    def __init__(self):
        self.weight = [Value(0.5)]

    def row(self, inputs):
        return self.weight[0] * math.sin(inputs[0])


@pytest.mark.parametrize("kind", [Noisy, Python])
def test_what_cannot_be_recorded_is_trained_eagerly(kind, tapes_are_used):
    options = {"loss": "mse_loss", "epochs": 100, "batch_size": 4}
    for engine in ENGINES:
        model = kind()
        with pytest.warns(RuntimeWarning, match=f"training runs eagerly, not on engine='{engine}'"):
            history = nn.fit(model, *MOONS, optimizer=nn.SGD(model.parameters(), 0.1), engine=engine, **options)
        assert len(history.loss) == 100
    model = kind()
    history = nn.fit(model, *MOONS, optimizer=nn.SGD(model.parameters(), 0.1), **options)
    assert len(history.loss) == 100
    assert history.engine[0].startswith("eager: ")
    assert not tapes_are_used
    with pytest.raises(ValueError, match="engine is"):
        nn.fit(model, *MOONS, optimizer=nn.SGD(model.parameters(), 0.1), engine="fast", **options)


@pytest.mark.parametrize("engine", ENGINES)
def test_an_optimizer_that_swaps(engine):
    """New state that is old state, in another place."""

    class Heavy(nn.Optimizer):
        memories = 2

        def update(self, p, g, memory, t):
            before, count = memory
            return p - self.lr * g + 0.5 * (p - before), (p, count + 1.0)

    assert_same_training(engine, small(), MOONS, "mse_loss", lambda p: Heavy(p, 0.05), epochs=5)


@pytest.mark.parametrize("engine", ENGINES)
def test_callbacks_validation_early_stopping_and_report(engine):
    outcomes = []
    for each in ("eager", engine):
        model = small(output="sigmoid")()
        seen = []
        history = nn.fit(
            model, *MOONS, loss="binary_cross_entropy", optimizer=nn.Adam(model.parameters(), 0.1), epochs=80, engine=each,
            validation=MOONS, callbacks=[lambda e, h, m, seen=seen: seen.append((e, m.parameters()[0].data)), lambda e, h, m: e == 59],
        )  # fmt: skip
        assert history.stopped
        assert [e for e, _ in seen] == list(range(60))
        outcomes.append(
            (history.validation, [w for _, w in seen], [r.grad_z for r in model.report(history.last_loss()).layers])
        )
    for got, expected in zip(outcomes[1], outcomes[0], strict=True):
        assert got == pytest.approx(expected, rel=1e-8)
    before = [(p.data, p.grad) for p in model.parameters()]
    model.report(history.last_loss())
    assert [(p.data, p.grad) for p in model.parameters()] == before


@pytest.mark.parametrize("engine", ENGINES)
def test_callbacks_may_change_the_model(engine):
    """Weights, frozen ones too, and running means, as a callback leaves them, are what the next epoch begins with."""
    outcomes = []
    for each in ("eager", engine):
        model = stack(lambda: nn.BatchNorm1d(6))()
        first, *others = model.parameters()

        def change(epoch, history, model, first=first):
            first.data *= 0.5
            model.parameters()[3].data = 0.1 * epoch
            model.steps[1].running_mean[0] = 7.0 + epoch

        optimizer = nn.Adam(others, 0.1)
        history = nn.fit(
            model, *MOONS, loss="binary_cross_entropy", optimizer=optimizer, epochs=6, engine=each, callbacks=[change]
        )
        outcomes.append((history.loss, model.state_dict()))
    assert outcomes[1][0] == pytest.approx(outcomes[0][0], rel=1e-7)
    for key, numbers in outcomes[0][1].items():
        np.testing.assert_allclose(outcomes[1][1][key], numbers, rtol=1e-5, atol=1e-7, err_msg=key)


def test_frozen_parameters_and_parameters_out_of_reach(tapes_are_used):
    for engine in ENGINES:
        model = nn.MLP(2, [3, 1], "tanh", seed=1)
        unused = Value(1.0)
        first = model.layers[0].neurons[0].bias
        optimizer = nn.Adam([p for p in [*model.parameters(), unused] if p is not first], 0.1, weight_decay=0.1)
        before = first.data
        nn.fit(model, *MOONS, loss="mse_loss", optimizer=optimizer, epochs=60, engine=engine)
        assert (first.data, unused.data, unused in optimizer.steps) == (before, 1.0, False)


def test_ctrl_c_keeps_the_model(monkeypatch):
    def interrupted(self, *arguments):
        if self.updates >= 3:
            raise KeyboardInterrupt
        return run(self, *arguments)

    run = descent.NumpyDescent.run
    monkeypatch.setattr(descent.NumpyDescent, "run", interrupted)
    model = small()()
    history = nn.fit(
        model, *MOONS, loss="mse_loss", optimizer=nn.SGD(model.parameters(), 0.1), epochs=500, engine="numpy"
    )
    assert history.stopped.startswith("interrupted in epoch")
    assert 1 <= len(history.loss) < 500
    assert model.parameters()[0].data != small()().parameters()[0].data


def test_nothing_happens_behind_the_models_back():
    """Recording and trying out leave gradients, running means and random states as they were."""
    model = stack(lambda: nn.BatchNorm1d(6), lambda: nn.Dropout(0.5, seed=1))()
    state = {key: numbers.copy() for key, numbers in model.state_dict().items()}
    draws = model.steps[2]._random.get_state()[2]
    optimizer = nn.SGD(model.parameters(), 0.0)
    from nn.training.eager import EagerEpochs

    rows, targets = [list(row) for row in MOONS[0]], list(MOONS[1])
    eager = EagerEpochs(model, rows, targets, nn.binary_cross_entropy, optimizer, 8, {})
    TapeEpochs(eager, 3, "numpy", True)
    assert all(p.grad is None for p in model.parameters())
    assert optimizer.lr == 0.0
    assert model.steps[2]._random.get_state()[2] == draws
    for key, numbers in model.state_dict().items():
        assert numbers.tolist() == state[key].tolist()


@pytest.mark.parametrize("engine", ["eager", *ENGINES])
def test_a_trained_model_can_be_copied_and_pickled(engine):
    model = small(output="sigmoid")()
    history = nn.fit(
        model, *MOONS, loss="mse_loss", optimizer=nn.SGD(model.parameters(), 0.1), epochs=60, engine=engine
    )
    loss = history.last_loss()
    for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert [p.data for p in twin.parameters()] == [p.data for p in model.parameters()]
        with pytest.raises(ValueError, match="no layer of this model is in the graph"):
            twin.report(loss)
    assert model.report(loss).layers[0].grad_w > 0


def test_prediction_on_arrays():
    model = nn.Sequential(nn.Linear(2, 5), nn.BatchNorm1d(5), "relu", nn.Dropout(0.5), nn.Linear(5, 3), "softmax")
    X = np.random.RandomState(0).rand(50, 2)
    model(X)  # running means
    with pytest.raises(ValueError, match="eval"):
        nn.Sequential(nn.Linear(2, 5), nn.Dropout(0.5)).compile()(X)
    model.eval()
    predict = model.compile()
    expected = np.array([[p.data for p in row] for row in model(X)])
    np.testing.assert_allclose(predict(X), expected, rtol=1e-12)
    np.testing.assert_allclose(predict(X[0]), expected[0], rtol=1e-12)
    model.steps[1].running_mean[:] = 3.0
    model.steps[0].neurons[0].bias.data = -1.0
    expected = np.array([[p.data for p in row] for row in model(X)])
    np.testing.assert_allclose(predict(X), expected, rtol=1e-12)
    single = nn.MLP(2, [3, 1], seed=0)
    assert single.compile()(X).shape == (50,)
    assert single.compile()([0.5, 1.0]) == pytest.approx(single([0.5, 1.0]).data, rel=1e-12)
    with pytest.raises(ValueError, match="shape"):
        single.compile()(np.zeros((2, 2, 2)))
    with pytest.raises(ValueError, match="2 inputs"):
        single.compile()(np.zeros((4, 3)))


CLASSES = [[1.0, 2.0], [2.0, 1.0], [-1.0, 2.0], [0.5, -1.0]], [1.0, 2.0, 0.0, 1.0]


def by_equality(predictions, targets):
    return sum((p - 3.0) ** 2 if y == 1 else p * p for p, y in zip(predictions, targets, strict=True)) / len(targets)


def by_membership(predictions, targets):
    return sum((p - 3.0) ** 2 if y in (1, 2) else p * p for p, y in zip(predictions, targets, strict=True)) / len(
        targets
    )


def by_count(predictions, targets):
    return sum((p - list(targets).count(1)) ** 2 for p in predictions) / len(targets)


def by_table(predictions, targets):
    weights = {0.0: 1.0, 1.0: 5.0, 2.0: 3.0}
    return sum(weights[y] * (p - y) ** 2 for p, y in zip(predictions, targets, strict=True)) / len(targets)


def by_default(predictions, targets):
    return sum({1.0: 5.0}.get(y, 1.0) * (p - y) ** 2 for p, y in zip(predictions, targets, strict=True)) / len(targets)


@pytest.mark.filterwarnings("ignore:training went on eagerly:RuntimeWarning")
@pytest.mark.parametrize("size", [None, 1, 2, 3])
@pytest.mark.parametrize("loss", [by_equality, by_membership, by_count, by_table, by_default])
def test_a_loss_that_asks_for_the_class_is_never_silently_wrong(loss, size):
    outcomes = []
    for engine in ("eager", "auto"):
        model = small()()
        history = nn.fit(
            model, *CLASSES, loss=loss, optimizer=nn.SGD(model.parameters(), 0.05), epochs=200, batch_size=size,
            seed=0, engine=engine,
        )  # fmt: skip
        outcomes.append(history.loss)
    assert outcomes[1] == pytest.approx(outcomes[0], rel=CLOSE)


class AskingForOne(nn.Module):
    def __init__(self):
        self.weight, self.bias = [Value(0.5), Value(-0.5)], Value(0.1)

    def row(self, inputs):
        return (self.weight[0] if inputs[0] == 1 else self.weight[1]) * inputs[1] + self.bias


def test_a_module_that_compares_its_inputs_by_equality():
    for engine in ENGINES:
        model = AskingForOne()
        predict = model.compile(engine)
        rows = [[1.0, 2.0], [2.0, 3.0], [1.0, 4.0]]
        assert predict(rows).tolist() == [model(row).data for row in rows]


@pytest.mark.parametrize(("epochs", "engine"), [(55, "eager: "), (60, "numpy: a whole batch of 4")])
def test_a_batch_is_recorded_whole_only_where_that_pays(epochs, engine):
    X, y = nn.datasets.gate("xor")
    model = nn.MLP(2, [3, 1], batch_norm=True, seed=0)
    optimizer = nn.SGD(model.parameters(), lr=0.1)
    history = nn.fit(model, X, y, loss="mse_loss", optimizer=optimizer, epochs=epochs)
    assert str(history.engine).startswith(engine)
    assert ("pays from 60 updates" in str(history.engine)) == (epochs < 60)
