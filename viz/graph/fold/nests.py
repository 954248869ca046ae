"""Nests: boxes that can be opened, one inside the other. Each has a picture of its own, of what stands right in it.

The whole is a nest, too: what is in no box, and the outermost boxes, closed. In a nest there are operations and leaves,
closed boxes, a terminal for each value that comes from outside, and the points where wires come in and go out.

>>> from nn import MLP, mse_loss
>>> from viz.graph.fold.owners import module_tree
>>> from viz.graph.picture import nodes_below
>>> model = MLP(2, [2, 1], seed=0)
>>> nests, ways = nests_of(nodes_below(mse_loss(model([[0.0, 1.0]]), [1.0])), module_tree(model))
>>> [(nest.key, nest.parent) for nest in nests][:3]
[((), -1), (('2',), 0), (('2', 'neuron0'), 1)]
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from autograd import Value
from nn.sums import values_of
from viz.graph.fold.between import ModulePath, Tree
from viz.graph.fold.boxes import INPUTS, LOSS, Group
from viz.graph.fold.folding import group, in_order
from viz.graph.fold.owners import find_owners

IN, OUT = "in", "out"  # the points of a nest where wires come in, and go out
Chain = tuple[Group, ...]  # the boxes around a node, the outermost one first


class Terminal(NamedTuple):
    """The place in a nest of a value that comes from outside."""

    value: Value


Member = Group | Terminal


@dataclass
class Nest:
    """A box that can be opened, or the whole: members in topological order, wires between them by number.

    depth  how many boxes are around what stands right in it
    """

    key: Group
    parent: int
    depth: int
    members: list[Member] = field(default_factory=list)
    wires: list[tuple[int, int]] = field(default_factory=list)
    number: dict[tuple[Member, Member, int], int] = field(default_factory=dict)  # of a wire: source, target, position


def chains_of(order: Sequence[Value], tree: Tree) -> dict[Value, Chain]:
    """The boxes around each node: those of its module and of the modules around that, or the box of inputs or loss.

    A box around one node is left out. ValueError if no node was computed by the model.
    """
    owners = find_owners(order, tree)
    if not any(node.op is not None and node in owners for node in order):
        raise ValueError("no node of this graph was computed by the model: step through the loss of a pass through it")
    outermost = group(order, owners, {()})
    chains: dict[Value, Chain] = {}
    for node in order:
        if outermost[node] in (INPUTS, LOSS):
            chains[node] = (outermost[node],)
        else:
            owner: ModulePath = owners.get(node, ())
            chains[node] = tuple(owner[:depth] for depth in range(1, len(owner) + 1))
    count: dict[Group, int] = {}
    for chain in chains.values():
        for key in chain:
            count[key] = count.get(key, 0) + 1
    return {node: tuple(key for key in chain if count[key] > 1) for node, chain in chains.items()}


def nests_of(order: Sequence[Value], tree: Tree) -> tuple[list[Nest], list[list[tuple[int, int]]]]:
    """All nests, parents first, and for each wire of the graph its way through them: (nest, wire there) by number.

    Wires of the graph are numbered as in a picture: node by node, in the order of operands.
    """
    chains = chains_of(order, tree)
    nests = [Nest((), -1, 0)]
    index: dict[Group, int] = {(): 0}
    for node in order:
        for depth, key in enumerate(chains[node]):
            if key not in index:
                index[key] = len(nests)
                nests.append(Nest(key, index[chains[node][depth - 1]] if depth else 0, depth + 1))
    inside: list[list[Value]] = [[] for _ in nests]
    for node in order:
        for around in ((), *chains[node]):
            inside[index[around]].append(node)
    users: dict[Value, list[Value]] = {node: [] for node in order}
    for node in order:
        for operand in values_of(node):
            users[operand].append(node)
    for nest, nodes in zip(nests, inside, strict=True):
        fill(nest, nodes, chains, users)
    ways = [
        way(node, position, operand, chains, nests, index)
        for node in order
        for position, operand in enumerate(node.operands)
        if operand.__class__ is not float
    ]
    return nests, ways


def fill(nest: Nest, nodes: Sequence[Value], chains: dict[Value, Chain], users: dict[Value, list[Value]]) -> None:
    """Find the members of a nest and the wires between them. A node has a wire for each operand, a box one a source."""
    there = set(nodes)
    sources: dict[Member, dict[tuple[Member, int], None]] = {}
    for node in nodes:
        target = member(node, nest.depth, chains)
        wires = sources.setdefault(target, {})
        for position, operand in enumerate(node.operands):
            if operand.__class__ is float:
                continue
            source = member(operand, nest.depth, chains) if operand in there else Terminal(operand)
            if source == target:
                continue
            if isinstance(source, Terminal):
                sources.setdefault(IN, {})
                sources.setdefault(source, {(IN, 0): None})
            wires[source, position if target is node else 0] = None
        if any(user not in there for user in users[node]):
            sources.setdefault(OUT, {})[target, 0] = None
    before: dict[Member, list[Member]] = {it: [source for source, _ in wires] for it, wires in sources.items()}
    nest.members = in_order(before)
    numbered: dict[Member, int] = {it: number for number, it in enumerate(nest.members)}
    for end in nest.members:
        for start, position in sources[end]:
            nest.number[start, end, position] = len(nest.wires)
            nest.wires.append((numbered[start], numbered[end]))


def member(node: Value, depth: int, chains: dict[Value, Chain]) -> Group:
    """The member of a nest that a node in it is, or is in."""
    chain = chains[node]
    return chain[depth] if len(chain) > depth else node


def way(
    node: Value, position: int, operand: Value, chains: dict[Value, Chain], nests: list[Nest], index: dict[Group, int]
) -> list[tuple[int, int]]:
    """The way of a wire: out of the boxes around the operand, across, and into the boxes around the node."""
    here, there = chains[operand], chains[node]
    shared = 0
    while shared < min(len(here), len(there)) and here[shared] == there[shared]:
        shared += 1
    steps: list[tuple[Group, Member, Member]] = [
        (here[depth], member(operand, depth + 1, chains), OUT) for depth in reversed(range(shared, len(here)))
    ]
    across: Group = here[shared - 1] if shared else ()
    steps.append((across, member(operand, shared, chains), member(node, shared, chains)))
    for depth in range(shared, len(there)):
        steps.append((there[depth], IN, Terminal(operand)))
        steps.append((there[depth], Terminal(operand), member(node, depth + 1, chains)))
    return [
        (index[box], nests[index[box]].number[source, target, position if target is node else 0])
        for box, source, target in steps
    ]
