"""`descend` with every optimiser, and Newton's method in `fit`."""

import math

import pytest

import nn
import viz
from autograd import Value, gradients
from nn.optim import OPTIMIZERS


def bowl(x, y):
    return (x - 1) ** 2 + 10 * y**2


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("form", ["name", "class"])
def test_every_optimiser_goes_down(name, form):
    optimizer = name if form == "name" else OPTIMIZERS[name]
    path = nn.descend(bowl, (3.0, 1.0), lr=0.05, steps=60, optimizer=optimizer)
    assert path[0] == (3.0, 1.0)
    assert len(path) == 61
    assert bowl(*path[-1]) < 0.6 * bowl(*path[0])


def test_the_path_is_that_of_the_loop_by_hand():
    path = nn.descend(bowl, [3.0, 1.0], 0.05, 10, "sgd", momentum=0.9, nesterov=True)
    place = [Value(3.0), Value(1.0)]
    optimizer = nn.SGD(place, 0.05, momentum=0.9, nesterov=True)
    by_hand = [(3.0, 1.0)]
    for _ in range(10):
        optimizer.zero_grad()
        bowl(*place).backward()
        optimizer.step()
        by_hand.append(tuple(p.data for p in place))
    assert path == by_hand


def test_newton_needs_one_step_on_a_bowl_and_finds_a_maximum_too():
    assert nn.descend(bowl, (3.0, 1.0), lr=1.0, steps=1, optimizer="newton")[-1] == pytest.approx((1.0, 0.0))
    path = nn.descend(lambda x: x**4 - 2 * x**2, 0.2, lr=1.0, steps=6, optimizer=nn.Newton)
    assert path[-1] == pytest.approx(0.0, abs=1e-12)
    with pytest.raises(ValueError, match="singular"):
        nn.descend(lambda x: 3 * x, 0.2, lr=1.0, optimizer="newton")


def test_a_path_ends_where_numbers_end():
    assert all(map(math.isfinite, nn.descend(lambda x: x**4, 50.0, 1.0, 50)))
    with pytest.raises(TypeError, match="a function that computes a Value"):
        nn.descend(lambda x: 1.0, 2.0)
    with pytest.raises(ValueError, match="unknown optimiser 'adan': did you mean adam?"):
        nn.descend(bowl, (1.0, 1.0), optimizer="adan")
    assert viz.descend is nn.descend


def test_newton_in_fit():
    """A linear regression is a bowl: one step is enough."""
    X, y = [[0.0], [1.0], [2.0]], [1.0, 3.0, 5.0]
    model = nn.Linear(1, 1)
    history = nn.fit(model, X, y, loss="mse_loss", optimizer=nn.Newton(model.parameters()), epochs=2)
    assert history.loss[1] < 1e-20
    assert [p.data for p in model.parameters()] == pytest.approx([2.0, 1.0])
    assert max(map(abs, gradients(nn.mse_loss(model(X), y), model.parameters()))) < 1e-12
