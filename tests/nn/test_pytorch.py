"""Losses, activations, optimisers, norms, clips and first weights are PyTorch's: its numbers are in torch_reference.json."""

import json
from pathlib import Path

import numpy as np
import pytest

import autograd
import nn
from autograd import Value
from nn.init import Generator

REFERENCE = json.loads(Path(__file__).with_name("torch_reference.json").read_text(encoding="utf-8"))


def close(ours, theirs, rel=1e-12):
    np.testing.assert_allclose(np.array(ours, float), np.array(theirs, float), rtol=rel, atol=1e-12)


@pytest.mark.parametrize("case", REFERENCE["losses"], ids=lambda case: case[0])
def test_losses(case):
    name, predictions, targets, value, grads = case
    nested = np.ndim(predictions) == 2
    leaves = [[Value(p) for p in row] for row in predictions] if nested else [Value(p) for p in predictions]
    loss = getattr(nn, name)(leaves, targets)
    loss.backward()
    close(loss.data, value)
    flat = [leaf for row in leaves for leaf in row] if nested else leaves
    # PyTorch's bound of p (1 - p) in binary_cross_entropy is 1e-12 in float32, which is 4e-9 off
    close([leaf.grad or 0.0 for leaf in flat], np.ravel(grads), 1e-8 if name == "binary_cross_entropy" else 1e-12)
    if not nested:  # (m, 1) means the same as (m,)
        columns = getattr(nn, name)([[leaf] for leaf in leaves], [[y] for y in targets])
        assert columns.data == loss.data


@pytest.mark.parametrize("name", REFERENCE["activations"])
def test_activations(name):
    points, values, grads = REFERENCE["activations"][name]
    leaves = [Value(x) for x in points]
    outputs = [nn.activations.activation_function(name)(leaf) for leaf in leaves]
    autograd.sum(outputs).backward()
    close([output.data for output in outputs], values)
    close([leaf.grad for leaf in leaves], grads)


@pytest.mark.parametrize("case", REFERENCE["optimizers"], ids=lambda case: f"{case[0]} {case[1]}")
def test_optimizers_over_100_steps(case):
    name, options, expected = case
    w = [Value(1.5), Value(-2.0)]
    optimizer = getattr(nn, name)(w, **options)
    for _ in range(100):
        optimizer.zero_grad()
        ((w[0] * w[1] - 1) ** 2 + autograd.sin(w[0] * 3) + w[1] ** 2).backward()
        optimizer.step()
    close([p.data for p in w], expected)


@pytest.mark.parametrize("case", REFERENCE["clipping"], ids=str)
def test_clipping_by_norm(case):
    grads, limit, norm, expected = case
    leaves = [Value(0.0) for _ in grads]
    for leaf, grad in zip(leaves, grads, strict=True):
        leaf.grad = grad
    close(nn.clip_grad_norm_(leaves, limit), norm)
    close([leaf.grad for leaf in leaves], expected)


def test_schedules():
    ours = {
        "step_decay": nn.step_decay(3, 0.5),
        "exponential_decay": nn.exponential_decay(0.9),
        "cosine_decay": nn.cosine_decay(10),
    }
    for name, rates in REFERENCE["schedules"].items():
        close([ours[name](epoch) for epoch in range(10)], rates)


def test_batch_norm():
    reference = REFERENCE["batch_norm"]
    norm = nn.BatchNorm1d(3)
    for _ in range(3):
        norm.zero_grad()
        leaves = [[Value(x) for x in row] for row in reference["X"]]
        outputs = norm(leaves)
        autograd.sum([y**3 for row in outputs for y in row]).backward()
    values, grads, weight_grads = reference["train"]
    close([[y.data for y in row] for row in outputs], values)
    close([[x.grad for x in row] for row in leaves], grads, 1e-9)
    close([w.grad for w in norm.weight], weight_grads, 1e-9)
    state = norm.state_dict()
    assert set(state) == set(reference["state"])
    for key, numbers in reference["state"].items():
        assert state[key].shape == np.shape(numbers)
        close(state[key], numbers)
    close([[y.data for y in row] for row in norm.eval()(reference["X"])], reference["eval"])
    fresh = nn.BatchNorm1d(3)
    fresh.load_state_dict(reference["state"])
    close([[y.data for y in row] for row in fresh.eval()(reference["X"])], reference["eval"])


def test_first_weights_are_bit_for_bit():
    model = nn.MLP(2, [10, 10, 10, 1], activation="sigmoid", output="sigmoid", init="torch", seed=777)
    for ours, theirs in zip(model.state_dict().values(), REFERENCE["first_weights"]["torch"], strict=True):
        assert ours.tolist() == theirs
    assert (
        f"{model.state_dict()['0.weight'][0, 0]:.8f} {model.state_dict()['0.weight'][0, 1]:.8f}"
        == "-0.59126103 -0.01253355"
    )
    for init in ("xavier_uniform", "he_uniform", "uniform"):
        assert Generator(3).draw(init, (7, 5), 5, 7).tolist() == REFERENCE["first_weights"][init]


@pytest.mark.parametrize("engine", ["numpy", "native"])
def test_xor_is_trained_as_pytorch_trains_it(engine):
    """S3: within 1e-12 up to epoch 5200, shortly before rounding errors grow tenfold in two epochs."""
    X, y = nn.datasets.gate("xor")
    model = nn.MLP(2, [10, 10, 10, 1], activation="sigmoid", output="sigmoid", init="torch", seed=777)
    optimizer = nn.SGD(model.parameters(), lr=1.0)
    history = nn.fit(model, X, y, loss="binary_cross_entropy", optimizer=optimizer, epochs=5201, engine=engine)
    np.testing.assert_allclose(history.loss[::100], REFERENCE["xor"], rtol=1e-12, atol=0.0)


def test_normal_draws_have_their_variance():
    for init, variance in {"xavier_normal": 2 / 30, "he_normal": 2 / 10, "lecun_normal": 1 / 10, "normal": 1.0}.items():
        numbers = Generator(0).draw(init, (200, 200), 10, 20)
        assert numbers.var() == pytest.approx(variance, rel=0.03)
        assert numbers.mean() == pytest.approx(0.0, abs=0.02)
        assert (numbers == Generator(0).draw(init, (200, 200), 10, 20)).all()
    assert not Generator(0).draw("zeros", (3, 3), 3, 3).any()
    for bad in ("xavier", "he_", "orthogonal", ""):
        with pytest.raises(ValueError, match="unknown init"):
            Generator(0).draw(bad, (1, 1), 1, 1)
