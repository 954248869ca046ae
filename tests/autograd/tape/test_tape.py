"""The tape: what is recorded, and that both executors replay it to eager's bits (or within a row's stated bound)."""

import math
import pickle
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
import nn
from autograd import Primitive, Tape, Value, gradients, record
from autograd.primitives import TABLE
from autograd.tape import engines, vectorised
from autograd.tape.machine.symbols import why_not
from autograd.tape.record import Gradient, write_tape
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


# ── What is recorded ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_tape_is_short():
    x, y = Value(2.0, "x"), Value(3.0, "y")
    tape = record((x * y).tanh() + (x * y).tanh(), [x, y])  # the common part is computed once
    assert tape.listing().splitlines() == [
        "inputs     x, y",
        "  t1 = x * y",
        "  t2 = tanh(t1)",
        "  t3 = t2 + t2",
        "  t4 = t2**2",
        "  t5 = 1 - t4",
        "  t6 = t5 * y",
        "  t7 = t5 * x",
        "  t8 = t6 + t6",
        "  t9 = t7 + t7",
        "outputs    t3",
        "gradients  ∂t3/∂x = t8, ∂t3/∂y = t9",
    ]


def test_a_long_tape_is_printed_in_short():
    leaves = [Value(float(i), f"x{i}") for i in range(5000)]
    total = leaves[0]
    for leaf in leaves[1:]:
        total = total * leaf
    tape = record(total, leaves)
    lines = str(tape).splitlines()
    assert (len(lines), len(str(tape)) < 12_000) == (204, True)
    assert lines[1] == "  t1 = x0 * x1"
    assert lines[101] == f"  … {len(tape.operations) - 200} are left out: tape.listing() has all"
    assert [line.count("left out") for line in lines if "left out" in line] == [1, 1, 1]
    assert lines[-1].endswith(", ∂t4999/∂x4999 = t4998")
    assert lines[102:202] == tape.listing().splitlines()[-102:-2]
    assert len(tape.listing().splitlines()) == len(tape.operations) + 3


def test_constants_are_folded_and_keep_their_bits():
    x = Value(1.0, "x")
    c = Value(2.0)
    tape = record(x * (c * 3 + 1), [x])
    assert len(tape.operations) == 1
    assert tape.run([5.0]) == ([35.0], [[7.0]])
    for number in (-0.0, math.inf, math.nan, 1e-320):
        for engine in ENGINES:
            outputs, _ = record(x + Value(number), [x]).run([-0.0], engine)
            assert same(outputs[0], -0.0 + number)
    assert len(record(x * 1.0, [x]).operations) == 0
    assert len(record(x - 0.0, [x]).operations) == 0
    assert len(record(x + 0.0, [x]).operations) == 1  # it turns -0.0 into 0.0


@pytest.mark.parametrize("engine", ENGINES)
def test_sums_are_added_from_left_to_right(engine):
    numbers = [1e16, 1.0, -1e16, 1.0, 3.0, 1e-3, -1e8, 7.0, 0.1, 0.2, 0.3]
    leaves = [Value(x) for x in numbers]
    tape = record(autograd.sum(leaves), leaves)
    expected = autograd.sum(leaves).data
    assert tape.run(numbers, engine)[0] == [expected]
    for size in (1, 2, 5, 100):
        outputs, slopes = tape.run([np.full(size, x) for x in numbers], engine)
        assert outputs[0].tolist() == [expected] * size
        assert slopes[0][3].tolist() == [1.0] * size


@pytest.mark.parametrize("engine", ENGINES)
def test_inputs_are_broadcast_and_gradients_are_per_sample(engine):
    x, y = Value(1.0), Value(1.0)
    tape = record([x * y, x + 1], [x, y])
    outputs, slopes = tape.run([np.array([1.0, 2.0, 3.0]), 10.0], engine)
    assert [o.tolist() for o in outputs] == [[10.0, 20.0, 30.0], [2.0, 3.0, 4.0]]
    assert [[s.tolist() for s in row] for row in slopes] == [[[10.0] * 3, [1.0, 2.0, 3.0]], [[1.0] * 3, [0.0] * 3]]
    outputs, slopes = tape.run([np.ones((2, 1)), np.arange(3.0)], engine)
    assert outputs[0].tolist() == [[0.0, 1.0, 2.0]] * 2
    assert tape.run([2, np.float32(3)], engine) == ([6.0, 3.0], [[3.0, 2.0], [1.0, 0.0]])
    assert tape.run([np.zeros(0), 1.0], engine)[0][0].shape == (0,)


def test_what_a_tape_refuses():
    x, y = Value(1.0), Value(2.0)
    f = x * y
    with pytest.raises(ValueError, match="leaf"):
        record(f, [f])
    with pytest.raises(ValueError, match="twice"):
        record(f, [x, x])
    with pytest.raises(TypeError, match="inputs are Values"):
        record(f, [1.0])
    with pytest.raises(ValueError, match="got none"):
        record([], [x])
    with pytest.raises(ValueError, match="2 inputs, got 1"):
        record(f, [x, y]).run([1.0])
    with pytest.raises(ValueError, match="engine is"):
        record(f, [x, y]).run([1.0, 2.0], "fast")
    y.data = 3.0
    with pytest.raises(RuntimeError, match="changed"):
        record(f, [x, y])


def test_another_set_of_leaves_is_constant():
    x, w = Value(2.0), Value(3.0)
    tape = record(x * w, [x])
    w.data = 100.0
    assert tape.run([2.0]) == ([6.0], [[3.0]])


def test_pickles_and_names():
    x, y = Value(2.0, "x"), Value(3.0, "x")
    q = x * y
    q.name = "q"
    tape = record(q.exp(), [x, y])
    tape.run([1.0, 1.0])
    copy = pickle.loads(pickle.dumps(tape))
    assert isinstance(copy, Tape)
    assert str(copy) == str(tape)
    assert "q = x * t1" in str(tape)
    assert copy.run([0.5, 2.0]) == tape.run([0.5, 2.0])
    assert repr(tape).startswith("<Tape of ")


def test_a_hundred_thousand_nodes():
    x = Value(0.5)
    f = x
    for i in range(50_000):
        f = f * 1.0001 + 1e-5 if i % 2 else f.tanh()
    tape = record(f, [x])
    outputs, slopes = tape.run([0.5], "native")
    assert outputs[0] == pytest.approx(f.data, rel=1e-9)
    assert slopes[0][0] == pytest.approx(gradients(f, x)[0], rel=1e-9)


MEMORY = 50e6  # bytes beside inputs and results: the README says about 40 MB


def peak_beside_results(compute):
    """Bytes that `compute` needs at most, less the arrays that it returns."""
    tracemalloc.start()
    results = compute()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak - sum(np.asarray(result).nbytes for result in results)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("kind", ["products", "choices", "wide sum"])
def test_memory_of_a_replay_is_bounded(kind, engine):
    leaves = [Value(0.1 * i + 0.05) for i in range(20)]
    pairs = list(product(leaves, leaves))
    outputs = {
        "products": lambda: autograd.sum([(a * b).tanh() for a, b in pairs]),
        "choices": lambda: autograd.sum([autograd.leaky_relu(a * b) * (a - b).sigmoid().relu() for a, b in pairs]),
        "wide sum": lambda: autograd.sum([a * b for a, b in pairs] * 10),
    }
    tape = record(outputs[kind](), leaves)
    tape.run([0.5] * 20, engine)  # the machine is compiled
    for samples in (1000, 30_000):
        columns = [np.linspace(0.0, 1.0, samples) + i for i in range(20)]

        def compute(columns=columns):
            tape.executors.clear()
            values, slopes = tape.run(columns, engine)
            return [*values, *slopes[0]]

        assert peak_beside_results(compute) < MEMORY, samples
        outputs_at_once, _ = tape.run(columns, engine)
        last, _ = tape.run([column[-7:] for column in columns], engine)
        np.testing.assert_array_equal(outputs_at_once[0][-7:], last[0])


def test_memory_of_a_compiled_function_is_bounded():
    f = autograd.compile(lambda row: [autograd.tanh(a * b) if a > b else a for a, b in product(row, row)])
    columns = [np.linspace(-1.0, 1.0, 200_000) * (-1) ** i for i in range(4)]
    f([1.0, -1.0, 1.0, -1.0])
    assert peak_beside_results(lambda: f(columns)) < 2 * MEMORY


def test_training_adds_gradients_up_as_it_goes():
    """Not the gradients of each sample are kept, but their sums."""
    leaves = [Value(0.1 * i) for i in range(300)]
    x = Value(1.0)
    loss = autograd.square(autograd.sum([leaf * x for leaf in leaves]))
    executor = vectorised.Vectorised(write_tape([loss, Gradient(loss, leaves)], [x, *leaves]), [True] + [False] * 300)
    column = np.linspace(0.0, 1.0, 100_000)
    numbers = [leaf.data for leaf in leaves]
    assert peak_beside_results(lambda: executor.sums(numbers, [column], len(column), 301)) < MEMORY
    sums, others = executor.sums(numbers, [column[:1000]], 1000, 301)
    np.testing.assert_allclose(sums, executor.run(numbers, [column[:1000]], 1000).sum(axis=1), rtol=1e-12)
    assert others.shape == (0, 1000)


def test_a_leaf_that_is_used_everywhere_costs_no_more_than_its_uses():
    """Both assemblers join the sum of 20 000 contributions in one go; joined one by one it took minutes."""
    x, y = Value(0.5), Value(0.9)
    f = x * 1.0
    for _ in range(10_000):
        f = f * y + x
    tape = record(f, [x, y])
    eager = gradients(f, [x, y])
    for engine in ENGINES:
        values, slopes = tape.run([0.5, 0.9], engine)
        assert values == [f.data]
        assert tuple(slopes[0]) == eager


def test_a_sum_of_very_many_is_recorded_at_a_cost_for_each_of_them():
    """Its template was made at a cost for each pair of operands: a sum of 50 000 took a minute and more."""
    leaves = [Value(0.5) for _ in range(50_000)]
    tape = record(autograd.sum(leaves), leaves)
    assert len(tape.operations) == 49_999
    assert set(tape.results[1:].tolist()) == {tape.inputs}  # the constant 1.0


SIGNED = [0.0, -0.0, 1.0, -1.0, math.inf, -math.inf]


@pytest.mark.parametrize("row", [row for row in EXACT if row.arity == 2], ids=lambda row: row.name)
def test_constants_leave_the_signs_of_zero_as_they_are(row):
    x = Value(1.0)
    for constant in SIGNED:
        for operands in ((x, constant), (constant, x)):
            if row.name == "pow_number" and operands[0] is constant:
                continue
            tape = record(row(*operands), [x])
            for engine in ENGINES:
                outputs, _ = tape.run([np.array(SIGNED)], engine)
                for got, number in zip(outputs[0], SIGNED, strict=True):
                    numbers = [Value(number) if operand is x else operand for operand in operands]
                    assert same(got, row(*numbers).data), (number, constant, operands[0] is x, engine)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("samples", [1, 2, 5, 70])
def test_a_sum_of_negative_zeros_is_one(samples, engine):
    leaves = [Value(-0.0) for _ in range(9)]
    tape = record(autograd.sum(leaves), leaves)
    outputs, _ = tape.run([np.full(samples, -0.0)] * 9, engine)
    assert [math.copysign(1.0, number) for number in outputs[0]] == [-1.0] * samples


def test_replay_is_silent_and_threads_of_warnings_stay_as_they_were(recwarn):
    x = Value(1.0)
    tape = record(autograd.log(x) / x, [x])
    for engine in ENGINES:
        assert math.isnan(tape.run([-1.0], engine)[0][0])
    assert len(recwarn) == 0
    with np.errstate(all="raise"):
        tape.run([np.array([0.0])], "numpy")


@pytest.mark.parametrize("engine", ENGINES)
def test_threads_share_a_tape(engine):
    x, y = Value(1.0), Value(2.0)
    tape = record((x * y).tanh() + x, [x, y])
    points = np.linspace(-1, 1, 5000)
    wanted = {k: tape.run([points, k], engine)[0][0] for k in (1.0, 2.0, 3.0, 4.0)}
    with ThreadPoolExecutor(4) as pool:
        for k, outputs in pool.map(lambda k: (k, tape.run([points, k], engine)[0][0]), [1.0, 2.0, 3.0, 4.0] * 50):
            np.testing.assert_array_equal(outputs, wanted[k])


# ── Executors ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_sum_of_ones_own_is_written_as_what_its_fold_is_made_of():
    plus = Primitive("plus", lambda x, y: x + y, lambda x, y, z: (1.0, 1.0))

    def left_to_right(first, *others):
        for number in others:
            first = plus(first, number)
        return first

    ones = Primitive("plus_all", left_to_right, lambda *all_z: (1.0,) * (len(all_z) - 1), arity=None, fold=plus)
    leaves = [Value(float(i), name) for i, name in enumerate("xyz")]
    tape = record(ones([*leaves, leaves[0]]), leaves)
    assert str(tape).splitlines()[1:4] == ["  t1 = x + y", "  t2 = t1 + z", "  t3 = t2 + x"]
    assert tape.run([1.0, 2.0, 3.0]) == ([7.0], [[2.0, 1.0, 1.0]])


def test_rows_that_numpy_lacks_and_rows_of_a_user():
    cube = Primitive("cube", lambda x: x * x * x, lambda x, z: (3 * x * x,))
    x = Value(2.0)
    tape = record(cube(x) + autograd.erf(x), [x])
    points = np.array([0.5, -1.0, 2.0])
    outputs, slopes = tape.run([points])
    assert outputs[0].tolist() == [p**3 + math.erf(p) for p in points]
    assert slopes[0][0].tolist() == pytest.approx(
        [3 * p * p + 2 / math.sqrt(math.pi) * math.exp(-p * p) for p in points]
    )
    assert [row.name for row in tape.rows].count("cube") == 0  # it is written as the rows that it is made of
    native, others = tape.run([points], "native")  # its arithmetic is traced
    assert native[0].tolist() == outputs[0].tolist()
    assert others[0][0].tolist() == pytest.approx(slopes[0][0].tolist(), rel=1e-14)


def test_a_row_of_a_user_that_looks_at_numbers_runs_on_numpy(monkeypatch):
    """What is not known when machine code is made cannot be in it: the engine names row and remedy, auto takes NumPy."""
    bent = Primitive("bent", lambda x: x * x if x > 0.0 else 0.0, lambda x, z: (2 * autograd.relu(x),))
    counted = Primitive("counted", lambda x: float(str(x)), lambda x, z: (1.0,))
    x = Value(2.0)
    for row in (bent, counted):
        tape = record(row(x), [x])
        with pytest.raises(ValueError, match=rf"{row.name} \(.*np.where in place of `if`.*, or use engine='numpy'"):
            tape.run([3.0], "native")
        with_little_work(monkeypatch, 1)
        assert tape.run([np.full(9, 3.0)])[0][0].tolist() == [row(3.0)] * 9
        assert [name for name, _ in tape.executors] == ["numpy"]
    on_arrays = {"numpy": lambda x: np.where(x > 0.0, x * x, 0.0)}
    straight = Primitive("bent", bent.forward, bent.partials, **on_arrays)
    assert record(straight(x), [x]).run([np.array([3.0, -3.0])], "native")[0][0].tolist() == [9.0, 0.0]


def test_a_row_of_a_user_may_use_the_module_math():
    def swing(x, k):
        return math.sin(k * x) * math.exp(-x) + math.pi * math.erf(x) / math.hypot(x, 2.0)

    row = Primitive("swing", swing, lambda x, k, z: (None, None))
    tape = Tape(1, [2.0], [(row, (0, 1))], [2], 1, {})
    points = np.linspace(-3.0, 3.0, 11)
    outputs = tape.evaluate([points], "native")
    np.testing.assert_allclose(outputs[0], [swing(x, 2.0) for x in points], rtol=1e-14)


def with_little_work(monkeypatch, worth):
    """Let `auto` take every engine from so many operations on."""
    for name, engine in engines.ENGINES.items():
        if engine.worth:
            monkeypatch.setitem(engines.ENGINES, name, replace(engine, worth=worth))


def test_without_llvmlite_numpy_runs_everything(monkeypatch):
    x = Value(2.0)
    tape = record(x * x, [x])
    monkeypatch.setattr(engines, "find_spec", lambda name: None)
    with_little_work(monkeypatch, 0)
    assert tape.run([3.0]) == ([9.0], [[6.0]])
    with pytest.raises(ModuleNotFoundError, match=r'-m pip install -e ".*\[fast\]"'):
        tape.run([3.0], "native")


def test_the_engine_of_old_is_named_with_its_successor():
    x = Value(2.0)
    tape = record(x * x, [x])
    with pytest.raises(ValueError, match="engine='numba' is no more, engine='native' has taken its place"):
        tape.run([3.0], "numba")


def test_auto_takes_the_machine_where_there_is_much_to_do(monkeypatch):
    x = Value(2.0)
    tape = record(x * x, [x])
    with_little_work(monkeypatch, 100)
    for samples, taken in ((1, "straight"), (9, "numpy"), (100, "native")):
        tape.run([np.arange(float(samples))])
        assert [name for name, _ in tape.executors][-1] == taken


def test_an_engine_is_one_entry_of_the_registry(monkeypatch):
    """A new entry is known everywhere: to Tape.run, to compile, to fit, and to their messages."""
    mine = replace(engines.ENGINES["numpy"], name="mine")
    monkeypatch.setitem(engines.ENGINES, "mine", mine)
    x = Value(2.0)
    assert record(x * x, [x]).run([3.0], "mine") == ([9.0], [[6.0]])
    assert autograd.compile(lambda x: x * x, "mine")(3.0) == 9.0
    model = nn.MLP(2, [2, 1], seed=0)
    options = {"loss": "mse_loss", "optimizer": nn.SGD(model.parameters(), 0.1), "epochs": 2}
    assert len(nn.fit(model, [[1.0, 2.0]], [1.0], engine="mine", **options).loss) == 2
    for wrong in (
        lambda: record(x * x, [x]).run([3.0], "fast"),
        lambda: autograd.compile(abs, "fast"),
        lambda: nn.fit(model, [[1.0, 2.0]], [1.0], engine="fast", **options),
    ):
        with pytest.raises(ValueError, match=r"engine is 'auto'.*'native', 'numpy' or 'mine', got 'fast'"):
            wrong()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_gradient_at_one_sample_is_never_minus_zero(engine):
    x, y = Value(3.0), Value(-0.0)
    tape = record(x * y, [x, y])
    for point in ([3.0, -0.0], np.array([3.0, -0.0])):
        [product], [slopes] = tape.run(point, engine)
        assert [math.copysign(1.0, number) for number in (product, *slopes)] == [-1.0, 1.0, 1.0]
        assert all(isinstance(slope, float) for slope in slopes)
    assert [math.copysign(1.0, slope) for slope in gradients(x * y, [x, y])] == [1.0, 1.0]
