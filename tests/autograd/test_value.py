"""Value: operators with numbers and NumPy on either side, types, identity, names."""

import math
import operator
from decimal import Decimal
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

import autograd
from autograd import Value
from autograd.primitives import TABLE

KINDS = [int, float, bool, np.float32, np.float64, np.int64, Value]
OPERATORS = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow]


def number(x):
    return x.data if isinstance(x, Value) else float(x)


@pytest.mark.parametrize(("op", "kind", "left"), list(product(OPERATORS, KINDS, (True, False))))
def test_operators_take_numbers_on_either_side(op, kind, left):
    v, other = Value(2.0), kind(1) if kind is bool else kind(3)
    result = op(other, v) if left else op(v, other)
    assert type(result) is Value
    assert type(result.data) is float
    assert result.data == op(number(other), 2.0) if left else op(2.0, number(other))
    kept = other if isinstance(other, Value) else float(other)
    assert result.operands == ((kept, v) if left else (v, kept))
    result.backward()
    assert type(v.grad) is float


def test_unary_operators():
    v = Value(-3.0)
    assert (-v).data == 3.0
    assert +v is v
    assert abs(v).data == 3.0


def test_python_sum_starts_without_a_node():
    a, b = Value(1.0), Value(2.0)
    total = sum([a, b])
    assert total.operands == (a, b)
    assert (0.0 + a).operands == (0.0, a)


def test_each_operation_is_one_node():
    a, b = Value(1.0), Value(2.0)
    assert (a - b).op is TABLE["sub"]
    assert (a / b).op is TABLE["div"]
    assert (-a).op is TABLE["neg"]
    assert (a**2).op is TABLE["pow_number"]
    assert (a**b).op is TABLE["pow_value"]
    assert (2**b).op is TABLE["pow_value"]
    assert (a + a).operands == (a, a)


@pytest.mark.parametrize(
    "bad", ["1", None, [1], 1j, Value(1.0), (1,), {}, np.array([1.0]), np.array(1.0), b"1", np.complex128(1)]
)
def test_data_is_a_real_number(bad):
    with pytest.raises(TypeError, match="expected a (real )?number"):
        Value(bad)


def test_too_large_an_integer_is_told():
    with pytest.raises(OverflowError, match="too large for a float"):
        Value(10**400)


@pytest.mark.parametrize("bad", ["1", None, [1], 1j, (1,), {}])
@pytest.mark.parametrize("op", OPERATORS)
def test_operators_refuse_what_is_not_a_number(op, bad):
    with pytest.raises(TypeError, match=type(bad).__name__):
        op(Value(1.0), bad)
    with pytest.raises(TypeError):
        op(bad, Value(1.0))


def test_names_are_strings():
    assert Value(1, "x").name == "x"
    with pytest.raises(TypeError, match="a name is a str"):
        Value(1, 2)


def test_numpy_on_both_sides():
    v = Value(3.0, "v")
    for result in (np.array([1.0, 2.0]) * v, v * np.array([1.0, 2.0])):
        assert result.dtype == object
        assert [type(r) for r in result] == [Value, Value]
        assert [r.data for r in result] == [3.0, 6.0]
    assert type(np.float64(2) * v) is Value
    assert (np.array([1, 2]) - v)[1].operands == (2.0, v)
    assert (v ** np.float32(2)).op is TABLE["pow_number"]
    assert (v < np.array([1.0, 5.0])).tolist() == [False, True]


def test_numpy_functions_record_the_graph():
    v = Value(0.5)
    for name, row in TABLE.items():
        if row.arity == 1 and isinstance(getattr(np, name, None), np.ufunc) and name not in ("sign", "square", "abs"):
            result = getattr(np, name)(Value(1.5) if name == "arccosh" else v)
            assert type(result) is Value, name
            assert result.op is row, name
    assert np.abs(Value(-1.0)).op is TABLE["abs"]
    assert np.square(v).operands == (v, v)
    W = np.array([[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]])
    x = np.array([Value(5.0), Value(6.0)])
    y = W @ x
    assert [e.data for e in y] == [17.0, 39.0]
    y[0].backward()
    assert [w.grad for w in W[0]] == [5.0, 6.0]
    assert W[1, 0].grad is None
    assert x.sum().data == 11.0
    assert x.dot(x).data == 61.0
    assert [e.data for e in np.exp(x)] == [math.exp(5), math.exp(6)]
    assert autograd.relu(x)[0].op is TABLE["relu"]
    assert autograd.maximum(x, 5.5)[0].operands == (x[0], 5.5)
    assert autograd.maximum(v, np.array([0.0, 2.0]))[1].operands == (v, 2.0)
    assert [e.data for e in autograd.where(np.array([1.0, 0.0]), v, x)] == [0.5, 6.0]
    assert autograd.tanh(np.array(0.5)) == math.tanh(0.5)


def test_math_functions_do_not_detach():
    with pytest.raises(TypeError, match=r"v\.data"):
        math.exp(Value(1.0))
    with pytest.raises(TypeError, match=r"v\.data"):
        float(Value(1.0))
    with pytest.raises(TypeError):
        int(Value(1.0))
    with pytest.raises(TypeError):
        len(Value(1.0))
    with pytest.raises(TypeError):
        Value(1.0)[0]
    assert not hasattr(Value, "__array__")


def test_methods_of_one_operand():
    v = Value(0.5)
    for name, row in TABLE.items():
        if row.arity == 1:
            assert getattr(Value(1.5) if name == "arccosh" else v, name)().op is row
    assert v.leaky_relu().operands == (v, 0.01)
    assert v.leaky_relu(0.2).operands == (v, 0.2)
    assert v.elu().operands == (v, 1.0)
    assert not hasattr(v, "maximum")


def test_ordering_is_by_data_and_equality_of_values_is_identity():
    a, b = Value(1.0), Value(2.0)
    assert a < b
    assert a <= 1
    assert b > np.float64(1)
    assert 1.5 < b
    assert max([a, b, Value(0.0)]) is b
    assert sorted([b, a]) == [a, b]
    assert a != Value(1.0)
    assert len({a, Value(1.0)}) == 2
    assert not Value(0.0)
    assert Value(-0.5)
    with pytest.raises(TypeError, match="expected a real number"):
        assert a < "1"


NUMBERS = [2, 2.0, True, np.float32(2), np.float64(2), np.int64(2), np.uint8(2), np.bool_(True), np.longdouble(2), 3, -0.0,
           math.nan, math.inf, 10**400, 2**53 + 1, 0.1, np.float32(0.1)]  # fmt: skip


@pytest.mark.parametrize("data", [2.0, 1.0, 0.0, math.nan, math.inf, 2.0**53, 0.1, float(np.float32(0.1))])
def test_equality_with_a_plain_number_compares_data(data):
    v = Value(data)
    for number in NUMBERS:
        expected = data == (
            number.item()
            if isinstance(number, (np.integer, np.bool_))
            else float(number)
            if isinstance(number, np.floating)
            else number
        )
        assert (v == number) is bool(number == v) is expected, number
        assert (v != number) is bool(number != v) is not expected, number
        assert (v in (number,)) is ([number].count(v) == 1) is expected
    assert v == v
    assert v in [v]
    assert hash(v) == object.__hash__(v)


def test_equality_with_what_is_no_number_is_false_and_never_raises():
    v = Value(2.0)
    for other in ("2.0", None, [2.0], (2.0,), 2 + 0j, {}, object, Fraction(2), Decimal(2), np.str_("2"), Value(2.0)):
        assert v.__eq__(other) in (NotImplemented, False)
        assert not operator.eq(v, other)
        assert not operator.eq(other, v)
        assert operator.ne(v, other)


def test_arrays_of_values_are_compared_number_by_number():
    array = np.array([Value(2.0), Value(3.0)])
    assert (array == 2.0).tolist() == (array == np.array([2.0, 0.0])).tolist() == [True, False]
    assert (np.array([2.0, 4.0]) == array[0]).tolist() == (array[0] == np.array([2.0, 4.0])).tolist() == [True, False]
    assert np.array_equal(array, [2.0, 3.0])
    assert not np.array_equal(array, [2.0, 4.0])
    assert np.array_equal(array, array)
    assert not np.array_equal(array, np.array([Value(2.0), Value(3.0)]))  # Values are equal to themselves only
    assert np.where(array == 2.0, 1.0, 0.0).tolist() == [1.0, 0.0]


def test_text():
    x = Value(2.0, "x")
    y = x * 3
    assert repr(x) == "Value(2.0, name='x', grad=None)"
    assert repr(y) == "Value(6.0, op='mul', grad=None)"
    y.backward()
    assert repr(x) == "Value(2.0, name='x', grad=3.0)"
    assert f"{y:.3f}" == "6.000"
    assert f"{y}" == "6.0"
    assert len(repr(Value(1.0, "n" * 1000))) < 100


def test_plus_equals_makes_a_new_node():
    a = Value(1.0)
    b = a
    b += 1
    assert b is not a
    assert a.data == 1.0


def test_subclasses_keep_their_gradients():
    class Weight(Value):
        __slots__ = ()

    w = Weight(2.0, "w")
    f = 3 * w + w * w
    f.backward()
    assert w.grad == 7.0
    assert type(f) is Value


def test_computed_data_cannot_be_assigned():
    x = Value(1.0)
    y = x + 1
    with pytest.raises(AttributeError, match="assign to the leaves"):
        y.data = 3.0
    with pytest.raises(TypeError, match="expected a real number"):
        x.data = "3"
    x.data = np.float32(4)
    assert type(x.data) is float


def test_there_is_no_other_attribute():
    with pytest.raises(AttributeError):
        Value(1.0).gard = 0.0
    with pytest.raises(AttributeError):
        Value(1.0).foo()
