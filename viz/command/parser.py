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
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import Any

from autograd import __version__
from viz.command.arguments import CommandParser, use
from viz.terminal.console import UsageError, close_broken_streams, complain, flush, say

# Each command, and the file of this folder that says its options and what it does. Only the file of the command that
# was typed is imported, so that `backstep step` need not wait for what `backstep train` needs.
COMMANDS = {
    "step": "steps",
    "quiz": "steps",
    "routes": "steps",
    "check": "bench",
    "mistake": "bench",
    "worksheet": "bench",
    "practice": "bench",
    "derivative": "rules",
    "rules": "rules",
    "export": "programs",
    "draw": "pictures",
    "html": "pictures",
    "train": "training",
    "predict": "tables",
    "plot": "plots",
}
NOTE = """
An expression may use + - * / **, numbers, names, pi, and functions such as exp, log, tanh, relu, sigmoid, maximum;
`name = expression;` before it names an intermediate result.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code.

    0    it was done
    1    it could not be done: a file, a program that is not installed, a training whose numbers left all bounds
    2    what was typed must be changed
    130  Ctrl-C
    """
    with warnings.catch_warnings():
        warnings.showwarning = lambda message, *_, **__: complain(f"warning: {message}")
        try:
            code = run(list(sys.argv[1:] if arguments is None else arguments))
            flush(sys.stdout)
            return code
        except BrokenPipeError:  # the reader, such as `head`, has seen enough
            return 1
        except (UsageError, ValueError) as error:
            complain(str(error))
            return 2
        except (ArithmeticError, ImportError, OSError, RuntimeError, Warning) as error:
            complain(reason(error))
            return 1
        except MemoryError:
            complain("there is not enough memory for this: try smaller sizes")
            return 1
        except KeyboardInterrupt:
            return 130
        finally:
            close_broken_streams()


def run(tokens: Sequence[str]) -> int:
    """Run the command that was typed; returns the exit code."""
    families = [COMMANDS[tokens[0]]] if tokens and tokens[0] in COMMANDS else dict.fromkeys(COMMANDS.values())
    parser = parser_of(families)
    try:
        options = parser.parse_args(tokens)
    except SystemExit as error:  # argparse has printed the help, or has said what is wrong
        return int(error.code or 0)
    if options.version:
        say(f"backstep {__version__}")
        return 0
    if options.run is None:
        parser.print_help()
        return 2
    for path in options.use:
        use(path)
    options.run(options)
    return 0


def reason(error: Exception) -> str:
    """The message of an error; of a stream, whose errors name no file, it says that it is one."""
    if isinstance(error, OSError) and error.strerror and error.filename is None:
        return f"nothing more could be written: {error.strerror}"
    if isinstance(error, FileNotFoundError) and error.filename is not None:
        path = Path(os.fsdecode(error.filename))
        if not path.parent.is_dir():
            return f"No such file: {path}; there is no folder {path.parent}"
        similar = get_close_matches(path.name, sorted(other.name for other in path.parent.iterdir()), 1)
        return f"No such file: {path}" + "".join(f"; did you mean {path.with_name(name)}?" for name in similar)
    return str(error)


def parser_of(families: Iterable[str]) -> argparse.ArgumentParser:
    """The parser of the whole command line, with the commands of these families."""
    top = CommandParser(
        prog="backstep",
        description="See backprop: worked steps, quizzes, pictures of graphs, tiny networks and their plots.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="store_true", help="print the version")
    top.set_defaults(run=None)
    commands: Any = top.add_subparsers(title="commands", metavar="COMMAND")
    for family in families:
        import_module(f"viz.command.{family}").add(commands)
    examples = [command.epilog.removeprefix("examples:\n") for command in commands.choices.values()]
    top.epilog = "\n".join(["examples:", *examples, NOTE])
    return top
