"""What several commands share: the shape of a command, an expression with the values of its variables, numbers.

>>> values_of(["x=-2", "y=5"])
{'x': -2.0, 'y': 5.0}
"""

import argparse
import re
from collections.abc import Callable, Sequence
from typing import Any

from autograd import Value, parse
from viz.terminal.console import UsageError

Run = Callable[[argparse.Namespace], None]
Commands = Any  # what argparse's add_subparsers returns; it has no public name


class CommandParser(argparse.ArgumentParser):
    """The parser of one command. If the command takes an expression, that may begin with a minus."""

    def __init__(self, **settings: Any) -> None:
        self.takes_value: dict[str, bool] = {}  # each option, and whether a value follows it
        self.takes_expression = False
        super().__init__(**settings, allow_abbrev=False)

    def add_argument(self, *names: str, **how: Any) -> argparse.Action:
        action = super().add_argument(*names, **how)
        self.takes_value |= dict.fromkeys(action.option_strings, action.nargs != 0)
        self.takes_expression |= action.dest == "expression"
        return action

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        if args is not None and self.takes_expression:
            args = options_first(args, self.takes_value)
        return super().parse_known_args(args, namespace)


def options_first(tokens: Sequence[str], takes_value: dict[str, bool]) -> list[str]:
    """Options, then `--`, then the rest, so that an expression may begin with a minus and options stand anywhere.

    >>> options_first(["-x*y", "x=1", "--digits", "3"], {"--digits": True})
    ['--digits', '3', '--', '-x*y', 'x=1']
    """
    options: list[str] = []
    rest: list[str] = []
    queue = iter(tokens)
    for token in queue:
        if token == "--":
            rest += queue
        elif token in takes_value or re.fullmatch(r"--[a-z][a-z-]*(=.*)?", token, re.DOTALL):
            options.append(token)
            if takes_value.get(token):
                options += [value for value in [next(queue, None)] if value is not None]
        else:
            rest.append(token)
    return [*options, "--", *rest] if rest else options


def add_command(commands: Commands, name: str, run: Run | None, purpose: str, examples: Sequence[str]) -> CommandParser:
    """Add a command: `purpose` is its line in the list of commands, `run` is called with what was typed.

    `run` is None where another word must follow, as after `plot`. An example is what may be typed after `backstep`.
    """
    sentence = f"{purpose[0].upper()}{purpose[1:]}."
    made: CommandParser = commands.add_parser(
        name,
        help=purpose,
        description=sentence,
        epilog="\n".join(["examples:", *(f"  backstep {example}" for example in examples)]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.set_defaults(run=run)
    return made


def add_expression(command: CommandParser) -> None:
    """Add the arguments of a command that works on the graph of an expression."""
    command.add_argument("expression", metavar="EXPR", help='such as "(x + y) * z"; it may begin with a minus')
    command.add_argument("values", nargs="*", metavar="name=value", help="the value of each variable")
    command.add_argument("--precision", "--digits", type=int, default=4, metavar="N", help="significant digits (4)")


def graph_of(options: argparse.Namespace) -> Value:
    """The graph of the expression at the values that were typed."""
    if not 1 <= options.precision <= 17:
        raise UsageError(f"--precision is from 1 to 17, got {options.precision}")
    return parse(options.expression, **values_of(options.values))


def values_of(assignments: Sequence[str]) -> dict[str, float]:
    """The numbers by name that were typed as name=number."""
    values: dict[str, float] = {}
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        name = name.strip()
        try:
            if not equals or not name.isidentifier():
                raise ValueError
            number = float(text)
        except ValueError:
            raise UsageError(f"expected name=number, as x=-2; got {assignment!r}") from None
        if name in values:
            raise UsageError(f"{name} is given twice, as {values[name]:g} and {number:g}: leave one away")
        values[name] = number
    return values
