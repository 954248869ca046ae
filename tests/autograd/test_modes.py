"""no_grad, detach and the hooks of on_backward."""

import threading

import numpy as np
import pytest

import autograd
import nn
from autograd import Value, gradients, no_grad, record, value
from autograd.value import innermost_block


def test_no_grad_gives_leaves_with_the_same_numbers():
    def program():
        x, y = Value(0.7, "x"), Value(-1.3, "y")
        return [x + y, 2 - x, x / y, -x, x**2, x**y, x.tanh(), abs(y), autograd.sum([x, y, 1.0]), autograd.where(x > 0, x, y),
                np.exp(x), autograd.leaky_relu(y)]  # fmt: skip

    with_graph = program()
    with no_grad():
        without = program()
    for one, other in zip(with_graph, without, strict=True):
        assert one.data == other.data
        assert (other.op, other.operands, other.grad, other.name) == (None, (), None, "")
        other.data = 3.0  # a leaf's number can be edited
    assert value.modes is None


def test_no_grad_ends_with_an_exception_and_nests():
    x = Value(2.0)
    with pytest.raises(ZeroDivisionError), no_grad():
        raise ZeroDivisionError
    assert innermost_block() is None
    assert (x * x).op is not None
    with no_grad():
        with no_grad():
            assert (x * x).op is None
        assert (x * x).op is None
    assert (x * x).op is not None


def test_no_grad_is_a_decorator_too():
    @no_grad()
    def predict(x):
        return x * x

    x = Value(2.0)
    assert predict(x).op is None
    assert (x * x).op is not None


def test_no_grad_holds_for_its_own_thread():
    begun, built, ops = threading.Event(), threading.Event(), []

    def work():
        begun.wait(10)
        ops.append((Value(2.0) * Value(3.0)).op)
        built.set()

    thread = threading.Thread(target=work)
    thread.start()
    with no_grad():
        begun.set()
        built.wait(10)
        ops.append((Value(2.0) * Value(3.0)).op)
    thread.join()
    assert ops == [autograd.mul, None]


def test_going_back_from_what_has_no_graph_is_an_error():
    x = Value(2.0, "x")
    with no_grad():
        y = x * x
    with pytest.raises(RuntimeError, match=r"was computed within no_grad\(\), so it has no graph"):
        y.backward()
    with pytest.raises(RuntimeError, match="no_grad"):
        gradients(y, x)
    y.data = 5.0
    z = y * x  # from here on it is a leaf as others are
    z.backward()
    assert (x.grad, y.grad) == (5.0, 2.0)


def test_recordings_keep_their_graph_within_no_grad():
    x = Value(3.0, "x")
    y = x * x
    square = autograd.compile(lambda x: x * x)
    with no_grad():
        tape = record(y, [x])
        assert square.grad(3.0) == 6.0
    _, slopes = tape.run([5.0])
    assert slopes[0][0] == 10.0
    assert square.grad(5.0) == 10.0


def test_a_recorded_program_may_use_no_grad():
    def half_constant(x):
        with no_grad():
            y = x * x
        return y * x

    compiled = autograd.compile(half_constant)
    for point in (2.0, 3.0, 2.0):
        assert compiled.value_and_grad(point) == (point**3, point**2)


def test_fit_within_no_grad_is_an_error():
    X, y = nn.datasets.gate("xor")
    model = nn.MLP(2, [3, 1], seed=0)
    with no_grad(), pytest.raises(RuntimeError, match="no_grad"):
        nn.fit(model, X, y, loss="mse_loss", optimizer=nn.SGD(model.parameters(), lr=0.1), epochs=2)


def test_detach_cuts_the_graph():
    x = Value(3.0, "x")
    y = x * x
    z = y.detach() * x
    assert (y.detach().data, y.detach().op, x.detach().name) == (9.0, None, "x")
    z.backward()
    assert x.grad == 9.0
    compiled = autograd.compile(lambda x: x * x.detach())
    assert [compiled.grad(point) for point in (2.0, 3.0)] == [2.0, 3.0]


def test_hooks_see_each_gradient_once_when_it_is_complete():
    x = Value(2.0, "x")
    y = x * x
    z = y + y * x
    seen = []
    hook = y.on_backward(lambda gradient: seen.append(gradient))
    leaf = x.on_backward(seen.append)
    z.backward()
    assert seen == [3.0, 3.0 * 4.0 + 4.0]  # 1 + x; 3x² + 2x
    assert x.grad == 16.0
    hook.remove()
    hook.remove()
    leaf.remove()
    assert gradients(z, x) == (16.0,)
    assert len(seen) == 2


def test_hooks_change_what_passes_in_every_kind_of_pass():
    x = Value(2.0, "x")
    y = x * x
    z = y * 3
    y.on_backward(lambda gradient: gradient * 2)
    y.on_backward(lambda gradient: gradient + 1)
    expected = (3.0 * 2 + 1) * 4
    assert gradients(z, x) == (expected,)
    (slope,) = gradients(z, x, create_graph=True)
    assert slope.data == expected
    assert gradients(slope, x) == (14.0,)
    z.backward()
    assert (y.grad, x.grad) == (7.0, expected)
    clipped = x.on_backward(lambda gradient: max(-1.0, min(1.0, gradient)))
    autograd.zero_grad([x])
    z.backward()
    assert x.grad == 1.0
    clipped.remove()


def test_a_pass_that_a_hook_breaks_off_changes_nothing():
    x = Value(2.0, "x")
    y = x * x
    y.on_backward(lambda gradient: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        y.backward()
    assert (x.grad, y.grad) == (None, None)


def test_what_is_no_hook_is_refused():
    x = Value(2.0)
    with pytest.raises(TypeError, match="on_backward takes a function"):
        x.on_backward(3)
    x.on_backward(lambda gradient: "x")
    y = x * x
    with pytest.raises(TypeError, match="expected a real number"):
        y.backward()


def test_training_with_a_hook_runs_eagerly_and_uses_it():
    X, y = nn.datasets.gate("xor")
    histories = []
    for engine in ("eager", "auto"):
        model, seen = nn.MLP(2, [3, 1], seed=0), []
        hooks = [p.on_backward(seen.append) for p in model.parameters()]
        histories.append(
            nn.fit(model, X, y, loss="mse_loss", optimizer=nn.SGD(model.parameters(), lr=0.5), epochs=80, engine=engine)
        )
        for hook in hooks:
            hook.remove()
        assert len(seen) >= 80 * len(model.parameters())
    assert histories[0].loss == histories[1].loss
    assert "on_backward" in " ".join(histories[1].engine)
