"""What `backstep plot` does: each kind of plot, written to a file; a loss curve as text where no file is named."""

import argparse
import csv
from functools import partial
from typing import Any

from autograd import parse
from nn import History
from viz.command.expressions import values_of
from viz.command.training import train
from viz.plots.axes import axes_or_new, image
from viz.plots.curves import plot_activation, plot_gradient_norms, plot_history
from viz.plots.planes import descend, plot_decision_boundary, plot_descent
from viz.terminal.chart import chart
from viz.terminal.console import UsageError, say, write_output


def new_axes() -> Any:
    """Axes to draw on, made before any work is done, so that a missing matplotlib is noticed first."""
    return axes_or_new(None, "", "", "")


def write_plot(ax: Any, options: argparse.Namespace) -> None:
    write_output(options.output, partial(image, ax))


def run_plot_activation(options: argparse.Namespace) -> None:
    write_plot(plot_activation(options.name, new_axes()), options)


def run_plot_history(options: argparse.Namespace) -> None:
    history = read_history(options.file)
    if options.output is None:
        say(chart(history.loss, "loss"))
        return
    try:
        ax = new_axes()
    except ImportError:
        say(chart(history.loss, "loss"))
        raise
    write_plot(plot_history(history, ax), options)


def run_plot_gradients(options: argparse.Namespace) -> None:
    history = read_history(options.file)
    write_plot(plot_gradient_norms(history, new_axes(), options.epochs), options)


def run_plot_boundary(options: argparse.Namespace) -> None:
    ax = new_axes()
    trained = train(options)
    write_plot(plot_decision_boundary(trained.model, trained.X, trained.y, ax), options)


def run_plot_descent(options: argparse.Namespace) -> None:
    start = values_of(options.values)
    if len(start) not in (1, 2):
        raise UsageError(f"expected a start in one or two variables, as x=3 or x=3 y=1; got {len(start)}")

    def f(*place: Any) -> Any:
        return parse(options.expression, **dict(zip(start, place, strict=True)))

    ax = new_axes()
    point = tuple(start.values())
    rates = options.lr or [0.1]
    paths = {f"lr {rate:g}": descend(f, point if len(point) > 1 else point[0], rate, options.steps) for rate in rates}
    write_plot(plot_descent(f, paths, ax), options)


def read_history(path: str) -> History:
    """The History in a file that `History.to_csv` wrote. ValueError if it is none."""
    history = History()
    try:
        with open(path, newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        for name in rows[0]:
            numbers = [float(row[name]) for row in rows]
            if name in ("loss", "validation", "seconds"):
                getattr(history, name).extend(numbers)
            elif name.startswith("gradient "):
                history.gradients[name.removeprefix("gradient ")] = numbers
            elif name != "epoch":
                history.metrics[name] = numbers
        if not history.loss:
            raise ValueError
    except (IndexError, TypeError, ValueError):
        message = f"{path} is no history of training: expected what History.to_csv or `backstep train --csv` writes"
        raise ValueError(message) from None
    return history
