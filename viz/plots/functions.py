"""Functions of one variable: secants that tend to a tangent, and chords, which tell whether a curve is convex.

>>> plot_secants(lambda x: x**2, x=2.0).get_title()
'x² at x = 2: secants tend to the tangent'
>>> plot_convexity(lambda x: x**4 - 3 * x**2 + x, -2.0, 2.0).get_title()
'x⁴ − 3·x² + x is not convex on [-2, 2]'
"""

import math
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import Term, Value, gradients
from autograd.ieee import silent
from autograd.notation import number
from autograd.value import number_of
from viz.graph.theme import blend
from viz.plots.axes import DASHES, GRADIENT, INK, MARKERS, MUTED, PAPER, VALUE, axes_or_new, legend, legend_below

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LONGEST = 45  # signs of a formula in a title
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
POINTS = 401  # of a curve

Function = Callable[..., Any]


def formula_of(f: Function, *names: str, written: str = "") -> str:
    """The formula of a function, typeset in one line, as x² − y²; "f(x, y)" where it has none that is short.

    `written` is its formula, if that is known. Else the function is asked for it: names go in, a formula comes out.
    """
    try:
        text = written or str(f(*map(Term, names)))
    except Exception:  # a function of its own mind, as one that compares numbers
        text = ""
    text = re.sub(r" ?\*\* ?(\d+)(?![\d.])", lambda power: power[1].translate(SUPERSCRIPTS), text)
    text = re.sub(r" ?\* ?", "·", text).replace("-", "−")
    return text if 0 < len(text) <= LONGEST and "\n" not in text else f"f({', '.join(names)})"


def height(f: Function, *place: float) -> float:
    """f at a place, as a number."""
    with silent():
        return number_of(f(*map(Value, place)))


def heights(f: Function, xs: Sequence[float] | np.ndarray) -> np.ndarray:
    """f at each of several numbers."""
    return np.array([height(f, float(x)) for x in xs])


def slope(f: Function, x: float) -> float:
    """The derivative of f at a number, by the engine."""
    with silent():
        leaf = Value(x)
        result = f(leaf)
        return gradients(result, leaf)[0] if isinstance(result, Value) else 0.0


def plot_secants(
    f: Function, x: float = 1.0, steps: Sequence[float] = (2.0, 1.0, 0.5, 0.1), ax: "Axes | None" = None,
    formula: str = "",
) -> "Axes":  # fmt: skip
    """The secants of f from x to x + h for each h of `steps`, and the tangent to which they tend, with their slopes.

    `formula` is what the title says of f, where f itself cannot tell.
    """
    if not steps or not all(math.isfinite(h) and h != 0.0 for h in steps):
        raise ValueError(f"expected steps h other than 0, as (1, 0.1); got {tuple(steps)}")
    low, high = min(0.0, *steps), max(0.0, *steps)
    margin = 0.35 * (high - low)
    grid = np.linspace(x + low - margin, x + high + margin, POINTS)
    curve, here = heights(f, grid), height(f, x)
    title = f"{formula_of(f, 'x', written=formula)} at x = {number(x)}: secants tend to the tangent"
    ax = axes_or_new(ax, title, "x", "f(x)")
    ax.plot(grid, curve, color=VALUE, linewidth=2.2, label="f(x)")
    ends = grid[[0, -1]]
    for index, h in enumerate(steps):
        there = height(f, x + h)
        rise = (there - here) / h
        colour = blend(PAPER, INK, 0.45 + 0.55 * (index + 1) / len(steps))
        ax.plot(ends, here + rise * (ends - x), color=colour, linestyle=DASHES[1 + index % 5], linewidth=1.2,
                label=f"h = {number(h)}: slope {number(rise, 7)}")  # fmt: skip
        ax.plot([x + h], [there], MARKERS[1 + index % 5], color=colour, markersize=6)
    exact = slope(f, x)
    ax.plot(ends, here + exact * (ends - x), color=GRADIENT, linewidth=1.6, label=f"tangent: slope {number(exact, 7)}")
    ax.plot([x], [here], "o", color=INK, markersize=7)
    seen = curve[np.isfinite(curve)]
    if len(seen) and seen.min() < seen.max():
        room = 0.15 * (seen.max() - seen.min())
        ax.set_ylim(seen.min() - room, seen.max() + room)
    legend(ax)
    return ax


def plot_convexity(
    f: Function, low: float = -2.0, high: float = 2.0, ax: "Axes | None" = None, formula: str = ""
) -> "Axes":
    """The chord test: a curve is convex if no chord lies below it. Drawn is the chord that lies the farthest below.

    Chords between 201 points are tried, at their middle; where all lie above, the chord of both ends is drawn.
    """
    if not low < high:
        raise ValueError(f"expected low < high, got {low:g} and {high:g}")
    grid = np.linspace(low, high, 201)
    curve = heights(f, grid)
    left, right, depth = lowest_chord(curve)
    reach = float(np.ptp(curve[np.isfinite(curve)])) if np.isfinite(curve).any() else 0.0
    bends = depth > 1e-9 * max(reach, 1e-300)
    name = formula_of(f, "x", written=formula)
    verdict = "is not convex" if bends else "is convex"
    ax = axes_or_new(ax, f"{name} {verdict} on [{number(low)}, {number(high)}]", "x", "f(x)")
    ax.plot(grid, curve, color=VALUE, linewidth=2.2, label="f(x)")
    if not bends:
        left, right = 0, len(grid) - 1
    ends = grid[[left, right]]
    chord = np.interp(grid, ends, curve[[left, right]])
    inside = (grid >= ends[0]) & (grid <= ends[1])
    label = "chord, below the curve in places" if bends else "chord: this one, and every other, lies above"
    ax.plot(ends, curve[[left, right]], color=INK, linestyle="--", marker="o", linewidth=1.5, label=label)
    below, above = inside & (curve > chord), inside & (curve < chord)
    ax.fill_between(grid, curve, chord, where=below, color=GRADIENT, alpha=0.18, hatch="//", linewidth=0.0,
                    label="the curve is above its chord" if bends else None)  # fmt: skip
    ax.fill_between(grid, curve, chord, where=above, color=MUTED, alpha=0.12, linewidth=0.0)
    legend_below(ax)
    return ax


def lowest_chord(curve: np.ndarray) -> tuple[int, int, float]:
    """The two points whose chord lies the farthest below the curve at its middle, and how far."""
    worst = (0, len(curve) - 1, 0.0)
    for half in range(1, (len(curve) - 1) // 2 + 1):
        ends, middles = (curve[: -2 * half] + curve[2 * half :]) / 2, curve[half:-half]
        depths = np.nan_to_num(middles - ends, nan=0.0, posinf=0.0, neginf=0.0)
        place = int(depths.argmax())
        if depths[place] > worst[2]:
            worst = place, place + 2 * half, float(depths[place])
    return worst
