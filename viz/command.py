"""The command line: `backstep step`, `backstep draw`, `backstep train`."""

import argparse
import os
import re
import sys
import warnings
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from autograd import ExpressionError, Value, explain, parse
from autograd.notation import plain
from nn import MLP, History, Module, fit, save
from nn.datasets import DATASETS
from nn.files import write_file
from nn.losses import loss_function
from nn.optim import OPTIMIZERS, optimizer_named
from viz.drawing import draw

EXAMPLES = """examples:
  backstep step "(x + y) * z" x=-2 y=5 z=-4
  backstep step "q = w*x + b; f = tanh(q)" w=2 x=0.5 b=-1 --latex
  backstep draw "1/(1 + exp(-(w*x + b)))" w=2 x=-1 b=-3 -o circuit.svg
  backstep train xor --hidden 4 4 --activation relu --lr 0.1 --seed 3 --report
  backstep train moons --hidden 8 --optimizer adam --lr 0.05 --epochs 50 --csv moons.csv

An expression may use + - * / **, numbers, names, pi, and functions such as exp, log, tanh, relu, sigmoid, maximum;
`name = expression;` before it names an intermediate result.
"""
BOLD, GREEN, ORANGE, PLAIN = "\033[1m", "\033[32m", "\033[33m", "\033[0m"
OPTIONS_WITH_VALUE = {"-o", "--output", "--color", "--digits", "--engine"}


class UsageError(Exception):
    """What was typed cannot be meant: exit code 2."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code: 0, 1 if it failed, 2 if it was misused, 130 after Ctrl-C."""
    tokens = list(sys.argv[1:] if arguments is None else arguments)
    if tokens and tokens[0] in ("step", "draw"):
        tokens = [tokens[0], *options_first(tokens[1:])]
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
        except (ArithmeticError, OSError, RuntimeError, ValueError) as error:
            complain(str(error))
            return 1
        except KeyboardInterrupt:
            return 130


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="backstep",
        description="See backprop: worked steps, pictures of graphs, tiny networks.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"backstep {version('backstep')}")
    top.set_defaults(run=None)
    commands = top.add_subparsers(title="commands", metavar="COMMAND")

    step = commands.add_parser("step", help="print the worked solution of an expression")
    add_expression(step)
    step.add_argument("--latex", action="store_true", help="print LaTeX (an align* environment) instead of text")
    step.add_argument("--color", choices=("auto", "always", "never"), default="auto", help="default: auto")
    step.set_defaults(run=run_step)

    picture = commands.add_parser("draw", help="draw the graph of an expression, with values and gradients")
    add_expression(picture)
    formats = "svg, png, pdf or gv by its suffix; - is the standard output, as SVG (default)"
    picture.add_argument("-o", "--output", default="-", metavar="FILE", help=formats)
    picture.add_argument("--engine", choices=("auto", "dot", "builtin"), default="auto",
                         help="auto: Graphviz's dot if it is installed, else our own layout (default)")  # fmt: skip
    picture.set_defaults(run=run_draw)

    train = commands.add_parser("train", help="train a small network and print how it learns")
    train.add_argument("dataset", choices=sorted(DATASETS), help="what is to be learned")
    train.add_argument("--hidden", type=int, nargs="+", default=[8], metavar="N", help="sizes of hidden layers (8)")
    train.add_argument("--activation", default="tanh", help="of the hidden layers (tanh)")
    losses = ("binary_cross_entropy", "mse_loss", "hinge_loss")
    train.add_argument("--loss", choices=losses, default=losses[0], help=f"default: {losses[0]}")
    train.add_argument("--optimizer", choices=sorted(OPTIMIZERS), default="sgd", help="default: sgd")
    train.add_argument("--lr", type=float, default=1.0, help="learning rate (1.0)")
    train.add_argument("--epochs", type=int, default=300, help="passes over all samples (300)")
    train.add_argument("--batch-size", type=int, metavar="N", help="samples for each update (all)")
    train.add_argument("--seed", type=int, default=0, help="of data and first weights (0)")
    train.add_argument("--every", type=int, default=50, metavar="N", help="print the loss every N epochs (50)")
    train.add_argument("--report", action="store_true", help="print what the layers look like inside after training")
    train.add_argument("--save", metavar="FILE", help="save the weights to a .npz file")
    train.add_argument("--csv", metavar="FILE", help="save the history of training to a .csv file")
    train.set_defaults(run=run_train)
    return top


def add_expression(command: argparse.ArgumentParser) -> None:
    command.add_argument("expression", metavar="EXPR", help='such as "(x + y) * z"; it may begin with a minus')
    command.add_argument("values", nargs="*", metavar="name=value", help="the value of each variable")
    command.add_argument("--digits", type=int, default=4, metavar="N", help="significant digits (4)")


def options_first(tokens: list[str]) -> list[str]:
    """Options, then `--`, then the rest, so that an expression may begin with a minus and options stand anywhere."""
    options: list[str] = []
    rest: list[str] = []
    queue = iter(tokens)
    for token in queue:
        if token == "--":
            rest += queue
        elif re.fullmatch(r"-[ho]|--[a-z]+(=.*)?", token):
            options.append(token)
            if token in OPTIONS_WITH_VALUE:
                options += [value for value in [next(queue, None)] if value is not None]
        else:
            rest.append(token)
    return [*options, "--", *rest] if rest else options


def graph_of(options: argparse.Namespace) -> Value:
    """The graph of the expression and the values that were typed."""
    if not 1 <= options.digits <= 17:
        raise UsageError(f"--digits is from 1 to 17, got {options.digits}")
    values = {}
    for assignment in options.values:
        name, equals, text = assignment.partition("=")
        try:
            if not equals or not name.strip().isidentifier():
                raise ValueError
            values[name.strip()] = float(text)
        except ValueError:
            raise UsageError(f"expected name=number, as x=-2; got {assignment!r}") from None
    return parse(options.expression, **values)


def run_step(options: argparse.Namespace) -> None:
    explanation = explain(graph_of(options), options.digits)
    if options.latex:
        say(explanation.latex())
        return
    colour = wants_colour(options.color)
    forward = False
    for line in explanation.lines():
        forward = line == "Forward" or (forward and line.startswith(" "))
        say(coloured(line, GREEN if forward else ORANGE) if colour else line)


def run_draw(options: argparse.Namespace) -> None:
    output = graph_of(options)
    output.backward()
    drawing = draw(output, options.digits, options.engine)
    if options.output == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(drawing.render("svg"))
    else:
        path = Path(options.output)
        write_file(path, drawing.render(path.suffix.lower().removeprefix(".")))


def run_train(options: argparse.Namespace) -> None:
    if min(options.epochs, options.every, options.batch_size or 1, *options.hidden) < 1:
        raise UsageError("--hidden, --epochs, --batch-size and --every are 1 or more")
    X, y = DATASETS[options.dataset](options.seed)
    hinge = options.loss == "hinge_loss"
    try:
        output = "linear" if hinge else "sigmoid"
        model = MLP(2, [*options.hidden, 1], options.activation, output, seed=options.seed)
        optimizer = optimizer_named(options.optimizer, model.parameters(), options.lr)
    except ValueError as error:
        raise UsageError(str(error)) from None
    say(repr(model))

    def show(epoch: int, history: History, model: Module) -> None:
        if epoch % options.every == 0 or epoch == options.epochs - 1:
            say(f"epoch {epoch:5d}  loss {history.loss[-1]:.6f}")

    targets = 2 * y - 1 if hinge else y
    history = fit(model, X, targets, loss=options.loss, optimizer=optimizer, epochs=options.epochs,
                  batch_size=options.batch_size, seed=options.seed, callbacks=[show])  # fmt: skip
    if options.save:
        save(model, options.save)
    if options.csv:
        history.to_csv(options.csv)
    if options.report:
        optimizer.zero_grad()
        loss = loss_function(options.loss)(model(X), targets)
        loss.backward()
        say(f"\n{model.report().table()}")
    if history.stopped:
        raise KeyboardInterrupt
    predictions = model.eval()(X)
    middle = 0.0 if hinge else 0.5
    right = [(p > middle) == bool(t) for p, t in zip(predictions, y, strict=True)]
    if len(y) == 4:
        say("\nx1 x2  target  prediction")
        for (x1, x2), target, p, good in zip(X, y, predictions, right, strict=True):
            say(f" {x1:.0f}  {x2:.0f}       {target}      {p:.4f}{'' if good else '  wrong'}")
    say(f"{sum(right)} of {len(y)} right")


def wants_colour(choice: str) -> bool:
    """--color, else NO_COLOR and FORCE_COLOR, else whether the output is a terminal that knows colours."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def coloured(line: str, colour: str) -> str:
    """A heading bold, else the result of the line (what stands after its last =) in colour."""
    if not line.startswith(" "):
        return f"{BOLD}{line}{PLAIN}"
    return re.sub(r"= ([^=]*?)(  \(use .*)?$", rf"= {colour}\1{PLAIN}\2", line)


def say(text: str) -> None:
    """Print to the standard output, in ASCII signs where its encoding carries no others."""
    print(for_stream(text, sys.stdout))


def complain(text: str) -> None:
    print(for_stream(f"backstep: {text}", sys.stderr), file=sys.stderr)


def for_stream(text: str, stream: Any) -> str:
    encoding = getattr(stream, "encoding", None) or "utf-8"
    try:
        "∂×²√Σ…".encode(encoding)
    except (UnicodeEncodeError, LookupError):
        text = plain(text)
    return text.encode(encoding, "backslashreplace").decode(encoding)
