"""The plots of `backstep plot` that show a function: descents, secants, chords, surfaces. plots.py has their table.

>>> f = function_of("x**2 - y**2", ["x", "y"], most=2)
>>> f(3.0, 2.0).data
5.0
"""

import argparse
from collections.abc import Callable, Iterable
from typing import Any

from autograd import parse
from autograd.notation import number
from nn import descend
from viz.command.arguments import CommandParser, ranges_of, real, starts_of, values_of, whole
from viz.plots.functions import plot_convexity, plot_secants
from viz.plots.landscapes import plot_descent, plot_newton
from viz.plots.surfaces import plot_surface
from viz.terminal.console import UsageError


def add_function(command: CommandParser) -> None:
    command.add_argument("expression", metavar="EXPR", help='such as "x**2" or "x**2 - y**2"')


def add_start(command: CommandParser) -> None:
    add_function(command)
    starts = "where each variable starts, one or two; x=3 x=-3 are two starts"
    command.add_argument("values", nargs="*", metavar="name=start", help=starts)
    command.add_argument("--steps", type=whole, default=10, metavar="N", help="default: 10")
    command.add_argument("--range", action="append", metavar="x=-2:2", help="what is shown of x, and of y")


def add_descent(command: CommandParser) -> None:
    add_start(command)
    command.add_argument("--lr", type=real, action="append", help="step size (0.1); may be given several times")


def add_point(command: CommandParser) -> None:
    add_function(command)
    command.add_argument("values", nargs="*", metavar="name=number", help="where the tangent is")
    command.add_argument("--h", type=real, action="append", help="of a secant from x to x + h; default: 2, 1, 0.5, 0.1")


def add_ranges(command: CommandParser) -> None:
    add_function(command)
    command.add_argument("values", nargs="*", metavar="name=low:high", help="the range of each variable, as x=-2:2")


def function_of(expression: str, names: Iterable[str], most: int) -> Callable[..., Any]:
    """The function of these variables that an expression is. UsageError if there are none or too many."""
    variables = list(names)
    if not 1 <= len(variables) <= most:
        several = "one or two variables, as x=3 or x=3 y=1" if most == 2 else "one variable, as x=2"
        raise UsageError(f"expected {several}; got {len(variables)}")
    return lambda *place: parse(expression, **dict(zip(variables, place, strict=True)))


def shown(options: argparse.Namespace, names: Iterable[str]) -> list[tuple[float, float]] | None:
    """The ranges of the option --range, in the order of the variables. UsageError if one is missing."""
    if not options.range:
        return None
    ranges = ranges_of(options.range)
    if ranges.keys() != set(names):
        raise UsageError(f"expected --range for each variable, {' and '.join(names)}; got {' and '.join(ranges)}")
    return [ranges[name] for name in names]


def start_of(place: dict[str, float]) -> Any:
    """A start as `descend` takes it: a number, or a pair."""
    numbers = tuple(place.values())
    return numbers if len(numbers) > 1 else numbers[0]


def draw_descent(options: argparse.Namespace) -> Any:
    starts, rates = starts_of(options.values), options.lr or [0.1]
    f = function_of(options.expression, starts[0], 2)
    paths = {}
    for start in starts:
        for rate in rates:
            place = ", ".join(f"{name} = {number(x)}" for name, x in start.items())
            parts = [f"lr {rate:g}"] * (len(rates) > 1 or len(starts) == 1) + [f"from {place}"] * (len(starts) > 1)
            paths[", ".join(parts)] = descend(f, start_of(start), rate, options.steps)
    return plot_descent(f, paths, ranges=shown(options, starts[0]), formula=options.expression)


def draw_newton(options: argparse.Namespace) -> Any:
    start, *more = starts_of(options.values)
    if more:
        raise UsageError(f"expected one start, got {1 + len(more)}")
    f = function_of(options.expression, start, 2)
    return plot_newton(f, start_of(start), options.steps, ranges=shown(options, start), formula=options.expression)


def draw_secants(options: argparse.Namespace) -> Any:
    place = values_of(options.values)
    f = function_of(options.expression, place, 1)
    (x,) = place.values()
    return plot_secants(f, x, options.h or (2.0, 1.0, 0.5, 0.1), formula=options.expression)


def draw_convexity(options: argparse.Namespace) -> Any:
    ranges = ranges_of(options.values)
    f = function_of(options.expression, ranges, 1)
    ((low, high),) = ranges.values()
    return plot_convexity(f, low, high, formula=options.expression)


def draw_surface(options: argparse.Namespace) -> Any:
    ranges = ranges_of(options.values)
    f = function_of(options.expression, ranges, 2)
    if len(ranges) != 2:
        raise UsageError(f"expected the ranges of two variables, as x=-2:2 y=-1:1; got {len(ranges)}")
    return plot_surface(f, list(ranges.values()), formula=options.expression)
