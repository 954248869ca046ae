"""What a layer puts its weighted sums through: a function of one number, or of a whole row, or the name of one.

>>> from autograd import Value
>>> [round(p.data, 3) for p in softmax([Value(1.0), Value(2.0), Value(3.0)])]
[0.09, 0.245, 0.665]
"""

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

from autograd import exp, logaddexp, primitives

Activation = Callable[[Any], Any]


def linear(x: Any) -> Any:
    """x itself."""
    return x


def log_softmax(row: Sequence[Any]) -> list[Any]:
    """x - log Σ exp(x) for each x of a row; the sum is taken pairwise in logarithms, so that nothing overflows."""
    total = reduce(logaddexp, row)
    return [x - total for x in row]


def softmax(row: Sequence[Any]) -> list[Any]:
    """exp(x) / Σ exp(x) for each x of a row: positive numbers whose sum is 1."""
    return [exp(x) for x in log_softmax(row)]


OF_ROWS: dict[str, Activation] = {"softmax": softmax, "log_softmax": log_softmax}


def activation_function(activation: str | Activation) -> Activation:
    """The function meant: "linear", "softmax", "log_softmax", a function of one operand in the table, or a callable."""
    if callable(activation):
        return activation
    known: dict[str, Activation] = {"linear": linear, **OF_ROWS}
    for row in primitives.TABLE.values():
        if row.arity is not None and row.arity - len(row.defaults) == 1:
            known[row.name] = row
    if activation not in known:
        raise ValueError(f"unknown activation {activation!r}: give a function, or one of {', '.join(sorted(known))}")
    return known[activation]


def takes_rows(activation: Activation) -> bool:
    """Whether the function takes a whole row (softmax) and not one number."""
    return activation in OF_ROWS.values()


def name_of(activation: Activation) -> str:
    return str(getattr(activation, "name", getattr(activation, "__name__", "function")))
