"""How wrong predictions are, as one Value to minimise; names and conventions are those of torch.nn.functional.

>>> from autograd import Value
>>> mse_loss([Value(1.0), Value(3.0)], [0.0, 3.0]).data
0.5
"""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import autograd
from autograd import Primitive, Value, log, maximum
from autograd.notation import call

FLOOR = -100.0  # PyTorch bounds both logarithms from below, so that a sure and wrong prediction costs 100, not inf


def _log(p: float) -> float:
    return max(math.log(p), FLOOR) if p > 0.0 else FLOOR if p == 0.0 else math.nan


# An operation of its own, made as a user would make one: -(y log p + (1 - y) log(1 - p)) differentiated term by term
# gives 0 · inf at p = 0; combined and bounded, (p - y) / (p (1 - p)), it does not.
cross = Primitive(
    "bce",
    lambda p, y: -(y * _log(p) + (1.0 - y) * _log(1.0 - p)),
    lambda p, y, z: ((p - y) / maximum(p * (1 - p), 1e-12), maximum(log(1 - p), FLOOR) - maximum(log(p), FLOOR)),
    arity=2,
    notation=call("bce", r"\mathrm{bce}"),
    probes=((0.3, 1.0), (0.8, 0.0), (0.6, 0.4)),
)


def mse_loss(predictions: Value | Iterable[Any], targets: Any) -> Value:
    """The mean of (prediction - target)², over predictions and targets of the same number."""
    return mean([autograd.square(p - y) for p, y in pairs(predictions, targets)])


def binary_cross_entropy(predictions: Value | Iterable[Any], targets: Any) -> Value:
    """The mean of -(y log p + (1 - y) log(1 - p)), for probabilities p and targets y between 0 and 1."""
    both = pairs(predictions, targets)
    for p, y in both:
        if p < 0.0 or p > 1.0 or y < 0.0 or y > 1.0:  # nan passes on: it is no mistake of the call
            raise ValueError(
                f"binary_cross_entropy takes probabilities and targets between 0 and 1, "
                f'got {number(p)} and {number(y)}: is output="sigmoid" missing in the model?'
            )
    return mean([cross(p, y) for p, y in both])


def mean(terms: Sequence[Any]) -> Value:
    """Σ terms / how many."""
    total: Value = autograd.sum(terms) / len(terms)
    return total


def pairs(predictions: Any, targets: Any) -> list[tuple[Any, Any]]:
    """Each prediction with its target; lists of one-element lists count as lists. ValueError if the numbers differ."""
    ps, ys = flat(predictions), flat(targets)
    if len(ps) != len(ys) or not ps:
        raise ValueError(f"expected a target for each prediction, got {len(ps)} predictions and {len(ys)} targets")
    return list(zip(ps, ys, strict=True))


def flat(values: Any) -> list[Any]:
    """A Value or number as a list of one; rows of one element as that element."""
    if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
        return [values]
    return [v[0] if isinstance(v, Sequence) and len(v) == 1 else v for v in values]


def number(value: Any) -> Any:
    return value.data if isinstance(value, Value) else value
