"""Engines of the tape: which one runs a tape, and rows that one of them cannot run."""

import math
from dataclasses import replace

import numpy as np
import pytest

import autograd
import nn
from autograd import Primitive, Tape, Value, gradients, record
from autograd.tape import engines

ENGINES = ["numpy", "native"]

# Rows in user code: division by zero and the like warn in the eager pass, with which replay is compared here.
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


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
