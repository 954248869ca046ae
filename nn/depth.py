"""Illnesses from layer to layer: a forward pass that explodes, a gradient that vanishes or grows on its way back.

>>> from nn import MLP, mse_loss
>>> from nn.measures import measure
>>> model = MLP(1, [4] * 9 + [1], activation="sigmoid", seed=0)
>>> [finding.cause for finding in through_depth(measure(mse_loss(model([[1.0]]), [0.0]), model), set())]
['vanishing']
"""

import math
from collections.abc import Iterator, Sequence

import numpy as np

from autograd import Value
from autograd.notation import number
from nn.measures import Measures, norm, rms
from nn.units import Finding, wants_back

FADED = 1e-3  # ∂J/∂Z of the first layer over that of the last
GREW = 100.0  # backward the same, forward inputs of the last layer over those of the first
CURE = "relu with init='he_uniform', or batch_norm=True, lets more of it through"
PER_LAYER = 2.0  # a growth is an explosion if it is so fast from layer to layer


def exploding_forward(loss: Value, layers: Sequence[Measures]) -> Iterator[Finding]:
    for place, each in enumerate(layers):
        for name, numbers, there in (("sums", each.Z, each.known), ("activations", each.A, each.made)):
            wrong = ~np.isfinite(numbers) & there
            if wrong.any() and np.isfinite(each.X).all() and np.isfinite(each.W).all():
                yield Finding(
                    "exploding forward",
                    place,
                    f"the {name} of {each.label} are not finite: {numbers[wrong][0]:g}; its inputs are about "
                    f"{number(rms(each.X), 3)}, its weights about {number(rms(each.W), 3)}",
                )
                return
    first, last = layers[0], layers[-1]
    end = last.X if len(layers) > 1 else last.Z[last.known]
    grew = rms(end) / rms(first.X) if rms(first.X) else 0.0
    steps = max(1, len(layers) - 1)
    factor = grew ** (1 / steps)
    if not is_chain(layers) or grew < GREW / 2 or factor < PER_LAYER or not far_out(loss, last):
        return
    span = f"from {number(rms(first.X), 3)} to {number(rms(end), 3)}"
    many = f"from layer to layer the numbers grow by {number(factor, 3)}, {span}"
    one = f"{first.label} makes numbers grow {span}"
    yield Finding(
        "exploding forward",
        len(layers) - 1,
        f"the forward pass explodes: {many if steps > 1 else one}, because of the weights, {weights_of(layers)}",
    )


def far_out(loss: Value, last: Measures) -> bool:
    """Whether the outputs are far larger than the loss wants them, or saturated on the wrong side."""
    if wants_back(last).sum() >= 0.25 * last.known.sum():
        return True
    pull = float((last.dZ * last.Z)[last.known].sum())
    return 0.5 * abs(loss.data) <= pull <= 2.3 * abs(loss.data)


def is_chain(layers: Sequence[Measures]) -> bool:
    """Whether each layer takes what the one before made: no two lie side by side."""
    levels = [each.application.sums.level for each in layers]
    return levels == list(range(levels[0], levels[0] + len(levels)))


def through_depth(layers: Sequence[Measures], blocked: set[int | None]) -> Iterator[Finding]:
    """Gradients that vanish or grow on the way back, by slopes or by weights."""
    norms = [norm(each.dZ[each.known]) for each in layers]
    if len(layers) < 2 or not is_chain(layers):
        return
    for place in range(len(layers) - 1):  # nothing comes back from weights that are 0
        above = layers[place + 1]
        if norms[place + 1] and not np.any(above.W):
            yield Finding(
                "vanishing",
                place,
                f"nothing comes back through {above.label}: all its weights are 0, so that ∂J/∂A of the layer below is "
                f"0, while ∂J/∂Z of {above.label} is {number(norms[place + 1], 3)}",
            )
            return
    bottom = max((place for place in blocked if place is not None), default=-1) + 1
    part = range(bottom, len(layers))
    if len(part) < 2 or not norms[part[0]] or not norms[part[-1]]:
        return
    steps, total = len(part) - 1, norms[part[0]] / norms[part[-1]]
    factor = total ** (1 / steps)
    by_slopes = [norms[i] / norm(layers[i].dA[layers[i].known]) for i in part[:-1]]
    by_weights = [norm(layers[i].dA[layers[i].known]) / norms[i + 1] for i in part[:-1]]
    known = all(layers[i].application.activation for i in part[:-1])
    slopes, weights = geometric_mean(by_slopes), geometric_mean(by_weights)
    first, last = layers[part[0]], layers[part[-1]]
    numbers_of = (
        f"from layer to layer by {number(factor, 3)}, from {number(norms[part[-1]], 3)} in {last.label} to "
        f"{number(norms[part[0]], 3)} in {first.label}"
    )
    if total < FADED:
        share = math.log(slopes) / math.log(factor) if factor < 1.0 else 0.0
        names = " and ".join(dict.fromkeys(layers[i].application.activation for i in part[:-1]))
        cause = f"in a layer the slopes of {names} leave {number(slopes, 3)} of it, the weights {number(weights, 3)}"
        blame = "slopes" if share > 0.65 else "weights" if share < 0.35 else "slopes and weights"
        why = f"because of the {blame}: {cause}" if known else "of which slopes and weights have unknown shares"
        yield Finding(
            "vanishing", part[0], f"the gradient vanishes on its way back: ∂J/∂Z shrinks {numbers_of}, {why}; {CURE}"
        )
    elif total > GREW and factor >= PER_LAYER:
        blame = f"{weights_of(layers[part[0] + 1 :])}; in a layer they make it {number(weights, 3)} times as large"
        yield Finding(
            "exploding backward",
            part[0],
            f"the gradient explodes on its way back: ∂J/∂Z grows {numbers_of}, because of the weights, {blame}",
        )


def weights_of(layers: Sequence[Measures]) -> str:
    """About how large the weights of the first layers are."""
    by_label = {each.label.partition(", use")[0]: number(rms(each.W), 3) for each in layers}
    told = [f"{size} in {label}" for label, size in by_label.items()]
    return "about " + ", ".join(told[:4]) + (", …" if told[4:] else "")


def geometric_mean(factors: Sequence[float]) -> float:
    return math.exp(sum(math.log(max(factor, 1e-300)) for factor in factors) / len(factors))
