"""Callbacks: what `fit` calls after each epoch, such as EarlyStopping.

A callback is a function of (epoch, history, model). Training ends when it returns True, or a text that says why. An
object with a method `begin` or `end` of the model is called at the start and at the end of training too.

>>> stop = EarlyStopping(patience=2)
>>> [stop(epoch, History(loss=[0.5, 0.4, 0.4, 0.4][: epoch + 1]), Module()) for epoch in range(4)]
['', '', '', 'the loss has not fallen below 0.4 for 2 epochs']
"""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from autograd.notation import number
from nn.checks import at_least_0
from nn.module import Module
from nn.training.history import History

Callback = Callable[[int, History, Module], Any]


class EarlyStopping:
    """Ends training when the loss, that of validation if there is any, has not fallen for `patience` epochs.

    min_delta     a loss must fall by more than this to count
    restore_best  whether the model gets back its best weights, when training ends for whatever reason: those with
                  which the lowest loss was measured

    The loss on the training data is measured before an epoch's update (see History), that on validation data after it.
    """

    def __init__(self, patience: int = 10, min_delta: float = 0.0, restore_best: bool = False) -> None:
        if patience < 1:
            raise ValueError(f"patience is 1 epoch or more, got {patience}")
        self.patience, self.min_delta, self.restore_best = patience, at_least_0("min_delta", min_delta), restore_best
        self.best, self.waited = math.inf, 0
        self.before: dict[str, np.ndarray] | None = None  # the weights at the end of the epoch before
        self.best_weights: dict[str, np.ndarray] | None = None

    def begin(self, model: Module) -> None:
        """Forget the training before."""
        self.best, self.waited, self.best_weights = math.inf, 0, None
        self.before = model.state_dict() if self.restore_best else None

    def __call__(self, epoch: int, history: History, model: Module) -> str:
        """The reason to end training, or ""."""
        latest = (history.validation or history.loss)[-1]
        after = model.state_dict() if self.restore_best else None
        if latest < self.best - self.min_delta:
            self.waited = 0
            self.best_weights = after if history.validation else self.before
        else:
            self.waited += 1
        self.best, self.before = min(self.best, latest), after
        if self.waited < self.patience:
            return ""
        what = "the loss on validation data" if history.validation else "the loss"
        return f"{what} has not fallen below {number(self.best)} for {self.waited} epochs"

    def end(self, model: Module) -> None:
        """Give the model its best weights, if that is wished."""
        if self.best_weights is not None:
            model.load_state_dict(self.best_weights)


def checked_callbacks(callbacks: Any) -> Sequence[Callback]:
    """The callbacks as a list. TypeError that tells the remedy for anything else."""
    if not isinstance(callbacks, Iterable):
        given = f"{type(callbacks).__name__}(…)" if callable(callbacks) else repr(callbacks)
        raise TypeError(f"callbacks is a list, as callbacks=[nn.EarlyStopping()]; got {given}, which is none")
    listed = list(callbacks)
    for callback in listed:
        if isinstance(callback, type):
            raise TypeError(f"a callback is an object: write {callback.__name__}(), not {callback.__name__}")
        if not callable(callback):
            raise TypeError(f"a callback is a function of (epoch, history, model), got {callback!r}")
    return listed


def call_at(moment: str, callbacks: Sequence[Callback], model: Module) -> None:
    """Call the method `begin` or `end` of those callbacks that have it."""
    for callback in callbacks:
        getattr(callback, moment, lambda model: None)(model)


def reason_to_stop(callbacks: Sequence[Callback], epoch: int, history: History, model: Module) -> str:
    """Call all callbacks after an epoch; the first one that ends training, and why, or ""."""
    returned = [callback(epoch, history, model) for callback in callbacks]
    for callback, answer in zip(callbacks, returned, strict=True):
        if answer is True or (isinstance(answer, str) and answer):
            why = f", as {answer}" if isinstance(answer, str) else ""
            return f"{name_of(callback)} ended training after epoch {epoch}{why}"
    return ""


def name_of(callback: Callback) -> str:
    """The callback's name, for people to read."""
    name: str = getattr(callback, "__name__", type(callback).__name__)
    return "a callback" if name == "<lambda>" else name
