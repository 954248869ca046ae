"""`Rows`: the rows of the table that a page needs, as JavaScript.

A row's local derivatives, and the function of a row of the user's own, are generated. The functions of the table's rows
stand as autograd/exporting/libraries/javascript.js, of which a page gets those that it uses.

>>> from autograd.primitives import TABLE
>>> rows = Rows()
>>> rows.index(TABLE["tanh"], 1), rows.index(TABLE["mul"], 2), rows.index(TABLE["tanh"], 1)
(0, 1, 0)
>>> print(rows.script())
const program = (() => {
const square = (x) => x * x;
const tanh = Math.tanh;
return { rows: [
{ forward: ([x]) => tanh(x), partials: ([x], z) => [1 - square(z)] },
{ forward: ([x, y]) => x * y, partials: ([x, y], z) => [y, x] },
], cases: [
] };
})();
"""

from collections.abc import Sequence
from typing import Any

from autograd import Primitive
from autograd.code import JAVASCRIPT, code
from autograd.exporting.library import WORD, used
from autograd.exporting.targets import POWERS
from autograd.patterns import Case
from autograd.tree import Tree, forward_tree, is_known, operand_names, partial_trees


class Register:
    """Things in the order in which they were first met, each once."""

    def __init__(self) -> None:
        self.found: list[Any] = []
        self.numbers: dict[str, int] = {}

    def number(self, thing: Any) -> int:
        key = repr(thing)
        if key not in self.numbers:
            self.numbers[key] = len(self.found)
            self.found.append(thing)
        return self.numbers[key]


class Rows:
    """The rows that a graph uses, each with its number of operands, as JavaScript."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.known: dict[tuple[Primitive, int], int | None] = {}
        self.own: list[str] = []  # functions of the user's own rows that stand in formulas of others
        self.functions = dict(POWERS)
        self.conditions = Register()

    def index(self, op: Primitive, count: int) -> int | None:
        """The number of a row with so many operands; None if its function is no formula."""
        if (op, count) not in self.known:
            line = self.line(op, count)
            self.known[op, count] = None if line is None else len(self.lines)
            self.lines += [] if line is None else [line]
        return self.known[op, count]

    def case(self, case: Case) -> int:
        """The number of the condition of a sentence."""
        return self.conditions.number(f"(d) => {self.code(case.when(Tree.place('d')))}")

    def line(self, op: Primitive, count: int) -> str | None:
        names = operand_names(count)
        if op.arity is None and is_known(op):
            operands, forward = "xs", op.name
        else:
            tree = forward_tree(op, count)
            if tree is None or not self.defined(tree):
                return None
            operands = f"[{', '.join(names)}]"
            forward = f"({operands}) => {self.code(tree)}"
        parts = [f"forward: {forward}"]
        for name, rule in (("partials", op.partials), ("taught", op.taught)):
            trees = partial_trees(op, count, rule) if rule else []
            if not all(map(self.defined, trees)):
                return None
            if rule:
                parts.append(f"{name}: {self.listed(trees, operands)}")
        return f"{{ {', '.join(parts)} }},"

    def listed(self, trees: Sequence[Any], operands: str) -> str:
        """A function that gives a list of formulas."""
        texts = [self.code(tree) for tree in trees]
        if operands == "xs" and len(set(texts)) == 1 and not isinstance(trees[0], Tree):
            return f"(xs) => xs.map(() => {texts[0]})"
        return f"({operands}, z) => [{', '.join(texts)}]"

    def code(self, tree: Any) -> str:
        return code(tree, JAVASCRIPT._replace(functions=self.functions))

    def defined(self, formula: Any) -> bool:
        """Whether each operation of a formula is a function of the page; a row of the user's own is made one."""
        if not isinstance(formula, Tree) or formula.op is None:
            return True
        if not all(map(self.defined, formula.operands)):
            return False
        op = formula.op
        if not is_known(op) and op not in self.functions:
            tree = forward_tree(op, op.arity) if op.arity else None
            if op.arity is None or tree is None or not self.defined(tree):
                return False
            self.functions[op] = name = f"own{len(self.own)}"
            self.own.append(f"const {name} = ({', '.join(operand_names(op.arity))}) => {self.code(tree)};\n")
        return True

    def script(self) -> str:
        lines, conditions = "\n".join(self.lines), "".join(f"{condition},\n" for condition in self.conditions.found)
        own = "".join(self.own)
        library = used("javascript.js", WORD.findall(own + lines + conditions))
        found = f"return {{ rows: [\n{lines}\n], cases: [\n{conditions}] }};\n"
        return f"const program = (() => {{\n{library}{own}{found}}})();"
