"""Random numbers and running means of modules, in a form that a recording can follow.

A tape holds arithmetic only. A module that draws random numbers asks `fresh` for them, and one that keeps numbers from
batch to batch reads and writes them through `recall` and `remember`. Without a recording these do just that; a
recording puts inputs and results of the tape in their place.

>>> mean = np.zeros(2)
>>> remember(mean, 1, recall(mean, 1) + 0.5)
>>> mean.tolist()
[0.0, 0.5]
"""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import numpy as np

from autograd import Value

Draw = Callable[[int, int], np.ndarray]


class Recorder:
    """Takes note of what modules draw and keep while they run. `draws` are made by numbers of its own.

    drawn     for each call of `fresh` the function that draws, and what stood for its numbers
    recalled  for each buffer and place, the Value that stands for the number kept there
    kept      for each buffer and place, what is to be kept
    """

    def __init__(self, values: bool) -> None:
        self.values = values  # whether Values stand for the numbers drawn
        self.random = np.random.RandomState(0)
        self.drawn: list[tuple[Draw, list[Any]]] = []
        self.recalled: dict[tuple[int, Any], tuple[np.ndarray, Value]] = {}
        self.kept: dict[tuple[int, Any], Any] = {}

    def __enter__(self) -> "Recorder":
        self.token = current.set(self)
        return self

    def __exit__(self, *_: object) -> None:
        current.reset(self.token)


current: ContextVar[Recorder | None] = ContextVar("recorder", default=None)


def fresh(draw: Draw, count: int) -> list[Any]:
    """`count` numbers from draw(rows, count), a function that gives an array of that shape; for one row."""
    recorder = current.get()
    if recorder is None:
        return list(draw(1, count)[0].tolist())
    numbers = recorder.random.random_sample(count).tolist()
    stand_ins = [Value(number) for number in numbers] if recorder.values else numbers
    recorder.drawn.append((draw, stand_ins))
    return stand_ins


def recall(buffer: np.ndarray, place: Any = ()) -> Any:
    """The number that a module keeps at a place of one of its buffers."""
    recorder = current.get()
    if recorder is None or not recorder.values:
        return float(buffer[place])
    key = id(buffer), place
    if key not in recorder.recalled:
        recorder.recalled[key] = buffer, Value(buffer[place])
    return recorder.recalled[key][1]


def remember(buffer: np.ndarray, place: Any, value: Any) -> None:
    """Keep a number there. It may be a Value; its number is kept then."""
    recorder = current.get()
    if recorder is None:
        buffer[place] = value._data if isinstance(value, Value) else value
    else:
        recall(buffer, place)
        recorder.kept[id(buffer), place] = value
