"""Formulas as data and as code: what a rule computes, another program can compute."""

import math
import operator
import random
from functools import reduce

import pytest

import autograd
from autograd import Primitive, Term
from autograd.code import JAVASCRIPT, PYTHON, code
from autograd.primitives import TABLE, add, mul, neg, sub, tanh
from autograd.tree import Tree, forward_tree, operand_names, partial_trees, value_of

X, Y = Tree.place("x"), Tree.place("y")
EDGES = [0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 1e-8, 700.0, -800.0, math.inf, -math.inf, math.nan]


def same(x, y):
    return x is y or repr(float(x)) == repr(float(y))


def counts(row):
    return (row.arity,) if row.arity else (1, 3)


@pytest.mark.parametrize("row", TABLE.values(), ids=TABLE.keys())
def test_code_of_partials_computes_what_the_rule_computes(row):
    generator = random.Random(7)
    for count in counts(row):
        names = operand_names(count)
        for rule in filter(None, (row.partials, row.taught)):
            trees = partial_trees(row, count, rule)
            text = "[" + ", ".join(code(tree, PYTHON) for tree in trees) + "]"
            points = [p for p in row.probes if len(p) == count]
            points += [[generator.choice([*EDGES, generator.gauss(0, 2)]) for _ in names] for _ in range(60)]
            for point in points:
                with autograd.ieee.silent():
                    z = row.evaluate(point, point)
                    numbers = dict(zip((*names, "z"), (*point, z), strict=True))
                    try:
                        expected = rule(*numbers.values())
                    except (ArithmeticError, ValueError):
                        continue  # the code raises as well
                    found = eval(text, {**TABLE, "pow": autograd.pow, **numbers})
                assert all(map(same, found, expected)), (point, text)


def test_trees_have_the_values_of_rules_where_python_raises():
    (slope,) = partial_trees(TABLE["log"], 1)
    assert value_of(slope, {"x": 0.0, "z": -math.inf}) == math.inf


@pytest.mark.parametrize(
    ("tree", "text"),
    [
        (X - (Y - X), "x - (y - x)"),
        (X + (Y + X), "x + (y + x)"),
        ((X + Y) + X, "x + y + x"),
        (X * (Y / X), "x * (y / x)"),
        (neg(neg(X)), "-(-x)"),
        (-(X * Y), "-(x * y)"),
        ((-X) * Y, "-x * y"),
        (X * (-Y), "x * (-y)"),
        (X - -2.5, "x - (-2.5)"),
        (1 * X + 0, "1 * x + 0"),
        (X * math.inf, "x * Infinity"),
        (X + -0.0, "x + (-0)"),
        (X**2, "pow_number(x, 2)"),
        (X**Y, "pow_value(x, y)"),
        (autograd.where(X, 1e-12, Y), "where(x, 1e-12, y)"),
        (autograd.sum([X, Y, *[1.0] * 20]), f"sum([x, y, {', '.join(['1'] * 20)}])"),
    ],
)
def test_javascript_keeps_the_order_of_operations(tree, text):
    assert code(tree, JAVASCRIPT) == text


def test_functions_of_a_language_have_names_of_their_own():
    language = PYTHON._replace(functions={tanh: "np.tanh"})
    assert code(tanh(X) + 1, language) == "np.tanh(x) + 1.0"
    assert code(None, PYTHON), code(None, JAVASCRIPT) == ("None", "null")


@pytest.mark.parametrize("formula", [Term("x"), X])
@pytest.mark.parametrize(
    "look",
    [bool, float, math.exp, abs, lambda x: x == 0, lambda x: x != 0, lambda x: x > 0, lambda x: x if x == 0 else 2 * x],
)
def test_a_formula_is_no_number_to_look_at(formula, look):
    if look is abs:
        assert "x" in str(abs(formula))
    else:
        with pytest.raises(TypeError):
            look(formula)


def row_of(forward, partials=lambda x, z: (3 * x * x,)):
    return Primitive("cube", forward, partials)


def test_a_row_of_the_users_own_is_a_formula_if_its_function_is_one():
    cube = row_of(lambda x: x * x * x)
    assert repr(forward_tree(cube, 1)) == "mul(mul(x, x), x)"
    twice = Primitive("twice", lambda x: cube(x) + autograd.tanh(x), lambda x, z: (3 * x * x + 1,))
    assert repr(forward_tree(twice, 1)) == "add(cube(x), tanh(x))"
    constant = Primitive("constant", lambda x: 3.0, lambda x, z: (0.0,))
    assert forward_tree(constant, 1) == 3.0


calls = []


def counting(x):
    calls.append(x)
    return x * len(calls)


def long(x):
    for _ in range(300):
        x = x + x * 0.5
    return x


@pytest.mark.parametrize(
    "forward",
    [
        lambda x: x if x == 0 else 2 * x,
        lambda x: x if x > 0 else 2 * x,
        lambda x: math.exp(x),
        lambda x: float(x),
        lambda x: x if isinstance(x, float) else 2 * x,
        lambda x: x * random.random(),
        lambda x: str(x),
        lambda x: {}[x],
        counting,
        long,
    ],
)
def test_a_function_that_is_no_formula_is_not_believed(forward):
    assert forward_tree(row_of(forward), 1) is None


def test_partials_that_look_are_not_believed():
    row = row_of(lambda x: x * x * x, lambda x, z: (3 * x * x if isinstance(x, float) else x,))
    assert forward_tree(row, 1) is None


def test_rows_of_the_table_are_operations():
    for row in (add, sub, mul, neg):
        tree = forward_tree(row, row.arity)
        assert tree.op is row
    assert repr(forward_tree(TABLE["sum"], 4)) == "sum(x0, x1, x2, x3)"


def test_long_formulas_are_refused():
    with pytest.raises(ValueError, match="longer than"):
        reduce(operator.mul, [X] * 300)
