"""The way from a weighted sum Z to its activation A in a graph, and the slope ∂A/∂Z along it.

Between the two may stand a function, a PReLU, a batch norm, a dropout. The slope is that of the functions: what scales
and shifts a sum by other numbers says nothing about whether a unit is dead or saturated.

>>> from autograd.order import topological_order
>>> from nn.networks import MLP
>>> from nn.sums import weighted_sums
>>> model = MLP(1, [1], output="tanh", seed=0)
>>> a = model([0.5])
>>> order = topological_order(a)
>>> (sums,) = weighted_sums(order, model)
>>> Paths(order, [sums]).slope(sums.rows[0][0], a) == 1 - a.data**2
True
"""

from collections.abc import Iterable, Sequence
from typing import Any

from autograd import Primitive, Value, gradients
from autograd.ieee import silent
from autograd.order import walk
from nn.sums import Row, Sums, values_of


class Paths:
    """The nodes that lead from each weighted sum to its activation, in one graph.

    source    for each node the one weighted sum that it is made of; what several sums make together counts as a number
    position  the place of each node in the graph's order
    """

    def __init__(self, order: Iterable[Value], found: Iterable[Sums]) -> None:
        self.position = {node: i for i, node in enumerate(order)}
        self.source = {z: z for sums in found for row in sums.rows for z in row if z is not None}
        self.straight: dict[tuple[Primitive, int], bool] = {}
        for node in self.position:
            below = {self.source[value]: None for value in values_of(node) if value in self.source}
            if len(below) == 1 and node not in self.source:
                (self.source[node],) = below

    def between(self, z: Value, a: Value) -> list[Value]:
        """The nodes after a sum, up to its activation, in graph order."""
        found, todo = {z}, [a]
        while todo:
            node = todo.pop()
            if node not in found:
                found.add(node)
                todo += [value for value in values_of(node) if self.source.get(value) is z]
        return sorted(found - {z}, key=self.position.__getitem__)

    def slope(self, z: Value, a: Value, at: float | None = None) -> float | None:
        """∂A/∂Z by the functions on the way, at the sum's number or at another one; None if they do not lead to `a`.

        What only scales or shifts counts as 1: the factor of a dropout, the statistics of a batch norm.
        """
        if self.source.get(a) is not z:
            return None
        numbers, slopes = {z: z.data if at is None else at}, {z: 1.0}
        for node in self.between(z, a):
            mine, bent = self.own_operands(node, z), self.bends(node, z)
            leaves: list[Any] = [o if o.__class__ is float else Value(numbers.get(o, o.data)) for o in node.operands]
            with silent():
                result = Value.apply_primitive(node.op, leaves)  # type: ignore[arg-type]  # the node is computed
            numbers[node] = result.data
            if bent:
                local = gradients(result, [leaves[i] for i in mine])
                slopes[node] = sum(d * slopes[node.operands[i]] for i, d in zip(mine, local, strict=True))
            else:
                slopes[node] = slopes[node.operands[mine[0]]]
        return slopes[a]

    def slopes(self, sums: Sequence[Row], outputs: Sequence[Row]) -> list[list[float | None]]:
        """∂A/∂Z of each unit in each row."""
        return [
            [None if z is None or a is None else self.slope(z, a) for z, a in zip(zs, row, strict=True)]
            for zs, row in zip(sums, outputs, strict=True)
        ]

    def name(self, sums: Sequence[Row], outputs: Sequence[Row]) -> str:
        """The name of the function between sums and activations: "relu", "linear", or "function" where it has none."""
        z, a = next((z, a) for z, a in zip(sums[0], outputs[0], strict=True) if z is not None and a is not None)
        bends = [node.op.name for node in self.between(z, a) if node.op is not None and self.bends(node, z)]
        return "linear" if not bends else bends[0] if len(bends) == 1 else "function"

    def own_operands(self, node: Value, z: Value) -> list[int]:
        """The places of the operands that are made of this sum."""
        return [i for i, o in enumerate(node.operands) if o.__class__ is not float and self.source.get(o) is z]

    def bends(self, node: Value, z: Value) -> bool:
        """Whether the node is more than a scaled and shifted copy of what it takes of this sum."""
        mine = self.own_operands(node, z)
        return len(mine) != 1 or not self.is_straight(node, mine[0])

    def is_straight(self, node: Value, place: int) -> bool:
        """Whether the row's partial for this operand depends on other operands only. A step is flat, not straight."""
        assert node.op is not None
        if (node.op, place) not in self.straight:
            ones = [Value(node.operands[place].data if i == place else 1.0) for i in range(len(node.operands))]
            leaves: list[Any] = [o if o.__class__ is float else one for o, one in zip(node.operands, ones, strict=True)]
            with silent():
                result = Value.apply_primitive(node.op, leaves)
                (slope,) = gradients(result, leaves[place], create_graph=True)
            self.straight[node.op, place] = slope.data != 0.0 and leaves[place] not in set(walk(slope)[0])
        return self.straight[node.op, place]
