"""The clock of edits: staleness is never lost and never invented, whatever is done to a graph."""

import copy
import pickle
import random

import pytest

from autograd import Primitive, Value, gradients, no_grad

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


class Model:
    """Counts how often each node got a number; a node knows the counts of those operands that it was computed from."""

    def __init__(self):
        self.nodes = []
        self.count, self.used = {}, {}

    def add(self, node):
        self.nodes.append(node)
        self.count[node], self.used[node] = 0, self.counts(node)

    def counts(self, node):
        return [self.count[o] for o in node.operands if isinstance(o, Value)]

    def below(self, node):
        order, todo = [], [(node, False)]
        while todo:
            node, done = todo.pop()
            if done:
                order.append(node)
            elif node not in order:
                todo += [(node, True), *((o, False) for o in node.operands if isinstance(o, Value))]
        return list(dict.fromkeys(order))

    def is_stale(self, node):
        return any(self.used[n] != self.counts(n) for n in self.below(node))

    def forward(self, node):
        for n in self.below(node):
            if self.used[n] != self.counts(n):
                self.count[n], self.used[n] = self.count[n] + 1, self.counts(n)

    def copied(self, original, twin):
        for node, other in zip(self.below(original), self.below(twin), strict=True):
            if other not in self.count:
                self.count[other], self.used[other] = self.count[node], self.used[node]
        self.nodes.append(twin)


def act(model, choose):
    """Do one thing at random; returns whether the graph of a node is stale, and whether backstep says so."""
    x, y = choose.choice(model.nodes), choose.choice(model.nodes)
    kind = choose.choice(["make"] * 5 + ["edit", "edit", "forward", "forward", "copy", "exchange", "within", "detach"])
    if kind == "make":
        model.add(choose.choice([x + y, x * y, x.tanh(), 2.0 - x, Value.apply_primitive(hypot_of_three, [x, y, x])]))
    elif kind == "edit":
        leaf = choose.choice([node for node in model.nodes if node.op is None])
        leaf.data = choose.uniform(-2.0, 2.0)
        model.count[leaf] += 1
    elif kind == "forward":
        x.forward()
        model.forward(x)
    elif kind == "copy":
        way = choose.choice([copy.copy, copy.deepcopy, lambda node: pickle.loads(pickle.dumps(node))])
        model.copied(x, way(x))
    elif kind == "exchange" and x.op is not None and len(x.operands) == 2:
        others = [node for node in model.nodes if x not in model.below(node)]
        x.operands = choose.choice(others), choose.choice(others)
        model.used[x] = None
    elif kind == "within":
        with no_grad():
            z = x * y
        model.count[z], model.used[z] = 0, []
        model.add(z + 1.0)
    elif kind == "detach":
        model.add(x.detach())
    asked = choose.choice(model.nodes)
    try:
        gradients(asked, model.nodes[0])
    except RuntimeError:
        return model.is_stale(asked), True
    return model.is_stale(asked), False


hypot_of_three = Primitive("hypot_of_three", lambda x, y, z: x * y + z, lambda x, y, z, r: (y, x, 1.0))


@pytest.mark.parametrize("seed", range(60))
def test_staleness_is_never_lost_and_never_invented(seed):
    choose, model = random.Random(seed), Model()
    for _ in range(3):
        model.add(Value(choose.uniform(-2.0, 2.0)))
    for _ in range(40):
        is_stale, says_so = act(model, choose)
        assert is_stale == says_so


def test_an_edit_while_a_node_is_made_leaves_it_stale():
    """As by another thread, between the moment when the operands are read and the end."""
    x = Value(2.0, "x")
    calls = []

    def slow(number):
        if not calls:
            x.data = 5.0
        calls.append(number)
        return number * number

    y = Primitive("slow", slow, lambda x, z: (2 * x,))(x)
    with pytest.raises(RuntimeError, match="'x' was changed"):
        y.backward()
    assert y.forward() == 25.0
    calls.clear()
    x.data = 7.0
    assert y.forward() == 49.0  # edited again while it was recomputed
    with pytest.raises(RuntimeError, match="'x' was changed"):
        y.backward()
