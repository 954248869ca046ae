"""detect_anomaly: the first operation that makes inf or nan is named, with its formula, operands and line."""

import inspect
import math
import threading

import numpy as np
import pytest

import autograd
import nn
from autograd import AnomalyError, Value, detect_anomaly, gradients, no_grad
from autograd.cards import card
from autograd.ieee import silent

INF = math.inf


def leaf(number, name):
    return Value(number, name)


# Each program is one line that goes wrong; what its message holds.
FORWARD = [
    (lambda: autograd.log(leaf(2, "x") - leaf(2, "y")), "log(x - y) = log(0) = -inf", "x - y = 0"),
    (lambda: autograd.log(leaf(-1, "x")), "log(x) = log(-1) = nan", "x = -1"),
    (lambda: 1 / leaf(0, "x"), "1 / x = 1 / 0 = inf", "x = 0"),
    (lambda: leaf(0, "x") / leaf(0, "y"), "x / y = 0 / 0 = nan", "y = 0"),
    (lambda: autograd.exp(leaf(1000, "x")), "exp(x) = exp(1000) = inf", "x = 1000"),
    (lambda: autograd.sqrt(leaf(-4, "x")), "sqrt(x) = √(-4) = nan", "x = -4"),
    (lambda: leaf(-8, "x") ** (1 / 3), "x ** 0.3333 = (-8) ** 0.333333 = nan", "x = -8"),
    (lambda: leaf(-2, "x") ** leaf(0.5, "y"), "= nan", "y = 0.5"),
    (lambda: leaf(1e200, "x") * leaf(1e200, "y"), "x * y = 1e200 * 1e200 = inf", "x = 1e200"),
    (lambda: leaf(INF, "x") - leaf(INF, "y"), "x - y = inf - inf = nan", "x = inf"),
    (lambda: autograd.arcsin(leaf(2, "x")), "arcsin(x) = arcsin(2) = nan", "x = 2"),
    (lambda: autograd.sum([leaf(1e308, "x"), leaf(1e308, "y"), 3.0]), "= inf", "y = 1e308"),
]
BACKWARD = [
    (lambda: autograd.sqrt(leaf(0, "x")), "∂(√(x))/∂x = 0.5 / √(x) = 0.5 / √(0) = inf", "= inf"),
    (lambda: leaf(0, "x") ** 0.5, "∂(x ** 0.5)/∂x = 0.5", "= inf"),
    (lambda: autograd.sqrt(leaf(0, "x")) * 0.0, "∂(√(x))/∂x", "upstream × local = 0 × inf = nan"),
    (lambda: leaf(0, "x") ** leaf(0.5, "y"), "∂(x ** y)/∂x", "= inf"),
    (lambda: autograd.arcsin(leaf(1, "x")), "∂(arcsin(x))/∂x", "= inf"),
    (lambda: autograd.cbrt(leaf(0, "x")), "∂(cbrt(x))/∂x", "= inf"),
    (lambda: np.std(np.array([leaf(2, "x"), leaf(2, "y")])), "∂(√(…))/∂", "= inf"),
    (lambda: leaf(1e-200, "x") * 1e200 * 1e200, "∂(x * 1e200)/∂x = 1e200", "upstream × local = 1e200 × 1e200 = inf"),
]


def here(function):
    return f"{inspect.getsourcefile(function)}:{inspect.getsourcelines(function)[1]}"


@pytest.mark.parametrize(("program", "formula", "operand"), FORWARD, ids=range(len(FORWARD)))
def test_forward_anomalies_are_named(program, formula, operand):
    with detect_anomaly(), pytest.raises(AnomalyError) as caught:
        program()
    message = str(caught.value)
    assert message.startswith("forward: ")
    assert formula in message
    assert operand in message
    assert here(program) in message


@pytest.mark.parametrize(("program", "formula", "numbers"), BACKWARD, ids=range(len(BACKWARD)))
@pytest.mark.parametrize("create_graph", [False, True])
def test_backward_anomalies_are_named(program, formula, numbers, create_graph):
    with detect_anomaly():
        f = program()
        leaves = [node for node in autograd.order.topological_order(f) if node.op is None]
        with pytest.raises(AnomalyError) as caught:
            gradients(f, leaves, create_graph=create_graph)
    message = str(caught.value)
    assert message.startswith("backward: ")
    assert formula in message
    assert numbers in message
    assert here(program) in message


def test_a_sum_of_contributions_that_overflows_is_named():
    with detect_anomaly():
        x = Value(1e-9, "x")
        f = x * 1e308 + x * 1e308
        with pytest.raises(AnomalyError, match="the sum of all uses so far = 1e308 \\+ 1e308") as caught:
            f.backward()
    assert x.grad is None
    assert "x * 1e308" in str(caught.value)


def test_what_is_finite_is_left_alone_and_nothing_remains():
    x = Value(2.0, "x")
    with detect_anomaly():
        f = autograd.log(x)
        f.backward()
    assert x.grad == 0.5
    assert autograd.value.innermost_block() is None
    with pytest.warns(RuntimeWarning, match="log"):
        autograd.log(x - x)


def test_a_block_may_hold_no_grad_and_stand_in_it():
    x = Value(0.0, "x")
    with detect_anomaly(), no_grad():
        assert (x + 1).op is None
        with pytest.raises(AnomalyError):
            1 / x
    with no_grad(), detect_anomaly():
        assert (x + 1).op is None
        with pytest.raises(AnomalyError):
            1 / x


def test_what_was_made_before_the_block_has_no_line():
    f = autograd.sqrt(Value(0.0, "x"))
    with detect_anomaly(), pytest.raises(AnomalyError, match="a line that is not known"):
        f.backward()


def test_forward_after_an_edit_is_looked_at():
    with detect_anomaly():
        x = Value(1.0, "x")
        f = autograd.log(x)
        x.data = 0.0
        with pytest.raises(AnomalyError, match=r"log\(x\) = log\(0\) = -inf"):
            f.forward()


def test_other_threads_are_left_alone():
    results = []
    with detect_anomaly():
        thread = threading.Thread(target=lambda: results.append((Value(1e200, "x") * 1e200).data))
        thread.start()
        thread.join()
    assert results == [INF]


def test_compiled_functions_and_training_are_looked_at_operation_by_operation():
    program = autograd.compile(lambda x: autograd.sqrt(x) * 2)
    assert program(4.0) == 4.0
    with detect_anomaly():
        assert program(9.0) == 6.0
        with pytest.raises(AnomalyError, match="forward"):
            program(-1.0)
        with pytest.raises(AnomalyError, match="backward"):
            program.grad(0.0)
    assert program(16.0) == 8.0
    X, y = nn.datasets.gate("xor")
    model = nn.MLP(2, [3, 1], activation="relu", seed=0)
    with detect_anomaly(), pytest.raises(AnomalyError):
        nn.fit(model, X, y, loss="mse_loss", optimizer=nn.SGD(model.parameters(), lr=1e200), epochs=50)


def test_the_stepper_says_where_inf_began():
    with silent():
        f = autograd.parse("q = 1 / x; q + y", x=0, y=1)
    forward = [step for step in autograd.explain(f) if step.kind == "forward"]
    assert card(forward[0]) == ["q = 1 / x = 1 / 0 = inf", "  Here inf begins: all operands of q are finite."]
    assert card(forward[1])[1] == "  It was not finite before: q = inf."
