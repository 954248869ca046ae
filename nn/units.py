"""Illnesses inside one layer: units that are dead or all the same, saturated sums, a slope that is 0 by definition.

>>> from nn import MLP, mse_loss
>>> from nn.measures import measure
>>> model = MLP(1, [2, 1], activation="step", seed=0)
>>> [finding.cause for finding in flat_by_definition(measure(mse_loss(model([[1.0]]), [0.0]), model))]
['slope 0']
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from autograd import Value
from autograd.notation import number
from nn.measures import FLAT, Measures, near_0, norm, rms
from nn.training.history import History

PROBES = (-3.0, -1.0, -0.3, 0.3, 1.0, 3.0)  # sums at which a slope is 0 by definition, if at all


class Finding(NamedTuple):
    """A cause, the layer it was found in (its place among the measures; None for the network), and its sentence."""

    cause: str
    place: int | None
    text: str


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
    last, told = len(layers) - 1, set()
    for place, each in reversed(list(enumerate(layers))):
        if each.slopes is None or place in stopped or each.application.sums.layer in told:
            continue  # of several uses of a layer the one that is nearest to the loss is told
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
        told.add(each.application.sums.layer)
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


def same_units(layers: Sequence[Measures]) -> Iterator[Finding]:
    """Layers whose units are all alike, and get the same gradients: they can never differ."""
    for place, each in enumerate(layers):
        alike = [np.ptp(array, axis=0).max() == 0.0 for array in (each.W, biases(each)[:, None])]
        gradients = each.dZ[each.known.all(axis=1)]
        if len(each.W) < 2 or not all(alike) or not gradients.any():
            continue
        if np.ptp(gradients, axis=1).max() <= 1e-12 * np.abs(gradients).max():
            yield Finding(
                "same units",
                place,
                f"all {len(each.W)} units of {each.label} are the same: their weights and gradients are equal, so they "
                f"stay equal, as if there were one; first weights have to differ",
            )


def wants_back(each: Measures) -> np.ndarray:
    """The places where a sum is far from 0, at a slope of nearly 0, and the loss would fall if it came back."""
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


def listed(units: Sequence[int]) -> str:
    return f"unit {units[0]}" if len(units) == 1 else "units " + ", ".join(map(str, units))
