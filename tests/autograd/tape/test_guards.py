"""While a program is recorded, every look at a number is a guard, or the recording is refused with the line."""

import collections
import functools
import math
import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
from autograd import Value
from autograd.tape.guards import NotRecordable, StandIn
from autograd.watching import watchers

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")
EDGES = [-math.inf, -2.0, -1.0, -0.0, 0.0, 5e-324, 1.0, 2.0, math.inf, math.nan]

# Programs on numbers that are other programs on Values, unless somebody sees to it.
DECISIONS = {
    "==": lambda x: 1.0 if x == 1 else 2.0,
    "!=": lambda x: 1.0 if x != 1 else 2.0,
    "reflected": lambda x: 1.0 if 1 == x else 2.0,
    "computed": lambda x: 1.0 if x * 2 - 1 == 1 else 2.0,
    "in": lambda x: 1.0 if x in (0, 1) else 2.0,
    "count": lambda x: float([x, x].count(1)),
    "index": lambda x: float([0, 1, 2, 5].index(x)) if x in (0, 1, 2, 5) else 7.0,
    "bool": lambda x: 1.0 if x == True else 2.0,  # noqa: E712
    "int": lambda x: 1.0 if x == 2**53 + 1 else 2.0,
    "large": lambda x: 1.0 if x == 10**400 else 2.0,
    "nan": lambda x: 1.0 if x != x else 2.0,
    "never": lambda x: 1.0 if x == math.nan else 2.0,
    "numpy": lambda x: 1.0 if x == np.float32(1) else 2.0,
    "array": lambda x: float(np.sum(np.array([x, x], dtype=object) == 1)),
    "remove": lambda x: float(len([y for y in [0, 1, 2] if y != x])),
    "text": lambda x: 1.0 if x == "1" else 2.0,
}


@given(st.lists(st.sampled_from(EDGES), min_size=1, max_size=8))
@pytest.mark.parametrize("name", DECISIONS)
def test_a_decision_by_equality_is_that_of_the_program_on_numbers(name, xs):
    decide = DECISIONS[name]
    f = autograd.compile(lambda x: autograd.where(1.0, decide(x), x))
    assert f(np.array(xs)).tolist() == [decide(x) for x in xs]


REFUSED = {
    "two inputs": lambda x, y: x if x == y else y,
    "not equal": lambda x, y: x if x != y else y,
    "input and computed": lambda x, y: x if x == y * 1.0 else y,
    "in a list": lambda x, y: x if y in [x, 1.0] else y,
    "dict": lambda x, y: x * {0.0: 1.0, 2.0: 3.0}.get(x, 5.0),
    "computed key": lambda x, y: x * {0.0: 1.0, 5.0: 3.0}.get(x + y, 5.0),
    "set": lambda x, y: x if x in {1, 2} else y,
    "unique": lambda x, y: x * len({x, y}),
    "counter": lambda x, y: x * collections.Counter([x, y])[2.0],
    "cache": lambda x, y: x * functools.cache(lambda v: 2.0)(y),
    "failing lookup": lambda x, y: x * {2.0: 1.0}[x],
    "row": lambda x, y: x * {4.0: 1.0}.get(autograd.maximum(Value(1.0), x), 2.0),
    "sum": lambda x, y: x * {5.0: 1.0}.get(autograd.sum([Value(1.0), x]), 2.0),
    "weight": lambda x, y: x * {5.0: 1.0}.get(Value(1.0) * x, 2.0),
    "method": lambda x, y: x * {5.0: 1.0}.get(x.exp(), 2.0),
    "numpy": lambda x, y: x * {5.0: 1.0}.get(np.exp(x), 2.0),
    "worker": lambda x, y: x if ThreadPoolExecutor(1).submit(lambda: x > y).result() else y,
    "worker, computed": lambda x, y: x if ThreadPoolExecutor(1).submit(lambda: x - y > 0).result() else y,
    "worker, data": lambda x, y: x * ThreadPoolExecutor(1).submit(lambda: x.data).result(),
    "worker, key": lambda x, y: x * ThreadPoolExecutor(1).submit(lambda: {2.0: 1.0}.get(x, 2.0)).result(),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_another_program_on_values_is_refused_with_the_line(name):
    function = REFUSED[name]
    line = f"{re.escape(__file__)}:{function.__code__.co_firstlineno}" if name != "counter" else "collections"
    with pytest.raises(NotRecordable, match=line):
        autograd.compile(function)(2.0, 3.0)
    assert watchers == {}


def test_a_weight_that_another_thread_looks_at_is_no_weight_of_a_recording():
    w = Value(3.0)
    with ThreadPoolExecutor(1) as pool:  # it may be part of the program, or not: the function itself answers
        f = autograd.compile(lambda x: x * w * pool.submit(lambda: w.data).result())
        assert (f(2.0), f.value_and_grad(2.0)) == (18.0, (18.0, 9.0))
        w.data = 4.0
        assert (f(2.0), len(f.recordings)) == (32.0, 0)
        w.data = 3.0
        assert "not kept: another thread looked at a Value" in str(f.recordings)
    with ThreadPoolExecutor(1) as pool:  # a thread that works on its own Values disturbs nobody
        assert autograd.compile(lambda x: x * w * pool.submit(lambda: Value(5.0).data).result())(2.0) == 30.0


def test_values_that_are_values_in_the_program_keep_their_identity():
    """Weights are nodes, in the eager pass too: they may be keys, and are equal to themselves only."""
    w, v = Value(3.0), Value(3.0)
    names = {w: 2.0, v: 5.0}
    f = autograd.compile(lambda x: x * names[w] * names[v] if w != v and w in [w, v] else x)
    assert f(2.0) == 20.0


def test_stand_ins_become_ordinary_values():
    kept = []

    def f(x):
        kept.extend([x, x * 2.0, autograd.tanh(x)])
        assert all(isinstance(v, StandIn) for v in kept)
        return x

    autograd.compile(f)(2.0)
    assert [type(v) for v in kept] == [Value] * 3
    assert {kept[0]: 1}[kept[0]] == 1

    def failing(x):
        kept.append(x)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        autograd.compile(failing)(2.0)
    assert type(kept[-1]) is Value


def test_looks_see_every_bit():
    """copysign asks for the sign of a zero, `==` does not."""
    f = autograd.compile(lambda x: x * math.copysign(1.0, x.data) + (7.0 if x.data != x.data else 0.0))
    for x in EDGES:
        for first in EDGES:
            f.recordings.clear()
            f(first)
            expected = x * math.copysign(1.0, x) + (7.0 if math.isnan(x) else 0.0)
            got = f(x)
            assert got == expected or (math.isnan(got) and math.isnan(expected)), (first, x)
            assert math.copysign(1.0, got) == math.copysign(1.0, expected) or math.isnan(got)


WEIGHT = Value(2.0)
READS = {
    "grad": lambda x: x * WEIGHT.grad,
    "grad in a loop": lambda x: sum(x * leaf.grad for leaf in [WEIGHT]),
    "arguments of the process": lambda x: x * len(sys.argv),
    "time of the process": lambda x: x + 0.0 * time.process_time(),
}


@pytest.mark.parametrize("name", READS)
def test_what_changes_behind_a_function_is_not_recorded(name):
    compiled = autograd.compile(READS[name])
    for WEIGHT.grad in (3.0, 5.0):
        assert compiled(2.0) == READS[name](2.0)
    assert len(compiled.recordings) == 0


SQUARE = autograd.compile(lambda x: x * x)


@pytest.mark.parametrize("f", [lambda x: autograd.grad(lambda y: y * y)(x), lambda x: SQUARE.grad(x) * 1.0])
def test_a_function_that_is_called_grad_may_be_recorded(f):
    compiled = autograd.compile(f)
    assert (compiled(2.0), compiled(3.0), len(compiled.recordings)) == (4.0, 6.0, 1)
