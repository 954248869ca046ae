"""The functions of rows as the page has them, in a real Chromium, against Python's."""

import itertools
import math
import random

import pytest

import autograd
from autograd.ieee import silent
from autograd.notation import number
from autograd.primitives import TABLE
from tests import chromium
from tests.chromium import ask
from viz.pages.page import read
from viz.pages.program import Rows

launched = chromium.launched

ULPS = 4
ABSOLUTE = {"erf": 1e-15, "gelu": 1e-15, "bce": 1e-15}  # or so close
EDGES = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    -2.5,
    5e-324,
    1e-300,
    1e-8,
    30.0,
    710.0,
    -750.0,
    1e300,
    math.inf,
    -math.inf,
    math.nan,
]


@pytest.fixture(scope="module")
def blank(launched):
    page = launched.new_page()
    yield page
    page.close()


def points_of(row, count):
    generator = random.Random(11)

    def drawn():
        return generator.choice(
            [generator.gauss(0, 1), generator.gauss(0, 10), generator.uniform(0, 1), generator.gauss(0, 1e-3)]
        )

    edges = EDGES if count < 3 else [0.0, -0.0, 1.5, math.inf, math.nan]
    return [
        *(list(point) for point in row.probes if len(point) == count),
        *map(list, itertools.product(edges, repeat=count)),
        *([drawn() for _ in range(count)] for _ in range(1000)),
    ]


def near(found, expected, absolute=0.0):
    if math.isnan(expected) or math.isnan(found):
        return math.isnan(expected) and math.isnan(found)
    if expected == 0.0 or math.isinf(expected) or found == 0.0 or math.isinf(found):
        same = found == expected and math.copysign(1.0, found) == math.copysign(1.0, expected)
        return same or abs(found - expected) <= ULPS * 5e-324
    return abs(found - expected) <= max(ULPS * math.ulp(expected), absolute)


@pytest.mark.parametrize("row", TABLE.values(), ids=TABLE.keys())
def test_functions_and_partials_of_rows_are_pythons(row, blank):
    for count in (row.arity,) if row.arity else (1, 3, 20):
        rows = Rows()
        assert rows.index(row, count) == 0
        points = points_of(row, count) if count < 20 else [[random.Random(3).gauss(0, 1) for _ in range(20)]]
        with silent():
            expected = [row.evaluate(point, point) for point in points]
            partials = [autograd.chain.local_derivatives(row, [*p, z]) for p, z in zip(points, expected, strict=True)]
        found = ask(
            blank,
            f"""(points, results) => {{ {rows.script()}
                const row = program.rows[0];
                return [points.map((point) => row.forward(point)), points.map((point, i) => row.partials(point, results[i]))];
            }}""",
            points,
            expected,
        )
        exact = 0 if row.exact else 1
        for point, z, value in zip(points, expected, found[0], strict=True):
            if exact == 0:
                assert repr(float(value)) == repr(z), (point, value, z)
            assert near(value, z, ABSOLUTE.get(row.name, 0.0)), (point, value, z)
        for point, numbers, its in zip(points, partials, found[1], strict=True):
            for x, y in zip(numbers, its, strict=True):
                assert (
                    x is y
                    if x is None or y is None
                    else math.isclose(x, y, rel_tol=1e-14, abs_tol=1e-15) or near(y, x, 1e-15)
                ), (point, numbers, its)


def test_every_row_that_needs_a_function_has_one(blank):
    for row in TABLE.values():
        rows = Rows()
        rows.index(row, row.arity or 2)
        blank.evaluate(f"() => {{ {rows.script()} }}")


def test_numbers_are_written_as_python_writes_them(blank):
    generator = random.Random(5)
    numbers = [generator.choice([1, -1]) * generator.random() * 10.0 ** generator.randint(-12, 12) for _ in range(9000)]
    numbers += [generator.randint(-4000, 4000) / 2.0 ** generator.randint(0, 12) for _ in range(3000)]  # ties
    numbers += [
        *EDGES,
        0.99995,
        9999.5,
        99999.5,
        999999.5,
        1e6,
        1e-4,
        9.9995e-5,
        1e21,
        1e22,
        1.5e300,
        2.5e-320,
        0.125,
        2.5,
    ]
    for digits in (1, 2, 3, 4, 6, 10, 17):
        write = f"(numbers, digits) => {{ {read('numbers.js')} return numbers.map(numberWriter(digits)); }}"
        written = ask(blank, write, numbers, digits)
        for x, text in zip(numbers, written, strict=True):
            assert text == number(x, digits), (x, digits)
