"""The machine code of tapes: accuracy of its functions, bits of its arithmetic, its two shapes, other processors."""

import ctypes
import math
from dataclasses import replace

import numpy as np
import pytest
from llvmlite import binding, ir

import autograd
import nn
from autograd import Primitive, Tape
from autograd.primitives import TABLE, add, mul, square, sub
from autograd.tape import engines
from autograd.tape.machine import compiled, descent, functions
from autograd.tape.machine.specialised import specialised
from autograd.tape.machine.symbols import DOUBLE, INT, traced_function
from nn.training.eager import EagerEpochs
from nn.training.taped import TapeEpochs
from tests.benchmarks.functions import RANGES, exact_ulps

ROWS = [row for row in TABLE.values() if row.arity is not None]
EDGES = [
    0.0,
    -0.0,
    5e-324,
    -5e-324,
    1e-310,
    -1e-310,
    1.0,
    -1.0,
    699.9,
    709.8,
    -708.5,
    -745.2,
    1e308,
    math.inf,
    -math.inf,
    math.nan,
]
HUGE = [1e6, 1e9, 1e22, -7.1e15, 1e300, 2.0**1000, 355.0, 355.0 * 2**30]


def run(row, *columns, engine="native"):
    """A row on columns of numbers."""
    n = row.arity
    return Tape(n, [], [(row, tuple(range(n)))], [n], 1, {}).evaluate(columns, engine)[0]


@pytest.mark.parametrize("name", RANGES)
def test_functions_are_right_within_two_ulps(name):
    """A few hundred points of each range against mpmath; tests/benchmarks/functions.py takes as many as one likes."""
    random = np.random.RandomState(1)
    for points_of in RANGES[name]:
        points = points_of(random, 300)
        for x, y in zip(points, run(TABLE[name], points), strict=True):
            assert exact_ulps(name, x, y) <= 2.0, x


@pytest.mark.parametrize("name", RANGES)
def test_functions_at_the_edges(name):
    points = np.array([*EDGES, *(HUGE if name in ("sin", "cos") else [])])
    with np.errstate(all="ignore"):
        expected = getattr(np, name)(points)
    got = run(TABLE[name], points)
    np.testing.assert_array_equal(np.isnan(got), np.isnan(expected))
    np.testing.assert_array_equal(np.isinf(got), np.isinf(expected))
    got, expected = got[np.isfinite(expected)], expected[np.isfinite(expected)]
    assert np.all(np.abs(got - expected) <= 2 * np.spacing(np.abs(expected)))
    np.testing.assert_array_equal(np.signbit(got), np.signbit(expected))


@pytest.mark.parametrize("name", RANGES)
def test_a_function_gives_the_same_bits_on_arrays_and_as_machine_code(name):
    points = np.linspace(0.01, 20.0, 1001)
    np.testing.assert_array_equal(getattr(functions, name)(points), run(TABLE[name], points))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_row_at_random_points_is_what_numpy_computes(row):
    random = np.random.RandomState(2)
    columns = [np.concatenate([random.normal(0, 2, 500), np.exp(random.normal(0, 3, 500))]) for _ in range(row.arity)]
    if (
        row.name == "bce"
    ):  # a probability and a target: elsewhere its two terms cancel, and rounding is all that is left
        columns = [random.uniform(size=1000) for _ in columns]
    native, numpy = run(row, *columns), run(row, *columns, engine="numpy")
    if row.exact:
        np.testing.assert_array_equal(np.signbit(native), np.signbit(numpy))
        np.testing.assert_array_equal(native, numpy)
    finite = np.isfinite(numpy)
    np.testing.assert_array_equal(native[~finite], numpy[~finite])
    native, numpy = native[finite], numpy[finite]
    assert np.all(np.abs(native - numpy) <= row.ULPS * np.spacing(np.abs(numpy)))


def test_a_product_is_rounded_before_it_is_added():
    """With one rounding for both, x² - x² would be what the rounding lost. Chains, and single rows."""
    x = np.random.RandomState(3).normal(size=1000)
    code = [(square, (0,)), (mul, (0, 1)), (mul, (0, 0)), (sub, (4, 2)), (add, (1, 3)), (mul, (0, 1)), (add, (6, 7))]
    tape = Tape(2, [], code, [5, 6, 8], 3, {})
    y = 1.0 - x
    difference, sum_, chain = tape.evaluate([x, y], "native")
    assert not difference.any()
    np.testing.assert_array_equal(sum_, y + x * y)
    np.testing.assert_array_equal(chain, y + x * y + x * y)


def test_rows_of_one_name_are_different_rows():
    rows = [Primitive("same", lambda x, k=k: k * x, lambda x, z: (1.0,), exact=False) for k in (2.0, 3.0)]
    tape = Tape(1, [], [(rows[0], (0,)), (rows[1], (1,))], [2], 1, {})
    assert tape.evaluate([np.array([1.0, 2.0])], "native")[0].tolist() == [6.0, 12.0]


# ── Training: two shapes ──────────────────────────────────────────────────────────────────────────────────────────────

MOONS = nn.datasets.moons(30, seed=1)
OPTIMIZERS = {
    "SGD": lambda p: nn.SGD(p, 0.05),
    "momentum": lambda p: nn.SGD(p, 0.05, momentum=0.9),
    "Adam": lambda p: nn.Adam(p, 0.01),
    "AdamW": lambda p: nn.AdamW(p, 0.01),
    "RMSprop": lambda p: nn.RMSprop(p, 0.01),
}


def trained(engine, optimizer, size, **options):
    model = nn.MLP(2, [5, 4, 1], "tanh", "linear", seed=3)
    history = nn.fit(
        model, *MOONS, loss="mse_loss", optimizer=OPTIMIZERS[optimizer](model.parameters()), epochs=5, batch_size=size,
        seed=1, engine=engine, metrics={"accuracy": nn.accuracy}, **options,
    )  # fmt: skip
    slopes = [p.grad for p in model.parameters()]
    return history, [history.loss, [p.data for p in model.parameters()], slopes, *history.gradients.values()]


@pytest.mark.parametrize("shape", ["the machine", "code of its own"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_training_is_that_of_eager(optimizer, shape, monkeypatch):
    """All batch sizes: uneven last batches, one sample, more than a vector; with clipping too."""
    monkeypatch.setattr(descent, "SAMPLES_TO_REPAY", 0 if shape == "code of its own" else 10**18)
    for size in (None, 1, 4, 7, 16):
        options = {"clip_norm": 1.0} if size == 7 else {}
        (eager, wanted), (native, got) = (trained(engine, optimizer, size, **options) for engine in ("eager", "native"))
        assert str(native.engine).startswith("native")
        assert native.metrics == eager.metrics
        for numbers, expected in zip(got, wanted, strict=True):
            np.testing.assert_allclose(numbers, expected, rtol=1e-12, atol=1e-13, err_msg=f"{size}")


@pytest.mark.parametrize("work", [0, 10**18])
@pytest.mark.parametrize("samples", [5, 9])
def test_lanes_without_a_sample_add_nothing_to_an_infinite_slope(samples, work, monkeypatch):
    """They repeat the last sample, whose prediction is 0: sqrt'(0) is inf, and 0 · inf would be nan."""
    monkeypatch.setattr(descent, "SAMPLES_TO_REPAY", work)
    rows = [[0.5, 0.25 * i] for i in range(samples - 1)] + [[1.0, -1.0]]

    def loss(predictions, targets):
        return autograd.sum([autograd.sqrt(p) * y for p, y in zip(predictions, targets, strict=True)]) / len(targets)

    def slopes(engine):
        model = nn.MLP(2, [1], "linear", "linear", init="zeros", seed=0)
        for weight in model.parameters()[:2]:
            weight.data = 1.0
        nn.fit(
            model, rows, [1.0] * samples, loss=loss, optimizer=nn.SGD(model.parameters(), 0.01), epochs=1, engine=engine
        )
        return [p.grad for p in model.parameters()]

    assert slopes("native") == slopes("eager") == [math.inf, -math.inf, math.inf]


def test_a_row_of_the_model_may_be_one_of_the_optimiser_too(monkeypatch):
    """Adam's correction is a power, and so is the activation here: two widths of one row in one module."""
    monkeypatch.setattr(descent, "SAMPLES_TO_REPAY", 0)
    losses = []
    for engine in ("eager", "native"):
        model = nn.MLP(2, [3, 1], lambda x: (x * x + 1.0) ** 1.5, "linear", seed=3)
        optimizer = nn.Adam(model.parameters(), 0.01)
        losses.append(nn.fit(model, *MOONS, loss="mse_loss", optimizer=optimizer, epochs=5, engine=engine).loss)
    np.testing.assert_allclose(losses[1], losses[0], rtol=1e-12)


def program_of(epochs, samples=30):
    """The program of a training of so many epochs, after its first epoch."""
    model = nn.MLP(2, [4, 1], "tanh", "linear", seed=3)
    rows, targets = [list(row) for row in MOONS[0][:samples]], [float(y) for y in MOONS[1][:samples]]
    eager = EagerEpochs(model, rows, targets, nn.mse_loss, nn.SGD(model.parameters(), 0.1), samples, {})
    tapes = TapeEpochs(eager, epochs, "native", True)
    tapes.progress(np.tile(np.arange(samples), (1, 1)), np.full(1, 0.1))
    return tapes.tapes[0].descent.program


def test_code_of_its_own_is_for_long_trainings():
    """The sizes decide, never a clock: the same training takes the same way each time."""
    needed = descent.SAMPLES_TO_REPAY * len(program_of(10).tape.operations) // 30 + 1
    assert [program_of(epochs).code is None for epochs in (10, needed)] == [False, True]


@pytest.mark.parametrize("size", [7, None])
def test_a_long_tape_is_cut_into_functions(size, monkeypatch):
    """To the last bit: parts of a few instructions, and chunks of two vectors."""
    monkeypatch.setattr(descent, "SAMPLES_TO_REPAY", 0)
    whole_history, whole = trained("native", "Adam", size)
    monkeypatch.setattr("autograd.tape.machine.specialised.PART", 40)
    monkeypatch.setattr("autograd.tape.machine.program.MOST_VECTORS", 2)
    history, cut = trained("native", "Adam", size)
    assert history.metrics == whole_history.metrics
    for numbers, expected in zip(cut, whole, strict=True):
        assert list(numbers) == list(expected)


def test_a_row_without_machine_code_is_told_in_the_history(monkeypatch):
    monkeypatch.setitem(engines.ENGINES, "native", replace(engines.ENGINES["native"], worth=0))
    bent = Primitive("bent", lambda x: x * x if x > 0.0 else 0.0, lambda x, z: (2 * autograd.relu(x),))
    model = nn.MLP(2, [3, 1], bent, "linear", seed=3)
    options = {"loss": "mse_loss", "optimizer": nn.SGD(model.parameters(), 0.01), "epochs": 100}
    history = nn.fit(model, *MOONS, **options)
    assert str(history.engine).startswith("numpy: one sample recorded")
    assert "bent (TypeError: a symbol has no number yet" in str(history.engine)
    with pytest.raises(ValueError, match="bent"):
        nn.fit(model, *MOONS, engine="native", **options)


# ── Other processors ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_code_is_code_for_arm_too():
    """Emitted, not run: vector instructions, and no multiplication fused with an addition."""
    binding.initialize_all_targets()
    binding.initialize_all_asmprinters()
    module, _ = specialised(program_of(10), 8, True)
    machine = binding.Target.from_triple("aarch64-unknown-linux-gnu").create_target_machine(opt=2)
    text = machine.emit_assembly(binding.parse_assembly(str(module)))
    assert ".2d" in text
    assert "fmul" in text
    assert "fmla" not in text
    assert "fmadd" not in text


def test_a_processor_without_wide_vectors_gives_the_same_bits(monkeypatch):
    points = np.linspace(-5.0, 5.0, 4)
    expected = run(TABLE["gelu"], points), run(TABLE["tanh"], points)
    plain = binding.Target.from_default_triple().create_target_machine(
        cpu="", features="", opt=2, codemodel="small", jit=True
    )
    monkeypatch.setattr(compiled, "target", lambda: plain)
    module, vector = ir.Module(), ir.VectorType(DOUBLE, 4)
    for name in ("gelu", "tanh"):
        function = ir.Function(module, ir.FunctionType(ir.VoidType(), [INT]), name)
        builder = ir.IRBuilder(function.append_basic_block())
        at = builder.inttoptr(function.args[0], vector.as_pointer())
        builder.store(
            builder.call(traced_function(module, TABLE[name], vector), [builder.load(at, align=8)]), at, align=8
        )
        builder.ret_void()
    found = compiled.addresses(module)
    for name, numbers in zip(("gelu", "tanh"), expected, strict=True):
        got = points.copy()
        ctypes.CFUNCTYPE(None, ctypes.c_int64)(found[name])(got.ctypes.data)
        np.testing.assert_array_equal(got, numbers)
