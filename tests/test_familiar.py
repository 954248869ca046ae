"""Names that people bring along: of micrograd and its lecture, PyTorch, Keras, scikit-learn; and `import backstep`."""

import importlib.util

import pytest

import autograd
import nn
from autograd import Value
from tests.conftest import ROOT


def test_import_backstep_says_what_to_import():
    path = ROOT / "viz" / "backstep" / "__init__.py"
    spec = importlib.util.spec_from_file_location("backstep", path)
    with pytest.raises(ImportError, match=r"`from autograd import Value.*`import nn`.*`import viz`"):
        spec.loader.exec_module(importlib.util.module_from_spec(spec))


def lecture_neuron():
    x1, x2 = Value(2.0, label="x1"), Value(0.0, label="x2")
    w1, w2 = Value(-3.0, label="w1"), Value(1.0, label="w2")
    b = Value(6.8813735870195432, label="b")
    x1w1 = x1 * w1
    x1w1.label = "x1*w1"
    x2w2 = x2 * w2
    s = x1w1 + x2w2
    n = s + b
    o = n.tanh()
    o.label = "o"
    return x1, w1, x2, w2, x1w1, x2w2, s, n, o


def test_the_lectures_backward_by_hand():
    x1, w1, x2, w2, x1w1, x2w2, s, n, o = lecture_neuron()
    assert (x1w1.name, o.name, x1.label) == ("x1*w1", "o", "x1")
    o.grad = 1.0
    for node in (o, n, s, x1w1, x2w2, x1):  # a leaf passes nothing on
        node._backward()
    assert [leaf.grad for leaf in (x1, w1, x2, w2)] == pytest.approx([-1.5, 1.0, 0.5, 0.0])
    a = Value(3.0)
    b = a + a
    b.grad = 1.0
    b._backward()
    assert a.grad == 2.0  # micrograd's first bug was 1 here


def test_the_lectures_own_topological_sort():
    *_, o = leaves = lecture_neuron()
    topo, visited = [], set()

    def build_topo(v):
        if v not in visited:
            visited.add(v)
            for child in v._prev:
                build_topo(child)
            topo.append(v)

    build_topo(o)
    o.grad = 1.0
    for node in reversed(topo):
        node._backward()
    assert leaves[0].grad == pytest.approx(-1.5)


def test_the_trace_graph_notebook():
    """Its functions trace and draw_dot, word for word but for graphviz, after backward()."""
    lines = []

    def trace(root):
        nodes, edges = set(), set()

        def build(v):
            if v not in nodes:
                nodes.add(v)
                for child in v._prev:
                    edges.add((child, v))
                    build(child)

        build(root)
        return nodes, edges

    x = Value(1.0)
    y = (x * 2 + 1).relu()
    y.backward()
    nodes, edges = trace(y)
    for n in nodes:
        lines.append("{ data %.4f | grad %.4f }" % (n.data, n.grad))  # noqa: UP031 (the notebook's own)
        if n._op:
            lines.append(n._op)
    assert (len(nodes), len(edges)) == (4, 3)
    assert sorted(lines) == ["*", "+", "relu", "{ data 1.0000 | grad 2.0000 }", "{ data 2.0000 | grad 1.0000 }",
                             "{ data 3.0000 | grad 1.0000 }", "{ data 3.0000 | grad 1.0000 }"]  # fmt: skip


def test_files_of_nn_keep_their_names():
    """A name that a file exports hides no file."""
    for path in (ROOT / "nn").glob("*.py"):
        if path.stem not in ("__init__", "report"):  # nn.report is the function
            assert getattr(nn, path.stem).__name__ == f"nn.{path.stem}"


def test_names_of_pytorch():
    assert Value(2.0).item() == 2.0
    model = nn.Sequential(nn.Linear(2, 3, bias=True), nn.ReLU(inplace=True), nn.Linear(3, 2), nn.Softmax(dim=-1))
    assert sum(y.data for y in model([1.0, -1.0])) == pytest.approx(1.0)
    assert nn.LeakyReLU(0.25)(-4.0) == -1.0
    assert nn.ReLU()(Value(-1.0)).data == 0.0
    assert nn.MSELoss()([1.0, 3.0], [0.0, 3.0]) == 0.5
    assert nn.MSELoss(reduction="sum")([1.0, 3.0], [0.0, 3.0]) == 1.0
    assert nn.CrossEntropyLoss()([[0.0, 0.0]], [1]) == pytest.approx(0.6931471805599453)
    for name in ["ReLU", "LeakyReLU", "ELU", "GELU", "Sigmoid", "Tanh", "Softplus", "Softmax", "LogSoftmax", "Identity", "MSELoss", "L1Loss", "HuberLoss", "NLLLoss", "BCELoss", "BCEWithLogitsLoss", "CrossEntropyLoss"]:  # fmt: skip
        assert callable(getattr(nn, name)())
        assert getattr(nn, name).__name__ == name


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: Value(1.0).requires_grad, "'requires_grad': every Value has a gradient"),
        (lambda: setattr(Value(1.0), "requires_grad", False), "every Value has a gradient"),
        (lambda: Value(1.0).numpy(), "the number is v.data"),
        (lambda: nn.Dense(8), "write nn.Layer"),
        (lambda: nn.manual_seed(0), r"nn.MLP\(2, \[4, 1\], seed=0\)"),
        (lambda: nn.no_grad(), r"autograd.no_grad\(\)"),
        (lambda: nn.functional, "stand in nn itself"),
        (lambda: nn.Lineer, "did you mean nn.Linear"),
        (lambda: nn.SiLU, "register it"),
        (lambda: nn.Linear(2, 3, bias=False), r"bias=\[0, 0, 0\]"),
        (lambda: nn.MLP(2, [1]).fit([[0, 0]], [0]), "MLP has no attribute 'fit': write nn.fit"),
        (lambda: nn.MLP(2, [1]).predict([0, 0]), r"model\(x\)"),
        (lambda: nn.MLP(2, [1]).wieghts, "MLP has no attribute 'wieghts'"),
        (lambda: nn.MLPClassifier(hidden_layer_sizes=(8,)), "calls hidden_layer_sizes hidden: write hidden="),
        (lambda: nn.MLPRegressor(max_iter=10), "write epochs="),
        (lambda: autograd.Tensor, "has no attribute 'Tensor'"),
    ],
)
def test_other_names_tell_ours(wrong, message):
    with pytest.raises((AttributeError, TypeError, ValueError), match=message):
        wrong()
    assert not hasattr(Value(1.0), "requires_grad")
