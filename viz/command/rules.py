"""The commands that show derivatives as formulas: `backstep derivative` and `backstep rules`, the table of all rules.

>>> import argparse
>>> run_derivative(argparse.Namespace(expression="x**2 * y", by=["x"], latex=False))
2 * x * y
>>> run_rules(argparse.Namespace(names=["tanh"], markdown=False))
row   f        ∂f/∂x, ∂f/∂y, …  defined for  by convention
tanh  tanh(x)  1 - f²           all numbers
"""

import argparse
from difflib import get_close_matches

from autograd import derivative
from autograd.manual import markdown, table
from autograd.registering import all_rows
from viz.command.arguments import Commands, add_command
from viz.terminal.console import UsageError, say


def add(commands: Commands) -> None:
    """Add the commands of this family."""
    examples = ['derivative "x**2 * sin(x)" x', 'derivative "exp(-x**2)" x x --latex']
    purpose = "print the derivative of an expression as a formula"
    command = add_command(commands, "derivative", run_derivative, purpose, examples)
    command.add_argument("expression", metavar="EXPR", help='such as "x**2 * sin(x)"; it may begin with a minus')
    command.add_argument("by", nargs="+", metavar="VARIABLE", help="by which variable; several: one after the other")
    command.add_argument("--latex", action="store_true", help="print LaTeX instead of text")

    examples = ["rules", "rules tanh sigmoid", "rules --markdown"]
    command = add_command(commands, "rules", run_rules, "print the table of all operations and derivatives", examples)
    command.add_argument("names", nargs="*", metavar="NAME", help="rows of the table; without a name all of them")
    command.add_argument("--markdown", action="store_true", help="as a table of Markdown")


def run_derivative(options: argparse.Namespace) -> None:
    found = derivative(options.expression, *options.by)
    say(found.latex if options.latex else str(found))


def run_rules(options: argparse.Namespace) -> None:
    known = all_rows()
    for name in options.names:
        if name not in known:
            similar = "".join(f": did you mean {meant}?" for meant in get_close_matches(name, known, 1))
            raise UsageError(f"the table has no operation {name!r}{similar or '; `backstep rules` prints them all'}")
    rows = [known[name] for name in options.names or known]
    say(markdown(rows) if options.markdown else table(rows))
