"""The order in which a graph is worked through: every node after all of its operands.

Walking back from the result without an order goes wrong where a node is used more than once:

    a = Value(1.0)
    b = a + a       # b is used twice below
    c = b + b       # dc/da = 4

If b passed its gradient on to a after the first of its two uses had arrived, a would be told 2, not 4. In the reverse
of the order below b comes up only when both have arrived. The walk keeps its own stack, so that a chain of a million
nodes is no deeper than one of ten, and visits a node once, however many paths lead to it.

>>> from autograd import Value
>>> a = Value(1.0, "a")
>>> b = a + a
>>> [node.data for node in topological_order(b + b)]
[1.0, 2.0, 4.0]
"""

import math
from collections.abc import Iterable, Iterator
from typing import Any

# The time of a node whose operands were exchanged, for it has not been computed from them; of a leaf that was computed
# without a graph (see modes.py).
NEVER = -math.inf


def walk(output: Any, visited: set[Any] | None = None) -> tuple[list[Any], list[tuple[Any, Any]], bool]:
    """The nodes that `output` depends on, in depth-first post-order, operands as written; `output` comes last.

    Nodes in `visited` are left out, with what is below them; those found are added to it.

    Also returned: the stale edges, (node, operand) where the operand has changed since the node was computed: it has a
    later time than the node (see value.clock). There is none if all nodes were computed at one time, and no leaf was
    edited later. And whether some node has operands without an edge, such as a condition.
    """
    order: list[Any] = []
    conditional = False
    visited = set() if visited is None else visited
    if output in visited:
        return order, [], conditional
    now = output._time
    edited = now == NEVER
    path: list[Any] = []  # from the output down to where the walk is: nodes that wait for an operand
    waiting: dict[Any, Iterator[Any]] = {}  # of nodes with many operands: those that are still to come
    push, pop, visit, finish = path.append, path.pop, visited.add, order.append

    node = output
    while True:
        # Down: to an operand that is not visited yet, the first one first. Two are unrolled: most nodes have two.
        visit(node)
        x, y = node._x, node._y
        if x is None:  # a leaf
            if node._time > now:
                edited = True
            finish(node)
        else:
            if node._time != now:
                edited = True
            if y is None and node.op.places == 0:
                conditional = conditional or bool(node.op.no_edge)
                waiting[node] = iter(x)
                push(node)
            elif x.__class__ is not float and x not in visited:
                push(node)
                node = x
                continue
            elif y is not None and y.__class__ is not float and y not in visited:
                push(node)
                node = y
                continue
            else:
                finish(node)
        # Up: nodes whose operands are all in the order come into it, as far as one that has another operand.
        while path:
            node = pop()
            y = node._y
            if y is None and node in waiting:
                for y in waiting[node]:
                    if y.__class__ is not float and y not in visited:
                        break
            if y is not None and y.__class__ is not float and y not in visited:
                push(node)
                node = y
                break
            finish(node)
        else:
            return order, stale_edges(order) if edited else [], conditional


def stale_edges(order: list[Any]) -> list[tuple[Any, Any]]:
    """(node, operand) where the operand has changed since the node was computed."""
    return [
        (node, operand)
        for node in order
        for operand in node.operands
        if operand.__class__ is not float and is_newer(operand, node)
    ]


def is_newer(operand: Any, node: Any) -> bool:
    """Whether the operand has changed since the node was computed."""
    newer: bool = operand._time > node._time or node._time == NEVER
    return newer


def topological_order(output: Any) -> list[Any]:
    """The nodes that `output` depends on, operands first; RuntimeError if a leaf was edited since, or on a cycle."""
    return fresh_order(output)[0]


def backward_order(output: Any, inputs: Iterable[Any] = ()) -> list[Any]:
    """The same nodes without those that no gradient reaches, for only conditions and comparisons depend on them.

    `inputs` are left out, with what is below them: the way back ends there. RuntimeError if the output was computed
    within no_grad().
    """
    if output.op is None and output._time == NEVER:
        raise RuntimeError(
            f"{describe(output)} was computed within no_grad(), so it has no graph to go back through: "
            f"compute it outside of the block"
        )
    order, conditional = fresh_order(output, inputs)
    if not conditional:
        return order
    reached = {output}
    for node in reversed(order):
        if node in reached:
            reached.update(operand for _, operand in edges(node))
    return [node for node in order if node in reached]


def edges(node: Any) -> list[tuple[int, Any]]:
    """The operands that a gradient may flow to, each with its position: Values, but no conditions."""
    if node.op is None:
        return []
    without = node.op.no_edge
    return [(i, x) for i, x in enumerate(node.operands) if x.__class__ is not float and i not in without]


def fresh_order(output: Any, inputs: Iterable[Any] = ()) -> tuple[list[Any], bool]:
    """`walk` of a graph in which nothing is stale, down to `inputs`; else RuntimeError."""
    order, stale, conditional = walk(output, set(inputs))
    if stale:
        refuse_cycle(order)
        node, operand = next((edge for edge in stale if edge[1].op is None), stale[0])
        raise RuntimeError(
            f"{describe(operand)} was {'changed' if operand.op is None else 'recomputed'} after {describe(node)} "
            f"had been computed from it, so the values of this graph no longer belong together: "
            f"call .forward() on the result to recompute them, or build the graph anew"
        )
    return order, conditional


def refuse_cycle(order: list[Any]) -> None:
    """RuntimeError if some node stands before one of its own operands: then no order exists."""
    position = {node: index for index, node in enumerate(order)}
    for node in order:
        for operand in node.operands:
            if operand.__class__ is not float and position.get(operand, -1) >= position[node]:
                raise RuntimeError(
                    f"the graph has a cycle: {describe(node)} depends on {describe(operand)}, which depends on it; "
                    f"operands are set once, by the operation that makes the node"
                )


def describe(node: Any) -> str:
    """A node for an error message: its name, else what it is."""
    if node.name:
        return f"{node.name!r}"
    return f"the unnamed leaf {node.data!r}" if node.op is None else f"the result of {node.op.name}, {node.data!r}"
