"""Arguments that several commands share: an expression with the values of its variables, numbers.

>>> values_of(["x=-2", "y=5"])
{'x': -2.0, 'y': 5.0}
"""

import argparse
import math
import re
import unicodedata
import warnings
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from runpy import run_path
from typing import Any, NoReturn

from autograd import ExpressionError, Value, parse
from autograd.registering import REGISTERED
from viz.terminal.console import UsageError, say

EXPECTED = "expected name=number, as x=-2 or c=1/3"
PAIR = re.compile(r"(?:^|(?<=[\s,;]))([^\W\d]\w*)\s*=(?!=)\s*")  # a name and its =

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
        options, unknown = super().parse_known_args(args, namespace)
        if unknown:
            meant = "".join(f" (did you mean {name}?)" for name in get_close_matches(unknown[0], self.takes_value, 1))
            self.error(f"unrecognized arguments: {' '.join(unknown)}{meant}")
        return options, unknown

    def print_help(self, file: Any = None) -> None:
        say(self.format_help().rstrip("\n"))

    def error(self, message: str) -> NoReturn:
        """Say what was wrong, with the name that may have been meant, and exit with code 2."""
        choice = re.search(r"invalid choice: '(.*?)' \(choose from (.*)\)", message)
        if choice:
            similar = get_close_matches(choice[1], re.findall(r"[\w-]+", choice[2]), 1, 0.5)
            message += "".join(f": did you mean {name}?" for name in similar)
        super().error(message)


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
    made.add_argument("--use", action="append", default=[], metavar="FILE.py",
                      help="a file of Python that registers operations of your own")  # fmt: skip
    return made


def use(path: str) -> None:
    """Run a file of Python that registers rows with `autograd.register`."""
    before = dict(REGISTERED)
    try:
        run_path(path)
    except OSError:
        raise
    except Exception as error:
        raise UsageError(f"{path} failed: {type(error).__name__}: {error}") from error
    if before == REGISTERED:
        raise UsageError(f"{path} registers nothing: write @autograd.register before a function")


def add_expression(command: CommandParser) -> None:
    """Add the arguments of a command that works on the graph of an expression."""
    command.add_argument("expression", metavar="EXPR", help='such as "(x + y) * z"; it may begin with a minus')
    command.add_argument("values", nargs="*", metavar="name=value", help="the value of each variable")
    command.add_argument("--precision", "--digits", type=whole, default=4, metavar="N", help="significant digits (4)")


def whole(text: str) -> int:
    """The type of an option that is a whole number."""
    try:
        return int(text)
    except ValueError:
        message = f"expected a whole number, as 300, several apart by spaces; got {text!r}"
        raise argparse.ArgumentTypeError(message) from None


def real(text: str) -> float:
    """The type of an option that is a number."""
    try:
        return number_of(text, "number")
    except UsageError:
        raise argparse.ArgumentTypeError(f"expected a number, as 0.1, 1e-3 or 1/3; got {text!r}") from None


def graph_of(options: argparse.Namespace) -> Value:
    """The graph of the expression at the values that were typed."""
    if not 1 <= options.precision <= 17:
        raise UsageError(f"--precision is from 1 to 17, got {options.precision}")
    graph = parse(options.expression, **values_of(options.values))
    if graph.op is None and not graph.name:
        raise UsageError(
            f"{options.expression!r} has no variables, so there is nothing to differentiate: "
            f'give a number a name, as "3*x" x=4'
        )
    return graph


def values_of(assignments: Sequence[str]) -> dict[str, float]:
    """The numbers by name that were typed as name=number; spaces around =, and commas between them, do no harm.

    >>> values_of(["c=1/3,", "a", "=", "1.5"])
    {'c': 0.3333333333333333, 'a': 1.5}
    """
    values: dict[str, float] = {}
    for name, text in pairs_of(assignments):
        number = number_of(text, name)
        if name in values:
            raise UsageError(f"{name} is given twice, as {values[name]:g} and {number:g}: leave one away")
        values[name] = number
    return values


def starts_of(assignments: Sequence[str]) -> list[dict[str, float]]:
    """The starts that were typed, each with a number for each name: a name that comes again begins the next one.

    >>> starts_of(["x=1", "y=0", "x=1", "y=0.5"])
    [{'x': 1.0, 'y': 0.0}, {'x': 1.0, 'y': 0.5}]
    """
    starts: list[dict[str, float]] = [{}]
    for name, text in pairs_of(assignments):
        if name in starts[-1]:
            starts.append({})
        starts[-1][name] = number_of(text, name)
    if any(start.keys() != starts[0].keys() for start in starts):
        written = "; ".join(" ".join(start) for start in starts)
        raise UsageError(f"expected the same variables in each start, as x=1 y=0 x=2 y=0; got {written}")
    return starts


def ranges_of(assignments: Sequence[str]) -> dict[str, tuple[float, float]]:
    """The ranges by name that were typed as name=low:high.

    >>> ranges_of(["x=-2:2", "y=0:1/2"])
    {'x': (-2.0, 2.0), 'y': (0.0, 0.5)}
    """
    ranges: dict[str, tuple[float, float]] = {}
    for name, text in pairs_of(assignments):
        low, colon, high = text.partition(":")
        if not colon:
            raise UsageError(f"expected a range as {name}=-2:2; got {name}={text}")
        ranges[name] = number_of(low.strip(), name), number_of(high.strip(), name)
        if not ranges[name][0] < ranges[name][1]:
            raise UsageError(f"expected a range from low to high, as {name}=-2:2; got {name}={text}")
    return ranges


def pairs_of(assignments: Sequence[str]) -> list[tuple[str, str]]:
    """The names that were typed, each with the text behind its =."""
    before, *pairs = PAIR.split(" ".join(assignments))
    if before.strip():
        raise UsageError(f"{EXPECTED}; got {before.strip()!r} (an expression with spaces stands in quotation marks)")
    names = [unicodedata.normalize("NFKC", name) for name in pairs[::2]]  # as Python reads names
    return [(name, text.strip().rstrip(",;")) for name, text in zip(names, pairs[1::2], strict=True)]


def number_of(text: str, name: str) -> float:
    """The number that was typed for a name: -2, 1e-3, 1/3, 2*pi, inf."""
    try:
        number = float(text)
    except ValueError:
        number = computed(text, name)
    if math.isinf(number) and "inf" not in text.lower():
        raise UsageError(
            f"{name}={text[:40]} is not finite: a number is at most 1.8e308; for infinity write {name}=inf"
        )
    return number


def computed(text: str, name: str) -> float:
    """The number that an expression without variables is."""
    if re.fullmatch(r"[-+]?\d+,\d+", text):
        raise UsageError(f"{EXPECTED}; got '{name}={text}': write {name}={text.replace(',', '.')}, with a point")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is not finite is refused by number_of
            number = parse(text).data
    except ExpressionError:
        raise UsageError(f"{EXPECTED}; got '{name}={text}'") from None
    if math.isnan(number):
        raise UsageError(f"{name}={text} is not a number; for nan write {name}=nan")
    return number
