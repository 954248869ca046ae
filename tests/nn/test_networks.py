"""Layers, containers, saving, losses: networks before they are trained."""

import math

import numpy as np
import pytest

import nn
from autograd import Value


def numbers(rows):
    return [[v.data for v in row] for row in rows]


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
