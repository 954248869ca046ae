"""NumPy's functions on arrays of Values: each records a right gradient, fails, or stands in the table of the docs."""

import re

import numpy as np
import pytest

import autograd
from autograd import Value, gradients
from autograd.primitives import TABLE
from tests.conftest import ROOT, slope

SECTIONS = (ROOT / "examples" / "reference.md").read_text(encoding="utf-8").split("\n## ")
(ON_ARRAYS,) = [section for section in SECTIONS if section.startswith("NumPy on Values")]
ROWS = [row.split("|")[1:-1] for row in ON_ARRAYS.splitlines() if row.startswith("| `")]
CHOOSE, PLAIN, LOGICAL, BY_IDENTITY = [re.findall(r"`(\w+)`", row[0]) for row in ROWS]

VECTOR = [0.7, -0.4, 1.9, 0.25]
ARGUMENTS = {  # of the functions that take more than the array
    "maximum": (0.5,), "minimum": (0.5,), "fmax": (0.5,), "fmin": (0.5,), "clip": (0.0, 1.0), "partition": (2,), "isclose": (0.5,),
    "searchsorted": (0.5,), "percentile": (30,), "quantile": (0.3,), "roll": (1,), "repeat": (2,), "tensordot": (VECTOR, 1),
    "logical_and": (2.0,), "logical_or": (2.0,), "convolve": ([1.0, 2.0],), "polyval": (2.0,), "take": ([0, 1],),
    **dict.fromkeys(("dot", "inner", "outer", "vdot", "kron", "correlate", "add", "subtract", "multiply", "divide",
                     "power", "hypot", "arctan2", "logaddexp", "heaviside", "copysign", "fmod", "float_power"), ([2.0, 0.5, 3.0, 1.5],)),
}  # fmt: skip
CALLS = {
    "where": lambda a: np.where(a > 0, a, 0.0),
    "select": lambda a: np.select([a > 0], [a], 0.0),
    "einsum": lambda a: np.einsum("i,i->", a, a),
    "matmul": lambda a: a.reshape(2, 2) @ a.reshape(2, 2),
    "norm": lambda a: np.linalg.norm(a),
    "inv": lambda a: np.linalg.inv(a.reshape(2, 2)),
    "matrix_power": lambda a: np.linalg.matrix_power(a.reshape(2, 2), 3),
    "trace": lambda a: np.trace(a.reshape(2, 2)),
    "interp": lambda a: np.interp(a, [0.0, 1.0], [0.0, 2.0]),
    "astype": lambda a: a.astype(float),
    "fill": lambda a: np.zeros(3).fill(a[0]),
    "piecewise": lambda a: np.piecewise(a, [a > 0], [lambda x: x * x, 0.0]),
    "concatenate": lambda a: np.concatenate([a, a]),
    "deviations": lambda a: a.reshape(2, 2).std(axis=1),
    "sum_of_list": lambda a: np.sum(list(a)),
}
RECORD = """
    sum prod mean var std ptp median cumsum cumprod diff average square abs fabs cbrt exp2 exp tanh sinh cosh arctan sin cos expm1
    conj roll flip ravel repeat take percentile quantile add subtract multiply divide negative reciprocal hypot arctan2 dot inner
    outer vdot tensordot kron correlate convolve polyval einsum matmul norm matrix_power trace piecewise sinc nanvar copy
    concatenate deviations sum_of_list
""".split()  # noqa: SIM905
FAIL = """
    logaddexp floor ceil rint trunc round isnan isfinite heaviside copysign fmod float_power gradient histogram inv interp astype
    fill spacing i0 deg2rad frexp
""".split()  # noqa: SIM905


def call(name, array):
    return CALLS[name](array) if name in CALLS else getattr(np, name)(array, *ARGUMENTS.get(name, ()))


def array_of(numbers):
    return np.array([Value(number) for number in numbers])


def weighted(result):
    """One number of a result of any shape, to be differentiated."""
    return sum(
        ((i + 1.5) * x if isinstance(x, Value) else (i + 1.5) * float(x) for i, x in enumerate(np.ravel(result))),
        Value(0.0),
    )


def gradient_is_right(name):
    array = array_of(VECTOR)
    found = gradients(weighted(call(name, array)), list(array))

    def number(*numbers):
        return weighted(call(name, np.array(numbers))).data

    expected = [slope(number, VECTOR, i) for i in range(len(VECTOR))]
    return found == pytest.approx(expected, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("name", RECORD)
def test_functions_record_a_right_gradient(name):
    assert gradient_is_right(name)


@pytest.mark.parametrize("name", FAIL)
def test_functions_that_need_plain_numbers_fail(name):
    with pytest.raises((TypeError, AttributeError)):
        call(name, array_of(VECTOR))


@pytest.mark.parametrize("name", CHOOSE)
def test_functions_that_choose_give_the_values_themselves(name):
    array = array_of(VECTOR)
    for x in np.ravel(call(name, array)):
        assert isinstance(x, (int, float)) or any(x is one for one in array)
    assert gradient_is_right(name)


@pytest.mark.parametrize("name", PLAIN)
def test_functions_that_give_plain_numbers(name):
    assert not any(isinstance(x, Value) for x in np.ravel(call(name, array_of(VECTOR))))


def test_logical_functions_give_an_operand():
    array = array_of(VECTOR)
    assert list(np.logical_and(array, 2.0)) == [2.0] * 4
    assert all(x is y for x, y in zip(np.logical_or(array, 2.0), array, strict=True))
    assert LOGICAL == ["logical_and", "logical_or"]
    assert ((array != 0) & (array != 0)).tolist() == [True] * 4


def test_functions_that_ask_whether_values_are_equal():
    array = array_of([2.0, 2.0, float("nan")])
    assert len(np.unique(array[:2])) == 2
    assert np.isnan(np.nan_to_num(array)[2].data)
    for name in ("nanmean", "nansum"):
        assert np.isnan(getattr(np, name)(array).data)
    assert {*BY_IDENTITY} == {"unique", "nanmax", "nanmean", "nansum", "nan_to_num"}


def test_the_table_of_the_docs_leaves_out_no_function_of_one_array():
    """Whatever NumPy has under the name of a row, and each of its functions of one number, is in one of the lists."""
    listed = {*RECORD, *FAIL, *CHOOSE, *PLAIN, *LOGICAL, *BY_IDENTITY}
    array = array_of([0.5, 0.25])
    silent = set()
    for name in dir(np):
        function = getattr(np, name)
        if isinstance(function, np.ufunc) and function.nout == 1 and function.signature is None:
            try:
                result = function(*[array + 1.0 if name in ("arccosh", "acosh") else array] * function.nin)
            except (TypeError, AttributeError):
                continue
            nodes = [x for x in np.ravel(result) if isinstance(x, Value) and x.op is not None]
            if not nodes:
                silent.add(name)
    comparisons = {"equal", "not_equal", "less", "less_equal", "greater", "greater_equal"}
    assert silent - listed - comparisons == {"positive", "conj", "conjugate"} - listed  # which give the array itself


def test_rows_under_numpys_names():
    array, other = array_of([0.5, -2.0]), array_of([3.0, 0.25])
    assert [x.op for x in np.cbrt(array)] == [TABLE["cbrt"]] * 2
    assert [x.op for x in np.exp2(array)] == [TABLE["exp2"]] * 2
    assert [x.op for x in np.fabs(array)] == [TABLE["abs"]] * 2
    assert [x.op for x in np.hypot(array, 2.0)] == [TABLE["hypot"]] * 2
    assert [x.operands for x in np.arctan2(array, other)] == [(array[0], other[0]), (array[1], other[1])]
    assert [x.op for x in autograd.logaddexp(array, other)] == [TABLE["logaddexp"]] * 2
    assert autograd.hypot(3.0, Value(4.0)).data == 5.0
    assert np.cbrt(Value(-8.0)).data == -2.0
    x = Value(0.5)
    assert x.conjugate() is x


def test_sum_is_numpys():
    matrix = np.array([[1.0, 2.0], [3.0, 5.0]])
    assert autograd.sum(matrix) == np.sum(matrix) == 11.0
    values = np.array([[Value(x) for x in row] for row in matrix])
    total = autograd.sum(values)
    assert (total.op, total.data) == (TABLE["sum"], 11.0)
    assert gradients(total, list(values.flat)) == (1.0,) * 4
    assert autograd.sum(values[0]).data == 3.0
    assert autograd.sum(values.reshape(2, 1, 2)).data == 11.0
    assert autograd.sum(np.array(2.5)) == 2.5
