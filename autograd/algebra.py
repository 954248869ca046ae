"""`Simple`: a formula that simplifies itself while it is made, as a student would on paper.

>>> x, y = Simple.place("x"), Simple.place("y")
>>> [str(as_term(f)) for f in (0 * x + 1 * y, x + x, x * x / y, 3 - -x, x**2 * x, y * x - x * y)]
['y', '2 * x', 'x ** 2 / y', '3 + x', 'x ** 3', '0']

A product is kept as a number and powers of its factors, a sum as a list of products. Factors that are equal become one
power, terms that are equal but for their number become one term. Nothing is multiplied out.
"""

import math
from collections.abc import Iterable
from fractions import Fraction
from functools import reduce
from typing import Any, NamedTuple

from autograd.ieee import silent, to_float
from autograd.notation import number
from autograd.primitive import Primitive
from autograd.primitives import add, div, equal, mul, neg, pow_number, square, sub
from autograd.primitives import sum as total
from autograd.term import Term
from autograd.tree import Tree, fold

LARGEST = 300  # operations of a formula


class Product(NamedTuple):
    """coefficient · base₁ ** exponent₁ · base₂ ** exponent₂ · …, each base under its key."""

    coefficient: float
    powers: dict[Any, tuple[Any, float]]

    @property
    def key(self) -> Any:
        """Equal for products that are the same but for their coefficient."""
        return frozenset((key, exponent) for key, (_, exponent) in self.powers.items())

    def times(self, other: "Product", exponent: float = 1.0) -> "Product":
        """self · other ** exponent, for a whole exponent."""
        powers = dict(self.powers)
        for key, (base, before) in other.powers.items():
            together = powers.get(key, (base, 0.0))[1] + before * exponent
            powers[key] = base, together
            if together == 0.0:
                del powers[key]
        numbers = other.coefficient, exponent
        with silent():
            return Product(self.coefficient * pow_number.evaluate(numbers, numbers), powers)


class Simple(Tree):
    """A formula. `key` is equal for equal formulas, `product` is the formula as one, `terms` what a sum consists of."""

    __slots__ = ("key", "product", "terms")

    key: Any
    product: Product
    terms: list[Product]

    @staticmethod
    def place(name: str) -> "Simple":
        return formula(None, (), name, name=name)

    @staticmethod
    def apply_primitive(op: Primitive, operands: Iterable[Any]) -> Any:
        """`op` on operands, formulas or numbers: a formula, or a number where nothing else is left."""
        operands = tuple(o if isinstance(o, Simple) else to_float(o) for o in operands)
        if op.exact and all(isinstance(operand, float) for operand in operands):
            with silent():
                return op.evaluate(operands, operands)
        if op in REWRITTEN:
            return REWRITTEN[op](*operands)
        keys = [key_of(operand) for operand in operands]
        return formula(op, operands, (op.name, frozenset(keys) if op.commutes else tuple(keys)))


def formula(op: Primitive | None, operands: tuple[Any, ...], key: Any, name: str = "") -> Simple:
    """A formula that is written as this operation. ValueError beyond LARGEST operations."""
    made = Simple()
    made.name, made.op, made.operands = name, op, operands
    made.size = 1 + sum(operand.size for operand in operands if isinstance(operand, Simple))
    if made.size > LARGEST:
        raise ValueError(f"the formula is longer than {LARGEST} operations: differentiate parts of it")
    made.key, made.product, made.terms = key, Product(1.0, {key: (made, 1.0)}), []
    return made


def key_of(operand: Any) -> Any:
    return operand.key if isinstance(operand, Simple) else operand


# ── Products ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def product_of(operand: Any) -> Product:
    return operand.product if isinstance(operand, Simple) else Product(operand, {})


def power(x: Any, exponent: float) -> Any:
    """x ** exponent. A whole exponent goes to each factor; another one stays where it is, for √(x²) is not x."""
    if exponent.is_integer() and not (isinstance(x, float) and x == 0.0):
        return written(Product(1.0, {}).times(product_of(x), exponent))
    if isinstance(x, float):
        return formula(pow_number, (x, exponent), ("**", x, exponent))
    return written(Product(1.0, {x.key: (x, exponent)}))


def written(product: Product) -> Any:
    """A product as a formula: -2 * x ** 3 / (5 * y); a number, or a factor alone, where that is all."""
    coefficient, powers = product
    if coefficient == 0.0 or not powers:
        return coefficient
    bases = sorted(powers.values(), key=lambda power: (power[0].op is not None, power[0].name))  # names first
    if coefficient == 1.0 and len(bases) == 1 and bases[0][1] == 1.0:
        return bases[0][0]
    above = [raised(base, exponent) for base, exponent in bases if exponent > 0]
    below = [raised(base, -exponent) for base, exponent in bases if exponent < 0]
    numerator, denominator = fraction(abs(coefficient), bool(below and not above))
    above = [numerator, *above] if numerator != 1.0 or not above else above
    below = [denominator, *below] if denominator != 1.0 else below
    whole = chain(mul, above)
    if coefficient < 0.0:
        whole = -whole if isinstance(whole, float) else formula(neg, (whole,), None)
    if below:
        whole = formula(div, (whole, chain(mul, below)), None)
    whole.key, whole.product = ("·", coefficient, product.key), product
    return whole


def raised(base: Any, exponent: float) -> Any:
    return base if exponent == 1.0 else formula(pow_number, (base, exponent), None)


def chain(op: Primitive, operands: list[Any]) -> Any:
    """a · b · c, written from left to right."""
    return reduce(lambda x, y: formula(op, (x, y), None), operands)


def fraction(x: float, wanted: bool) -> tuple[float, float]:
    """A number as p / q where that is exact, and shorter than its decimals or wanted; else itself over 1."""
    if math.isfinite(x) and (wanted or float(number(x, 4)) != x):
        ratio = Fraction(x).limit_denominator(1000)
        if ratio.numerator / ratio.denominator == x:
            return float(ratio.numerator), float(ratio.denominator)
    return x, 1.0


# ── Sums ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def terms_of(operand: Any, sign: float = 1.0) -> list[Product]:
    """The terms of a sum, or of a sum with a minus before it; all else is one term."""
    product = product_of(operand)
    bases = list(product.powers.values())
    terms = [product]
    if len(bases) == 1 and bases[0][1] == 1.0 and abs(product.coefficient) == 1.0 and bases[0][0].terms:
        sign, terms = sign * product.coefficient, bases[0][0].terms
    return [Product(sign * term.coefficient, term.powers) for term in terms]


def sum_of(terms: Iterable[Product]) -> Any:
    """A sum as a formula, equal terms together, one with a plus first if there is any."""
    together: dict[Any, Product] = {}
    for term in terms:
        before = together.get(term.key, Product(0.0, {})).coefficient
        together[term.key] = Product(before + term.coefficient, term.powers)
    left = [term for term in together.values() if term.coefficient != 0.0]
    if len(left) < 2:
        return written(left[0]) if left else 0.0
    first = next((i for i, term in enumerate(left) if term.coefficient > 0.0), 0)
    ordered = [left[first], *left[:first], *left[first + 1 :]]
    whole = written(ordered[0])
    for term in ordered[1:]:
        sign = sub if term.coefficient < 0.0 else add
        whole = formula(sign, (whole, written(Product(abs(term.coefficient), term.powers))), None)
    key = frozenset((term.key, term.coefficient) for term in left)
    whole.key, whole.terms = ("+", key), left
    whole.product = Product(1.0, {whole.key: (whole, 1.0)})
    return whole


def is_equal(x: Any, y: Any) -> Any:
    """[x = y]; the opposite of a condition, [[x > y] = 0], is 1 - [x > y]."""
    for condition, other in ((x, y), (y, x)):
        if other.__class__ is float and other == 0.0 and is_condition(condition):
            return 1.0 - condition
    return formula(equal, (x, y), (equal.name, frozenset((key_of(x), key_of(y)))))


def is_condition(formula: Any) -> bool:
    """Whether a formula is a comparison: none of its operands has an edge."""
    return isinstance(formula, Simple) and formula.op is not None and len(formula.op.no_edge) == formula.op.arity


# The rows that are rewritten where they are used; all others stay as they are.
REWRITTEN: dict[Primitive, Any] = {
    add: lambda x, y: sum_of([*terms_of(x), *terms_of(y)]),
    sub: lambda x, y: sum_of([*terms_of(x), *terms_of(y, -1.0)]),
    total: lambda *xs: sum_of([term for x in xs for term in terms_of(x)]),
    neg: lambda x: written(Product(-1.0, {}).times(product_of(x))),
    mul: lambda x, y: written(product_of(x).times(product_of(y))),
    div: lambda x, y: written(product_of(x).times(product_of(y), -1.0)),
    square: lambda x: power(x, 2.0),
    pow_number: power,
    equal: is_equal,
}


def as_term(found: Any) -> Term:
    """A formula, or a number, as a Term: text and LaTeX."""
    if not isinstance(found, Simple):
        numerator, denominator = fraction(found, False)
        return Term.number(numerator, 6) if denominator == 1.0 else Term.number(numerator) / Term.number(denominator)

    def leaf(found: Any) -> Term:
        return Term(found.name) if isinstance(found, Simple) else Term.number(found, 6)

    term: Term = fold(found, leaf, Term.apply_primitive)
    return term
