"""`explain`: the worked solution of a graph, forward and backward, one step for every product of the chain rule.

>>> from autograd import parse
>>> print(explain(parse("(x + y) * z", x=-2, y=5, z=-4)).text())
Forward
  q = x + y = -2 + 5 = 3
  f = q * z = 3 * (-4) = -12
Backward: each use of a node adds upstream × local
  ∂f/∂f = 1
  ∂f/∂q += ∂f/∂f × ∂(q * z)/∂q = 1 × z = 1 × (-4) = -4
  ∂f/∂z += ∂f/∂f × ∂(q * z)/∂z = 1 × q = 1 × 3 = 3
  ∂f/∂x += ∂f/∂q × ∂(x + y)/∂x = -4 × 1 = -4
  ∂f/∂y += ∂f/∂q × ∂(x + y)/∂y = -4 × 1 = -4
Gradients
  ∂f/∂x = -4
  ∂f/∂y = -4
  ∂f/∂z = 3

The steps are records with the numbers (steps.py), in the order in which `backward()` works, ending at its gradients to
the last bit. `*` is an operation of the graph, `×` is the chain rule's.
"""

import re
import sys
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from autograd.chain import uses
from autograd.naming import latex_names, short_names
from autograd.notation import for_output, latex_aligned, plain
from autograd.order import backward_order, edges, topological_order
from autograd.steps import TEXT, Step
from autograd.term import Term
from autograd.value import Value

BACKWARD = "Backward: each use of a node adds upstream × local"
HEADINGS = {"forward": "Forward", "seed": BACKWARD, "backward": BACKWARD}
SHORT = 60  # steps that the prompt shows
BRACKET = re.compile(r"\[([^][]+ [>=] [^][]+)\]")  # [x > y], told at its first use
LONG = 2000  # steps beyond which print shows the first and the last ones only


class Explanation:
    """A worked solution: iterate over it for the Steps, print it for the text, `.latex()` for a slide.

    `len()` is the number of steps. Steps are made one by one, so that a large graph can be walked through lazily;
    explanation[i] makes those before it too. Printed, a long solution is shortened; `text()` is always the whole.
    """

    def __init__(self, output: Value, digits: int = 4) -> None:
        self.output = output
        self.digits = digits
        self.order = topological_order(output)
        self.names = short_names(self.order)
        self.latex_names = latex_names(self.names.values())
        self.latest: dict[Any, tuple[Value, Any]] = {}  # see `once`
        self.uses: dict[Value, int] = dict.fromkeys(self.order, 0)
        for node in backward_order(output):
            for _, operand in edges(node):
                self.uses[operand] += 1

    def named(self, operand: Any) -> Term:
        """An operand by its name; a number as it is."""
        if operand.__class__ is float:
            return Term.number(operand, 6)
        return Term(self.names[operand], self.latex_names[self.names[operand]])

    def number(self, value: float) -> Term:
        """A number with the digits of this solution."""
        return Term.number(value, self.digits)

    def numbered(self, operand: Any) -> Term:
        """An operand by its number."""
        return Term.number(operand, 6) if operand.__class__ is float else Term.number(operand.data, self.digits)

    def once(self, node: Value, what: Any, make: Callable[[], Any]) -> Any:
        """The result of `make()`, kept for the next uses of the same node: a sum of n terms has n of them in a row."""
        kept = self.latest.get(what)
        if kept is None or kept[0] is not node:
            kept = self.latest[what] = node, make()
        return kept[1]

    def __len__(self) -> int:
        return sum(node.op is not None for node in self.order) + 1 + sum(self.uses.values())

    def __iter__(self) -> Iterator[Step]:
        self.latest.clear()
        for node in self.order:
            if node.op is not None:
                yield Step(self, "forward", node)
        yield Step(self, "seed", self.output)
        count = dict.fromkeys(self.order, 0)
        for use in uses(self.order):
            count[use.operand] += 1
            yield Step(self, "backward", *use, count[use.operand], self.uses[use.operand])

    def __getitem__(self, index: int | slice) -> Any:
        """The Step of this number, counted from 0; a list of Steps for a slice."""
        if isinstance(index, slice):
            return list(self)[index]
        try:
            return next(islice(self, range(len(self))[index], None))
        except IndexError:
            raise IndexError(f"there are {len(self)} steps, from 0 to {len(self) - 1}; got {index}") from None

    def lines(self, most: int = sys.maxsize) -> Iterator[str]:
        """The worked solution line by line: headings, and steps indented under them.

        Of more than `most` steps, and of more gradients, the first and the last ones are written.
        """
        gradients = {self.output: 1.0}
        heading, told = "", False
        steps = len(self)
        for index, step in enumerate(self):
            last, heading = heading, HEADINGS[step.kind]
            if heading != last:
                yield heading
            if shown(index, steps, most):
                line = str(step)
                yield f"  {line}"
                if not told and (found := BRACKET.search(line)):
                    yield f"    {found[0]} is 1 where {found[1]}, else 0"
                    told = True
            elif shown(index - 1, steps, most):
                yield f"  … {steps - most // 2 * 2} steps are left out: `for step in explain(...)` goes through all"
            if step.operand is not None:
                gradients[step.operand] = step.total
        yield "Gradients"
        leaves = [node for node in self.order if node.op is None]
        for index, leaf in enumerate(leaves):
            if shown(index, len(leaves), most):
                derivative = TEXT.derivative.format(self.names[self.output], self.names[leaf])
                yield f"  {derivative} = {Term.number(gradients.get(leaf, 0.0), self.digits)}"
            elif shown(index - 1, len(leaves), most):
                yield f"  … {len(leaves) - most // 2 * 2} gradients are left out: `gradients(f, leaves)` gives all"

    def text(self, ascii_only: bool = False) -> str:
        """The whole worked solution; with ascii_only in signs that every output carries (d for ∂)."""
        text = "\n".join(self.lines())
        return plain(text) if ascii_only else text

    def latex(self) -> str:
        """All steps as an align* environment (package amsmath), for a slide."""
        return latex_aligned(step.latex() for step in self)

    def __str__(self) -> str:
        return for_output("\n".join(self.lines(LONG)))

    def __repr__(self) -> str:
        if len(self) <= SHORT:
            return str(self)
        nodes, name = len(self.order), self.names[self.output]
        return f"<{name} explained in {len(self)} steps over {nodes} nodes: print it, or go through it with `for`>"


def explain(output: Value, digits: int = 4) -> Explanation:
    """The worked solution of `output`: every operation forward, then every product of the chain rule backward.

    Numbers in texts have `digits` significant digits. No `.grad` is read or changed. Raises RuntimeError where
    `backward()` would: if a leaf was edited after the graph was built.
    """
    if not isinstance(output, Value):
        raise TypeError(f"expected a Value, got {output!r} of type {type(output).__name__}")
    return Explanation(output, digits)


def shown(index: int, count: int, most: int) -> bool:
    """Whether the item at `index` out of `count` is among the first and last ones, `most` in all."""
    return count <= most or index < most // 2 or index >= count - most // 2
