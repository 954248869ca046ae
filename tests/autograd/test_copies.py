"""copy, deepcopy, pickle: staleness survives, what is shared stays shared, nothing recurses, all is linear."""

import copy
import io
import pickle
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
from autograd import Value
from autograd.order import walk
from tests.conftest import graphs


def by_pickle(graph, protocol=pickle.HIGHEST_PROTOCOL):
    return pickle.loads(pickle.dumps(graph, protocol))


def by_python_pickle(graph):
    """Through the pickler that is written in Python."""
    file = io.BytesIO()
    pickle._Pickler(file).dump(graph)
    return pickle._Unpickler(io.BytesIO(file.getvalue())).load()


COPIES = {
    "copy": copy.copy, "deepcopy": copy.deepcopy, "pickle": by_pickle, "pickle 0": lambda graph: by_pickle(graph, 0),
    "pickle 2": lambda graph: by_pickle(graph, 2), "Python's pickle": by_python_pickle, "twice": lambda graph: by_pickle(copy.deepcopy(by_pickle(graph))),
}  # fmt: skip
DEEP = {name: make for name, make in COPIES.items() if name != "copy"}


@pytest.mark.parametrize("make", COPIES.values(), ids=COPIES)
def test_a_stale_graph_stays_stale(make):
    a, c = Value(2.0, "a"), Value(3.0, "c")
    b = c * (a * a)
    assert walk(make(b))[1] == []
    a.data = 5.0
    twin = make(b)
    with pytest.raises(RuntimeError, match="'a' was changed after the result of mul, 4.0 had been computed"):
        twin.backward()
    assert twin.data == 12.0
    assert twin.forward() == 75.0
    twin.backward()
    assert twin.grad == 1.0


@pytest.mark.parametrize("make", COPIES.values(), ids=COPIES)
def test_rewired_operands_stay_stale(make):
    a, c = Value(2.0, "a"), Value(3.0, "c")
    b = a * a
    b.operands = a, c
    twin = make(b)
    with pytest.raises(RuntimeError, match="call .forward()"):
        twin.backward()
    assert twin.forward() == 6.0


@pytest.mark.parametrize("make", DEEP.values(), ids=DEEP)
def test_a_copy_can_be_edited_rewired_and_built_on(make):
    a = Value(2.0, "a")
    twin = make(a * a)
    leaf = twin.operands[0]
    above = twin + leaf
    assert walk(above)[1] == []
    leaf.data = 3.0
    assert above.forward() == 12.0
    twin.operands = leaf, Value(5.0)
    with pytest.raises(RuntimeError, match="call .forward()"):
        above.backward()
    assert above.forward() == 18.0
    assert a.data == 2.0


@st.composite
def edited_graphs(draw):
    """A random graph, with leaves edited and operands rewired at random, and some of it recomputed."""
    output = draw(graphs())
    order = walk(output)[0]
    for node in draw(st.lists(st.sampled_from(order), max_size=4)):
        if node.op is None:
            node.data = draw(st.floats(-3, 3))
        elif draw(st.booleans()):
            node.operands = node.operands
        elif draw(st.booleans()):
            node.forward()
    return output


@given(edited_graphs())
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_deep_copies_are_equal_in_all_but_identity(output):
    order, stale, _ = walk(output)
    position = {node: index for index, node in enumerate(order)}
    for make in (copy.deepcopy, by_pickle):
        whole = make(order)  # every inner node keeps its identity beside the result
        copied, copied_stale, _ = walk(whole[-1])
        places = {node: index for index, node in enumerate(copied)}
        assert [places[node] for node in whole] == list(range(len(order)))
        assert not {*copied} & {*order}
        for node, twin in zip(order, copied, strict=True):
            assert (twin.op, twin.grad, twin.name, repr(twin.data)) == (node.op, node.grad, node.name, repr(node.data))
            assert [x if x.__class__ is float else places[x] for x in twin.operands] == [
                x if x.__class__ is float else position[x] for x in node.operands
            ]
        assert [(places[x], places[y]) for x, y in copied_stale] == [(position[x], position[y]) for x, y in stale]
        result = make(output)
        assert len(walk(result)[0]) == len(order)
        assert repr(result.forward()) == repr(make(whole[-1]).forward())
        result.backward()


@pytest.mark.parametrize("make", DEEP.values(), ids=DEEP)
def test_inner_nodes_keep_their_identity(make):
    x = Value(2.0, "x")
    b = x * x
    f = b.tanh() + b
    for x2, b2, f2 in (make((x, b, f)), reversed(make((f, b, x)))):
        assert f2.operands[1] is f2.operands[0].operands[0] is b2
        assert b2.operands == (x2, x2)
    once, again = make([f, f])
    assert once is again


def size(graph):
    return len(pickle.dumps(graph))


def test_pickles_of_many_results_are_linear():
    def chain(count):
        nodes = [Value(1.0)]
        for _ in range(count):
            nodes.append(nodes[-1] * 1.5)
        return nodes

    for arrange in (list, lambda nodes: nodes[::-1], lambda nodes: {node: [node] for node in nodes}):
        short, long = size(arrange(chain(300))), size(arrange(chain(3000)))
        assert long < 11 * short
    assert size(chain(600)) < 60_000
    nodes = by_pickle(chain(50_000))
    assert nodes[-1].operands[0] is nodes[-2]
    assert copy.deepcopy(nodes)[500].operands[0].op is nodes[499].op


def test_picklers_in_turns_write_whole_pickles():
    x = Value(2.0)
    chain = [x]
    for _ in range(5000):
        chain.append(chain[-1] + 1.0)
    files = [io.BytesIO(), io.BytesIO()]
    picklers = [pickle.Pickler(file) for file in files]
    for node in (chain[10], chain[5000], chain[20], chain[3000], chain[5000]):
        for pickler in picklers:
            pickler.dump(node)
    for file in files:
        unpickler = pickle.Unpickler(io.BytesIO(file.getvalue()))
        assert [unpickler.load().data for _ in range(5)] == [12.0, 5002.0, 22.0, 3002.0, 5002.0]


def test_a_pickling_that_fails_leaves_no_trace():
    x = Value(2.0)
    f = x * x
    with pytest.raises((AttributeError, pickle.PicklingError, TypeError)):
        pickle.dumps([f, lambda: None])
    f2, x2 = by_pickle([f, x])
    assert f2.operands == (x2, x2)


class Weight(Value):
    """With a __dict__ of its own."""


class Slotted(Value):
    __slots__ = ("__private", "decay", "unset")

    def __init__(self, data, decay):
        super().__init__(data)
        self.decay = decay
        self.__private = decay

    def private(self):
        return self.__private


class Both(Slotted):
    pass


class OwnState(Value):
    __slots__ = ("rate",)

    def __getstate__(self):
        return {"rate": 2 * self.rate}

    def __setstate__(self, state):
        self.rate = state["rate"]


@pytest.mark.parametrize("make", COPIES.values(), ids=COPIES)
def test_subclasses_keep_their_attributes(make):
    w, s, b, o = Weight(1.0, "w"), Slotted(2.0, [0.5]), Both(3.0, 0.25), OwnState(4.0)
    w.decay, b.history, o.rate = [0.5], [1, 2], 3.0
    twin = make(w)
    assert (type(twin), twin.data, twin.name, twin.decay) == (Weight, 1.0, "w", [0.5])
    twin = make(s)
    assert (type(twin), twin.data, twin.decay, twin.private()) == (Slotted, 2.0, [0.5], [0.5])
    assert not hasattr(twin, "unset")
    assert (twin.decay is s.decay) is (make is copy.copy)
    twin = make(b)
    assert (type(twin), twin.decay, twin.private(), twin.history) == (Both, 0.25, 0.25, [1, 2])
    if make is not COPIES["twice"]:
        assert make(o).rate == 6.0


@pytest.mark.parametrize("make", DEEP.values(), ids=DEEP)
def test_attributes_may_refer_to_the_graph(make):
    w = Weight(1.0)
    f = w * 2.0
    w.loss, w.itself = f, w
    for g in (make(f), make(w).loss, make([w, f])[1]):
        v = g.operands[0]
        assert v.loss is g
        assert v.itself is v


@pytest.mark.parametrize("make", DEEP.values(), ids=DEEP)
def test_a_cycle_is_an_error(make):
    a, b = Value(1.0, "a"), Value(2.0, "b")
    f = a * b
    g = f + 1.0
    f.operands = a, g
    for graph in (f, g, [a, f], [a * 2.0, g]):
        with pytest.raises(RuntimeError, match="the graph has a cycle"):
            make(graph)


def test_many_nodes_are_copied_with_their_attributes():
    limit = sys.getrecursionlimit()
    w = Weight(1.0)
    w.decay = 0.5
    y = w
    for _ in range(100_000):
        y = y + 1.0
    w.data = 2.0
    for twin in (copy.deepcopy(y), by_pickle(y)):
        order, stale, _ = walk(twin)
        assert (len(order), len(stale)) == (100_001, 1)
        assert order[0].decay == 0.5
        del order, stale
        assert twin.forward() == 100_002.0
    assert sys.getrecursionlimit() == limit


def test_a_copy_is_a_look_while_a_program_is_recorded():
    def program(x):
        return x * copy.deepcopy(x).data

    compiled = autograd.compile(program)
    assert [compiled(number) for number in (2.0, 3.0, 2.0)] == [4.0, 9.0, 4.0]
