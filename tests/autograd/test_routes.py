"""Routes: the gradient as a sum of products, counted exactly, listed lazily."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import Value, explain, gradients, maximum, parse, relu, routes, where
from autograd.notation import number
from autograd.order import backward_order, edges, topological_order
from autograd.routes import quantity
from tests.conftest import graphs

SIGMOID = "1/(1 + exp(-(w0*x0 + w1*x1 + w2)))"
POINT = {"w0": 2, "x0": -1, "w1": -3, "x1": -2, "w2": -3}


def named(graph, name):
    return next(node for node in topological_order(graph) if node.name == name)


def gone(output, x):
    """All routes, gone one by one: the oracle."""
    found, open_ones = [], [((), output)]
    while open_ones:
        way, node = open_ones.pop()
        if node is x:
            found.append(way)
        else:
            open_ones += [((*way, (node, position)), operand) for position, operand in edges(node)]
    return found


def test_multiplications_of_the_sigmoid_circuit():
    f = parse(SIGMOID, **POINT)
    found = routes(f, named(f, "w0"))
    assert (found.multiplications, found.route_by_route) == (12, 33)
    assert (found.count, found.blocked) == (1, 0)
    (route,) = found
    assert len(route.steps) == 7
    assert route.product == pytest.approx(-0.196611933)


def test_text():
    x, y = Value(3, "x"), Value(-1, "y")
    q = maximum(x, y)
    q.name = "q"
    f = q * x + x * 2 + maximum(x, 7.0)
    f.name = "f"
    assert routes(f, x).text().splitlines() == [
        "∂f/∂x = 8, the sum over 4 routes from f to x",
        "  f → t → r → q → x  1 × 1 × x × [x > y] = 1 × 1 × 3 × 1 = 3",
        "  f → t → r → x      1 × 1 × q = 1 × 1 × 3 = 3",
        "  f → t → s → x      1 × 1 × 2 = 2",
        "  blocked: 1 route  0",
        "Multiplications for all gradients: 10 in reverse mode, one for each use; 16 route by route",
    ]
    assert "→" not in routes(f, x).text(ascii_only=True)
    assert routes(f, x).text(most=1).splitlines()[2] == "  all others: 2 routes  5"
    assert [str(route) for route in routes(f, x)][-1].endswith("(blocked: a branch on this route was not taken)")
    assert repr(routes(f, x)) == "<4 routes from f to x: print it, or go through the largest ones with `for`>"


def test_latex():
    x = Value(3, "x1")
    lines = routes(x * x, x).latex().splitlines()
    assert lines[1] == r"  f \to x_{1}^{\text{(1st)}}: \quad & x_{1} = 3 \\"
    assert lines[3] == r"  \text{sum}: \quad & \frac{\partial f}{\partial x_{1}} = 6"


def test_routes_are_counted_exactly_and_come_at_once():
    x = Value(1.0, "x")
    v = x
    for _ in range(60):
        v = v + v
    found = routes(v, x)
    assert found.count == 2**60
    assert found.route_by_route == 60 * 2**60
    assert found.multiplications == 120
    listed = found.largest(8)
    assert [route.product for route in listed] == [1.0] * 8
    written = [tuple(step.position for step in route.steps) for route in listed]
    assert written == list(itertools.islice(itertools.product((0, 1), repeat=60), 8)), "ties come as written"
    assert found.others(listed) == float(2**60 - 8)
    assert f"{2**60} routes" in found.text()


def test_a_deep_chain_and_a_wide_sum():
    x = Value(1.0, "x")
    v = x
    for _ in range(30_000):
        v = v * 1.00001
    (route,) = routes(v, x)
    assert route.product == pytest.approx(v.data)
    assert "…" in route.way()
    assert "…" in route.worked()
    wide = sum([x * float(i) for i in range(2_000)])
    found = routes(wide, x)
    assert found.count == 2_000
    assert [route.product for route in found.largest(3)] == [1999.0, 1998.0, 1997.0]


def test_many_doublings_are_counted_with_little_memory():
    x = Value(0.5, "x")
    v = x
    for _ in range(3_000):
        v = (v + v) * 0.5
    found = routes(v, x)
    assert found.count == 2**3000
    assert found.gradient == 1.0
    assert "about 10^903 routes" in found.text()
    assert quantity(10**30 - 1) == "9" * 30


def test_blocked_routes_are_counted_and_bring_nothing():
    x = Value(-2.0, "x")
    f = relu(x) * 3 + where(x > 0, x * x, x)
    f.name = "f"
    found = routes(f, x)
    assert (found.count, found.blocked, found.gradient) == (4, 3, 1.0)
    assert [(route.product, route.blocked) for route in found] == [(1.0, False)] + [(0.0, True)] * 3
    assert len(found.largest(8)) == 1


def test_zero_is_not_blocked_and_nan_comes_first():
    x, zero = Value(2.0, "x"), Value(0.0, "zero")
    found = list(routes(x * zero + relu(-x) + x * math.nan + x, x))
    assert [route.blocked for route in found] == [False, False, False, True]
    assert [number(route.product) for route in found] == ["nan", "1", "0", "0"]


def test_ends_of_routes():
    x, y = Value(2.0, "x"), Value(3.0, "y")
    q = x * y
    f = q * q
    assert [route.product for route in routes(f, q)] == [6.0, 6.0], "an inner node"
    (itself,) = routes(f, f)
    assert (itself.steps, itself.product, str(itself)) == ((), 1.0, "f  1")
    other = routes(f, Value(1.0, "other"))
    assert (other.count, other.gradient, list(other)) == (0, 0.0, [])
    assert str(other).startswith("∂f/∂other = 0, the sum over no routes from f to other")
    condition = routes(where(x, y, 1.0), x)
    assert (condition.count, condition.gradient) == (0, 0.0)
    assert [node.name for node in next(iter(routes(f, y))).nodes] == ["", "", "y"]
    with pytest.raises(TypeError, match="expected two Values"):
        routes(f, 2.0)


@given(graphs(), st.data())
def test_routes_of_random_graphs(f, data):
    x = data.draw(st.sampled_from(topological_order(f)))
    found = routes(f, x)
    if found.route_by_route > 500:
        return
    oracle = gone(f, x)
    listed = list(found)
    assert found.count == len(listed) == len(oracle)
    assert {tuple((s.node, s.position) for s in route.steps) for route in listed} == set(oracle)
    assert found.blocked == sum(route.blocked for route in listed)
    assert [route.blocked for route in listed] == sorted(route.blocked for route in listed)
    sizes = [abs(route.product) for route in listed if not route.blocked]
    if all(map(math.isfinite, (step.local for step in explain(f) if step.kind == "backward"))) and all(
        size == 0.0 or 1e-250 < size < 1e250 for size in sizes
    ):
        assert all(larger >= smaller * (1 - 1e-8) for larger, smaller in itertools.pairwise(sizes))
        (gradient,) = gradients(f, x)
        assert math.fsum(route.product for route in listed) == pytest.approx(
            gradient, rel=1e-12, abs=1e-12 * max(1e-200, math.fsum(sizes))
        )
    leaves = [node for node in backward_order(f) if node.op is None]
    ways = [gone(f, leaf) for leaf in leaves]
    assert found.route_by_route == sum(len(way) for of_leaf in ways for way in of_leaf)
