"""Structural zeros pass nothing on; nan is never swallowed; singular points tell the truth or say nan."""

import math

import numpy as np
import pytest
from hypothesis import given

import autograd
from autograd import Value, explain, gradients, parse, record
from autograd.primitives import TABLE
from tests.conftest import graphs, operands_at

INF, NAN = math.inf, math.nan


def slopes(text, **variables):
    """∂f/∂x for each variable: of backward(), which must be those of gradients(), as numbers and as graphs."""
    leaves = {name: Value(x, name) for name, x in variables.items()}
    f = parse(text, **leaves)
    f.backward()
    numbers = [leaf.grad for leaf in leaves.values()]
    for others in (gradients(f, leaves.values()), gradients(f, leaves.values(), create_graph=True)):
        others = [o.data if isinstance(o, Value) else o for o in others]
        assert [0.0 if n is None else n for n in numbers] == pytest.approx(others, rel=1e-15, abs=0, nan_ok=True)
    return numbers


pytestmark = pytest.mark.filterwarnings("ignore:.*outside the operation:RuntimeWarning")


@pytest.mark.parametrize(
    ("text", "variables", "expected"),
    [
        ("sqrt(relu(x))", {"x": -1}, [0.0]),
        ("sqrt(relu(x))", {"x": 0}, [0.0]),
        ("log(relu(x))", {"x": -1}, [0.0]),
        ("1 / relu(x)", {"x": -1}, [0.0]),
        ("relu(x) ** 0.5", {"x": -1}, [0.0]),
        ("relu(x) ** -1.5", {"x": -1}, [0.0]),
        ("sqrt(maximum(x, 0))", {"x": -1}, [0.0]),
        ("sqrt(minimum(x, 0))", {"x": 1}, [0.0]),
        ("log(where(greater(x, 0), x, 0))", {"x": -1}, [0.0]),
        ("where(greater(sqrt(x), 1), y, 3 * x)", {"x": 0, "y": 5}, [3.0, 0.0]),
        ("where(greater(x, y), 2 * x, 3 * y)", {"x": 1, "y": 2}, [0.0, 3.0]),
        ("1 / step(x)", {"x": -1}, [0.0]),
        ("sqrt(sign(x) + 1)", {"x": -1}, [0.0]),
        ("sqrt(leaky_relu(x, s))", {"x": 0.0, "s": 0.25}, [INF, NAN]),
        ("where(greater(x, 0), log(x), 0)", {"x": 0}, [NAN]),  # below a branch ordinary arithmetic holds
        ("sqrt(x) * 0", {"x": 0}, [NAN]),  # a factor that happens to be 0 is no branch
        ("log(relu(x)) + y * relu(x)", {"x": -1, "y": 2}, [0.0, 0.0]),
    ],
)
def test_a_structural_zero_passes_nothing_on(text, variables, expected):
    assert slopes(text, **variables) == pytest.approx(expected, nan_ok=True)


def test_what_only_a_condition_depends_on_is_not_reached():
    x, y = Value(4.0, "x"), Value(2.0, "y")
    root = autograd.sqrt(x)
    f = autograd.where(autograd.greater(root, 1.0), y * y, y)
    f.backward()
    assert (x.grad, root.grad, y.grad) == (None, None, 4.0)
    assert gradients(f, [x, root, y]) == (0.0, 0.0, 4.0)
    assert [step.operand.name for step in explain(f) if step.kind == "backward" and step.operand.name] == [
        "y",
        "y",
        "y",
    ]
    assert "∂f/∂x = 0" in explain(f).text()
    x.data = 0.0  # the condition is computed anew all the same
    assert f.forward() == 2.0


def test_a_recording_holds_where_the_branch_is_taken():
    """The zero is a row of the graph, not an edge that is left out."""
    x = Value(-1.0, "x")
    tape = record(autograd.sqrt(autograd.relu(x) + 1), x)
    outputs, (slope,) = tape.run([np.array([-1.0, 2.0, 8.0])])
    assert outputs[0].tolist() == [1.0, math.sqrt(3.0), 3.0]
    assert slope[0] == pytest.approx([0.0, 0.5 / math.sqrt(3.0), 0.5 / 3.0])
    tape = record(autograd.sqrt(autograd.relu(x)), x)
    assert tape.run([np.array([-1.0, 4.0])])[1][0][0].tolist() == [0.0, 0.25]


def test_second_order_through_shut_gates():
    x = Value(-1.0)
    (first,) = gradients(autograd.sqrt(autograd.relu(x)), x, create_graph=True)
    assert gradients(first, x) == (0.0,)


@given(graphs())
def test_gradients_as_graphs_are_those_of_the_float_loop(output):
    order = [node for node in autograd.order.topological_order(output) if node.op is None]
    numbers = gradients(output, order)
    graphs_ = gradients(output, order, create_graph=True)
    assert [g.data for g in graphs_] == pytest.approx(list(numbers), rel=1e-9, abs=1e-300, nan_ok=True)


@pytest.mark.parametrize("name", ["maximum", "minimum"])
@pytest.mark.parametrize(("x", "y"), [(1.0, NAN), (NAN, 1.0), (NAN, NAN), (INF, NAN)])
def test_nan_is_never_swallowed(name, x, y):
    a, b = Value(x), Value(y)
    f = TABLE[name](a, b)
    f.backward()
    assert all(map(math.isnan, (f.data, a.grad, b.grad)))


@pytest.mark.parametrize(
    ("x", "y", "expected"), [(INF, INF, 0.5), (-INF, -INF, 0.5), (INF, 1.0, 1.0), (-INF, 3.0, 0.0)]
)
def test_ties_of_infinities(x, y, expected):
    assert slopes("maximum(a, b)", a=x, b=y)[0] == expected
    assert slopes("minimum(a, b)", a=x, b=y)[0] == 1.0 - expected


def hessian(row, point):
    leaves = operands_at(row, point)
    once = gradients(row(*leaves), leaves, create_graph=True)
    return [list(gradients(slope, leaves)) for slope in once]


@pytest.mark.parametrize(
    ("name", "point", "expected"),  # None: not asked for
    [
        ("pow_value", (0.0, 1.5), [[INF, 0.0], [None, None]]),
        ("pow_value", (0.0, 2.0), [[2.0, 0.0], [None, None]]),
        ("pow_value", (0.0, 0.5), [[-INF, None], [None, None]]),
        ("pow_value", (2.0, 0.0), [[0.0, 0.5], [0.5, math.log(2.0) ** 2]]),
        ("hypot", (0.0, 0.0), [[NAN, NAN], [NAN, NAN]]),
        ("arctan2", (0.0, 0.0), [[NAN, NAN], [NAN, NAN]]),
        ("leaky_relu", (0.0, 0.25), [[0.0, 1.0], [1.0, 0.0]]),
        ("elu", (0.0, 1.5), [[1.5, 1.0], [1.0, 0.0]]),
        ("leaky_relu", (2.0, 0.25), [[0.0, 0.0], [0.0, 0.0]]),
        ("elu", (2.0, 1.5), [[0.0, 0.0], [0.0, 0.0]]),
        ("elu", (800.0, 1.5), [[0.0, 0.0], [0.0, 0.0]]),  # exp(800) is inf
    ],
)
def test_second_derivatives_at_singular_points_and_kinks(name, point, expected):
    for row, wanted in zip(hessian(TABLE[name], point), expected, strict=True):
        for number, right in zip(row, wanted, strict=True):
            assert right is None or number == pytest.approx(right, nan_ok=True)


@pytest.mark.parametrize(("p", "y"), [(0.0, 0.0), (1.0, 1.0), (0.0, 1.0), (1.0, 0.0)])
def test_the_bound_of_the_cross_entropy_is_not_differentiated(p, y):
    assert math.isnan(hessian(TABLE["bce"], (p, y))[0][0])
    assert slopes("bce(p, y)", p=p, y=y)[0] == (p - y) * 1e12


def test_elu_keeps_the_sign_of_zero_on_tape():
    x = Value(-0.0)
    f = 1 / autograd.elu(x, 0.25)
    assert record(f, x).run([-0.0])[0] == [f.data] == [-INF]


def test_signs_of_powers_of_minus_zero():
    assert slopes("x ** y", x=-0.0, y=-2.0)[0] == INF
    assert slopes("x ** y", x=-0.0, y=-3.0)[0] == -INF
    assert slopes("x ** -2", x=-0.0) == [INF]


@pytest.mark.parametrize(
    ("name", "point", "value", "expected"),
    [  # by mpmath, with 80 digits
        ("arctan2", (1e-160, 1e-160), 0.7853981633974483, [5e159, -5e159]),
        ("arctan2", (3e-200, -1e-200), 1.892546881191539, [-1e199, -3e199]),
        ("arctan2", (1e200, 1e200), 0.7853981633974483, [5e-201, -5e-201]),
        ("gelu", (-8.0,), -4.976768459417427e-15, [-3.979607261086796e-14]),
        ("gelu", (-5.0,), -1.4332578593959695e-06, [-7.146946001792295e-06]),
        ("gelu", (-2.0,), -0.04550026389635842, [-0.0852318010781969]),
        ("gelu", (3.0,), 2.99595030590511, [1.011945647204184]),
        ("gelu", (8.0,), 7.999999999999995, [1.0000000000000397]),
        ("bce", (1e-10, 0.0), 1.00000000005e-10, [1.0000000001, 23.025850929840455]),
        ("bce", (0.3, 0.7), 0.9497834462097748, [-1.9047619047619047, 0.8472978603872037]),
        ("hypot", (1e-170, 1e-170), 1.414213562373095e-170, [0.7071067811865476, 0.7071067811865476]),
        ("hypot", (1e170, 3.0), 1e170, [1.0, 2.9999999999999998e-170]),
        ("elu", (-20.0, 0.25), -0.24999999948471160, [5.152884056096395e-10, -0.9999999979388464]),
        ("elu", (-40.0, 0.25), -0.25, [1.0620885638228972e-18, -1.0]),
        ("erfc", (5.0,), 1.537459794428035e-12, [-1.5670866531017336e-11]),
        ("erfc", (-3.0,), 1.9999779095030015, [-0.00013925305194674786]),
        ("erfc", (20.0,), 5.395865611607901e-176, [-2.1610374743867984e-174]),
    ],
)
def test_values_and_slopes_keep_their_digits(name, point, value, expected):
    leaves = operands_at(TABLE[name], point)
    f = TABLE[name](*leaves)
    assert f.data == pytest.approx(value, rel=1e-14, abs=0)
    assert gradients(f, leaves) == pytest.approx(expected, rel=1e-13, abs=0)
