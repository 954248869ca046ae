"""The film of a training, without a browser: what is kept, what the page holds, its size; see also test_browser.py."""

import base64
import json
import re

import numpy as np
import pytest

import nn
import viz
from tests.conftest import HOSTILE
from tests.viz.pages.test_stepper import Reader, data_of
from viz.pages.film import MOST_FRAMES, FilmRecorder, film
from viz.pages.panels import curves, polyline
from viz.plots.scales import ticks


def train(epochs=45, every=10, classes=2, hidden=(6,), engine="auto", **options):
    """A recorder after a training on blobs, and its history and model."""
    X, y = nn.datasets.blobs(40, centers=classes, seed=2)
    outputs = 1 if classes == 2 else classes
    model = nn.MLP(2, [*hidden, outputs], activation="tanh", output="sigmoid" if classes == 2 else "linear", seed=1)
    recorder = FilmRecorder(X, y, every=every, **options)
    history = nn.fit(model, X, y, loss="binary_cross_entropy" if classes == 2 else "cross_entropy",
                     optimizer=nn.SGD(model.parameters(), lr=0.3), epochs=epochs, callbacks=[recorder], engine=engine)  # fmt: skip
    return recorder, history, model


def map_of(data, frame):
    """The map of a frame, row 0 below: classes, or heights from -1 to 1 above the boundary."""
    side = data["resolution"]
    shades = np.frombuffer(base64.b64decode(data["maps"][frame]), np.uint8).reshape(side, side)
    roots = shades / 127.5 - 1
    return shades if data["several"] else roots * np.abs(roots)


@pytest.mark.parametrize("engine", ["eager", "numpy"])
def test_what_is_kept(engine):
    recorder, history, model = train(engine=engine)
    data = data_of(film(recorder))
    assert data["epochs"] == [0, 10, 20, 30, 40, 44]  # and the last one
    assert data["losses"] == [history.loss[epoch] for epoch in data["epochs"]]
    numbers = [p for layer in model.layers for n in layer.neurons for p in (*n.weights, n.bias)]
    np.testing.assert_allclose(data["weights"][-1], [p.data for p in numbers], rtol=1e-3)
    np.testing.assert_allclose(data["gradients"][-1], [p.grad for p in numbers], rtol=1e-3)
    assert data["weights"][0] != data["weights"][-1]


def test_the_map_is_what_the_model_predicts():
    recorder, _, model = train(resolution=16)
    data = data_of(film(recorder))
    heights = map_of(data, -1)
    xs, ys = recorder.sides
    for column in (0, 7, 15):
        for row in (0, 5, 15):
            assert heights[row, column] == pytest.approx(2 * model([xs[column], ys[row]]).data - 1, abs=0.01)
    low, high = recorder.X.min(axis=0), recorder.X.max(axis=0)
    assert (recorder.sides[:, 0] < low).all()
    assert (recorder.sides[:, -1] > high).all()


def test_several_classes():
    recorder, _, model = train(classes=3, resolution=8)
    data = data_of(film(recorder))
    assert data["several"]
    classes = map_of(data, -1)
    xs, ys = recorder.sides
    for column, row in ((0, 0), (7, 0), (3, 6)):
        outputs = [output.data for output in model([xs[column], ys[row]])]
        assert classes[row, column] == outputs.index(max(outputs))


def test_outputs_that_are_no_probabilities():
    X, y = nn.datasets.blobs(20, seed=0)
    model = nn.MLP(2, [4, 1], activation="tanh", seed=0)
    recorder = FilmRecorder(X, y, resolution=8)
    nn.fit(
        model,
        X,
        2 * y - 1,
        loss="hinge_loss",
        optimizer=nn.SGD(model.parameters(), lr=0.1),
        epochs=5,
        callbacks=[recorder],
    )
    heights = map_of(data_of(film(recorder)), -1)
    xs, ys = recorder.sides
    for column, row in ((0, 0), (7, 7)):
        assert (heights[row, column] > 0) == (model([xs[column], ys[row]]).data > 0)


def test_a_model_that_branches_in_python_is_filmed_too():
    class Gate(nn.Module):
        def __init__(self):
            self.line = nn.MLP(2, [1], seed=0)

        def row(self, inputs):
            y = self.line(inputs)
            return y if y > 0 else -y

    X, y = nn.datasets.gate("or")
    model = Gate()
    recorder = FilmRecorder(X, y, every=1, resolution=8)
    nn.fit(model, X, y, loss="mse_loss", optimizer=nn.SGD(model.parameters(), lr=0.1), epochs=2, callbacks=[recorder])
    heights = map_of(data_of(film(recorder)), -1)
    xs, ys = recorder.sides
    outputs = np.array([[model([x1, x2]).data for x1 in xs] for x2 in ys])
    assert (outputs >= 0).all()
    assert (outputs <= 1).all()
    np.testing.assert_allclose(heights, 2 * outputs - 1, atol=0.01)


def test_many_frames_are_thinned_out():
    recorder, _, _ = train(epochs=MOST_FRAMES + 50, every=1, resolution=2)
    assert recorder.every == 2
    epochs = data_of(film(recorder))["epochs"]
    assert epochs == [*range(0, MOST_FRAMES + 50, 2), MOST_FRAMES + 49]


def test_the_mode_of_the_model_is_left_alone():
    modes = []
    recorder = FilmRecorder(*nn.datasets.gate("xor"), every=1, resolution=4)
    model = nn.Sequential(nn.Linear(2, 3), "tanh", nn.Dropout(0.5), nn.Linear(3, 1), "sigmoid")
    nn.fit(model, *nn.datasets.gate("xor"), loss="binary_cross_entropy", optimizer=nn.SGD(model.parameters(), lr=0.1), epochs=3,
           callbacks=[recorder, lambda *_: modes.append([m.training for _, m in model.modules()])])  # fmt: skip
    assert all(mode for epoch in modes for mode in epoch)
    assert len(data_of(film(recorder))["weights"][0]) == 2 * 3 + 3 + 3 + 1


def test_a_history_alone_shows_its_curves():
    _, history, _ = train(epochs=30)
    page = film(history)
    data = data_of(page)
    assert data["epochs"] == list(range(30))
    assert not data.keys() & {"maps", "weights"}
    assert page.html().count("<svg") == 2
    history.validation = [0.5] * 30
    assert "validation" in Reader(film(history).html()).texts["text"]


def test_other_widths_and_large_networks_leave_a_panel_out():
    X = np.eye(3)
    model = nn.MLP(3, [40, 40, 1], output="sigmoid", seed=0)
    recorder = FilmRecorder(X, [0, 1, 1])
    nn.fit(
        model,
        X,
        [0, 1, 1],
        loss="binary_cross_entropy",
        optimizer=nn.SGD(model.parameters(), lr=0.1),
        epochs=3,
        callbacks=[recorder],
    )
    data = data_of(film(recorder))
    assert not data.keys() & {"maps", "weights"}


def test_errors():
    with pytest.raises(ValueError, match="nothing to show yet"):
        film(FilmRecorder([[0.0, 1.0]], [0]))
    with pytest.raises(TypeError, match="a FilmRecorder or a History, got list"):
        film([1.0])
    with pytest.raises(ValueError, match="a class for each"):
        FilmRecorder([[0.0, 1.0]], [0, 1])
    with pytest.raises(ValueError, match="every is 1 or more"):
        FilmRecorder([[0.0, 1.0]], [0], every=0)


def test_one_file_that_asks_for_nothing():
    page = film(train()[0]).html()
    assert "http" not in page.replace("http-equiv", "")
    assert not re.search(r"\b(href|src|action|srcset|poster)=[\"']", page)
    assert "url(" not in page
    assert "innerHTML" not in page


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_classes(name):
    X, _ = nn.datasets.gate("xor")
    recorder = FilmRecorder(X, [name, "b", "b", name], every=1, resolution=4)
    model = nn.MLP(2, [1], output="sigmoid", seed=0)
    nn.fit(
        model,
        X,
        [0, 1, 1, 0],
        loss="binary_cross_entropy",
        optimizer=nn.SGD(model.parameters(), lr=0.1),
        epochs=1,
        callbacks=[recorder],
    )
    page = film(recorder).html()
    page.encode()
    tags = {tag for tag, _ in Reader(page).elements}
    assert not tags & {"img", "b", "a", "iframe"}
    assert page.count("<script") == 2


def test_saving_and_showing(tmp_path):
    shown = film(train()[0])
    assert shown.save(tmp_path / "film.html").read_text(encoding="utf-8") == shown.html()
    bundle = shown._repr_mimebundle_()
    assert bundle["text/plain"] == "<Film of 6 frames, epochs 0 to 44>"
    assert 'sandbox="allow-scripts"' in bundle["text/html"]
    assert viz.film is film


def test_size():
    recorder, _, _ = train(epochs=500, every=5, hidden=(8, 8))
    assert len(film(recorder).html().encode()) <= 1_000_000


def test_curves():
    chart = curves("Loss", {"training": [1.0, 0.1, float("nan"), 0.001]}, [0, 2, 3])
    assert "logarithmic" in chart.svg
    assert [mark[1] for mark in chart.marks] == [48.0, None, 262.0]
    assert "logarithmic" not in curves("Loss", {"a": [1.0, 0.5]}, [0]).svg
    assert "logarithmic" not in curves("Loss", {"a": [100.0, -0.5]}, [0]).svg
    for numbers in ([0.0], [0.0, 0.0], [float("nan")], [float("inf"), 1.0], [5e-324, 1e300], [7.0]):
        svg = curves("Loss", {"a": numbers, "b": numbers}, [0]).svg
        assert "nan" not in svg.replace("nan</text>", "")
        assert "inf" not in svg
    many = curves("Norms", {str(i): [1.0, 0.5] for i in range(9)}, [0]).svg
    looks = re.findall(r'<path class="(curve[^"]*)" d="M6', many)
    assert len({*looks}) == 9, "told apart by dashes and width"
    assert polyline([(0, 1.0), (1, None), (2, 3.0), (3, 4.0)]) == "M0 1M2 3L3 4"
    assert ticks(0, 1) == [0.0, 0.2, 0.4, pytest.approx(0.6), 0.8, 1.0]


SAME = """
import hashlib, nn, viz
X, y = nn.datasets.moons(30, seed=1)
model = nn.MLP(2, [5, 1], activation="tanh", output="sigmoid", seed=0)
recorder = viz.FilmRecorder(X, y, every=3)
nn.fit(model, X, y, loss="binary_cross_entropy", optimizer=nn.SGD(model.parameters(), lr=1.0), epochs=20, callbacks=[recorder])
print(hashlib.sha256(viz.film(recorder).html().encode()).hexdigest())
"""


def test_the_same_bytes_under_every_hash_seed(python):
    first, second = (python(SAME, PYTHONHASHSEED=seed) for seed in ("1", "2"))
    assert first.returncode == 0, first.stderr
    assert first.stdout == second.stdout


def test_numbers_survive_json():
    """A training that diverges gives nan and inf, for which JSON has no numbers."""
    history = nn.History(loss=[1.0, float("inf"), float("nan")])
    assert data_of(film(history))["losses"] == [1.0, "Infinity", "NaN"]
    json.loads(json.dumps(data_of(film(history))))
