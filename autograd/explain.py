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

The steps are data first: records with the numbers, in the order in which `backward()` works, ending at its gradients to
the last bit. A record's text is made when it is asked for. `*` is an operation of the graph, `×` is the chain rule's.
"""

import math
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal, NamedTuple

from autograd.chain import uses
from autograd.naming import latex_names, short_names
from autograd.notation import ATOM, LATEX_PARENTHESES, PRODUCT, Form, Written, for_output, infix, latex_aligned, plain
from autograd.order import backward_order, edges, topological_order
from autograd.rules import Rules
from autograd.term import Term
from autograd.value import Value

BACKWARD = "Backward: each use of a node adds upstream × local"
HEADINGS = {"forward": "Forward", "seed": BACKWARD, "backward": BACKWARD}
SHORT = 60  # steps that the prompt shows
BRACKET = re.compile(r"\[([^][]+ [>=] [^][]+)\]")  # [x > y], told at its first use
LONG = 2000  # steps beyond which print shows the first and the last ones only

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


def chain(results: Iterable[str]) -> str:
    """`a = b = c`, each written once."""
    return " = ".join(dict.fromkeys(results))


def ordinal(n: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th, 21st."""
    return f"{n}{'th' if n % 100 in (11, 12, 13) else {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th')}"
