"""`Step`: one step of a worked solution, as data first; its line of text or of LaTeX is made when it is asked for.

>>> from autograd import explain, parse
>>> step = explain(parse("x * y", x=3, y=2))[-1]
>>> step.operand.name, step.upstream, step.local, step.contribution
('y', 1.0, 3.0, 3.0)
>>> print(step)
∂f/∂y += ∂f/∂f × ∂(x * y)/∂y = 1 × x = 1 × 3 = 3

A `Script` holds the signs of text, or of LaTeX, so that a step is laid out once for both.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from autograd.notation import ATOM, LATEX_PARENTHESES, PRODUCT, Form, Written, infix
from autograd.rules import Rules
from autograd.term import Term
from autograd.value import Value

if TYPE_CHECKING:
    from autograd.explain import Explanation

BLOCKED = "blocked: this branch was not taken"
INDEFINITE = "0 × inf is nan: guard the operand, as log(where(x > 0, x, 1)) guards the logarithm"


class Script(NamedTuple):
    """The signs of a derivation in text, or in LaTeX: one step is laid out once for both."""

    read: Callable[[Term], Written]  # a Term's text or its LaTeX
    product: Form  # upstream × local
    parentheses: tuple[str, str]
    derivative: str
    equals: str
    plus_equals: str
    use: str
    remark: str


TEXT = Script(lambda term: term.written, infix("×", PRODUCT).text, ("(", ")"),
              "∂{}/∂{}", "=", "+=", "  (use {} of {}: {} = {})", "  ({})")  # fmt: skip
LATEX = Script(lambda term: term.written_latex, infix("×", PRODUCT, r"\times").latex, LATEX_PARENTHESES,
               r"\frac{{\partial {}}}{{\partial {}}}", "&=", r"&\mathrel{+}=",
               r"\quad \text{{(use {} of {}: ${} = {}$)}}", r"\quad \text{{({})}}")  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Step:
    """One step of the worked solution.

    kind              "forward": node is computed; "seed": ∂output/∂output = 1; "backward": one edge receives its share
    node              the node whose operation takes part
    operand, position backward: the node that receives, and which of node's operands it is, counted from 0
    upstream          ∂output/∂node, which is complete at this step
    local             ∂node/∂operand
    contribution      upstream × local
    before, total     the sum of all contributions to operand before and after this step
    use, uses         this is use number `use` of the operand, out of `uses`
    """

    solution: "Explanation"
    kind: Literal["forward", "seed", "backward"]
    node: Value
    operand: Value | None = None
    position: int = 0
    upstream: float = 1.0
    local: float = 1.0
    contribution: float = 1.0
    before: float = 0.0
    total: float = 1.0
    use: int = 1
    uses: int = 1

    @property
    def formula(self) -> Term:
        """Forward: the operation. Backward: the local derivative, as short as it can be. In the nodes' names."""
        return self.rules()[0][-1] if self.kind == "backward" else self.operation(self.named)

    @property
    def blocked(self) -> bool:
        """Whether nothing passes to the operand, for its branch was not taken."""
        return self.node.op is not None and self.position in self.node.op.shut and self.local == 0.0

    @property
    def remark(self) -> str:
        """A sentence on what is unusual about a backward step, or ""."""
        if self.kind != "backward":
            return ""
        if self.blocked:
            return BLOCKED
        if self.upstream == 0.0 and math.isinf(self.local):
            return INDEFINITE
        return ""

    def __str__(self) -> str:
        """The step as one line of text."""
        return self.write(TEXT)

    __repr__ = __str__

    def latex(self) -> str:
        """The step as one line of LaTeX mathematics, with & before its first equals sign."""
        return self.write(LATEX)

    def write(self, script: Script) -> str:
        output, node = (script.read(self.named(value))[0] for value in (self.solution.output, self.node))
        if self.kind == "seed":
            return f"{script.derivative.format(output, output)} {script.equals} 1"
        if self.kind == "forward":
            results = *self.meanings(), self.operation(self.numbered), self.number(self.node.data)
            return f"{node} {script.equals} {chain(script.read(term)[0] for term in results)}"
        assert self.operand is not None
        operand = script.read(self.named(self.operand))[0]
        whole, level = script.read(self.operation(self.named))
        if level < ATOM:
            whole = whole.join(script.parentheses)
        symbols = script.derivative.format(output, node), script.derivative.format(whole, script.read(self.marked())[0])
        in_names, in_numbers = self.rules()
        locals_ = *in_names, in_numbers, self.number(self.local)
        upstream = script.read(self.number(self.upstream))
        line = chain(
            [
                script.product.write([(symbol, ATOM) for symbol in symbols], script.parentheses)[0],
                *(script.product.write([upstream, script.read(term)], script.parentheses)[0] for term in locals_),
                script.read(self.number(self.contribution))[0],
            ]
        )
        line = f"{script.derivative.format(output, operand)} {script.plus_equals} {line}"
        if self.uses > 1:
            sum_so_far = self.number(self.before) + self.number(self.contribution)
            so_far, total = script.read(sum_so_far)[0], script.read(self.number(self.total))[0]
            line += script.use.format(self.use, self.uses, so_far, total)
        return line + (script.remark.format(self.remark) if self.remark else "")

    def number(self, value: float) -> Term:
        return self.solution.number(value)

    @property
    def named(self) -> Callable[[Any], Term]:
        return self.solution.named

    @property
    def numbered(self) -> Callable[[Any], Term]:
        return self.solution.numbered

    def marked(self) -> Term:
        """The operand below the ∂; where it stands in the operation several times, which one it is: (2nd a)."""
        assert self.operand is not None
        term = self.named(self.operand)
        if sum(operand is self.operand for operand in self.node.operands) > 1:
            nth = ordinal(sum(operand is self.operand for operand in self.node.operands[: self.position + 1]))
            term.written = f"({nth} {term.written[0]})", ATOM
            term.written_latex = rf"{term.written_latex[0]}^{{\text{{({nth})}}}}", ATOM
        return term

    def operation(self, term_of: Callable[[Any], Term]) -> Term:
        op = self.node.op
        if op is None:
            return term_of(self.node)
        operation: Term = self.solution.once(
            self.node, term_of, lambda: Term.apply_primitive(op, map(term_of, self.node.operands))
        )
        return operation

    def meanings(self) -> list[Term]:
        """The operation in names; and in other operations, where its name alone does not say what it is."""
        op = self.node.op
        meaning = op.means(*map(self.named, self.node.operands)) if op and op.means else None
        return [self.operation(self.named), *([meaning] if meaning is not None else [])]

    def rules(self) -> tuple[list[Term], Term]:
        """The local derivative as one or two formulas in names, and the last one of them in numbers; see rules.py."""
        rules = self.solution.once(self.node, "rules", lambda: Rules(self.node, self.named, self.numbered))
        written: tuple[list[Term], Term] = rules.at(self.position, self.local)
        return written


def chain(results: Iterable[str]) -> str:
    """`a = b = c`, each written once."""
    return " = ".join(dict.fromkeys(results))


def ordinal(n: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th, 21st."""
    return f"{n}{'th' if n % 100 in (11, 12, 13) else {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th')}"
