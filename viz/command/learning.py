"""The arguments that training takes on the command line, and what they mean, for data sets and for tables alike.

>>> optimizer_options(argparse.Namespace(momentum=0.9, nesterov=None))
{'momentum': 0.9}
>>> network_options(argparse.Namespace(batch_norm=True, dropout=0.0, hidden=[8]))
{'batch_norm': True, 'dropout': 0.0}
"""

import argparse
from collections.abc import Callable
from typing import Any

import numpy as np

from nn import History, Module, Report
from nn.datasets import DATASETS, Dataset
from nn.optim import OPTIMIZERS
from nn.registry import unknown
from viz.command.arguments import CommandParser, real, whole
from viz.terminal.console import UsageError, broken, say

COLUMNS = 79  # of a report


def add_training(command: CommandParser) -> None:
    """Add the arguments of a command that trains a network."""
    names = ", ".join(sorted(DATASETS))
    command.add_argument("dataset", help=f"what is to be learned: {names}, or a .csv file")
    command.add_argument("--hidden", type=whole, nargs="+", default=[8], metavar="N", help="sizes of hidden layers (8)")
    command.add_argument("--linear", action="store_const", const=[], dest="hidden", help="no hidden layer")
    command.add_argument("--activation", default="tanh", help="of the hidden layers (tanh)")
    command.add_argument("--init", default="lecun_uniform", metavar="RULE", help="of first weights (lecun_uniform)")
    command.add_argument("--batch-norm", action="store_true", help="normalise each hidden layer's sums over the batch")
    command.add_argument("--dropout", type=real, default=0.0, metavar="P", help="drop hidden units, each with P (0)")
    losses = ("binary_cross_entropy", "mse_loss", "hinge_loss")
    command.add_argument("--loss", choices=losses, help=f"default: {losses[0]}; a .csv file has its own")
    command.add_argument("--optimizer", choices=sorted(OPTIMIZERS), help="default: sgd; adam for a .csv file")
    command.add_argument("--lr", type=real, help="learning rate (1.0; 0.05 for a .csv file)")
    command.add_argument("--momentum", type=real, help="of sgd (0)")
    command.add_argument("--nesterov", action="store_const", const=True, help="take sgd's momentum Nesterov's way")
    command.add_argument("--l2", type=real, default=0.0, metavar="STRENGTH", help="a penalty on squared weights (0)")
    command.add_argument("--clip", type=real, metavar="NORM", help="the highest norm of the gradient in an update")
    command.add_argument("--epochs", type=whole, default=300, help="passes over all samples (300)")
    command.add_argument("--batch-size", type=whole, metavar="N", help="samples for each update (all)")
    command.add_argument("--seed", type=whole, default=0, help="of data and first weights (0)")
    command.add_argument("--every", type=whole, default=50, metavar="N", help="print the loss every N epochs (50)")


def check_numbers(options: argparse.Namespace) -> None:
    """UsageError if a number that was typed has no meaning."""
    for name in ("hidden", "epochs", "batch_size", "every"):
        given = getattr(options, name)
        if given not in (None, []) and np.min(given) < 1:
            numbers = " ".join(map(str, np.atleast_1d(given)))
            remedy = "; --linear is a network without hidden layers" if name == "hidden" else ""
            raise UsageError(f"--{name.replace('_', '-')} is 1 or more, got {numbers}{remedy}")


def dataset_named(name: str) -> Callable[..., Dataset]:
    """The function that makes this data set. UsageError with the names there are."""
    if name not in DATASETS:
        raise UsageError(str(unknown("data set", name, DATASETS, "a file of your own ends in .csv")))
    return DATASETS[name]


def network_options(options: argparse.Namespace) -> dict[str, Any]:
    """The options typed for the hidden layers. UsageError if they have no meaning."""
    if not 0.0 <= options.dropout < 1.0:
        raise UsageError(f"--dropout is a probability, from 0 to below 1, got {options.dropout:g}")
    typed = [name for name, given in (("--batch-norm", options.batch_norm), ("--dropout", options.dropout)) if given]
    if typed and not options.hidden:
        raise UsageError(f"{' and '.join(typed)} belong to hidden layers, and --linear has none: leave out one of them")
    return {"batch_norm": options.batch_norm, "dropout": options.dropout}


def check_batches(options: argparse.Namespace, rows: int) -> None:
    """UsageError if batch norm would meet a batch of one row, which has no spread."""
    size = min(options.batch_size or rows, rows)
    if options.batch_norm and (rows - 1) % size == 0:
        raise UsageError(
            f"--batch-norm needs 2 rows or more in each batch, but {rows} rows in batches of {size} leave one alone: "
            f"take another --batch-size"
        )


def optimizer_options(options: argparse.Namespace) -> dict[str, Any]:
    """The options typed for the optimiser beside its rate."""
    given = {"momentum": options.momentum, "nesterov": options.nesterov}
    return {name: value for name, value in given.items() if value is not None}


def say_report(report: Report) -> None:
    """Print the table and the findings of a report."""
    say("\n".join(["", *(part for line in report.table().splitlines() for part in broken(line, COLUMNS))]))


def shown_by(options: argparse.Namespace) -> Callable[[int, History, Module], None]:
    """A callback of `fit` that prints the losses every so many epochs."""

    def show(epoch: int, history: History, model: Module) -> None:
        if epoch % options.every == 0 or epoch == options.epochs - 1:
            validation = f"  validation {history.validation[-1]:.6f}" if history.validation else ""
            say(f"epoch {epoch:5d}  loss {history.loss[-1]:.6f}{validation}")

    return show
