"""A short tape as a program in Python: eager's bits, and a compiled function on plain floats that does little else."""

import gc
import linecache
import math
import sys
import traceback
import types

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
from autograd import Primitive, Value, record
from autograd.primitives import TABLE
from autograd.tape.straight import MOST_INSTRUCTIONS, MOST_SAMPLES, Straight
from autograd.tape.vectorised import Vectorised
from tests.conftest import HOSTILE, graphs

EXACT = [row for row in TABLE.values() if row.exact]

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


def bits(numbers):
    return [math.nan.hex() if math.isnan(x) else float(x).hex() for x in numbers]


def leaves_of(node):
    nodes = autograd.order.walk(node)[0]
    return [n for n in nodes if n.op is None] or [Value(1.0)]


@given(graph=graphs(rows=EXACT), points=st.lists(st.sampled_from([0.0, -0.0, 1.0, -2.5, 1e200, math.inf, math.nan])))
def test_exact_rows_have_the_bits_of_the_eager_pass(graph, points):
    leaves = leaves_of(graph)
    straight = Straight(record(graph, leaves), [False] * len(leaves))
    for point in ([leaf.data for leaf in leaves], *([x] * len(leaves) for x in points)):
        for leaf, number in zip(leaves, point, strict=True):
            leaf.data, leaf.grad = number, None
        value = graph.forward()
        graph.backward()
        eager = [0.0 if leaf.grad is None else leaf.grad for leaf in leaves]
        found = straight.at(point)
        assert bits(found[:1]) == bits([value])
        assert bits(x + 0.0 for x in found[1:]) == bits(x + 0.0 for x in eager)


@given(graph=graphs())
def test_every_row_has_the_value_of_the_eager_pass(graph):
    leaves = leaves_of(graph)
    point = [leaf.data for leaf in leaves]
    straight, numpy = Straight(record(graph, leaves), [False] * len(leaves)), None
    try:
        expected = straight.program(*point)
    except (ArithmeticError, ValueError):  # IEEE arithmetic has an answer, and NumPy gives it
        numpy = Vectorised(straight.tape, [False] * len(leaves))
        expected = numpy.run(point, [], 1)[:, 0]
    assert bits(straight.at(point)) == bits(expected)
    if numpy is None:
        assert bits(expected[:1]) == bits([graph.data])


def test_where_pythons_floats_raise_numpy_answers():
    x = Value(2.0, "x")
    for node, at in (
        (1 / x, 0.0),
        (x.log(), 0.0),
        (x.log(), -1.0),
        (x.exp(), 1000.0),
        (x**-2.0, 0.0),
        (x.sin(), math.inf),
    ):
        tape = record(node, [x])
        assert bits(tape.run([at])[0]) == bits(tape.run([at], "numpy")[0])


@pytest.mark.parametrize("samples", [1, 2, MOST_SAMPLES])
def test_few_samples_are_run_one_after_the_other(samples):
    x, y = Value(2.0, "x"), Value(3.0, "y")
    tape = record([x * y + x.tanh(), x - y], [x, y])
    column = np.linspace(-1.0, 1.0, samples)
    outputs, gradients = tape.run([column, 3.0])
    assert [name for name, _ in tape.executors] == ["straight"]
    for i, number in enumerate(column.tolist()):
        at, others = tape.run([number, 3.0])
        assert [output[i] for output in outputs] == at
        assert [[slope[i] for slope in row] for row in gradients] == others
    tape.run([np.zeros(MOST_SAMPLES + 1), 3.0])
    assert [name for name, _ in tape.executors][-1] == "numpy"


def test_long_tapes_and_engines_that_are_named_run_as_before():
    x = y = Value(0.5, "x")
    for _ in range(MOST_INSTRUCTIONS + 1):
        y = y * x
    for tape, engine in ((record(y, [x]), "auto"), (record(x * x, [x]), "numpy")):
        tape.run([0.5], engine)
        assert [name for name, _ in tape.executors] == ["numpy"]


def test_names_of_any_kind():
    names = [*HOSTILE, "float", "tape", "__debug__", "tanh", "t1", "tanh", "None", "x", "x"]
    leaves = [Value(i + 0.5, name) for i, name in enumerate(names)]
    total = autograd.sum([leaf.tanh() * math.inf for leaf in leaves])
    total.name = "float"
    tape = record(total, leaves)
    assert tape.run([leaf.data for leaf in leaves])[0] == [math.inf]


def test_rows_of_a_user():
    def picked(*xs):
        return sorted(xs, key=lambda x: x)[0] if xs[0] > 0.0 else 0  # an int

    smallest = Primitive("smallest", picked, lambda *xs_z: tuple(xs_z[-1] / (1 + x) for x in xs_z[:-1]), arity=None)
    twice = [
        Primitive("twice", lambda x, n=n: np.float64(x * n) if x > 0.0 else -n, lambda x, z: (2.0,)) for n in (2, 3)
    ]
    x, y = Value(2.0, "x"), Value(3.0, "y")
    tape = record(smallest([x, y]) / twice[0](x) + twice[1](y), [x, y])
    assert tape.run([2.0, 3.0])[0] == [2.0 / 4.0 + 9.0]
    assert tape.run([-2.0, 3.0])[0] == [0.0 / -2.0 + 9.0]
    assert all(type(number) is float for number in tape.run([-2.0, 3.0])[0])


def test_a_traceback_shows_the_line_and_is_forgotten_with_the_tape():
    def only_small(x):
        if x > 10.0:
            raise KeyError("too large")
        return x

    row = Primitive("only_small", only_small, lambda x, z: (1.0,))
    x = Value(2.0, "x")
    tape = record(row(x * 3.0), [x])
    tape.run([2.0])
    with pytest.raises(KeyError) as caught:
        tape.run([20.0])
    text = "".join(traceback.format_exception(caught.value))
    assert "t2 = only_small(t1)" in text
    (file,) = {frame.filename for frame in traceback.extract_tb(caught.tb) if frame.filename.startswith("<tape ")}
    assert file in linecache.cache
    del tape, caught
    gc.collect()
    assert file not in linecache.cache


# ── Compiled functions on plain floats ────────────────────────────────────────────────────────────────────────────────


def test_a_compiled_function_at_one_point_needs_no_numpy(monkeypatch):
    f = autograd.compile(lambda x, y: x * y + x.sin() if x > 0.0 else y * y)
    first = [(f(*at), f.value_and_grad(*at), f.hessian(*at).tolist()) for at in ((2.0, 3.0), (-2.0, 3.0))]
    monkeypatch.setattr(autograd.tape.compiled, "evaluate", None)
    for _ in range(3):  # one branch, and then the other
        again = [(f(*at), f.value_and_grad(*at), f.hessian(*at).tolist()) for at in ((2.0, 3.0), (-2.0, 3.0))]
        assert again == first
    assert sum(recording.samples for recording in f.recordings) == 6 * 4
    assert f(2, np.float64(3.0)) == f(2.0, 3.0)
    assert type(f(2, np.float64(3.0))) is float


def test_containers_at_one_point():
    f = autograd.compile(lambda v, k, **named: {"sum": (sum(v) * k, named["z"] * 1.0)})
    g = autograd.compile(lambda v, word, k: v["a"][0] * v["b"] * k)
    for _ in range(3):
        assert f([1.0, 2.0], 3.0, z=4.0) == {"sum": (9.0, 4.0)}
        assert f((1.0, 2.0), 3.0, z=4.0) == {"sum": (9.0, 4.0)}
        assert g.value_and_grad({"a": [2.0], "b": 3.0}, "steers", 5.0) == (30.0, ({"a": [15.0], "b": 10.0}, None, 6.0))


def test_a_look_at_a_number_holds_at_one_point():
    f = autograd.compile(lambda x, n: x * round(n.data))
    assert [f(2.0, n) for n in (3.0, 4.0, 3.0, 4.0, -0.0, 0.0, 4.0)] == [6.0, 8.0, 6.0, 8.0, 0.0, 0.0, 8.0]


def test_gradients_are_never_negative_zeros_at_one_point():
    f = autograd.compile(lambda x: x * -0.0)
    assert [math.copysign(1.0, f.grad(number)) for number in (1.0, 1.0, 2.0)] == [1.0, 1.0, 1.0]


CHANGES = {
    "a global": "rate = 5.0",
    "a global that hides a built-in function": "def abs(x): return x * 7.0",
    "a global that is gone": "del other",
    "a global function": "def inner(x): return x * 11.0",
    "a function that a function calls": "inner.__defaults__ = (13.0,)",
    "a default by name": "f.__wrapped__.__kwdefaults__['scale'] = 17.0",
    "other defaults by name": "f.__wrapped__.__kwdefaults__ = {'scale': 17.0}",
    "an attribute of the function": "f.__wrapped__.extra = 19.0",
    "a dict": "settings['a'] = 23.0",
    "a key of a dict": "settings['b'] = settings.pop('b')  # another order\nsettings['c'] = 1.0",
    "a list in a dict": "settings['list'].append(29.0)",
    "an attribute": "thing.rate = 31.0",
    "an attribute that hides one of the class": "thing.of_class = 37.0",
    "a class": "Thing.of_class = 41.0",
    "a method": "Thing.method = lambda self, x: x * 43.0",
    "a slot": "slotted.rate = 47.0",
    "the class of an object": "thing.__class__ = Other",
    "a module": "module.rate = 53.0",
    "a module in a module": "module.inner.rate = 59.0",
    "a number in an array": "array[1] = 61.0",
}

PROGRAM = """
import autograd, numpy as np
rate, other, array = 2.0, 3.0, np.array([1.0, 2.0])
settings = {'a': 1.5, 'b': 2.5, 'list': [1.0]}
def inner(x, by=1.0): return x * by
class Thing:
    of_class = 2.0
    def __init__(self): self.rate = 3.0
    def method(self, x): return x * 2.0
class Other(Thing):
    def method(self, x): return x * 3.0
class Slotted:
    __slots__ = ('rate',)
thing, slotted = Thing(), Slotted()
slotted.rate = 3.0
def f(x, *, scale=1.0):
    total = x * rate + abs(x) + inner(x) + x * scale * getattr(f.__wrapped__, 'extra', 1.0)
    total = total + x * settings['a'] * len(settings) + x * sum(settings['list']) + float(array[1]) * x
    total = total + x * thing.rate * thing.of_class + thing.method(x) + x * slotted.rate
    return total + x * module.rate * module.inner.rate + x * (other if 'other' in names else 100.0)
"""


@pytest.mark.parametrize("name", CHANGES)
def test_changes_are_seen_after_many_calls(name, monkeypatch):
    module, inner = types.ModuleType("a_module"), types.ModuleType("an_inner_module")
    module.rate, module.inner, inner.rate = 2.0, inner, 3.0
    scope = {"__name__": "a_program", "module": module}
    monkeypatch.setitem(sys.modules, "a_program", types.ModuleType("a_program"))
    exec(PROGRAM.replace("(other if 'other' in names else 100.0)", "other" if "gone" not in name else "1.0"), scope)
    plain = scope["f"]
    scope["f"] = f = autograd.compile(plain)
    for _ in range(4):
        assert f.value_and_grad(2.0) == (plain(2.0), plain(2.0) / 2.0)
    before = plain(2.0)
    exec(CHANGES[name], scope)
    after = plain(2.0)
    assert ("gone" in name) == (after == before)
    for _ in range(4):
        assert f.value_and_grad(2.0) == (after, after / 2.0)
