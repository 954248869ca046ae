"""`routes(f, x)`: the gradient of f in x as a sum over all routes from f to x.

A route is a way from the result back to a node, from use to use. It brings the product of the local derivatives along
it, and the gradient is the sum of what all routes bring. Reverse mode computes that sum without going any route: it
multiplies once at each use, while the routes double with every node that is used twice.

>>> x, y = Value(3, "x"), Value(-1, "y")
>>> print(routes((x + y) * x, x))
∂f/∂x = 5, the sum over 2 routes from f to x
  f → q → x  x × 1 = 3 × 1 = 3
  f → x      q = 2
Multiplications for all gradients: 4 in reverse mode, one for each use; 5 route by route

Routes come one by one, the largest product first, and are counted without being gone:

>>> v = x
>>> for _ in range(60):
...     v = v + v
>>> doubled = routes(v, x)
>>> doubled.count == 2**60, next(iter(doubled)).product
(True, 1.0)
"""

import math
from collections.abc import Iterable, Iterator
from heapq import heappop, heappush
from itertools import islice
from typing import NamedTuple

from autograd.explain import explain
from autograd.notation import for_output, latex_aligned, plain
from autograd.order import describe
from autograd.route import Route
from autograd.steps import LATEX, TEXT, Script, Step
from autograd.term import Term
from autograd.value import Value

ZERO = -1e300  # the size of a local derivative of 0: below all other numbers, above a use that blocks
SAME = 9  # decimal places of a size; products that agree so far are equal but for rounding, and keep the written order
DIGITS = 30  # of the number of routes; where it has more, it is given as a power of ten


class Way(NamedTuple):
    """A use by which routes to x leave a node, and the size of the largest product that they bring from there on."""

    size: float
    step: Step


class Routes:
    """All routes from `output` to `x`: iterate over it for the Routes, print it for the text, `.latex()` for a slide.

    count            how many routes there are, exactly
    blocked          how many of them bring nothing, for they run through a branch that was not taken
    gradient         ∂output/∂x, as the backward pass has it: the sum of all routes' products
    multiplications  what the gradients of all leaves cost in reverse mode: one multiplication for each use
    route_by_route   what they cost if every route is gone: the sum of the lengths of all routes to all leaves
    """

    def __init__(self, output: Value, x: Value, digits: int = 4) -> None:
        self.solution = explain(output, digits)
        self.output, self.x = output, x
        self.uses: dict[Value, list[Step]] = {}  # of the operands of each node, in the order of the backward pass
        self.gradient = 1.0 if x is output else 0.0
        for step in self.solution:
            if step.kind == "backward":
                self.uses.setdefault(step.node, []).append(step)
                if step.operand is x:
                    self.gradient = step.total
        self.multiplications = sum(map(len, self.uses.values()))
        self.count, self.blocked, self.route_by_route = self.counted()
        self.ways = self.ranked()

    def counted(self) -> tuple[int, int, int]:
        """The number of routes to x, of blocked ones among them, and the sum of the lengths of all routes to leaves.

        How many routes arrive at a node, how many of them open, and their lengths are sums over its uses.
        """
        arrived = {self.output: (1, 1, 0)}
        at_x = (0, 0, 0)
        for node, steps in self.uses.items():
            count, free, length = arrived.pop(node)
            if node is self.x:
                at_x = count, free, length
            for step in steps:
                assert step.operand is not None
                known = arrived.get(step.operand, (0, 0, 0))
                brought = count, 0 if step.blocked else free, length + count
                arrived[step.operand] = known[0] + brought[0], known[1] + brought[1], known[2] + brought[2]
        count, free, _ = arrived.get(self.x, at_x)  # those left are ends: leaves, and comparisons
        return count, count - free, sum(length for node, (_, _, length) in arrived.items() if node.op is None)

    def ranked(self) -> dict[Value, list[Way]]:
        """For each node from which routes lead to x, the uses by which they do, the largest product first."""
        best = {self.x: 0.0}
        ways: dict[Value, list[Way]] = {}
        for node, steps in reversed(self.uses.items()):
            found = [Way(joined(size_of(s), best[s.operand]), s) for s in steps if s.operand in best]
            if found and node is not self.x:
                ways[node] = sorted(found, key=lambda way: -round(way.size, SAME))
                best[node] = ways[node][0].size
        return ways

    def __iter__(self) -> Iterator[Route]:
        """The routes, the largest product first; of equal ones that which leaves by the earlier operand; blocked last.

        A route is told by its turns: the depths at which it takes another way than the largest from there on, each with
        the rank of that way. Each route that is given puts on the heap those that differ from it by one turn more.
        """
        if not self.count:
            return
        heap: list[tuple[float, tuple[tuple[int, int], ...]]] = [(0.0, ())]
        while heap:
            _, turns = heappop(heap)
            ranks = {-depth: rank for depth, rank in turns}  # a deeper turn comes first in the order of tuples
            last = max(ranks, default=-1)
            node, size = self.output, 0.0
            steps: list[Step] = []
            while node is not self.x:
                ways, depth = self.ways[node], len(steps)
                rank = ranks.get(depth, 0)
                if depth >= last and rank + 1 < len(ways):
                    others = joined(size, ways[rank + 1].size)
                    kept = turns[:-1] if depth == last else turns
                    heappush(heap, (-round(others, SAME), (*kept, (-depth, rank + 1))))
                step = ways[rank].step
                assert step.operand is not None
                steps.append(step)
                size, node = joined(size, size_of(step)), step.operand
            yield Route(self.solution, tuple(steps))

    def largest(self, most: int = 8) -> list[Route]:
        """The routes with the largest products, at most so many, without the blocked ones."""
        return list(islice(self, min(most, self.count - self.blocked)))

    def others(self, listed: Iterable[Route]) -> float:
        """The sum over all routes but the listed ones: the gradient without their products."""
        return math.fsum([self.gradient, *(-route.product for route in listed)])

    # ── Printers ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def sums(self, most: int = 8) -> Iterator[str]:
        """The gradient as a sum over routes, line by line: the largest `most` of them, then the others together."""
        listed = self.largest(most)
        width = max((len(route.way()) for route in listed), default=0)
        derivative, result = self.derivative(TEXT), self.solution.number(self.gradient)
        yield f"{derivative} = {result}, the sum over {self.places(TEXT)}"
        for route in listed:
            yield f"  {route.way():<{width}}  {route.worked()}"
        for label, brought in self.rest(listed):
            yield f"  {label}  {self.solution.number(brought)}"

    def cost(self) -> str:
        """The multiplications of the two ways to the gradients, in a line."""
        return (
            f"Multiplications for all gradients: {self.multiplications} in reverse mode, one for each use; "
            f"{quantity(self.route_by_route)} route by route"
        )

    def rest(self, listed: list[Route]) -> Iterator[tuple[str, float]]:
        """The routes that are not listed, in words, with what they bring."""
        if others := self.count - self.blocked - len(listed):
            yield f"all others: {in_words(others)}", self.others(listed)
        if self.blocked:
            yield f"blocked: {in_words(self.blocked)}", 0.0

    def derivative(self, script: Script) -> str:
        return script.derivative.format(self.name(self.output, script), self.name(self.x, script))

    def places(self, script: Script) -> str:
        return f"{in_words(self.count)} from {self.name(self.output, script)} to {self.name(self.x, script)}"

    def name(self, node: Value, script: Script) -> str:
        """The name of a node; of one that the result does not depend on, its own."""
        known = node in self.solution.names
        return script.read(self.solution.named(node) if known else Term(node.name or describe(node)))[0]

    def text(self, most: int = 8, ascii_only: bool = False) -> str:
        """The gradient as a sum over routes; with ascii_only in signs that every output carries (d for ∂)."""
        text = "\n".join([*self.sums(most), self.cost()])
        return plain(text) if ascii_only else text

    def latex(self, most: int = 8) -> str:
        """The same as an align* environment (package amsmath), for a slide."""
        listed = self.largest(most)
        number = self.solution.number
        rows = [rf"{route.way(LATEX)}: \quad & {route.worked(LATEX)}" for route in listed]
        rows += [rf"\text{{{label}}}: \quad & {LATEX.read(number(brought))[0]}" for label, brought in self.rest(listed)]
        rows.append(rf"\text{{sum}}: \quad & {self.derivative(LATEX)} = {LATEX.read(number(self.gradient))[0]}")
        return latex_aligned(rows)

    def __str__(self) -> str:
        return for_output(self.text())

    def __repr__(self) -> str:
        return f"<{self.places(TEXT)}: print it, or go through the largest ones with `for`>"


def routes(output: Value, x: Value, digits: int = 4) -> Routes:
    """The routes from `output` back to `x`, a leaf or an inner node; see Routes.

    Numbers in texts have `digits` significant digits. No `.grad` is read or changed. TypeError for what is no Value,
    RuntimeError where `backward()` would raise it. There may be 2^60 routes: do not make a list of all.
    """
    for value in (output, x):
        if not isinstance(value, Value):
            raise TypeError(f"expected two Values, the result and x, got {value!r} of type {type(value).__name__}")
    return Routes(output, x, digits)


def size_of(step: Step) -> float:
    """The logarithm of the local derivative's size; -inf where the use blocks, inf for nan, which hides all else."""
    if step.blocked:
        return -math.inf
    if step.local == 0.0:
        return ZERO
    return math.log(abs(step.local)) if step.local == step.local else math.inf


def joined(size: float, rest: float) -> float:
    """The size of a product, from those of its parts: a part that blocks blocks the whole."""
    return -math.inf if -math.inf in (size, rest) else size + rest


def quantity(count: int) -> str:
    """A whole number; a very large one as a power of ten.

    >>> quantity(2**60), quantity(2**1000)
    ('1152921504606846976', 'about 10^301')
    """
    if count < 10**DIGITS:
        return str(count)
    return f"about 10^{round(math.log10(count))}"


def in_words(count: int) -> str:
    return f"{quantity(count) if count else 'no'} route{'s' if count != 1 else ''}"
