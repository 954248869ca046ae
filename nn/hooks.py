"""Hooks through which modules draw random numbers and keep numbers, so that a recording can follow.

A tape holds arithmetic only. A module that draws random numbers asks `fresh` for them. A module that keeps numbers from
batch to batch reads them with `recall` and writes them with `remember`. Without a recording these three do just that.
While a `Recorder` is at work, inputs and results of the tape stand for the numbers.

>>> mean = np.zeros(1)
>>> remember(mean, 0, recall(mean, 0) + 0.5)
>>> with Recorder(values=True) as recorder:
...     remember(mean, 0, recall(mean, 0) + 0.5)
>>> mean.tolist(), [value.data for value in recorder.kept.values()]
([0.5], [1.0])
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from autograd import Value
from autograd.tape.guards import Watch, innermost, stand_in

Draw = Callable[[int, int], np.ndarray]


class Recorder(Watch):
    """A watch that also takes note of what modules draw and keep. It draws numbers of its own in place of theirs.

    values    whether Values stand for the numbers drawn and kept; else plain numbers do, as in an eager pass
    drawn     for each call of `fresh` the function that draws, and what stood for its numbers
    recalled  for each buffer and place, the Value that stands for the number kept there
    kept      for each buffer and place, what is to be kept
    """

    def __init__(self, values: bool) -> None:
        super().__init__()
        self.values = values
        self.drawn: list[tuple[Draw, list[Any]]] = []
        self.recalled: dict[tuple[int, Any], tuple[np.ndarray, Value]] = {}
        self.kept: dict[tuple[int, Any], Any] = {}

    @cached_property
    def random(self) -> np.random.RandomState:
        """A generator whose numbers stand for those drawn; made where something is drawn."""
        return np.random.RandomState(0)

    def numbers(self, draw: Draw, count: int) -> list[float]:
        """Numbers in place of those that `draw` would give."""
        return list(self.random.random_sample(count).tolist())


class Listener(Recorder):
    """A recorder that lets modules draw, and notes their numbers."""

    def numbers(self, draw: Draw, count: int) -> list[float]:
        return list(draw(1, count)[0].tolist())


def fresh(draw: Draw, count: int) -> list[Any]:
    """`count` numbers from draw(rows, count), a function that gives an array of that shape; for one row."""
    recorder = innermost(Recorder)
    if recorder is None:
        return list(draw(1, count)[0].tolist())
    numbers = recorder.numbers(draw, count)
    stand_ins = [stand_in(number) for number in numbers] if recorder.values else numbers
    recorder.drawn.append((draw, stand_ins))
    return stand_ins


def recall(buffer: np.ndarray, place: Any = ()) -> Any:
    """The number that a module keeps at a place of one of its buffers."""
    recorder = innermost(Recorder)
    if recorder is None:
        return float(buffer[place])
    key = id(buffer), place
    if not recorder.values:
        kept = recorder.kept.get(key, buffer[place])
        return kept.data if isinstance(kept, Value) else float(kept)
    if key in recorder.kept:
        raise RuntimeError("a module reads a number that it has kept in the same pass, which a tape cannot do")
    if key not in recorder.recalled:
        recorder.recalled[key] = buffer, stand_in(float(buffer[place]))
    return recorder.recalled[key][1]


def remember(buffer: np.ndarray, place: Any, value: Any) -> None:
    """Keep a number there. It may be a Value; its number is kept then."""
    recorder = innermost(Recorder)
    if recorder is None:
        buffer[place] = value._data if isinstance(value, Value) else value
        return
    if (id(buffer), place) not in recorder.kept:
        recall(buffer, place)
    recorder.kept[id(buffer), place] = value
