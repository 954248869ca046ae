"""The parts of a program that only choose: read in its source, and written as expressions.

>>> statement = ast.parse("if v > 0: y = 2 * v").body[0]
>>> ast.unparse(ast.fix_missing_locations(branch(statement.body, ["y"]))).replace(OURS, "")
'(lambda y: (y,))(2 * gate(v))'
"""

import ast
from collections.abc import Callable, Sequence

ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div)
COMPARISONS = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}
See = Callable[[ast.expr], ast.expr]
OURS = " of autograd"  # ends the names that are added: no program can have them


class MoreThanAChoice(Exception):
    """A piece of source does more than choose numbers."""


# ── Pieces of source ──────────────────────────────────────────────────────────────────────────────────────────────────


def load(name: str) -> ast.expr:
    return ast.Name(name, ast.Load())


def call(helper: str, *arguments: ast.expr) -> ast.expr:
    """A call of a function of gates, conditions, choices or sources."""
    return ast.Call(load(helper + OURS), list(arguments), [])


def thunk(body: ast.expr, *names: str) -> ast.expr:
    """`lambda names: body`."""
    return ast.Lambda(ast.arguments([], [ast.arg(name) for name in names], None, [], [], None, []), body)


def numbers(parts: Sequence[ast.expr]) -> ast.expr:
    return ast.Tuple(list(parts), ast.Load())


# ── What only chooses ─────────────────────────────────────────────────────────────────────────────────────────────────


def pure(node: ast.expr, own: frozenset[str]) -> ast.expr:
    """An expression that only computes a number, with a gate for each number that enters it.

    `own` are the names that the branch itself has assigned. MoreThanAChoice if it may do anything else.
    """
    match node:
        case ast.Constant(value=int() | float()) if not isinstance(node.value, bool):
            return node
        case ast.Name(name):
            return node if name in own else call("gate", node)
        case ast.Attribute() | ast.Subscript():
            return call("gate", place(node))
        case ast.BinOp(left, ast.Pow(), right):
            return call("power", pure(left, own), pure(right, own))
        case ast.BinOp(left, op, right) if isinstance(op, ARITHMETIC):
            return ast.BinOp(pure(left, own), op, pure(right, own))
        case ast.UnaryOp(ast.USub() as op, operand):
            return ast.UnaryOp(op, pure(operand, own))
        case ast.IfExp(test, yes, no):
            branches = (thunk(numbers([pure(branch, own)])) for branch in (yes, no))
            chosen = call("merged", condition(test, None, own), *branches)
            return ast.Subscript(chosen, ast.Constant(0), ast.Load())
        case ast.Call(ast.Attribute(thing, name), arguments, []):
            of = place(thing) if isinstance(thing, (ast.Name, ast.Attribute, ast.Subscript)) else pure(thing, own)
            called = call("method", of, ast.Constant(name))
            return ast.Call(called, [pure(argument, own) for argument in arguments], [])
        case ast.Call(ast.Name(name) as called, arguments, []) if name != "super":  # it has to stand in a method
            return ast.Call(call("function", called), [pure(argument, own) for argument in arguments], [])
    raise MoreThanAChoice


def place(node: ast.expr) -> ast.expr:
    """A name, `thing.name` or `things[index]`."""
    match node:
        case ast.Name():
            return node
        case ast.Attribute(thing, name):
            return call("attribute", place(thing), ast.Constant(name))
        case ast.Subscript(things, index):
            return call("item", place(things), whole(index))
    raise MoreThanAChoice


def whole(node: ast.expr) -> ast.expr:
    """An index: a constant, a name, or a sum of these."""
    match node:
        case ast.Constant():
            return node
        case ast.Name():
            return call("index", node)
        case ast.UnaryOp(ast.USub(), operand):
            return ast.UnaryOp(ast.USub(), whole(operand))
        case ast.BinOp(left, ast.Add() | ast.Sub() as op, right):
            return ast.BinOp(whole(left), op, whole(right))
    raise MoreThanAChoice


def condition(node: ast.expr, see: See | None, own: frozenset[str]) -> ast.expr:
    """A test, as a call that gives a Condition. Within a branch all of it is pure; elsewhere `see` rewrites it."""

    def side(part: ast.expr) -> ast.expr:
        return see(part) if see else pure(part, own)

    match node:
        case ast.Compare(left, [op], [right]) if type(op) in COMPARISONS:
            found = call("compare", ast.Constant(COMPARISONS[type(op)]), side(left), side(right))
        case ast.Compare(left, [first, *ops], [ast.Name() | ast.Constant() as middle, *others]):  # a < b < c
            links: list[ast.expr] = [ast.Compare(left, [first], [middle]), ast.Compare(middle, ops, others)]
            return condition(ast.copy_location(ast.BoolOp(ast.And(), links), node), see, own)
        case ast.BoolOp(op, [left, *others]):
            rest = others[0] if len(others) == 1 else ast.BoolOp(op, others)
            plain = [thunk(see(rest))] if see else []
            sides = condition(left, see, own), thunk(condition(rest, None, own)), *plain
            found = call("both" if isinstance(op, ast.And) else "either", *sides)
        case ast.UnaryOp(ast.Not(), operand):
            found = call("negation", condition(operand, see, own))
        case ast.Compare():
            raise MoreThanAChoice
        case _:
            found = call("truth", side(node))
    return ast.copy_location(found, node)


def assigned(statements: Sequence[ast.stmt]) -> list[str]:
    """The local names that a branch assigns, in order. MoreThanAChoice if it does anything else."""
    names: list[str] = []
    for statement in statements:
        match statement:
            case (
                ast.Assign([ast.Name(name)])
                | ast.AugAssign(ast.Name(name))
                | ast.AnnAssign(ast.Name(name), _, ast.expr())
            ):
                names.append(name)
            case ast.If(_, yes, no):
                names += assigned(yes) + assigned(no)
            case ast.Pass():
                pass
            case _:
                raise MoreThanAChoice
    return list(dict.fromkeys(names))


def branch(statements: Sequence[ast.stmt], names: Sequence[str], own: frozenset[str] = frozenset()) -> ast.expr:
    """A branch as one expression: the numbers of these names after its statements."""
    if not statements:
        return numbers([pure(load(name), own) for name in names])
    first, *rest = statements
    match first:
        case ast.Assign([ast.Name(name)], number) | ast.AnnAssign(ast.Name(name), _, ast.expr() as number):
            pass
        case ast.AugAssign(ast.Name(name), op, number):
            number = ast.BinOp(load(name), op, number)
        case ast.If(test, yes, no):
            inner = assigned([first])
            sides = (thunk(branch(side, inner, own)) for side in (yes, no))
            chosen = call("merged", condition(test, None, own), *sides)
            return ast.Call(thunk(branch(rest, names, own | {*inner}), *inner), [ast.Starred(chosen, ast.Load())], [])
        case _:
            return branch(rest, names, own)
    return ast.Call(thunk(branch(rest, names, own | {name}), name), [pure(number, own)], [])


def one_of_two(numbers: ast.expr) -> ast.expr:
    """The numbers of a branch, to be computed later; without gates where all local derivatives are plain constants."""
    constant = all(map(has_constant_slope, ast.walk(numbers)))
    for part in ast.walk(numbers) if constant else ():
        if isinstance(part, ast.Name) and part.id == "gate" + OURS:
            part.id = "number" + OURS
    return thunk(numbers)


def has_constant_slope(part: ast.AST) -> bool:
    match part:
        case ast.BinOp(ast.Constant(), ast.Mult()) | ast.BinOp(_, ast.Mult(), ast.Constant()):
            return True
        case ast.BinOp(_, ast.Div(), ast.Constant(value=divisor)):
            return divisor != 0
        case ast.BinOp(_, op):
            return isinstance(op, (ast.Add, ast.Sub))
        case ast.Name(name):
            return name not in [helper + OURS for helper in ("function", "method", "merged", "power")]
    return True


def returned(statements: Sequence[ast.stmt]) -> ast.expr:
    """The expression that these statements return, where they do nothing else: `if c: return x`, then `return y`."""
    match statements:
        case [ast.Return(ast.expr() as number), *_]:
            return number
        case [ast.If(test, yes, no), *rest]:
            return ast.IfExp(test, returned(yes), returned([*no, *rest]))
    raise MoreThanAChoice
