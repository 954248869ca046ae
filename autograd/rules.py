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
from typing import Any, NamedTuple

from autograd.ieee import RAISED, ieee_result, silent
from autograd.term import Term
from autograd.value import Value

Naming = Callable[[Any], Term]


class Form(NamedTuple):
    """All local derivatives of a node in one form: in names, and in numbers."""

    named: Sequence[Any]
    numbered: Sequence[Any]

    def text(self, position: int) -> str:
        return str(as_term(self.named[position]))


class Rules:
    """The rules of one node; `named` and `numbered` write an operand by its name and by its number."""

    def __init__(self, node: Value, named: Naming, numbered: Naming) -> None:
        assert node.op is not None
        self.own = forms(node, node.op.partials, named, numbered)
        self.taught = forms(node, node.op.taught, named, numbered) if node.op.taught else None
        self.taught_numbers = numbers_of(node, node.op.taught) if node.op.taught else ()

    def at(self, position: int, local: float) -> tuple[list[Term], Term]:
        """One or two formulas in names for the derivative in this operand, and the last one of them in numbers."""
        in_operands, by_result = self.own
        candidates = [by_result]
        if self.taught and same(self.taught_numbers[position], local):  # else a guard of the row acts
            in_operands, taught_by_result = self.taught
            candidates = [taught_by_result, by_result]
        shortest = min(candidates, key=lambda form: len(form.text(position)))
        chosen = [in_operands]
        if len(shortest.text(position)) < len(in_operands.text(position)):
            chosen.append(shortest)
        return [as_term(form.named[position]) for form in chosen], as_term(chosen[-1].numbered[position])


def forms(node: Value, rule: Callable[..., Any], named: Naming, numbered: Naming) -> tuple[Form, Form]:
    """A rule in the operands alone, and in operands and result."""
    assert node.op is not None
    written = []
    for naming in (named, numbered):
        terms = [naming(operand) for operand in node.operands]
        exponent = node.op.notation.exponent if naming is numbered else None
        constants = [
            o if o.__class__ is float else o.data if position == exponent else term
            for position, (o, term) in enumerate(zip(node.operands, terms, strict=True))
        ]
        results = Term.apply_primitive(node.op, terms), naming(node)
        written.append([run(node, rule, constants, terms, result) for result in results])
    in_names, in_numbers = written
    return Form(in_names[0], in_numbers[0]), Form(in_names[1], in_numbers[1])


def run(node: Value, rule: Callable[..., Any], constants: list[Any], terms: list[Any], result: Any) -> Sequence[Any]:
    """A rule on formulas. Constants go in as floats, so that 2 - 1 becomes 1, if they can."""
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
        partials: Sequence[Any] = ieee_result(rule, numbers)
    return partials


def same(x: float, y: float) -> bool:
    """Whether two numbers are the same but for rounding."""
    return math.isclose(x, y, rel_tol=1e-6) or (math.isnan(x) and math.isnan(y))


def as_term(partial: Any) -> Term:
    return partial if isinstance(partial, Term) else Term.number(partial, 6)
