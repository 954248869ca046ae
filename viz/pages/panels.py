"""The panels of a film, drawn in SVG: curves over epochs; a script moves the marks on them. What all panels share.

>>> chart = curves("Loss", {"training": [1.0, 0.5, 0.2]}, epochs=[0, 2])
>>> chart.marks
[[62.0, 48.0], [390.0, 262.0]]
"""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from autograd.notation import number
from viz.pages.page import text
from viz.plots.scales import decades, far_apart, ticks

WIDTH, HEIGHT = 400, 306
LEFT, RIGHT, TOP, BOTTOM = 62, 390, 48, 262  # the frame of a chart
ROW, PER_ROW = 16, 3  # the height of a legend's rows, and how many entries each has
MOST_POINTS = 400  # of a curve
KINDS = 6  # of curves and of classes that differ to the eye


class Curves(NamedTuple):
    """A chart, and where each curve is in each frame: for each frame [x, y of the first curve, y of the second, …]."""

    svg: str
    marks: list[list[float | None]]


class Axes(NamedTuple):
    """The frame of a chart: epochs from 0 to `last` across, numbers from `low` to `high` (their logarithms) upward."""

    last: int
    low: float
    high: float
    logarithmic: bool
    top: int

    def across(self, epoch: float) -> float:
        return round(LEFT + (RIGHT - LEFT) * epoch / self.last, 1)

    def up(self, x: float) -> float | None:
        """The height of a number, from above; None where it has none."""
        if not math.isfinite(x) or (self.logarithmic and x <= 0.0):
            return None
        scaled = math.log10(x) if self.logarithmic else x
        return round(BOTTOM - (BOTTOM - self.top) * (scaled - self.low) / (self.high - self.low), 1)

    def shapes(self) -> list[str]:
        """The axes with their numbers."""
        shapes = [f'<path class="axes" d="M{LEFT} {self.top}V{BOTTOM}H{RIGHT}"/>']
        for tick in ticks(0, self.last):
            shapes.append(f'<text x="{self.across(tick)}" y="{BOTTOM + 18}">{number(tick, 6)}</text>')
        for tick in decades(10**self.low, 10**self.high) if self.logarithmic else ticks(self.low, self.high):
            y = self.up(tick) or 0.0
            shapes.append(f'<path class="grid" d="M{LEFT} {y}H{RIGHT}"/>')
            shapes.append(f'<text class="left" x="{LEFT - 6}" y="{y + 5}">{number(tick, 3)}</text>')
        return [*shapes, f'<text x="{(LEFT + RIGHT) / 2}" y="{BOTTOM + 34}">epoch</text>']


def axes_for(series: Sequence[Sequence[float]], top: int) -> Axes:
    """Axes on which all finite numbers have a place, logarithmic where they span much."""
    finite = [x for numbers in series for x in numbers if math.isfinite(x)] or [0.0]
    logarithmic = far_apart(finite)
    shown = [math.log10(x) for x in finite if x > 0.0] if logarithmic else finite
    ends = [min(shown), max(shown)]
    if ends[0] == ends[1]:
        ends = [ends[0] - 0.5, ends[1] + 0.5]
    return Axes(max(1, max(map(len, series)) - 1), ends[0], ends[1], logarithmic, top)


def curves(title: str, series: Mapping[str, Sequence[float]], epochs: Sequence[int]) -> Curves:
    """A chart of several series over all epochs, with a mark on each of them where it is in the last frame."""
    names = list(series) if len(series) > 1 else []
    axes = axes_for(list(series.values()), TOP + ROW * (max(0, len(names) - 1) // PER_ROW))
    shapes = axes.shapes()
    for kind, numbers in enumerate(series.values()):
        some = range(0, len(numbers), -(-len(numbers) // MOST_POINTS))
        path = polyline([(axes.across(epoch), axes.up(numbers[epoch])) for epoch in some])
        shapes.append(f'<path class="curve {look(kind)}" d="{path}"/>')
    for kind, name in enumerate(names):
        x, y = entry(kind)
        shapes.append(f'<path class="curve {look(kind)}" d="M{x} {y}h24"/>')
        shapes.append(f'<text class="name" x="{x + 30}" y="{y + 5}">{text(name)}</text>')
    marks = [
        [
            axes.across(epoch),
            *(axes.up(numbers[epoch]) if epoch < len(numbers) else None for numbers in series.values()),
        ]
        for epoch in epochs
    ]
    now, *heights = marks[-1]
    shapes.append(f'<path class="now" d="M0 {axes.top}V{BOTTOM}" transform="translate({now} 0)"/>')
    for kind, height in enumerate(heights):
        place = f'transform="translate({now} {height or 0})"'
        shapes.append(f'<circle class="mark {look(kind)}" r="5" {place}/>')
    return Curves(drawing("chart", f"{title}, logarithmic" if axes.logarithmic else title, shapes), marks)


def look(kind: int) -> str:
    """The classes of a curve: its colour and dashes; from the seventh curve on it is thinner, with an open mark."""
    return f"kind{kind % KINDS}" + (" thin" if kind // KINDS % 2 else "")


def entry(number: int) -> tuple[int, int]:
    """The place of an entry of a legend."""
    return LEFT + (RIGHT - LEFT) * (number % PER_ROW) // PER_ROW, 34 + ROW * (number // PER_ROW)


def polyline(points: Sequence[tuple[float, float | None]]) -> str:
    """A line through the points, with gaps where there is no number."""
    written, letter = "", "M"
    for x, y in points:
        if y is not None:
            written += f"{letter}{x:g} {y:g}"
        letter = "M" if y is None else "L"
    return written


def drawing(kind: str, title: str, shapes: Sequence[str], width: float = WIDTH) -> str:
    """An <svg> element with a title."""
    heading = f'<title>{text(title)}</title><text class="title" x="{LEFT}" y="18">{text(title)}</text>'
    return f'<svg class="{kind}" viewBox="0 0 {width:g} {HEIGHT}" role="img">{heading}{"".join(shapes)}</svg>'
