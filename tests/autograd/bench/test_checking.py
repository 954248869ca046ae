"""check_by_hand: each mistake is found on graphs where it is made, and nobody is accused of another one."""

from collections import Counter

import pytest

import autograd
from autograd import Value, check_by_hand, explain, gradients, parse
from autograd.bench.one_use import KINDS
from autograd.bench.slips import slips, slips_at, slips_in_sum
from tests.autograd.bench.mistaken import wrong_answers

S1 = "(x + y) * z", {"x": -2, "y": 5, "z": -4}
CHAIN = "q = w*x + b; s = sigmoid(q); (s - t)**2", {"w": 0.5, "x": 3, "b": -1, "t": 1}
TWICE = "q = x + y; q * x", {"x": 3, "y": -1}

# A graph, the node asked for, a wrong answer, and the mistakes that are named.
MISTAKES = [
    (S1, "x", "4", ["sign"]),
    (S1, "x", "1", ["upstream", "forgotten node"]),
    (S1, "x", "-2", ["value"]),
    (S1, "x", "3", ["other operand", "value"]),
    (S1, "q", "1", ["forgotten node"]),
    (S1, "x", "-17", []),
    (("q = x + y; q * x", {"x": 3, "y": 4}), "x", "7", ["last use", "lost route"]),
    (TWICE, "x", "2", ["last use", "lost route"]),
    (CHAIN, "x", "0.0888", ["sign", "other operand"]),
    (CHAIN, "w", "-2.265", ["forgotten node"]),
    (CHAIN, "w", "-0.2661", ["factor"]),
    (("x**3 + y", {"x": 2, "y": 1}), "x", "4", ["factor"]),
    (("x**2 + y", {"x": 3, "y": 1}), "x", "3", ["value", "factor"]),
    (("sin(x) * y", {"x": 1.2, "y": 3}), "x", "2.796", ["value"]),
    (("x * y", {"x": 2.03, "y": 3.04}), "x", "3.1", ["rounding"]),
    (("sigmoid(w*x)", {"w": 2, "x": 3}), "w", "1", []),  # 0.0074 rounds to 0
]


@pytest.mark.parametrize(("graph", "node", "typed", "kinds"), MISTAKES)
def test_the_mistake_is_named(graph, node, typed, kinds):
    text, values = graph
    (verdict,) = check_by_hand(parse(text, **values), {node: typed})
    assert not verdict.right
    assert [slip.kind for slip in verdict.mistakes] == kinds


def test_right_answers_are_right_however_they_are_rounded():
    f = parse(CHAIN[0], **CHAIN[1])
    leaves = [node for node in autograd.order.topological_order(f) if node.op is None]
    exact = dict(zip(leaves, gradients(f, leaves), strict=True))
    for digits in (2, 3, 6):
        checked = check_by_hand(f, {leaf: f"{slope:.{digits}g}" for leaf, slope in exact.items()})
        assert checked.right
        assert all(verdict.right and verdict.mistakes == () for verdict in checked)
    assert check_by_hand(f, exact).right


def test_the_text_names_the_route_and_the_nodes():
    checked = check_by_hand(parse(TWICE[0], **TWICE[1]), {"x": 2, "y": "-3", "q": 3})
    assert str(checked).splitlines() == [
        "∂f/∂x = 2: wrong. Either only one use of x was kept (= for +=), or the route f → q → x was left out",
        "∂f/∂y = -3: wrong. Likely the sign is wrong",
        "∂f/∂q = 3: right",
    ]


def test_no_accusation_is_false_on_random_mistakes():
    """One mistake on the real graph, rounded to the digits that a student writes: it is named, or nothing is."""
    told: Counter[str] = Counter()
    for text, f, x, kind, typed in wrong_answers(2000, seed=11):
        (verdict,) = check_by_hand(f, {x: typed})
        if not verdict.right:
            kinds = [slip.kind for slip in verdict.mistakes]
            assert not kinds or kind in kinds, f"{text} {x!r}: {typed} by {kind}, accused of {kinds}"
            assert kinds == sorted(kinds, key=KINDS.index)
            assert len(kinds) <= 3
            told["named" if kinds else "not known"] += 1
    assert told["not known"] < 0.05 * told.total()


def test_what_is_no_answer_is_refused():
    f = parse(S1[0], **S1[1])
    with pytest.raises(KeyError, match="'u' is no node of this graph; it has x, y, q, z, f"):
        check_by_hand(f, {"u": 1})
    with pytest.raises(ValueError, match="expected a number or a fraction"):
        check_by_hand(f, {"x": "four"})
    with pytest.raises(TypeError, match="real number"):
        check_by_hand(f, {"x": [1]})


def test_a_node_without_influence_has_the_gradient_0():
    f = autograd.where(parse("x - 1", x=3) > 0, Value(2.0, "y"), 0.0)
    assert check_by_hand(f, {"y": 1}).right


def test_slips_are_linear_in_the_graph():
    x = Value(1.0, "x")
    node = x
    for _ in range(40):
        node = node + node
    (verdict,) = check_by_hand(node, {x: 7})
    assert verdict.expected == 2.0**40
    assert verdict.mistakes == ()


def test_slips_of_one_use_are_those_of_its_contribution():
    solution = explain(parse(S1[0], **S1[1]))
    step = next(step for step in solution if step.kind == "backward" and solution.names[step.operand] == "x")
    assert {slip.kind: slip.number for slip in slips_at(step) if not slip.faint} == {
        "upstream": 1.0, "sign": 4.0, "other operand": -4.0, "value": -2.0,
    }  # fmt: skip
    assert {slip.kind for slip in slips(solution, step.operand)} <= set(KINDS)


def test_slips_of_one_sum_are_those_of_its_total():
    """x * (x + y) at x = 3, y = -1: x receives 2 from the product, then 3 from the sum."""
    solution = explain(parse(TWICE[0], **TWICE[1]))
    uses = [step for step in solution if step.operand is solution.order[0] and step.kind == "backward"]
    assert [step.contribution for step in uses] == [2.0, 3.0]
    found = [(slip.kind, slip.number, slip.text) for slip in slips_in_sum(uses) if not slip.faint]
    assert found == [
        ("upstream", 3.0, "the upstream derivatives were not multiplied in"),  # 2 + 1
        ("sign", -5.0, "the sign is wrong"),
        ("sign", 1.0, "the sign of ∂(q * x)/∂x is wrong"),
        ("sign", -1.0, "the sign of ∂(x + y)/∂x is wrong"),
        ("last use", 3.0, "only the last use of x was kept (= for +=)"),
        ("last use", 2.0, "only one use of x was kept (= for +=)"),
        ("last use", 3.0, "only one use of x was kept (= for +=)"),
        ("lost route", 3.0, "the use of x in f was left out"),
        ("lost route", 2.0, "the use of x in q was left out"),
        ("value", 3.0, "the value of x was written for its gradient"),
        ("upstream", 5.0, "the upstream ∂f/∂f was not multiplied in"),
        ("other operand", 6.0, "the local derivative of the other operand was taken for ∂(q * x)/∂x"),
        ("forgotten node", 4.0, "the local derivative ∂(q * x)/∂x = q was forgotten"),
        ("upstream", 3.0, "the upstream ∂f/∂q was not multiplied in"),
        ("other operand", 5.0, "the local derivative of the other operand was taken for ∂(x + y)/∂x"),
    ]
