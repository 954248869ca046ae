"""`backstep plot`: one table of plots. A plot stands here with its arguments and with the function that draws it.

`add` makes a command of each entry, so that a new plot is one more entry of the table.

>>> list(PLOTS)
['activation', 'history', 'gradients', 'boundary', 'descent']
"""

import argparse
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from autograd import parse
from nn import History, descend
from viz.command.arguments import CommandParser, Commands, add_command, real, values_of, whole
from viz.command.output import write_output
from viz.command.training import add_training, train
from viz.plots.axes import axes_or_new, image
from viz.plots.curves import plot_activation, plot_gradient_norms, plot_history
from viz.plots.planes import plot_decision_boundary, plot_descent
from viz.terminal.chart import chart
from viz.terminal.console import UsageError, say


class Plot(NamedTuple):
    """A plot that the command draws.

    purpose        its line in the list of plots
    add_arguments  gives its parser the arguments
    draw           draws it on matplotlib's axes, as the options say
    example        what may be typed after `backstep plot`
    as_text        the plot as text, printed where no file is named; None where a file must be named
    """

    purpose: str
    add_arguments: Callable[[CommandParser], None]
    draw: Callable[[argparse.Namespace, Any], Any]
    example: str
    as_text: Callable[[argparse.Namespace], str] | None = None


def add(commands: Commands) -> None:
    """Add the command of this family, `plot`, and under it a command for each plot of the table."""
    examples = [f"plot {plot.example}" for plot in PLOTS.values()]
    every = add_command(commands, "plot", None, "plot an activation, a training, a boundary or a descent", examples)
    kinds = every.add_subparsers(title="plots", metavar="PLOT", required=True)
    for name, plot in PLOTS.items():
        made = add_command(kinds, name, partial(run_plot, plot), plot.purpose, [f"plot {plot.example}"])
        plot.add_arguments(made)
        made.add_argument("-o", "--output", required=plot.as_text is None, metavar="FILE",
                          help="png, svg or pdf by its suffix; - is the standard output, as SVG")  # fmt: skip


def run_plot(plot: Plot, options: argparse.Namespace) -> None:
    """Draw the plot and write it to the file of the options. Without matplotlib, its text is printed if it has one."""
    if options.output is None and plot.as_text:
        say(plot.as_text(options))
        return
    try:
        ax = axes_or_new(None, "", "", "")  # before any work is done, so that a missing matplotlib is noticed first
    except ImportError:
        if plot.as_text:
            say(plot.as_text(options))
        raise
    plot.draw(options, ax)
    write_output(options.output, partial(image, ax))


def add_name(command: CommandParser) -> None:
    command.add_argument("name", help="such as relu, tanh, elu, prelu, maxout, softmax")


def add_file(command: CommandParser) -> None:
    command.add_argument("file", metavar="FILE.csv", help="written by `backstep train --csv` or History.to_csv")


def add_file_and_epochs(command: CommandParser) -> None:
    add_file(command)
    command.add_argument("--epochs", type=whole, nargs="+", metavar="N", help="over depth, in these epochs")


def add_start(command: CommandParser) -> None:
    command.add_argument("expression", metavar="EXPR", help='such as "x**2" or "x**2 - y**2"')
    command.add_argument("values", nargs="*", metavar="name=start", help="where each variable starts: one or two")
    command.add_argument("--lr", type=real, action="append", help="step size (0.1); may be given several times")
    command.add_argument("--steps", type=whole, default=10, metavar="N", help="default: 10")


def draw_activation(options: argparse.Namespace, ax: Any) -> None:
    plot_activation(options.name, ax)


def draw_history(options: argparse.Namespace, ax: Any) -> None:
    plot_history(history_of(options), ax)


def history_of(options: argparse.Namespace) -> History:
    """The history in the file that was named. RuntimeError if it holds something else."""
    try:
        return History.from_csv(options.file)
    except ValueError as error:  # not a mistake in what was typed, but in the file
        raise RuntimeError(str(error)) from None


def history_as_text(options: argparse.Namespace) -> str:
    return chart(history_of(options).loss, "loss")


def draw_gradients(options: argparse.Namespace, ax: Any) -> None:
    plot_gradient_norms(history_of(options), ax, options.epochs)


def draw_boundary(options: argparse.Namespace, ax: Any) -> None:
    trained = train(options)
    plot_decision_boundary(trained.model, trained.X, trained.y, ax)


def draw_descent(options: argparse.Namespace, ax: Any) -> None:
    start = values_of(options.values)
    if len(start) not in (1, 2):
        raise UsageError(f"expected a start in one or two variables, as x=3 or x=3 y=1; got {len(start)}")

    def f(*place: Any) -> Any:
        return parse(options.expression, **dict(zip(start, place, strict=True)))

    point = tuple(start.values())
    rates = options.lr or [0.1]
    paths = {f"lr {rate:g}": descend(f, point if len(point) > 1 else point[0], rate, options.steps) for rate in rates}
    plot_descent(f, paths, ax)


PLOTS = {
    "activation": Plot("an activation and its derivative", add_name, draw_activation, "activation relu -o relu.png"),
    "history": Plot("loss and metrics over epochs; without -o as text", add_file, draw_history,
                    "history moons.csv -o loss.png", history_as_text),
    "gradients": Plot("the norm of each layer's gradient over epochs", add_file_and_epochs, draw_gradients,
                      "gradients moons.csv -o norms.png"),
    "boundary": Plot("train a small network and plot what it tells apart", add_training, draw_boundary,
                     "boundary moons --hidden 8 --optimizer adam --lr 0.05 --epochs 50 -o boundary.png"),
    "descent": Plot("gradient descent on a curve or a contour map", add_start, draw_descent,
                    'descent "x**2 + 10*y**2" x=3 y=1 --lr 0.09 -o descent.svg'),
}  # fmt: skip
