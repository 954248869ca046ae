"""`History`: the losses, metrics and gradients of each epoch of training.

`fit` returns one. It can be drawn (`viz.plots`), written to a CSV file, and read again from it.

>>> history = History(loss=[0.98, 0.25, 0.0007])
>>> history
3 epochs, loss 0.98 → 0.0007
>>> history.loss[-1]
0.0007
"""

import csv
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Self

from autograd import Value
from autograd.notation import for_output, number
from nn.training.last_batch import LastBatch

# The name of a column: "gradient layer 2 (3)" with a layer's number, "gradient (1)" where there is none; else its key.
GRADIENT = re.compile(r"gradient (?:(?:layer (\d+) )?\((.*)\)|(.*))")


class Lines(list[str]):
    """Lines of text, printed one below the other."""

    def __repr__(self) -> str:
        return "\n".join(self)


@dataclass(repr=False)
class History:
    """Lists with a number for each epoch. It prints as one line.

    loss         the training loss, before the epoch's update (with mini-batches: the mean over the epoch's samples)
    validation   the loss on the validation data after the epoch, if there is any
    metrics      for each metric its value on the training data, before the update, by name
    gradients    for each layer the norm of the gradient of its parameters, by the prefix of its keys
    seconds      how long the epoch took
    stopped      why training ended early: "" if it did not
    layers       the number of each layer, 1, 2, ..., by the prefix of its keys; a batch norm or a PReLU has none
    engine       which engine ran: what was recorded, why it was recorded anew, why the eager pass took over
    """

    loss: list[float] = field(default_factory=list)
    validation: list[float] = field(default_factory=list)
    metrics: dict[str, list[float]] = field(default_factory=dict)
    gradients: dict[str, list[float]] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    stopped: str = ""
    engine: Lines = field(default_factory=Lines)
    layers: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.loss, self.validation, self.seconds = map(plain_numbers, (self.loss, self.validation, self.seconds))
        self.metrics = {name: plain_numbers(numbers) for name, numbers in self.metrics.items()}
        self.gradients = {name: plain_numbers(numbers) for name, numbers in self.gradients.items()}
        self._last_batch: LastBatch | None = None  # set by `fit`

    def __repr__(self) -> str:
        count = len(self.loss)
        parts = [f"{count} epoch{'' if count == 1 else 's'}"]
        for name, numbers in {"loss": self.loss, "validation": self.validation, **self.metrics}.items():
            if numbers:
                parts.append(f"{name} {number(numbers[0], 3)} → {number(numbers[-1], 3)}")
        if self.stopped:
            parts.append(f"stopped early: {self.stopped}")
        return for_output(", ".join(parts))

    def labels(self) -> dict[str, str]:
        """For people, the name of each entry of `gradients`: "layer 1 (0)", with the prefix of its keys beside.

        A History made by hand does not know which entries are layers: it numbers them all.
        """
        numbers = self.layers or {key: i + 1 for i, key in enumerate(self.gradients)}
        return {key: f"layer {numbers[key]} ({key})" if key in numbers else f"({key})" for key in self.gradients}

    def columns(self) -> dict[str, list[float]]:
        """The columns of a table with a row for each epoch, by name; a layer's column bears its number."""
        columns = {"loss": self.loss, "validation": self.validation, "seconds": self.seconds, **self.metrics}
        labels = self.labels() if self.layers else {}
        columns |= {f"gradient {labels.get(key, key)}": norms for key, norms in self.gradients.items()}
        return {name: column for name, column in columns.items() if column}

    def last_loss(self) -> Value:
        """The loss of the last batch as a graph, for `model.report(loss)` and `viz.draw(loss, model=model)`.

        It is built anew at the weights that the model has now, in the mode of training; buffers and random generators
        stay as they are. So it differs from `history.loss[-1]`, which was taken before the last update (and which is a
        mean over all batches of the epoch). RuntimeError for a History that was copied, loaded or made by hand: it has
        no model and no data.
        """
        if self._last_batch is None:
            raise RuntimeError(
                "this History holds no model and no data, for it was copied, loaded or made by hand: only the one that "
                "nn.fit returns does. Build the loss yourself: loss = nn.mse_loss(model(X), y)"
            )
        return self._last_batch.loss()

    def __getstate__(self) -> dict[str, Any]:
        """For copies and pickles: all but model and data."""
        return vars(self) | {"_last_batch": None}

    def extend(self, more: "History") -> None:
        """Add what happened in later epochs."""
        self.loss += plain_numbers(more.loss)
        self.seconds += plain_numbers(more.seconds)
        for own, others in ((self.metrics, more.metrics), (self.gradients, more.gradients)):
            for name, numbers in others.items():
                own.setdefault(name, []).extend(plain_numbers(numbers))

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """One line for each epoch: epoch, loss, validation, seconds, metrics, and each layer's gradient norm."""
        used = self.columns()
        with open(path, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["epoch", *used])
            writer.writerows([epoch, *row] for epoch, row in enumerate(zip(*used.values(), strict=False)))

    @classmethod
    def from_csv(cls, path: str | os.PathLike[str]) -> Self:
        """The History in a file that `to_csv` wrote. ValueError that names the file if it is none."""
        history = cls()
        try:
            with open(path, newline="", encoding="utf-8") as file:
                rows = list(csv.DictReader(file))
            for name in rows[0]:
                numbers = [float(row[name]) for row in rows]
                if name in ("loss", "validation", "seconds"):
                    getattr(history, name).extend(numbers)
                elif gradient := GRADIENT.fullmatch(name):
                    layer, numbered, plain = gradient.groups()
                    key = plain if numbered is None else numbered
                    history.gradients[key] = numbers
                    if layer:
                        history.layers[key] = int(layer)
                elif name != "epoch":
                    history.metrics[name] = numbers
            if not history.loss:
                raise ValueError
        except (IndexError, TypeError, ValueError):
            message = f"{path} is no history of training: expected what History.to_csv or `backstep train --csv` writes"
            raise ValueError(message) from None
        return history


def plain_numbers(numbers: Iterable[Any]) -> list[float]:
    """Numbers of NumPy and Values as Python's floats."""
    return [float(x.data if isinstance(x, Value) else x) for x in numbers]
