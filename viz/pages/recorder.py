"""`FilmRecorder`: a callback for `nn.fit` that keeps what a film shows, frame by frame.

>>> import nn
>>> X, y = nn.datasets.gate("xor")
>>> model = nn.MLP(2, [4, 1], activation="tanh", output="sigmoid", seed=0)
>>> recorder = FilmRecorder(X, y, every=10)
>>> optimizer = nn.SGD(model.parameters(), lr=1.0)
>>> history = nn.fit(model, X, y, loss="binary_cross_entropy", optimizer=optimizer, epochs=95, callbacks=[recorder])
>>> [kept.epoch for kept in recorder.frames[:3]], len(recorder.frames[0].weights)
([0, 10, 20], 17)
"""

from typing import Any, NamedTuple

import numpy as np

from nn import History, Layer, Module
from viz.pages.inside import Inside, inside_of
from viz.plots.planes import around, classes_of, predict_grid

MOST_FRAMES = 200  # more of them are thinned out
UNIT_SIDE = 20  # points along each side of the map of a hidden unit


class Frame(NamedTuple):
    """The network after an epoch.

    weights, gradients  its numbers layer by layer, neuron by neuron, weights then bias
    outputs             its predictions on the grid, (points, outputs); None where the data are no plane
    predictions         its predictions for the data, (samples, outputs)
    units               the activations of its hidden units on a coarser grid, (points, units); None where not known
    states              for each hidden unit whether it is FINE, DEAD or SATURATED
    """

    epoch: int
    weights: list[float]
    gradients: list[float]
    outputs: np.ndarray | None
    predictions: np.ndarray
    units: np.ndarray | None
    states: list[int]


class FilmRecorder:
    """A callback for `nn.fit` that keeps what a film shows.

    X, y        the data to show with what the network predicts around them, if X has two columns: (m, 2) and m classes,
                or one-hot rows
    every       how many epochs lie between two frames; it doubles whenever there are more than 200 frames
    resolution  points of the map along each side
    """

    def __init__(self, X: Any, y: Any, every: int = 10, resolution: int = 64) -> None:
        self.X, self.classes = np.asarray(X, dtype=float), classes_of(y)
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
            low, high = around(self.X)
            self.sides = np.linspace(low, high, resolution).T
        self.predict: Any = None
        self.inside: Inside | None = None

    def __call__(self, epoch: int, history: History, model: Module) -> None:
        if model is not self.model:
            self.model, self.frames = model, []
            self.predict, self.inside = model.compile("numpy"), inside_of(model)
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
        outputs = units = None
        states: list[int] = []
        if self.sides is not None:
            outputs = self.outputs(points_of(self.sides))
        if self.inside:
            states = self.inside.states(self.inside.look(self.X)[1])
            if self.sides is not None:
                coarse = np.linspace(self.sides[:, 0], self.sides[:, -1], UNIT_SIDE).T
                units = self.inside.look(points_of(coarse))[0].astype(np.float32)
        self.frames.append(Frame(epoch, weights, gradients, outputs, self.outputs(self.X), units, states))

    def outputs(self, rows: np.ndarray) -> np.ndarray:
        """The predictions of the network: (rows, outputs)."""
        with self.model.evaluating():
            try:
                predicted = self.predict(rows)
            except (RuntimeError, TypeError, ValueError):  # it cannot be recorded, as where it branches on a number
                predicted = predict_grid(self.model, rows)
        return np.asarray(predicted, dtype=float).reshape(len(rows), -1)


def points_of(sides: np.ndarray) -> np.ndarray:
    """The points of a grid, row by row from below: (points, 2)."""
    xs, ys = np.meshgrid(*sides)
    return np.column_stack([xs.ravel(), ys.ravel()])


def layers_of(model: Module) -> list[Layer]:
    return [module for _, module in model.modules() if isinstance(module, Layer)]
