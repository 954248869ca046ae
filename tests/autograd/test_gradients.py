"""gradients, to any order; random graphs, which every reader differentiates alike; determinism."""

import copy
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
from autograd import Value, explain, gradients
from autograd.order import topological_order
from tests.conftest import slope

# ── gradients ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_gradients_touch_nothing_and_keep_the_order():
    x, y, other = Value(2.0), Value(3.0), Value(4.0)
    q = x * y
    f = q * x
    assert gradients(f, [y, q, x, other, f]) == (4.0, 2.0, 12.0, 0.0, 1.0)
    assert gradients(f, x) == (12.0,)
    assert gradients(f, iter([x, y])) == (12.0, 4.0)
    assert gradients(f, []) == ()
    assert {type(g) for g in gradients(f, [x, other, f])} == {float}
    assert [v.grad for v in (x, y, q, f)] == [None] * 4
    for bad in ((1.0, x), (f, 1.0), (f, [x, "x"]), (f, x, y), ((f,), x)):
        with pytest.raises(TypeError):
            gradients(*bad)
    with pytest.raises(TypeError, match=r"\(slope,\) = gradients"):
        gradients(gradients(f, x, create_graph=True), x)


def test_gradients_as_graphs_are_always_values():
    x, other = Value(2.0), Value(1.0)
    f = 3 * x + 1
    for g in gradients(f, [x, other, f], create_graph=True):
        assert type(g) is Value
        assert gradients(g, x) == (0.0,)
    assert [g.data for g in gradients(f, [x, other, f], create_graph=True)] == [3.0, 0.0, 1.0]


def test_any_order():
    x = Value(1.5)
    f, expected = x**5, [5 * 1.5**4, 20 * 1.5**3, 60 * 1.5**2, 120 * 1.5, 120.0, 0.0, 0.0]
    for value in expected:
        (f,) = gradients(f, x, create_graph=True)
        assert f.data == pytest.approx(value, rel=1e-13)
    x = Value(0.7)
    f = x.sin()
    for value in (math.cos(0.7), -math.sin(0.7), -math.cos(0.7), math.sin(0.7)):
        (f,) = gradients(f, x, create_graph=True)
        assert f.data == pytest.approx(value, rel=1e-13)


def test_no_perturbation_confusion():
    """d/dx (x · d/dy (x + y)) = 1: the inner derivative does not depend on x."""
    x, y = Value(1.0), Value(1.0)
    (inner,) = gradients(x + y, y, create_graph=True)
    assert gradients(x * inner, x) == (1.0,)


def test_hessian_is_symmetric():
    x, y, z = leaves = [Value(0.3), Value(-1.2), Value(2.1)]
    f = (x * y).tanh() * z.exp() + autograd.hypot(x, z) * autograd.arctan2(y, z) + (x - y) ** 3
    once = gradients(f, leaves, create_graph=True)
    hessian = [gradients(g, leaves) for g in once]
    for i in range(3):
        for j in range(3):
            assert hessian[i][j] == pytest.approx(hessian[j][i], rel=1e-12)


@pytest.mark.parametrize(
    ("f", "x", "expected"),
    [
        (lambda x: x.relu(), 0.0, 0.0),
        (lambda x: x.relu(), 2.0, 0.0),
        (abs, 0.0, 0.0),
        (lambda x: autograd.maximum(x, 0), 0.0, 0.0),
        (lambda x: x**2, 0.0, 2.0),
        (lambda x: x**1, 0.0, 0.0),
        (lambda x: x**0, 0.0, 0.0),
        (lambda x: x**3, 0.0, 0.0),
        (lambda x: x * x.relu(), 2.0, 2.0),
        (lambda x: x.elu(), -1.0, math.exp(-1)),
        (lambda x: x.elu(), 1000.0, 0.0),
    ],
)
def test_second_derivatives_at_kinks_and_powers_at_zero(f, x, expected):
    x = Value(x)
    (once,) = gradients(f(x), x, create_graph=True)
    assert gradients(once, x) == pytest.approx((expected,), abs=1e-15)


def test_mixed_second_derivative_of_a_power_with_exponent_0():
    """∂²(x**y)/∂x∂y = x**(y-1) (1 + y log x), which is 1/x at y = 0."""
    x, y = Value(2.0), Value(0.0)
    dx, dy = gradients(x**y, [x, y], create_graph=True)
    assert (gradients(dx, y), gradients(dy, x)) == ((0.5,), (0.5,))


# ── Random graphs ─────────────────────────────────────────────────────────────────────────────────────────────────────

SMOOTH = ["sin", "tanh", "sigmoid", "softplus", "arctan", "square", "neg", "gelu", "erf", "arcsinh", "cos"]


@st.composite
def programs(draw):
    """A list of operations on earlier results by index, and the leaves' values: a random graph that can be rebuilt."""
    leaves = draw(st.lists(st.floats(-2, 2).map(lambda x: round(x, 3)), min_size=1, max_size=4))
    steps = []
    for i in range(draw(st.integers(1, 12))):
        count = len(leaves) + i
        kind = draw(st.sampled_from(["add", "mul", "sub", "hypot1", "constant", "power", "sum", *SMOOTH]))
        operands = draw(st.lists(st.integers(0, count - 1), min_size=2, max_size=4))
        steps.append((kind, operands, draw(st.sampled_from([-1.5, 0.5, 2.0]))))
    return leaves, steps


def run(steps, leaves):
    nodes = list(leaves)
    for kind, operands, c in steps:
        x, y = nodes[operands[0]], nodes[operands[1]]
        if kind == "constant":
            node = c * x - y * c
        elif kind == "hypot1":
            node = autograd.hypot(x, 1.5)
        elif kind == "power":
            node = (autograd.square(x) + 1) ** c
        elif kind == "sum":
            node = autograd.sum([nodes[i] for i in operands])
        elif kind in ("add", "sub", "mul"):
            node = autograd.primitives.TABLE[kind](x, y)
        else:
            node = autograd.primitives.TABLE[kind](x)
        nodes.append(autograd.tanh(node / 4) * 4)  # bounded, so that finite differences stay meaningful
    return autograd.sum(nodes[-3:]) if len(nodes) > 2 else nodes[-1]


@given(programs())
def test_random_graphs_against_finite_differences(program):
    values, steps = program
    leaves = [Value(x) for x in values]
    f = run(steps, leaves)
    f.backward()
    for i, leaf in enumerate(leaves):
        expected = slope(lambda *xs: run(steps, xs), values, i, 1e-4)
        assert (leaf.grad or 0.0) == pytest.approx(expected, rel=1e-6, abs=1e-7)


@given(programs())
def test_random_graphs_are_differentiated_alike_by_everyone(program):
    """backward, gradients, gradients as graphs and the steps of explain: the same bits."""
    values, steps = program
    leaves = [Value(x) for x in values]
    f = run(steps, leaves)
    f.backward()
    expected = [leaf.grad or 0.0 for leaf in leaves]
    assert list(gradients(f, leaves)) == expected
    assert [g.data for g in gradients(f, leaves, create_graph=True)] == expected
    totals = {f: 1.0}
    for step in explain(f):
        if step.kind == "backward":
            assert step.contribution == step.upstream * step.local
            assert step.total == step.before + step.contribution
            totals[step.operand] = step.total
    for node in topological_order(f):
        assert totals[node] == node.grad
    twin = copy.deepcopy(f)
    assert [n.data for n in topological_order(twin)] == [n.data for n in topological_order(f)]


@given(programs(), st.data())
def test_random_graphs_to_second_order(program, data):
    values, steps = program
    i, j = (data.draw(st.integers(0, len(values) - 1)) for _ in "ij")

    def first(*xs):
        leaves = [Value(x) for x in xs]
        return gradients(run(steps, leaves), leaves)[i]

    leaves = [Value(x) for x in values]
    once = gradients(run(steps, leaves), leaves, create_graph=True)[i]
    assert gradients(once, leaves)[j] == pytest.approx(slope(first, values, j, 1e-4), rel=1e-5, abs=1e-6)


@given(programs())
def test_random_graphs_recompute_after_edits(program):
    values, steps = program
    leaves = [Value(0.25) for _ in values]
    f = run(steps, leaves)
    for leaf, value in zip(leaves, values, strict=True):
        leaf.data = value
    fresh = [Value(x) for x in values]
    g = run(steps, fresh)
    assert f.forward() == g.data
    assert gradients(f, leaves) == gradients(g, fresh)


def test_the_order_is_depth_first_operands_as_written():
    a, b, c = Value(1.0, "a"), Value(2.0, "b"), Value(3.0, "c")
    q = a * b
    r = b + c
    f = q * r
    assert topological_order(f) == [a, b, q, c, r, f]
    g = Value(5.0, "g")
    r2 = g + a  # built earlier or later makes no difference: the order is the expression's
    q2 = a * b
    assert topological_order(q2 * r2)[:4] == [a, b, q2, g]


def test_the_same_bytes_under_every_hash_seed(python):
    program = """
from autograd import *
import viz
f = parse("q = x*y + sin(x); f = q*tanh(y) + maximum(q, x) + sum(x, y, q, 2)", x=0.3, y=-1.7)
f.backward()
print(ascii(explain(f).text()), explain(f).latex(), viz.draw(f).source, viz.draw(f, engine="builtin").svg())
(slope,) = gradients(f, f.operands[0], create_graph=True)
print([g.hex() for g in gradients(slope * f, f.operands)])
"""
    outputs = {python(program, PYTHONHASHSEED=seed).stdout for seed in ("0", "1", "2", "12345")}
    assert len(outputs) == 1
    assert "digraph" in outputs.pop()


@pytest.mark.parametrize(
    ("partials", "message"),
    [
        (lambda x, z: 3 * x**2, "comma"),
        (lambda x, z: (autograd.sinh(x), 1.0), "1 operands"),
        (lambda x, z: (), "0 local derivatives"),
    ],
)
def test_rows_with_wrong_partials_are_told_what_is_wrong(partials, message):
    with pytest.raises(TypeError, match="take the operands and the result"):
        autograd.Primitive("cube", lambda x: x**3, lambda x: 3 * x**2)
    x = Value(2.0)
    f = autograd.Primitive("cube", lambda x: x**3, partials)(x)
    with pytest.raises(TypeError, match=message):
        f.backward()
    assert x.grad is None
    with pytest.raises(TypeError, match=message):
        gradients(f, x)


def test_rows_in_functions_of_math():
    x = Value(0.5)
    for partials in (
        lambda x, z: (1 / math.sqrt(1 - x * x),),
        lambda x, z: (2 * x.data,),
        lambda x, z: (1.0 if x > 0 else 0.0,),
        lambda x, z: (x if x == 0 else 2 * x,),
        lambda x, z: (1.0 if x else 0.0,),
        lambda x, z: (float(x),),
    ):
        with pytest.raises(TypeError, match="partials of asn failed: .* autograd's functions only"):
            autograd.Primitive("asn", math.asin, partials)(x)
    row = autograd.Primitive("asn", math.asin, lambda x, z: (1 / autograd.sqrt(1 - x * x),))
    assert gradients(row(x), x) == (1 / math.sqrt(0.75),)
    with pytest.warns(RuntimeWarning, match="asn"):
        assert math.isnan(row(Value(2.0)).data)
    assert gradients(autograd.Primitive("c", lambda x, y: x * y, lambda x, y, z: (y, x))(x, x), x) == (1.0,)
    with pytest.raises(TypeError, match=r"autograd\.exp"):
        math.exp(x)
    with pytest.raises(TypeError, match=r"write \.data"):
        x.data = Value(4.0)
