"""A gradient that is nearly 0 though nothing blocks it: the samples cancel on a plateau, or training has converged.

>>> from autograd import Value
>>> from nn import Linear, Sequential, mse_loss
>>> from nn.measures import measure
>>> model = Sequential(Linear(1, 1))
>>> model.load_state_dict({"0.weight": [[2.0]], "0.bias": [1.0]})
>>> loss = mse_loss(model([[0.0], [1.0], [2.0]]), [1.1, 2.8, 5.1])
>>> [finding.cause for finding in converged(loss, model, measure(loss, model))]
['converged']
"""

import math
from collections.abc import Iterator, Sequence

import numpy as np

from autograd import Value
from autograd.notation import number
from nn.curvature import bowl
from nn.measures import Measures, norm, rms
from nn.module import Module
from nn.units import Finding, wants_back

CANCELS = 0.01  # what is left of the samples' gradients when they are added up
SAME = 0.005  # spread of outputs, compared with the root of the loss, that are called the same
LITTLE = 1e-4  # of the loss: what a converged network could still gain


def cancelling(loss: Value, layers: Sequence[Measures]) -> Iterator[Finding]:
    """Outputs that are the same for all samples, whose gradients then cancel."""
    last = layers[-1]
    if len(last.Z) < 2 or not last.known.all() or not np.any(last.dZ):
        return
    spread = float(np.std(last.Z, axis=0).max())
    each = float(np.abs(last.dZ).sum(axis=1).mean())
    left = float(np.abs(last.dZ.sum(axis=0)).sum())
    of_weights = norm(last.dW) / float((np.linalg.norm(last.dZ, axis=1) * np.linalg.norm(last.X, axis=1)).sum() or 1.0)
    if spread > SAME * math.sqrt(abs(loss.data)) or left > CANCELS * each * len(last.Z) or of_weights > CANCELS:
        return
    yield Finding(
        "samples cancel",
        len(layers) - 1,
        f"the samples cancel: the outputs are the same for all {len(last.Z)} samples, but for {number(spread, 2)}, and "
        f"∂J/∂Z of {last.label}, {number(each, 3)} for each sample, adds up to {number(left, 2)}",
    )


def converged(loss: Value, model: Module, layers: Sequence[Measures]) -> Iterator[Finding]:
    """A minimum: hardly any gradient, and curvature upward."""
    size = max(1.0, math.hypot(*(w for each in layers for w in each.W.ravel().tolist())))
    gradient = math.hypot(*(d for each in layers for d in [*each.dW.ravel().tolist(), *each.db.tolist()]))
    scale = max(abs(loss.data), rms(layers[-1].Z[layers[-1].known]) ** 2)
    if gradient * size > 0.05 * scale or wants_back(layers[-1]).any():
        return
    here = bowl(loss, model.parameters())
    if here is None or here.lowest < -1e-3 * here.highest or here.highest * size**2 < 0.01 * abs(loss.data):
        return
    if here.gain < LITTLE * abs(loss.data) or here.gain < LITTLE**2 * scale:
        yield Finding(
            "converged",
            None,
            f"converged: the gradient of all parameters is {number(here.gradient, 2)}, the loss bends upward around "
            f"these weights, and the best step would lower it by {number(here.gain, 2)} of {number(loss.data, 3)}",
        )
