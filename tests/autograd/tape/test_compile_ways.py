"""compile: many ways through a function, what is kept of them, by threads and interrupts too, and what it tells."""

import math
import signal
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
from autograd import Value, gradients
from autograd.tape import recordings
from autograd.watching import watchers

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")
ENGINES = ["numpy", "native"]


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
    assert "test_compile_ways.py:" in lines[2]
    assert lines[3] == "  f(x=2.0, y=1.0), 1 sample: the first call with a gradient"
    assert (len(compiled.recordings), repr(compiled)) == (3, "<compiled f>")
