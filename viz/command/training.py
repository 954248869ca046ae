"""`backstep train`: train a small network on a data set, print how it learns and what it has learned.

>>> typed = argparse.Namespace(dataset="and", hidden=[2], activation="tanh", loss="mse_loss", optimizer="sgd", lr=1.0,
...                            epochs=5, batch_size=None, seed=0, every=4, init="lecun_uniform", l2=0.0,
...                            clip=None, momentum=None, nesterov=None, batch_norm=False, dropout=0.0)
>>> trained = train(typed)
MLP(2, [2, 1]): 2 -> 2 tanh -> 1 sigmoid, 9 parameters
epoch     0  loss 0.248884
epoch     4  loss 0.219925
"""

import argparse
from pathlib import Path
from typing import NamedTuple

import numpy as np

from autograd.files import refuse_unwritable
from nn import MLP, History, fit, save
from nn.losses import loss_function, penalised
from nn.optim import optimizer_named
from nn.saving import npz_path
from viz.command.arguments import Commands, add_command
from viz.command.learning import (
    add_training,
    check_batches,
    check_numbers,
    dataset_named,
    network_options,
    optimizer_options,
    say_report,
    shown_by,
)
from viz.command.tables import add_table, check_options, is_table, train_table
from viz.terminal.chart import chart
from viz.terminal.console import UsageError, say


def add(commands: Commands) -> None:
    """Add the command of this family."""
    examples = (
        "train xor --hidden 4 4 --activation relu --lr 0.1 --seed 3 --report --curve",
        "train moons --hidden 8 --optimizer adam --lr 0.05 --epochs 50 --csv moons.csv",
        "train flowers.csv --target species --save flowers.npz",
    )
    command = add_command(commands, "train", run_train, "train a small network and print how it learns", examples)
    add_training(command)
    command.add_argument("--curve", action="store_true", help="print the loss curve as a chart after training")
    command.add_argument("--report", action="store_true", help="print what the layers look like inside after training")
    command.add_argument("--save", metavar="FILE", help="save the weights to a .npz file")
    command.add_argument("--csv", metavar="FILE", help="save the history of training to a .csv file")
    add_table(command)


class Trained(NamedTuple):
    """A model after training, with its data: targets are the classes y, or -1 and 1 for the hinge loss."""

    model: MLP
    X: np.ndarray
    y: np.ndarray
    targets: np.ndarray
    history: History


def train(options: argparse.Namespace) -> Trained:
    """Train the model that was asked for; Ctrl-C ends it early and keeps the model."""
    check_numbers(options)
    X, y = dataset_named(options.dataset)(seed=options.seed)
    check_batches(options, len(X))
    hinge = loss_name(options) == "hinge_loss"
    try:
        output = "linear" if hinge else "sigmoid"
        model = MLP(
            2, [*options.hidden, 1], options.activation, output, options.seed, options.init, **network_options(options)
        )
        rule = optimizer_named(
            options.optimizer or "sgd", model.parameters(), 1.0 if options.lr is None else options.lr,
            **optimizer_options(options),
        )  # fmt: skip
    except ValueError as error:
        raise UsageError(str(error)) from None
    say(repr(model))
    targets = 2 * y - 1 if hinge else y
    history = fit(model, X, targets, loss=penalised(loss_name(options), model, options.l2), optimizer=rule,
                  epochs=options.epochs, batch_size=options.batch_size, seed=options.seed, clip_norm=options.clip,
                  callbacks=[shown_by(options)])  # fmt: skip
    return Trained(model, X, y, targets, history)


def loss_name(options: argparse.Namespace) -> str:
    """The loss for a data set: the one that was typed, or binary cross-entropy."""
    return options.loss or "binary_cross_entropy"


def run_train(options: argparse.Namespace) -> None:
    check_options(options)
    # What could not be written after the training is told before it.
    try:
        outputs = [npz_path(options.save)] if options.save else []
    except ValueError as error:
        raise UsageError(str(error)) from None
    for path in [*outputs, *([Path(options.csv)] if options.csv else [])]:
        refuse_unwritable(path)
    if is_table(options.dataset):
        train_table(options)
        return
    model, X, y, targets, history = train(options)
    if options.save:
        save(model, options.save)
    if options.csv:
        history.to_csv(options.csv)
    if options.curve:
        say(f"\n{chart(history.loss, 'loss')}")
    if options.report:
        say_report(model.report(loss_function(loss_name(options))(model(X), targets)))
    if history.stopped:
        raise KeyboardInterrupt
    predictions = model.eval()(X)
    middle = 0.0 if loss_name(options) == "hinge_loss" else 0.5
    right = [(p > middle) == bool(t) for p, t in zip(predictions, y, strict=True)]
    if len(y) == 4:
        say("\nx1 x2  target  prediction")
        for (x1, x2), target, p, good in zip(X, y, predictions, right, strict=True):
            say(f" {x1:.0f}  {x2:.0f}       {target}      {p:.4f}{'' if good else '  wrong'}")
    say(f"{sum(right)} of {len(y)} right")
