"""Where everything stands: layers, order, heights, labels; crossings against Graphviz's dot, time for 5 000 nodes."""

import random
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import Value, gradients, parse, tanh
from nn import MLP, mse_loss
from viz.graph.crossings import crossings
from viz.graph.layout import assign_layers, lay_out
from viz.graph.look import Look
from viz.graph.picture import picture_of, uses_of
from viz.graph.scene import scene_of
from viz.graph.shapes import Stroke, Text
from viz.graph.theme import text_width


@st.composite
def graphs(draw):
    """Wires (source, target) of a graph in topological order in which every node is used, the last one last."""
    count = draw(st.integers(1, 30))
    wires = []
    for target in range(1, count):
        wires += [(draw(st.integers(0, target - 1)), target) for _ in range(draw(st.integers(0, 2)))]
    used = {source for source, _ in wires}
    wires += [(i, count) for i in range(count) if i not in used]
    return count + 1, sorted(wires, key=lambda wire: wire[1])


@given(graphs())
def test_layouts_are_layered_and_spaced(graph):
    count, wires = graph
    layout = lay_out([(50.0, 40.0)] * count, wires)
    for source, target in wires:
        assert layout.spans[source][1] < layout.spans[target][0]
    for i in range(count):
        for j in range(i):
            if layout.spans[i] == layout.spans[j]:
                assert abs(layout.heights[i] - layout.heights[j]) >= 40.0
        assert 20.0 - 1e-6 <= layout.heights[i] <= layout.height - 20.0 + 1e-6
    assert layout == lay_out([(50.0, 40.0)] * count, wires)


def test_leaves_stand_before_their_first_use():
    # w2 of the sigmoid circuit is used in the third layer only
    assert assign_layers(5, [(0, 2), (1, 2), (2, 4), (3, 4)]) == [0, 0, 1, 1, 2]


def test_the_sigmoid_circuit_has_no_crossing():
    picture = picture_of(parse("1/(1+exp(-(w0*x0 + w1*x1 + w2)))", w0=2, w1=-3, w2=-3, x0=-1, x1=-2))
    layout = lay_out([(60.0, 40.0)] * len(picture.nodes), picture.wires)
    columns = sorted(set(layout.spans))
    layers = [sorted((i for i in range(13) if layout.spans[i] == c), key=lambda i: layout.heights[i]) for c in columns]
    after = {i: [t for s, t in picture.wires if s == i] for i in range(13)}
    assert crossings(layers, after) == 0
    assert len({round(layout.heights[i]) for i in range(8, 13)}) == 1  # the chain at its end is straight


def test_crossings_are_counted():
    assert crossings([[0, 1], [2, 3]], {0: [3], 1: [2], 2: [], 3: []}) == 1
    assert crossings([[0, 1], [2, 3]], {0: [2, 3], 1: [2, 3], 2: [], 3: []}) == 1
    rng = random.Random(0)
    after = {i: [rng.randrange(10, 20) for _ in range(3)] for i in range(10)} | {i: [] for i in range(10, 20)}
    edges = [(a, b) for a in range(10) for b in after[a]]
    slow = sum((a - c) * (b - d) < 0 for i, (a, b) in enumerate(edges) for c, d in edges[:i])
    assert crossings([list(range(10)), list(range(10, 20))], after) == slow


def loss_of(widths):
    """The loss of an MLP with one output on one sample."""
    model = MLP(widths[0], [*widths[1:], 1], activation="tanh", seed=0)
    return mse_loss([model([Value(0.5, f"x{i}") for i in range(widths[0])])], [1.0])


def network(widths):
    """The graph of such a loss: how many nodes, and the wires."""
    picture = picture_of(loss_of(widths))
    return len(picture.nodes), picture.wires


def crossings_drawn(count, wires):
    """How often wires cross in the picture: from the positions, as straight lines between the layers they cross."""
    layout = lay_out([(50.0, 36.0)] * count, wires)
    pieces = set()
    for (source, target), route in zip(wires, layout.routes, strict=True):
        stops = [
            (layout.spans[source][1], layout.heights[source]),
            *route,
            (layout.spans[target][0], layout.heights[target]),
        ]
        pieces |= {(stops[i], stops[i + 1]) for i in range(0, len(stops), 2)}
    return sum(a[0] == c[0] and (a[1] - c[1]) * (b[1] - d[1]) < 0 for (a, b), (c, d) in combinations(sorted(pieces), 2))


# What dot 2.43.0 makes of the same wires, its splines cut into short straight pieces: crossings of wires with no node
# in common.
BY_DOT = {(3, 5, 4): 174, (3, 5, 5): 195, (4, 4, 4): 167, (2, 8, 3): 180, (6, 6): 409}


@pytest.mark.parametrize(("widths", "by_dot"), BY_DOT.items())
def test_crossings_are_at_most_half_more_than_those_of_dot(widths, by_dot):
    count, wires = network(widths)
    assert 100 < count < 130
    assert crossings_drawn(count, wires) <= 1.5 * by_dot


def test_five_thousand_nodes_are_no_hang(monkeypatch):
    """How long they take is measured in benchmarks/pictures.py."""
    monkeypatch.setattr("viz.graph.picture.MOST_NODES", 10_000)
    count, wires = network((18, 34, 34, 18))
    assert count > 5000
    assert len(lay_out([(50.0, 36.0)] * count, wires).heights) >= count


def test_a_deep_chain_and_a_wide_fan():
    assert lay_out([(10.0, 10.0)] * 5000, [(i, i + 1) for i in range(4999)]).height == 10.0
    fan = lay_out([(10.0, 10.0)] * 3001, [(i, 3000) for i in range(3000)])
    assert len(set(fan.heights[:3000])) == 3000


def test_uses():
    assert uses_of([(0, 2), (1, 2), (0, 2), (0, 3)]) == [1, 1, 2, 1]


# ── Labels ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def second_order():
    x = Value(3.0, "x")
    (slope,) = gradients(x**3 * tanh(x), x, create_graph=True)
    slope.backward()
    return slope


PICTURES = {
    "product": lambda: parse("(x + y) * z", x=-2, y=5, z=-4),
    "sigmoid circuit": lambda: parse("1/(1+exp(-(w0*x0 + w1*x1 + w2)))", w0=2, w1=-3, w2=-3, x0=-1, x1=-2),
    "a node used thrice": lambda: parse("a*b + tanh(a)*2 - a**3/2 + a*a", a=3, b=-2),
    "a net with its loss": lambda: loss_of((2, 3)),
    "120 nodes": lambda: loss_of((3, 5, 4)),
    "long names": lambda: Value(1.5, "W" * 30) * Value(-1e-9, "this_is_a_name_of_30_letters_m") + Value(2.0, "m" * 30),
    "nan and inf": lambda: parse("x * inf + exp(y * 1000) - y / x", x=0, y=-123456.789, inf=float("inf")),
    "second order": second_order,
}


def points_on(path):
    """Points along a path, close to each other, as an array of shape (points, 2)."""
    here = path.steps[0][0]
    curves = []
    for step in path.steps[1:]:
        a, b = (step[0], step[1]) if len(step) == 3 else (here, step[-1])
        curves.append((here, a, b, step[-1]))
        here = step[-1]
    t = np.linspace(0.0, 1.0, 41)
    shares = np.array([(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3])  # of a curve's four points
    return np.einsum("pt,cpx->ctx", shares, np.array(curves)).reshape(-1, 2)


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("style", ["cs231n", "micrograd", "plates"])
@pytest.mark.parametrize("rankdir", ["LR", "TB"])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_no_label_lies_on_another_and_no_wire_runs_through_one(name, style, rankdir):
    output = PICTURES[name]()
    output.backward()
    assert_clear(scene_of(picture_of(output), Look(style, rankdir)))


def assert_clear(scene):
    """Boxes of text, estimated from above, overlap with no other and with no wire, and lie inside the picture."""
    boxes = []
    for shape in (*(shape for shapes in scene.nodes for shape in shapes), *scene.legend):
        if isinstance(shape, Text):
            wide = sum(text_width(text) for text, _ in shape.runs)
            left = shape.x - wide * {"start": 0.0, "middle": 0.5, "end": 1.0}[shape.anchor]
            boxes.append((left, shape.y - 11, left + wide, shape.y + 3))
    for i, a in enumerate(boxes):
        assert a[0] >= 0
        assert a[1] >= 0
        assert a[2] <= scene.width
        assert a[3] <= scene.height
        for b in boxes[:i]:
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1], (a, b)
    paths = [wire.stroke for wire in scene.wires]
    paths += [shape for shapes in scene.nodes for shape in shapes if isinstance(shape, Stroke)]
    lefts, tops, rights, bottoms = np.array(boxes).T
    for path in paths:
        x, y = points_on(path).T[:, :, None]
        covered = (lefts < x) & (x < rights) & (tops < y) & (y < bottoms)
        assert not covered.any(), (path, [boxes[i] for i in np.flatnonzero(covered.any(axis=0))])


def chain_of_products(count):
    """x * y + x * y + …, each product a node of its own."""
    x, y = Value(2.0, "x"), Value(3.0, "y")
    total = x * y
    for _ in range(count - 1):
        total = total + x * y
    return picture_of(total)


def test_in_a_long_sum_each_product_stands_next_to_its_use():
    """If all products stood beside their leaves, their wires would cross 240 000 layers in all."""
    picture = chain_of_products(700)
    layers = assign_layers(len(picture.nodes), picture.wires)
    assert sum(layers[target] - layers[source] for source, target in picture.wires if picture.nodes[source].gate) < 1500
    few = chain_of_products(10)
    assert assign_layers(len(few.nodes), few.wires)[:4] == [0, 0, 1, 1]


def test_where_ways_are_long_wires_share_them():
    """Each point of a way is written once, not once for each wire."""
    picture = chain_of_products(700)
    scene = scene_of(picture)
    assert sum(len(wire.stroke.steps) for wire in scene.wires) < 20_000
    first = next(wire for wire in scene.wires if wire.source == 0)
    assert len(first.stroke.steps) <= 5
