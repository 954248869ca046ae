"""The tape: what is recorded, at which cost, and how it is printed, kept and shared."""

import math
import pickle
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from itertools import product

import numpy as np
import pytest

import autograd
from autograd import Tape, Value, gradients, record
from autograd.primitives import TABLE
from autograd.tape import vectorised
from autograd.tape.record import Gradient, write_tape
from tests.autograd.tape.test_replay import same

ENGINES = ["numpy", "native"]

# Rows in user code: division by zero and the like warn in the eager pass, with which replay is compared here.
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


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


@pytest.mark.parametrize(
    "row", [row for row in TABLE.values() if row.exact and row.arity == 2], ids=lambda row: row.name
)
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
