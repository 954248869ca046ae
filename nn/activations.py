"""Activations: the functions that a layer applies to its weighted sums.

An activation is a function of one number, such as tanh, or of a whole row, such as softmax. A layer takes the function
or its name. Every operation of autograd's table that takes one number is an activation under its own name, and so is
one of your own (`autograd.register`); the others stand in ACTIVATIONS. A function of a row is marked by `of_rows`, so
that a layer hands it all its sums at once.

>>> from autograd import Value
>>> [round(p.data, 3) for p in softmax([Value(1.0), Value(2.0), Value(3.0)])]
[0.09, 0.245, 0.665]
>>> activation_function("tanh")
Primitive('tanh')
"""

from collections.abc import Callable, Sequence
from functools import reduce, wraps
from typing import Any, Protocol, cast, overload

import numpy as np

from autograd import Value, exp, logaddexp, sigmoid, sub
from autograd.expression import OWN
from autograd.registering import all_rows
from nn.module import is_batch
from nn.registry import Registry, unknown

Activation = Callable[[Any], Any]

# Functions, and modules that follow a layer because they have parameters, by the name that a layer or a network takes.
ACTIVATIONS: Registry[Any] = Registry("activation")
# Layers that are weighted sums and activation in one, by the name that a network takes.
LAYERS: Registry[Any] = Registry("layer")


class OfRows(Protocol):
    """An activation of rows: a list for a list, an array for an array."""

    __name__: str

    @overload
    def __call__(self, row: np.ndarray) -> np.ndarray: ...
    @overload
    def __call__(self, row: Sequence[Any]) -> list[Any]: ...


def of_rows(function: Callable[[Sequence[Any]], list[Any]]) -> OfRows:
    """Make an activation of a function of a row: layers hand it all their sums at once, and a batch goes row by row.

    The function takes a list and returns one. For an array, of one row or of rows, the activation returns an array.
    """

    @wraps(function)
    def activation(row: Any) -> Any:
        """The function of one row, or of each row of a batch."""
        if isinstance(row, np.ndarray):
            outputs = [activation(one) for one in row] if row.ndim > 1 else activation(list(row))
            return np.array(outputs).reshape(row.shape)
        if is_batch(row):
            return [activation(list(one)) for one in row]
        return function(row) if len(row) else []

    activation.takes_rows = True  # type: ignore[attr-defined]  # a function may have attributes; mypy knows none
    return cast(OfRows, activation)


def takes_rows(activation: Activation) -> bool:
    """Whether the function takes a whole row (softmax) and not one number (tanh)."""
    return getattr(activation, "takes_rows", False) is True


@ACTIVATIONS.add
def linear(x: Any) -> Any:
    """x itself."""
    return x


@ACTIVATIONS.add
@of_rows
def log_softmax(row: Sequence[Any]) -> list[Any]:
    """x - log Σ exp(x) for each x of a row; the sum is taken pairwise in logarithms, so that nothing overflows."""
    total = reduce(logaddexp, row)
    return [x - total for x in row]


@ACTIVATIONS.add
@of_rows
def softmax(row: Sequence[Any]) -> list[Any]:
    """exp(x) / Σ exp(x) for each x of a row: positive numbers whose sum is 1."""
    return [exp(x) for x in log_softmax(row)]


def activation_function(activation: str | Activation) -> Activation:
    """The function meant: by its name, or a callable as it is.

    ValueError for a name that is not known, and for one whose module has parameters of its own.
    """
    found: Activation = named_activation(activation)
    if isinstance(found, type):
        raise ValueError(
            f"{activation!r} has parameters of its own, so it is a module: put {found.__name__}() after the layer, "
            f"as nn.Sequential(nn.Linear(2, 3), nn.{found.__name__}())"
        )
    return found


def named_activation(activation: str | Activation) -> Any:
    """The function meant, or the class of modules: "prelu" has a parameter."""
    if callable(activation):
        return activation
    if activation in ACTIVATIONS:
        return ACTIVATIONS[activation]
    if activation in LAYERS:
        layer = LAYERS[activation].__name__
        raise ValueError(
            f"{activation!r} is a layer with weights of its own, no function of what comes before: "
            f"put nn.{layer}(inputs, outputs) in place of the layer and its activation"
        )
    functions = activations_by_name()
    if activation not in functions:
        raise unknown("activation", activation, sorted({*functions, *LAYERS}), OWN)
    return functions[activation]


def activations_by_name() -> dict[str, Any]:
    """All activations by name: the rows that can be called with one number, and those of ACTIVATIONS."""
    return {name: row for name, row in all_rows().items() if of_one_number(row)} | ACTIVATIONS


def of_one_number(row: Any) -> bool:
    """Whether the row of the table can be called with one number."""
    return row.arity is not None and row.arity - len(row.defaults) == 1


def made_probabilities(outputs: Sequence[Any]) -> str:
    """The function that made probabilities of a row's sums: "softmax" or "sigmoid"; "" if none of them did."""
    nodes = [output for output in outputs if isinstance(output, Value)]
    if len(nodes) < len(outputs):
        return ""
    if all(node.op is sigmoid for node in nodes):
        return "sigmoid"
    logarithms = [node.operands[0] for node in nodes if node.op is exp]
    totals = [log.operands[1] for log in logarithms if isinstance(log, Value) and log.op is sub]
    same = len(totals) == len(nodes) > 1 and all(total is totals[0] for total in totals)
    return "softmax" if same and getattr(totals[0], "op", None) is logaddexp else ""


def name_of(activation: Activation) -> str:
    """The activation's name, for people to read."""
    return str(getattr(activation, "name", getattr(activation, "__name__", "function")))
