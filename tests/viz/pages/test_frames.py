"""What a film is made of: hidden units as maps, dead and saturated ones, points on the wrong side, equal axes."""

import base64

import numpy as np
import pytest

import nn
from tests.viz.pages.test_film import train
from tests.viz.pages.test_stepper import data_of
from viz.pages.film import film
from viz.pages.frames import LEAST_SIDE, units_of, wrong_of
from viz.pages.inside import DEAD, FINE, SATURATED, inside_of
from viz.pages.netpanel import widest
from viz.pages.planepanel import plane
from viz.pages.recorder import UNIT_SIDE, FilmRecorder, Frame

MODELS = [
    nn.MLP(2, [3, 2, 1], "tanh", "sigmoid", seed=0),
    nn.MLP(2, [4, 1], "relu", seed=0),
    nn.MLP(2, [4, 2], "prelu", "softmax", seed=0),
    nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), "tanh", nn.Dropout(0.5), nn.Linear(3, 1), "sigmoid"),
]


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_the_activations_of_hidden_units_and_their_slopes(model):
    rows = np.random.RandomState(0).normal(size=(5, 2))
    modes = [module.training for _, module in model.modules()]
    inside = inside_of(model)
    activations, slopes = inside.look(rows)
    assert [module.training for _, module in model.modules()] == modes
    assert inside.predict.reason == "", "it runs on tape"
    layer, behind = inside.hidden[0]
    model.eval()
    for row, numbers in zip(rows, activations, strict=True):
        outputs = layer(list(row))
        for step in behind:
            outputs = step(outputs) if isinstance(step, nn.Module) else [step(x) for x in outputs]
        assert [x.data for x in outputs] == pytest.approx(list(numbers[: len(outputs)]))
    model.train()
    assert slopes.shape == activations.shape == (5, sum(inside.widths))


def test_slopes_are_those_of_the_activation():
    inside = inside_of(nn.MLP(2, [3, 1], "tanh", seed=0))
    activations, slopes = inside.look(np.random.RandomState(0).normal(size=(9, 2)))
    np.testing.assert_allclose(slopes, 1 - activations**2)


def test_what_is_no_plain_sequence_is_not_looked_into():
    class Other(nn.Module):
        def __init__(self):
            self.line = nn.Layer(2, 1)

    for model in (Other(), nn.MLP(2, [1]), nn.Sequential(nn.Sequential(nn.Linear(2, 2)), nn.Linear(2, 1)),
                  nn.MLP(2, [3, 1], "softmax"), nn.MLP(2, [3, 1], "maxout")):  # fmt: skip
        assert inside_of(model) is None


def test_dead_and_saturated_units_are_known():
    rows = np.random.RandomState(0).uniform(-1, 1, size=(40, 2))

    def states(activation, biases):
        model = nn.MLP(2, [len(biases), 1], activation, seed=0)
        for neuron, bias in zip(model.layers[0].neurons, biases, strict=True):
            neuron.bias.data = bias
        inside = inside_of(model)
        return inside.states(inside.look(rows)[1])

    assert states("relu", [0.0, -50.0, 50.0]) == [FINE, DEAD, FINE]
    assert states("sigmoid", [0.0, -50.0, 50.0]) == [FINE, SATURATED, SATURATED]
    assert states("tanh", [0.0, 10.0]) == [FINE, SATURATED]
    assert states("step", [0.0, 10.0]) == [FINE, FINE], "its slope is 0 by definition"


def test_the_film_has_the_maps_of_hidden_units_and_their_states():
    recorder, _, model = train(hidden=(3, 2))
    data = data_of(film(recorder))
    side = data["unitSide"]
    assert side == UNIT_SIDE
    maps = np.frombuffer(base64.b64decode(data["units"][-1]), np.uint8).reshape(5, side, side)
    xs, ys = (np.linspace(*ends, side) for ends in recorder.sides[:, [0, -1]])
    numbers = [kept.units[:, :3] for kept in recorder.frames]
    low, high = np.min(numbers), np.max(numbers)
    for unit, column, row in ((0, 0, 0), (1, 5, 11), (2, 19, 19)):
        activation = model.layers[0]([xs[column], ys[row]])[unit].data
        assert maps[unit, row, column] == pytest.approx(255 * (activation - low) / (high - low), abs=1)
    assert data["states"] == ["00000"] * len(recorder.frames)


def frame(predictions, outputs=None, units=None):
    return Frame(0, [], [], outputs, np.array(predictions, dtype=float), units, [])


@pytest.mark.parametrize(
    ("predictions", "classes", "wrong"),
    [
        ([[0.2], [0.9], [0.6]], [0, 1, 0], [False, False, True]),
        ([[-2.0], [3.0], [1.0]], [-1, 1, -1], [False, False, True]),
        ([[-2.0], [3.0]], [1, 1], [True, False]),
        ([[0.2], [0.9]], ["no", "yes"], [False, False]),
        ([[1.0, 2.0, 0.0], [9.0, 0.0, 1.0]], [1, 2], [False, True]),
        ([[np.nan], [0.9]], [0, 1], [True, False]),
    ],
)
def test_points_on_the_wrong_side(predictions, classes, wrong):
    found = wrong_of([frame(predictions)], np.array(classes))
    assert found.last == wrong
    bits = np.unpackbits(np.frombuffer(base64.b64decode(found.packed[0]), np.uint8))
    assert bits[: len(wrong)].astype(bool).tolist() == wrong


def test_targets_that_are_no_classes_are_not_ringed():
    assert wrong_of([frame([[0.1], [0.2], [0.3]])], np.array([0.1, 0.2, 0.3])) is None


def test_very_many_units_have_no_map():
    frames = [frame([[0.0]], units=np.zeros((UNIT_SIDE**2, 40), np.float32))] * 200
    assert units_of(frames, [40]) is None
    assert units_of(frames[:20], [40])["unitSide"] >= LEAST_SIDE


def test_both_axes_of_the_map_have_one_scale():
    for low, high in (((0, 0), (2, 1)), ((0, 0), (1, 3)), ((-1, -1), (1, 1))):
        shown = plane(np.array([low, high], dtype=float).T)
        across = (shown.right - shown.left) / (high[0] - low[0])
        assert (shown.bottom - shown.top) / (high[1] - low[1]) == pytest.approx(across, rel=0.01)
    assert plane(np.array([[0.0, 1000.0], [0.0, 1.0]])).right == 390, "a scale of its own where one is far longer"


def test_lines_are_thinner_where_units_stand_close():
    assert widest(nn.MLP(2, [5, 1], seed=0).layers) == 5.6
    assert widest(nn.MLP(2, [20, 1], seed=0).layers) < 3


def test_one_hot_classes():
    X, y = nn.datasets.blobs(20, centers=3, seed=0)
    assert FilmRecorder(X, np.eye(3)[y]).classes.tolist() == y.tolist()


def test_the_page_names_layers_axes_and_what_is_right():
    page = film(train(hidden=(3,))[0]).html()
    for text in ("inputs", "layer 1", "layer 2", "x1", "x2"):
        assert f">{text}</text>" in page
    assert "A ring is around each point on the wrong side." in page
    assert "× dead" in page
    assert page.count('class="ring"') == 40


def test_marks_are_explained_where_no_map_can_be_drawn():
    X = np.random.RandomState(0).normal(size=(8, 3))
    recorder = FilmRecorder(X, [0, 1] * 4, every=1)
    model = nn.MLP(3, [4, 1], output="sigmoid", seed=0)
    optimizer = nn.SGD(model.parameters(), lr=0.1)
    nn.fit(model, X, [0, 1] * 4, loss="binary_cross_entropy", optimizer=optimizer, epochs=2, callbacks=[recorder])
    page = film(recorder).html()
    assert "× dead" in page
    assert "over the map" not in page
    assert not data_of(film(recorder)).keys() & {"units", "maps"}
    assert len(data_of(film(recorder))["wrong"]) == 2
