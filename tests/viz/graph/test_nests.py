"""Boxes that open: every node in one place, every wire on one way, whatever the network."""

import itertools

import pytest

import autograd
from autograd import Value, parse, relu, tanh
from nn import MLP, BatchNorm1d, Linear, Module, Sequential
from viz.graph.fold.nests import IN, OUT, Terminal, nests_of
from viz.graph.fold.owners import module_tree
from viz.graph.picture import nodes_below


class Residual(Module):
    """Two layers around which the inputs pass."""

    def __init__(self):
        self.first, self.second = Linear(2, 2), Linear(2, 1)

    def forward(self, x):
        return self.second([tanh(h) + a for h, a in zip(self.first(x), x, strict=True)])


MODELS = [
    lambda: MLP(2, [3, 1], activation="relu", seed=0),
    lambda: MLP(2, [4, 3, 1], activation="tanh", seed=0),
    lambda: MLP(2, [3, 2], output="softmax", seed=0),
    lambda: Sequential(Linear(2, 3), relu, Linear(3, 1)),
    lambda: Sequential(Linear(2, 2), BatchNorm1d(2), Linear(2, 1)),
    Residual,
]


@pytest.mark.parametrize("make", MODELS)
def test_every_node_has_a_place_and_every_wire_a_way(make):
    model = make()
    rows = [[Value(0.5, "x1"), Value(-1.0, "x2")], [Value(0.1, "x3"), Value(0.7, "x4")], [0.3, 0.4]]
    outputs = [model(row) for row in rows] if isinstance(model, Residual) else model(rows)
    loss = autograd.sum([y * y for row in outputs for y in (row if isinstance(row, list) else [row])])
    order = nodes_below(loss)
    nests, ways = nests_of(order, module_tree(model))
    places = [it for nest in nests for it in nest.members if isinstance(it, Value)]
    assert len(places) == len(order)
    assert set(places) == set(order)
    assert len(nests) > 1
    wires = [(node, operand) for node in order for operand in node.operands if operand.__class__ is not float]
    assert len(ways) == len(wires)
    for (node, operand), way in zip(wires, ways, strict=True):
        steps = [(nests[n], *(nests[n].members[end] for end in nests[n].wires[wire])) for n, wire in way]
        assert steps[-1][2] is node
        first = steps[0][1]
        assert first is operand or isinstance(first, tuple | str)
        for (nest, _source, target), (following, begins, _) in itertools.pairwise(steps):
            if nest is following:
                assert target is begins or target == begins == Terminal(operand)
            elif target == OUT:
                assert begins == nest.key
                assert nests[nest.parent] is following
            else:
                assert begins == IN
                assert following.key == target
    for nest in nests:
        targets = [target for _, target in nest.wires]
        assert all(source < target for source, target in nest.wires), "in topological order"
        assert targets == sorted(targets)


def test_a_graph_of_another_model_is_refused():
    with pytest.raises(ValueError, match="no node of this graph was computed by the model"):
        nests_of(nodes_below(parse("x * y", x=1, y=2)), module_tree(MLP(2, [1], seed=0)))
