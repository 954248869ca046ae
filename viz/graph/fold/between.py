"""Between modules: who owns what is computed from one module's outputs and taken by another module.

It belongs to the module that it comes from, as the sigmoid after a Linear. It belongs to the one that it goes to, if it
goes to no other and that is no layer: BatchNorm1d has more operations than its parameters show. What joins several
modules, as the sum of two, has a box of its own, for all rows of a batch: in a module it would make a circle of boxes
where that module's output is led around a block of others, as transformers do.
"""

from collections.abc import Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from itertools import takewhile

from autograd import Value
from nn import Layer, Module, Neuron, Sequential
from nn.sums import values_of

ModulePath = tuple[str, ...]  # of a module: () is the model, ("0",) its part 0, ("0", "neuron2") a neuron of that
Tree = dict[ModulePath, Module]
Origins = dict[Value, ModulePath]  # the module that a node comes from; a layer, not its neurons


class Join(Module):
    """Operations of one kind that join the outputs of the same modules; they fold into one box."""

    def __init__(self, symbol: str, count: int) -> None:
        self.symbol, self.count = symbol, count


def add_between(owners: dict[Value, ModulePath], order: Sequence[Value], tree: Tree) -> None:
    """Add the owners of nodes between modules. The tree gets a Join for each group of nodes that join modules."""
    between = between_modules(owners, order)
    try:
        origins, joins = origins_of(order, owners, between, tree, apart=True)
    except CycleError:  # modules that are used again and again, as in recurrent networks
        origins, joins = origins_of(order, owners, between, tree, apart=False)
    for path, nodes in joins.items():
        if len(nodes) > 1:  # one alone is drawn as it is
            tree[path] = Join(nodes[0].op.notation.symbol if nodes[0].op else "", len(nodes))
            owners.update(dict.fromkeys(nodes, path))
    alone = {nodes[0] for nodes in joins.values() if len(nodes) == 1}
    leads_to = modules_ahead(owners, order, alone)
    for node in order:
        if node not in between or node in owners or node in alone:
            continue
        ahead = leads_to.get(node, set())
        if len(ahead) == 1 and not isinstance(tree[next(iter(ahead))], (Layer, Neuron, Join)):
            owners[node] = next(iter(ahead))
        elif origins.get(node) in tree:
            origin = origins[node]
            before = [owners[operand] for operand in values_of(node) if operand in owners]
            owners[node] = common([path for path in before if path[: len(origin)] == origin] or [origin])


def between_modules(owners: Mapping[Value, ModulePath], order: Sequence[Value]) -> set[Value]:
    """The operations that no module owns and that some module depends on."""
    wanted: set[Value] = set()
    for node in reversed(order):
        if node in owners or node in wanted:
            wanted.update(values_of(node))
    return {node for node in wanted if node.op is not None and node not in owners}


def origins_of(
    order: Sequence[Value], owners: Mapping[Value, ModulePath], between: set[Value], tree: Tree, apart: bool
) -> tuple[Origins, dict[ModulePath, list[Value]]]:
    """The origin of each node, and the nodes of each join.

    What is computed from several modules belongs to the one that takes all others' outputs itself, if there is one: it
    adds no wire. Else it is a join, or, if joins are not to stand `apart`, of the latest module. CycleError if modules
    and joins depend on each other.
    """
    origins: Origins = {}
    takes: dict[ModulePath, dict[ModulePath, None]] = {}  # the origins of each one's operands, in order of appearance
    places: dict[ModulePath, int] = {path: place for place, path in enumerate(tree)}
    names: dict[tuple[str, ModulePath, frozenset[ModulePath]], ModulePath] = {}
    joins: dict[ModulePath, list[Value]] = {}
    for node in order:
        found = dict.fromkeys(origins[operand] for operand in values_of(node) if operand in origins)
        if node in owners:
            path = layer_of(owners[node], tree)
            takes.setdefault(path, {}).update(dict.fromkeys(it for it in found if it != path))
            origins[node] = path
        elif node in between and found:
            nearest = [it for it in found if all(other == it or other in takes[it] for other in found)]
            if nearest:
                origins[node] = nearest[0]
            elif not apart:
                origins[node] = max(found, key=places.__getitem__)
            else:
                kind = node.op.name if node.op else ""
                latest = max(found, key=list(takes).index)
                count = sum(name == kind for name, _, _ in names)
                path = names.setdefault((kind, latest, frozenset(found)), (*around(latest, tree), f"{kind}{count + 1}"))
                takes.setdefault(path, found)
                joins.setdefault(path, []).append(node)
                origins[node] = path
    if apart:
        TopologicalSorter(takes).prepare()
    return origins, joins


def modules_ahead(
    owners: Mapping[Value, ModulePath], order: Sequence[Value], alone: set[Value]
) -> dict[Value, set[ModulePath]]:
    """The modules that take what is computed from a node; joins that are drawn as they are count as one, ()."""
    found: dict[Value, set[ModulePath]] = {}
    for node in reversed(order):
        ahead = {owners[node]} if node in owners else {()} if node in alone else found.get(node, set())
        for operand in values_of(node):
            known = found.setdefault(operand, set())
            if len(known) < 2:  # two are as many as hundreds
                known |= ahead
    return found


def around(path: ModulePath, tree: Tree) -> ModulePath:
    """The module around a module, in which its output can be joined with another's; a Sequential joins nothing."""
    path = path[:-1]
    while path and isinstance(tree[path], Sequential):
        path = path[:-1]
    return path


def layer_of(path: ModulePath, tree: Tree) -> ModulePath:
    """The layer of a neuron; other modules themselves."""
    return path[:-1] if isinstance(parent_of(path, tree), Layer) else path


def parent_of(path: ModulePath, tree: Tree) -> Module | None:
    return tree[path[:-1]] if path else None


def common(paths: Iterable[ModulePath]) -> ModulePath:
    """The beginning that all paths share.

    >>> common([("0", "neuron1"), ("0", "neuron2")])
    ('0',)
    """
    return tuple(steps[0] for steps in takewhile(lambda steps: len(set(steps)) == 1, zip(*paths, strict=False)))
