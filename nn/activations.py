"""What a neuron puts its weighted sum through: a function, or the name of one."""

from collections.abc import Callable
from typing import Any

from autograd import primitives

Activation = Callable[[Any], Any]


def linear(x: Any) -> Any:
    """x itself."""
    return x


def activation_function(activation: str | Activation) -> Activation:
    """The function meant: "linear", any function of one operand in the table by its name, or a callable as it is."""
    if callable(activation):
        return activation
    known: dict[str, Activation] = {"linear": linear}
    for row in primitives.TABLE.values():
        if row.arity is not None and row.arity - len(row.defaults) == 1:
            known[row.name] = row
    if activation not in known:
        raise ValueError(f"unknown activation {activation!r}: give a function, or one of {', '.join(sorted(known))}")
    return known[activation]


def name_of(activation: Activation) -> str:
    return str(getattr(activation, "name", getattr(activation, "__name__", "function")))
