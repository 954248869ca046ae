"""A step in words: which sentence is said of it, and that "each unit" is said only where the output is linear."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import Primitive, Value, explain, gradients, parse
from autograd.primitives import TABLE
from autograd.words import bends, move_sentence, steady_nodes
from tests.conftest import graphs


def sentences(f):
    solution = explain(f)
    steady = steady_nodes(solution.order)
    return {
        f"{solution.names[step.operand]} of {solution.names[step.node]}": move_sentence(step, step.operand in steady)
        for step in solution
        if step.operand is not None
    }


def test_the_sentences():
    told = sentences(parse("1/(1+exp(-(w0*x0 + w1*x1 + w2)))", w0=2, w1=-3, w2=-3, x0=-1, x1=-2))
    assert told["w1 of r"] == (
        "Move w1 a little: r moves -2 times as far; f moves 0.1966 times as far as r; "
        "so f moves 0.1966 × (-2) = -0.3932 times as far as w1."
    )
    assert told["v1 of f"] == "Move v1 a little: f moves -0.5344 times as far."
    told = sentences(parse("(x + y) * z", x=-2, y=5, z=-4))
    assert told["z of f"] == "Each unit of z changes f by 3."
    assert told["x of q"] == (
        "Each unit of x changes q by 1; each unit of q changes f by -4; so each unit of x changes f by -4 × 1 = -4."
    )
    assert sentences(parse("relu(x) * y", x=-1, y=2))["x of q"] == (
        "Move x a little: q stays where it is, so f does, too."
    )
    told = sentences(parse("sqrt(x) * y", x=0, y=2))
    assert told["x of q"] == "No number says how far f moves with x: 2 × inf = inf."


def test_a_name_that_looks_like_a_place():
    x, y = Value(2.0, "{z}"), Value(3.0, "{product}")
    assert "Each unit of '{z}' changes f by 3." in sentences(x * y).values()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("(x + y) * z", "fqxyz"),
        ("x * x + y", "fqy"),
        ("x * y + x", "fqxy"),
        ("x / y - y", "fqx"),
        ("2 * x - x / 3", "fqrx"),
        ("where(x > 1, y, z)", "fyz"),
    ],
)
def test_where_the_output_is_steady(text, names):
    f = parse(text, **{name: 2.0 + i for i, name in enumerate("xyz") if name in text})
    solution = explain(f)
    found = {solution.names[node] for node in steady_nodes(solution.order)}
    assert found == set(names)


@given(graphs(), st.floats(-2, 2))
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_each_unit_of_a_steady_leaf_counts_the_same(f, moved):
    """At another value of the leaf its gradient is the same."""
    order = explain(f).order
    for leaf in [node for node in steady_nodes(order) if node.op is None]:
        (before,) = gradients(f, [leaf])
        copies = {}
        for node in order:
            operands = [copies.get(o, o) if not isinstance(o, float) else o for o in node.operands]
            if node.op is None:
                copies[node] = Value(node.data + (moved if node is leaf else 0.0))
            else:
                copies[node] = node.op(operands) if node.op.arity is None else node.op(*operands)
        (after,) = gradients(copies[f], [copies[leaf]])
        if math.isfinite(before) and math.isfinite(after):
            assert after == pytest.approx(before, rel=1e-9, abs=1e-9)


def test_which_pairs_of_operands_bend_a_row():
    assert bends(TABLE["mul"], 2) == [(0, 1), (1, 0)]
    assert bends(TABLE["add"], 2) == bends(TABLE["neg"], 1) == bends(TABLE["sum"], 5) == []
    assert bends(TABLE["exp"], 1) == bends(TABLE["relu"], 1) == [(0, 0)]
    own = Primitive("own", lambda x: math.sin(x), lambda x, z: (math.cos(x),))
    assert bends(own, 1) == [(0, 0)]
