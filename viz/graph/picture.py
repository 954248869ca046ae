"""The content of a picture, before anything is placed or drawn: nodes, wires and their labels.

A node is a gate and the wire that leaves it, with the value above and the gradient below. A leaf has its name in place
of a gate. Constants that were written as numbers are part of the gate that takes them: `+ 1`, `1/x`, `x²`. A node
with a box is a module of a network, folded (see the room fold).

>>> from autograd import parse
>>> picture = picture_of(parse("1 / (1 + exp(-x))", x=0))
>>> [node.gate for node in picture.nodes]
['', '×-1', 'exp', '+ 1', '1/x']
>>> picture.wires
[(0, 1), (1, 2), (2, 3), (3, 4)]
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple

import numpy as np

from autograd import Term, Value
from autograd import sum as sum_of
from autograd.ieee import silent
from autograd.naming import clean, short_names
from autograd.notation import number
from autograd.order import topological_order

MOST_NODES = 1500
LONGEST, LONGEST_GATE = 16, 24  # signs of a name and of a gate that are drawn; a tooltip has the whole
# How a gate writes what stands in a formula.
TYPESET = {" ** 2": "²", " ** 3": "³", " ** ": "^", " * ": " × ", " - ": " − ", "1 / x": "1/x"}


class Weight(NamedTuple):
    """A weight: its sign, and the size of its gradient, from 0 to 1 for the largest in the picture."""

    positive: bool
    strength: float


@dataclass(frozen=True, slots=True)
class Box:
    """The content of a folded module's box: lines of text, then its weights, one row for each neuron."""

    lines: tuple[str, ...]
    weights: tuple[tuple[Weight, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Node:
    """One node: its name, the text in its gate ("" for a leaf), value and gradient ("" while not computed).

    A node with `dots` stands for units of a wide layer that are not drawn, and its wires are not drawn either.
    """

    name: str
    gate: str
    value: str
    gradient: str
    title: str  # the numbers in full, for a tooltip
    box: Box | None = None
    dots: bool = field(default=False, repr=False)

    @property
    def label(self) -> str:
        """The name as it is drawn, no longer than 16 signs."""
        return cut(self.name)

    @property
    def sign(self) -> str:
        """The node in one word: its operation, or the name of a leaf."""
        return self.gate or self.label


@dataclass(frozen=True, slots=True)
class Picture:
    """Nodes in topological order, and wires (source, target) by index, in the order of the target's operands.

    weights  of wires that carry one into a folded neuron, by the wire's number
    legend   lines that say what the colours mean, if there are any
    network  the kind of model, if this is a network of units without numbers
    """

    nodes: list[Node]
    wires: list[tuple[int, int]]
    weights: dict[int, Weight] = field(default_factory=dict)
    legend: tuple[str, ...] = ()
    network: str = ""

    def drawn(self, wire: tuple[int, int]) -> bool:
        """Whether a wire is drawn: those of dots only keep them at their place."""
        return not any(self.nodes[end].dots for end in wire)

    @property
    def subject(self) -> str:
        """The names of the outputs, or the kind of the network."""
        if self.network:
            return self.network
        used = {source for source, _ in self.wires}
        names = [node.label for index, node in enumerate(self.nodes) if index not in used]
        return ", ".join(names if len(names) <= 4 else [*names[:3], "…"])


def picture_of(output: Value | Sequence[Value], digits: int = 4) -> Picture:
    """The picture of the graph below `output`, or below all of a list, as it is now.

    Numbers have so many significant `digits`.
    ValueError if the graph is too large to be looked at.
    """
    order = nodes_below(output)
    refuse_too_many(len(order))
    names = short_names(order)
    index = {node: i for i, node in enumerate(order)}
    nodes = [node_of(node, names[node], digits) for node in order]
    wires = [(index[o], index[node]) for node in order for o in node.operands if o.__class__ is not float]
    return Picture(nodes, wires)


def nodes_below(output: Value | Sequence[Value]) -> list[Value]:
    """The nodes of the graph, operands first; of a list of outputs, all nodes that some of them depends on.

    TypeError if this is neither a Value nor a list of Values.
    """
    if isinstance(output, Value):
        return topological_order(output)
    outputs = list(np.ravel(np.array(output, dtype=object))) if isinstance(output, (list, tuple, np.ndarray)) else []
    if not outputs or not all(isinstance(node, Value) for node in outputs):
        raise TypeError(f"expected a Value, or a list of them, got {output!r} of type {type(output).__name__}")
    with silent():
        return topological_order(sum_of([*outputs, outputs[0]]))[:-1]  # below a node that depends on all of them


def refuse_too_many(count: int) -> None:
    """ValueError for a graph with so many nodes that nobody can read its picture."""
    if count > MOST_NODES:
        raise ValueError(
            f"the graph has {count} nodes, and a picture or a page of more than {MOST_NODES} cannot be read: take "
            f"a part of the graph (one neuron, one sample), fold the modules into boxes, for a picture, with "
            f"draw(loss, model=model), or print autograd.explain(f) step by step"
        )


def node_of(node: Value, name: str, digits: int) -> Node:
    """A node of the graph as the picture shows it."""
    whole = gate_label(node)
    gate = cut(whole, LONGEST_GATE)
    title = f"{name} = {node.data!r}" + ("" if node.grad is None else f", gradient {node.grad!r}")
    return Node(
        name=name,
        gate=gate,
        value=number(node.data, digits),
        gradient="" if node.grad is None else number(node.grad, digits),
        title=title if gate == whole else f"{title}, by {whole}",
    )


def gate_label(node: Value) -> str:
    """The text in the gate: the operation's symbol, or a formula of x where numbers were written into it.

    >>> x = Value(2.0)
    >>> [gate_label(y) for y in (x * x, x * 3, 3 - x, 1 / x, x**2, 2**x)]
    ['×', '× 3', '3 − x', '1/x', 'x²', '2^x']
    """
    if node.op is None:
        return ""
    constants = tuple(o for o in node.operands if o.__class__ is float)
    if not constants or constants == node.op.defaults:
        return clean(node.op.notation.symbol)
    operands = node.operands
    if node.op.commutes:  # x + y and x * y: their order does not matter, so 1 + x is shown as + 1
        operands = tuple(sorted(operands, key=lambda o: o.__class__ is float))
    computed = "x" if len(operands) - len(constants) == 1 else "·"  # of several, none is more of an x than the others
    terms = [Term.number(o, 6) if o.__class__ is float else Term(computed) for o in operands]
    text = str(Term.apply_primitive(node.op, terms))
    for written, typeset in TYPESET.items():
        text = text.replace(written, typeset)
    return clean(text.removeprefix("x "))


def cut(text: str, longest: int = LONGEST) -> str:
    """The text, or its beginning where it is longer.

    >>> cut("the_rate_of_learning")
    'the_rate_of_lea…'
    """
    return text if len(text) <= longest else text[: longest - 1] + "…"


def uses_of(wires: Sequence[tuple[int, int]]) -> list[int]:
    """For each wire which one it is, from 1, of those between the same two nodes: x * x has two.

    >>> uses_of([(0, 1), (0, 1), (1, 2)])
    [1, 2, 1]
    """
    seen: dict[tuple[int, int], int] = {}
    uses = []
    for wire in wires:
        seen[wire] = seen.get(wire, 0) + 1
        uses.append(seen[wire])
    return uses


def id_prefix(*content: object) -> str:
    """Letters made from the content: with it before their ids, two drawings can stand in one page."""
    return "g" + sha256(repr(content).encode(errors="replace")).hexdigest()[:8]
