"""`gate_sentence(step)`: one sentence on what a gate does in this step to the gradient that comes back through it.

No operation is named here. The pattern of a gate follows from its row's partials at the row's probes: constant 1
distributes, the other operand swaps, 0 or 1 routes. The case that happened follows from the step's local derivative.

>>> from autograd import explain, parse
>>> for text in ("x + y", "x * y", "maximum(x, y)", "x - y"):
...     print(gate_sentence(explain(parse(text, x=3, y=3))[2]))
+ distributes: each operand receives the whole gradient of f.
× swaps: x receives the gradient of f times y, the other operand.
maximum has a tie: its operands are equal, and each receives half of the gradient of f.
− distributes with signs: x receives the gradient of f, y its opposite.
"""

import math
from collections.abc import Callable
from functools import cache
from typing import Any, Literal

from autograd.backward import local_derivatives
from autograd.explain import Step
from autograd.ieee import silent
from autograd.naming import clean
from autograd.primitive import Primitive

Pattern = Literal[
    "blocks", "distributes", "flips", "signs", "signed", "routes", "switches", "swaps", "repeats", "scales"
]


@cache
def pattern(op: Primitive) -> Pattern:
    """The pattern of the gate of `op`, by its partials at its probes; a row without probes scales."""
    with silent():
        results = [op.evaluate(point, point) for point in op.probes]
        partials = [local_derivatives(op, [*p, z]) for p, z in zip(op.probes, results, strict=True)]
    numbers = {partial for row in partials for i, partial in enumerate(row) if i not in op.no_edge}
    several = op.arity is None or op.arity > 1
    if numbers <= {0.0, None} and op.probes:
        return "blocks"
    if numbers == {1.0}:
        return "distributes"
    if numbers == {-1.0}:
        return "flips"
    if numbers == {-1.0, 1.0}:
        return "signs" if all(row == partials[0] for row in partials) else "signed"
    if numbers == {0.0, 1.0}:
        return "routes" if several else "switches"
    if op.arity == 2 and partials and all(tuple(row) == p[::-1] for row, p in zip(partials, op.probes, strict=True)):
        return "swaps"
    if op.arity == 1 and partials and all(row == [z] for row, z in zip(partials, results, strict=True)):
        return "repeats"
    return "scales"


def gate_sentence(step: Step, name: Callable[[Any], Any] | None = None) -> str:
    """The sentence of a backward step, in the names that the step uses, or those that `name` gives to operands.

    A gate has the sign that pictures show.
    """
    op = step.node.op
    assert op is not None
    assert step.operand is not None
    name = name or step.named
    sign, z, x = clean(op.notation.symbol), str(name(step.node)), str(name(step.operand))
    operands = step.node.operands
    gradient = f"the gradient of {z}"
    if math.isnan(step.local) and any(math.isnan(number_of(o)) for o in operands):
        return f"{sign} has an operand that is nan: so is the gradient of {x}."
    match pattern(op):
        case "blocks":
            return f"{sign} blocks: it is flat, so nothing passes."
        case "distributes":
            return f"{sign} distributes: each operand receives the whole gradient of {z}."
        case "flips":
            return f"{sign} flips the sign: {x} receives the opposite of {gradient}."
        case "signs":
            named = [name(o) for o in operands]
            return f"{sign} distributes with signs: {named[0]} receives {gradient}, {named[1]} its opposite."
        case "signed":
            return f"{sign} {'keeps' if step.local > 0.0 else 'flips'} the sign of {gradient} here."
        case "routes":
            return routed(step, sign, x, z)
        case "switches" if step.local == 0.0:
            return f"{sign} is off here: nothing passes."
        case "switches":
            return f"{sign} is on here: the whole gradient of {z} passes."
        case "swaps":
            other = operands[1 - step.position]
            return f"{sign} swaps: {x} receives {gradient} times {name(other)}, the other operand."
        case "repeats":
            return f"{sign} repeats itself: {gradient} is multiplied by the gate's own result, {z}."
        case _:
            where = f"at {x}" if op.arity == 1 else f"in the direction of {x}"
            return f"{sign} scales: {gradient} is multiplied by its slope {where}."


def routed(step: Step, sign: str, x: str, z: str) -> str:
    """The sentence of a gate that chooses one of its operands."""
    if step.local == 1.0:
        return f"{sign} routes: {x} was chosen and receives the whole gradient of {z}."
    if step.local == 0.0:
        return f"{sign} routes: {x} was not chosen, nothing passes to it."
    return f"{sign} has a tie: its operands are equal, and each receives half of the gradient of {z}."


def number_of(operand: Any) -> float:
    return float(operand if operand.__class__ is float else operand.data)
