"""`pattern(op)`: what a gate does to the gradient that comes back through it, in one sentence.

No operation is named here. The sentence follows from the row's partials at its probe points: constant 1 distributes,
the other operand swaps, exactly one 1 routes. A row that shows none of these, or has no probes, scales.

>>> from autograd.primitives import add, maximum, mul, tanh
>>> for op in (add, mul, maximum, tanh):
...     print(pattern(op))
add distributes: each operand receives the whole gradient.
mul swaps: each operand receives the gradient times the other operand.
maximum routes: the whole gradient goes to the operand that was chosen, none to the others.
tanh(x) scales: the gradient is multiplied by the slope of this function at its operand.
"""

from autograd import Primitive, Term
from autograd.backward import local_derivatives
from autograd.ieee import silent
from autograd.naming import clean


def pattern(op: Primitive) -> str:
    """One sentence about the gate of `op`, such as "add distributes: each operand receives the whole gradient."."""
    with silent():
        results = [op.evaluate(point, point) for point in op.probes]
        partials = [local_derivatives(op, [*p, z]) for p, z in zip(op.probes, results, strict=True)]
    numbers = {partial for row in partials for partial in row}
    operands = op.arity or max(map(len, op.probes), default=2)
    if numbers == {0.0}:
        return f"{op.name} blocks: it is flat, so no gradient passes."
    if numbers == {1.0}:
        return f"{op.name} distributes: each operand receives the whole gradient."
    if numbers == {-1.0}:
        return f"{op.name} flips the sign of the gradient."
    if numbers == {-1.0, 1.0} and all(row == partials[0] for row in partials):
        signs = " and ".join(f"{sign:g}" for sign in partials[0])
        return f"{op.name} distributes with signs: the operands receive the gradient times {signs}."
    if numbers == {-1.0, 1.0}:
        return f"{op.name} keeps or flips the sign of the gradient."
    if numbers == {0.0, 1.0} and operands > 1:
        return f"{op.name} routes: the whole gradient goes to the operand that was chosen, none to the others."
    if numbers == {0.0, 1.0}:
        return f"{op.name} switches: the whole gradient passes, or none."
    if operands == 2 and partials and all(tuple(row) == p[::-1] for row, p in zip(partials, op.probes, strict=True)):
        return f"{op.name} swaps: each operand receives the gradient times the other operand."
    if operands == 1 and partials and all(row == [z] for row, z in zip(partials, results, strict=True)):
        return f"{op.name} repeats itself: the gradient is multiplied by the gate's own result."
    formula = clean(str(Term.apply_primitive(op, [Term(letter) for letter in "xyz"[:operands]])))
    if operands == 1:
        return f"{formula} scales: the gradient is multiplied by the slope of this function at its operand."
    return f"{formula} scales: each operand receives the gradient times the slope in its direction."
