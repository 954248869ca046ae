"""compile: of its own gradients, within another compiled function, and copies, which read the same weights."""

import copy
import pickle

import numpy as np
import pytest

import autograd
from autograd import Value, gradients

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


def cubic(x, y=1.0):
    return x**3 * y


def test_compile_of_grad_and_grad_of_compiled():
    f = autograd.compile(cubic)
    slope = autograd.compile(f.grad)
    assert slope(2.0) == 12.0
    assert slope.grad(2.0) == 12.0
    assert slope(np.array([1.0, 2.0])).tolist() == [3.0, 12.0]
    assert autograd.compile(slope.grad).grad(2.0) == 6.0
    assert autograd.compile(autograd.compile(f))(2.0) == 8.0
    assert autograd.compile(lambda x: f.hessian(x)[0, 0])(2.0) == 12.0
    assert autograd.compile(lambda x: f.value_and_grad(x)[0] + f.grad(x))(2.0) == 20.0
    x = Value(2.0)
    assert gradients(f.grad(x), x) == (12.0,)
    value, (dx, dy) = f.value_and_grad(x, 3.0)
    assert (value.data, dx.data, dy.data) == (24.0, 36.0, 8.0)
    newton = autograd.compile(lambda x: x - f(x) / f.grad(x))
    assert newton(3.0) == 2.0


def test_an_inner_compile_that_captures_a_value_of_the_outer_one():
    def outer(x):
        inner = autograd.compile(lambda t: t * x)
        return x + inner(2.0)

    f = autograd.compile(outer)
    assert [f(1.0), f(5.0), f(1.0)] == [3.0, 15.0, 3.0]
    w = Value(2.0)
    kept = autograd.compile(lambda t: t * w)
    g = autograd.compile(lambda x: x * kept(3.0))
    assert g(1.0) == 6.0
    w.data = 5.0
    assert g(1.0) == 15.0


WEIGHT = Value(2.0)


@autograd.compile
def weighted(x):
    return WEIGHT * x


def test_copies_read_the_same_weights():
    w = Value(2.0)
    f = autograd.compile(lambda x: w * x)
    assert f(3.0) == 6.0
    copies = [copy.copy(f), copy.deepcopy(f)]
    weighted(1.0)
    copies += [copy.deepcopy(weighted), pickle.loads(pickle.dumps(weighted))]
    w.data = WEIGHT.data = 5.0
    assert [c(3.0) for c in copies] == [15.0] * 4
    WEIGHT.data = 2.0
