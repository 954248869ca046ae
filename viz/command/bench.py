"""The commands of the learner's bench: `backstep check` says what is wrong with gradients worked out by hand, `backstep
mistake` runs the same graph with the classic bugs of engines, `backstep worksheet` and `practice` give exercises.

>>> import argparse
>>> run_check(argparse.Namespace(expression="x * y", values=["x=2", "y=-3", "d:x=3", "d:y=2"], precision=4, show=False))
∂f/∂x = 3: wrong. Likely the sign is wrong
∂f/∂y = 2: right
"""

import argparse
import re

from autograd import Term
from autograd.bench.checking import check_by_hand
from autograd.bench.exercises import LEVELS
from autograd.bench.mistakes import BUGS, mistakes
from viz.command.arguments import CommandParser, Commands, add_command, add_expression, graph_of, real, whole
from viz.command.output import write_output
from viz.sheets.worksheet import worksheet
from viz.terminal.console import UsageError, say, say_in_columns
from viz.terminal.practice import practice

MOST_EXERCISES = 100  # of a sheet
ANSWER = re.compile(r"d:\s*([^\W\d]\w*)\s*=\s*(\S+)")


def add(commands: Commands) -> None:
    """Add the commands of this family."""
    add_check(commands)
    add_mistake(commands)
    add_worksheet(commands)
    add_practice(commands)


def add_check(commands: Commands) -> None:
    purpose = "check gradients that were worked out by hand, and name the mistake"
    examples = ['check "(x + y) * z" x=-2 y=5 z=-4 d:x=-4 d:y=4']
    check = add_command(commands, "check", run_check, purpose, examples)
    add_expression(check)
    check.add_argument("--show", action="store_true", help="say what the wrong ones are")


def run_check(options: argparse.Namespace) -> None:
    typed = " ".join(options.values)
    answers = dict(ANSWER.findall(typed))
    if not answers:
        raise UsageError("expected your gradients too, as d:x=-4 d:y=1/4 after the values of the variables")
    options.values = [ANSWER.sub("", typed)]
    try:
        verdicts = check_by_hand(graph_of(options), answers)
    except KeyError as error:
        raise UsageError(str(error.args[0])) from None
    for verdict in verdicts:
        shown = f" ({verdict.derivative} = {Term.number(verdict.expected, options.precision)})"
        say_in_columns(f"{verdict}{shown if options.show and not verdict.right else ''}")


def add_mistake(commands: Commands) -> None:
    purpose = "differentiate with a classic bug, beside the right gradients"
    examples = ['mistake "q = x + y; q * x" x=3 y=-1', 'mistake "b = a + a; b + b" a=1 --bug depth_first']
    mistake = add_command(commands, "mistake", run_mistake, purpose, examples)
    add_expression(mistake)
    mistake.add_argument("--bug", choices=list(BUGS), help="this one alone (default: all)")
    mistake.add_argument("--rate", type=real, default=0.1, help="rate of the descent (0.1)")


def run_mistake(options: argparse.Namespace) -> None:
    cases = mistakes(graph_of(options), options.rate)
    chosen = [cases[options.bug]] if options.bug else [case for case in cases.values() if case.first is not None]
    say("\n\n".join(map(str, chosen)))
    unseen = [case.name for case in cases.values() if case.first is None]
    if unseen and not options.bug:
        say(f"\nThis graph does not show {', '.join(unseen)}.")


def add_worksheet(commands: Commands) -> None:
    purpose = "write a sheet of exercises to print, with solutions on pages of their own"
    examples = ["worksheet --level 3 --count 8 --seed 7 -o sheet.html", "worksheet --level 5 -o sheet.tex"]
    sheet = add_command(commands, "worksheet", run_worksheet, purpose, examples)
    add_level(sheet)
    sheet.add_argument("--count", type=whole, default=8, metavar="N", help="how many exercises (8)")
    sheet.add_argument("-o", "--output", required=True, metavar="FILE", help="a .html or .tex file")


def add_level(command: CommandParser) -> None:
    """Add the options that choose exercises."""
    levels = ", ".join(f"{level} {told}" for level, told in LEVELS.items())
    command.add_argument("--level", type=whole, choices=list(LEVELS), default=1, help=f"{levels} (1)")
    command.add_argument("--seed", type=whole, default=0, metavar="N", help="the same exercises for the same seed (0)")


def run_worksheet(options: argparse.Namespace) -> None:
    if not 1 <= options.count <= MOST_EXERCISES:
        raise UsageError(f"--count is from 1 to {MOST_EXERCISES}, got {options.count}")
    write_output(options.output, worksheet(options.level, options.count, options.seed).render)


def add_practice(commands: Commands) -> None:
    purpose = "ask exercises in the terminal; the level rises as answers come right"
    command = add_command(commands, "practice", run_practice, purpose, ["practice", "practice --level 3 --seed 1"])
    add_level(command)


def run_practice(options: argparse.Namespace) -> None:
    practice(options.level, options.seed)
