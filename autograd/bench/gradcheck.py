"""`gradcheck`: the derivatives of a function, or of a row of one's own, against numeric ones.

>>> import autograd
>>> gradcheck(lambda x, y: x**2 * autograd.sin(y), [1.5, -0.7])  # doctest: +ELLIPSIS
<6 derivatives up to order 2 agree with differences, to ... of their size>
>>> cube = autograd.Primitive("cube", lambda x: x**3, lambda x, z: (2 * x**2,))
>>> gradcheck(cube)
Traceback (most recent call last):
...
autograd.bench.gradcheck.GradcheckError: ∂cube(x)/∂x at x = 1.167: expected 4.085667 by differences, got 2.723778
  by the rule of cube: ∂cube(x)/∂x = 2 * x ** 2

A numeric derivative is a central difference, (f(x + h) - f(x - h)) / 2h, with a step h for each input; a row of smaller
and smaller steps is extrapolated to h = 0 (Ridders 1982). It says by itself how far it can be trusted.
"""

import inspect
import math
import random
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from autograd.backward import gradients
from autograd.ieee import silent, to_float
from autograd.notation import number
from autograd.order import topological_order
from autograd.primitive import Primitive
from autograd.structure import leaves, opened, rebuild
from autograd.term import Term
from autograd.value import Value, number_of

SHRINK, STEPS = 1.6, 16  # each step h is so many times smaller than the one before
DOUBTFUL = 1e-4  # a difference that may be off by more of its size than this says nothing
RANDOM_POINTS = 6  # of a row, beside its probes
WITHOUT_PROBES = ((-2.0, 2.0), (0.1, 3.0), (-0.9, 0.9))  # where a row without probes is tried


class GradcheckError(AssertionError):
    """A derivative is not the numeric one."""


class Gradcheck(NamedTuple):
    """The number of derivatives compared, up to which order, and by how much of its size the worst one was off."""

    compared: int
    order: int
    worst: float

    def __repr__(self) -> str:
        return (
            f"<{self.compared} derivatives up to order {self.order} agree with differences, "
            f"to {number(self.worst, 2)} of their size>"
        )


class Problem:
    """A function of several numbers and its derivatives of each order, as lists.

    names  of its arguments
    fixed  positions of those by which it is not differentiated
    """

    def __init__(self, function: Callable[..., Any], names: Sequence[str], fixed: Sequence[int] = ()) -> None:
        self.function, self.names = function, names
        self.free = [i for i in range(len(names)) if i not in fixed]

    def derivatives(self, point: Sequence[float], order: int) -> np.ndarray:
        """All derivatives of this order at a point, by backstep."""
        arguments: list[Any] = list(point)
        inputs = [Value(point[i], self.names[i]) for i in self.free]
        for i, leaf in zip(self.free, inputs, strict=True):
            arguments[i] = leaf
        found: list[Any] = [self.function(*arguments)]
        for _ in range(order):
            found = [slope for value in found for slope in self.slopes(value, inputs)]
        return np.array([number_of(v) for v in found])

    def slopes(self, value: Any, inputs: list[Value]) -> Sequence[Any]:
        return gradients(value, inputs, create_graph=True) if isinstance(value, Value) else [0.0] * len(inputs)

    def compare(self, point: Sequence[float], order: int, rtol: float) -> Iterator[tuple[float, str]]:
        """Each derivative of this order: how much of its size it is off, and what is wrong with it, or "".

        Those are left out that have no numeric counterpart: at a kink, or where no step gives a trustworthy difference.
        """
        below = [*product(self.free, repeat=order - 1)]
        got = self.derivatives(point, order).reshape(len(below), len(self.free))
        for column, i in enumerate(self.free):
            expected, error = differences(lambda p: self.derivatives(p, order - 1), point, i)
            for row, inputs in enumerate(below):
                one, exact, doubt = got[row, column], expected[row], error[row]
                size = max(abs(exact), abs(one), 1e-3)
                off = abs(one - exact)
                if off <= rtol * size + 10 * min(doubt, DOUBTFUL * size):
                    yield off / size, ""
                elif doubt <= DOUBTFUL * size and not self.at_a_kink(point, i, order, row, one, rtol * size):
                    yield off / size, self.sentence(point, [*inputs, i], exact, one)

    def at_a_kink(self, point: Sequence[float], i: int, order: int, row: int, one: float, allowed: float) -> bool:
        """Whether the slopes to the left and to the right differ, and the derivative lies between: a convention."""
        h = 1e-6 * max(1.0, abs(point[i]))
        left, here, right = (self.derivatives(moved(point, i, step), order - 1)[row] for step in (-h, 0.0, h))
        sides = sorted([(here - left) / h, (right - here) / h])
        widest: float = max(1.0, *map(abs, sides))
        return bool(sides[1] - sides[0] > 1e-3 * widest and sides[0] - allowed <= one <= sides[1] + allowed)

    def sentence(self, point: Sequence[float], inputs: Sequence[int], expected: float, got: float) -> str:
        row = self.function if isinstance(self.function, Primitive) else None
        called = Term.apply_primitive(row, map(Term, self.names)) if row else "f"
        power = {1: "", 2: "²", 3: "³"}.get(len(inputs), f"^{len(inputs)}")
        below = "".join(f"∂{self.names[i]}" for i in inputs)
        where = ", ".join(f"{name} = {number(x, 6)}" for name, x in zip(self.names, point, strict=True))
        return (
            f"∂{power}{called}/{below} at {where}: expected {number(expected, 9)} by differences, got {number(got, 9)}"
        )


def gradcheck(f: Callable[..., Any], point: Any = None, order: int = 2, rtol: float = 1e-6) -> Gradcheck:
    """Compare all derivatives of f up to an order with numeric ones; GradcheckError at the first that differs.

    f      a function of numbers, or a row (`Primitive`), which is checked at its probes and at random points
    point  a number for f(x), a list for f(x, y, …), a dict for f(x=…, y=…); entries may be lists or arrays of numbers
    order  1: gradients; 2: second derivatives too; and so on
    rtol   how far they may differ, relative to their size, beside what a numeric derivative is known to be off

    The error tells the input, what was expected and got, and the operation whose rule is wrong, with its text. At a
    kink any slope between those of both sides is accepted, for it is a convention.
    """
    if isinstance(f, Primitive) and point is None:
        with silent():
            return check_all([row_at(f, numbers) for numbers in points_of(f)], order, rtol)
    if point is None:
        raise TypeError("gradcheck(f, point) needs a point, as gradcheck(f, [1.0, 2.0]); only a row has its own")
    point = opened(point)
    numbers = [to_float(x) for x in leaves(point)]

    def on_numbers(*values: Any) -> Any:
        given = rebuild(point, iter(values))
        return f(**given) if isinstance(given, dict) else f(*given) if isinstance(given, (list, tuple)) else f(given)

    return check_all([(Problem(on_numbers, names_of(f, point, len(numbers))), numbers)], order, rtol)


def check_all(problems: Any, order: int, rtol: float) -> Gradcheck:
    """Compare the derivatives of each problem at its point."""
    compared, worst = 0, 0.0
    with silent():
        for problem, point in problems:
            for level in range(1, order + 1):
                for off, wrong in problem.compare(point, level, rtol):
                    if wrong:
                        raise GradcheckError(f"{wrong}{culprit(problem, point, rtol)}")
                    compared, worst = compared + 1, max(worst, float(off))
    return Gradcheck(compared, order, worst)


def culprit(problem: Problem, point: Sequence[float], rtol: float) -> str:
    """The first operation of the graph whose own rule is wrong, with its text; "" if none is."""
    output = problem.function(*(Value(x, name) for x, name in zip(point, problem.names, strict=True)))
    for node in topological_order(output) if isinstance(output, Value) else ():
        if node.op is None:
            continue
        own, numbers = row_at(node.op, [number_of(o) for o in node.operands])
        for level in (1, 2):
            wrong = [sentence for _, sentence in own.compare(numbers, level, rtol) if sentence]
            if wrong:
                whole = Term.apply_primitive(node.op, map(Term, own.names))
                rules = node.op.partials(*map(Term, own.names), whole)
                text = [f"∂{whole}/∂{own.names[i]} = {rules[i]}" for i in own.free]
                told = "" if isinstance(problem.function, Primitive) else f"\n  {wrong[0]}"
                return f"{told}\n  by the rule of {node.op.name}: {', '.join(text)}"
    return ""


def row_at(row: Primitive, numbers: Sequence[float]) -> tuple[Problem, Sequence[float]]:
    """A row as a problem at these operands; numbers by nature and conditions stay fixed."""
    partials = row.partials(*numbers, row.evaluate(numbers, numbers))
    fixed = [i for i, partial in enumerate(partials) if partial is None or i in row.no_edge]
    names = ["x", "y", "u", "v"][: len(numbers)] if len(numbers) <= 4 else [f"x{i + 1}" for i in range(len(numbers))]
    function = row if row.arity is not None else (lambda *operands: row(operands))
    return Problem(function, names, fixed), numbers


def points_of(row: Primitive) -> list[tuple[float, ...]]:
    """The probes of a row, and random points between them; of a row without probes, points where it is finite."""
    rng = random.Random(row.name)
    probes = list(row.probes)
    if probes:
        for _ in range(RANDOM_POINTS):
            one, other = rng.choice(probes), rng.choice([p for p in probes if len(p) == len(probes[0])])
            if len(one) == len(other):
                probes.append(tuple(a + (b - a) * rng.random() for a, b in zip(one, other, strict=True)))
        return probes
    count = (row.arity or 3) - len(row.defaults)
    for low, high in WITHOUT_PROBES:
        tried = [tuple(rng.uniform(low, high) for _ in range(count)) + row.defaults for _ in range(2 * RANDOM_POINTS)]
        found = [point for point in tried if math.isfinite(row.evaluate(point, point))]
        if len(found) > RANDOM_POINTS:
            return [tuple(round(x, 3) for x in point) for point in found]
    raise ValueError(f"{row.name} is finite nowhere near 0: say where it is tried, by probes=((x,), …)")


def names_of(f: Callable[..., Any], point: Any, count: int) -> list[str]:
    """The names of the arguments where each is one number, else x1, x2, …"""
    if isinstance(point, dict) and len(point) == count:
        return list(point)
    try:
        names = list(inspect.signature(f).parameters)
    except (TypeError, ValueError):
        names = []
    return names if len(names) == count else [f"x{i + 1}" for i in range(count)]


def moved(point: Sequence[float], i: int, step: float) -> list[float]:
    return [x + step if j == i else x for j, x in enumerate(point)]


def differences(f: Callable[[Sequence[float]], np.ndarray], point: Sequence[float], i: int) -> tuple[Any, Any]:
    """∂f/∂(input i) of an array of functions, and how far each one may be off: central differences, extrapolated.

    From a row of steps h the error of order h², h⁴, … is taken away, as in Ridders' method; of all estimates each entry
    takes the one that agrees best with its neighbours.
    """
    h = 0.1 * max(abs(point[i]), 0.1)
    best, error = np.array(math.nan), np.array(math.inf)
    above: list[Any] = []
    with np.errstate(all="ignore"):
        for _ in range(STEPS):
            up, down = moved(point, i, h), moved(point, i, -h)
            row = [(f(up) - f(down)) / (up[i] - down[i])]
            for j, coarser in enumerate(above):
                factor = SHRINK ** (2 * (j + 1))
                row.append((factor * row[j] - coarser) / (factor - 1))
                doubt = np.maximum(abs(row[-1] - row[-2]), abs(row[-1] - coarser))
                better = doubt < error
                best, error = np.where(better, row[-1], best), np.where(better, doubt, error)
            above = row
            h /= SHRINK
    return np.atleast_1d(best), np.atleast_1d(error)
