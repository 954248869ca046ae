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
from collections.abc import Sequence

import numpy as np

from autograd import Value
from nn.depth import exploding_forward, through_depth
from nn.measures import Measures
from nn.minimum import cancelling, converged
from nn.module import Module
from nn.training.history import History
from nn.units import Finding, dead, flat_by_definition, same_units, saturated


def diagnose(loss: Value, model: Module, layers: Sequence[Measures], history: History | None = None) -> list[Finding]:
    """Sentences on what is wrong with the network, or that it has converged; [] if nothing is known to be wrong."""
    with np.errstate(all="ignore"):  # numbers that are not finite are looked for
        return causes(loss, model, layers, history)


def causes(loss: Value, model: Module, layers: Sequence[Measures], history: History | None) -> list[Finding]:
    """The findings; a cause that blocks a layer is looked for before those that it would explain."""
    found = [*flat_by_definition(layers), *dead(layers, history)]
    stopped = {each.place for each in found if each.cause != "dead units"}
    found += same_units(layers)
    exploded = [] if stopped else [*exploding_forward(loss, layers)]
    stopped |= {each.place for each in exploded}
    if not exploded:
        found += saturated(loss, layers, stopped)
    blocked = {each.place for each in found if each.cause not in ("dead units", "same units")}
    found += exploded
    if math.isfinite(loss.data) and not any(not np.isfinite(each.dZ[each.known]).all() for each in layers):
        over_depth = [*through_depth(layers, blocked)]
        plateau = [] if blocked or exploded else [*cancelling(loss, layers)]
        found += [*over_depth, *plateau]
        if not blocked and not exploded and not over_depth and (not plateau or len(layers) == 1):
            found += converged(loss, model, layers)
    return found
