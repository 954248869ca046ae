"""`Tree`: a formula as data, its row and its operands, for who writes it down in a way of their own.

Run on Trees, a rule of the table gives what it computes: a Tree, a float, or None. `fold` goes through it.

>>> from autograd.primitives import mul, tanh
>>> z = Tree.place("z")
>>> slope = tanh.partials(Tree.place("x"), z)[0]
>>> slope.op.name, slope.operands
('sub', (1.0, square(z)))
>>> value_of(slope, {"z": 0.5})
0.75

`forward_tree` is the function of a row as a Tree. For a row of the user's own it runs the row's Python function on
Trees, and believes the outcome only where numbers agree.
"""

import math
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from autograd.ieee import ieee_result, silent, to_float
from autograd.primitive import Primitive
from autograd.primitives import TABLE
from autograd.term import Formula

LARGEST = 200  # operations of a formula, each counted as often as it is written
TRIALS = 100  # points at random where a row of the user's own is tried

T = TypeVar("T")


class Tree(Formula):
    """A place, which has a name and stands for a number; or a row on Trees and floats, which is never simplified."""

    __slots__ = ("name", "op", "operands", "size")

    name: str
    op: Primitive | None
    operands: tuple[Any, ...]
    size: int

    @staticmethod
    def place(name: str) -> "Tree":
        return Tree.made(name, None, ())

    @staticmethod
    def apply_primitive(op: Primitive, operands: Iterable[Any]) -> "Tree":
        """`op` on operands, Trees or numbers. ValueError beyond LARGEST operations."""
        return Tree.made("", op, tuple(o if isinstance(o, Tree) else to_float(o) for o in operands))

    @staticmethod
    def made(name: str, op: Primitive | None, operands: tuple[Any, ...]) -> "Tree":
        tree = Tree()
        tree.name, tree.op, tree.operands = name, op, operands
        tree.size = 1 + sum(operand.size for operand in operands if isinstance(operand, Tree))
        if tree.size > LARGEST:
            raise ValueError(f"the formula is longer than {LARGEST} operations")
        return tree

    def __repr__(self) -> str:
        return fold(self, lambda leaf: leaf.name if isinstance(leaf, Tree) else repr(leaf), written_as_call)


def written_as_call(op: Primitive, operands: Sequence[str]) -> str:
    return f"{op.name}({', '.join(operands)})"


def fold(tree: Any, leaf: Callable[[Any], T], operation: Callable[[Primitive, list[T]], T]) -> T:
    """The tree computed from the leaves up: `operation` is given a row and its operands, `leaf` a place, or a float."""
    if not isinstance(tree, Tree) or tree.op is None:
        return leaf(tree)
    return operation(tree.op, [fold(operand, leaf, operation) for operand in tree.operands])


def value_of(tree: Any, places: Mapping[str, float]) -> float:
    """The number of a formula, given those of its places; inf and nan come without a warning."""
    with silent():
        return fold(
            tree,
            lambda leaf: places[leaf.name] if isinstance(leaf, Tree) else leaf,
            lambda op, numbers: op.evaluate(numbers, numbers),
        )


# ── Rows as trees ─────────────────────────────────────────────────────────────────────────────────────────────────────


def operand_names(count: int) -> tuple[str, ...]:
    """The names of the operands in the table: x; x and y; c, x and y; of more of them x0, x1, ..."""
    return {1: ("x",), 2: ("x", "y"), 3: ("c", "x", "y")}.get(count) or tuple(f"x{i}" for i in range(count))


def partial_trees(op: Primitive, count: int, rule: Callable[..., Any] | None = None) -> list[Any]:
    """The partials of a row of `count` operands, or another rule of it: for each operand a Tree, a float or None."""
    return list((rule or op.partials)(*map(Tree.place, (*operand_names(count), "z"))))


def forward_tree(op: Primitive, count: int) -> Any:
    """The function of a row as a formula in its operands; None if it cannot be written as one.

    A row of the table is an operation by itself. The Python function of another row is run on Trees. It may look at
    more than a formula can hold: the formula is believed if it agrees with the function at the row's probes and at 100
    points at random, and so with its partials.
    """
    names = operand_names(count)
    places = [Tree.place(name) for name in names]
    if is_known(op):
        return Tree.apply_primitive(op, places)
    try:
        with silent():
            tree = op.forward(*places)
            if not isinstance(tree, (Tree, float, int)):
                return None
            partials = partial_trees(op, count)
            for point in (*(probe for probe in op.probes if len(probe) == count), *points(count)):
                given = dict(zip(names, point, strict=True))
                result = op.evaluate(point, point)
                if not (alike(value_of(tree, given), result) and rule_agrees(op, partials, given, result)):
                    return None
    except Exception:  # whatever the user's function raises on formulas: it is none
        return None
    return tree if isinstance(tree, Tree) else float(tree)


def rule_agrees(op: Primitive, partials: Sequence[Any], given: Mapping[str, float], result: float) -> bool:
    """Whether the partials as trees give what the rule gives on numbers."""
    numbers = [*given.values(), result]
    expected = ieee_result(op.partials, numbers)
    places = {**given, "z": result}
    return len(partials) == len(expected) and all(
        tree is number if tree is None or number is None else alike(value_of(tree, places), float(number))
        for tree, number in zip(partials, expected, strict=True)
    )


def is_known(op: Primitive) -> bool:
    """Whether a row is one of the table."""
    return TABLE.get(op.name) is op


def points(count: int) -> list[list[float]]:
    """The points at random, always the same ones: of every size, with zeros, ones and equal operands among them."""
    generator = random.Random(0)

    def number() -> float:
        return generator.gauss(0.0, 1.0) * math.pow(10.0, generator.uniform(-3, 2))

    drawn = [[number() for _ in range(count)] for _ in range(TRIALS)]
    special = [[float(x)] * count for x in (0, 1, -1, 2)]
    return [*special, *drawn]


def alike(x: float, y: float) -> bool:
    """Whether two ways to compute a number agree, nan and inf included."""
    return x == y or (math.isnan(x) and math.isnan(y)) or math.isclose(x, y, rel_tol=1e-12, abs_tol=1e-300)
