"""Clipping: bounds for gradients that explode, between `backward` and `step`.

>>> from autograd import Value
>>> w = [Value(0.0), Value(0.0)]
>>> w[0].grad, w[1].grad = 30.0, 40.0
>>> clip_grad_norm_(w, 5.0)
50.0
>>> [round(p.grad, 6) for p in w]
[3.0, 4.0]
"""

import math
from collections.abc import Iterable

from autograd import Value
from nn.optim import at_least_0


def clip_grad_norm_(parameters: Iterable[Value], max_norm: float) -> float:
    """Scale all gradients so that their common norm is at most max_norm; returns the norm before.

    As in PyTorch the factor is max_norm / (norm + 1e-6), at most 1; a norm of nan or inf passes into the gradients.
    (Pascanu, Mikolov, Bengio: On the difficulty of training recurrent neural networks, 2013.)
    """
    reached = [p for p in parameters if p.grad is not None]
    norm = math.hypot(*(p.grad for p in reached))
    factor = at_least_0("max_norm", max_norm) / (norm + 1e-6)
    factor = 1.0 if factor > 1.0 else factor
    for p in reached:
        p.grad *= factor
    return norm


def clip_grad_value_(parameters: Iterable[Value], clip_value: float) -> None:
    """Bound every gradient to ±clip_value; nan stays nan."""
    at_least_0("clip_value", clip_value)
    for p in parameters:
        if p.grad is not None and not math.isnan(p.grad):
            p.grad = min(max(p.grad, -clip_value), clip_value)
