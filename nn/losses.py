"""Losses: one Value that tells how wrong predictions are, to be minimised.

Names and conventions are those of torch.nn.functional. Predictions and targets are numbers or Values, in lists of the
same length. Rows of one number count as that number, so that shapes (m,) and (m, 1) mean the same; nothing is ever
broadcast. Each loss is the mean over the samples, or their sum with reduction="sum".

>>> from autograd import Value
>>> mse_loss([Value(1.0), Value(3.0)], [0.0, 3.0]).data
0.5
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

import autograd
from autograd import Value, bce, equal, minimum, relu, softplus, square, where
from nn.activations import log_softmax, made_probabilities
from nn.module import Module
from nn.registry import Registry

Loss = Callable[[Any, Any], Value]
LOSSES: Registry[Loss] = Registry("loss")


@LOSSES.add
def mse_loss(predictions: Any, targets: Any, reduction: str = "mean") -> Value:
    """The mean of (prediction - target)²."""
    return reduced([square(p - y) for p, y in pairs(predictions, targets)], reduction)


@LOSSES.add
def l1_loss(predictions: Any, targets: Any, reduction: str = "mean") -> Value:
    """The mean of |prediction - target|."""
    return reduced([autograd.abs(p - y) for p, y in pairs(predictions, targets)], reduction)


@LOSSES.add
def huber_loss(predictions: Any, targets: Any, delta: float = 1.0, reduction: str = "mean") -> Value:
    """The mean of e²/2 for errors |e| ≤ delta, of delta (|e| - delta/2) for larger ones (Huber, 1964)."""
    if not delta > 0.0:
        raise ValueError(f"delta is greater than 0, got {delta}")
    terms = []
    for p, y in pairs(predictions, targets):
        error = autograd.abs(p - y)
        near = minimum(error, delta)  # e²/2 up to delta, then a straight line
        terms.append(near * (error - 0.5 * near))
    return reduced(terms, reduction)


@LOSSES.add
def binary_cross_entropy(predictions: Any, targets: Any, reduction: str = "mean") -> Value:
    """The mean of -(y log p + (1 - y) log(1 - p)), for probabilities p and targets y between 0 and 1."""
    both = pairs(predictions, targets)
    for p, y in both:
        if p < 0.0 or p > 1.0 or y < 0.0 or y > 1.0:  # nan passes on: it is no mistake of the call
            raise ValueError(
                f"binary_cross_entropy takes probabilities and targets between 0 and 1, "
                f'got {number(p)} and {number(y)}: is output="sigmoid" missing in the model?'
            )
    return reduced([bce(p, y) for p, y in both], reduction)


@LOSSES.add
def categorical_cross_entropy(predictions: Any, targets: Any, reduction: str = "mean") -> Value:
    """The mean of -log p[class], at most 100, for rows of probabilities, as softmax gives them; targets as below.

    From logits, the sums before the softmax, `cross_entropy` is exact where probabilities round to 0 or 1.
    """
    rows = rows_of(predictions)
    for p in flat(rows):
        if p < 0.0 or p > 1.0:
            raise ValueError(
                f"categorical_cross_entropy takes probabilities, got {number(p)}: "
                f'is output="softmax" missing in the model? For its sums themselves take cross_entropy'
            )
    return chosen([[-bce(p, 1.0) for p in row] for row in rows], targets, reduction)


@LOSSES.add
def binary_cross_entropy_with_logits(predictions: Any, targets: Any, reduction: str = "mean") -> Value:
    """The same from logits x, p = sigmoid(x): the mean of y softplus(-x) + (1 - y) softplus(x), stable for every x."""
    both = pairs(predictions, targets)
    logits, other = [x for x, _ in both], "binary_cross_entropy"
    refuse_probabilities("binary_cross_entropy_with_logits", "the sums before a sigmoid", logits, other)
    return reduced([y * softplus(-x) + (1 - y) * softplus(x) for x, y in both], reduction)


@LOSSES.add
def cross_entropy(predictions: Any, targets: Any, reduction: str = "mean") -> Value:
    """The mean of -log softmax(logits)[class]; a target is a class, as an int, or the probabilities of all classes."""
    rows = rows_of(predictions)
    for row in rows:
        refuse_probabilities("cross_entropy", "the sums before a softmax", row, "categorical_cross_entropy")
    return chosen([log_softmax(row) for row in rows], targets, reduction)


@LOSSES.add
def nll_loss(predictions: Any, targets: Any, reduction: str = "mean") -> Value:
    """The mean of -(log p)[class], for rows of logarithms of probabilities; targets as for cross_entropy."""
    rows = rows_of(predictions)
    for row in rows:
        refuse_probabilities("nll_loss", "logarithms of probabilities", row, "categorical_cross_entropy", "log_softmax")
    return chosen(rows, targets, reduction)


def refuse_probabilities(loss: str, takes: str, row: Sequence[Any], other: str, output: str = "linear") -> None:
    """ValueError if a row went through sigmoid or softmax, and the loss is made for something else.

    Nothing would look wrong: the model would learn, half as well.
    """
    made_by = made_probabilities(row)
    if made_by:
        raise ValueError(
            f"{loss} takes {takes}, but these predictions went through {made_by} already: "
            f"give the model output={output!r}, or take the loss {other}"
        )


def chosen(rows: Sequence[Sequence[Any]], targets: Any, reduction: str) -> Value:
    """The mean, or sum, of -row[class] over the rows; a target may also be the weights of all classes."""
    classes: list[Any] = list(targets) if np.iterable(targets) else [targets]
    if len(rows) == 1 and len(classes) == len(rows[0]) > 1 and not np.iterable(classes[0]):
        classes = [classes]  # one row, and the probabilities of its classes
    if len(rows) != len(classes):
        raise ValueError(f"expected a target for each row, got {len(rows)} rows and {len(classes)} targets")
    terms = []
    for row, target in zip(rows, classes, strict=True):
        wanted = list(target) if np.iterable(target) else [target]
        if len(wanted) == len(row) > 1:
            terms.append(-autograd.sum([y * x for x, y in zip(row, wanted, strict=True)]))
        elif len(wanted) == 1 and isinstance(wanted[0], Value):
            terms.append(-pick(row, wanted[0]))
        elif len(wanted) == 1 and wanted[0] in range(len(row)):
            terms.append(-row[int(wanted[0])])
        else:
            raise ValueError(
                f"a target is a class from 0 to {len(row) - 1}, or {len(row)} probabilities; got {target!r}"
            )
    return reduced(terms, reduction)


def pick(row: Sequence[Any], place: Value) -> Any:
    """row[place] as arithmetic, for a place that is itself part of the graph: the class of a sample on a tape."""
    hits = [equal(place, float(i)) for i in range(len(row))]
    if autograd.sum(hits) < 1.0:
        raise ValueError(f"a target is a class from 0 to {len(row) - 1}, got {place.data}")
    return autograd.sum([where(hit, x, 0.0) for hit, x in zip(hits, row, strict=True)])


@LOSSES.add
def hinge_loss(predictions: Any, targets: Any, reduction: str = "mean") -> Value:
    """The mean of relu(1 - y p), for targets y = -1 or 1."""
    both = pairs(predictions, targets)
    refuse_probabilities("hinge_loss", "scores of any sign", [p for p, _ in both], "binary_cross_entropy")
    wrong = sorted({number(y) for _, y in both if y * y < 1 or y * y > 1})
    if wrong:
        raise ValueError(f"hinge_loss takes targets -1 and 1, got {wrong[:5]}")
    return reduced([relu(1 - y * p) for p, y in both], reduction)


def l2_penalty(parameters: Module | Iterable[Value], strength: float) -> Value:
    """strength · Σ w², to be added to a loss: weights that are not needed shrink."""
    total: Value = strength * autograd.sum([square(p) for p in values_of(parameters)])
    return total


def l1_penalty(parameters: Module | Iterable[Value], strength: float) -> Value:
    """strength · Σ |w|: weights that are not needed go to 0."""
    total: Value = strength * autograd.sum([autograd.abs(p) for p in values_of(parameters)])
    return total


def penalised(loss: str | Loss, parameters: Module | Iterable[Value], strength: float) -> Loss:
    """The loss with an `l2_penalty` on these parameters; the loss alone if the strength is 0."""
    alone, values = loss_function(loss), values_of(parameters)
    return (
        (lambda predictions, targets: alone(predictions, targets) + l2_penalty(values, strength)) if strength else alone
    )


def loss_function(loss: str | Loss) -> Loss:
    """The loss meant, by name or as it is. ValueError for a name that is not known."""
    return loss if callable(loss) else LOSSES.named(loss)


def values_of(parameters: Module | Iterable[Value]) -> list[Value]:
    """The parameters of a module, or those given."""
    return parameters.parameters() if isinstance(parameters, Module) else list(parameters)


def reduced(terms: Sequence[Any], reduction: str = "mean") -> Value:
    """One loss for all samples: Σ terms, divided by their number where the reduction is "mean"."""
    if reduction not in ("mean", "sum"):
        raise ValueError(f'reduction is "mean" or "sum", got {reduction!r}')
    if len(terms) == 1:  # a mean over one sample is its loss: no Σ and no / 1
        only: Value = terms[0]
        return only
    total: Value = autograd.sum(terms)
    return total / len(terms) if reduction == "mean" else total


def pairs(predictions: Any, targets: Any) -> list[tuple[Any, Any]]:
    """Each prediction with its target, row by row. ValueError if their numbers differ."""
    rows = list(predictions) if np.iterable(predictions) else [predictions]
    ps, ys = flat(rows), flat(targets)
    if len(ps) > len(rows) == len(ys):
        raise ValueError(
            f"each sample has {len(ps) // len(rows)} outputs, but one target: give a target for each output; where the "
            f'target is the number of a class, take the loss cross_entropy, and output="linear" in the model'
        )
    if len(ps) != len(ys) or not ps:
        raise ValueError(f"expected a target for each prediction, got {len(ps)} predictions and {len(ys)} targets")
    return list(zip(ps, ys, strict=True))


def flat(values: Any) -> list[Any]:
    """A Value or number as a list of one; rows one after the other."""
    if isinstance(values, (str, bytes)) or not np.iterable(values):
        return [values]
    return [v for row in values for v in (flat(row) if np.iterable(row) else [row])]


def rows_of(predictions: Any) -> list[list[Any]]:
    """A batch of rows; one row alone is a batch of one."""
    rows = list(predictions)
    return [list(row) for row in rows] if np.iterable(rows[0]) else [rows]


def number(value: Any) -> Any:
    """The number of a Value; a number as it is."""
    return value.data if isinstance(value, Value) else value
