"""Modules fold into boxes: the picture of a network shows its layers, or its neurons, in place of their operations.

Each node of the graph has an owner, the innermost module that computed it (see owners.py). It is drawn in the outermost
box on the way there that is not open. Samples share the boxes. What comes before and after the model stays as it is,
but folds into boxes called inputs and loss where it is much.

>>> from nn import MLP, mse_loss
>>> model = MLP(2, [3, 1], seed=0)
>>> loss = mse_loss(model([[0.0, 1.0], [1.0, 0.0]]), [0.0, 1.0])
>>> [node.box.lines for node in fold(loss, model).nodes if node.box]
[('layer 1 (0): Layer 2 → 3', 'relu', '2 samples'), ('layer 2 (2): Layer 3 → 1', '2 samples')]
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import TypeVar

from autograd import Value
from autograd.naming import short_names
from nn import Module, Neuron
from nn.sums import values_of
from viz.graph.fold.between import Join, ModulePath, Tree
from viz.graph.fold.boxes import INPUTS, LOSS, Boxes, Group
from viz.graph.fold.owners import RowFunction, find_owners, module_tree
from viz.graph.picture import Picture, node_of, nodes_below, refuse_too_many

Item = TypeVar("Item", bound=Hashable)

MOST_LOOSE = 12  # inputs, or operations after the model; more of them are folded


def fold(
    output: Value | Sequence[Value], model: Module, expand: str | Sequence[str] = "model", digits: int = 4
) -> Picture:
    """The picture of `output` with the modules of `model` folded into boxes, except those that `expand` opens.

    ValueError if the graph was not computed by this model, if there is no such box, or if too much is left to be drawn.
    """
    order = nodes_below(output)
    tree = module_tree(model)
    owners = find_owners(order, tree)
    if not any(node.op is not None and node in owners for node in order):
        raise ValueError("no node of this graph was computed by the model: draw the loss of a pass through this model")
    groups = group(order, owners, opened_by(expand, tree))
    sources = sources_of(order, groups, tree)
    drawn = in_order(sources)
    refuse_too_many(len(drawn))
    plain = [node for node in order if groups[node] is node]
    names = short_names(plain if groups[order[-1]] is order[-1] else order)
    boxes = Boxes(tree, order, groups, digits)
    nodes = [node_of(it, names[it], digits) if isinstance(it, Value) else boxes.node(it) for it in drawn]
    index = {it: i for i, it in enumerate(drawn)}
    wires = [(source, target) for target in drawn for source in sources[target]]
    carried = weights_carried(order, groups, tree)
    weights = {i: boxes.shade(carried[wire]) for i, wire in enumerate(wires) if wire in carried}
    pairs = [(index[source], index[target]) for source, target in wires]
    return Picture(nodes, pairs, weights, boxes.legend(bool(weights)))


def sources_of(order: Sequence[Value], groups: dict[Value, Group], tree: Tree) -> dict[Group, list[Group]]:
    """The sources of each group: an operation in the order of its operands, a box in that of the model."""
    found: dict[Group, dict[Group, None]] = {groups[node]: {} for node in order}
    for node in order:
        for operand in values_of(node):
            if groups[operand] != groups[node]:
                found[groups[node]][groups[operand]] = None
    places: dict[Group, int] = {path: place for place, path in enumerate(tree)}
    return {
        target: list(sources) if isinstance(target, Value) else sorted(sources, key=lambda it: places.get(it, -1))
        for target, sources in found.items()
    }


def in_order(sources: Mapping[Item, Iterable[Item]]) -> list[Item]:
    """The groups in topological order. ValueError where there is none: boxes can depend on each other."""
    try:
        return list(TopologicalSorter(sources).static_order())
    except CycleError:
        raise ValueError(
            "these modules take each other's outputs in a circle, so that no box comes before the other: open some "
            "with expand=, or draw without model="
        ) from None


def opened_by(expand: str | Sequence[str], tree: Tree) -> set[ModulePath | str]:
    """The boxes that are open: those named, and all around them."""
    named = {".".join(path): path for path in tree}
    opened: set[ModulePath | str] = set()
    for name in [expand] if isinstance(expand, str) else expand:
        if name == "model":
            opened.add(())
        elif name == "layers":
            opened |= {path for path, module in tree.items() if not isinstance(module, (Join, Neuron, RowFunction))}
        elif name == "neurons":
            opened |= {*tree, INPUTS, LOSS}
        elif name in (INPUTS, LOSS):
            opened |= {(), name}
        elif name in named:
            opened |= {named[name][:depth] for depth in range(len(named[name]) + 1)}
        else:
            boxes = ", ".join(repr(known) for known in list(named)[1:9])
            raise ValueError(
                f"there is no box {name!r} to open: expected 'model', 'layers', 'neurons', 'inputs', 'loss' or the "
                f"name of a box, such as {boxes}"
            )
    return opened


def group(order: Sequence[Value], owners: dict[Value, ModulePath], opened: set[ModulePath | str]) -> dict[Value, Group]:
    """The group of each node: itself, where it is drawn as it is, or a box."""
    groups: dict[Value, Group] = {}
    for node in order:
        owner = owners.get(node)
        around = [] if owner is None else [owner[:depth] for depth in range(len(owner) + 1)]
        groups[node] = next((path for path in around if path not in opened), node)
    feeds: set[Value] = set()  # what some module depends on
    users: dict[Value, list[Value]] = {node: [] for node in order}
    for node in reversed(order):
        for operand in values_of(node):
            users[operand].append(node)
            if node in owners or node in feeds:
                feeds.add(operand)
    after = [node for node in order if node.op is not None and node not in owners and node not in feeds]
    if len(after) > MOST_LOOSE and LOSS not in opened:
        groups.update(dict.fromkeys(after, LOSS))
        for node in order:
            if node.op is None and node not in owners and all(groups[user] == LOSS for user in users[node]):
                groups[node] = LOSS
    leaves = [node for node in order if node.op is None and node not in owners and groups[node] is node]
    if len(leaves) > MOST_LOOSE and INPUTS not in opened:
        groups.update(dict.fromkeys(leaves, INPUTS))
    return groups


def weights_carried(order: Iterable[Value], groups: dict[Value, Group], tree: Tree) -> dict[tuple[Group, Group], Value]:
    """The weight by which a folded neuron multiplies what a wire brings, where it is one."""
    found: dict[tuple[Group, Group], dict[Value, None]] = {}
    for node in order:
        here = groups[node]
        if isinstance(here, tuple) and isinstance(tree[here], Neuron):
            inside = [operand for operand in values_of(node) if operand.op is None and groups[operand] == here]
            for operand in values_of(node):
                if groups[operand] != here:
                    found.setdefault((groups[operand], here), {}).update(dict.fromkeys(inside))
    return {wire: next(iter(weights)) for wire, weights in found.items() if len(weights) == 1}
