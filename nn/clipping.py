"""Clipping: bounds for gradients that explode, between `backward` and `step`.

>>> from autograd import Value
>>> w = [Value(0.0), Value(0.0)]
>>> w[0].grad, w[1].grad = 30.0, 40.0
>>> clip_grad_norm_(w, 5.0)
50.0
>>> [round(p.grad, 6) for p in w]
[3.0, 4.0]
"""

from collections.abc import Iterable, Sequence
from functools import reduce
from typing import Any

from autograd import Value, hypot, maximum, minimum
from nn.checks import at_least_0


def clip_grad_norm_(parameters: Iterable[Value], max_norm: float) -> float:
    """Scale all gradients so that their common norm is at most max_norm; returns the norm before.

    As in PyTorch the factor is max_norm / (norm + 1e-6), at most 1; a norm of nan or inf passes into the gradients.
    (Pascanu, Mikolov, Bengio: On the difficulty of training recurrent neural networks, 2013.)
    """
    reached = [p for p in parameters if p.grad is not None]
    gradients = [p.grad for p in reached]
    for p, clipped in zip(reached, by_norm(gradients, at_least_0("max_norm", max_norm)), strict=True):
        p.grad = clipped
    return float(norm(gradients))


def clip_grad_value_(parameters: Iterable[Value], clip_value: float) -> None:
    """Bound every gradient to ±clip_value; nan stays nan."""
    reached = [p for p in parameters if p.grad is not None]
    bounded = by_value([p.grad for p in reached], at_least_0("clip_value", clip_value))
    for p, clipped in zip(reached, bounded, strict=True):
        p.grad = clipped


# The rules, on floats and on Values alike.


def norm(gradients: Sequence[Any]) -> Any:
    """√Σg², taken pairwise, so that no square overflows."""
    return reduce(hypot, gradients, 0.0)


def by_norm(gradients: Sequence[Any], bound: float) -> Sequence[Any]:
    """The gradients, scaled so that their norm is at most the bound."""
    factor = minimum(bound / (norm(gradients) + 1e-6), 1.0)
    return [g * factor for g in gradients]


def by_value(gradients: Sequence[Any], bound: float) -> Sequence[Any]:
    """The gradients, each between -bound and bound."""
    return [minimum(maximum(g, -bound), bound) for g in gradients]
