"""Symbolic derivatives: as a textbook has them, and with the numbers of the graph."""

import math
import random
import warnings

import pytest
from hypothesis import given

from autograd import Value, derivative, gradients, parse
from autograd.derivative import slopes
from autograd.order import topological_order
from autograd.primitives import TABLE
from autograd.tree import value_of
from tests.conftest import graphs

TEXTBOOK = [
    ("x", "1"), ("5 * x", "5"), ("7 + 0 * x", "0"), ("-x", "-1"), ("x + x", "2"), ("sum(x, x, x)", "3"), ("x / 3", "1 / 3"),
    ("x * x", "2 * x"), ("x**3 / 6", "0.5 * x ** 2"), ("3*x**2 - 5*x + 7", "6 * x - 5"), ("x - x", "0"), ("x / x", "0"),
    ("1 / x", "-1 / x ** 2"), ("x**-2", "-2 / x ** 3"), ("1 / x**2", "-2 / x ** 3"), ("x**0", "0"), ("x**1.5", "1.5 * x ** 0.5"),
    ("x**2 * sin(x)", "2 * x * sin(x) + x ** 2 * cos(x)"), ("sin(cos(x))", "-cos(cos(x)) * sin(x)"),
    ("sin(x)**2", "2 * sin(x) * cos(x)"), ("(x+1)**3", "3 * (x + 1) ** 2"), ("-(x-1)**2", "-2 * (x - 1)"),
    ("(x-1) * (x+1)", "2 * x"), ("2*(x+1) - x", "1"), ("q = x + 1; q * q", "2 * x + 2"), ("x * pi", "3.14159"),
    ("sqrt(x)", "1 / (2 * √(x))"), ("sqrt(1-x**2)", "-x / √(1 - x ** 2)"), ("(2*x)**0.5", "1 / (2 * x) ** 0.5"),
    ("exp(2*x)", "2 * exp(2 * x)"), ("exp(-x**2)", "-2 * x * exp(-x ** 2)"), ("x * exp(x)", "x * exp(x) + exp(x)"),
    ("log(x)", "1 / x"), ("log(1+x**2)", "2 * x / (1 + x ** 2)"), ("x**x", "x ** x * log(x) + x * x ** (x - 1)"),
    ("tan(x)", "1 + tan(x) ** 2"), ("arcsin(x)", "1 / √(1 - x ** 2)"), ("arctan2(x, 2)", "2 / (x ** 2 + 4)"),
    ("tanh(x)", "1 - tanh(x) ** 2"), ("sigmoid(x)", "sigmoid(x) * (1 - sigmoid(x))"), ("softplus(x)", "sigmoid(x)"),
    ("1/(1+exp(-x))", "exp(-x) / (1 + exp(-x)) ** 2"), ("bce(sigmoid(x), 1)", "sigmoid(x) - 1"), ("hypot(x, y)", "x / hypot(x, y)"),
    ("abs(x)", "sign(x)"), ("relu(x) * x", "x * step(x) + relu(x)"), ("maximum(x, 2)", "[x > 2]"),
    ("where(x > 0, x**2, 0)", "2 * x * [x > 0]"), ("leaky_relu(x)", "where([x > 0], 1, 0.01)"), ("(x + y) * z", "z"),
    ("x / (1+x**2)", "1 / (1 + x ** 2) - 2 * x ** 2 / (1 + x ** 2) ** 2"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), TEXTBOOK)
def test_derivatives_as_a_student_writes_them(text, expected):
    assert str(derivative(text, "x")) == expected


@pytest.mark.parametrize(
    ("text", "by", "expected"),
    [
        ("x**3 * y", "xy", "3 * x ** 2"),
        ("x**3 * y", "yx", "3 * x ** 2"),
        ("sin(x * y)", "xx", "-y ** 2 * sin(x * y)"),
        ("x**5", "xxxxx", "120"),
        ("x**5", "xxxxxx", "0"),
        ("exp(-x**2)", "xx", "4 * x ** 2 * exp(-x ** 2) - 2 * exp(-x ** 2)"),
    ],
)
def test_derivatives_of_derivatives(text, by, expected):
    assert str(derivative(text, *by)) == expected


def test_a_derivative_as_latex():
    assert derivative("sqrt(x) / w1", "x").latex == r"\frac{1}{2 \cdot w_{1} \cdot \sqrt{x}}"


def test_a_derivative_of_a_graph():
    a, b = Value(2.0, "a"), Value(3.0, "b")
    assert str(derivative(a * b + a**2, "a")) == "b + 2 * a"
    assert (a.grad, b.grad) == (None, None)


@pytest.mark.parametrize("row", [row for row in TABLE.values() if row.arity], ids=lambda row: row.name)
def test_derivatives_have_the_numbers_of_the_rules(row):
    for probe in row.probes:
        numbers_by_nature = [partial is None for partial in row.partials(*probe, row.evaluate(probe, probe))]
        leaves = [x if n else Value(x, name) for x, n, name in zip(probe, numbers_by_nature, "xyz", strict=False)]
        check(row(*leaves), [leaf for leaf in leaves if isinstance(leaf, Value)])


SMOOTH = [
    TABLE[name] for name in ("add", "sub", "mul", "div", "neg", "square", "exp", "sin", "cos", "tanh", "sigmoid", "arctan", "sum", "where", "relu")
]  # fmt: skip


@given(graphs(SMOOTH, most=7))
def test_derivatives_of_random_graphs_have_their_numbers(output):
    check(output, [node for node in topological_order(output) if node.op is None])


def check(output, leaves):
    expected = gradients(output, leaves)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = slopes(output)
        except ValueError:
            return  # longer than a formula may be
        given_numbers = {leaf.name: leaf.data for leaf in leaves}
        for leaf, number in zip(leaves, expected, strict=True):
            symbolic = value_of(found[leaf.name], given_numbers)
            if math.isfinite(symbolic) and math.isfinite(number):  # 0 * inf is left out, x / x cancels
                assert symbolic == pytest.approx(number, rel=1e-9, abs=1e-9)


def test_polynomials_at_random_against_their_coefficients():
    generator = random.Random(1)
    for _ in range(30):
        coefficients = [generator.randint(-5, 5) for _ in range(5)]
        text = " + ".join(f"({c}) * x ** {n}" for n, c in enumerate(coefficients))
        slope = str(derivative(text, "x"))
        for x in (-1.5, 0.5, 2.0):
            expected = sum(n * c * x ** (n - 1) for n, c in enumerate(coefficients) if n)
            found = parse(slope, x=x).data if "x" in slope else parse(slope).data
            assert found == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: derivative("x * y", "z"), "by which variable. There are x, y; got z"),
        (lambda: derivative("x * y"), "got none"),
        (lambda: derivative("x *", "x"), "operand is missing"),
        (lambda: derivative("*".join(f"tanh(x*{n}.5+y)" for n in range(20)), "x", "x"), "longer than 300 operations"),
    ],
)
def test_errors(wrong, message):
    with pytest.raises(ValueError, match=message):
        wrong()
