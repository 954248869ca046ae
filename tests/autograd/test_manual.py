"""What help() says of a row, the table of rules, and that domains and kinks are where the rows say."""

import math
import pydoc

import pytest

import autograd
from autograd import Primitive, parse
from autograd.ieee import silent
from autograd.manual import manual, markdown, rules, table
from autograd.primitive import parameters_of
from autograd.primitives import TABLE
from tests.conftest import ROOT

ROWS = TABLE.values()
GRID = [
    -1e3,
    -3.5,
    -2.0,
    -1.0 - 1e-9,
    -1.0,
    -1.0 + 1e-9,
    -0.5,
    -1e-9,
    0.0,
    1e-9,
    0.5,
    1.0 - 1e-9,
    1.0,
    1.0 + 1e-9,
    2.0,
    30.0,
]


def test_help_shows_the_row():
    text = pydoc.render_doc(autograd.tanh, renderer=pydoc.plaintext)
    for line in ("f = tanh(x)", "∂f/∂x = 1 - f²", "defined for all numbers"):
        assert line in text
    assert "defined for x > 0" in autograd.log.__doc__
    assert "by convention 0 at x = 0" in autograd.relu.__doc__
    assert "f = leaky_relu(x, slope=0.01)" in autograd.leaky_relu.__doc__
    assert "∂f/∂c: none" in autograd.where.__doc__
    assert "f = sum([a, b, c, …])" in autograd.sum.__doc__
    assert Primitive.__doc__.startswith("One operation")
    assert "One operation" in pydoc.render_doc(Primitive)


def test_help_of_a_row_of_ones_own():
    cube = Primitive("cube", lambda x: x**3, lambda x, z: (3 * x**2,))
    assert manual(cube).startswith("f = cube(x)\n\n∂f/∂x = 3 * x ** 2\n\n")
    wrong = Primitive("wrong", lambda x: x, lambda x, z: (math.exp(x),))
    assert wrong.__doc__ == Primitive.__doc__


def test_the_reference_has_the_table_of_rules():
    assert f"\n\n{markdown()}\n\n" in (ROOT / "examples" / "reference.md").read_text(encoding="utf-8")
    assert len(table().splitlines()) == len(TABLE) + 1


@pytest.mark.parametrize("row", [row for row in ROWS if row.arity in (1, 2)], ids=lambda row: row.name)
def test_a_row_is_defined_where_it_says(row):
    """Powers of whole numbers go beyond what one condition says."""
    names = parameters_of(row)
    for x in GRID:
        for y in GRID if row.arity == 2 else [0.0]:
            point = (x, y)[: row.arity]
            with silent():
                result = row.evaluate(point, point)
            if row.domain == "all numbers":
                inside = True
            else:
                condition = row.domain.partition(";")[0]
                inside = bool(
                    parse(condition, **{n: v for n, v in zip(names, point, strict=True) if n in condition}).data
                )
            if math.isfinite(result) != inside and abs(result) != math.inf:  # exp(1000) is inf, and defined
                assert ";" in row.domain, (row.name, point, result)
                assert math.isfinite(result), (row.name, point)


@pytest.mark.parametrize("row", [row for row in ROWS if row.arity], ids=lambda row: row.name)
def test_there_is_a_jump_at_a_kink_and_nowhere_else(row):
    """On both sides of a kink, along some operand, a partial differs; at the probes it does not."""

    def jumps(point):
        for i in range(row.arity):
            sides = []
            for step in (-1e-7, 1e-7):
                moved = [x + step * (j == i) for j, x in enumerate(point)]
                with silent():
                    result = row.evaluate(moved, moved)
                    sides.append((result, *row.partials(*moved, result)))
            below, above = sides
            if any(abs(a - b) > 1e-3 for a, b in zip(below, above, strict=True) if a is not None):
                return True
        return False

    assert not any(jumps(point) for point in row.probes if row.name not in ("where", "equal"))
    singular = ("pow_number", "pow_value", "arctan2")  # where the function itself has no limit
    assert all(jumps(point) for point in row.kinks if row.name not in singular)


def test_rules_of_some_rows():
    assert [rule.derivatives for rule in rules([TABLE["mul"], TABLE["greater"], TABLE["pow_number"]])] == [
        "y, x",
        "none, none",
        "n * x ** (n - 1), none",
    ]
    assert "\\|x\\|" in markdown([TABLE["abs"]])
