"""The manual of the table: what `help(autograd.tanh)` says of a row, and the table of all rules.

>>> print(manual(TABLE["sqrt"]))
f = sqrt(x) = √(x)
<BLANKLINE>
∂f/∂x = 1 / (2 * f)
defined for x >= 0
<BLANKLINE>
On numbers it gives a number, on Values a node of the graph, on NumPy arrays an array, element by element.
>>> print(*rules([TABLE["abs"]]), sep="\\n")
Rule(name='abs', function='|x|', derivatives='sign(x)', domain='all numbers', kinks='0 at x = 0')

It is made from the rows: the formulas are their partials run on Terms, the conventions at kinks their partials run on
numbers.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from autograd.chain import local_derivatives
from autograd.ieee import silent
from autograd.notation import for_output, number
from autograd.primitive import Primitive, parameters_of
from autograd.primitives import TABLE
from autograd.term import Term

NONE = "none"
MAKES = "On numbers it gives a number, on Values a node of the graph, on NumPy arrays an array, element by element."


class Rule(NamedTuple):
    """The line of a row in the table of rules; derivatives stand in the order of the operands, f is the result."""

    name: str
    function: str
    derivatives: str
    domain: str
    kinks: str


HEADS = Rule("row", "f", "∂f/∂x, ∂f/∂y, …", "defined for", "by convention")


def rules(rows: Iterable[Primitive] = ()) -> Iterator[Rule]:
    """The rules of some rows; of all rows of the table if none are named."""
    for row in rows or TABLE.values():
        derivatives = ", ".join(written for _, written in derivatives_of(row))
        conventions = "; ".join(f"{', '.join(values)} at {place}" for place, values in kinks_of(row))
        yield Rule(row.name, function_of(row), derivatives, row.domain, conventions)


def markdown(rows: Iterable[Primitive] = ()) -> str:
    """The table of rules for a page of Markdown."""
    lines = [HEADS, Rule(*["---"] * len(HEADS)), *(map(as_code, rules(rows)))]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def as_code(rule: Rule) -> Rule:
    return Rule._make([*(f"`{cell}`".replace("|", "\\|") for cell in rule[:3]), *rule[3:]])


def table(rows: Iterable[Primitive] = ()) -> str:
    """The table of rules as text, in columns."""
    lines = [HEADS, *rules(rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)


def function_of(row: Primitive) -> str:
    """The operation as it is written on its operands."""
    return str(Term.apply_primitive(row, map(Term, parameters_of(row))))


def derivatives_of(row: Primitive) -> list[tuple[str, str]]:
    """Each operand with the derivative by it: NONE for a number by nature, a condition, and what is compared."""
    names = parameters_of(row)
    partials = (row.taught or row.partials)(*map(Term, names), Term("f"))
    return [
        (name, NONE if partial is None or position in row.no_edge else written(partial))
        for position, (name, partial) in enumerate(zip(names, partials, strict=True))
    ]


def written(partial: Any) -> str:
    return str(partial) if isinstance(partial, Term) else number(partial, 6)


def kinks_of(row: Primitive) -> Iterator[tuple[str, list[str]]]:
    """Each kink with the derivatives that hold there, as the row computes them."""
    names = parameters_of(row)
    for point in row.kinks:
        with silent():
            partials = local_derivatives(row, [*point, row.evaluate(point, point)])
        place = ", ".join(f"{name} = {number(x)}" for name, x in zip(names, point, strict=True))
        yield place, [number(partial) for partial in partials if partial is not None]


# ── help() ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def manual(row: Primitive) -> str:
    """All that a person wants to know of a row, in a few lines."""
    call = f"{row.name}([{', '.join(parameters_of(row))}, …])" if row.arity is None else as_call(row)
    lines = [" = ".join(dict.fromkeys(["f", call, function_of(row)])), ""]
    lines += [f"∂f/∂{name}{': ' if formula is NONE else ' = '}{formula}" for name, formula in derivatives_of(row)]
    lines += [f"by convention {', '.join(values)} at {place}" for place, values in kinks_of(row)]
    lines += [f"defined for {row.domain}"] if row.domain else []
    return for_output("\n".join([*lines, "", MAKES]))


def as_call(row: Primitive) -> str:
    """The row as a Python function, with defaults: leaky_relu(x, slope=0.01)."""
    names = parameters_of(row)
    first = len(names) - len(row.defaults)
    given = [*names[:first], *(f"{name}={x:g}" for name, x in zip(names[first:], row.defaults, strict=True))]
    return f"{row.name}({', '.join(given)})"


class Manual:
    """The docstring of rows: that of the class for the class, and for a row its manual."""

    def __init__(self, of_the_class: str | None) -> None:
        self.of_the_class = of_the_class

    def __get__(self, row: Primitive | None, owner: type) -> str | None:
        if row is None:
            return self.of_the_class
        try:
            return manual(row)
        except Exception:  # a row of the user's own may be wrong: help() is no place to say so
            return self.of_the_class


Primitive.__doc__ = Manual(Primitive.__doc__)  # type: ignore[assignment]  # a descriptor that gives a str
