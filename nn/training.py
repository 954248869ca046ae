"""`fit`: the loop of training, with everything one wants to know of it kept in a History.

What it does for each batch is what a learner writes by hand:

    optimizer.zero_grad()
    loss = loss_function(model(batch), targets)
    loss.backward()
    optimizer.step()
"""

import csv
import math
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

import numpy as np

from autograd import Value
from autograd.order import describe, topological_order
from nn.losses import Loss, flat, loss_function
from nn.module import Module
from nn.optim import Optimizer


@dataclass
class History:
    """What happened in each epoch.

    loss         the training loss, before the epoch's update (with mini-batches: the mean over the epoch's samples)
    validation   the loss on the validation data after the epoch, if there is any
    metrics      for each metric its value on the training data, before the update, by name
    gradients    for each layer the norm of the gradient of its parameters, by the prefix of its keys
    seconds      how long the epoch took
    stopped      why training ended early: "" if it did not
    """

    loss: list[float] = field(default_factory=list)
    validation: list[float] = field(default_factory=list)
    metrics: dict[str, list[float]] = field(default_factory=dict)
    gradients: dict[str, list[float]] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    stopped: str = ""

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """One line for each epoch: epoch, loss, validation, seconds, metrics, and each layer's gradient norm."""
        columns = {"loss": self.loss, "validation": self.validation, "seconds": self.seconds}
        columns |= self.metrics
        columns |= {f"gradient {key}": norms for key, norms in self.gradients.items()}
        used = {name: column for name, column in columns.items() if column}
        with open(path, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["epoch", *used])
            writer.writerows([epoch, *row] for epoch, row in enumerate(zip(*used.values(), strict=False)))


Callback = Callable[[int, History, Module], Any]


class EarlyStopping:
    """A callback that ends training when the loss (of validation, if any) has not fallen for `patience` epochs."""

    def __init__(self, patience: int = 10, min_delta: float = 0.0) -> None:
        self.patience, self.min_delta = patience, min_delta
        self.best, self.waited = math.inf, 0

    def __call__(self, epoch: int, history: History, model: Module) -> bool:
        latest = (history.validation or history.loss)[-1]
        self.waited = 0 if latest < self.best - self.min_delta else self.waited + 1
        self.best = min(self.best, latest)
        return self.waited >= self.patience


def fit(
    model: Module,
    X: Any,
    y: Any,
    *,
    loss: str | Loss,
    optimizer: Optimizer,
    epochs: int,
    batch_size: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    validation: tuple[Any, Any] | None = None,
    callbacks: Sequence[Callback] = (),
    metrics: Mapping[str, Callable[[Any, Any], float]] | None = None,
    schedule: Callable[[int], float] | None = None,
    progress: bool | int = False,
) -> History:
    """Train a model on the rows of X with targets y, (m,) or (m, 1); returns the History.

    batch_size  rows for each update; None is all of them, 1 is online. shuffle and seed order them anew in each epoch
    validation  (X, y) on which the loss is taken after each epoch, in eval mode
    callbacks   called after each epoch with (epoch, history, model); one that returns True ends training
    metrics     functions of (predictions, targets) by name, such as {"accuracy": accuracy}
    schedule    a factor on the learning rate for each epoch
    progress    True: a bar, if tqdm is installed, else ten lines; a number: a line for so many epochs

    Ctrl-C ends training and keeps the model. A loss that is not finite is a FloatingPointError that names the epoch and
    the first node that was not finite, and the model gets back the weights of the last finite loss.
    """
    rows, targets = [list(row) for row in X], list(y)
    if len(rows) != len(targets) or not rows:
        raise ValueError(f"expected a target for each row, got {len(rows)} rows and {len(targets)} targets")
    if epochs < 0 or (batch_size is not None and batch_size < 1):
        raise ValueError(f"expected epochs of 0 or more and a batch_size of 1 or more, got {epochs} and {batch_size}")
    loss_of = loss_function(loss)
    history, base_rate = History(), optimizer.lr
    random, order = np.random.RandomState(seed), np.arange(len(rows))
    size = len(rows) if batch_size is None else min(batch_size, len(rows))
    show, parameters, layers = reporter(progress, epochs), model.parameters(), parameters_by_layer(model)
    good = [p.data for p in parameters]  # at the latest loss that was finite
    model.train()
    try:
        for epoch in range(epochs):
            start = time.perf_counter()
            optimizer.lr = base_rate * (schedule(epoch) if schedule else 1.0)
            if shuffle and size < len(rows):
                random.shuffle(order)
            total, measured = 0.0, dict.fromkeys(metrics or {}, 0.0)
            for first in range(0, len(rows), size):
                chosen = order[first : first + size]
                optimizer.zero_grad()
                predictions, wanted = model([rows[i] for i in chosen]), [targets[i] for i in chosen]
                batch_loss = loss_of(predictions, wanted)
                if not math.isfinite(batch_loss.data):
                    culprit = first_not_finite(batch_loss)
                    for p, number in zip(parameters, good, strict=True):
                        p.data = number
                    raise FloatingPointError(
                        f"the loss is {batch_loss.data} in epoch {epoch}; the first value that is not finite is "
                        f"{culprit}. The last good weights are restored; a smaller learning rate "
                        f"than {optimizer.lr:g} may help"
                    )
                good = [p.data for p in parameters]
                total += batch_loss.data * len(chosen)
                for name, metric in (metrics or {}).items():
                    measured[name] += metric(predictions, wanted) * len(chosen)
                batch_loss.backward()
                optimizer.step()
            history.loss.append(total / len(rows))
            for name, value in measured.items():
                history.metrics.setdefault(name, []).append(value / len(rows))
            for layer, values in layers.items():
                history.gradients.setdefault(layer, []).append(math.hypot(*(p.grad or 0.0 for p in values)))
            model._kept = batch_loss  # with its graph, which model.report() reads
            if validation is not None:
                model.eval()
                history.validation.append(loss_of(model(list(validation[0])), list(validation[1])).data)
                model.train()
            history.seconds.append(time.perf_counter() - start)
            show(epoch, history)
            if sum(callback(epoch, history, model) is True for callback in callbacks):  # all are called
                history.stopped = f"a callback ended training after epoch {epoch}"
                break
    except KeyboardInterrupt:
        history.stopped = f"interrupted in epoch {len(history.loss)}"
    finally:
        optimizer.lr = base_rate
        show(None, history)
    return history


def parameters_by_layer(model: Module) -> dict[str, list[Value]]:
    """The parameters of each layer, by the prefix of their keys."""
    layers: dict[str, list[Value]] = {}
    for key, array in model.arrays().items():
        layers.setdefault(key.rpartition(".")[0] or key, []).extend(array.flat)
    return layers


def accuracy(predictions: Any, targets: Any) -> float:
    """The share of predictions that are right: a row's largest output is its class; one output is 1 above a half."""
    right = []
    for prediction, target in zip(predictions, targets, strict=True):
        outputs = flat(prediction)
        chosen = int(outputs[0] > 0.5) if len(outputs) == 1 else max(range(len(outputs)), key=outputs.__getitem__)
        wanted = flat(target)
        right.append(chosen == (wanted[0] if len(wanted) == 1 else max(range(len(wanted)), key=wanted.__getitem__)))
    return sum(right) / len(right)


def first_not_finite(loss: Value) -> str:
    """The first node, in forward order, that is nan or inf."""
    return next(describe(node) for node in topological_order(loss) if not math.isfinite(node.data))


def reporter(progress: bool | int, epochs: int) -> Callable[[int | None, History], None]:
    """What shows progress after each epoch, and is called with None at the end."""
    if progress is True and find_spec("tqdm") is not None:
        from tqdm import tqdm  # the optional extra `progress`

        bar = tqdm(total=epochs, unit="epoch")

        def advance(epoch: int | None, history: History) -> None:
            if epoch is None:
                bar.close()
            else:
                bar.set_postfix(loss=f"{history.loss[-1]:.6g}", refresh=False)
                bar.update()

        return advance
    every = max(1, epochs // 10) if progress is True else int(progress)

    def line(epoch: int | None, history: History) -> None:
        if every and epoch is not None and (epoch % every == 0 or epoch == epochs - 1):
            print(f"epoch {epoch:5d}  loss {history.loss[-1]:.6f}")

    return line
