"""The chain rule on floats, as each row's own function, gives the bits of the chain rule in general."""

import math
import random
import traceback
from itertools import product

import numpy as np
import pytest

import autograd
from autograd import Primitive, Value, gradients, zero_grad
from autograd.chain import uses
from autograd.order import backward_order
from autograd.primitives import TABLE
from autograd.pull import pull_many, pull_of, pull_source, pull_sum

EDGES = [0.0, -0.0, 1.0, -1.0, 2.0, -3.5, 5e-324, 1e-160, 1e200, 700.0, -800.0, math.inf, -math.inf, math.nan]

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


def told(output, seed=1.0):
    """∂output/∂node by the stream of uses."""
    order = backward_order(output)
    adjoints = {order[-1]: seed}
    for use in uses(order, seed):
        adjoints[use.operand] = use.total
    return [repr(adjoints.get(node)) for node in order]


def looped(output, seed=1.0):
    """The same by the float loop."""
    order = backward_order(output)
    zero_grad(order)
    output.backward(seed)
    return [repr(node.grad) for node in order]


def operands_of(row, point, numbers):
    """Leaves at a point, plain floats at the positions of `numbers`."""
    return [x if position in numbers else Value(x) for position, x in enumerate(point)]


def choices(row, count):
    """The sets of operands that may be plain numbers, of which one at least is none."""
    by_nature = {position for position, p in enumerate(row.partials(*[1.5] * count, 1.5)) if p is None}
    for kinds in product([False, True], repeat=count):
        numbers = {position for position, plain in enumerate(kinds) if plain} | by_nature
        if len(numbers) < count:
            yield numbers


@pytest.mark.parametrize("row", TABLE.values(), ids=TABLE.keys())
def test_a_pull_gives_the_bits_of_the_general_rule(row):
    generator = random.Random(7)
    count = row.arity or 3
    points = list(row.probes) if row.arity else []
    points += [[generator.choice(EDGES) for _ in range(count)] for _ in range(40)]
    points += [[generator.gauss(0, 2) for _ in range(count)] for _ in range(10)]
    for point in points:
        for numbers in choices(row, count):
            f = row.on(operands_of(row, point, numbers))
            for seed in (1.0, -0.3, 0.0, math.inf, math.nan):
                assert looped(f, seed) == told(f, seed), (point, numbers, seed)


@pytest.mark.parametrize("row", [row for row in TABLE.values() if row.arity != 1], ids=lambda row: row.name)
def test_one_node_as_all_operands(row):
    by_nature = [p is None for p in row.partials(*[1.5] * (row.arity or 3), 1.5)]
    for x in (0.5, 0.0, -2.0):
        leaf = Value(x)
        f = row.on([x if plain else leaf for plain in by_nature])
        assert looped(f * leaf) == told(f * leaf)


@pytest.mark.parametrize(
    "inner",
    [
        lambda x: autograd.where(autograd.greater(x, 5.0), 3.0, -1.0),
        lambda x: autograd.greater(x, 5.0),
        lambda x: autograd.equal(x, 5.0) - 1.0,
    ],
    ids=["a choice of numbers", "a comparison", "an inner node above one"],
)
@pytest.mark.parametrize("outer", [autograd.relu, autograd.sign, lambda w: autograd.maximum(w, 7.0)])
def test_nothing_passes_what_is_shut_where_no_leaf_lies_below(inner, outer):
    x = Value(2.0)
    w = inner(x)
    f = outer(w) * math.inf + x
    assert looped(f) == told(f)
    assert gradients(f, [w, x]) == (0.0, 1.0)


def test_rows_of_the_table_are_written_as_formulas():
    assert pull_source(TABLE["tanh"]).splitlines()[1:] == [
        "    x, upstream = node._x, node._adjoint",
        "    dx = 1.0 - square(node._data)",
        "    x._adjoint += upstream * dx",
    ]
    assert pull_source(TABLE["add"]).splitlines()[-3:] == [  # nothing is multiplied by 1
        "    else:",
        "        x._adjoint += upstream",
        "        y._adjoint += upstream",
    ]
    assert pull_source(TABLE["relu"]).splitlines()[3] == "    if dx != 0.0: x._adjoint += upstream * dx"
    for row in TABLE.values():
        assert (pull_of(row) in (pull_many, pull_sum)) == (row.places == 0)
        assert (pull_of(row) is pull_sum) == (row is autograd.sum)
        assert pull_of(row) is pull_of(row)


ROWS = {
    "an int": lambda x, y, z: (2, True),
    "no number of Python's": lambda x, y, z: (autograd.ieee.np.float64(y), autograd.ieee.np.int64(3)),
    "a list": lambda x, y, z: [y, x],
    "a choice": lambda x, y, z: (1.0 if x > 0 else -1.0, math.exp(y)),
    "a division": lambda x, y, z: (1 / y, x / y),
}


@pytest.mark.parametrize("partials", ROWS.values(), ids=ROWS.keys())
def test_rows_of_the_users_own(partials):
    row = Primitive("mine", lambda x, y: x * y, partials)
    row.by_nature = ()  # it is not tried on formulas, which have no branches
    for point in product([0.0, -1.5, 3.0], repeat=2):
        for numbers in ((), (0,), (1,)):
            operands = operands_of(row, point, numbers)
            f = row(*operands) * 2.0
            assert [float(x) for x in looped(f)] == pytest.approx(
                [float(x) for x in told(f)], rel=0, abs=0, nan_ok=True
            )


def test_partials_of_the_users_own_are_called_each_time():
    rate = 2.0
    row = Primitive("mine", lambda x: x, lambda x, z: (rate * x,))
    x = Value(3.0)
    f = row(x)
    assert gradients(f, x) == (6.0,)
    rate = 10.0
    assert gradients(f, x) == (30.0,)
    row.partials = lambda x, z: (7.0,)
    assert gradients(f, x) == (7.0,)


def test_what_shuts_a_row_of_the_users_own_is_read_each_time():
    row = Primitive("mine", lambda x: x, lambda x, z: (0.0,))
    x = Value(3.0)
    f = row(x) * math.inf
    assert math.isnan(gradients(f, x)[0])
    row.shut = (0,)
    assert gradients(f, x) == (0.0,)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_rule_may_give_a_numpy_number(count):
    rules = {1: lambda x, z: (slope,), 2: lambda x, y, z: (slope, slope), 3: lambda x, y, w, z: (slope,) * 3}
    slope = np.float32(1 / 3)
    row = Primitive("mine", lambda x, *others: x, rules[count])
    f = row(*[Value(1.0 + i) for i in range(count)]) * 1.1
    assert looped(f) == told(f)


def test_rows_of_one_name_have_pulls_of_their_own():
    first = Primitive("mine", lambda x: x, lambda x, z: (2.0,))
    second = Primitive("mine", lambda x, y: x, lambda x, y, z: (3.0, 4.0))
    x, y = Value(1.0), Value(1.0)
    assert gradients(first(x) + second(x, y), [x, y]) == (5.0, 4.0)


@pytest.mark.parametrize(
    ("partials", "message"),
    [
        (lambda x, y, z: (1.0,), "gave 1 local derivatives for 2 operands"),
        (lambda x, y, z: (1.0, 2.0, 3.0), "gave 3 local derivatives for 2 operands"),
        (lambda x, y, z: 1.0, "not a tuple"),
        (lambda x, y, z: (1.0, None), "operand 2 of wrong is a number by nature"),
        (lambda x, y, z: (1.0, "2"), "expected a real number"),
    ],
)
def test_wrong_rules_are_told_as_ever(partials, message):
    row = Primitive("wrong", lambda x, y: x + y, partials)
    row.by_nature = ()
    x, y = Value(1.0), Value(2.0)
    with pytest.raises(TypeError, match=message):
        row(x, y).backward()
    assert (x.grad, y.grad) == (None, None)


def test_a_traceback_shows_the_line_of_a_pull():
    def broken(x, z):
        raise LookupError("no derivative")

    with pytest.raises(LookupError) as caught:
        Primitive("broken", lambda x: x, broken)(Value(1.0)).backward()
    text = "".join(traceback.format_exception(caught.value))
    assert "(dx,) = row.partials(x._data, node._data)" in text
