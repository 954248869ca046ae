"""The table: each row against finite differences, to second order, on arrays, as text. A new row is tested by existing."""

import builtins
import math
import re
import warnings
from itertools import product

import numpy as np
import pytest

import autograd
from autograd import Primitive, Term, Value, gradients, primitives
from autograd.primitives import TABLE
from tests.conftest import operands_at, slope

ROWS = list(TABLE.values())
PROBES = [pytest.param(row, probe, id=f"{row.name}{probe}") for row in ROWS for probe in row.probes]


def call(row, operands):
    return row(operands) if row.arity is None else row(*operands)


def test_every_row_is_probed():
    assert [row.name for row in ROWS if not row.probes] == []


@pytest.mark.parametrize(("row", "probe"), PROBES)
def test_value_is_a_float_and_nodes_agree_with_it(row, probe):
    number = call(row, probe)
    node = call(row, operands_at(row, probe))
    assert type(number) is float
    assert type(node.data) is float
    assert node.data == number
    assert node.op is row
    assert len(node.operands) == len(probe)


@pytest.mark.parametrize(("row", "probe"), PROBES)
def test_partials_are_the_slopes(row, probe):
    operands = operands_at(row, probe)
    call(row, operands).backward()
    for position, leaf in enumerate(operands):
        if isinstance(leaf, Value) and position in row.no_edge:
            assert leaf.grad is None
        elif isinstance(leaf, Value):
            expected = slope(lambda *xs: call(row, xs), probe, position)
            assert leaf.grad == pytest.approx(expected, rel=1e-7, abs=1e-8), f"{row.name}{probe}, operand {position}"


@pytest.mark.parametrize(("row", "probe"), PROBES)
def test_partials_can_be_differentiated_again(row, probe):
    def leaves_of(operands):
        return [operand for operand in operands if isinstance(operand, Value)]

    def first(i):
        return lambda *xs: gradients(call(row, operands := operands_at(row, xs)), leaves_of(operands))[i]

    operands = operands_at(row, probe)
    leaves = leaves_of(operands)
    once = gradients(call(row, operands), leaves, create_graph=True)
    for i, j in product(range(len(leaves)), repeat=2):
        second = gradients(once[i], leaves)[j]
        assert second == pytest.approx(slope(first(i), probe, j), rel=1e-6, abs=1e-7), f"{row.name}{probe}: {i}, {j}"


@pytest.mark.parametrize(("row", "probe"), PROBES)
def test_gradients_as_graphs_are_the_gradients(row, probe):
    operands = operands_at(row, probe)
    leaves = [operand for operand in operands if isinstance(operand, Value)]
    output = call(row, operands)
    numbers = gradients(output, leaves)
    graphs = gradients(output, leaves, create_graph=True)
    assert [graph.data for graph in graphs] == list(numbers)


@pytest.mark.parametrize(("row", "probe"), PROBES)
def test_formulas_say_what_is_computed(row, probe):
    """The text of every derivative, evaluated with the operands' values, is the derivative."""
    names = "abcde"[: len(probe)]
    terms = [Term(name) for name in names]
    z = call(row, probe)
    numbers = row.partials(*probe, z)
    for term, expected in zip(row.partials(*terms, Term("z")), numbers, strict=True):
        if expected is None:
            continue
        text = str(term).replace("²", "**2").replace("√(", "sqrt(")
        for sign, name in ((" > ", "greater"), (" = ", "equal")):
            while sign in text:
                start, end = text.rfind("[", 0, text.index(sign)), text.index("]", text.index(sign))
                inside = text[start + 1 : end].replace(sign, ", ")
                text = f"{text[:start]}{name}({inside}){text[end + 1 :]}"
        values = {
            name: x for name, x in zip([*names, "z"], [*probe, z], strict=True) if re.search(rf"\b{name}\b", text)
        }
        value = autograd.parse(text, **values).data
        assert value == pytest.approx(expected, rel=1e-5, abs=1e-5), f"{row.name}: {term}"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_arrays_give_what_floats_give(row):
    columns = [
        np.array(column) for column in zip(*(p for p in row.probes if len(p) == len(row.probes[0])), strict=True)
    ]
    results = call(row, columns)
    assert results.dtype == np.float64
    for result, probe in zip(results, row.probes, strict=False):
        assert result == pytest.approx(call(row, probe), rel=1e-15, abs=1e-300)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_arrays_agree_at_the_edges(row):
    """nan, inf and zeros of both signs, on floats and on arrays alike."""
    edges = [math.nan, math.inf, -math.inf, 0.0, -0.0, 1.0, -1.0, 1000.0, -1000.0, 0.5]
    points = list(product(edges, repeat=row.arity or 2))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        arrays = call(row, [np.array(column) for column in zip(*points, strict=True)])
        floats = [call(row, point) for point in points]
    for point, x, y in zip(points, arrays, floats, strict=True):
        assert x == pytest.approx(y, rel=1e-15, nan_ok=True), f"{row.name}{point}"


def test_rows_are_functions_of_the_package():
    assert autograd.tanh is TABLE["tanh"]
    assert autograd.pow(2.0, 3.0) == 8.0
    assert autograd.sum([1.0, 2.0, 3.0]) == 6.0
    assert autograd.tanh(0.5) == math.tanh(0.5)
    assert str(autograd.tanh(Term("x"))) == "tanh(x)"
    assert not {name for name in autograd.__all__ if hasattr(builtins, name)}
    assert set(autograd.__all__) <= set(dir(autograd))


def test_wrong_numbers_of_operands_are_told():
    with pytest.raises(TypeError, match="tanh takes 1 operand, got 2"):
        autograd.tanh(1.0, 2.0)
    with pytest.raises(TypeError, match="leaky_relu takes 1 to 2 operands, got 3"):
        autograd.leaky_relu(1.0, 2.0, 3.0)
    with pytest.raises(TypeError, match="one list of operands"):
        autograd.sum(1.0, 2.0)
    with pytest.raises(TypeError, match="expected a real number"):
        autograd.tanh("1")
    with pytest.raises(ValueError, match="arity"):
        Primitive("f", lambda: 0.0, lambda z: (), arity=0)
    with pytest.raises(TypeError, match="f: the arguments of its partials do not say .* add arity=2"):
        Primitive("f", max, lambda *xs_z: xs_z)
    with pytest.raises(TypeError, match="add arity=2"):
        Primitive("f", max, math.hypot)


def test_arity_is_read_off_the_partials():
    assert [Primitive("f", math.fsum, partials).arity for partials in (
        lambda x, z: (1.0,), lambda x, y, z: (y, x), lambda a, b, c, z, *, factor=2.0: (1.0,) * 3, lambda x, z, k=2: (k,),
    )] == [1, 2, 3, 1]  # fmt: skip


def test_a_number_by_nature_has_no_derivative():
    x, y = Value(2.0), Value(3.0)
    assert gradients(x**y, [x, y]) == (12.0, 8.0 * math.log(2.0))
    with pytest.raises(TypeError, match="operand 2 of pow_number is a number by nature.* for a Value use pow"):
        primitives.pow_number(x, y)
    scaled = Primitive("scaled", lambda x, k: x * k, lambda x, k, z: (k, None))
    assert gradients(scaled(x, 3.0), x) == (3.0,)
    with pytest.raises(TypeError, match=r"operand 2 of scaled is a number by nature.*v\.data"):
        scaled(x, y)


def test_what_is_taught_is_what_is_computed():
    for row in ROWS:
        for probe in row.probes if row.taught else ():
            z = row(*probe)
            for taught, partial in zip(row.taught(*probe, z), row.partials(*probe, z), strict=True):
                assert taught is partial or taught == pytest.approx(partial, rel=1e-12), (row.name, probe)
        for probe in row.probes if row.means else ():
            assert row.means(*probe) == pytest.approx(row(*probe), rel=1e-12), (row.name, probe)


def test_what_commutes_is_said_by_the_row():
    for row in ROWS:
        if row.arity == 2:
            swapped = all(row(*point) == row(*point[::-1]) for point in row.probes)
            assert row.commutes == swapped, row.name
    with pytest.raises(ValueError, match="named as a Python function"):
        Primitive("f\n", lambda x: x, lambda x, z: (1.0,))


# The edges of the domain: IEEE's results, and PyTorch's conventions at kinks.

EDGES = [
    # function, operands, value, gradients
    ("relu", [0.0], 0.0, [0.0]),
    ("relu", [-0.0], 0.0, [0.0]),
    ("abs", [0.0], 0.0, [0.0]),
    ("sign", [0.0], 0.0, [0.0]),
    ("step", [0.0], 0.0, [0.0]),
    ("maximum", [2.0, 2.0], 2.0, [0.5, 0.5]),
    ("minimum", [2.0, 2.0], 2.0, [0.5, 0.5]),
    ("sqrt", [0.0], 0.0, [math.inf]),
    ("sqrt", [-1.0], math.nan, [math.nan]),
    ("log", [0.0], -math.inf, [math.inf]),
    ("log", [-1.0], math.nan, [-1.0]),
    ("log1p", [-1.0], -math.inf, [math.inf]),
    ("exp", [1000.0], math.inf, [math.inf]),
    ("expm1", [1000.0], math.inf, [math.inf]),
    ("sinh", [-1000.0], -math.inf, [math.inf]),
    ("sin", [math.inf], math.nan, [math.nan]),
    ("arcsin", [2.0], math.nan, [math.nan]),
    ("arctanh", [1.0], math.inf, [math.inf]),
    ("div", [1.0, 0.0], math.inf, [math.inf, -math.inf]),
    ("div", [1e200, 1e200], 1.0, [1e-200, -1e-200]),
    ("sub", [math.inf, math.inf], math.nan, [1.0, -1.0]),
    ("hypot", [0.0, 0.0], 0.0, [math.nan, math.nan]),
    ("arctan2", [0.0, 0.0], 0.0, [0.0, 0.0]),
    ("sigmoid", [1000.0], 1.0, [0.0]),
    ("sigmoid", [-1000.0], 0.0, [0.0]),
    ("sigmoid", [-40.0], 4.248354255291589e-18, [4.248354255291589e-18]),
    ("tanh", [400.0], 1.0, [0.0]),
    ("tanh", [-400.0], -1.0, [0.0]),
    ("softplus", [1e4], 1e4, [1.0]),
    ("softplus", [-1e4], 0.0, [0.0]),
    ("softplus", [30.0], 30.00000000000009357622968839, [0.99999999999990642377]),
    ("logaddexp", [1e4, -1e4], 1e4, [1.0, 0.0]),
    ("elu", [1000.0], 1000.0, [1.0]),
    ("elu", [-1000.0], -1.0, [0.0]),
    ("leaky_relu", [0.0], 0.0, [0.01]),
    ("gelu", [0.0], 0.0, [0.5]),
    ("where", [1.0, 2.0, 3.0], 2.0, [None, 1.0, 0.0]),
    ("greater", [1.0, 1.0], 0.0, [None, None]),
    ("pow_value", [0.0, 0.0], 1.0, [0.0, 0.0]),
    ("pow_value", [0.0, 2.0], 0.0, [0.0, 0.0]),
    ("pow_value", [-2.0, 3.0], -8.0, [12.0, math.nan]),
    ("pow_value", [-2.0, 0.5], math.nan, [math.nan, math.nan]),
]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("name", "operands", "value", "expected"), EDGES)
def test_edges(name, operands, value, expected):
    leaves = [Value(x) for x in operands]
    output = TABLE[name](*leaves)
    output.backward()
    assert output.data == pytest.approx(value, rel=1e-15, abs=0, nan_ok=True)
    for leaf, slope_there in zip(leaves, expected, strict=True):
        if slope_there is None:
            assert leaf.grad is None
        else:
            assert type(leaf.grad) is float
            assert leaf.grad == pytest.approx(slope_there, rel=1e-14, abs=0, nan_ok=True)


POWERS = [
    # x, n, x**n, its derivative
    (0.0, 0, 1.0, 0.0),
    (math.inf, 0, 1.0, 0.0),
    (0.0, 1, 0.0, 1.0),
    (0.0, 2, 0.0, 0.0),
    (0.0, -1, math.inf, -math.inf),
    (0.0, 0.5, 0.0, math.inf),
    (-2.0, 3, -8.0, 12.0),
    (-8.0, 1 / 3, math.nan, math.nan),
    (10.0, 400, math.inf, math.inf),
    (3.0, -2, 1 / 9, -2 / 27),
]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("x", "n", "value", "slope"), POWERS)
def test_constant_powers(x, n, value, slope):
    leaf = Value(x)
    output = leaf**n
    output.backward()
    assert output.data == pytest.approx(value, rel=1e-15, nan_ok=True)
    assert leaf.grad == pytest.approx(slope, rel=1e-15, nan_ok=True)
    assert output.operands == (leaf, float(n))


def test_nan_stays_nan():
    for row in ROWS:
        if row.arity == 1:
            assert math.isnan(row(math.nan)), row.name
    assert math.isnan(primitives.maximum(math.nan, 1.0))
    assert math.isnan(primitives.maximum(1.0, math.nan))
    assert math.isnan(primitives.minimum(math.nan, 1.0))


def test_negative_zero_is_kept_by_arithmetic():
    assert math.copysign(1.0, (Value(-0.0) * 1.0).data) == -1.0
    assert math.copysign(1.0, autograd.sum([Value(-0.0), Value(-0.0)]).data) == -1.0
    assert math.copysign(1.0, (-Value(0.0)).data) == -1.0


def test_exceptional_values_warn_with_the_operands_names():
    with pytest.warns(RuntimeWarning, match=r"log\(x\) is -inf"):
        autograd.log(Value(0.0, "x"))
    with pytest.warns(RuntimeWarning, match=r"a / b is inf"):
        Value(1.0, "a") / Value(0.0, "b")
    with pytest.warns(RuntimeWarning, match=r"_ \*\* 0\.5 is nan") as caught:
        Value(-1.0) ** 0.5
    assert caught[0].filename == __file__


def test_two_thousand_overflows_are_one_warning(python):
    done = python("from autograd import Value\nfor i in range(2000): Value(1000.0 + i).exp()")
    assert done.stderr.count("RuntimeWarning") == 1


def test_partials_are_silent():
    x = Value(0.0)
    y = x.sqrt()
    y.backward()  # 0.5 / 0: warnings are errors here
    assert x.grad == math.inf
    assert gradients(y, x, create_graph=True)[0].data == math.inf


def test_sum_adds_from_left_to_right():
    """As eager + does, on every version of Python: sum() of floats is compensated since 3.12."""
    numbers = [0.1] * 10
    total = 0.1
    for number in numbers[1:]:
        total += number
    assert autograd.sum([Value(x) for x in numbers]).data == total
    assert autograd.sum([]) == 0.0


def test_a_branch_not_taken_is_guarded_at_its_operand():
    x = Value(-1.0)
    safe = autograd.where(autograd.greater(x, 0), autograd.sqrt(autograd.maximum(x, 1.0)), 0.0)
    safe.backward()
    assert (safe.data, x.grad) == (0.0, 0.0)
    x.grad = None
    with pytest.warns(RuntimeWarning, match="sqrt"):
        poisoned = autograd.where(autograd.greater(x, 0), autograd.sqrt(x), 0.0)
    poisoned.backward()
    assert math.isnan(x.grad)  # as in PyTorch: 0 · nan


# Rows of a user's own.

cube = Primitive("cube", lambda x: x * x * x, lambda x, z: (3 * autograd.square(x),))
dot2 = Primitive("dot2", lambda a, b, c, d: a * c + b * d, lambda a, b, c, d, z: (c, d, a, b), arity=4)
largest = Primitive(
    "largest", lambda *xs: max(xs), lambda *xs_z: [autograd.equal(x, xs_z[-1]) for x in xs_z[:-1]], arity=None
)


def test_a_users_row_has_everything():
    x = Value(2.0, "x")
    y = cube(x) + cube(3.0)
    y.backward()
    assert (y.data, x.grad) == (35.0, 12.0)
    assert gradients(gradients(cube(x), x, create_graph=True)[0], x) == (12.0,)
    assert str(cube(Term("x"))) == "cube(x)"
    assert "∂cube(x)/∂x = 1 × (3 * x²)" in autograd.explain(cube(x)).text()
    assert cube(np.array([1.0, 2.0])).tolist() == [1.0, 8.0]
    leaves = [Value(float(i)) for i in range(1, 5)]
    assert gradients(dot2(*leaves), leaves) == (3.0, 4.0, 1.0, 2.0)
    assert gradients(largest(leaves), leaves) == (0.0, 0.0, 0.0, 1.0)
    assert not hasattr(x, "cube")


def test_a_users_mistakes_are_told():
    short = Primitive("short", lambda x, y: x + y, lambda x, y, z: (1.0,), arity=2)
    x, y = Value(1.0), Value(2.0)
    with pytest.raises(TypeError, match="partials of short gave 1 local derivatives for 2 operands"):
        short(x, y).backward()
    assert x.grad is None
    complex_ = Primitive("root", lambda x: x**0.5, lambda x, z: (0.5 / z,))
    with pytest.raises(TypeError, match="expected a real number"):
        complex_(Value(-1.0))
    wrong = Primitive("wrong", lambda x: x, lambda x, z: (1j,))
    with pytest.raises(TypeError, match="expected a real number"):
        wrong(x).backward()
    assert x.grad is None
