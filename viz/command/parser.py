"""The registry of commands, and `main`, which runs the one that was typed and turns errors into exit codes.

>>> main(["step", "x * 2", "x=3", "--digits", "2"])
Forward
  f = x * 2 = 3 * 2 = 6
Backward: each use of a node adds upstream × local
  ∂f/∂f = 1
  ∂f/∂x += ∂f/∂f × ∂(x * 2)/∂x = 1 × 2 = 2
Gradients
  ∂f/∂x = 2
0
"""

import argparse
import os
import sys
import warnings
from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import Any

from autograd import ExpressionError, __version__
from viz.command.arguments import CommandParser
from viz.terminal.console import UsageError, complain

# Each command, and the file of this folder that says its options and what it does. Only the file of the command that
# was typed is imported, so that `backstep step` need not wait for what `backstep train` needs.
COMMANDS = {
    "step": "steps",
    "quiz": "steps",
    "draw": "pictures",
    "html": "pictures",
    "train": "training",
    "plot": "plots",
}
NOTE = """
An expression may use + - * / **, numbers, names, pi, and functions such as exp, log, tanh, relu, sigmoid, maximum;
`name = expression;` before it names an intermediate result.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code: 0, 1 if it failed, 2 if it was misused, 130 after Ctrl-C."""
    tokens = list(sys.argv[1:] if arguments is None else arguments)
    families = [COMMANDS[tokens[0]]] if tokens and tokens[0] in COMMANDS else list(dict.fromkeys(COMMANDS.values()))
    parser = parser_of(families)
    options = parser.parse_args(tokens)
    if options.run is None:
        parser.print_help()
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


def parser_of(families: Iterable[str]) -> argparse.ArgumentParser:
    """The parser of the whole command line, with the commands of these families."""
    top = CommandParser(
        prog="backstep",
        description="See backprop: worked steps, quizzes, pictures of graphs, tiny networks and their plots.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"backstep {__version__}")
    top.set_defaults(run=None)
    commands: Any = top.add_subparsers(title="commands", metavar="COMMAND")
    for family in families:
        import_module(f"viz.command.{family}").add(commands)
    examples = [command.epilog.removeprefix("examples:\n") for command in commands.choices.values()]
    top.epilog = "\n".join(["examples:", *examples, NOTE])
    return top
