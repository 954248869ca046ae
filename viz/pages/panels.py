"""The panels of a film, drawn in SVG: curves over epochs, the data, the network. A script moves the parts that change.

>>> chart = curves("Loss", {"training": [1.0, 0.5, 0.2]}, epochs=[0, 2])
>>> chart.marks
[[62.0, 48.0], [390.0, 262.0]]
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd.naming import clean
from autograd.notation import number
from nn import Layer
from viz.pages.page import text
from viz.plots.scales import decades, far_apart, ticks

WIDTH, HEIGHT = 400, 306
LEFT, RIGHT, TOP, BOTTOM = 62, 390, 48, 262  # the frame of a chart
MOST_NAMED = 8  # classes
ROW, PER_ROW = 16, 3  # the height of a legend's rows, and how many entries each has
MOST_POINTS = 400  # of a curve
RADIUS = 9
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
        shapes.append(f'<path class="curve kind{kind % KINDS}" d="{path}"/>')
    for kind, name in enumerate(names):
        x, y = entry(kind)
        shapes.append(f'<path class="curve kind{kind % KINDS}" d="M{x} {y}h24"/>')
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
        shapes.append(f'<circle class="mark kind{kind % KINDS}" r="5" {place}/>')
    return Curves(drawing("chart", f"{title}, logarithmic" if axes.logarithmic else title, shapes), marks)


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


def scatter(sides: np.ndarray, X: np.ndarray, classes: np.ndarray) -> str:
    """The plane of the data, with room for the map of predictions below the points."""
    (left, right), (low, high) = sides[:, [0, -1]]
    shapes = [
        f'<foreignObject x="{LEFT}" y="{TOP}" width="{RIGHT - LEFT}" height="{BOTTOM - TOP}">'
        '<canvas id="map"></canvas></foreignObject>',
        '<path id="boundary" class="boundary"/>',
        f'<path class="axes" d="M{LEFT} {TOP}V{BOTTOM}H{RIGHT}"/>',
    ]
    kinds = np.unique(classes)

    def place(point: Any) -> tuple[float, float]:
        x = LEFT + (RIGHT - LEFT) * (point[0] - left) / (right - left)
        return x, BOTTOM - (BOTTOM - TOP) * (point[1] - low) / (high - low)

    for point, label in zip(X, classes, strict=True):
        shapes.append(point_of(int(np.searchsorted(kinds, label)), *place(point)))
    for tick in ticks(left, right):
        shapes.append(f'<text x="{place((tick, low))[0]:.1f}" y="{BOTTOM + 18}">{number(tick, 3)}</text>')
    for tick in ticks(low, high):
        shapes.append(
            f'<text class="left" x="{LEFT - 6}" y="{place((left, tick))[1] + 5:.1f}">{number(tick, 3)}</text>'
        )
    for kind, label in enumerate(kinds[:MOST_NAMED]):
        x = LEFT + (RIGHT - LEFT) * kind // max(PER_ROW, min(len(kinds), MOST_NAMED))
        name = f"class {label}" if len(kinds) <= PER_ROW else str(label)
        shapes += [point_of(kind, x + 6, 34), f'<text class="name" x="{x + 18}" y="39">{text(clean(name))}</text>']
    return drawing("map", "Predictions and data", shapes)


def point_of(kind: int, x: float, y: float) -> str:
    """A datum: classes differ in shape and colour."""
    shape = ("M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0z", "M-5-5h10v10h-10z", "M0-6l6 11h-12z")[kind % 3]
    return f'<path class="point kind{kind % KINDS}" d="{shape}" transform="translate({x:.1f} {y:.1f})"/>'


def network(layers: Sequence[Layer], numbers: Sequence[float]) -> str:
    """The network: a line for each weight, a circle for each unit, neuron by neuron, circles above the lines.

    numbers  those of the frame that is drawn, as wide as the script does it; "" if the layers do not follow each other
    """
    if not layers:
        return ""
    widths = [len(layers[0].neurons[0].weights), *(len(layer.neurons) for layer in layers)]
    if any(len(layer.neurons[0].weights) != width for layer, width in zip(layers, widths, strict=False)):
        return ""

    def place(layer: int, unit: int) -> tuple[float, float]:
        gap = min(44.0, (HEIGHT - 70) / widths[layer])
        return 50 + (WIDTH - 100) * layer / (len(widths) - 1), 166 + gap * (unit - (widths[layer] - 1) / 2)

    largest = max(map(abs, numbers)) or 1.0
    wide = [0.4 + 5.6 * math.sqrt(abs(x) / largest) for x in numbers]
    styles = (
        f'class="number{" negative" if x < 0.0 else ""}" style="stroke-width:{width:.2f}"'
        for x, width in zip(numbers, wide, strict=True)
    )
    radius = min(RADIUS, 0.4 * (HEIGHT - 70) / max(widths))
    lines, circles = [], []
    for unit in range(widths[0]):
        x, y = place(0, unit)
        circles.append(f'<circle class="input" cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"/>')
        if widths[0] <= 12:
            circles.append(f'<text class="left" x="{x - 14:.1f}" y="{y + 5:.1f}">x{unit + 1}</text>')
    for i, layer in enumerate(layers, 1):
        for unit, neuron in enumerate(layer.neurons):
            x, y = place(i, unit)
            for source in range(len(neuron.weights)):
                from_x, from_y = place(i - 1, source)
                ends = f'x1="{from_x:.1f}" y1="{from_y:.1f}" x2="{x:.1f}" y2="{y:.1f}"'
                lines.append(f"<line {next(styles)} {ends}><title></title></line>")
            place_of = f'cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"'
            circles.append(f"<circle {next(styles)} {place_of}><title></title></circle>")
    return drawing("network", "Network", [*lines, *circles])


def drawing(kind: str, title: str, shapes: Sequence[str]) -> str:
    heading = f'<title>{text(title)}</title><text class="title" x="{LEFT}" y="18">{text(title)}</text>'
    return f'<svg class="{kind}" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">{heading}{"".join(shapes)}</svg>'
