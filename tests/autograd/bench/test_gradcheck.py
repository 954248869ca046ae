"""gradcheck and numeric_derivative: right rules pass, wrong ones are named with operand, expected, got and text."""

import math

import numpy as np
import pytest

import autograd
from autograd import GradcheckError, Primitive, Value, gradcheck, numeric_derivative
from autograd.primitives import TABLE


@pytest.mark.parametrize("row", TABLE.values(), ids=lambda row: row.name)
def test_every_row_passes(row):
    found = gradcheck(row)
    assert found.compared > 0 or row.no_edge
    assert found.worst < 1e-6


FUNCTIONS = [
    (lambda x: x**3, 2.0, 4),
    (lambda x, y: autograd.sin(x) * y / (1 + x**2), [0.7, -1.2], 3),
    (lambda w, b: autograd.tanh(w[0] * 2.0 + w[1] * b), [[0.3, 0.4], 0.5], 2),
    (lambda u, v: u * autograd.exp(v), {"u": 1e-3, "v": 4.0}, 2),
    (lambda x: autograd.log(x), 1e-4, 2),
    (lambda x, y: x * 3.0, [1.0, 2.0], 2),
    (lambda x: x * 1e12, 1e6, 1),
]


@pytest.mark.parametrize(("f", "point", "order"), FUNCTIONS)
def test_functions_pass(f, point, order):
    assert gradcheck(f, point, order=order).worst < 1e-6


def test_an_array_of_numbers_is_a_point():
    assert gradcheck(lambda x: (x * x).sum(), [np.array([1.0, -2.0, 3.0])]).compared == 12


@pytest.mark.parametrize(
    "f", [autograd.relu, abs, autograd.sign, lambda x: autograd.maximum(x, 0.0), lambda x: autograd.elu(x)]
)
def test_conventions_at_kinks_pass(f):
    assert gradcheck(f, 0.0).worst < 1e-5


def test_a_wrong_rule_is_named():
    cube = Primitive("cube", lambda x: x**3, lambda x, z: (2 * x**2,))
    with pytest.raises(GradcheckError) as caught:
        gradcheck(lambda a, b: cube(a * b) + b, [2.0, 1.5])
    assert str(caught.value).splitlines() == [
        "∂f/∂a at a = 2, b = 1.5: expected 40.5 by differences, got 27",
        "  ∂cube(x)/∂x at x = 3: expected 27 by differences, got 18",
        "  by the rule of cube: ∂cube(x)/∂x = 2 * x ** 2",
    ]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (Primitive("product", lambda x, y: x * y, lambda x, y, z: (y, y)), r"∂product\(x, y\)/∂y at .* = y"),
        (Primitive("late", lambda x: x**3, lambda x, z: (3 * x**2 + 1e-4 * x,)), "∂late"),
        (Primitive("root", math.sqrt, lambda x, z: (0.4 / z,)), "by the rule of root: ∂root.x./∂x = 0.4 / root.x."),
    ],
)
def test_wrong_rows_are_found(row, message):
    with pytest.raises(GradcheckError, match="(?s)" + message):
        gradcheck(row)


def test_a_rule_right_to_first_order_only_is_found():
    frozen = Primitive("frozen", lambda x: x * x, lambda x, z: (x + (x.data if isinstance(x, Value) else x),))
    assert gradcheck(lambda x: x * x, 3.0, order=2)
    with pytest.raises((GradcheckError, TypeError)):
        gradcheck(frozen)


def test_a_point_is_needed():
    with pytest.raises(TypeError, match="needs a point"):
        gradcheck(lambda x: x)


def test_secants_of_the_course():
    slopes = [numeric_derivative(lambda x: x**2, 2.0, h) for h in (1, 0.1, 0.01, 1e-4, 1e-6, 1e-8, 1e-12)]
    assert slopes == pytest.approx([5, 4.1, 4.01, 4.0001, 4.000001, 3.99999998, 4.00036], rel=2e-6)
    table = numeric_derivative(lambda x: x**2, 2.0)
    assert len(table) == 13
    assert table[0] == (1.0, 5.0)
    assert table.exact == 4.0
    assert str(table).splitlines()[9].endswith("best")
    assert "from here on rounding wins" in str(table)
    assert [h for h, _ in numeric_derivative(autograd.tanh, 0.5, [1e-3, 1.0])] == [1.0, 1e-3]
    with pytest.raises(ValueError, match="h = 0"):
        numeric_derivative(autograd.tanh, 0.5, 0)
