"""Why a network does not learn: the cause, with the numbers that show it. Where no cause is known, nothing is said.

Each cause has a function here, which looks at the measures of all layers and gives findings. A cause that explains
what others see comes before them: where every unit of a layer is dead, nobody says that gradients vanish.

>>> from nn import MLP, binary_cross_entropy
>>> from nn.measures import measure
>>> model = MLP(2, [2, 1], activation="relu", output="sigmoid", seed=0)
>>> for neuron in model.layers[0].neurons:
...     neuron.bias.data = -10.0
>>> loss = binary_cross_entropy(model([[0.0, 1.0], [1.0, 0.0]]), [0.0, 1.0])
>>> for finding in diagnose(loss, model, measure(loss, model)):
...     print(finding.cause, "-", finding.text)
dead - every unit is dead in layer 1 (0): relu's slope is 0 for all 2 samples, so nothing below its activation learns
"""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from autograd import Value
from autograd.notation import number
from nn.curvature import bowl
from nn.measures import FLAT, Measures, near_0, norm, rms
from nn.module import Module
from nn.training.history import History

PROBES = (-3.0, -1.0, -0.3, 0.3, 1.0, 3.0)  # sums at which a slope is 0 by definition, if at all
FADED = 1e-3  # ∂J/∂Z of the first layer over that of the last
GREW = 100.0  # backward the same, forward inputs of the last layer over those of the first
PER_LAYER = 2.0  # a growth is an explosion if it is so fast from layer to layer
CANCELS = 0.01  # what is left of the samples' gradients when they are added up
SAME = 0.005  # spread of outputs, compared with the root of the loss, that are called the same
LITTLE = 1e-4  # of the loss: what a converged network could still gain


class Finding(NamedTuple):
    """A cause, the layer it was found in (its place among the measures; None for the network), and its sentence."""

    cause: str
    place: int | None
    text: str


def diagnose(loss: Value, model: Module, layers: Sequence[Measures], history: History | None = None) -> list[Finding]:
    """Sentences on what is wrong with the network, or that it has converged; [] if nothing is known to be wrong."""
    with np.errstate(all="ignore"):  # numbers that are not finite are looked for
        return causes(loss, model, layers, history)


def causes(loss: Value, model: Module, layers: Sequence[Measures], history: History | None) -> list[Finding]:
    """The findings; a cause that blocks a layer is looked for before those that it would explain."""
    found = [*flat_by_definition(layers), *dead(layers, history)]
    stopped = {each.place for each in found if each.cause != "dead units"}
    exploded = [] if stopped else [*exploding_forward(loss, layers)]
    stopped |= {each.place for each in exploded}
    if not exploded:
        found += saturated(loss, layers, stopped)
    blocked = {each.place for each in found if each.cause != "dead units"}
    found += exploded
    if math.isfinite(loss.data) and not any(not np.isfinite(each.dZ[each.known]).all() for each in layers):
        over_depth = [*through_depth(layers, blocked)]
        plateau = [] if blocked or exploded else [*cancelling(loss, layers)]
        found += [*over_depth, *plateau]
        if not blocked and not exploded and not over_depth:
            found += converged(loss, model, layers)
    return found


# ── In one layer ──────────────────────────────────────────────────────────────────────────────────────────────────────


def flat_by_definition(layers: Sequence[Measures]) -> Iterator[Finding]:
    for place, each in enumerate(layers):
        if is_flat(each):
            name = each.application.activation
            yield Finding(
                "slope 0",
                place,
                f"no gradient passes {each.label}: the slope of {name} is 0 everywhere, by definition, so that its "
                f"weights and all below learn nothing; sigmoid and tanh are steps with a slope",
            )


def is_flat(each: Measures) -> bool:
    """Whether the activation has slope 0 at every sum."""
    if each.slopes is None or np.any(each.slopes[each.known] != 0.0):
        return False
    row, unit = np.argwhere(each.known)[0]
    return all(each.application.slope_at(row, unit, z) == 0.0 for z in PROBES)


def dead_units(each: Measures) -> list[int]:
    """The units, from 1, whose slope is 0 for every sample, and would be for sums near 0."""
    if each.slopes is None or is_flat(each):
        return []
    found = []
    for unit in range(each.slopes.shape[1]):
        (rows,) = np.nonzero(each.known[:, unit])
        if len(rows) and not np.any(each.slopes[rows, unit]):
            row = rows[np.argmin(np.abs(each.Z[rows, unit]))]
            if each.application.slope_at(row, unit, near_0(each.Z[row, unit])) == 0.0:
                found.append(unit + 1)
    return found


def dead(layers: Sequence[Measures], history: History | None) -> Iterator[Finding]:
    for place, each in enumerate(layers):
        units, all_units = dead_units(each), each.Z.shape[1]
        samples, name = f"all {len(each.Z)} samples", each.application.activation
        if len(units) == all_units:
            yield Finding(
                "dead",
                place,
                f"every unit is dead in {each.label}: {name}'s slope is 0 for {samples}, so nothing below its "
                f"activation learns{since(each, history)}",
            )
            return  # what lies above gets the same inputs for all samples: that it is flat too is no news
        if units and any(far_below(each, unit - 1) for unit in units):
            highest = max(float(np.nanmax(each.Z[:, unit - 1])) for unit in units)
            yield Finding(
                "dead units",
                place,
                f"{len(units)} of {all_units} units of {each.label} are dead, {listed(units)}: for {samples} their "
                f"sums are at most {number(highest, 3)}, where {name}'s slope is 0, so that their weights get no "
                f"gradient",
            )


def far_below(each: Measures, unit: int) -> bool:
    """Whether all sums of a unit are farther from 0 than they are from each other, and than those of live units are.

    First weights leave a few units nearer to 0 without a live sample; the next updates may well wake them.
    """
    assert each.slopes is not None
    sums, live = each.Z[each.known[:, unit], unit], each.Z[each.known & (each.slopes != 0.0)]
    return bool(np.abs(sums).min() > max(2 * float(np.std(sums)), rms(live) if live.size else 0.0))


def since(each: Measures, history: History | None) -> str:
    """Since when the layer's gradient is 0, if the history knows."""
    norms = [] if history is None else history.gradients.get(each.application.sums.key, [])
    zeros = 0
    while zeros < len(norms) and norms[-1 - zeros] == 0.0:
        zeros += 1
    if not zeros:
        return ""
    first = len(norms) - zeros
    return f"; the gradient of this layer is 0 since epoch {first}"


def saturated(loss: Value, layers: Sequence[Measures], stopped: set[int | None]) -> Iterator[Finding]:
    last = len(layers) - 1
    for place, each in enumerate(layers):
        if each.slopes is None or place in stopped:
            continue
        share = each.flat.sum() / each.known.sum()
        from_above, passed = norm(each.dA[each.known]), norm(each.dZ[each.known])
        if share < 0.5 or (share < 0.75 and passed > 0.1 * from_above) or not passed < 0.5 * from_above:
            continue
        if len(dead_units(each)) == each.Z.shape[1]:
            continue
        if place == last:
            wrong = wants_back(each)
            alive = np.abs(each.dZ[each.known]).sum() >= 0.05 * abs(loss.data)
            if alive or norm(each.dA[wrong]) ** 2 < 0.5 * from_above**2:
                continue
            which = f"{wrong.sum()} of {each.known.sum()} outputs of {each.label} are saturated on the wrong side"
        elif fits(layers[last]):
            continue
        else:
            which = f"{each.label} is saturated: {share:.0%} of its slopes are below {FLAT:g}"
        about = [number(rms(array), 3) for array in (each.Z[each.known], each.X, each.W, biases(each))]
        yield Finding(
            "saturated",
            place,
            f"{which}: its sums are about {about[0]}, too far out for {each.application.activation} (inputs about "
            f"{about[1]}, weights {about[2]}, biases {about[3]}), and of ∂J/∂A {number(from_above, 3)} only ∂J/∂Z "
            f"{number(passed, 3)} is left",
        )


def biases(each: Measures) -> np.ndarray:
    return np.array([neuron.bias.data for neuron in each.application.sums.layer.neurons])


def wants_back(each: Measures) -> np.ndarray:
    """Where a sum is far from 0, at a slope of nearly 0, and the loss would fall if it came back."""
    found = np.zeros(each.Z.shape, bool)
    for row, unit in np.argwhere(each.flat):
        z = each.Z[row, unit]
        rising = each.application.slope_at(row, unit, near_0(z))
        found[row, unit] = each.dA[row, unit] * rising * z > 0.0
    return found


def fits(last: Measures) -> bool:
    """Whether the loss asks little of the last layer's sums, and not because they are saturated on the wrong side."""
    asked, sums = float(np.abs(last.dZ[last.known]).sum()), last.Z[last.known]
    return asked < 0.1 and asked < 0.1 * float(np.std(sums)) and not wants_back(last).any()


# ── From layer to layer ───────────────────────────────────────────────────────────────────────────────────────────────


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
    told = ", ".join(f"{each.label} {number(rms(each.W), 3)}" for each in layers[:4]) + (", …" if layers[4:] else "")
    span = f"from {number(rms(first.X), 3)} to {number(rms(end), 3)}"
    many = f"from layer to layer the numbers grow by {number(factor, 3)}, {span}"
    one = f"{first.label} makes numbers grow {span}"
    yield Finding(
        "exploding forward",
        len(layers) - 1,
        f"the forward pass explodes: {many if steps > 1 else one}, because of the weights, which are about: {told}",
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
        cause = f"the slopes of {names} take {number(slopes, 3)} of it in a layer, the weights {number(weights, 3)}"
        blame = "slopes" if share > 0.65 else "weights" if share < 0.35 else "slopes and weights"
        why = f"because of the {blame}: {cause}" if known else "of which slopes and weights have unknown shares"
        yield Finding("vanishing", part[0], f"the gradient vanishes on its way back: ∂J/∂Z shrinks {numbers_of}, {why}")
    elif total > GREW and factor >= PER_LAYER:
        yield Finding(
            "exploding backward",
            part[0],
            f"the gradient explodes on its way back: ∂J/∂Z grows {numbers_of}, because of the weights, by "
            f"{number(weights, 3)} in a layer, about {number(rms(last.W), 3)} in {last.label}",
        )


def geometric_mean(factors: Sequence[float]) -> float:
    return math.exp(sum(math.log(max(factor, 1e-300)) for factor in factors) / len(factors))


# ── In the whole network ──────────────────────────────────────────────────────────────────────────────────────────────


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


def listed(units: Sequence[int]) -> str:
    return f"unit {units[0]}" if len(units) == 1 else "units " + ", ".join(map(str, units))
