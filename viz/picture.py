"""What a drawing of a graph shows, before anything is placed or written: nodes, wires and their labels.

A node is a gate and the wire that leaves it, with the value above and the gradient below; a leaf has a name for a gate.
Constants that were written as numbers are part of the gate that takes them: `+ 1`, `1 / ·`, `** 2`.

>>> from autograd import parse
>>> picture = picture_of(parse("1 / (1 + exp(-x))", x=0))
>>> [node.gate for node in picture.nodes]
['', '*-1', 'exp', '+ 1', '1 / ·']
>>> picture.wires
[(0, 1), (1, 2), (2, 3), (3, 4)]
"""

from dataclasses import dataclass

from autograd import Term, Value
from autograd.naming import clean, short_names
from autograd.notation import number
from autograd.order import topological_order

MOST_NODES = 1500
MOST_GATES = 60  # a larger graph is drawn with one plate for each node


@dataclass(frozen=True, slots=True)
class Node:
    """One node: its name, what its gate shows ("" for a leaf), value and gradient ("" while not computed)."""

    name: str
    gate: str
    value: str
    gradient: str
    title: str  # the numbers in full, for a tooltip


@dataclass(frozen=True, slots=True)
class Picture:
    """Nodes in topological order, and wires (source, target) by index, in the order of the target's operands."""

    nodes: list[Node]
    wires: list[tuple[int, int]]

    @property
    def plates(self) -> bool:
        return len(self.nodes) > MOST_GATES


def picture_of(output: Value, digits: int = 4) -> Picture:
    """The picture of the graph below `output`, as it is now. ValueError if the graph is too large to be looked at."""
    if not isinstance(output, Value):
        raise TypeError(f"expected a Value, got {output!r} of type {type(output).__name__}")
    order = topological_order(output)
    if len(order) > MOST_NODES:
        raise ValueError(
            f"the graph has {len(order)} nodes, and a picture of more than {MOST_NODES} cannot be read: "
            f"draw a part of it (one neuron, one sample), or print autograd.explain(f) step by step"
        )
    names = short_names(order)
    index = {node: i for i, node in enumerate(order)}
    nodes = [
        Node(
            name=names[node],
            gate=gate_label(node),
            value=number(node.data, digits),
            gradient="" if node.grad is None else number(node.grad, digits),
            title=f"{names[node]} = {node.data!r}" + ("" if node.grad is None else f", gradient {node.grad!r}"),
        )
        for node in order
    ]
    wires = [(index[o], index[node]) for node in order for o in node.operands if o.__class__ is not float]
    return Picture(nodes, wires)


def gate_label(node: Value) -> str:
    """What the gate shows: the operation's symbol, with the numbers that were written into it."""
    if node.op is None:
        return ""
    constants = tuple(o for o in node.operands if o.__class__ is float)
    if not constants or constants == node.op.defaults:
        return clean(node.op.notation.symbol)
    operands = node.operands
    if len(set(node.op.neutral)) == 1:  # x + y and x * y: their order does not matter, so 1 + x is shown as + 1
        operands = tuple(sorted(operands, key=lambda o: o.__class__ is float))
    terms = [Term.number(o, 6) if o.__class__ is float else Term("·") for o in operands]
    return clean(str(Term.apply_primitive(node.op, terms)).removeprefix("· "))
