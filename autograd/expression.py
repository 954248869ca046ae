"""`parse`: a graph from text, as `(x + y) * z` with x=-2, y=5, z=-4.

The text is read by Python's own parser and then walked node by node: only arithmetic, the functions of the table and
names are let through, and nothing is ever evaluated as code.

>>> f = parse("q = x + y; f = q * z", x=-2, y=5, z=-4)
>>> f
Value(-12.0, name='f', op='mul', grad=None)
"""

import ast
import math
import operator
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from functools import reduce
from typing import Any

from autograd import primitives
from autograd.ieee import to_float
from autograd.remedies import (
    ARITHMETIC,
    FUNCTION_NAMES,
    OTHER_NAMES,
    PRODUCT,
    factors,
    remedy_for_node,
    remedy_for_text,
)
from autograd.value import Value

LONGEST = 20_000  # characters
OWN = "a function of your own is registered first, by @autograd.register (on the command line: --use FILE.py)"

# Signs of a textbook, and how Python's parser wants them.
SIGNS = str.maketrans({"·": "*", "⋅": "*", "∙": "*", "×": "*", "÷": "/", "−": "-", "–": "-", "²": "**2", "³": "**3",
                       "√": " sqrt ", "≤": "<=", "≥": ">=", "≠": "!="})  # fmt: skip

FUNCTIONS: dict[str, Callable[..., Any]] = {name: getattr(primitives, name) for name in FUNCTION_NAMES}
CONSTANTS = {"pi": math.pi, "π": math.pi}
OPERATORS: dict[type[ast.operator | ast.unaryop], Callable[..., Any]] = {
    ast.Add: primitives.add,
    ast.Sub: primitives.sub,
    ast.Mult: primitives.mul,
    ast.Div: primitives.div,
    ast.Pow: primitives.pow,
    ast.USub: primitives.neg,
    ast.UAdd: lambda x: x,
}
COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    kind: primitives.COMPARISONS[compare]
    for kind, compare in {
        ast.Gt: operator.gt, ast.Lt: operator.lt, ast.GtE: operator.ge,
        ast.LtE: operator.le, ast.Eq: operator.eq, ast.NotEq: operator.ne,
    }.items()
}  # fmt: skip


class ExpressionError(ValueError):
    """The text is not an expression that `parse` reads; the message says what is wrong and what to write instead."""


def parse(text: str, /, *misplaced: Any, **variables: Any) -> Value:
    """The root of the graph that `text` describes, computed at the given values of its variables.

    Statements `q = x + y` separated by `;` or newlines name intermediate results; the last one is the root. A variable
    is a number, which becomes a leaf of that name, or a Value. Raises ExpressionError, also for what is never used.
    """
    if misplaced:
        raise TypeError(
            f"values are given by name, as parse('x + y', x=1, y=2), or from a dict as parse('x + y', **values); "
            f"got {shortened(repr(misplaced[0]))}"
        )
    source, tree = read(text)
    known: dict[str, Any] = {}
    for given_name, value in variables.items():
        name = unicodedata.normalize("NFKC", given_name)  # as Python reads names: full-width letters are letters
        if name in known:
            raise ExpressionError(f"{given_name} is the same name as {name}, which is given already: leave one away")
        known[name] = value if isinstance(value, Value) else Value(value, name)
    given = set(known)
    refuse_missing(tree, known, source)
    result: Any = None
    for statement in tree.body:
        if isinstance(statement, ast.Assign):
            name = target_of(statement, known)
            result = evaluate(statement.value, known, source)
            if not isinstance(result, Value):
                result = Value(result, name)
            result.name = result.name or name
            known[name] = result
        elif isinstance(statement, ast.Expr):
            result = evaluate(statement.value, known, source)
        else:
            remedy = remedy_for_node(statement, source)
            hint = "" if remedy == ARITHMETIC else f": {remedy}"
            raise ExpressionError(f"expected arithmetic, or name = arithmetic; got {excerpt(statement, source)}{hint}")
    refuse_unused(tree, given, source)
    return result if isinstance(result, Value) else Value(result)


def read(text: str) -> tuple[str, ast.Module]:
    """The text as it is parsed, and its syntax tree, whose size and depth are bounded."""
    if not isinstance(text, str):
        raise TypeError(f"expected the expression as a str, got {type(text).__name__}")
    if len(text) > LONGEST:
        raise ExpressionError(f"the expression has {len(text)} characters, more than {LONGEST}: build it in Python")
    source = "\n".join(line.strip() for line in text.translate(SIGNS).strip().splitlines())
    try:
        tree = ast.parse(source)
    except (RecursionError, MemoryError):
        raise ExpressionError("the expression is nested too deeply: name parts of it, as in q = x + y; q * z") from None
    except (SyntaxError, ValueError) as error:
        where = f" near column {error.offset}" if isinstance(error, SyntaxError) and error.offset else ""
        remedy = remedy_for_text(text.translate(SIGNS)) or (ARITHMETIC if error.args[0] == "invalid syntax" else "")
        problem = "; ".join(filter(None, [error.args[0].partition(". ")[0].partition("; use sys")[0], remedy]))
        raise ExpressionError(f"cannot read {shortened(text)!r}{where}: {problem}") from None
    if not tree.body:
        raise ExpressionError("the expression is empty: expected something like (x + y) * z")
    return source, tree


def refuse_missing(tree: ast.Module, known: dict[str, Any], source: str) -> None:
    """ExpressionError that lists all variables that have no value."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            if isinstance(node.value, ast.Name) and {node.value.id, node.attr} <= known.keys():
                raise ExpressionError(f"cannot read {excerpt(node, source)}: {PRODUCT}")
            name = OTHER_NAMES.get(node.attr, node.attr)
            meant = name if name in CONSTANTS else f"{name}(x)" if name in FUNCTIONS else "exp(x)"
            raise ExpressionError(f"write {meant}, not {excerpt(node, source)}: names have no module before them")
    names = variables_in(tree)
    assigned = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    missing = sorted({node.id for node in names} - assigned - known.keys() - CONSTANTS.keys())
    if missing:
        example = ", ".join(f"{name}=..." for name in missing[:10])
        hint = next(filter(None, (remedy_for_name(name, known.keys() | assigned, source) for name in missing)), "")
        raise ExpressionError(f"no value is given for {', '.join(missing[:10])}: add {example}{hint and f'; {hint}'}")


def names_in(text: str) -> list[str]:
    """The variables of an expression, in the order in which they come: the names that `parse` needs numbers for."""
    names = variables_in(read(text)[1])
    assigned = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    used = (node.id for node in sorted(names, key=lambda node: (node.lineno, node.col_offset)))
    return list(dict.fromkeys(name for name in used if name not in assigned and name not in CONSTANTS))


def variables_in(tree: ast.Module) -> list[ast.Name]:
    """Every place where a name stands for a number, and not for a function that is called."""
    functions = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return [node for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in functions]


def remedy_for_name(name: str, known: Iterable[str], source: str) -> str:
    """The other meaning of a name without a value: a product, a power of e, a function."""
    function = OTHER_NAMES.get(name, name)
    if function in FUNCTIONS:
        return f"{name} is a function: {remedy_for_text(source) or f'write {function}(x)'}"
    if name == "e":
        return "for a power of e write exp(x)"
    apart = factors(name, known)
    return f"or is {apart} meant?" if apart else ""


def refuse_unused(tree: ast.Module, given: Iterable[str], source: str) -> None:
    """ExpressionError that names what was given, or computed, and then not used: there is a slip somewhere."""
    names = variables_in(tree)
    unused = sorted(set(given) - {node.id for node in names})
    if unused:
        example = ", ".join(f"{name}=..." for name in unused[:10])
        raise ExpressionError(
            f"the expression does not use {', '.join(unused[:10])}: leave {example} away, or use what it gives"
        )
    used = {node.id for node in names if isinstance(node.ctx, ast.Load)}
    for statement in tree.body[:-1]:
        if not (isinstance(statement, ast.Assign) and target_of(statement, {}) in used):
            raise ExpressionError(
                f"nothing uses the result of {excerpt(statement, source)}: leave it away, or use it further down"
            )


def target_of(statement: ast.Assign, known: dict[str, Any]) -> str:
    """The name that a statement `name = ...` defines, once."""
    target = statement.targets[0]
    if len(statement.targets) != 1 or not isinstance(target, ast.Name):
        raise ExpressionError("expected one name to the left of =, as in q = x + y")
    if target.id in known:
        raise ExpressionError(f"{target.id} is defined already: give the result of {target.id} = ... another name")
    return target.id


def evaluate(root: ast.expr, known: dict[str, Any], source: str) -> Any:
    """The value of an expression: operands first, with a stack of our own, so that depth costs no recursion."""
    results: list[Any] = []
    todo: list[tuple[ast.expr, bool]] = [(root, False)]
    while todo:
        node, operands_done = todo.pop()
        operation, operands = operation_of(node, known, source)
        if operands and not operands_done:
            todo.append((node, True))
            todo += [(operand, False) for operand in reversed(operands)]
            continue
        arguments = [results.pop() for _ in operands][::-1]
        try:
            results.append(operation(*arguments))
        except (TypeError, OverflowError) as error:
            raise ExpressionError(f"{excerpt(node, source)}: {error}") from None
    return results[0]


def operation_of(node: ast.expr, known: dict[str, Any], source: str) -> tuple[Callable[..., Any], list[ast.expr]]:
    """The operation of one node of the syntax tree, and its operands; all that is not arithmetic is refused."""
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            if number == math.inf:
                raise ExpressionError(f"{excerpt(node, source)} is too large: a number is at most 1.8e308")
            return lambda: to_float(number), []
        case ast.Name(id=name) if name in known:
            return lambda: known[name], []
        case ast.Name(id=name) if name in CONSTANTS:
            return lambda: CONSTANTS[name], []
        case ast.Name(id=name):
            raise ExpressionError(f"{name} is used before it is defined")
        case ast.BinOp(op=op, left=left, right=right) if type(op) in OPERATORS:
            return OPERATORS[type(op)], [left, right]
        case ast.UnaryOp(op=op, operand=operand) if type(op) in OPERATORS:
            return OPERATORS[type(op)], [operand]
        case ast.Compare(left=left, ops=signs, comparators=others) if all(type(sign) in COMPARISONS for sign in signs):
            return lambda *operands: compare(signs, operands), [left, *others]
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in FUNCTIONS:
            if getattr(FUNCTIONS[name], "arity", 0) is None:
                if len(args) == 1 and isinstance(args[0], ast.List):
                    args = args[0].elts
                return lambda *operands: FUNCTIONS[name](operands), args
            return FUNCTIONS[name], args
        case ast.Call(func=ast.Name(id=name)) if name in known:
            raise ExpressionError(f"{name} is a number, not a function, in {excerpt(node, source)}: {PRODUCT}")
        case ast.Call(func=ast.Constant() | ast.BinOp()):
            raise ExpressionError(f"cannot read {excerpt(node, source)}: {PRODUCT}")
        case ast.Call(func=ast.Name(id=name)) if name not in FUNCTIONS:
            similar = [OTHER_NAMES[name]] if name in OTHER_NAMES else get_close_matches(name, FUNCTIONS, 1)
            meant = f": did you mean {similar[0]}?" if similar else f"; there are {', '.join(sorted(FUNCTIONS))}"
            raise ExpressionError(f"unknown function {name}{meant}; {OWN}")
    raise ExpressionError(f"cannot read {excerpt(node, source)}: {remedy_for_node(node, source)}")


def compare(signs: Sequence[ast.cmpop], operands: Sequence[Any]) -> Any:
    """1 where all comparisons hold, else 0: `0 < x < 1` is the product of two."""
    pairs = zip(signs, operands, operands[1:], strict=False)
    return reduce(primitives.mul, [COMPARISONS[type(sign)](x, y) for sign, x, y in pairs])


def excerpt(node: ast.AST, source: str) -> str:
    """The part of the text that a node stands for, for an error message."""
    return repr(shortened(ast.get_source_segment(source, node) or type(node).__name__))


def shortened(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."
