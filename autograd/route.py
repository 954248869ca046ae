"""`Route`: one way from the result of a graph back to a node, from use to use, and what it brings there.

>>> from autograd import explain, parse
>>> solution = explain(parse("(x + y) * z", x=-2, y=5, z=-4))
>>> to_q, _, to_x, _ = (step for step in solution if step.kind == "backward")
>>> print(Route(solution, (to_q, to_x)))
f → q → x  z × 1 = -4 × 1 = -4
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from autograd.chain import share
from autograd.explain import Explanation
from autograd.notation import ATOM, MOST_OPERANDS, Written
from autograd.steps import TEXT, Script, Step, chain
from autograd.term import Term
from autograd.value import Value


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Route:
    """A route of a worked solution: its uses from the result on, as the steps in which they take part."""

    solution: Explanation
    steps: tuple[Step, ...]

    @property
    def product(self) -> float:
        """The product of the local derivatives along the route, by the chain rule: this it brings to the gradient."""
        product = 1.0
        for step in self.steps:
            product = share(step.node.op, step.position, product, step.local)
        return product

    @property
    def blocked(self) -> bool:
        """Whether the route runs through a branch that was not taken, so that it brings nothing."""
        return any(step.blocked for step in self.steps)

    @property
    def nodes(self) -> list[Value]:
        """The nodes on the route, from the result to x."""
        return [self.solution.output, *(step.operand for step in self.steps if step.operand is not None)]

    def way(self, script: Script = TEXT) -> str:
        """The names of the nodes on the route: f → q → x."""
        arrow = " → " if script is TEXT else r" \to "
        first = script.read(self.solution.named(self.solution.output))
        return arrow.join(text for text, _ in [first, *self.written(script, Step.marked)])

    def worked(self, script: Script = TEXT) -> str:
        """The product in the nodes' names, in numbers, and its result: x × 1 = 3 × 1 = 3."""
        number = self.solution.number
        factors = (
            self.written(script, lambda step: step.formula),
            self.written(script, lambda step: number(step.local)),
        )
        products = [script.product.write(written, script.parentheses)[0] for written in factors if self.steps]
        return chain([*products, script.read(number(self.product))[0]])

    def written(self, script: Script, term_of: Callable[[Step], Term]) -> list[Written]:
        """A text for each step; of a long route, for the first ones and the last one, around an ellipsis."""
        return [("…", ATOM) if step is None else script.read(term_of(step)) for step in ends(self.steps)]

    def __str__(self) -> str:
        remark = "  (blocked: a branch on this route was not taken)" if self.blocked else ""
        return f"{self.way()}  {self.worked()}{remark}"

    __repr__ = __str__


def ends(steps: Sequence[Step]) -> list[Step | None]:
    """All of a few steps; of many the first ones, None, and the last one."""
    return [*steps] if len(steps) <= MOST_OPERANDS else [*steps[: MOST_OPERANDS - 2], None, steps[-1]]
