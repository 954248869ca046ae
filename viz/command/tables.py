"""`backstep train FILE.csv`: train on one's own data; and `backstep predict`, which uses what was saved then.

The rows are parted: on some the network trains, others tell when to end, the last ones tell how good it is.

>>> is_table("flowers.csv"), is_table("moons")
(True, False)
"""

import argparse
import csv
import io
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from nn import EarlyStopping, History
from nn.tables import Table, is_number, read_csv, split
from nn.training.table_model import TableModel, confusion
from viz.command.arguments import CommandParser, Commands, add_command, whole
from viz.command.learning import check_batches, check_numbers, network_options, optimizer_options, say_report, shown_by
from viz.command.output import write_output
from viz.terminal.chart import chart
from viz.terminal.console import UsageError, say

HELD = 0.2  # the share of the rows that tells how good the network is; of the others as many tell when to end


def add(commands: Commands) -> None:
    """Add the command of this family."""
    examples = ("predict flowers.npz new.csv", "predict flowers.npz new.csv -o answers.csv")
    command = add_command(
        commands, "predict", run_predict, "predict with a network that `train FILE.csv --save` has saved", examples
    )
    command.add_argument("model", metavar="MODEL.npz", help="written by `backstep train FILE.csv --save`")
    command.add_argument("file", metavar="FILE.csv", help="the rows; its first line names the columns")
    command.add_argument("-o", "--output", metavar="FILE", help="write the rows with the predictions here")


def add_table(command: CommandParser) -> None:
    """Add the arguments of `train` that only a .csv file has."""
    of_files = add_columns(command, "what to predict from (all other columns)")
    of_files.add_argument("--numbers", action="store_const", const=True,
                          help="the target is a number, not a class, though it has few different values")  # fmt: skip
    of_files.add_argument("--patience", type=whole, metavar="N",
                          help="end when the loss on held-out rows has not fallen for N epochs (30)")  # fmt: skip


def add_columns(command: CommandParser, features: str) -> Any:
    """Add the arguments that choose columns of a .csv file, with what `features` are for; returns their group."""
    group = command.add_argument_group("for a .csv file")
    group.add_argument("--target", metavar="COLUMN", help="the column of classes, or of numbers (the last column)")
    group.add_argument("--features", nargs="+", metavar="COLUMN", help=features)
    return group


def is_table(name: str) -> bool:
    """Whether this names a file with a table."""
    return Path(name).suffix.lower() in (".csv", ".tsv")


def check_options(options: argparse.Namespace) -> None:
    """UsageError if an option was typed that has no meaning for a file, or none for a data set."""
    if is_table(options.dataset):
        names, why = ["loss"], "a .csv file has its own loss: cross-entropy, or for numbers the mean squared error"
    else:
        names, why = (
            ["target", "features", "numbers", "patience", "along"],
            f"it is for .csv files; {options.dataset} is none",
        )
    for name in names:
        if getattr(options, name, None) is not None:
            raise UsageError(f"leave out --{name}: {why}")


class TrainedTable(NamedTuple):
    """A model after training, with the whole table, and the rows that it has not seen."""

    model: TableModel
    table: Table
    history: History
    X_test: np.ndarray
    y_test: np.ndarray


def train_on_table(options: argparse.Namespace) -> TrainedTable:
    """Train on the file that was named."""
    check_numbers(options)
    data = read_csv(options.dataset, options.target, features=options.features, numbers=bool(options.numbers))
    if len(data.X) < 5:
        raise UsageError(
            f"{options.dataset} has {len(data.X)} rows: 5 or more are needed to train, to end, and to judge"
        )
    X, X_test, y, y_test = split(data.X, data.y, share=HELD, seed=options.seed)
    X, X_check, y, y_check = split(X, y, share=HELD, seed=options.seed)
    check_batches(options, len(X))
    model = TableModel(
        data.features, data.target, data.classes, options.hidden, options.activation, options.init, options.seed,
        **network_options(options),
    )  # fmt: skip
    kind = f"{len(model.classes)} classes" if model.classes else "numbers"
    if model.classes and all(map(is_number, model.classes)):
        kind += " (--numbers if they are amounts)"
    say(f"{options.dataset}: {len(data.X)} rows of {len(data.features)} features; {data.target}, {kind}")
    say(f"{len(X)} rows to train, {len(X_check)} to end, {len(X_test)} to judge")
    say(repr(model.network))
    patience = 30 if options.patience is None else options.patience
    history = model.fit(
        X, y, optimizer=options.optimizer or "adam", lr=0.05 if options.lr is None else options.lr,
        optimizer_options=optimizer_options(options), epochs=options.epochs, batch_size=options.batch_size,
        seed=options.seed, l2=options.l2, clip_norm=options.clip, validation=(X_check, y_check),
        callbacks=[shown_by(options), EarlyStopping(patience, restore_best=True)],
    )  # fmt: skip
    say(str(history))
    return TrainedTable(model, data, history, X_test, y_test)


def drawable(table: Table, name: str) -> list[str]:
    """The name of each row's class. UsageError where a plane of points in classes cannot be drawn of the file."""
    if table.classes is None or table.y is None:
        raise UsageError(
            f"{name}: {table.target} is a number, and points are coloured by class; "
            f"name a column of classes with --target"
        )
    if len(table.features) < 2:
        raise UsageError(f"{name}: {table.features[0]} is the only feature, and a plane needs two")
    return [table.classes[place] for place in table.y]


def train_table(options: argparse.Namespace) -> None:
    """Train on the file that was named, and tell how good the network is on rows that it has not seen."""
    model, _, history, X_test, y_test = train_on_table(options)
    if options.save:
        model.save(options.save)
    if options.csv:
        history.to_csv(options.csv)
    if options.curve:
        say(f"\n{chart(history.loss, 'loss')}")
    if options.report:
        say_report(model.network.report(history.last_loss()))
    say(f"\n{judged(model, X_test, y_test)}")
    if history.stopped.startswith("interrupted"):
        raise KeyboardInterrupt


def judged(model: TableModel, X: np.ndarray, y: np.ndarray) -> str:
    """The quality of the predictions for rows that training has not seen."""
    predicted = model.predict(X)
    if model.classes is None:
        error = float(np.mean(np.abs(np.subtract(predicted, y))))
        usual = float(np.mean(np.abs(y - model.target_scaling.mean[0])))
        return (
            f"mean absolute error on {len(y)} rows not seen in training: {error:.4g} "
            f"({usual:.4g} if the mean were predicted)"
        )
    actual = [model.classes[place] for place in y]
    right = sum(a == p for a, p in zip(actual, predicted, strict=True))
    table = confusion(model.classes, actual, predicted)
    return f"{table}\n{right} of {len(y)} rows not seen in training are right"


def run_predict(options: argparse.Namespace) -> None:
    model = TableModel.load(options.model)
    table = read_csv(options.file, "", features=model.features)
    text = predictions_of(model, table)
    if options.output is None:
        say(text.rstrip("\n"))
    else:
        write_output(options.output, lambda _: text.encode())


def predictions_of(model: TableModel, table: Table) -> str:
    """The rows with what is predicted for each, as a .csv file; for classes with the probability."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    predicted = model.predict(table.X)
    if model.classes is None:
        writer.writerow([*table.features, model.target])
        writer.writerows([*row, f"{number:.6g}"] for row, number in zip(table.cells, predicted, strict=True))
        return written.getvalue()
    writer.writerow([*table.features, model.target, "probability"])
    likeliest = model.predict_proba(table.X).max(axis=1)
    for row, name, probability in zip(table.cells, predicted, likeliest, strict=True):
        writer.writerow([*row, name, f"{probability:.4f}"])
    return written.getvalue()
