"""compile: recorded at the first call, replayed after, and never silently wrong where the program branches."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
from autograd import Value, gradients
from autograd.tape.recordings import FREE

ENGINES = ["numpy", "native"]


@pytest.mark.parametrize("engine", ENGINES)
def test_value_gradient_and_hessian(engine):
    @autograd.compile
    def rosenbrock(x, y):
        return (1 - x) ** 2 + 100 * (y - x**2) ** 2

    rosenbrock.engine = engine
    assert rosenbrock.__name__ == "rosenbrock"
    assert rosenbrock(1.0, 1.0) == 0.0
    assert rosenbrock.value_and_grad(-1.0, 2.0) == (104.0, (396.0, 200.0))
    assert rosenbrock.grad(1.0, 1.0) == (0.0, 0.0)
    assert rosenbrock.hessian(-1.0, 2.0).tolist() == [[402.0, 400.0], [400.0, 200.0]]
    x = np.linspace(-1, 1, 7)
    value, (dx, dy) = rosenbrock.value_and_grad(x, 0.5)
    h = rosenbrock.hessian(x, 0.5)
    assert h.shape == (2, 2, 7)
    for i, xi in enumerate(x):
        leaves = [Value(xi), Value(0.5)]
        f = rosenbrock(*leaves)
        assert isinstance(f, Value)
        assert value[i] == pytest.approx(f.data, rel=1e-14)
        assert (dx[i], dy[i]) == pytest.approx(gradients(f, leaves), rel=1e-13)
    assert autograd.compile(lambda x: x * x).grad(3.0) == 6.0


@pytest.mark.parametrize("engine", ENGINES)
def test_branches_are_recorded_anew(engine):
    calls = []

    def f(x, y):
        calls.append(1)
        over = x > y  # what is kept decides; what is used at once chooses
        if over:
            whole = y >= 0
            return x * x if whole else -x
        nonzero = bool(x)
        return abs(y) if nonzero else y * 0 + 7

    compiled = autograd.compile(f, engine)
    grid = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
    xs, ys = np.meshgrid(grid, grid)
    values, (dx, dy) = compiled.value_and_grad(xs, ys)
    assert len(calls) == 4
    for i, j in np.ndindex(5, 5):
        leaves = [Value(xs[i, j]), Value(ys[i, j])]
        output = f(*leaves)
        assert values[i, j] == output.data
        assert (dx[i, j], dy[i, j]) == gradients(output, leaves)
    calls.clear()
    assert compiled.value_and_grad(3.0, 1.0)[0] == 9.0
    assert calls == []


@given(st.lists(st.sampled_from([-1.0, -0.0, 0.0, 1.0, math.nan, math.inf]), min_size=1, max_size=8))
def test_every_comparison_is_guarded(xs):
    """Which way each comparison goes, nan too, decides what is returned."""

    def f(x):
        ways = [x < 0.0, x <= 0.0, x > 0.0, x >= 0.0, 0.0 < x, bool(x), x.data == 0.0]
        return x * 0.0 + sum(2.0**i for i, way in enumerate(ways) if way)

    compiled = autograd.compile(f)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for got, x in zip(compiled(np.array(xs)), xs, strict=True):
            assert got == f(Value(x)).data or math.isnan(x) or math.isinf(x)
        codes = autograd.compile(
            lambda x: autograd.where(1.0, sum(2.0**i for i, w in enumerate([x < 0, x >= 0, x <= 0]) if w), x)
        )
        assert codes(np.array(xs)).tolist() == [
            sum(2.0**i for i, w in enumerate([x < 0, x >= 0, x <= 0]) if w) for x in xs
        ]


def test_a_number_that_is_read_is_guarded():
    f = autograd.compile(lambda x, n: x * round(n.data))
    assert f(2.0, 3.0) == 6.0
    assert f(2.0, 4.0) == 8.0
    assert f(np.array([1.0, 2.0, 3.0]), np.array([5.0, 3.0, 5.0])).tolist() == [5.0, 6.0, 15.0]
    assert f(1.0, np.arange(2000.0)).tolist() == list(range(2000))
    assert f(1.0, np.arange(2000.0)).tolist() == list(range(2000))


def test_weights_that_a_function_uses_are_read_anew():
    w = Value(2.0, "w")
    f = autograd.compile(lambda x: w * x)
    assert f.value_and_grad(3.0) == (6.0, 2.0)
    w.data = 5.0
    assert f.value_and_grad(3.0) == (15.0, 5.0)
    assert f(np.array([1.0, 2.0])).tolist() == [5.0, 10.0]


def test_lists_tuples_and_constants():
    f = autograd.compile(lambda point, scale: (scale * sum(p * p for p in point), point[0]))
    assert f([1.0, 2.0], 3.0) == (15.0, 1.0)
    total, first = f([np.array([1.0, 2.0]), 2.0], 3.0)
    assert (total.tolist(), first.tolist()) == ([15.0, 24.0], [1.0, 2.0])
    g = autograd.compile(lambda point: point[0] * point[1])
    assert g.value_and_grad([2.0, 3.0]) == (6.0, [3.0, 2.0])
    assert autograd.compile(lambda x: 4)(2.0) == 4.0
    assert autograd.compile(lambda x: x)(np.zeros((0,))).shape == (0,)


def test_arguments_by_name_and_of_other_kinds():
    f = autograd.compile(lambda x, k=2: x * k)
    assert (f(3.0), f(3.0, k=4.0), f(k=4, x=np.float32(3))) == (6.0, 12.0, 12.0)
    assert f.value_and_grad(3, k=5) == (15.0, (5.0, 3.0))
    for wrong in (1j, np.array([1 + 2j]), np.array(["a"])):
        with pytest.raises(TypeError, match="real number"):
            f(wrong)
    for wrong in ("a", None, object()):  # they steer, and this function makes no number of them
        with pytest.raises(TypeError, match="returned 'aa'|unsupported operand"):
            f(wrong)


def test_loops_and_choices_by_value():
    def doubled(x):
        steps = 0
        while x < 100.0:
            x, steps = x * 2.0, steps + 1
        return x + steps

    f = autograd.compile(doubled)
    assert f(np.array([1.0, 3.0, 50.0, 200.0])).tolist() == [135.0, 198.0, 101.0, 200.0]
    assert f.grad(np.array([1.0, 3.0, 50.0, 200.0])).tolist() == [128.0, 64.0, 2.0, 1.0]
    g = autograd.compile(lambda a, b: max(a, b) * min(a, b) + sorted([a, b])[0])
    assert g(np.array([1.0, 2.0, 3.0]), np.array([2.0, 1.0, 3.0])).tolist() == [3.0, 3.0, 12.0]


def test_what_compile_refuses():
    with pytest.raises(TypeError, match="expected a function"):
        autograd.compile(3)
    with pytest.raises(TypeError, match="returned None"):
        autograd.compile(lambda x: None)(1.0)
    with pytest.raises(TypeError, match="expected one Value"):
        autograd.compile(lambda x: (x, x)).grad(1.0)
    with pytest.raises(ValueError, match="branches"):
        autograd.compile(lambda x: (x, x) if x > 0 else x)(np.array([1.0, -1.0]))


def test_other_threads_and_errors_leave_no_watch():
    from autograd.watching import watchers

    def f(x):
        raise KeyError("no")

    with pytest.raises(KeyError):
        autograd.compile(f)(1.0)
    assert watchers == {}


@pytest.mark.parametrize("as_array", [False, True])
def test_where_ways_do_not_repeat_the_function_itself_answers(as_array):
    def program(*xs):
        positive = [x > 0 for x in xs]
        return autograd.sum([x * x if above else -3 * x for x, above in zip(xs, positive, strict=True)])

    compiled = autograd.compile(program)
    rows = np.random.default_rng(0).normal(size=(1000, 30))
    expected = [sum(x * x if x > 0 else -3 * x for x in row) for row in rows.tolist()]
    slopes = np.where(rows > 0, 2 * rows, -3.0)
    results = [compiled.value_and_grad(*columns) for columns in ([rows.T] if as_array else rows.tolist())]
    assert np.ravel([value for value, _ in results]) == pytest.approx(expected, rel=1e-12)
    found = np.array([np.transpose(slope) for _, slope in results]).reshape(1000, 30)
    assert found == pytest.approx(slopes, rel=1e-12)
    assert len(compiled.recordings) == FREE
    assert str(compiled.recordings).endswith(
        f"\n  {1000 - FREE} samples by the function itself: too many ways to record"
    )


def test_ways_that_repeat_are_recorded_all():
    compiled = autograd.compile(lambda x, y: x if int(x.data) > 0 else y)
    for round in range(2):
        for number in range(FREE - 1):
            assert compiled(number + 1.0, round) == number + 1.0
    assert len(compiled.recordings) == FREE - 1
    assert "itself" not in str(compiled.recordings)
