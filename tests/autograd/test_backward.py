"""The backward pass: golden numbers, accumulation, edits, depth, copies, threads."""

import copy
import gc
import math
import pickle
import sys
import threading
import tracemalloc
import weakref

import pytest
from hypothesis import given

import autograd
from autograd import Primitive, Value, explain, gradients, parse, zero_grad
from autograd.chain import uses
from autograd.order import topological_order
from tests.conftest import graphs

# ── Golden numbers ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_cs231n_product():
    x, y, z = Value(-2), Value(5), Value(-4)
    f = (x + y) * z
    f.backward()
    assert (f.data, x.grad, y.grad, z.grad) == (-12.0, -4.0, -4.0, 3.0)


@pytest.mark.parametrize("text", ["1/(1+exp(-(w0*x0 + w1*x1 + w2)))", "sigmoid(w0*x0 + w1*x1 + w2)"])
def test_cs231n_sigmoid_circuit(text):
    leaves = {name: Value(x, name) for name, x in {"w0": 2, "w1": -3, "w2": -3, "x0": -1, "x1": -2}.items()}
    f = parse(text, **leaves)
    f.backward()
    assert f.data == pytest.approx(0.731058578630, abs=1e-12)
    grads = [leaves[name].grad for name in ("w0", "w1", "w2", "x0", "x1")]
    assert grads == pytest.approx([-0.196611933, -0.393223866, 0.196611933, 0.393223866, -0.589835799], abs=1e-9)


def test_micrograd_readme():
    a, b = Value(-4.0), Value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    g.backward()
    assert f"{g:.4f} {a.grad:.4f} {b.grad:.4f}" == "24.7041 138.8338 645.5773"


def test_lecture_neuron():
    x1, x2, w1, w2, b = Value(2.0), Value(0.0), Value(-3.0), Value(1.0), Value(6.8813735870195432)
    o = (x1 * w1 + x2 * w2 + b).tanh()
    o.backward()
    assert o.data == pytest.approx(0.7071067811865476, rel=1e-15)
    assert [v.grad for v in (x1, w1, x2, w2)] == pytest.approx([-1.5, 1.0, 0.5, 0.0], rel=1e-9)


def test_mazur():
    """Mazur's 2-2-2 network: loss before and after one step with rate 0.5 (his biases are not updated)."""
    w = [Value(x) for x in (0.15, 0.20, 0.25, 0.30, 0.40, 0.45, 0.50, 0.55)]

    def loss():
        h1 = (w[0] * 0.05 + w[1] * 0.10 + 0.35).sigmoid()
        h2 = (w[2] * 0.05 + w[3] * 0.10 + 0.35).sigmoid()
        o1 = (w[4] * h1 + w[5] * h2 + 0.60).sigmoid()
        o2 = (w[6] * h1 + w[7] * h2 + 0.60).sigmoid()
        return 0.5 * (o1 - 0.01) ** 2 + 0.5 * (o2 - 0.99) ** 2

    before = loss()
    before.backward()
    for p in w:
        p.data -= 0.5 * p.grad
    assert (before.data, loss().data) == pytest.approx((0.298371109, 0.291027774), abs=1e-9)


# ── Accumulation ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("f", "x", "expected"),
    [
        (lambda a: a + a, 3.0, 2.0),
        (lambda a: a * a, 3.0, 6.0),
        (lambda a: a - a, 3.0, 0.0),
        (lambda a: a / a, 3.0, 0.0),
        (lambda a: a**a, 2.0, 4 * (math.log(2) + 1)),
        (lambda a: (a + a) + (a + a), 1.0, 4.0),
        (lambda a: (b := a + a) + b, 1.0, 4.0),
        (lambda a: (b := a * 2) * (b + a), 3.0, 36.0),
        (lambda a: autograd.sum([a, a, a]), 3.0, 3.0),
    ],
)
def test_a_node_used_more_than_once(f, x, expected):
    a = Value(x)
    f(a).backward()
    assert a.grad == pytest.approx(expected, rel=1e-15)
    assert gradients(f(a), a)[0] == a.grad


def test_passes_accumulate_in_leaves_only():
    x = Value(3.0)
    y = x * x
    z = y + 1
    z.backward()
    z.backward()
    assert (x.grad, y.grad, z.grad) == (12.0, 1.0, 1.0)
    (y * 2).backward()
    assert (x.grad, y.grad, z.grad) == (24.0, 2.0, 1.0)


def test_backward_from_an_inner_node_then_from_the_root():
    x = Value(3.0)
    y = x * x
    z = y * 2
    y.backward()
    z.backward()
    assert (x.grad, y.grad) == (6.0 + 12.0, 2.0)


def test_backward_from_a_leaf_and_an_unrelated_leaf():
    x, other = Value(3.0), Value(1.0)
    x.backward()
    x.backward(gradient=2)
    assert x.grad == 3.0
    assert other.grad is None


def test_gradient_scales_the_pass():
    x = Value(3.0)
    y = x * x
    y.backward(gradient=2.0)
    assert (x.grad, y.grad) == (12.0, 2.0)
    with pytest.raises(TypeError, match="expected a real number"):
        y.backward(gradient="1")


def test_nodes_can_be_referred_to_weakly():
    x = Value(1.0)
    node = weakref.ref(x + 1)
    assert node() is None


def test_silence_ends_with_an_exception():
    """A partial that fails inside a backward pass does not silence the warnings that come after."""
    bad = Primitive("bad", lambda x: x, lambda x, z: 1)
    with pytest.raises(TypeError):
        bad(Value(1.0)).backward()
    with pytest.warns(RuntimeWarning):
        Value(0.0).log()


@given(graphs())
def test_the_float_loop_is_the_stream_of_uses(graph):
    """`backward`, unrolled for speed, gives bit for bit what `uses` tells, and so do `gradients`."""
    output, order = graph, topological_order(graph)
    told = {output: 1.0}
    for use in uses(order):
        assert repr(use.upstream) == repr(told[use.node])
        told[use.operand] = use.total
    output.backward()
    assert list(map(repr, gradients(output, order))) == [repr(told.get(node, 0.0)) for node in order]
    assert [repr(node.grad) for node in order] == [repr(told.get(node)) for node in order]


def test_two_losses_share_a_node():
    x = Value(2.0)
    shared = x * 3
    (shared * 2).backward()
    (shared * 5).backward()
    assert x.grad == 21.0
    zero_grad([x])
    assert x.grad is None


def test_constants_receive_nothing():
    x = Value(2.0)
    y = 3 * x + 1
    y.backward()
    assert x.grad == 3.0
    assert y.operands[1] == 1.0


# ── Edits ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_edit_between_forward_and_backward_is_an_error():
    x, y = Value(2.0, "x"), Value(3.0, "y")
    f = (x * y) + 1
    x.data = 5.0
    for action in (f.backward, lambda: gradients(f, x), lambda: explain(f)):
        with pytest.raises(RuntimeError, match=r"'x' was changed after the result of mul.*forward\(\)"):
            action()
    assert x.grad is None
    assert f.forward() == 16.0
    f.backward()
    assert (x.grad, y.grad) == (3.0, 5.0)


def test_forward_recomputes_only_what_is_stale():
    calls = []
    probe = Primitive("probe", lambda x: calls.append(x) or x, lambda x, z: (1.0,))
    x, y = Value(2.0), Value(3.0)
    left, right = probe(x), probe(y)
    f = left * right
    f.backward()
    calls.clear()
    y.data = 4.0
    assert f.forward() == 8.0
    assert calls == [4.0]
    assert (left.grad, right.grad, f.grad) == (3.0, None, None)
    assert f.forward() == 8.0
    assert calls == [4.0]


def test_forward_on_a_part_leaves_the_rest_stale():
    x = Value(2.0, "x")
    q = x * x
    f = q + 1
    x.data = 3.0
    q.forward()
    with pytest.raises(RuntimeError, match="was recomputed"):
        f.backward()
    assert f.forward() == 10.0


def test_an_edit_of_a_leaf_that_is_not_below_is_no_matter():
    x, y = Value(2.0), Value(3.0)
    f = x * x
    y.data = 4.0
    x.data -= 0.0  # an edit all the same
    with pytest.raises(RuntimeError):
        f.backward()
    g = x * y
    g.backward()
    assert x.grad == 4.0


def test_a_new_forward_after_an_update():
    w = Value(1.0)
    for _ in range(3):
        zero_grad([w])
        loss = (w - 3) ** 2
        loss.backward()
        w.data -= 0.25 * w.grad
    assert w.data == 2.75


def test_a_cycle_made_by_hand_is_an_error():
    a = Value(1.0)
    b = a + 1
    c = b * 2
    b.operands = (c, 1)
    for start in (b, c):
        for action in (start.backward, start.forward, lambda start=start: gradients(start, a)):
            with pytest.raises(RuntimeError, match="cycle"):
                action()
    d = a + 1
    d.operands = (d, 1.0)
    with pytest.raises(RuntimeError, match="cycle"):
        d.backward()


def test_operands_changed_by_hand_make_a_node_stale():
    x, y = Value(2.0), Value(3.0)
    f = x * 5
    g = f + 1
    f.operands = (y, 5)
    with pytest.raises(RuntimeError, match="forward"):
        g.backward()
    assert g.forward() == 16.0
    assert gradients(g, [x, y]) == (0.0, 5.0)
    with pytest.raises(ValueError, match="1 operands do not belong"):
        f.operands = (y,)
    with pytest.raises(ValueError, match="1 operands do not belong"):
        x.operands = (y,)


def test_a_pass_that_breaks_off_leaves_the_gradients_as_they_were():
    def refuse(x, z):
        raise LookupError("no derivative")

    bad = Primitive("bad", lambda x: x, refuse)
    x = Value(2.0)
    (x * 3).backward()
    f = bad(x) + x
    with pytest.raises(LookupError):
        f.backward()
    assert (x.grad, f.grad) == (3.0, None)


# ── Depth and size ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_sixty_doublings_stay_linear():
    x = Value(1.0, "x")
    y = x
    for _ in range(60):
        y = y + y
    y.backward()
    assert x.grad == 2.0**60
    assert gradients(y, x) == (2.0**60,)
    assert len(explain(y)) == 60 + 1 + 120
    assert copy.deepcopy(y).data == y.data
    assert pickle.loads(pickle.dumps(y)).data == y.data


def deep(nodes):
    """A leaf x, and a chain of so many nodes above it, whose derivative is 1."""
    x = y = Value(1.0, "x")
    for _ in range(nodes // 2):
        y = (y * 1.0).relu()
    return x, y


def test_a_million_nodes():
    limit = sys.getrecursionlimit()
    x, y = deep(1_000_000)
    y.backward()
    assert x.grad == 1.0
    assert len(repr(y)) < 100
    x.data = 2.0
    assert y.forward() == 2.0
    del y
    assert sys.getrecursionlimit() == limit


def test_a_deep_chain_is_copied_pickled_and_explained():
    _, y = deep(100_000)
    y.backward()
    for other in (copy.deepcopy(y), pickle.loads(pickle.dumps(y))):
        other.backward()
        leaf = topological_order(other)[0]
        assert (leaf.name, leaf.grad) == ("x", 2.0)
    assert next(iter(explain(y))).kind == "forward"


def test_a_fan_in_of_a_hundred_thousand():
    xs = [Value(1.0) for _ in range(100_000)]
    y = autograd.sum(xs)
    y.backward()
    assert y.data == 100_000.0
    assert {x.grad for x in xs} == {1.0}
    assert len(str(next(iter(explain(y))))) < 300


def test_memory_of_a_node():
    x, y = Value(1.5), Value(2.5)
    count = 10_000
    tracemalloc.start()
    keep = [x * y for _ in range(count)]
    size = tracemalloc.get_traced_memory()[0] / count
    tracemalloc.stop()
    assert len(keep) == count
    assert size <= 200  # bytes, the list's own eight among them


def test_graphs_are_freed_without_the_collector():
    gc.collect()
    gc.disable()
    try:
        x = Value(2.0)
        for _ in range(3):
            y = ((x * x).tanh() + x) ** 2
            y.backward()
            gradients(y, x, create_graph=True)
        del y
        assert gc.collect() == 0
    finally:
        gc.enable()


# ── Copies and threads ────────────────────────────────────────────────────────────────────────────────────────────────


def test_copies_of_a_leaf_and_a_graph():
    x = Value(2.0, "x")
    x.grad = 7.0
    f = x * 3
    for twin in (copy.copy(x), copy.deepcopy(x), pickle.loads(pickle.dumps(x))):
        assert (twin.data, twin.name, twin.grad, twin.op) == (2.0, "x", 7.0, None)
        twin.data = 5.0
    assert x.data == 2.0
    assert copy.copy(f).operands == (x, 3.0)
    f.backward()
    for twin in (copy.deepcopy(f), pickle.loads(pickle.dumps(f))):
        assert twin.op is f.op
        assert (twin.data, twin.grad) == (6.0, 1.0)
        leaf = twin.operands[0]
        assert leaf is not x
        leaf.data = 4.0
        assert twin.forward() == 12.0
        twin.backward()
        assert leaf.grad == 10.0 + 3.0


def test_sharing_survives_copies():
    x = Value(2.0, "x")
    q = x * x
    f, g = q + 1, q + 2
    f2, g2, x2 = copy.deepcopy([f, g, x])
    assert f2.operands[0] is g2.operands[0]
    assert f2.operands[0].operands[0] is x2
    f3, g3, x3 = pickle.loads(pickle.dumps([f, g, x]))
    assert f3.operands[0].operands[0] is x3
    assert g3.operands[0].operands[1] is x3


class Weight(Value):
    """At module level, for pickle."""


def test_subclasses_survive_copies():
    w = Weight(2.0, "w")
    w.decay = 0.5
    f = w * w
    for twin in (copy.deepcopy(f), pickle.loads(pickle.dumps(f))):
        leaf = twin.operands[0]
        assert type(leaf) is Weight
        assert leaf.decay == 0.5
        assert leaf is twin.operands[1]


cube = Primitive("cube", lambda x: x * x * x, lambda x, z: (3 * x * x,))


def test_rows_survive_copies():
    f = cube(Value(2.0))
    assert pickle.loads(pickle.dumps(f)).op is cube
    assert copy.deepcopy(f).op is cube
    assert pickle.loads(pickle.dumps(autograd.abs)) is autograd.abs
    nowhere = Primitive("nowhere", lambda x: x, lambda x, z: (1.0,))
    with pytest.raises(TypeError, match="not a variable of any module"):
        pickle.dumps(nowhere)


def test_threads_build_and_differentiate_at_once():
    shared = Value(0.5, "shared")
    results = []

    def work(seed):
        for i in range(200):
            x = Value(seed + i / 100)
            f = (x * shared).tanh() + shared.exp() * x
            g, h = gradients(f, [x, shared])
            f2 = (x * 2).exp()
            f2.backward()
            results.append((seed, i, g, h, x.grad))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    alone = {}
    for seed, i, g, h, again in results:
        x = seed + i / 100
        expected = (
            0.5 * (1 - math.tanh(x * 0.5) ** 2) + math.exp(0.5),
            x * (1 - math.tanh(x * 0.5) ** 2) + math.exp(0.5) * x,
        )
        assert (g, h) == pytest.approx(expected, rel=1e-12)
        assert again == pytest.approx(2 * math.exp(2 * x))
        alone[seed, i] = g
    assert len(alone) == 800
    assert shared.grad is None
