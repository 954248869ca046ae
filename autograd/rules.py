"""The local derivatives of an operation as a textbook writes them: in the operands, and in the result where shorter.

>>> from autograd import explain, parse
>>> f = parse("1 / w", w=2)
>>> forms, in_numbers = Rules(f, explain(f).named, explain(f).numbered).at(1, -0.25)
>>> print(*forms, in_numbers, sep=" = ")
-1 / w² = -f / w = -0.5 / 2

A row whose rule is guarded, or arranged for the machine, says the textbook's in `taught`. Where a guard acts, at a kink
or a singular point, the two differ: there the row's own rule is shown.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

from autograd.ieee import RAISED, as_ieee, silent
from autograd.term import Term
from autograd.value import Value

Naming = Callable[[Any], Term]


class Rules:
    """The rules of one node; `named` and `numbered` write an operand by its name and by its number."""

    def __init__(self, node: Value, named: Naming, numbered: Naming) -> None:
        assert node.op is not None
        rules = [node.op.taught, node.op.partials] if node.op.taught else [node.op.partials]
        self.named, self.numbered = (
            [form for rule in rules for form in forms(node, rule, n)] for n in (named, numbered)
        )
        self.taught = numbers_of(node, node.op.taught) if node.op.taught else None

    def at(self, position: int, local: float) -> tuple[list[Term], Term]:
        """One or two formulas in names for the derivative in this operand, and the last one of them in numbers."""
        if self.taught is None:
            first, *others = 0, 1
        elif same(self.taught[position], local):
            first, *others = 0, 1, 3
        else:  # a guard acts
            first, *others = 2, 3
        texts = [as_term(form[position]) for form in self.named]
        shortest = min(others, key=lambda i: len(str(texts[i])))
        chosen = [first, shortest] if len(str(texts[shortest])) < len(str(texts[first])) else [first]
        return [texts[i] for i in chosen], as_term(self.numbered[chosen[-1]][position])


def forms(node: Value, rule: Callable[..., Any], naming: Naming) -> list[Sequence[Any]]:
    """A rule in the operands alone, and in operands and result."""
    assert node.op is not None
    terms = [naming(operand) for operand in node.operands]
    in_operands = Term.apply_primitive(node.op, terms)
    constants = [o if o.__class__ is float else term for o, term in zip(node.operands, terms, strict=True)]
    return [run(node, rule, constants, terms, result) for result in (in_operands, naming(node))]


def run(node: Value, rule: Callable[..., Any], constants: list[Any], terms: list[Term], result: Term) -> Sequence[Any]:
    """A rule on Terms. Constants go in as floats, so that 2 - 1 becomes 1, if they can."""
    assert node.op is not None
    try:
        partials: Sequence[Any] = rule(*constants, result)
    except RAISED:
        partials = rule(*terms, result)
    except TypeError as error:
        raise node.op.unfit(error) from error
    return partials


def numbers_of(node: Value, rule: Callable[..., Any]) -> Sequence[Any]:
    """A rule at the numbers of a node."""
    numbers = [o if o.__class__ is float else o.data for o in (*node.operands, node)]
    with silent():
        try:
            partials: Sequence[Any] = rule(*numbers)
        except RAISED:
            partials = as_ieee(rule, numbers)
    return partials


def same(x: float, y: float) -> bool:
    """Whether two numbers are the same but for rounding."""
    return math.isclose(x, y, rel_tol=1e-6) or (math.isnan(x) and math.isnan(y))


def as_term(partial: Any) -> Term:
    return partial if isinstance(partial, Term) else Term.number(partial, 6)
