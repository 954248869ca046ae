"""Threads that share nodes, and Ctrl-C at any place: every number is as it was before, or as it is after."""

import gc
import math
import signal
import sys
import threading
import time

import pytest

import autograd.backward as module
import autograd.value as value
from autograd import Primitive, Value, gradients, zero_grad
from autograd.ieee import is_silent
from autograd.order import walk


@pytest.fixture
def quick_switching():
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def together(work, count=8):
    """Run `work(number)` in so many threads that begin at once; the first exception is raised."""
    errors, ready = [], threading.Barrier(count)

    def run(number):
        ready.wait()
        try:
            work(number)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


@pytest.mark.usefixtures("quick_switching")
def test_threads_that_share_leaves_lose_no_gradient():
    leaves = [Value(0.5 * i, f"w{i}") for i in range(6)]
    for _ in range(400):
        zero_grad(leaves)

        def work(number):
            total = Value(0.0)
            for i, leaf in enumerate(leaves):
                total = total + leaf * float(number + i) + leaf * leaf
            total.backward()

        together(work)
        assert [leaf.grad for leaf in leaves] == [28.0 + 8 * i + 8 * i for i in range(6)]


@pytest.mark.usefixtures("quick_switching")
def test_threads_differentiate_one_shared_graph():
    x, w = Value(0.5, "x"), Value(-2.0, "w")
    f = x
    for _ in range(20):
        f = (f * w).tanh() + x
    f.backward()
    once = (x.grad, w.grad)
    for _ in range(400):
        zero_grad([x, w])

        def work(number):
            if number % 2:
                assert gradients(f, [x, w]) == once
            f.backward()
            assert f.grad == 1.0

        together(work)
        assert (x.grad, w.grad) == pytest.approx((8 * once[0], 8 * once[1]), rel=1e-12)


@pytest.mark.usefixtures("quick_switching")
def test_threads_recompute_one_shared_graph():
    x = Value(0.0, "x")
    f = x
    for _ in range(30):
        f = f * 1.0 + 0.0
    for round_ in range(100):
        x.data = float(round_)

        def work(number, expected=float(round_)):
            assert f.forward() == expected
            assert walk(f)[1] == []
            assert gradients(f, x) == (1.0,)

        together(work, 4)


# ── Ctrl-C ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def graph():
    """Leaves with a gradient from before, a graph on them, and all nodes of it."""
    x, y = Value(1.5, "x"), Value(-0.5, "y")
    f = (x * y + x.sigmoid()) * 2.0 + (x + y) ** 2
    f.backward()
    return x, f, walk(f)[0]


def edited():
    x, f, order = graph()
    x.data = 2.5
    return f, order


def state(nodes):
    return [(node._data, node.grad) for node in nodes]


def backward():
    _, f, order = graph()
    return f.backward, order


def forward():
    f, order = edited()
    return f.forward, order


def zeroed():
    _, _, order = graph()
    return lambda: zero_grad(order), order


def differentiated():
    x, f, order = graph()
    return lambda: gradients(f, [x, f.operands[0]]), order


ACTIONS = [backward, forward, zeroed, differentiated]


def interrupted_at(event, action):
    """Run the action and raise KeyboardInterrupt at the trace event of that number; whether there was such an event.

    The collector rests meanwhile: what it calls of other tests' objects would be traced, and counted, too.
    """
    seen = 0

    def trace(frame, kind, argument):
        nonlocal seen
        seen += 1
        if seen == event:
            raise KeyboardInterrupt
        return trace

    gc.disable()
    sys.settrace(trace)
    try:
        action()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(None)
        gc.enable()
    return False


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # raised while a generator is closed
@pytest.mark.parametrize("prepare", ACTIONS)
def test_an_interrupt_at_any_line_leaves_all_as_before_or_as_after(prepare, monkeypatch):
    action, order = prepare()
    before = state(order)
    action()
    after, outcomes, event = state(order), [], 0
    while not outcomes or outcomes[-1] is not None:
        for place, lock in ((module, "passing"), (value, "editing")):
            monkeypatch.setattr(place, lock, threading.RLock())  # an interrupt of a tracer can leave a lock shut
        event += 1
        action, order = prepare()
        assert repr(state(order)) == repr(before)
        broken_off = interrupted_at(event, action)
        now = state(order)
        assert now in (before, after), event
        outcomes.append(now == after if broken_off else None)
        zero_grad(order)
        order[-1].forward()
        order[-1].backward()  # and all goes on as ever
        expected = gradients(order[-1], order)
        assert [node.grad for node in order] == list(expected)
    assert len(outcomes) > (3 if prepare is zeroed else 50)
    assert sorted(outcomes[:-1]) == outcomes[:-1]
    monkeypatch.setattr(module, "underway", False)
    assert not is_silent()


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs signal.setitimer")
@pytest.mark.parametrize("prepare", ACTIONS)
def test_a_signal_at_any_time_leaves_all_as_before_or_as_after(prepare):
    """Signals come between two instructions of Python at unforeseen times; what holds must hold whenever they come."""

    def interrupt(*_):
        raise KeyboardInterrupt

    action, order = prepare()
    before = state(order)
    action()
    after = state(order)
    earlier = signal.signal(signal.SIGALRM, interrupt)
    try:
        for attempt in range(300):
            action, order = prepare()
            try:
                signal.setitimer(signal.ITIMER_REAL, 1e-6 + attempt % 100 * 2e-6)
                action()
                time.sleep(0.001)
            except KeyboardInterrupt:
                pass
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
            assert state(order) in (before, after)
        assert module.passing.acquire(blocking=False)
        module.passing.release()
        other = threading.Thread(target=lambda: order[-1].forward() and order[-1].backward())
        other.start()
        other.join(60)
        assert not other.is_alive()  # no lock is left shut
    finally:
        signal.signal(signal.SIGALRM, earlier)


def test_a_rule_may_differentiate_what_is_being_differentiated():
    w = Value(3.0, "w")

    def slope(x, z):
        (dw,) = gradients(w * w * w, w)  # 3 w², by a pass within the pass, through a leaf of both
        return (dw,)

    row = Primitive("row", lambda x: 27.0 * x, slope)
    x = Value(2.0, "x")
    f = w * row(x) * w
    f.backward()
    assert (x.grad, w.grad) == (9.0 * 27.0, 2 * 3.0 * 54.0)


def test_a_pass_that_fails_changes_nothing():
    x = Value(2.0, "x")
    x.grad = 7.0

    def broken(x, z):
        raise RuntimeError("broken")

    row = Primitive("broken", lambda x: x, broken)
    f = row(x * x) * x
    for _ in range(2):
        with pytest.raises(RuntimeError, match="broken"):
            f.backward()
        assert (x.grad, f.grad) == (7.0, None)

    fragile = Primitive("fragile", lambda x: 1 / 0 if x > 5.0 else x, lambda x, z: (1.0,), numpy=lambda x: None)
    y = x * 1.0
    g = fragile(y) + y
    g.backward()
    x.data = 6.0
    before = [(node._data, node.grad) for node in walk(g)[0]]
    with pytest.raises((TypeError, ValueError)):
        g.forward()
    assert [(node._data, node.grad) for node in walk(g)[0]] == before
    x.data = 4.0
    assert g.forward() == 8.0
    assert not math.isnan(g.data)


@pytest.mark.parametrize("lock", [module.passing, value.editing])
def test_no_lock_is_left_shut(lock):
    opened = []

    def enter():
        if lock.acquire(timeout=60):
            opened.append(True)
            lock.release()

    other = threading.Thread(target=enter)
    other.start()
    other.join()
    assert opened
