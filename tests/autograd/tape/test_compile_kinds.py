"""compile: what goes in and out, methods, nesting, copies, many ways, and what it tells."""

import collections
import copy
import dataclasses
import math
import os
import pickle
import random
import secrets
import signal
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
from autograd import Value, gradients
from autograd.tape import recordings
from autograd.tape.guards import NotRecordable
from autograd.watching import watchers

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")
ENGINES = ["numpy", "native"]


# ── What goes in and out ──────────────────────────────────────────────────────────────────────────────────────────────


def test_arguments_by_name():
    g = autograd.compile(lambda x, y=2.0, *, z=4.0, **more: x * 100 + y * 4 + z + sum(more.values()))
    assert g(3.0) == 312.0
    assert g(3.0, z=5.0) == 313.0
    assert g(3.0, z=5.0, a=1.0, b=2.0) == g(z=5.0, b=2.0, x=3.0, a=1.0) == 316.0
    assert g.value_and_grad(3.0, z=5.0, a=1.0) == (314.0, (100.0, 1.0, 1.0))
    assert g.grad(3.0, 1.0, a=1.0) == (100.0, 4.0, 1.0)
    assert g.hessian(3.0, z=2.0).shape == (2, 2)
    x = Value(3.0)
    assert g(x, z=5.0).data == 313.0
    with pytest.raises(TypeError, match="argument"):
        g(y=3.0)


Point = collections.namedtuple("Point", "x y")


def test_containers_go_in_and_out():
    @autograd.compile
    def f(point, more):
        return Point(point.x * 2, more["k"] + point.y), {
            "sum": point.x + point.y,
            "rows": [more["rows"] @ more["rows"]],
        }

    out, named = f(Point(1.0, 2.0), {"k": 3.0, "rows": np.array([Value(1.0), 2.0], dtype=object)[:0]})
    assert (out, named["sum"]) == (Point(2.0, 5.0), 3.0)
    g = autograd.compile(lambda p: np.array([p.x * p.y, p.x + p.y, p.x * 0.0]))
    assert g(Point(2.0, 3.0)).tolist() == [6.0, 5.0, 0.0]
    assert g(Point(np.array([2.0, 4.0]), 3.0)).tolist() == [[6.0, 12.0], [5.0, 7.0], [0.0, 0.0]]
    area = autograd.compile(lambda sides: sides["a"] * sides["b"])
    assert area.value_and_grad({"a": 2.0, "b": 3.0}) == (6.0, {"a": 3.0, "b": 2.0})
    assert autograd.compile(lambda p: p.x * p.y).grad(Point(2.0, 3.0)) == Point(3.0, 2.0)


def test_branches_may_return_other_containers_where_one_number_is_given():
    f = autograd.compile(lambda x: [x, x * 2.0] if x > 0 else (x,))
    assert [f(1.0), f(-1.0), f(2.0), f(np.float32(-2.0))] == [[1.0, 2.0], (-1.0,), [2.0, 4.0], (-2.0,)]
    with pytest.raises(ValueError, match="branches"):
        f(np.array([1.0, -1.0]))


def test_arrays_of_values_go_in_as_values_and_come_out_as_arrays():
    f = autograd.compile(lambda row: row @ row)
    x, y = Value(2.0), Value(3.0)
    result = f(np.array([x, y]))
    assert gradients(result, [x, y]) == (4.0, 6.0)
    numbers = np.empty(2, dtype=object)
    numbers[:] = [2.0, 3.0]
    value, slopes = f.value_and_grad(numbers)
    assert (value, slopes.tolist()) == (13.0, [4.0, 6.0])


def test_what_is_no_number_steers_the_function():
    calls = []

    @autograd.compile
    def f(x, mode, twice=False):
        calls.append(mode)
        y = {"square": lambda v: v * v, None: lambda v: v, math.exp: autograd.exp}[mode](x)
        return y * 2 if twice is True else y

    assert [f(3.0, "square"), f(3.0, None), f(3.0, "square", True), f(4.0, "square")] == [9.0, 3.0, 18.0, 16.0]
    assert f(0.0, math.exp) == 1.0
    assert f.value_and_grad(3.0, "square") == (9.0, (6.0, None))
    assert calls == ["square", None, "square", math.exp, "square"]


def test_ints_steer_where_values_cannot():
    power = autograd.compile(lambda x, n: x if n == 0 else functools_reduce(x, n))
    assert [power(2.0, 3), power(3.0, 2), power(2.0, 0)] == [8.0, 9.0, 2.0]
    assert power.value_and_grad(2.0, 3) == (8.0, (12.0, 0.0))
    even = autograd.compile(lambda x, n: x if n % 2 else x * 10)
    assert [even(1.0, 3), even(1.0, 4), even(2.0, 3)] == [1.0, 10.0, 2.0]
    assert even.value_and_grad(2.0, 4) == (20.0, (10.0, None))
    assert autograd.compile(lambda row, i: row[i])([1.0, 2.0, 3.0], 1) == 2.0
    assert autograd.compile(lambda x, n: x * n)(2.0, 3) == 6.0
    assert autograd.compile(lambda x, n: x * n).grad(2.0, 3) == (3.0, 2.0)


def functools_reduce(x, n):
    product = 1.0
    for _ in range(n):
        product = product * x
    return product


def test_an_array_where_a_list_is_meant():
    f = autograd.compile(lambda point: point[0] * point[1])
    for function in (f, autograd.compile(lambda point: sum(p * p for p in point))):
        with pytest.raises(TypeError, match=r"an array where it expects a list.*<lambda>\(list\(array\)\)"):
            function(np.array([2.0, 3.0]))
    assert f(list(np.array([2.0, 3.0]))) == 6.0
    with pytest.raises(ValueError, match="shape"):
        autograd.compile(lambda x, y: x * y)(np.ones(3), np.ones(4))
    assert autograd.compile(lambda: Value(3.0) * 2)() == 6.0


# ── Methods ───────────────────────────────────────────────────────────────────────────────────────────────────────────


class Line:
    def __init__(self, slope):
        self.slope = Value(slope)

    @autograd.compile
    def at(self, x, *, twice=False):
        return (self.slope * x) * (2.0 if twice else 1.0)

    @staticmethod
    @autograd.compile
    def square(x):
        return x * x

    @classmethod
    def made(cls, slope):
        return cls(slope)


@dataclasses.dataclass
class Plain:
    weight: Value

    @autograd.compile
    def times(self, x):
        return self.weight * x


def test_methods():
    one, two = Line(2.0), Line(3.0)
    assert [one.at(5.0), two.at(5.0), one.at(5.0, twice=True)] == [10.0, 15.0, 20.0]
    assert one.at(np.array([1.0, 2.0])).tolist() == [2.0, 4.0]
    assert one.at.value_and_grad(5.0) == (10.0, 2.0)
    assert one.at.grad(5.0, twice=True) == (4.0, None)
    assert one.at.hessian(5.0).tolist() == [[0.0]]
    one.slope.data = 7.0
    assert [one.at(5.0), two.at(5.0)] == [35.0, 15.0]
    twin = copy.deepcopy(one)
    twin.slope.data = 1.0
    assert [one.at(5.0), twin.at(5.0), copy.copy(one).at(5.0)] == [35.0, 5.0, 35.0]
    assert (Line.square(3.0), one.square(4.0), one.at.__name__) == (9.0, 16.0, "at")
    assert Plain(Value(2.0)).times(3.0) == 6.0
    assert pickle.loads(pickle.dumps(one)).at(5.0) == 35.0
    x = Value(5.0)
    assert one.at(x).data == 35.0


# ── Nesting ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def cubic(x, y=1.0):
    return x**3 * y


def test_compile_of_grad_and_grad_of_compiled():
    f = autograd.compile(cubic)
    slope = autograd.compile(f.grad)
    assert slope(2.0) == 12.0
    assert slope.grad(2.0) == 12.0
    assert slope(np.array([1.0, 2.0])).tolist() == [3.0, 12.0]
    assert autograd.compile(slope.grad).grad(2.0) == 6.0
    assert autograd.compile(autograd.compile(f))(2.0) == 8.0
    assert autograd.compile(lambda x: f.hessian(x)[0, 0])(2.0) == 12.0
    assert autograd.compile(lambda x: f.value_and_grad(x)[0] + f.grad(x))(2.0) == 20.0
    x = Value(2.0)
    assert gradients(f.grad(x), x) == (12.0,)
    value, (dx, dy) = f.value_and_grad(x, 3.0)
    assert (value.data, dx.data, dy.data) == (24.0, 36.0, 8.0)
    newton = autograd.compile(lambda x: x - f(x) / f.grad(x))
    assert newton(3.0) == 2.0


def test_an_inner_compile_that_captures_a_value_of_the_outer_one():
    def outer(x):
        inner = autograd.compile(lambda t: t * x)
        return x + inner(2.0)

    f = autograd.compile(outer)
    assert [f(1.0), f(5.0), f(1.0)] == [3.0, 15.0, 3.0]
    w = Value(2.0)
    kept = autograd.compile(lambda t: t * w)
    g = autograd.compile(lambda x: x * kept(3.0))
    assert g(1.0) == 6.0
    w.data = 5.0
    assert g(1.0) == 15.0


# ── Copies, leaves ────────────────────────────────────────────────────────────────────────────────────────────────────

WEIGHT = Value(2.0)


@autograd.compile
def weighted(x):
    return WEIGHT * x


def test_copies_read_the_same_weights():
    w = Value(2.0)
    f = autograd.compile(lambda x: w * x)
    assert f(3.0) == 6.0
    copies = [copy.copy(f), copy.deepcopy(f)]
    weighted(1.0)
    copies += [copy.deepcopy(weighted), pickle.loads(pickle.dumps(weighted))]
    w.data = WEIGHT.data = 5.0
    assert [c(3.0) for c in copies] == [15.0] * 4
    WEIGHT.data = 2.0


# ── Many ways ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def by_sign(vs):
    total = 0.0
    for v in vs:
        total = total + v * v if v > 0 else total - v
    return total


@pytest.mark.parametrize("engine", ENGINES)
def test_branches_over_ten_numbers(engine):
    f = autograd.compile(by_sign, engine)
    points = np.random.RandomState(0).randn(10, 300)
    value, slopes = f.value_and_grad(list(points))
    for i in range(300):
        leaves = [Value(x) for x in points[:, i]]
        output = by_sign(leaves)
        assert value[i] == output.data
        assert tuple(slope[i] for slope in slopes) == gradients(output, leaves)
    assert f.value_and_grad(points[:, 7].tolist())[0] == value[7]


def test_memory_is_bounded_and_the_least_used_are_dropped(monkeypatch):
    monkeypatch.setattr(recordings, "MOST_INSTRUCTIONS", 20_000)
    calls = []
    f = autograd.compile(lambda x: calls.append(1) or x * round(x.data))
    for n in range(200):
        assert f(float(n)) == n * n
        assert f(3.0) == 9.0  # used all the time
    assert len(f.recordings) < 70
    assert f.recordings.size() <= 20_000
    assert len(calls) == 200
    assert "dropped" in str(f.recordings)
    assert f(np.arange(200.0)).tolist() == [n * n for n in range(200)]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_guard_decided_by_the_last_bit_has_the_functions_own_result(engine):
    f = autograd.compile(lambda x: autograd.exp(x) * 0.0 + round(autograd.exp(x).data * 1e15), engine)
    for x in np.random.RandomState(0).rand(300):
        assert f(float(x)) == autograd.exp(Value(x)).data * 0.0 + round(math.exp(x) * 1e15)


@given(
    st.lists(
        st.lists(st.sampled_from([-1.0, -0.0, 0.0, 1.0, math.nan]), min_size=3, max_size=3), min_size=1, max_size=6
    )
)
def test_random_decisions_are_those_of_the_function(points):
    def decide(a, b, c):
        result = a * 0.0
        if a > b:
            result = result + (1.0 if b.data == c.data else 2.0)
        elif a.data != c.data:
            result = result + 4.0
        return result + (8.0 if max(b, c) is b else 16.0) + math.copysign(32.0, c.data)

    f = autograd.compile(decide)
    expected = []
    for a, b, c in points:
        r = a * 0.0
        r += (1.0 if b == c else 2.0) if a > b else (4.0 if a != c else 0.0)
        expected.append(r + (16.0 if c > b else 8.0) + math.copysign(32.0, c))
    got = [f(*point) for point in points]
    assert all(x == y or (math.isnan(x) and math.isnan(y)) for x, y in zip(got, expected, strict=True))


def test_random_numbers_are_drawn_anew():
    f = autograd.compile(lambda x: x * random.random())
    g = autograd.compile(lambda x: x * float(np.random.rand()))
    for seed in (1, 2, 2):
        random.seed(seed)
        np.random.seed(seed)
        got = f(2.0), g(2.0), g(2.0)
        random.seed(seed)
        np.random.seed(seed)
        assert got == (2.0 * random.random(), 2.0 * np.random.rand(), 2.0 * np.random.rand())
    assert "not kept" in str(f.recordings)


# ── Numbers that leave the graph ──────────────────────────────────────────────────────────────────────────────────────

LEAVING = {
    "gradients": lambda x: x - (x * x).data / gradients(x * x, x)[0],
    "newton": lambda x: x - (x**3 - 2.0) / gradients(x**3 - 2.0, x)[0],
    "deepcopy": lambda x: x * copy.deepcopy(x).data,
    "deepcopy of a graph": lambda x: x * copy.deepcopy(x * 2.0),
    "copy": lambda x: x * copy.copy(x),
    "repr": lambda x: x * float(repr(x).split("(")[1].split(",")[0]),
    "str": lambda x: x * float(str(x).split("(")[1].split(",")[0].rstrip(")")),
    "format": lambda x: x * float(f"{x:.3f}"),
    "percent": lambda x: x * float("%s" % x.data),  # noqa: UP031
    "pickle": lambda x: x * pickle.loads(pickle.dumps(x)),
    "pickle of a graph": lambda x: x * pickle.loads(pickle.dumps(x * 2.0 + 1.0)),
    "inner": lambda x: x * autograd.compile(lambda t: t * x)(2.0),
    "numpy": lambda x: x * np.array([x]).max().data,
    "sorted": lambda x: sorted([x, x * x, Value(1.5)])[1],
}


@pytest.mark.parametrize("name", LEAVING)
def test_numbers_that_leave_the_graph_are_looks(name):
    function = LEAVING[name]
    f = autograd.compile(function)
    for x in (1.0, 4.0, 0.25, 1.0, -3.0):
        assert f(x) == function(Value(x)).data, x
        leaf = Value(x)
        assert f.grad(x) == gradients(function(leaf), leaf)[0], x


def test_what_changes_the_graph_within_a_recording_is_refused():
    w = Value(2.0)

    def differentiating(x):
        y = x * w
        y.backward()
        return x * x.grad

    def assigning(x):
        w.data = w.data * 2.0
        return x * w

    def assigning_the_input(x):
        x.data = x.data + 1.0
        return x

    for function, remedy in [
        (differentiating, "create_graph=True"),
        (assigning, "assign"),
        (assigning_the_input, "assign"),
    ]:
        with pytest.raises(NotRecordable, match=remedy):
            autograd.compile(function)(3.0)
    assert watchers == {}


# ── Errors and interrupts ─────────────────────────────────────────────────────────────────────────────────────────────


def test_ctrl_c_while_recording_leaves_everything_as_it_was():
    stop = [True]

    def f(x):
        if stop:
            stop.pop()
            signal.raise_signal(signal.SIGINT)
        return x * x

    compiled = autograd.compile(f)
    with pytest.raises(KeyboardInterrupt):
        compiled(2.0)
    assert watchers == {}
    assert compiled(2.0) == 4.0


def test_threads_share_a_compiled_function():
    f = autograd.compile(by_sign)
    points = np.random.RandomState(1).randn(40, 5)
    expected = [by_sign([Value(x) for x in point]).data for point in points]
    wrong = []

    def work():
        wrong.extend(1 for point, y in zip(points, expected, strict=True) if f(point.tolist()) != y)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_recordings_tell_what_was_recorded_and_why():
    def f(x, y):
        over = x > y
        return x * y if over else y

    compiled = autograd.compile(f)
    compiled(2.0, 1.0)
    compiled(1.0, np.array([2.0, 3.0]))
    compiled.grad(2.0, 1.0)
    lines = str(compiled.recordings).splitlines()
    assert lines[0].startswith("f: 3 recordings of ")
    assert lines[1] == "  f(x=2.0, y=1.0), 1 sample: the first call"
    assert lines[2].startswith("  f(x=1.0, y=2.0), 2 samples: otherwise than before: x > y was true at ")
    assert "test_compile_kinds.py:" in lines[2]
    assert lines[3] == "  f(x=2.0, y=1.0), 1 sample: the first call with a gradient"
    assert (len(compiled.recordings), repr(compiled)) == (3, "<compiled f>")


# ── What changes between calls ────────────────────────────────────────────────────────────────────────────────────────

P = {"w": Value(2.0)}
RATE = 3.0


@dataclasses.dataclass
class Settings:
    rate: float = 2.0


SETTINGS = Settings()
READS = {
    "leaf in a dict": (lambda x: P["w"] * x, lambda: P.__setitem__("w", Value(P["w"].data + 8.0))),
    "global number": (lambda x: RATE * x, lambda: globals().__setitem__("RATE", RATE + 1.0)),
    "attribute": (lambda x: SETTINGS.rate * x, lambda: setattr(SETTINGS, "rate", SETTINGS.rate + 1.0)),
    "default": (lambda x, k=[1.0]: k[0] * x, None),
}


@pytest.mark.parametrize("name", READS)
def test_what_a_function_reads_is_read_anew_when_it_changes(name):
    function, change = READS[name]
    f = autograd.compile(function)
    change = change or (lambda: function.__defaults__[0].__setitem__(0, function.__defaults__[0][0] + 1.0))
    for _ in range(4):
        for _ in range(2):
            assert f(3.0) == function(Value(3.0)).data
            assert f.grad(3.0) == function(Value(1.0)).data
        change()
    assert "has changed" in str(f.recordings)


def test_leaves_that_are_added_or_closed_over():
    weights, factor = [Value(1.0), Value(2.0)], 2.0

    def f(x):
        return sum(w * x for w in weights) * factor

    compiled = autograd.compile(f)
    assert compiled(3.0) == 18.0
    weights.append(Value(4.0))
    assert compiled(3.0) == 42.0
    factor = 1.0
    assert compiled(3.0) == 21.0
    weights[0] = Value(10.0)
    assert compiled(3.0) == 48.0


def test_what_a_function_changes_itself_is_run_anew():
    count = {"n": 0}
    generator = np.random.RandomState(0)
    seen = []

    def counting(x):
        count["n"] += 1
        return x * count["n"]

    f, g = autograd.compile(counting), autograd.compile(lambda x: x * generator.rand())
    assert [f(1.0), f(1.0), f(1.0)] == [1.0, 2.0, 3.0]
    assert "not kept: count['n'] changes in a call" in str(f.recordings)
    again = np.random.RandomState(0)
    assert [g(1.0), g(1.0)] == [again.rand(), again.rand()]
    h = autograd.compile(lambda x: seen.append(1) or x * 2.0)  # a log disturbs nobody
    assert [h(1.0), h(2.0), h(3.0)] == [2.0, 4.0, 6.0]
    assert seen == [1]


class Mean:
    def __init__(self):
        self.history, self.seen = [], []

    def __call__(self, x):
        self.history.append(1.0)
        return x / len(self.history)

    def logged(self, x):
        self.seen.append(1.0)
        return x * 2.0


def test_a_list_that_a_function_reads_is_no_log():
    history = []

    def count(x):
        history.append(1.0)
        return x * len(history)

    f, mean, g = autograd.compile(count), Mean(), autograd.compile(Mean())
    assert [f(1.0), f(1.0), f(2.0)] == [1.0, 2.0, 6.0]
    assert [g(1.0), g(1.0), g(4.0)] == [1.0, 0.5, 4.0 / 3]
    h = autograd.compile(mean.logged)
    assert (h(1.0), h(2.0), len(h.recordings)) == (2.0, 4.0, 1)


NEW_EACH_TIME = {
    "np.random.default_rng": lambda x: x * np.random.default_rng().random(),
    "np.random.RandomState": lambda x: x * np.random.RandomState().rand(),
    "random.Random": lambda x: x * random.Random().random(),
    "random.SystemRandom": lambda x: x * random.SystemRandom().random(),
    "secrets.randbelow": lambda x: x * secrets.randbelow(2**60),
}


@pytest.mark.parametrize("name", NEW_EACH_TIME)
def test_a_generator_that_is_made_in_a_call_draws_anew(name):
    f = autograd.compile(NEW_EACH_TIME[name])
    assert len({f(1.0) for _ in range(5)}) > 1
    assert f"reads {name}" in str(f.recordings)


FILES = {
    "text": lambda path: lambda x: x * float(path.read_text()),
    "np.loadtxt": lambda path: lambda x: x * float(np.loadtxt(path)),
    "size": lambda path: lambda x: x * os.path.getsize(path),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_read_anew(name, tmp_path):
    path = tmp_path / "numbers.txt"
    path.write_text("1")
    f = autograd.compile(FILES[name](path))
    assert f(2.0) == 2.0
    path.write_text("2.500" if name != "size" else "25")
    assert f(2.0) == (5.0 if name != "size" else 4.0)


def test_joined_paths_and_a_generator_of_an_object_are_recorded():
    class Noise:
        def __init__(self):
            self.generator, self.name = np.random.RandomState(0), os.path.join("a", "b")

        def __call__(self, x):
            return x * 2.0

    noise = Noise()
    f = autograd.compile(lambda x: noise(x) * len(os.path.join("a", "b")))
    assert (f(1.0), f(2.0), len(f.recordings)) == (6.0, 12.0, 1)


class Shop:
    def __init__(self):
        self.price, self.sold = 2.0, 0

    @autograd.compile
    def cost(self, x):
        return self.price * x

    @autograd.compile
    def sell(self, x):
        self.sold += 1
        return x * self.sold


def test_a_way_that_changes_state_leaves_no_recording_of_a_way_that_reads_it():
    count = {"n": 0.0}

    def program(x):
        if x > 0:
            return x * count["n"]
        count["n"] += 1.0
        return -x

    f = autograd.compile(program)
    assert [f(x) for x in (2.0, -1.0, 2.0, 2.0, -1.0, 2.0)] == [0.0, 1.0, 2.0, 2.0, 1.0, 4.0]


def test_a_way_that_hides_state_leaves_no_recording_of_a_way_that_reads_it():
    state = {"rate": 1.0}

    def program(x):
        if x > 0:
            return x * state["rate"]
        state["stream"] = (i for i in range(3))  # whose state nobody can see
        return x

    f = autograd.compile(program)
    assert (f(2.0), f(-1.0)) == (2.0, -1.0)
    state["rate"] = 5.0
    assert f(2.0) == 10.0


def test_methods_read_their_objects_attributes():
    shop = Shop()
    assert shop.cost(3.0) == 6.0
    shop.price = 5.0
    assert shop.cost(3.0) == 15.0
    assert [shop.sell(1.0), shop.sell(1.0)] == [1.0, 2.0]
