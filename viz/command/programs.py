"""The command that writes programs: `backstep export`.

>>> import argparse
>>> typed = {"expression": "x * y", "values": [], "to": "javascript", "name": "area", "output": None}
>>> run_export(argparse.Namespace(**typed))
function area(x, y) {
  const t1 = x * y;
  return t1;
}
<BLANKLINE>
<BLANKLINE>
function value_and_grad(x, y) {
  const t1 = x * y;
  return [t1, [y, x]];
}
"""

import argparse

from autograd.exporting.writer import NAMES, export
from viz.command.arguments import Commands, add_command, values_of
from viz.command.output import write_output
from viz.terminal.console import say


def add(commands: Commands) -> None:
    """Add the command of this family."""
    examples = ['export "tanh(w*x + b)" --to pytorch', 'export "(x + y) * z" --to c -o f.c']
    purpose = "write an expression and its gradients as a program of another language"
    command = add_command(commands, "export", run_export, purpose, examples)
    command.add_argument("expression", metavar="EXPR", help='such as "(x + y) * z"; it may begin with a minus')
    command.add_argument("values", nargs="*", metavar="name=value", help="not needed: the program takes them")
    command.add_argument("--to", choices=NAMES, default="python", help="the language (python)")
    command.add_argument("--name", default="f", help="the name of the function (f)")
    command.add_argument("-o", "--output", metavar="FILE", help="a file for the program; else it is printed")


def run_export(options: argparse.Namespace) -> None:
    values_of(options.values)
    text = export(options.expression, options.to, options.name)
    if options.output is None:
        say(text.rstrip("\n"))
    else:
        write_output(options.output, lambda _: text.encode())
