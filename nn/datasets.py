"""Small data sets: the gates, and points in the plane that need a bent boundary. X is (m, 2), y is (m,) of 0, 1, ....

One's own data come from a file by `read_csv`, see tables.py.

>>> X, y = gate("xor")
>>> X.tolist(), y.tolist()
([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0])
"""

import math
from collections.abc import Callable

import numpy as np

from nn.registry import Registry, unknown
from nn.tables import Table as Table
from nn.tables import read_csv as read_csv
from nn.tables import split as split

Dataset = tuple[np.ndarray, np.ndarray]

DATASETS: Registry[Callable[..., Dataset]] = Registry("data set")  # each may be called with a seed
GATES = {"and": [0, 0, 0, 1], "or": [0, 1, 1, 1], "nand": [1, 1, 1, 0], "xor": [0, 1, 1, 0]}


def gate(name: str) -> Dataset:
    """The truth table of and, or, nand, xor: four samples."""
    if name not in GATES:
        raise unknown("gate", name, GATES)
    return np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array(GATES[name])


DATASETS.update({name: lambda seed=0, name=name: gate(name) for name in GATES})  # the seed has nothing to draw


@DATASETS.add
def moons(samples: int = 100, noise: float = 0.1, seed: int = 0) -> Dataset:
    """Two interleaved half circles."""
    angles = np.linspace(0.0, math.pi, samples // 2), np.linspace(0.0, math.pi, samples - samples // 2)
    upper = np.stack([np.cos(angles[0]), np.sin(angles[0])], axis=1)
    lower = np.stack([1.0 - np.cos(angles[1]), 0.5 - np.sin(angles[1])], axis=1)
    return scattered([upper, lower], noise, seed)


@DATASETS.add
def circles(samples: int = 100, noise: float = 0.05, seed: int = 0) -> Dataset:
    """A circle of radius 1 around one of radius 0.5."""
    classes = []
    for count, radius in ((samples // 2, 1.0), (samples - samples // 2, 0.5)):
        angles = 2.0 * math.pi * np.arange(count) / max(count, 1)
        classes.append(radius * np.stack([np.cos(angles), np.sin(angles)], axis=1))
    return scattered(classes, noise, seed)


@DATASETS.add
def spirals(samples: int = 100, noise: float = 0.02, seed: int = 0, arms: int = 2) -> Dataset:
    """Arms that wind around the origin once; one class each."""
    classes = []
    for arm in range(arms):
        radius = np.linspace(0.05, 1.0, samples // arms + (arm < samples % arms))
        angles = 2.0 * math.pi * (radius + arm / arms)
        classes.append(np.stack([radius * np.cos(angles), radius * np.sin(angles)], axis=1))
    return scattered(classes, noise, seed)


@DATASETS.add
def blobs(samples: int = 100, noise: float = 0.5, seed: int = 0, centers: int = 2) -> Dataset:
    """Round clouds on a circle of radius 2; one class each."""
    angles = 2.0 * math.pi * np.arange(centers) / centers
    middles = 2.0 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    classes = [
        np.repeat(middles[i : i + 1], samples // centers + (i < samples % centers), axis=0) for i in range(centers)
    ]
    return scattered(classes, noise, seed)


def scattered(classes: list[np.ndarray], noise: float, seed: int) -> Dataset:
    """The points of all classes with normal noise, in random order, and the number of each one's class."""
    random = np.random.RandomState(seed)
    X = np.concatenate(classes)
    y = np.repeat(np.arange(len(classes)), [len(points) for points in classes])
    order = random.permutation(len(X))
    return (X + noise * random.normal(size=X.shape))[order], y[order]
