"""The weighted sums Z of layers are found in a graph, row by row, unit by unit.

A layer remembers nothing of the graphs it was used in; its sums are found in the graph of a loss. A weighted sum is a
sum of a unit's bias and of products with each of its weights; a penalty on the weights is none. Sums whose products
have the same other operands are of one row. Of rows with equal inputs, sums are of one row if they feed one node.

>>> from autograd.order import topological_order
>>> from nn import MLP, mse_loss
>>> model = MLP(2, [3, 1], activation="tanh", seed=0)
>>> loss = mse_loss(model([[0.5, -1.0], [1.0, 2.0]]), [0.0, 1.0])
>>> [(found.key, len(found.rows), len(found.rows[0])) for found in weighted_sums(topological_order(loss), model)]
[('0', 2, 3), ('2', 2, 1)]
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograd import Value
from autograd.primitives import mul
from autograd.primitives import sum as total
from nn.layers import Layer, Neuron
from nn.module import Module

Row = list[Value | None]  # a node for each unit; None where the graph has none, or where its row is not known


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """The weighted sums of one application of a layer, which was given some rows of inputs.

    A layer that is used again on what came of it, as in a recurrent network, has several applications.

    key     the layer's keys in the state_dict begin with it; "" for a layer that is the model itself
    place   the number of the layer, 1, 2, ..., in the order of the model's modules
    number  the number of the application, 1, 2, ..., among those of the layer, in graph order
    of      how many applications of the layer there are
    level   how many layers lie below, on the longest way
    rows    Z: for each row the weighted sum of each unit
    """

    layer: Layer
    key: str
    place: int
    number: int
    of: int
    level: int
    rows: list[Row]


def weighted_sums(order: Sequence[Value], model: Module) -> list[Sums]:
    """The applications of the model's layers among nodes in topological order, by their weighted sums."""
    keys = layers_of(model)
    units: dict[Value, list[tuple[Layer, int]]] = {}  # by the bias
    for layer in keys:
        for i, neuron in enumerate(layer.neurons):
            units.setdefault(neuron.bias, []).append((layer, i))
    level: dict[Value, int] = {}  # how many layers lie below a node: tells the applications of one layer apart
    found: dict[tuple[Layer, int], dict[tuple[Any, ...], list[list[Value]]]] = {}
    for node in order:
        values = values_of(node)
        level[node] = max((level[value] for value in values), default=0)
        for layer, i in (unit for value in values if value in units for unit in units[value]):
            inputs = inputs_of(node, layer.neurons[i])
            if inputs is not None:
                rows = found.setdefault((layer, level[node]), {})
                rows.setdefault(inputs, [[] for _ in layer.neurons])[i].append(node)
                level[node] += 1
                break
    return numbered(order, found, keys)


def inputs_of(node: Value, neuron: Neuron) -> tuple[Any, ...] | None:
    """The factors of the weights, where the node is the neuron's weighted sum; else None."""
    operands = node.operands
    if node.op is not total or len(operands) != len(neuron.weights) + 1:
        return None
    weights = set(neuron.weights)
    inputs: dict[Value, list[Any]] = {}
    for product in operands:
        if product is neuron.bias:
            continue
        if product.__class__ is float or product.op is not mul:
            return None
        x, y = product.operands
        weight, other = (x, y) if x.__class__ is not float and x in weights else (y, x)
        inputs.setdefault(weight, []).append(other)
    for others in inputs.values():
        others.reverse()
    in_order = [inputs[w].pop() if inputs.get(w) else None for w in neuron.weights]
    return None if any(x is None for x in in_order) else tuple(in_order)


def numbered(
    order: Sequence[Value], found: Mapping[tuple[Layer, int], Mapping[Any, list[list[Value]]]], keys: dict[Layer, str]
) -> list[Sums]:
    """The applications made of each layer's sums, which come as rows with the same inputs, unit by unit."""
    repeated = [units for rows in found.values() for units in rows.values() if max(map(len, units)) > 1]
    parted = {id(units): rows for units, rows in zip(repeated, parted_rows(order, repeated), strict=True)}
    position = {node: i for i, node in enumerate(order)}
    places, result = {layer: i + 1 for i, layer in enumerate(keys)}, []
    times: dict[Layer, int] = {}
    most = Counter(layer for layer, _ in found)
    for (layer, level), groups in found.items():
        times[layer] = times.get(layer, 0) + 1
        sums: list[Row] = []
        for units in groups.values():
            sums += parted.get(id(units)) or [[zs[0] if zs else None for zs in units]]
        sums.sort(key=lambda row: min(position[z] for z in row if z is not None))
        result.append(Sums(layer, keys[layer], places[layer], times[layer], most[layer], level, sums))
    return result


def parted_rows(order: Sequence[Value], repeated: Sequence[list[list[Value]]]) -> list[list[Row]]:
    """For each group of sums with equal inputs its rows: sums of several units are of one row if they feed one node."""
    group_of = {z: units for units in repeated for zs in units for z in zs}
    # For each sum the units that are known to be in its row, and for a node the sum of the one unfinished row it takes.
    row_of = {z: {i: z} for units in repeated for i, zs in enumerate(units) for z in zs}
    feeds = {z: z for z in group_of}
    for node in order if repeated else ():
        met: dict[int, dict[int, dict[int, Value]]] = {}  # by group: the rows that come together here
        for value in values_of(node):
            if value in feeds:
                z = feeds[value]
                met.setdefault(id(group_of[z]), {})[id(row_of[z])] = row_of[z]
        unfinished = [joined for rows in met.values() if (joined := join(list(rows.values()), row_of))]
        if len(unfinished) == len(met) == 1 and node not in feeds:
            z = next(iter(unfinished[0].values()))
            if len(unfinished[0]) < len(group_of[z]):
                feeds[node] = z
    result = []
    for units in repeated:
        rows = {id(row_of[z]): row_of[z] for zs in units for z in zs}
        result.append([[row.get(i) for i in range(len(units))] for row in rows.values()])
    return result


def join(rows: list[dict[int, Value]], row_of: dict[Value, dict[int, Value]]) -> dict[int, Value] | None:
    """The rows made one; None if a unit is in two of them: then the node takes several rows, as a mean does."""
    largest = max(rows, key=len)
    if len(rows) > 1 and sum(map(len, rows)) > len({i for row in rows for i in row}):
        return None
    for row in rows:
        if row is not largest:
            largest.update(row)
            row_of.update(dict.fromkeys(row.values(), largest))
    return largest


def layers_of(model: Module) -> dict[Layer, str]:
    """The layers of a model with their keys, in the order in which they are numbered; one that is used twice once."""
    layers: dict[Layer, str] = {}
    for prefix, module in model.modules():
        if isinstance(module, Layer):
            layers.setdefault(module, prefix.rstrip("."))
    return layers


def layer_numbers(model: Module) -> dict[str, int]:
    """The number of each layer of a model, 1, 2, ..., by its key; that of a layer alone is "layer"."""
    return {key or "layer": number for number, key in enumerate(layers_of(model).values(), 1)}


def values_of(node: Value) -> list[Value]:
    """The operands that are Values."""
    return [operand for operand in node.operands if operand.__class__ is not float]
