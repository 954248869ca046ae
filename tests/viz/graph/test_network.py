"""Networks of circles and arrows, and lists of outputs in one picture."""

import math
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

import nn
import viz
from autograd import Value, explain
from viz.graph.layout import lay_out
from viz.graph.look import Look
from viz.graph.network import picture_of_network
from viz.graph.picture import picture_of
from viz.graph.scene import scene_of


def texts(svg):
    return ["".join(e.itertext()) for e in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def test_a_network_has_a_circle_for_each_unit_and_an_arrow_for_each_weight():
    drawing = viz.draw(nn.MLP(2, [3, 2], activation="tanh", output="softmax", seed=0))
    svg = drawing.svg()
    assert svg.count('class="arrow"') == svg.count('class="wire"') == 2 * 3 + 3 * 2
    assert svg.count('<rect class="gate"') == 7
    assert texts(svg) == ["x1", "x2", "h1", "h2", "h3", "y1", "y2", "2 inputs → 3 tanh → 2 softmax"]
    assert "<title>Network: MLP</title>" in svg
    assert repr(drawing) == "<Drawing of MLP: 7 nodes>"
    assert drawing.source.count("shape=circle") == 7
    assert drawing.source.count("tooltip=x1") == 1


MODELS = [
    (nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), "relu", nn.Dropout(0.5), nn.Linear(3, 1)), "2 inputs → 3 relu → 1 linear"),
    (nn.MLP(1, [4, 4, 1], seed=0), "1 input → 4 relu → 4 relu → 1 linear"),
    (nn.Perceptron(2), "2 inputs → 1 step"),
]  # fmt: skip


@pytest.mark.parametrize(("model", "legend"), MODELS)
def test_the_legend_names_the_layers(model, legend):
    assert picture_of_network(model).legend == (legend,)


def test_units_stand_in_their_order_and_arrows_are_straight():
    picture = picture_of_network(nn.MLP(3, [4, 4, 2], seed=0))
    layout = lay_out([(38.0, 38.0)] * len(picture.nodes), picture.wires)
    columns = sorted(set(layout.spans))
    for column in columns:
        units = [i for i, span in enumerate(layout.spans) if span == column]
        assert units == sorted(units, key=lambda i: layout.heights[i])
    assert len(columns) == 4
    scene = scene_of(picture, Look("circles"))
    assert all(len(wire.stroke.steps) == 2 for wire in scene.wires)
    for wire in scene.wires:  # the head points along the arrow
        (start,), (end,) = wire.stroke.steps
        tip, one, other = wire.arrow.corners
        back = [(one[i] + other[i]) / 2 for i in (0, 1)]
        assert (tip[0] - back[0]) * (end[1] - start[1]) == pytest.approx((tip[1] - back[1]) * (end[0] - start[0]))


@pytest.mark.parametrize("rankdir", ["LR", "TB"])
def test_no_arrow_meets_a_circle_on_its_way(rankdir):
    scene = scene_of(picture_of_network(nn.MLP(12, [16, 3, 14, 1], seed=0)), Look("circles", rankdir))
    circles = [shapes[0] for shapes in scene.nodes]
    for wire in scene.wires:
        (x1, y1), (x2, y2) = (step[0] for step in wire.stroke.steps)
        for index, circle in enumerate(circles):
            if index not in (wire.source, wire.target):
                x, y, radius = circle.left + circle.width / 2, circle.top + circle.height / 2, circle.radius
                share = ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / ((x2 - x1) ** 2 + (y2 - y1) ** 2)
                share = min(max(share, 0.0), 1.0)
                assert math.dist((x, y), (x1 + share * (x2 - x1), y1 + share * (y2 - y1))) >= radius


def test_of_a_very_wide_layer_dots_stand_for_what_is_left_out():
    drawing = viz.draw(nn.MLP(784, [30, 10], output="softmax", seed=0))
    svg = drawing.svg()
    shown = texts(svg)
    assert shown == [*(f"x{i}" for i in (1, 2, 3, 4, 5, 6, 784)), *(f"h{i}" for i in (1, 2, 3, 4, 5, 6, 30)),
                     *(f"y{i}" for i in range(1, 11)), "784 inputs → 30 relu → 10 softmax"]  # fmt: skip
    assert svg.count('class="dots"') == 6
    assert "x7 to x783: 777 units that are not drawn" in svg
    assert svg.count('class="wire"') == 7 * 7 + 7 * 10, "no wire goes to the dots"
    assert drawing.source.count("style=invis") >= 2 * 8 + 10 - 1
    for rankdir in ("LR", "TB"):
        scene = scene_of(drawing.picture, Look("circles", rankdir))
        dots = [[(s.left, s.top) for s in shapes] for shapes in scene.nodes if shapes[0].kind == "dots"]
        across = 0 if rankdir == "TB" else 1
        for column in dots:
            assert len({place[1 - across] for place in column}) == 1
            assert len({place[across] for place in column}) == 3
    assert svg.encode() == viz.draw(nn.MLP(784, [30, 10], output="softmax", seed=0)).svg().encode()


def test_what_is_no_chain_of_layers_is_told():
    class Two(nn.Module):
        def __init__(self):
            self.a, self.b = nn.Layer(2, 3), nn.Layer(2, 3)

    with pytest.raises(ValueError, match="follow each other.*Two do.*draw\\(loss, model=model\\)"):
        viz.draw(Two())
    with pytest.raises(ValueError, match="2048 arrows"):
        viz.draw(nn.MLP(16, [16] * 8, seed=0))
    with pytest.raises(TypeError, match="takes no model="):
        viz.draw(nn.MLP(2, [1]), model=nn.MLP(2, [1]))


def test_outputs_are_drawn_together():
    x, y = Value(2.0, "x"), Value(3.0, "y")
    f, g = x * y, x + y
    for outputs in ([f, g], (f, g), np.array([f, g], dtype=object)):
        picture = picture_of(outputs)
        assert [node.sign for node in picture.nodes] == ["x", "y", "×", "+"]
        assert picture.wires == [(0, 2), (1, 2), (0, 3), (1, 3)]
    drawing = viz.draw([f, g])
    ElementTree.fromstring(drawing.svg())
    assert repr(drawing) == "<Drawing of q, f: 4 nodes>"
    assert [node.name for node in picture_of([f]).nodes] == list(explain(f).names.values())
    assert len(picture_of([f, f]).nodes) == 3
    many = [x * i for i in range(1, 200)]
    assert len(picture_of(many).nodes) == 200
    model = nn.MLP(2, [3, 2], seed=0)
    assert repr(viz.draw(model([0.5, 1.0]), model=model)).startswith("<Drawing of")
    for wrong in ([], [1.0], [f, "g"], "f"):
        with pytest.raises(TypeError, match="a Value, or a list of them"):
            viz.draw(wrong)
