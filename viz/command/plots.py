"""`backstep plot`: one table of plots. A plot stands here with its arguments and with the function that draws it.

`add` makes a command of each entry, so that a new plot is one more entry of the table.

>>> list(PLOTS)  # doctest: +NORMALIZE_WHITESPACE
['activation', 'history', 'gradients', 'data', 'perceptron', 'boundary', 'descent', 'newton', 'secants', 'convexity',
 'surface']
"""

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from nn import History, Perceptron
from nn.datasets import DATASETS, read_csv
from viz.command.arguments import CommandParser, Commands, add_command, whole
from viz.command.function_plots import (
    add_descent,
    add_point,
    add_ranges,
    add_start,
    draw_convexity,
    draw_descent,
    draw_newton,
    draw_secants,
    draw_surface,
)
from viz.command.learning import add_training, dataset_named
from viz.command.output import write_output
from viz.command.tables import add_columns, add_table, check_options, drawable, is_table, train_on_table
from viz.command.training import train
from viz.plots.activations import plot_activation
from viz.plots.axes import image, new_figure
from viz.plots.curves import plot_gradient_norms, plot_history
from viz.plots.planes import plot_data, plot_decision_boundary
from viz.terminal.chart import chart
from viz.terminal.console import say

WRITTEN_BY = "written by `backstep train --csv` or History.to_csv"


class Plot(NamedTuple):
    """A plot that the command draws.

    purpose        its line in the list of plots
    add_arguments  gives its parser the arguments
    draw           draws it as the options say, and returns matplotlib's axes
    example        what may be typed after `backstep plot`
    as_text        the plot as text, printed where no file is named; None where a file must be named
    """

    purpose: str
    add_arguments: Callable[[CommandParser], None]
    draw: Callable[[argparse.Namespace], Any]
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
        new_figure()  # before any work is done, so that a missing matplotlib is noticed first
    except ImportError:
        if plot.as_text:
            say(plot.as_text(options))
        raise
    write_output(options.output, partial(image, plot.draw(options)))


def add_names(command: CommandParser) -> None:
    command.add_argument("names", nargs="+", metavar="NAME", help="such as relu, tanh, elu, prelu, maxout, softmax")


def add_file_and_epochs(command: CommandParser) -> None:
    command.add_argument("file", metavar="FILE.csv", help=WRITTEN_BY)
    command.add_argument("--epochs", type=whole, nargs="+", metavar="N", help="over depth, in these epochs")


def add_files(command: CommandParser) -> None:
    command.add_argument("files", nargs="+", metavar="FILE.csv", help=WRITTEN_BY)


def add_dataset(command: CommandParser) -> None:
    command.add_argument("dataset", choices=sorted(DATASETS), help="which data")
    command.add_argument("--seed", type=whole, default=0, help="of the data (0)")


def draw_activation(options: argparse.Namespace) -> Any:
    return plot_activation(options.names if len(options.names) > 1 else options.names[0])


def draw_history(options: argparse.Namespace) -> Any:
    histories = {Path(file).stem: history_of(file) for file in options.files}
    return plot_history(histories if len(histories) > 1 else next(iter(histories.values())))


def history_of(file: str) -> History:
    """The history in the file that was named. RuntimeError if it holds something else."""
    try:
        return History.from_csv(file)
    except ValueError as error:  # not a mistake in what was typed, but in the file
        raise RuntimeError(str(error)) from None


def history_as_text(options: argparse.Namespace) -> str:
    return "\n\n".join(
        chart(history_of(file).loss, "loss" if len(options.files) == 1 else f"loss, {Path(file).stem}")
        for file in options.files
    )


def draw_gradients(options: argparse.Namespace) -> Any:
    return plot_gradient_norms(history_of(options.file), epochs=options.epochs)


def add_data(command: CommandParser) -> None:
    names = ", ".join(sorted(DATASETS))
    command.add_argument("dataset", help=f"which data: {names}, or a .csv file")
    command.add_argument("--seed", type=whole, default=0, help="of the data (0)")
    add_columns(command, "the two columns to show, or more for their principal components (all others)")


def draw_data(options: argparse.Namespace) -> Any:
    check_options(options)
    if is_table(options.dataset):
        table = read_csv(options.dataset, options.target, features=options.features)
        ax = plot_data(table.X, drawable(table, options.dataset), names=table.features)
    else:
        ax = plot_data(*dataset_named(options.dataset)(seed=options.seed))
    ax.set_title(Path(options.dataset).name, pad=28)
    return ax


def draw_perceptron(options: argparse.Namespace) -> Any:
    X, y = DATASETS[options.dataset](seed=options.seed)
    perceptron = Perceptron(2).fit(X, y)
    ax = plot_decision_boundary(perceptron.centre(X), X, y, resolution=400)
    ax.set_title(f"a perceptron on {options.dataset}: {perceptron.errors[-1]} mistakes in its last epoch", pad=28)
    return ax


def add_boundary(command: CommandParser) -> None:
    add_training(command)
    add_table(command)
    purpose = "the two columns to show, the others held at their means (the principal components)"
    command.add_argument("--along", nargs=2, metavar="COLUMN", help=purpose)


def draw_boundary(options: argparse.Namespace) -> Any:
    check_options(options)
    if is_table(options.dataset):
        model, table, *_ = train_on_table(options)
        return plot_decision_boundary(model, table.X, drawable(table, options.dataset), features=options.along)
    trained = train(options)
    return plot_decision_boundary(trained.model, trained.X, trained.y)


PLOTS = {
    "activation": Plot("an activation and its derivative, or several", add_names, draw_activation,
                       "activation sigmoid tanh relu -o activations.png"),
    "history": Plot("loss and metrics over epochs; without -o as text", add_files, draw_history,
                    "history moons.csv -o loss.png", history_as_text),
    "gradients": Plot("the norm of each layer's gradient over epochs", add_file_and_epochs, draw_gradients,
                      "gradients moons.csv -o norms.png"),
    "data": Plot("the points of a data set, or of a .csv file", add_data, draw_data, "data moons -o moons.png"),
    "perceptron": Plot("train a perceptron and plot the line that it finds", add_dataset, draw_perceptron,
                       "perceptron nand -o nand.png"),
    "boundary": Plot("train a small network and plot what it tells apart", add_boundary, draw_boundary,
                     "boundary moons --hidden 8 --optimizer adam --lr 0.05 --epochs 50 -o boundary.png"),
    "descent": Plot("gradient descent on a curve or a contour map", add_descent, draw_descent,
                    'descent "x**2" x=3 --lr 0.4 --lr 0.6 --lr 1.2 --steps 6 -o descent.svg'),
    "newton": Plot("Newton's method on a curve or a contour map", add_start, draw_newton,
                   'newton "x**4 - 3*x**2 + x" x=2 -o newton.png'),
    "secants": Plot("secants of a curve that tend to its tangent", add_point, draw_secants,
                    'secants "x**2" x=2 -o secants.png'),
    "convexity": Plot("whether a curve is convex, by its chords", add_ranges, draw_convexity,
                      'convexity "x**4 - 3*x**2 + x" x=-2:2 -o chord.png'),
    "surface": Plot("a function of two variables in space", add_ranges, draw_surface,
                    'surface "x**2 - y**2" x=-2:2 y=-2:2 -o saddle.png'),
}  # fmt: skip
