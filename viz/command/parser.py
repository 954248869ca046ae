"""The command line: what can be typed, and what happens when something goes wrong.

What the commands do is in expressions.py (step, quiz, draw, html), training.py and plots.py.
"""

import argparse
import os
import re
import sys
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from importlib.metadata import version
from typing import Any

from autograd import ExpressionError
from viz.command.expressions import run_draw, run_html, run_quiz, run_step
from viz.command.plots import PLOTS, run_plot
from viz.command.training import add_training, run_train
from viz.graph.styles import STYLES
from viz.terminal.console import UsageError, complain

EXAMPLES = """examples:
  backstep step "(x + y) * z" x=-2 y=5 z=-4
  backstep step "q = w*x + b; f = tanh(q)" w=2 x=0.5 b=-1 --latex
  backstep step -i "1/(1 + exp(-(w*x + b)))" w=2 x=-1 b=-3
  backstep quiz "(x + y) * z" x=-2 y=5 z=-4
  backstep draw "1/(1 + exp(-(w*x + b)))" w=2 x=-1 b=-3 -o circuit.svg
  backstep html "(x + y) * z" x=-2 y=5 z=-4 -o product.html
  backstep train xor --hidden 4 4 --activation relu --lr 0.1 --seed 3 --report --curve
  backstep train moons --hidden 8 --optimizer adam --lr 0.05 --epochs 50 --csv moons.csv
  backstep plot history moons.csv -o loss.png
  backstep plot boundary moons --hidden 8 --optimizer adam --lr 0.05 --epochs 50 -o boundary.png
  backstep plot activation relu -o relu.png
  backstep plot descent "x**2 + 10*y**2" x=3 y=1 --lr 0.09 -o descent.svg

An expression may use + - * / **, numbers, names, pi, and functions such as exp, log, tanh, relu, sigmoid, maximum;
`name = expression;` before it names an intermediate result.
"""
OF_EXPRESSIONS = (["step"], ["quiz"], ["draw"], ["html"], ["plot", "descent"])
OPTIONS_WITH_VALUE = {
    "-o", "--output", "--color", "--digits", "--precision", "--engine", "--style", "--rankdir", "--theme", "--lr",
    "--steps",
}  # fmt: skip

Run = Callable[[argparse.Namespace], None]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code: 0, 1 if it failed, 2 if it was misused, 130 after Ctrl-C."""
    tokens = list(sys.argv[1:] if arguments is None else arguments)
    for words in OF_EXPRESSIONS:
        if tokens[: len(words)] == words:
            tokens = [*words, *options_first(tokens[len(words) :])]
    options = parser().parse_args(tokens)
    if options.run is None:
        parser().print_help()
        return 2
    with warnings.catch_warnings():
        warnings.showwarning = lambda message, *_, **__: complain(f"warning: {message}")
        try:
            options.run(options)
            sys.stdout.flush()
            return 0
        except (UsageError, ExpressionError) as error:
            complain(str(error))
            return 2
        except BrokenPipeError:  # the reader, such as `head`, has seen enough; keep the interpreter's last flush quiet
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 1
        except (ArithmeticError, ImportError, OSError, RuntimeError, ValueError) as error:
            complain(str(error))
            return 1
        except KeyboardInterrupt:
            return 130


def options_first(tokens: list[str]) -> list[str]:
    """Options, then `--`, then the rest, so that an expression may begin with a minus and options stand anywhere."""
    options: list[str] = []
    rest: list[str] = []
    queue = iter(tokens)
    for token in queue:
        if token == "--":
            rest += queue
        elif re.fullmatch(r"-[hio]|--[a-z]+(=.*)?", token):
            options.append(token)
            if token in OPTIONS_WITH_VALUE:
                options += [value for value in [next(queue, None)] if value is not None]
        else:
            rest.append(token)
    return [*options, "--", *rest] if rest else options


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="backstep",
        description="See backprop: worked steps, quizzes, pictures of graphs, tiny networks and their plots.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"backstep {version('backstep')}")
    top.set_defaults(run=None)
    commands = top.add_subparsers(title="commands", metavar="COMMAND")

    step = command(commands, "step", run_step, "print the worked solution of an expression, or walk through it")
    add_expression(step)
    step.add_argument("-i", "--interactive", action="store_true", help="walk through it, forward and back, by keys")
    step.add_argument("--latex", action="store_true", help="print LaTeX (an align* environment) instead of text")
    step.add_argument("--color", choices=("auto", "always", "never"), default="auto", help="default: auto")

    quiz = command(commands, "quiz", run_quiz, "ask for what each use of a node receives on the way back")
    add_expression(quiz)
    quiz.add_argument("--totals", action="store_true", help="ask for the whole gradient of each node instead")

    picture = command(commands, "draw", run_draw, "draw the graph of an expression, with values and gradients")
    add_expression(picture)
    formats = "svg, png, pdf or gv by its suffix; - is the standard output, as SVG (default)"
    picture.add_argument("-o", "--output", default="-", metavar="FILE", help=formats)
    picture.add_argument("--engine", choices=("auto", "dot", "builtin"), default="auto",
                         help="auto: Graphviz's dot if it is installed, else our own layout (default)")  # fmt: skip
    picture.add_argument("--style", choices=tuple(STYLES), help="default: by size")
    picture.add_argument("--rankdir", choices=("LR", "TB"), default="LR", help="left to right (LR) or downwards (TB)")
    picture.add_argument("--theme", choices=("light", "dark"), default="light", help="default: light")

    page = command(commands, "html", run_html, "write a page that steps through the graph, forward and backward")
    add_expression(page)
    page.add_argument(
        "-o", "--output", required=True, metavar="FILE", help="such as step.html; - is the standard output"
    )

    train = command(commands, "train", run_train, "train a small network and print how it learns")
    add_training(train)
    train.add_argument("--curve", action="store_true", help="print the loss curve as a chart after training")
    train.add_argument("--report", action="store_true", help="print what the layers look like inside after training")
    train.add_argument("--save", metavar="FILE", help="save the weights to a .npz file")
    train.add_argument("--csv", metavar="FILE", help="save the history of training to a .csv file")

    plots = commands.add_parser("plot", help="plot an activation, a training, a boundary or a descent")
    add_plots(plots.add_subparsers(title="plots", metavar="PLOT", required=True))
    return top


def add_plots(plots: Any) -> None:
    """A command for each plot of the table."""
    for name, plot in PLOTS.items():
        made = command(plots, name, partial(run_plot, plot), plot.purpose)
        plot.add_arguments(made)
        made.add_argument("-o", "--output", required=plot.as_text is None, metavar="FILE",
                          help="png, svg or pdf by its suffix; - is the standard output, as SVG")  # fmt: skip


def command(commands: Any, name: str, run: Run, purpose: str) -> argparse.ArgumentParser:
    """A command's parser: `purpose` is its line in the list of commands, `run` what it does."""
    made: argparse.ArgumentParser = commands.add_parser(name, help=purpose, description=f"{purpose.capitalize()}.")
    made.set_defaults(run=run)
    return made


def add_expression(command: argparse.ArgumentParser) -> None:
    command.add_argument("expression", metavar="EXPR", help='such as "(x + y) * z"; it may begin with a minus')
    command.add_argument("values", nargs="*", metavar="name=value", help="the value of each variable")
    command.add_argument("--precision", "--digits", type=int, default=4, metavar="N", help="significant digits (4)")
