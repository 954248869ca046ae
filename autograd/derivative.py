"""`derivative`: the derivative of a formula as a formula, from the rules of the table, simplified as a student would.

>>> print(derivative("x**2 * sin(x)", "x"))
2 * x * sin(x) + x ** 2 * cos(x)
>>> derivative("exp(-x**2)", "x").latex
'-2 \\\\cdot x \\\\cdot e^{-x^{2}}'
>>> print(derivative("x**3 * y", "x", "y"))  # by x, and then by y
3 * x ** 2

It is the chain rule of `backward()`, read off the same stream of uses, with formulas in the place of numbers.
"""

from typing import Any

import numpy as np

from autograd.algebra import Simple, as_term
from autograd.chain import uses
from autograd.expression import names_in, parse
from autograd.ieee import ieee_result, silent
from autograd.naming import short_names
from autograd.order import topological_order
from autograd.primitive import Primitive
from autograd.term import Term
from autograd.tree import fold
from autograd.value import Value

ANYWHERE = 0.75  # the number of a variable while its graph is built: formulas do not depend on it


def derivative(expression: str | Value, *by: str) -> Term:
    """The derivative of a text, or of a graph of named leaves, by a variable; by several, one after the other.

    The result is a Term: str() is its text, `.latex` its LaTeX. Guards at kinks and singular points are left out, as in
    a textbook. ValueError if there is no such variable, or if a formula grows beyond 300 operations.
    """
    names = names_in(expression) if isinstance(expression, str) else ()
    with silent():
        graph = parse(expression, **dict.fromkeys(names, ANYWHERE)) if isinstance(expression, str) else expression
        found = slopes(graph)
        unknown = [name for name in by if name not in found]
        if unknown or not by:
            raise ValueError(f"by which variable? There are {', '.join(found)}; got {', '.join(by) or 'none'}")
        formula = found[by[0]]
        for name in by[1:]:
            formula = slopes(as_graph(formula)).get(name, 0.0)
    return as_term(formula)


def slopes(output: Value) -> dict[str, Any]:
    """∂output/∂leaf for each leaf by name, as formulas or numbers."""
    order = topological_order(output)
    names = short_names(order)
    formulas: dict[Any, Any] = {}
    for node in order:
        operands = operands_of(node, formulas)
        formulas[node] = Simple.apply_primitive(node.op, operands) if node.op else Simple.place(names[node])
    adjoints: dict[Any, Any] = dict.fromkeys(order, 0.0) | {output: 1.0}
    for use in uses(order):
        adjoints[use.operand] = adjoints[use.node] * partials(use.node, formulas)[use.position] + adjoints[use.operand]
    return {names[node]: adjoints[node] for node in order if node.op is None}


def operands_of(node: Value, formulas: dict[Any, Any]) -> list[Any]:
    return [operand if operand.__class__ is float else formulas[operand] for operand in node.operands]


def partials(node: Value, formulas: dict[Any, Any]) -> Any:
    """The local derivatives of a node, as formulas, by the rule that a textbook has."""
    assert node.op is not None
    rule = node.op.taught or node.op.partials
    given = [*operands_of(node, formulas), formulas[node]]
    # Where only numbers are left, the rule may be inf or nan at them.
    return [float(p) if isinstance(p, np.floating) else p for p in ieee_result(rule, given)]


def as_graph(formula: Any) -> Value:
    """A formula as a graph again, to be differentiated once more."""
    if not isinstance(formula, Simple):
        return Value(formula)
    leaves: dict[str, Value] = {}

    def leaf(found: Any) -> Any:
        return leaves.setdefault(found.name, Value(ANYWHERE, found.name)) if isinstance(found, Simple) else found

    graph: Value = fold(formula, leaf, Primitive.on)
    return graph
