"""The mistake lab: each bug shows where it must, the first wrong node is named, and nothing of the graph is touched."""

import pytest

from autograd import Value, gradients, mistakes, parse
from autograd.bench.mistakes import BUGS

DIAMOND = "b = a + a; b + b", {"a": 1}
SUM = "q = x + y; q * x", {"x": 3, "y": -1}
NEURON = "(sigmoid(w*x + b) - 1)**2", {"w": 0.5, "x": 2, "b": 0.1}

# A bug, a graph, the first node that goes wrong, what it has and what is right.
CASES = [
    ("overwrite", DIAMOND, "b", 1.0, 2.0),
    ("overwrite", SUM, "x", 3.0, 5.0),
    ("overwrite", NEURON, None, 0.0, 0.0),
    ("depth_first", DIAMOND, "a", 2.0, 4.0),
    ("depth_first", SUM, None, 0.0, 0.0),
    ("order", SUM, "y", 0.0, 3.0),
    ("zero_grad", DIAMOND, "a", 8.0, 4.0),
    ("upstream", SUM, "y", 1.0, 3.0),
    ("edit", SUM, "q", 3.1, 3.0),
    ("edit", DIAMOND, None, 0.0, 0.0),
]


@pytest.mark.parametrize(("bug", "graph", "node", "wrong", "right"), CASES)
def test_the_first_wrong_node(bug, graph, node, wrong, right):
    text, values = graph
    case = mistakes(parse(text, **values))[bug]
    if node is None:
        assert case.first is None
        assert case.why == "This graph does not show it."
        assert case.losses == case.right_losses or bug in ("edit", "zero_grad")
    else:
        assert case.names[case.first] == node
        assert case[case.first] == pytest.approx(wrong)
        assert case.right[case.first] == pytest.approx(right)
        assert node in case.why
        assert "the first that goes wrong" in str(case)


def test_every_bug_is_told_on_every_graph_and_touches_nothing():
    for text, values in (DIAMOND, SUM, NEURON, ("log(x)*y + relu(x - y)", {"x": 2, "y": 3}), ("x", {"x": 1})):
        f = parse(text, **values)
        f.backward()
        leaves = [node for node in mistakes(f)["order"].order if node.op is None]
        before = [(leaf.data, leaf.grad) for leaf in leaves]
        for name, case in mistakes(f).items():
            assert str(case).startswith(f"{name}: ")
            assert [case.right[leaf] for leaf in leaves] == list(gradients(f, leaves))
            assert len(case.losses) == 11
        assert [(leaf.data, leaf.grad) for leaf in leaves] == before
    assert list(mistakes(Value(1.0))) == list(BUGS)


def test_training_forgets_its_way_without_zero_grad():
    case = mistakes(parse("x**2", x=3), rate=0.4)["zero_grad"]
    assert case.right_losses[2] < 0.02
    assert max(abs(loss) for loss in case.losses[2:]) > 1.0


def test_a_deep_graph_with_many_routes_is_no_trouble():
    x = Value(1.0, "x")
    for _ in range(300):
        x = x + x
    assert mistakes(x)["overwrite"][x] == 1.0
