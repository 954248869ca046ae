"""A film of training: a page in which a slider runs through the epochs, with what the network was in each of them.

A `FilmRecorder` is a callback for `nn.fit`. It keeps weights, gradients and predictions of every tenth epoch, or so.
`film` makes the page of it; of a History alone it makes one that shows the curves.

>>> import nn
>>> X, y = nn.datasets.gate("xor")
>>> model = nn.MLP(2, [4, 1], activation="tanh", output="sigmoid", seed=0)
>>> recorder = FilmRecorder(X, y, every=10)
>>> optimizer = nn.SGD(model.parameters(), lr=1.0)
>>> history = nn.fit(model, X, y, loss="binary_cross_entropy", optimizer=optimizer, epochs=95, callbacks=[recorder])
>>> film(recorder)
<Film of 11 frames, epochs 0 to 94>
"""

from base64 import b64encode
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd.naming import clean
from nn import History, Layer, Module
from viz.graph.theme import SERIES, rgb
from viz.pages.page import Page, text, write_page
from viz.pages.panels import curves, network, scatter
from viz.plots.planes import predict_grid

FILES = ("page.css", "film.css", "document.js", "numbers.js", "keyboard.js", "film.js")
MOST_FRAMES = 200  # more of them are thinned out
MOST_WEIGHTS = 1000  # a network with more is not drawn
HEIGHT = 900  # pixels, in a notebook


class Frame(NamedTuple):
    """The network after an epoch: its numbers layer by layer, neuron by neuron, weights then bias; its outputs."""

    epoch: int
    weights: list[float]
    gradients: list[float]
    outputs: np.ndarray | None


class FilmRecorder:
    """A callback for `nn.fit` that keeps what a film shows.

    X, y        the data to show with what the network predicts around them, if X has two columns: (m, 2) and m classes
    every       how many epochs lie between two frames; it doubles whenever there are more than 200 frames
    resolution  points of the map along each side
    """

    def __init__(self, X: Any, y: Any, every: int = 10, resolution: int = 64) -> None:
        self.X, self.classes = np.asarray(X, dtype=float), np.ravel(y)
        if self.X.ndim != 2 or len(self.X) != len(self.classes) or not len(self.X):
            raise ValueError(
                f"expected rows X and a class for each of them, got shapes {self.X.shape} and {np.shape(y)}"
            )
        if every < 1 or not 2 <= resolution <= 256:
            raise ValueError(f"every is 1 or more and resolution from 2 to 256, got {every} and {resolution}")
        self.every, self.resolution = every, resolution
        self.history, self.model = History(), Module()
        self.frames: list[Frame] = []
        self.sides: np.ndarray | None = None  # of the map: the points of the grid along x1, and along x2
        if self.X.shape[1] == 2:
            low, high = self.X.min(axis=0), self.X.max(axis=0)
            margin = 0.15 * (high - low) + 0.1
            self.sides = np.linspace(low - margin, high + margin, resolution).T
        self.predict: Any = None

    def __call__(self, epoch: int, history: History, model: Module) -> None:
        if model is not self.model:
            self.model, self.predict, self.frames = model, None, []
        self.history = history
        if epoch % self.every == 0:
            self.keep(epoch)
        if len(self.frames) > MOST_FRAMES:
            self.every *= 2
            self.frames = [kept for kept in self.frames if kept.epoch % self.every == 0]

    def keep(self, epoch: int) -> None:
        """Add a frame: the network as it is now."""
        parameters = [p for layer in layers_of(self.model) for n in layer.neurons for p in (*n.weights, n.bias)]
        weights, gradients = [p.data for p in parameters], [p.grad or 0.0 for p in parameters]
        self.frames.append(Frame(epoch, weights, gradients, self.outputs()))

    def outputs(self) -> np.ndarray | None:
        """The predictions of the network on the grid, row by row from below: (points, outputs)."""
        if self.sides is None:
            return None
        xs, ys = np.meshgrid(*self.sides)
        points = np.column_stack([xs.ravel(), ys.ravel()])
        if self.predict is None:
            self.predict = self.model.compile("numpy")
        with self.model.evaluating():
            try:
                predicted = self.predict(points)
            except (RuntimeError, TypeError, ValueError):  # it cannot be recorded, as where it branches on a number
                predicted = predict_grid(self.model, points)
        return np.asarray(predicted, dtype=float).reshape(len(points), -1)


class Film(Page):
    """A page that shows a training. `html()` is the page, `save` writes it."""

    def __init__(self, content: str, epochs: Sequence[int]) -> None:
        super().__init__(content, "film of training", HEIGHT)
        self.epochs = epochs

    def __repr__(self) -> str:
        return f"<Film of {len(self.epochs)} frames, epochs {self.epochs[0]} to {self.epochs[-1]}>"


def film(recording: FilmRecorder | History) -> Film:
    """The film of a training: of what a FilmRecorder kept, or the curves of a History.

    ValueError if nothing was trained yet.
    """
    recorder = recording if isinstance(recording, FilmRecorder) else None
    history = recorder.history if recorder else recording
    if not isinstance(history, History):
        raise TypeError(f"expected a FilmRecorder or a History, got {type(recording).__name__}")
    if not history.loss:
        raise ValueError("there is nothing to show yet: give the recorder to nn.fit(..., callbacks=[recorder]) first")
    last = len(history.loss) - 1
    if recorder and (not recorder.frames or recorder.frames[-1].epoch != last):
        recorder.keep(last)
    frames = recorder.frames if recorder else []
    epochs = [kept.epoch for kept in frames] or sorted({*range(0, last + 1, -(-(last + 1) // MOST_FRAMES)), last})
    losses = {"training": history.loss} | ({"validation": history.validation} if history.validation else {})
    labels = history.labels()
    norms = {clean(labels[key]): numbers for key, numbers in history.gradients.items()}
    charts = [curves("Loss", losses, epochs)] + (
        [curves("Gradient norm of each layer", norms, epochs)] if norms else []
    )
    data = {
        "digits": 4,
        "epochs": epochs,
        "losses": [history.loss[epoch] for epoch in epochs],
        "marks": [chart.marks for chart in charts],
    }
    panels = [chart.svg for chart in charts]
    if recorder and recorder.sides is not None:
        panels.append(scatter(recorder.sides, recorder.X, recorder.classes))
        data |= {"resolution": recorder.resolution, "colours": list(map(rgb, SERIES["light"])), **maps_of(frames)}
    if (
        recorder
        and len(frames[0].weights) <= MOST_WEIGHTS
        and (drawing := network(layers_of(recorder.model), frames[-1].weights))
    ):
        panels.append(drawing)
        data |= {"weights": [rounded(kept.weights) for kept in frames]}
        data |= {"gradients": [rounded(kept.gradients) for kept in frames]}
    page = write_page(
        "film.html", "Film of a training", data, FILES,
        panels="\n".join(f'<div class="panel">{panel}</div>' for panel in panels), epochs=table(epochs, history),
    )  # fmt: skip
    return Film(page, epochs)


def layers_of(model: Module) -> list[Layer]:
    return [module for _, module in model.modules() if isinstance(module, Layer)]


def rounded(numbers: Sequence[float]) -> list[float]:
    return [float(f"{number:.4g}") for number in numbers]


def maps_of(frames: Sequence[Frame]) -> dict[str, Any]:
    """The maps of all frames in bytes, base64: the class where there are several outputs, else a shade from 0 to 255.

    The shade is 127.5 where class 1 begins, at output 0.5 if all are probabilities, else at 0; it grows with the root
    of the distance from there, so that the boundary of an undecided network is precise too.
    """
    outputs = np.array([kept.outputs for kept in frames])
    if outputs.shape[2] > 1:
        return {"several": True, "maps": [packed(kept.argmax(axis=1)) for kept in outputs]}
    if (outputs >= 0.0).all() and (outputs <= 1.0).all():
        signed = 2 * outputs - 1
    else:
        reach = np.abs(outputs[np.isfinite(outputs)]).max(initial=0.0) or 1.0
        signed = np.nan_to_num(outputs / reach, nan=0.0, posinf=1.0, neginf=-1.0)
    shades = np.rint(127.5 + 127.5 * np.sign(signed) * np.sqrt(np.abs(signed)))
    return {"several": False, "maps": [packed(kept[:, 0]) for kept in shades]}


def packed(numbers: np.ndarray) -> str:
    return b64encode(numbers.astype(np.uint8).tobytes()).decode()


def table(epochs: Sequence[int], history: History) -> str:
    """The loss in each frame's epoch, as rows of a table."""
    return "\n".join(f"<tr><td>{epoch}</td><td>{text(f'{history.loss[epoch]:.6g}')}</td></tr>" for epoch in epochs)
