"""The box of a folded module tells what it is, how many samples passed, its weights, its gradient.

A weight is a square with its sign, in a colour for its sign that is the deeper the larger its gradient is, compared
with the largest one of the model: a layer whose gradient vanishes is pale.
"""

import math
from collections.abc import Iterable, Mapping, Sequence

from autograd import Value
from autograd.naming import clean
from autograd.notation import number
from nn import Layer, Module, Neuron, Sequential
from nn.activations import linear, name_of, takes_rows
from nn.sums import layer_numbers, values_of
from viz.graph.fold.between import Join, ModulePath, Tree
from viz.graph.fold.owners import RowFunction
from viz.graph.picture import Box, Node, Weight

INPUTS, LOSS = "inputs", "loss"  # the boxes of what is no module's
MOST_SQUARES = 24  # weights in a row or a column
Group = Value | ModulePath | str  # what is one node of the picture: an operation or a leaf, a module, INPUTS or LOSS


class Boxes:
    """Makes the boxes of one picture."""

    def __init__(self, tree: Tree, order: Sequence[Value], groups: dict[Value, Group], digits: int) -> None:
        self.tree, self.digits, self.numbers = tree, digits, layer_numbers(tree[()])
        self.members: dict[Group, list[Value]] = {}
        self.results: dict[Group, dict[Value, None]] = {groups[order[-1]]: {order[-1]: None}}  # what others take
        for node in order:
            self.members.setdefault(groups[node], []).append(node)
            for operand in values_of(node):
                if operand.op is not None and groups[operand] != groups[node]:
                    self.results.setdefault(groups[operand], {})[operand] = None
        gradients = [abs(p.grad) for p in tree[()].parameters() if p.grad is not None and math.isfinite(p.grad)]
        self.largest = max(gradients, default=0.0)
        self.squares = False

    def node(self, group: ModulePath | str) -> Node:
        """The node of the picture for a folded module; with value and gradient, if it has one result."""
        parameters: list[Value] = []
        weights: list[list[Value]] = []
        if group == INPUTS:
            lines = [INPUTS, f"{len(self.members[group])} values"]
        elif group == LOSS:
            lines = [LOSS, f"{sum(node.op is not None for node in self.members[group])} operations"]
        else:
            assert isinstance(group, tuple)
            module = self.tree[group]
            parameters = module.parameters()
            lines = [*describe(".".join(group), module, self.numbers), *followers(group, self.tree)]
            lines += samples(module, self.members[group])
            neurons = module.neurons if isinstance(module, Layer) else [module] if isinstance(module, Neuron) else []
            weights = [[*neuron.weights, neuron.bias] for neuron in neurons]
        results = list(self.results.get(group, ()))
        value = gradient = ""
        title = clean(lines[0])
        if len(results) == 1:
            value = number(results[0].data, self.digits)
            gradient = "" if results[0].grad is None else number(results[0].grad, self.digits)
            title += f" = {results[0].data!r}" + (f", gradient {results[0].grad!r}" if gradient else "")
        if parameters and all(p.grad is not None for p in parameters):
            norm = math.hypot(*(p.grad for p in parameters if p.grad is not None))
            title += f", gradient of its parameters: norm {norm!r}"
            gradient = gradient or f"gradient norm {number(norm, self.digits)}"
        if len(weights) > MOST_SQUARES or any(len(row) > MOST_SQUARES + 1 for row in weights):
            weights = []
        self.squares = self.squares or bool(weights)
        box = Box(tuple(map(clean, lines)), tuple(tuple(map(self.shade, row)) for row in weights))
        return Node(clean(lines[0]), "", value, gradient, title, box)

    def shade(self, weight: Value) -> Weight:
        """The sign of a weight, and its gradient as a share of the largest; the root makes small ones visible."""
        size = abs(weight.grad or 0.0)
        share = size / self.largest if self.largest and math.isfinite(size) else float(size > 0.0)
        return Weight(weight.data >= 0.0, math.sqrt(share))

    def legend(self, on_wires: bool) -> tuple[str, ...]:
        """The meaning of the colours of weights, if there are any."""
        lines = []
        if self.squares:
            lines.append("weights, a row for each neuron, its bias last: + positive, − negative")
        if on_wires:
            lines.append("weights on wires: solid positive, dashed negative")
        if lines and self.largest:
            lines.append("the deeper or thicker, the larger the gradient")
        return tuple(lines)


def describe(name: str, module: Module, numbers: Mapping[str, int]) -> list[str]:
    """The lines on a module: its name and kind, its widths, its activation; of a container, the number of parameters.

    A layer, or a module around one, is called by the layer's number, with its key beside.
    """
    kind = type(module).__name__
    layers = [part for _, part in module.modules() if isinstance(part, Layer)]
    inside = [number for key, number in numbers.items() if key == name or key.startswith(f"{name}.")]
    called = f"layer {inside[0]} ({name})" if name and len(layers) == len(inside) == 1 else name
    title = f"{called}: {kind}" if called else kind
    if isinstance(module, RowFunction):
        return [name]
    if isinstance(module, Join):
        return [f"{name}: {module.symbol}", f"{module.count} operations"]
    if isinstance(module, Neuron):
        return [name or kind, *([] if takes_rows(module.activation) else activation(module))]
    if isinstance(module, Layer):
        return [f"{title} {len(module.neurons[0].weights)} → {len(module.neurons)}", *activation(module)]
    widths = f" {len(layers[0].neurons[0].weights)} → {len(layers[-1].neurons)}" if layers else ""
    count = len(module.parameters())
    return [title + widths, f"{count} parameter{'s' if count != 1 else ''}"]


def activation(module: Layer | Neuron) -> list[str]:
    return [] if module.activation is linear else [name_of(module.activation)]


def followers(path: ModulePath, tree: Tree) -> list[str]:
    """The functions after a module of a Sequential, which are in its box if another module follows them."""
    around = tree[path[:-1]] if path else None
    if not isinstance(around, Sequential) or isinstance(tree[path], Join):
        return []
    names: list[str] = []
    for step in around.steps[int(path[-1]) + 1 :]:
        if isinstance(step, Module):
            return names
        if step is not linear:
            names.append(name_of(step))
    return []


def samples(module: Module, members: Iterable[Value]) -> list[str]:
    """The number of samples that share the box, if it is more than one: how often a neuron's bias is added in it."""
    neurons = [part.neurons[0] for _, part in module.modules() if isinstance(part, Layer)]
    if isinstance(module, Neuron):
        neurons = [module]
    counts = {neuron.bias: 0 for neuron in neurons}
    for value in (value for node in members for value in dict.fromkeys(values_of(node))):
        if value in counts:
            counts[value] += 1
    most = max(counts.values(), default=0)
    return [f"{most} samples"] if most > 1 else []
