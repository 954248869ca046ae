"""A network as a picture of circles and arrows without numbers, as books draw it: a circle for each unit.

>>> from nn import MLP
>>> picture = picture_of_network(MLP(2, [3, 1], activation="tanh", output="sigmoid", seed=0))
>>> [node.name for node in picture.nodes]
['x1', 'x2', 'h1', 'h2', 'h3', 'y']
>>> len(picture.wires), picture.legend
(9, ('2 inputs → 3 tanh → 1 sigmoid',))

Of a layer with very many units the first and the last are drawn, with dots between them.

>>> [node.name for node in picture_of_network(MLP(784, [1], seed=0)).nodes]
['x1', 'x2', 'x3', 'x4', 'x5', 'x6', '⋮', 'x784', 'y']
"""

from itertools import pairwise

from nn import Layer, Module, Neuron, Sequential
from nn.activations import linear, name_of
from viz.graph.picture import Node, Picture

MOST_WIRES = 2000
MOST_UNITS, FIRST = 16, 6  # of a layer with more units, so many of the first are drawn, dots, and the last


def picture_of_network(model: Module) -> Picture:
    """The units of a model whose layers follow each other, input units first.

    ValueError if its layers do not follow each other, or if there are more wires than can be seen.
    """
    layers = layers_of(model)
    widths = [len(neurons[0].weights) for neurons, _ in layers]
    following = [len(neurons) for neurons, _ in layers]
    if not layers or widths[1:] != following[:-1]:
        raise ValueError(
            f"draw(model) draws networks whose layers follow each other, and those of this {type(model).__name__} do "
            f"not: draw(loss, model=model) draws the graph of a pass through any model"
        )
    columns = [units("x", widths[0])]
    for i, width in enumerate(following, 1):
        hidden = "h" if len(following) <= 2 else f"h{i},"
        columns.append(units(hidden if i < len(following) else "y", width))
    count = sum(len(before) * len(after) for before, after in pairwise(columns))
    if count > MOST_WIRES:
        raise ValueError(
            f"a picture of this network has {count} arrows, and one of more than {MOST_WIRES} cannot be read: "
            f"draw(loss, model=model) draws a box for each layer"
        )
    starts = [sum(map(len, columns[:i])) for i in range(len(columns))]
    wires = [
        (starts[i] + source, starts[i + 1] + target)
        for i, (before, after) in enumerate(pairwise(columns))
        for target in range(len(after))
        for source in range(len(before))
    ]
    nodes = [unit for column in columns for unit in column]
    legend = [f"{widths[0]} input{'s' * (widths[0] > 1)}", *(f"{len(neurons)} {kind}" for neurons, kind in layers)]
    return Picture(nodes, wires, legend=(" → ".join(legend),), network=type(model).__name__)


def units(name: str, width: int) -> list[Node]:
    """The units of a layer as they are drawn: all of them, or some of very many."""
    nodes = [Node(unit, "", "", "", unit) for unit in numbered(name, width)]
    if width <= MOST_UNITS:
        return nodes
    left_out = f"{nodes[FIRST].name} to {nodes[-2].name}: {width - FIRST - 1} units that are not drawn"
    return [*nodes[:FIRST], Node("⋮", "", "", "", left_out, dots=True), nodes[-1]]


def numbered(name: str, width: int) -> list[str]:
    """y for one unit, y1, y2, … for several."""
    return [f"{name}{i}" for i in range(1, width + 1)] if width > 1 or "," in name else [name]


def layers_of(model: Module) -> list[tuple[list[Neuron], str]]:
    """The neurons of each layer, with the name of its activation, or else of the function behind it."""
    if isinstance(model, Neuron):
        return [([model], name_of(model.activation))]
    behind: dict[Module, str] = {}
    for _, module in model.modules():
        if isinstance(module, Sequential):
            behind |= functions_behind(module)
    layers = [module for _, module in model.modules() if isinstance(module, Layer)]
    return [
        (list(layer.neurons), behind.get(layer, "linear") if layer.activation is linear else name_of(layer.activation))
        for layer in layers
    ]


def functions_behind(sequence: Sequential) -> dict[Module, str]:
    """The first function behind each layer, as relu in Sequential(Linear(2, 3), BatchNorm1d(3), "relu")."""
    found: dict[Module, str] = {}
    latest: Module | None = None
    for step in sequence.steps:
        if isinstance(step, Layer):
            latest = step
        elif not isinstance(step, Module) and latest is not None and step is not linear:
            found.setdefault(latest, name_of(step))
    return found
