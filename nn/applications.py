"""Each application of a layer is found in a graph: its weighted sums Z, its activations A and the slopes ∂A/∂Z.

The activation is found by running the layer's own function on stand-ins, leaves with the numbers of the sums, and by
looking for the same operations in the graph. Where a layer has no function of its own, its activation is what the next
layer's weights are multiplied by: functions called in `forward`, a PReLU or a BatchNorm1d may lie between.

>>> from nn import MLP, mse_loss
>>> model = MLP(2, [3, 1], activation="tanh", seed=0)
>>> loss = mse_loss(model([[0.5, -1.0], [1.0, 2.0]]), [0.0, 1.0])
>>> for application in applications(loss, model):
...     print(application.sums.key, len(application.outputs), application.activation)
0 2 tanh
2 2 linear
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import autograd
from autograd import Value
from autograd.ieee import silent
from autograd.order import walk
from nn.activations import linear, name_of, takes_rows
from nn.layers import Layer
from nn.module import Module
from nn.networks import Sequential, apply
from nn.paths import Paths
from nn.special_layers import Maxout
from nn.sums import Row, Sums, inputs_of, values_of, weighted_sums

Users = Mapping[Value, list[Value]]  # for each node of a graph those that take it, in graph order


class Function(NamedTuple):
    """The function that a layer applies to its sums. `whole`: it takes a row of them at once."""

    name: str
    of_row: Callable[[list[Any]], Iterable[Any]]
    whole: bool


@dataclass(frozen=True, slots=True, eq=False)
class Application:
    """A layer applied to some rows of inputs.

    sums        where it was applied: Z of each unit in each row
    outputs     A of each unit in each row, None where the loss does not depend on it; Z where A is not known
    activation  the name of what Z went through; "" where that is not known
    slopes      ∂A/∂Z of each unit in each row; [] where that is not known, or a matrix as for softmax
    paths       how each Z leads to its A
    """

    sums: Sums
    outputs: list[Row]
    activation: str
    slopes: list[list[float | None]]
    paths: Paths

    def slope_at(self, row: int, unit: int, z: float) -> float:
        """The slope ∂A/∂Z that a unit would have if its sum were `z`; nan where that is not known."""
        total, output = self.sums.rows[row][unit], self.outputs[row][unit]
        found = None if total is None or output is None else self.paths.slope(total, output, z)
        return math.nan if found is None else found


def applications(loss: Value, model: Module) -> list[Application]:
    """Every application of a layer of `model` in the graph of `loss`, in graph order."""
    order = walk(loss)[0]
    found = weighted_sums(order, model)
    users, paths = users_of(order), Paths(order, found)
    functions, last = functions_of(model), last_layer(model)
    multiplied = multiplied_by_weights(found, paths.source)
    return [activated(sums, functions[sums.layer], sums.layer is last, users, multiplied, paths) for sums in found]


def activated(
    sums: Sums, own: list[Function], last: bool, users: Users, multiplied: Mapping[Value, Value], paths: Paths
) -> Application:
    """The application with its activations: by the layer's own functions, else by what the next weights multiply."""
    rows = [made_of(row, own, users) for row in sums.rows] if own else []
    whole = any(function.whole for function in own)
    if rows and (whole_rows(rows) if whole else complete(rows, sums.rows)):
        slopes = [] if whole else paths.slopes(sums.rows, rows)
        return Application(sums, rows, " and ".join(function.name for function in own), slopes, paths)
    rows = [[None if z is None else multiplied.get(z) for z in row] for row in sums.rows]
    if complete(rows, sums.rows):
        return Application(sums, rows, paths.name(sums.rows, rows), paths.slopes(sums.rows, rows), paths)
    if last and not own:
        return Application(sums, sums.rows, "linear", paths.slopes(sums.rows, sums.rows), paths)
    return Application(sums, sums.rows, "", [], paths)


def complete(rows: Sequence[Row], sums: Sequence[Row]) -> bool:
    """Whether there is an activation for each sum."""
    return all(
        a is not None or z is None for row, zs in zip(rows, sums, strict=True) for a, z in zip(row, zs, strict=True)
    )


def whole_rows(rows: Sequence[Row]) -> bool:
    """Whether each row has an activation: of a softmax, a loss such as -log p of one class takes only one."""
    return all(any(a is not None for a in row) for row in rows)


def users_of(order: Iterable[Value]) -> Users:
    """For each node those that take it."""
    users: dict[Value, list[Value]] = {}
    for node in order:
        users[node] = []
        for value in values_of(node):
            users[value].append(node)
    return users


def functions_of(model: Module) -> dict[Layer, list[Function]]:
    """For each layer, the functions applied to its sums: its own, a Maxout around it, the steps of a Sequential."""
    functions: dict[Layer, list[Function]] = {}
    for _, module in model.modules():
        if isinstance(module, Layer):
            functions.setdefault(module, own_functions(module.activation))
        if isinstance(module, Maxout):
            functions[module.sums] = [Function("maxout", partial(largest_for_each_sum, module), True)]
    for _, module in model.modules():
        steps = module.steps if isinstance(module, Sequential) else []
        layer = None
        for step in steps:
            if isinstance(step, Module):
                layer = step if isinstance(step, Layer) else None
            elif layer is not None:
                functions[layer] = functions[layer] + own_functions(step)
    return functions


def own_functions(activation: Any) -> list[Function]:
    if activation is linear:
        return []
    return [Function(name_of(activation), partial(apply, activation), takes_rows(activation))]


def largest_for_each_sum(maxout: Maxout, sums: list[Any]) -> list[Any]:
    """The output that each of a Maxout's sums belongs to."""
    largest = maxout.largest(sums)
    return [largest[i % maxout.outputs] for i in range(len(sums))]


def last_layer(model: Module) -> Module | None:
    """The layer whose activations are the model's output; None if that is not known."""
    if not isinstance(model, Sequential):
        return model
    return next((last_layer(step) for step in reversed(model.steps) if isinstance(step, Module)), None)


def made_of(sums: Row, functions: Sequence[Function], users: Users) -> Row:
    """The node that the functions made of each sum, None where there is none: found by running them on stand-ins."""
    there = [z for z in sums if z is not None]
    nothing: Row = [None] * len(sums)
    if len(there) < len(sums) and any(function.whole for function in functions):
        return nothing
    stand_ins = [Value(z.data) for z in there]
    results: list[Any] = stand_ins
    with silent():
        for function in functions:
            results = list(function.of_row(results))
    if len(results) != len(there) or not all(isinstance(result, Value) for result in results):
        return nothing
    twin: dict[Value, Value | None] = dict(zip(stand_ins, there, strict=True))
    for node in walk(autograd.sum(results))[0][:-1]:
        if node not in twin:
            twin[node] = node if node in users else same_node(node, twin, users)
    found = (twin[result] for result in results)
    return [None if z is None else next(found) for z in sums]


def same_node(node: Value, twin: dict[Value, Value | None], users: Users) -> Value | None:
    """The node of the graph with the same operation on the same operands, if there is one."""
    operands = [o if o.__class__ is float else twin[o] for o in node.operands]
    taken = [users[o] for o in operands if isinstance(o, Value) and o in users]
    same = partial(same_operands, operands)
    return next((user for user in min(taken, key=len, default=[]) if user.op is node.op and same(user.operands)), None)


def same_operands(ours: Sequence[Any], others: Sequence[Any]) -> bool:
    def same(x: Any, y: Any) -> bool:
        numbers = x.__class__ is float and y.__class__ is float
        return x is y or (numbers and repr(x) == repr(y))

    return len(ours) == len(others) and all(map(same, ours, others))


def multiplied_by_weights(found: Iterable[Sums], source: Mapping[Value, Value]) -> dict[Value, Value]:
    """For each sum the one node made of it alone that weights of further layers are multiplied by, where it is one."""
    taken: dict[Value, dict[Value, None]] = {}
    for sums in found:
        for row in sums.rows:
            i, z = next((i, z) for i, z in enumerate(row) if z is not None)
            for x in inputs_of(z, sums.layer.neurons[i]) or ():
                if x.__class__ is not float and x in source:
                    taken.setdefault(source[x], {})[x] = None
    return {z: next(iter(nodes)) for z, nodes in taken.items() if len(nodes) == 1}
