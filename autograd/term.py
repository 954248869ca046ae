"""`Term`: a formula. Run on Terms, the rules of the table give the text of a derivative instead of its value.

A Term is a formula that is written already. `Formula` is what it shares with formulas of other kinds (see code.py): the
arithmetic, and the refusal to be looked at as a number.

>>> from autograd.primitives import tanh
>>> x, z = Term("x"), Term("z")
>>> print(*tanh.partials(x, z))
1 - z²
>>> print((x + 1) * -z ** 2)
(x + 1) * (-z ** 2)
>>> print(tanh(x / z).latex)
\\tanh\\left(\\frac{x}{z}\\right)
"""

from collections.abc import Iterable, Sequence
from typing import Any, Self

from autograd import primitives
from autograd.ieee import Number, to_float
from autograd.notation import ATOM, LATEX_PARENTHESES, Written, latex_name, latex_number, written_number
from autograd.primitive import Primitive


class Formula:
    """The arithmetic of formulas: each operation calls its row, and that asks the class what it makes of it."""

    __slots__ = ()

    # A formula has no number: what asks for one would take one branch for good.

    def __bool__(self) -> bool:
        raise TypeError(f"the formula {self} has no number to look at: write a choice with autograd.where")

    def __float__(self) -> float:
        raise TypeError(f"the formula {self} has no number: use autograd's functions, as autograd.exp for math.exp")

    def __eq__(self, other: object) -> bool:
        raise TypeError(
            f"the formula {self} has no number to compare: write autograd.greater or equal, and autograd.where"
        )

    __hash__ = object.__hash__
    __lt__ = __le__ = __gt__ = __ge__ = __eq__

    def __add__(self, other: "Self | Number") -> Self:
        return primitives.add(self, other)

    def __radd__(self, other: "Self | Number") -> Self:
        return primitives.add(other, self)

    def __sub__(self, other: "Self | Number") -> Self:
        return primitives.sub(self, other)

    def __rsub__(self, other: "Self | Number") -> Self:
        return primitives.sub(other, self)

    def __mul__(self, other: "Self | Number") -> Self:
        return primitives.mul(self, other)

    def __rmul__(self, other: "Self | Number") -> Self:
        return primitives.mul(other, self)

    def __truediv__(self, other: "Self | Number") -> Self:
        return primitives.div(self, other)

    def __rtruediv__(self, other: "Self | Number") -> Self:
        return primitives.div(other, self)

    def __pow__(self, other: "Self | Number") -> Self:
        return primitives.pow(self, other)

    def __rpow__(self, other: "Self | Number") -> Self:
        return primitives.pow(other, self)

    def __neg__(self) -> Self:
        return primitives.neg(self)

    def __abs__(self) -> Self:
        return primitives.abs(self)


def left_alone(op: Primitive, operands: Sequence[Any]) -> Any:
    """The formula among two operands whose other one is a number that leaves it as it is, as 1 * x; or None."""
    for position, neutral in enumerate(op.neutral):
        other = operands[1 - position]
        is_number = not isinstance(operands[position], Formula)
        if neutral is not None and isinstance(other, Formula) and is_number and operands[position] == neutral:
            return other
    return None


class Term(Formula):
    """A named variable, or what operations make of several; `str(term)` is its text, `term.latex` its LaTeX."""

    __slots__ = ("written", "written_latex")

    written: Written
    written_latex: Written

    def __init__(self, name: str, latex: str | None = None) -> None:
        self.written = name, ATOM
        self.written_latex = latex_name(name) if latex is None else latex, ATOM

    @staticmethod
    def number(value: float, digits: int = 4) -> "Term":
        """A number as it stands in a formula, to so many significant digits."""
        term = Term("")
        term.written = written_number(value, digits)
        term.written_latex = latex_number(term.written)
        return term

    @staticmethod
    def apply_primitive(op: Primitive, operands: Iterable[Any]) -> "Term":
        """The formula of `op` on the operands, Terms or numbers; a neutral number leaves the other operand alone."""
        operands = tuple(operands)
        other = left_alone(op, operands)
        if isinstance(other, Term):
            return other
        terms = [operand if isinstance(operand, Term) else Term.number(to_float(operand), 6) for operand in operands]
        result = Term("")
        result.written = op.notation.text.write([term.written for term in terms])
        result.written_latex = op.notation.latex.write([term.written_latex for term in terms], LATEX_PARENTHESES)
        return result

    @property
    def latex(self) -> str:
        return self.written_latex[0]

    def __str__(self) -> str:
        return self.written[0]

    def __repr__(self) -> str:
        return f"Term({self.written[0]!r})"


Primitive.formula = Term
