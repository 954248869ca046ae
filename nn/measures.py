"""The numbers of an application of a layer as arrays: inputs X, sums Z, activations A, and the gradients of the loss.

Arrays of sums have shape (rows, units), those of weights (units, inputs). nan stands where the graph has no number.

>>> from nn import MLP, mse_loss
>>> model = MLP(2, [3, 1], activation="tanh", seed=0)
>>> loss = mse_loss(model([[0.5, -1.0], [1.0, 2.0]]), [0.0, 1.0])
>>> first, last = measure(loss, model)
>>> first.dZ.shape, first.dW.shape, last.dA.shape
((2, 3), (3, 2), (2, 1))
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd import Value, gradients
from nn.applications import Application, applications
from nn.module import Module
from nn.sums import inputs_of

FLAT = 0.01  # a slope |∂A/∂Z| below this is nearly 0


@dataclass(frozen=True, slots=True, eq=False)
class Measures:
    """An application of a layer, with its numbers and the gradients of the loss, dZ = ∂J/∂Z and so on.

    known   where the graph has a sum: False for a unit that a row lacks
    made    where the graph has an activation: False too where the loss does not depend on it
    slopes  ∂A/∂Z; None where it is not known
    flat    where a sum is so far from 0 that the slope there is nearly 0; a relu that is off is not meant
    """

    application: Application
    X: np.ndarray
    Z: np.ndarray
    A: np.ndarray
    W: np.ndarray
    dZ: np.ndarray
    dA: np.ndarray
    dW: np.ndarray
    db: np.ndarray
    known: np.ndarray
    made: np.ndarray
    slopes: np.ndarray | None
    flat: np.ndarray

    @property
    def label(self) -> str:
        """The layer for people: its number, its key in the state_dict, and which use of it, if there are several."""
        sums = self.application.sums
        key = f" ({sums.key})" if sums.key else ""
        return f"layer {sums.place}{key}" + (f", use {sums.number}" if sums.of > 1 else "")


def measure(loss: Value, model: Module) -> list[Measures]:
    """The measures of every application of a layer of `model` in the graph of `loss`, in graph order."""
    found = applications(loss, model)
    nodes = dict.fromkeys(node for each in found for node in nodes_of(each))
    slope_at = dict(zip(nodes, gradients(loss, nodes), strict=True)) if nodes else {}
    return [measures_of(each, slope_at) for each in found]


def nodes_of(application: Application) -> list[Value]:
    """The nodes whose gradients are measured."""
    layer, rows = application.sums.layer, [*application.sums.rows, *application.outputs]
    parameters = [*layer.weights(), *(neuron.bias for neuron in layer.neurons)]
    return [*parameters, *(node for row in rows for node in row if node is not None)]


def measures_of(application: Application, slope_at: Mapping[Value, float]) -> Measures:
    layer, sums, outputs = application.sums.layer, application.sums.rows, application.outputs
    weights = [neuron.weights for neuron in layer.neurons]
    inputs = []
    for row in sums:
        i, z = next((i, z) for i, z in enumerate(row) if z is not None)
        inputs.append([number(x) for x in inputs_of(z, layer.neurons[i]) or ()])
    slopes = [[math.nan if s is None else s for s in row] for row in application.slopes]
    known = np.array([[z is not None for z in row] for row in sums])
    dA = slopes_of(outputs, slope_at)
    unused = known & np.array([[a is None for a in row] for row in outputs])
    return Measures(
        application,
        X=np.array(inputs),
        Z=numbers(sums),
        A=numbers(outputs),
        W=numbers(weights),
        dZ=slopes_of(sums, slope_at),
        dA=np.where(unused, 0.0, dA),
        dW=slopes_of(weights, slope_at),
        db=np.array([slope_at[neuron.bias] for neuron in layer.neurons]),
        known=known,
        made=np.array([[a is not None for a in row] for row in outputs]),
        slopes=np.array(slopes) if slopes else None,
        flat=far_from_0(application),
    )


def far_from_0(application: Application) -> np.ndarray:
    """The places where the slope is below FLAT, and is larger near 0."""
    flat = np.zeros((len(application.sums.rows), len(application.sums.rows[0])), bool)
    for row, slopes in enumerate(application.slopes):
        for unit, slope in enumerate(slopes):
            if slope is not None and abs(slope) < FLAT:
                total = application.sums.rows[row][unit]
                z = math.nan if total is None else float(total.data)
                flat[row, unit] = abs(application.slope_at(row, unit, near_0(z))) > abs(slope)
    return flat


def near_0(z: float) -> float:
    """A number of the same sign near 0: there sigmoid and tanh are steep, and a relu that is off is still off."""
    return max(-1.0, min(1.0, 0.01 * z))


def numbers(rows: Sequence[Sequence[Value | None]]) -> np.ndarray:
    return np.array([[math.nan if node is None else node.data for node in row] for row in rows])


def slopes_of(rows: Sequence[Sequence[Value | None]], slope_at: Mapping[Value, float]) -> np.ndarray:
    return np.array([[math.nan if node is None else slope_at[node] for node in row] for row in rows])


def number(x: Any) -> float:
    return float(x.data) if isinstance(x, Value) else float(x)


def norm(array: np.ndarray) -> float:
    """√Σ x² over all entries."""
    return math.hypot(*array.ravel().tolist())


def rms(array: np.ndarray) -> float:
    """The root of the mean square of the entries."""
    return norm(array) / math.sqrt(array.size) if array.size else math.nan
