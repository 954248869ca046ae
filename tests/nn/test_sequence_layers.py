"""Layers for sequences, against NumPy's own arithmetic."""

import numpy as np
import pytest

import nn
from autograd import Value, gradients

ROWS = np.random.RandomState(0).normal(size=(5, 8))


def numbers(rows):
    return np.array([[float(getattr(x, "data", x)) for x in row] for row in rows])


def state_of(module):
    return {
        key: array + 0.1 * np.random.RandomState(len(key)).normal(size=array.shape)
        for key, array in module.state_dict().items()
    }


def layer_norm(x, weight, bias):
    centred = x - x.mean(axis=1, keepdims=True)
    return centred / np.sqrt((centred**2).mean(axis=1, keepdims=True) + 1e-5) * weight + bias


def rms_norm(x, weight):
    return x / np.sqrt((x**2).mean(axis=1, keepdims=True) + 1e-5) * weight


def attention(x, query, key, value, out, heads=2):
    q, k, v = (x @ matrix.T for matrix in (query, key, value))
    mixed = np.empty_like(x)
    size = x.shape[1] // heads
    for head in range(heads):
        part = slice(head * size, (head + 1) * size)
        scores = q[:, part] @ k[:, part].T / np.sqrt(size)
        scores[np.triu_indices(len(x), 1)] = -np.inf
        weights = np.exp(scores - scores.max(axis=1, keepdims=True))
        mixed[:, part] = weights / weights.sum(axis=1, keepdims=True) @ v[:, part]
    return mixed @ out.T


@pytest.mark.parametrize(
    ("make", "formula"),
    [
        (lambda: nn.LayerNorm(8), layer_norm),
        (lambda: nn.RMSNorm(8), rms_norm),
        (lambda: nn.CausalAttention(8, heads=2, seed=0), attention),
        (lambda: nn.CausalAttention(8, seed=1), lambda x, **matrices: attention(x, **matrices, heads=1)),
    ],
)
def test_forward_and_gradient(make, formula):
    """Outputs are the formula's, and the gradient is the slope of the formula."""
    module = make()
    state = state_of(module)
    module.load_state_dict(state)
    upstream = np.random.RandomState(1).normal(size=ROWS.shape)
    leaves = [[Value(x) for x in row] for row in ROWS]
    outputs = module(leaves)
    np.testing.assert_allclose(numbers(outputs), formula(ROWS, **state), rtol=1e-12)
    total = sum(u * y for us, ys in zip(upstream, outputs, strict=True) for u, y in zip(us, ys, strict=True))
    h = 1e-6
    for i, j in ((0, 0), (2, 3), (4, 7)):
        step = np.zeros_like(ROWS)
        step[i, j] = h
        slope = ((formula(ROWS + step, **state) - formula(ROWS - step, **state)) * upstream).sum() / (2 * h)
        assert gradients(total, leaves[i][j])[0] == pytest.approx(slope, rel=1e-6)
    for key, array in module.arrays().items():
        place = tuple(n // 2 for n in array.shape)
        higher, lower = ({k: a.copy() for k, a in state.items()} for _ in range(2))
        higher[key][place] += h
        lower[key][place] -= h
        slope = ((formula(ROWS, **higher) - formula(ROWS, **lower)) * upstream).sum() / (2 * h)
        assert gradients(total, array[place])[0] == pytest.approx(slope, rel=1e-6, abs=1e-9)


def test_attention_looks_back_only():
    module = nn.CausalAttention(8, heads=2, seed=0)
    whole = numbers(module(ROWS))
    for length in range(1, len(ROWS)):
        assert numbers(module(ROWS[:length])).tolist() == whole[:length].tolist()
    for place, row in enumerate(module.weights(ROWS.tolist())):
        for shares in row:
            assert len(shares) == place + 1
            assert sum(share.data for share in shares) == pytest.approx(1.0)


def test_an_embedding_gives_rows_and_its_gradient_is_of_the_rows_used():
    table = nn.Embedding(4, 3, seed=0)
    assert table.state_dict()["weight"].shape == (4, 3)
    rows = table([2, np.int64(0), 2])
    assert rows[0] is table.weight[2]
    sum(x for row in rows for x in row).backward()
    assert [[leaf.grad for leaf in row] for row in table.weight] == [[1.0] * 3, [None] * 3, [2.0] * 3, [None] * 3]


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        (lambda: nn.Embedding(4, 3)([4]), IndexError, "there are 4 tokens, from 0 to 3; got 4"),
        (lambda: nn.Embedding(4, 3)([-1]), IndexError, "got -1"),
        (lambda: nn.Embedding(4, 3)([1.0]), TypeError, "indices of tokens, as ints; got 1.0 of type float"),
        (lambda: nn.Embedding(4, 3)([Value(1.0)]), TypeError, "indices of tokens"),
        (lambda: nn.CausalAttention(8, heads=3), ValueError, "3 of them do not fit into 8"),
        (lambda: nn.RMSNorm(3)([1.0, 2.0]), ValueError, "3 features, got 2"),
        (lambda: nn.LayerNorm(3)([1.0, 2.0]), ValueError, "3 features, got 2"),
        (lambda: nn.CausalAttention(4)([[1.0, 2.0]]), ValueError, "4 features, got 2"),
    ],
)
def test_wrong_input_is_an_error_that_says_so(wrong, error, message):
    with pytest.raises(error, match=message):
        wrong()
