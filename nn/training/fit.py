"""`fit`: the loop of training, with everything one wants to know of it kept in a History.

>>> from nn import MLP, SGD
>>> model = MLP(1, [1], output="linear", seed=0)
>>> history = fit(model, [[0.0], [1.0]], [1.0, 3.0], loss="mse_loss", optimizer=SGD(model.parameters(), 0.5), epochs=99)
>>> round(model([2.0]).data, 2)
5.0

What it does for each batch is what a learner writes by hand:

    optimizer.zero_grad()
    loss = loss_function(model(batch), targets)
    loss.backward()
    optimizer.step()
"""

import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from autograd import Value
from autograd.bench.anomaly import is_detecting
from autograd.ieee import silent
from autograd.structure import leaves, rebuild
from autograd.tape.engines import check_name
from autograd.tape.guards import NotRecordable
from autograd.tape.readers import is_stateless
from nn.losses import Loss, flat, loss_function
from nn.module import Module
from nn.optim import Optimizer
from nn.sums import layer_numbers
from nn.training.callbacks import Callback, call_at, checked_callbacks, reason_to_stop
from nn.training.checked import CheckedEpochs
from nn.training.display import display
from nn.training.eager import EagerEpochs
from nn.training.history import History
from nn.training.last_batch import LastBatch
from nn.training.predictor import Predictor, predictor
from nn.training.rate import Rate
from nn.training.taped import TapeEpochs

FEW = 50  # updates: recording would take longer


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
    clip_norm: float | None = None,
    clip_value: float | None = None,
    progress: bool | int = False,
    engine: str = "auto",
) -> History:
    """Train a model on the rows of X with targets y, (m,) or (m, 1); returns the History.

    loss        a name, or a function of the predictions and the targets of a batch, two lists, that returns one Value
    batch_size  rows for each update; None is all of them, 1 is online. shuffle and seed order them anew in each epoch
    validation  (X, y) on which the loss is taken after each epoch, in eval mode
    callbacks   called after each epoch with (epoch, history, model); True, or a text that says why, ends training. They
                may change anything. A rate that they set, `optimizer.lr *= 0.5`, is the new base rate, also afterwards
    metrics     functions of (predictions, targets) by name, such as {"accuracy": accuracy}
    schedule    a factor on the base rate for each epoch
    clip_norm   the highest norm of all gradients together in an update; clip_value the highest of each, taken first
    progress    True: a bar, if tqdm is installed, else ten lines; a number: a line for so many epochs
    engine      "eager": a graph of Values for each batch. "numpy", "native": the same on tape, recorded once ("native"
                needs the extra `fast`). "auto": a tape where that is likely to be faster. Results differ by rounding
                only: sums over samples are taken in another order. Where a tape is not known to be the program, the
                eager pass runs, and `history.engine` says why; "numpy" and "native" warn then. "check": both in each
                epoch, from the same state; the first difference is an error, and training goes on from eager

    Ctrl-C ends training and keeps the model. A loss that is not finite is a FloatingPointError that names the epoch and
    the first node that was not finite, and the model gets back the weights of the last finite loss.
    """
    check_arguments(model, optimizer, epochs=epochs, batch_size=batch_size, seed=seed)
    if schedule is not None and not callable(schedule):
        raise TypeError(f"schedule is a function of the epoch, as nn.step_decay(10, 0.5); got {schedule!r}")
    if validation is not None and not (isinstance(validation, Sequence) and len(validation) == 2):
        raise TypeError(f"validation is a pair of rows and targets, as (X, y); got {type(validation).__name__}")
    rows, targets = samples_of(X, y)
    size = len(rows) if batch_size is None else min(batch_size, len(rows))
    loss_of, metrics, callbacks = loss_function(loss), checked_metrics(metrics), checked_callbacks(callbacks)
    model.train()
    eager = EagerEpochs(model, rows, targets, loss_of, optimizer, size, metrics)
    order = Order(len(rows), shuffle and size < len(rows), seed)
    rate = Rate(optimizer, schedule)
    history, show = History(engine=eager.notes, layers=layer_numbers(model)), display(progress, epochs)
    with optimizer.clipping(clip_norm, clip_value):
        call_at("begin", callbacks, model)
        try:
            watched = bool(validation or callbacks or metrics or (schedule and not is_stateless(schedule)))
            training = chosen_engine(engine, eager, epochs, not watched)
            predict = predictor(model) if isinstance(training, TapeEpochs) and validation else None
            while len(history.loss) < epochs and not history.stopped:
                first = len(history.loss)
                some = range(first, min(first + training.at_once, epochs))
                history.extend(training.run(first, order.of_epochs(len(some)), rate.of_epochs(some)))
                if validation is not None:
                    history.validation.append(loss_in_eval_mode(model, loss_of, *validation, predict))
                for epoch in range(first, len(history.loss)):
                    show(epoch, history)
                if callbacks:
                    try:
                        history.stopped = reason_to_stop(callbacks, first, history, model)
                    finally:
                        rate.notice_change()
                    eager.look_at_model()
        except KeyboardInterrupt:
            history.stopped = f"interrupted in epoch {len(history.loss)}"
        finally:
            rate.restore()
            if history.loss:
                last = order.last_batch(size)
                history._last_batch = LastBatch(model, loss_of, [rows[i] for i in last], [targets[i] for i in last])
            show(None, history)
    call_at("end", callbacks, model)
    return history


def check_arguments(model: Module, optimizer: Optimizer, **numbers: int | None) -> None:
    """TypeError or ValueError for arguments of `fit` that cannot be meant."""
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"expected an optimiser, as nn.SGD(model.parameters(), lr=0.1), got {optimizer!r}")
    own = model.parameters()
    if own and not set(optimizer.parameters) & set(own):
        raise ValueError("the optimiser holds none of this model's parameters: make it from model.parameters()")
    for name, number in numbers.items():
        if not isinstance(number, (int, np.integer)) and (number is not None or name == "epochs"):
            raise TypeError(f"{name} is a whole number, got {number!r}")
    epochs, batch_size = numbers["epochs"], numbers["batch_size"]
    if epochs < 0 or (batch_size is not None and batch_size < 1):  # type: ignore[operator]
        raise ValueError(f"expected epochs of 0 or more and a batch_size of 1 or more, got {epochs} and {batch_size}")


def checked_metrics(metrics: Any) -> Mapping[str, Callable[[Any, Any], float]]:
    """The metrics by name. TypeError that tells the remedy for anything else."""
    functions = {} if metrics is None else metrics
    if not isinstance(functions, Mapping) or not all(map(callable, functions.values())):
        raise TypeError(f'metrics are functions by name, as metrics={{"accuracy": nn.accuracy}}; got {metrics!r}')
    return functions


def samples_of(X: Any, y: Any) -> tuple[list[list[Any]], list[Any]]:
    """The rows of inputs as lists, and the targets as numbers or lists of numbers."""
    samples = list(X)
    if any(not isinstance(row, Iterable) for row in samples):
        raise ValueError("expected X as rows of inputs, shape (m, inputs); for one input write [[x] for x in X]")
    numbers = [target.tolist() if isinstance(target, np.ndarray) else target for target in y]
    targets = [rebuild(target, leaves(target)) for target in numbers]  # lists of its own, as the rows are
    if len(samples) != len(targets) or not samples:
        raise ValueError(f"expected a target for each row, got {len(samples)} rows and {len(targets)} targets")
    return [list(row) for row in samples], targets


class Order:
    """The order of the samples in each epoch, drawn anew where they are shuffled."""

    def __init__(self, samples: int, shuffled: bool, seed: int | None) -> None:
        self.random, self.order, self.shuffled = np.random.RandomState(seed), np.arange(samples), shuffled

    def of_epochs(self, count: int) -> np.ndarray:
        """The orders of the next epochs, shape (count, samples)."""
        orders = np.tile(self.order, (count, 1))
        for row in orders if self.shuffled else ():
            self.random.shuffle(self.order)
            row[:] = self.order
        return orders

    def last_batch(self, size: int) -> list[int]:
        """The samples of the last batch of the latest epoch."""
        chosen: list[int] = self.order[(len(self.order) - 1) // size * size :].tolist()
        return chosen


def loss_in_eval_mode(model: Module, loss_of: Loss, X: Any, y: Any, predict: Predictor | None = None) -> float:
    """The loss on validation data, by the model or, where training is on tape, by its predictor."""
    rows = list(X)
    with model.evaluating(), silent():
        outputs = predict(rows) if predict is not None else model(rows)
        if isinstance(outputs, np.ndarray):
            outputs = [[Value(o) for o in row] if isinstance(row, list) else Value(row) for row in outputs.tolist()]
        return loss_of(outputs, list(y)).data


def chosen_engine(
    engine: str, eager: EagerEpochs, epochs: int, may_skip: bool
) -> EagerEpochs | TapeEpochs | CheckedEpochs:
    """The epochs of the engine meant. The eager pass does what cannot be recorded, and with "auto" a few updates."""
    check_name(engine, "eager", "check")
    if engine == "eager" or not epochs:
        eager.note("eager, as asked for")
        return eager
    if is_detecting():
        eager.note("eager: detect_anomaly looks at each operation")
        return eager
    if engine == "auto" and epochs * len(eager.rows) < FEW * eager.size:
        eager.note(f"eager: it takes {FEW} updates for a recording to pay")
        return eager
    try:
        kind = "auto" if engine == "check" else engine
        taped = TapeEpochs(eager, epochs, kind, may_skip and engine != "check", must_pay=engine == "auto")
        return CheckedEpochs(eager, taped) if engine == "check" else taped
    except NotRecordable as reason:
        eager.note(f"eager: {reason}")
        if engine not in ("auto", "check"):
            message = f"training runs eagerly, not on engine={engine!r}: {reason}"
            warnings.warn(message, RuntimeWarning, stacklevel=3)
        return eager


def accuracy(predictions: Any, targets: Any) -> float:
    """The share of predictions that are right: a row's largest output is its class.

    One output is class 1 above a half; where there are targets -1, as for the hinge loss, it is 1 above 0 and else -1.
    """
    outputs, wanted = [flat(prediction) for prediction in predictions], [flat(target) for target in targets]
    if len(outputs) != len(wanted) or not outputs:
        raise ValueError(f"expected a target for each prediction, got {len(outputs)} and {len(wanted)}")
    signed = any(target == [-1] for target in wanted)

    def class_of(output: list[float]) -> float:
        if len(output) > 1:
            return max(range(len(output)), key=output.__getitem__)
        return (1 if output[0] > 0 else -1) if signed else int(output[0] > 0.5)

    right = [
        class_of(output) == (target[0] if len(target) == 1 else class_of(target))
        for output, target in zip(outputs, wanted, strict=True)
    ]
    return sum(right) / len(right)
