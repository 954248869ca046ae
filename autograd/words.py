"""`move_sentence(step, steady)`: the product of a backward step in words, as how far the output moves.

`steady_nodes` finds the nodes in which the output is steady: every gate on the way is linear in what moves. Only there
each unit counts the same, and the sentence says so; elsewhere it speaks of a small move.

>>> from autograd import explain, parse
>>> solution = explain(parse("w * w + x", w=3, x=2))
>>> steady = steady_nodes(solution.order)
>>> for step in list(solution)[3:6]:
...     print(move_sentence(step, step.operand in steady))
Each unit of q changes f by 1.
Each unit of x changes f by 1.
Move w a little in this use: q moves 3 times as far; f moves as far as q; so f moves 1 × 3 = 3 times as far as w.
"""

import math
import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from autograd.cards import times
from autograd.primitive import Primitive
from autograd.steps import Step
from autograd.tree import fold, operand_names, partial_trees
from autograd.value import Value

# {x} is the operand, {z} the gate's result, {f} the output, {product} is upstream × local; {use} is THIS_USE for an
# operand of several uses. {far z} and {far f} are AS_FAR where local, or upstream, is 1, else TIMES_AS_FAR.
SENTENCES = {
    "inner": "Move {x} a little{use}: {z} moves {far z}; {f} moves {far f} as {z}; "
    "so {f} moves {product} = {share} times as far as {x}.",
    "output": "Move {x} a little{use}: {f} moves {far z}.",
    "steady inner": "Each unit of {x}{use} changes {z} by {local}; each unit of {z} changes {f} by {upstream}; "
    "so each unit of {x} changes {f} by {product} = {share}.",
    "steady output": "Each unit of {x}{use} changes {f} by {local}.",
    "still": "Move {x} a little{use}: {z} stays where it is, so {f} does, too.",
    "lost": "No number says how far {f} moves with {x}: {product} = {share}.",
}
THIS_USE, AS_FAR, TIMES_AS_FAR = " in this use", "as far", "{} times as far"


def move_sentence(step: Step, steady: bool) -> str:
    """The sentence of a backward step; `steady`: whether the output is steady in the step's operand."""
    assert step.operand is not None
    upstream, local, share = map(step.number, (step.upstream, step.local, step.contribution))
    words = {
        "x": step.solution.names[step.operand],
        "z": step.solution.names[step.node],
        "f": step.solution.names[step.solution.output],
        "use": THIS_USE if step.uses > 1 else "",
        "far z": far(str(local)),
        "far f": far(str(upstream)),
        "upstream": str(upstream),
        "local": str(local),
        "product": times(upstream, local),
        "share": str(share),
    }
    return re.sub(r"\{([\w ]+)\}", lambda place: words[place[1]], SENTENCES[kind(step, steady)])


def kind(step: Step, steady: bool) -> str:
    """The key of a step's sentence."""
    if not math.isfinite(step.contribution):
        return "lost"
    if step.local == 0.0:
        return "still"
    return ("steady " if steady else "") + ("output" if step.node is step.solution.output else "inner")


def far(factor: str) -> str:
    return AS_FAR if factor == "1" else TIMES_AS_FAR.format(factor)


def steady_nodes(order: Sequence[Value]) -> set[Value]:
    """The nodes of a graph, given in topological order, in which its output is linear, whatever else they move.

    A product bends where both of its operands move, a quotient where what it divides by does.
    """
    moves: dict[Value, int] = {}  # the nodes that move a node, itself included: bit i is node i
    bending = 0  # the nodes that bend some gate
    for i, node in enumerate(order):
        reach = [0 if operand.__class__ is float else moves[operand] for operand in node.operands]
        moves[node] = 1 << i
        for mask in reach:
            moves[node] |= mask
        if node.op is not None:
            for one, other in bends(node.op, len(reach)):
                bending |= reach[one] & reach[other]
    return {node for i, node in enumerate(order) if not bending >> i & 1}


@cache
def bends(op: Primitive, count: int) -> list[tuple[int, int]]:
    """The pairs of operands of a row that bend it where both move: the derivative in one depends on the other."""
    names = operand_names(count)
    try:
        partials = partial_trees(op, count)
    except Exception:  # a rule of the user's own that takes numbers only
        return [(i, j) for i in range(count) for j in range(count)]
    found = []
    for i, partial in enumerate(partials):
        depends = {names[i]} if i in op.no_edge else places_in(partial)
        found += [(i, j) for j, name in enumerate(names) if name in depends or "z" in depends]
    return found


def places_in(formula: Any) -> set[str]:
    """The names of the places in a formula: of operands, and z."""

    def leaf(found: Any) -> set[str]:
        name = getattr(found, "name", "")
        return {name} if name else set()

    names: set[str] = fold(formula, leaf, lambda _, parts: set().union(*parts))
    return names
