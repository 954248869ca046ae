"""The panel of a film that shows the plane of the data, with room for the map of predictions below the points.

>>> plane(np.array([[0.0, 2.0], [0.0, 1.0]])).right  # the sides of the grid; both axes have one scale
390.0
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd.naming import clean
from autograd.notation import number
from viz.pages.page import text
from viz.pages.panels import BOTTOM, KINDS, LEFT, PER_ROW, RIGHT, TOP, drawing
from viz.plots.planes import MOST_OBLONG
from viz.plots.scales import ticks

MOST_NAMED = 8  # classes
SHAPES = ("M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0z", "M-5-5h10v10h-10z", "M0-6l6 11h-12z")


class Plane(NamedTuple):
    """The frame of the map in the panel, and the numbers at its sides."""

    left: float
    right: float
    top: float
    bottom: float
    low: tuple[float, float]
    high: tuple[float, float]

    def place(self, point: Any) -> tuple[float, float]:
        """The place of a point in the panel."""
        across, up = ((point[i] - self.low[i]) / (self.high[i] - self.low[i]) for i in (0, 1))
        return self.left + (self.right - self.left) * across, self.bottom - (self.bottom - self.top) * up


def plane(sides: np.ndarray) -> Plane:
    """The frame for a grid with these sides: both axes of one scale, unless one is far longer."""
    low, high = sides[:, 0], sides[:, -1]
    wide, tall = high - low
    room_wide, room_tall = RIGHT - LEFT, BOTTOM - TOP
    if max(wide, tall) <= MOST_OBLONG * min(wide, tall):
        scale = min(room_wide / wide, room_tall / tall)
        room_wide, room_tall = scale * wide, scale * tall
    left = (LEFT + RIGHT - room_wide) / 2
    right, bottom = round(float(left + room_wide), 1), round(float(TOP + room_tall), 1)
    corners = (float(low[0]), float(low[1])), (float(high[0]), float(high[1]))
    return Plane(round(float(left), 1), right, TOP, bottom, *corners)


def scatter(frame: Plane, X: np.ndarray, classes: np.ndarray, wrong: Sequence[bool]) -> str:
    """The panel: the map's canvas, the points, and a ring for each that is seen where it is on the wrong side."""
    wide, tall = frame.right - frame.left, frame.bottom - frame.top
    shapes = [
        f'<foreignObject x="{frame.left:g}" y="{frame.top:g}" width="{wide:.1f}" height="{tall:.1f}">'
        '<canvas id="map"></canvas></foreignObject>',
        '<path id="boundary" class="boundary"/>',
        f'<path class="axes" d="M{frame.left:g} {frame.top:g}V{frame.bottom:g}H{frame.right:g}"/>',
    ]
    kinds = np.unique(classes)
    for point, label in zip(X, classes, strict=True):
        shapes.append(point_of(int(np.searchsorted(kinds, label)), *frame.place(point)))
    for point, is_wrong in zip(X, wrong, strict=False):
        x, y = frame.place(point)
        hidden = "" if is_wrong else ' style="display:none"'
        shapes.append(f'<circle class="ring" cx="{x:.1f}" cy="{y:.1f}" r="9"{hidden}/>')
    for tick in ticks(frame.low[0], frame.high[0]):
        x, _ = frame.place((tick, frame.low[1]))
        shapes.append(f'<text x="{x:.1f}" y="{frame.bottom + 18:.1f}">{number(tick, 3)}</text>')
    for tick in ticks(frame.low[1], frame.high[1]):
        _, y = frame.place((frame.low[0], tick))
        shapes.append(f'<text class="left" x="{frame.left - 6:.1f}" y="{y + 5:.1f}">{number(tick, 3)}</text>')
    middle = (frame.left + frame.right) / 2, (frame.top + frame.bottom) / 2
    shapes.append(f'<text x="{middle[0]:.1f}" y="{frame.bottom + 34:.1f}">x1</text>')
    shapes.append(f'<text class="left" x="{frame.left - 36:.1f}" y="{middle[1] + 5:.1f}">x2</text>')
    for kind, label in enumerate(kinds[:MOST_NAMED]):
        x = LEFT + (RIGHT - LEFT) * kind // max(PER_ROW, min(len(kinds), MOST_NAMED))
        name = f"class {label}" if len(kinds) <= PER_ROW else str(label)
        shapes += [point_of(kind, x + 6, 34), f'<text class="name" x="{x + 18}" y="39">{text(clean(name))}</text>']
    return drawing("map", "Predictions and data", shapes)


def point_of(kind: int, x: float, y: float) -> str:
    """A datum: classes differ in shape and colour."""
    return f'<path class="point kind{kind % KINDS}" d="{SHAPES[kind % 3]}" transform="translate({x:.1f} {y:.1f})"/>'
