"""The commands of the learner's bench: `backstep check` says what is wrong with gradients worked out by hand.

>>> import argparse
>>> run_check(argparse.Namespace(expression="x * y", values=["x=2", "y=-3", "d:x=3", "d:y=2"], precision=4, show=False))
∂f/∂x = 3: wrong. Likely the sign is wrong
∂f/∂y = 2: right
"""

import argparse
import re

from autograd import Term
from autograd.bench.checking import check_by_hand
from viz.command.arguments import Commands, add_command, add_expression, graph_of
from viz.terminal.console import UsageError, say_in_columns

ANSWER = re.compile(r"d:\s*([^\W\d]\w*)\s*=\s*(\S+)")


def add(commands: Commands) -> None:
    """Add the commands of this family."""
    add_check(commands)


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
