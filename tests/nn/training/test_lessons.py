"""The systems of the learners' texts, trained as the texts train them."""

import numpy as np
import pytest

import autograd
import nn
from autograd import Value, gradients
from nn.training.fit import fit
from tests.nn.training import both

both_engines = both.both_engines


def numbers(rows):
    return [[v.data for v in row] for row in rows]


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
