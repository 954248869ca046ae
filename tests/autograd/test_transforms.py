"""Transforms against numbers of JAX (64 bits), against closed forms, and in nests."""

import math
import threading
from collections import namedtuple

import numpy as np
import pytest

import autograd
from autograd import (
    Value,
    compile,
    cos,
    cosh,
    exp,
    grad,
    hessian,
    hvp,
    jacobian,
    jvp,
    log,
    sin,
    sinh,
    tanh,
    value_and_grad,
)  # fmt: skip

Point = namedtuple("Point", "x y")

FIFTH = [  # the fifth derivatives that JAX gives
    (tanh, 0.6, -6.139622475082449),
    (lambda x: sin(x) * exp(-(x**2)), 1.4, 15.099441871025604),
    (lambda x: log(1 + exp(x)), 0.6, 0.11632768176917767),
    (lambda x: x**5.5, 1.4, 384.36030840825316),
    (lambda x: exp(sin(exp(x))), 0.6, 810.5917172360278),
    (lambda x: autograd.arctan(x) * cosh(x), 0.6, -2.035331501603062),
    (lambda x: sinh(x) / (2 + cos(x)), 1.4, 8.556183693514146),
    (lambda x: x**x, 0.6, -39.91551478141152),
]
NESTED = [  # a function of x that differentiates within, x, and its derivative as JAX gives it
    (lambda x: x * grad(lambda y: x + y)(x), 0.6, 1.0),
    (lambda x: grad(lambda y: sin(x * y) * grad(lambda z: z**3 * y * x)(y))(x), 0.6, 7.32813484317357),
    (lambda x: grad(lambda y: grad(lambda z: grad(lambda w: exp(x * y * z * w))(z))(y))(x), -0.9, 170.8979632413043),
    (lambda x: grad(lambda y: x**2 * y**3 + grad(lambda z: z * y * sin(x))(x * y))(cos(x)), 0.6, 2.2709773601230863),
    (lambda x: grad(lambda a: grad(lambda b: grad(lambda c: grad(lambda d: tanh(a * b * c * d + x))(c))(b))(a))(x),
     -0.9, 1071.1451183233585),
]  # fmt: skip


def repeated(f, order):
    for _ in range(order):
        f = grad(f)
    return f


@pytest.mark.parametrize(("f", "x", "expected"), FIFTH)
def test_fifth_derivatives(f, x, expected):
    assert repeated(f, 5)(x) == pytest.approx(expected, rel=1e-11)
    assert compile(repeated(f, 5))(x) == pytest.approx(expected, rel=1e-11)


@pytest.mark.parametrize(("f", "x", "expected"), NESTED)
def test_nested_transforms_are_not_confused(f, x, expected):
    assert grad(f)(x) == pytest.approx(expected, rel=1e-12)
    assert compile(grad(f))(x) == pytest.approx(expected, rel=1e-12)
    assert hvp(lambda x: f(x) * 1.0, (x,), (2.0,)) == pytest.approx(2 * grad(grad(f))(x), rel=1e-12)
    assert jvp(f, (x,), (2.0,))[1] == pytest.approx(2 * expected, rel=1e-12)


# ── Hessians of 50 variables against closed forms ─────────────────────────────────────────────────────────────────────

PLACE = np.linspace(-1.2, 1.5, 50)
RANDOM = np.random.default_rng(0).normal(size=(50, 50))


def rosenbrock(x):
    return autograd.sum([100 * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2 for i in range(len(x) - 1)])


def rosenbrock_hessian(x):
    matrix = np.zeros((len(x), len(x)))
    for i in range(len(x) - 1):
        matrix[i, i] += 1200 * x[i] ** 2 - 400 * x[i + 1] + 2
        matrix[i + 1, i + 1] += 200
        matrix[i, i + 1] = matrix[i + 1, i] = -400 * x[i]
    return matrix


def probabilities(x):
    return np.exp(x) / np.exp(x).sum()


HESSIANS = [
    (rosenbrock, rosenbrock_hessian),
    (lambda x: x @ RANDOM @ x, lambda x: RANDOM + RANDOM.T),
    (lambda x: np.log(np.sum(np.exp(x))), lambda x: np.diag(probabilities(x)) - np.outer(*[probabilities(x)] * 2)),
    (lambda x: np.sum(np.sin(x)) ** 2,
     lambda x: 2 * np.outer(np.cos(x), np.cos(x)) - np.diag(2 * np.sin(x).sum() * np.sin(x))),
    (lambda x: np.sqrt(1 + np.sum(x**2)),
     lambda x: (np.eye(50) - np.outer(x, x) / (1 + x @ x)) / np.sqrt(1 + x @ x)),
]  # fmt: skip


@pytest.mark.parametrize(("f", "closed_form"), HESSIANS)
def test_hessians_of_50_variables(f, closed_form):
    expected, scale = closed_form(PLACE), max(1.0, np.abs(closed_form(PLACE)).max())
    found = hessian(f)(PLACE)
    assert found.shape == (50, 50)
    assert found.dtype == float
    assert np.abs(found - expected).max() < 1e-10 * scale
    direction = np.linspace(2.0, -1.0, 50)
    assert np.abs(hvp(f, (PLACE,), (direction,)) - expected @ direction).max() < 1e-10 * 50 * scale


# ── Shapes ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_derivatives_keep_the_shape_of_what_they_are_by():
    def f(given):
        a, (b, c) = given["a"], given["rest"]
        return a * b[0] * b[1] + np.sum(c * c) * a

    slope = grad(f)({"a": 2.0, "rest": ([3.0, 5.0], np.array([[1.0, 2.0]]))})
    assert slope["a"] == 20.0
    assert slope["rest"][0] == [10.0, 6.0]
    assert slope["rest"][1].tolist() == [[4.0, 8.0]]
    assert grad(lambda p: p.x * p.y**2)(Point(2.0, 3.0)) == Point(9.0, 12.0)
    assert isinstance(grad(lambda p: p.x * p.y)(Point(2, 3)), Point)
    assert grad(lambda x: 3 * x)(np.float64(2)) == grad(lambda x: 3 * x)(True) == 3.0
    assert grad(lambda x: x[()] ** 2)(np.array(3.0)) == 6.0
    assert grad(lambda x: np.sum(x) * 1.0)(np.zeros((0, 2))).shape == (0, 2)


def test_argnums_choose_the_arguments():
    def f(x, y, *, scale=1.0):
        return scale * x * y**2

    assert grad(f)(2.0, 3.0) == 9.0
    assert grad(f, 1)(2.0, 3.0, scale=10.0) == grad(f, -1)(2.0, 3.0, scale=10.0) == 120.0
    assert grad(f, (1, 0))(2.0, 3.0) == (12.0, 9.0)
    assert hessian(f, (0, 1))(2.0, 3.0) == ((0.0, 6.0), (6.0, 4.0))
    assert value_and_grad(f, argnums=1)(2.0, 3.0) == (18.0, 12.0)
    assert grad(f, 0)(2.0, "text".count("t")) == 4.0
    assert grad(lambda x, mode: x if mode == "same" else -x)(2.0, "other") == -1.0


def test_jacobians_of_containers_by_containers():
    J = jacobian(lambda x: np.array([[x[0] * x[1], x[1]], [x[2], 3.0]]))(np.array([2.0, 3.0, 4.0]))
    assert J.tolist() == [[[3, 2, 0], [0, 1, 0]], [[0, 0, 1], [0, 0, 0]]]
    by_name = jacobian(lambda x: {"product": x[0] * x[1], "both": [x[0], x[1]]})([2.0, 3.0])
    assert by_name == {"product": [3.0, 2.0], "both": [[1.0, 0.0], [0.0, 1.0]]}
    assert jacobian(lambda x, y: (x + y, x * y), (0, 1))(2.0, 3.0) == ((1.0, 1.0), (3.0, 2.0))
    assert jacobian(lambda x: Point(x, -x))(np.array([1.0, 2.0])).y.tolist() == [[-1, 0], [0, -1]]
    assert jacobian(grad(lambda x: x[0] * x[1] ** 2))([2.0, 3.0]) == hessian(lambda x: x[0] * x[1] ** 2)([2.0, 3.0])


def test_jvp_is_jacobian_times_tangents():
    def f(x, w):
        return {"z": np.tanh(w @ x), "n": np.sum(x * x)}

    x, w = np.array([0.3, -0.4]), np.array([[1.0, 2.0], [-1.0, 0.5]])
    dx, dw = np.array([2.0, 1.0]), np.array([[0.5, 0.0], [1.0, -1.0]])
    value, change = jvp(f, (x, w), (dx, dw))
    z = np.tanh(w @ x)
    assert np.allclose(value["z"], z, rtol=1e-15)
    assert np.allclose(change["z"], (1 - z**2) * (dw @ x + w @ dx), rtol=1e-14)
    assert change["n"] == pytest.approx(2 * x @ dx, rel=1e-15)
    assert jvp(lambda x: (x, 5.0), (2.0,), (7.0,)) == ((2.0, 5.0), (7.0, 0.0))


# ── Values, graphs, recordings ────────────────────────────────────────────────────────────────────────────────────────


def test_values_give_values_and_nothing_is_cut_off():
    x = Value(2.0, "x")
    slope = grad(lambda x: x**3)(x)
    slope.backward()
    assert (slope.data, x.grad) == (12.0, 12.0)
    w = Value(3.0, "w")  # a weight that the function uses: a penalty on the slope trains it
    value, slope = value_and_grad(lambda x: w * x**2)(2.0)
    (value + slope).backward()
    assert (value.data, slope.data, w.grad) == (12.0, 12.0, 8.0)
    assert [entry.data for entry in hessian(lambda v: w * v[0] * v[1])([1.0, 2.0])[0]] == [0.0, 3.0]
    assert jvp(lambda x: w * x, (1.0,), (2.0,))[1].data == 6.0
    assert grad(lambda x: 3 * x)(Value(1.0)).data == 3.0
    assert grad(lambda x: Value(3.0) * x)(1.0).data == 3.0  # one that is made within may be a weight too
    assert grad(lambda x: grad(lambda y: 3 * y)(x) * x)(2.0) == 3.0  # no Value of the user's
    array = grad(lambda v: np.sum(v * v))(np.array([Value(1.0), Value(2.0)]))
    assert [entry.data for entry in array] == [2.0, 4.0]


def test_no_grad_attribute_is_touched():
    w, x = Value(3.0, "w"), Value(2.0, "x")
    grad(lambda x: w * x)(x)
    hessian(lambda x: w * x)(1.0)
    assert w.grad is x.grad is None


def test_a_long_history_is_not_walked_again():
    """A step of Newton's rule within a differentiated loop costs the same, however many went before."""
    import autograd.order as order

    seen = []

    def root(a):
        x = a
        for _ in range(30):
            x = x - (x * x - a) / grad(lambda x: x * x)(x)
        return x

    original = order.fresh_order
    try:
        order.fresh_order = lambda *given: (seen.append(found := original(*given)), found)[1]
        assert grad(root)(2.0) == pytest.approx(1 / (2 * math.sqrt(2)), rel=1e-14)
    finally:
        order.fresh_order = original
    assert sorted(len(found[0]) for found in seen)[-2] < 10


def test_transforms_are_compiled():
    def f(x, y):
        return x**3 * y if x > 0 else -x * y

    fast = compile(grad(f, (0, 1)))
    for _ in range(2):
        assert [fast(2.0, 3.0), fast(-2.0, 3.0)] == [(36.0, 8.0), (-3.0, 2.0)]
    assert fast(np.array([2.0, -2.0]), 3.0)[0].tolist() == [36.0, -3.0]
    assert compile(grad(f)).value_and_grad(2.0, 3.0) == (36.0, (36.0, 12.0))
    assert grad(compile(f))(2.0, 3.0) == 36.0


RATE = 2.0


def test_a_compiled_transform_sees_changes(monkeypatch):
    w = Value(3.0, "w")
    slope = compile(grad(lambda x: RATE * w * x**2))
    assert slope(1.0) == 12.0
    w.data = 5.0
    assert slope(1.0) == 20.0
    monkeypatch.setitem(globals(), "RATE", 3.0)
    assert slope(1.0) == 30.0
    within = compile(lambda x: grad(lambda y: w * y * y)(3.0) * x)  # of a plain number, while recording
    assert within(1.0) == 30.0
    w.data = 1.0
    assert within(1.0) == 6.0


def test_transforms_work_within_no_grad():
    w = Value(3.0)
    with autograd.no_grad():
        assert grad(lambda x: x**3)(2.0) == 12.0
        assert hessian(lambda x: x[0] * x[1])([2.0, 3.0]) == [[0.0, 1.0], [1.0, 0.0]]
        assert jvp(tanh, (0.0,), (2.0,)) == (0.0, 2.0)
        assert grad(lambda x: w * x)(2.0).data == 3.0
        assert (w * 2).op is None


def test_threads_differentiate_at_once():
    found = []
    work = [threading.Thread(target=lambda: found.append(repeated(tanh, 4)(0.3))) for _ in range(4)]
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()
    assert found == [repeated(tanh, 4)(0.3)] * 4


# ── Edges ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_has_no_influence_is_0_or_an_error():
    def f(x, rest):
        return x * rest["a"] + autograd.where(rest["c"] > 0, 1.0, 2.0)

    given = 2.0, {"a": 3.0, "b": [4.0, 5.0], "c": 6.0}
    assert grad(f, 1)(*given) == {"a": 2.0, "b": [0.0, 0.0], "c": 0.0}
    assert grad(f, allow_unused=False)(*given) == 3.0
    for transform in (grad, value_and_grad, jacobian, hessian):
        with pytest.raises(ValueError, match=r"f does not depend on rest\['b'\]\[0\], rest\['b'\]\[1\], rest\['c'\]"):
            transform(f, 1, allow_unused=False)(*given)
    assert grad(lambda x: 5.0)(1.0) == 0.0
    assert grad(lambda x: x, allow_unused=False)(1.0) == 1.0
    with pytest.raises(ValueError, match="x"):
        grad(lambda x: 5.0, allow_unused=False)(1.0)


def test_a_branch_that_was_not_taken_passes_nothing():
    assert grad(lambda x: autograd.sqrt(autograd.relu(x)))(-1.0) == 0.0
    assert jvp(lambda x: autograd.relu(x) * 3, (-1.0,), (3.0,)) == (0.0, 0.0)
    assert hessian(lambda x: autograd.relu(x) ** 2)(-1.0) == 0.0


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: grad(3.0), r"write grad\(f\)\(x\), not grad\(f\(x\)\)"),
        (lambda: hvp(3.0, (1.0,), (1.0,)), "expected a function, got 3.0"),
        (lambda: grad(lambda x: [x, x])(1.0), "expected one number.*use jacobian"),
        (lambda: hessian(lambda x: x)(np.ones(2)), "expected one number"),
        (lambda: grad(lambda x: None)(1.0), "is its return missing"),
        (lambda: grad(lambda x: x)("a"), "differentiated by x: expected a real number .*'a'"),
        (lambda: grad(lambda x: x)({"k": [1.0, None]}), r"by x\['k'\]\[1\]"),
        (lambda: grad(lambda x: x)(np.array([1j])), "1j"),
        (lambda: grad(lambda x: x, 1)(1.0), "argnums=1"),
        (lambda: grad(lambda x: x)(x=1.0), "argnums=0: .* was given 0 by position"),
        (lambda: jvp(sin, 1.0, 1.0), r"as \(x,\)"),
        (lambda: jvp(sin, (1.0,), ([1.0],)), "tangents have the shapes of primals"),
        (lambda: hvp(lambda x: np.sum(x), (np.ones(2),), (np.ones(3),)), "tangents have the shapes of primals"),
    ],
)
def test_errors_tell_what_to_do(wrong, message):
    with pytest.raises((TypeError, ValueError), match=message):
        wrong()


def test_transforms_have_names():
    assert repr(grad(grad(sin))).startswith("<function grad(grad(sin)) at ")
    assert grad(rosenbrock).__name__ == "grad(rosenbrock)"


def test_warnings_name_the_variable():
    with pytest.warns(RuntimeWarning, match=r"log\(p\['a'\]\) is -inf"):
        assert grad(lambda p: log(p["a"]))({"a": 0.0}) == {"a": math.inf}
