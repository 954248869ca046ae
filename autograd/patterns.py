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
import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Literal, NamedTuple

from autograd.chain import local_derivatives
from autograd.ieee import silent
from autograd.naming import clean
from autograd.primitive import Primitive
from autograd.primitives import equal, greater
from autograd.steps import Step
from autograd.value import number_of

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


def always(local: Any) -> float:
    return 1.0


class Case(NamedTuple):
    """A sentence; and when it is said, as a rule of the table says it: where `when` of the local derivative is not 0.

    In a sentence {sign} stands for the gate as pictures show it, {z} for its result, {x} for the operand of this step,
    {other} for the other one of two, {first} and {second} for its operands.
    """

    says: str
    when: Callable[[Any], Any] = always


NAN = "{sign} has an operand that is nan: so is the gradient of {x}."

# Of several cases the first one holds.
SENTENCES: dict[Pattern, tuple[Case, ...]] = {
    "blocks": (Case("{sign} blocks: it is flat, so nothing passes."),),
    "distributes": (Case("{sign} distributes: each operand receives the whole gradient of {z}."),),
    "flips": (Case("{sign} flips the sign: {x} receives the opposite of the gradient of {z}."),),
    "signs": (
        Case("{sign} distributes with signs: {first} receives the gradient of {z}, {second} its opposite."),
    ),
    "signed": (
        Case("{sign} keeps the sign of the gradient of {z} here.", lambda d: greater(d, 0.0)),
        Case("{sign} flips the sign of the gradient of {z} here."),
    ),
    "routes": (
        Case("{sign} routes: {x} was chosen and receives the whole gradient of {z}.", lambda d: equal(d, 1.0)),
        Case("{sign} routes: {x} was not chosen, nothing passes to it.", lambda d: equal(d, 0.0)),
        Case("{sign} has a tie: its operands are equal, and each receives half of the gradient of {z}."),
    ),
    "switches": (
        Case("{sign} is off here: nothing passes.", lambda d: equal(d, 0.0)),
        Case("{sign} is on here: the whole gradient of {z} passes."),
    ),
    "swaps": (Case("{sign} swaps: {x} receives the gradient of {z} times {other}, the other operand."),),
    "repeats": (Case("{sign} repeats itself: the gradient of {z} is multiplied by the gate's own result, {z}."),),
    "scales": (Case("{sign} scales: the gradient of {z} is multiplied by its slope {way}."),),
}  # fmt: skip


# Where the other operand is a number that was written, as in x - 1, which receives nothing.
BESIDE_A_NUMBER: dict[Pattern, tuple[Case, ...]] = {
    "signs": (
        Case("{sign} passes on: {x} receives the whole gradient of {z}.", lambda d: greater(d, 0.0)),
        *SENTENCES["flips"],
    ),
}  # fmt: skip


def cases(op: Primitive, operands: Sequence[Any] = ()) -> list[Case]:
    """The facts that tell what happens in a step through the gate of `op`; operands may be plain numbers."""
    way = "at {x}" if op.arity == 1 else "in the direction of {x}"
    kind = pattern(op)
    found = SENTENCES[kind]
    if any(isinstance(operand, float) for operand in operands):
        found = BESIDE_A_NUMBER.get(kind, found)
    return [Case(says.replace("{way}", way), when) for says, when in found]


def gate_sentence(step: Step) -> str:
    """The sentence of a backward step. A gate has the sign that pictures show."""
    op = step.node.op
    assert op is not None
    assert step.operand is not None
    name = step.named
    operands = step.node.operands
    if math.isnan(step.local) and any(math.isnan(number_of(o)) for o in operands):
        says = NAN
    else:
        says = next(case.says for case in cases(op, operands) if case.when(step.local) != 0.0)
    two = len(operands) == 2
    names: dict[str, Callable[[], Any]] = {
        "sign": lambda: clean(op.notation.symbol),
        "z": lambda: name(step.node),
        "x": lambda: name(step.operand),
        "other": lambda: name(operands[1 - step.position]) if two else "",
        "first": lambda: name(operands[0]),
        "second": lambda: name(operands[-1]),
    }
    return re.sub(r"\{(\w+)\}", lambda place: str(names[place[1]]()), says)
