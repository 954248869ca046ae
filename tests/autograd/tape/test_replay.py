"""Replay: both executors give eager's bits for every row and random graphs, or lie within a row's stated bound."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import Value, gradients, record
from autograd.primitives import TABLE
from autograd.tape.machine.symbols import why_not
from tests.conftest import operands_at

ENGINES = ["numpy", "native"]
ROWS = [row for row in TABLE.values() if row.arity is not None]
EXACT = [row for row in ROWS if row.exact]
EDGES = [0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 3.0, 1e-300, -1e300, math.inf, -math.inf, math.nan]

# Rows in user code: division by zero and the like warn in the eager pass, with which replay is compared here.
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


def ulps_apart(x, y):
    """How many floats lie between x and y."""
    if x == y or (math.isnan(x) and math.isnan(y)):
        return 0.0
    if not (math.isfinite(x) and math.isfinite(y)):
        return math.inf
    return abs(x - y) / math.ulp(max(abs(x), abs(y)))


def same(x, y):
    """The same bits, but for the sign of a nan."""
    return (math.isnan(x) and math.isnan(y)) or (x == y and math.copysign(1.0, x) == math.copysign(1.0, y))


# ── Rows ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_row_is_machine_code_by_its_own_function():
    assert {row.name: why_not(row) for row in ROWS if why_not(row)} == {}
    assert [row.name for row in TABLE.values() if row.arity is None and row.fold is None] == []


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_row_at_its_probes_and_at_the_edges(row, engine):
    points = [*row.probes, *product(EDGES, repeat=row.arity)]
    leaves = operands_at(row, points[0])
    if leaves[-1].__class__ is float:  # a number by nature is no input
        for n in (-2.0, -1.0, 0.0, 0.5, 1.0, 2.0, 3.0):
            tape = record(row(leaves[0], n), leaves[:1])
            outputs, _ = tape.run([np.array(EDGES)], engine)
            for x, y in zip(EDGES, outputs[0], strict=True):
                assert ulps_apart(row(Value(x), n).data, y) <= row.ULPS, (x, n)
        return
    tape = record(row(*leaves), leaves)
    outputs, slopes = tape.run(list(np.array(points).T), engine)
    for i, point in enumerate(points):
        at = [Value(x) for x in point]
        eager = row(*at)
        if not row.exact:
            assert ulps_apart(eager.data, outputs[0][i]) <= row.ULPS, point
        else:
            assert same(eager.data, outputs[0][i]), point
        if point in row.probes:
            for slope, expected in zip(slopes[0], gradients(eager, at), strict=True):
                assert slope[i] == pytest.approx(expected, rel=1e-12, abs=1e-300), point


# ── Random graphs ─────────────────────────────────────────────────────────────────────────────────────────────────────


@st.composite
def programs(draw, rows, numbers):
    """A random graph: steps (row, operands), an operand being an earlier node (an int) or a number (a float)."""
    steps = []
    for i in range(draw(st.integers(1, 12))):
        row = draw(st.sampled_from(rows))
        node = st.integers(0, 2 + i)
        operands = [draw(node)] + [draw(st.one_of(node, node, numbers)) for _ in range((row.arity or 4) - 1)]
        if row is TABLE["pow_number"]:
            operands[1] = float(draw(st.integers(-2, 3)))
        elif row is TABLE["pow_value"] and isinstance(operands[1], float):
            operands[1] = 0
        steps.append((row, operands))
    return steps


def build(steps, leaves):
    nodes = list(leaves)
    for row, operands in steps:
        chosen = [o if isinstance(o, float) else nodes[o] for o in operands]
        nodes.append(row(chosen) if row.arity is None else row(*chosen))
    return nodes[-1]


def eager(steps, point):
    leaves = [Value(x) for x in point]
    output = build(steps, leaves)
    output.backward()
    return output.data, [leaf.grad or 0.0 for leaf in leaves]


EDGE_NUMBERS = st.one_of(st.sampled_from(EDGES), st.floats(-10, 10))


@settings(max_examples=300)
@given(programs([*EXACT, TABLE["sum"]], EDGE_NUMBERS), st.lists(st.tuples(*[EDGE_NUMBERS] * 3), min_size=1, max_size=9))
def test_arithmetic_is_replayed_to_the_last_bit(steps, points):
    leaves = [Value(x) for x in points[0]]
    tape = record(build(steps, leaves), leaves)
    for engine in ENGINES:
        outputs, slopes = tape.run(list(np.array(points).T), engine)
        for i, point in enumerate(points):
            value, expected = eager(steps, point)
            assert same(outputs[0][i], value)
            if not any(math.isnan(x) for x in (value, *expected)):
                assert [s[i].hex() for s in slopes[0]] == [float(x).hex() for x in expected], engine
        alone = tape.run(points[0], engine)  # one sample is computed by other calls than many
        assert same(alone[0][0], eager(steps, points[0])[0])


@given(programs([*EXACT, TABLE["where"], TABLE["sum"]], EDGE_NUMBERS), st.tuples(*[EDGE_NUMBERS] * 3))
def test_no_instruction_stands_twice_on_a_tape(steps, point):
    leaves = [Value(x) for x in point]
    y = build(steps, leaves)
    tape = record([y, y * leaves[0] + y * leaves[0]], leaves)  # a slot with one user, with two, with many
    code = [(op, *operands) for _, op, operands in tape.code()]
    assert len(set(code)) == len(code)
    constants = [number.hex() for number in tape.constants.tolist()]
    assert len(set(constants)) == len(constants)


SMOOTH = [row for row in ROWS if row.name not in ("step", "sign", "greater", "equal", "where", "pow_value", "arctan2")]


@settings(max_examples=300)
@given(programs([*SMOOTH, TABLE["sum"]], st.floats(0.2, 2.0)), st.tuples(*[st.floats(0.1, 0.9)] * 3))
def test_library_functions_are_replayed_within_rounding(steps, point):
    value, expected = eager(steps, point)
    # What rounding can do is seen by moving the inputs a little.
    moved = [eager(steps, [x * (1 + e) for x in point]) for e in (1e-13, -1e-13)]
    leaves = [Value(x) for x in point]
    tape = record(build(steps, leaves), leaves)
    for engine in ENGINES:
        outputs, slopes = tape.run(point, engine)
        for replayed, exact, others in [
            (outputs[0], value, [m[0] for m in moved]),
            *((slopes[0][j], expected[j], [m[1][j] for m in moved]) for j in range(3)),
        ]:
            if math.isfinite(exact) and all(map(math.isfinite, others)):
                play = 100 * max(abs(other - exact) for other in others) + 1e-12 * abs(exact) + 1e-280
                assert abs(replayed - exact) <= play, (engine, replayed, exact)
