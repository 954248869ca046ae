"""`code`: a formula written as program code. A `Language` says how the rows of the table are written in it.

>>> from autograd.primitives import div, tanh
>>> from autograd.tree import Tree, partial_trees
>>> [code(tree, JAVASCRIPT) for tree in partial_trees(div, 2)]
['1 / y', '-(z / y)']
>>> code(partial_trees(tanh, 1)[0], PYTHON)
'1.0 - square(z)'

Code computes to the last bit what the rule computes on floats: nothing is simplified or put in another order. What is
no sign of the language is a call, by the row's name or by the one that `functions` gives it, as
`PYTHON._replace(functions={tanh: "math.tanh"})`; whoever uses the code defines what it calls. Operands that are numbers
by nature have no partial: `None` stands for it in Python, `null` in JavaScript. `defined` runs a program in Python.
"""

import linecache
import math
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any, NamedTuple
from weakref import finalize

from autograd.ieee import to_float
from autograd.notation import ATOM, NEGATION, PRODUCT, SUM, Form, Written, enclosed, infix
from autograd.primitive import Primitive
from autograd.primitives import add, div, mul, neg, sub
from autograd.tree import Tree, fold, is_known

# The five signs of arithmetic, which nearly all languages share.
ARITHMETIC: dict[Primitive, Form] = {
    add: infix("+", SUM).text,
    sub: infix("-", SUM).text,
    mul: infix("*", PRODUCT).text,
    div: infix("/", PRODUCT).text,
    neg: Form("-", "", "", NEGATION, (ATOM,)),
}


class Language(NamedTuple):
    """The way to write formulas in a programming language.

    number     a float as a literal that gives the same float, inf and nan included
    nothing    what stands for a partial that does not exist
    signs      the rows that the language writes with signs; all others are calls
    functions  what these rows' functions are called, where not by the row's name
    """

    number: Callable[[float], str]
    nothing: str
    signs: Mapping[Primitive, Form] = ARITHMETIC
    functions: Mapping[Primitive, str] = {}

    def form(self, op: Primitive) -> Form:
        """The form of an operation. A row of any arity takes one list, as in Python."""
        if op in self.signs:
            return self.signs[op]
        name = self.functions.get(op, op.name)
        return enclosed(f"{name}([", ", ", "])") if op.arity is None else enclosed(f"{name}(", ", ", ")")


def code(formula: Any, language: Language) -> str:
    """A Tree, a float or None as code; places are written by their names."""

    def leaf(found: Any) -> Written:
        if found is None:
            return language.nothing, ATOM
        if isinstance(found, Tree):
            return found.name, ATOM
        text = language.number(found)
        return text, NEGATION if text.startswith("-") else ATOM

    return fold(formula, leaf, lambda op, operands: language.form(op).write_all(operands))[0]


def python_number(number: float) -> str:
    return repr(number) if math.isfinite(number) else f'float("{number}")'


def javascript_number(number: float) -> str:
    """The shortest literal: JavaScript knows floats only, so 2.0 is 2; the zeros keep their signs."""
    if not math.isfinite(number):
        return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"
    return repr(number).removesuffix(".0")


PYTHON = Language(python_number, "None")
JAVASCRIPT = Language(javascript_number, "null")


# ── Python that is run ────────────────────────────────────────────────────────────────────────────────────────────────

files = count(1)


def defined(name: str, source: str, functions: Mapping[str, Any]) -> Any:
    """The function `name` that a program defines, which may call `functions`. A traceback shows its lines."""
    scope = {"__name__": __name__, **functions}
    file = f"<{name} {next(files)}>"
    exec(compile(source, file, "exec"), scope)
    function = scope.pop(name)  # else the two would hold each other
    linecache.cache[file] = len(source), None, source.splitlines(keepends=True), file
    finalize(function, linecache.cache.pop, file, None)
    return function


def function_of(op: Primitive) -> Callable[..., Any]:
    """The row's function on floats, as a program calls it: on one list for a row of any arity.

    That of a user's own row may give what is no float; it is made one, as in an eager pass.
    """
    forward = op.forward
    if op.arity is None:
        return lambda numbers: to_float(forward(*numbers))
    return forward if is_known(op) else lambda *numbers: to_float(forward(*numbers))
