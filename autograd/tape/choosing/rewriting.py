"""A program is rewritten, so that comparisons which only choose between numbers are choices.

    if v > 0.0:                 chosen = choose(compare(">", v, 0.0), lambda: (2.0 * gate(v),), lambda: (0.0,))
        y = 2.0 * v             if is_chosen(chosen):
    else:                 →         (y,) = chosen
        y = 0.0                 elif chosen:  # it does more than choose, with these numbers: the program as it was
                                    y = 2.0 * v
                                else:
                                    y = 0.0

The functions that the program calls are rewritten too, when they are called.

>>> ast.unparse(ast.fix_missing_locations(Rewriter([]).visit(ast.parse("f(v)", mode="eval")))).replace(OURS, "")
'called(f)(v)'
"""

import ast
from collections.abc import Sequence
from contextlib import suppress
from copy import deepcopy

from autograd.tape.choosing.branches import (
    OURS,
    MoreThanAChoice,
    assigned,
    branch,
    call,
    condition,
    load,
    numbers,
    one_of_two,
    pure,
    returned,
    thunk,
)
from autograd.tape.choosing.seen import OF_VALUES

# A choice is written twice: as a choice, and as it was, in which the choices within it are written twice again.
DEEPEST = 4


class Rewriter(ast.NodeTransformer):
    """Rewrites the body of a function. `chooses`: whether anything in it may become a choice."""

    def __init__(self, body: Sequence[ast.AST]) -> None:
        scopes = [node for part in body for node in ast.walk(part) if isinstance(node, (ast.Global, ast.Nonlocal))]
        self.outside = {name for scope in scopes for name in scope.names}  # these are not local
        self.chooses = False
        self.depth = 0  # of choices within choices

    def see(self, node: ast.expr) -> ast.expr:
        rewritten: ast.expr = self.visit(deepcopy(node))
        return rewritten

    def condition(self, test: ast.expr) -> ast.expr:
        return condition(test, self.see, frozenset())

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for field, old in ast.iter_fields(node):
            if isinstance(old, list) and old and isinstance(old[0], ast.stmt):
                setattr(node, field, self.block(old))
            elif isinstance(old, list):
                setattr(node, field, [self.visit(part) if isinstance(part, ast.AST) else part for part in old])
            elif isinstance(old, ast.AST):
                setattr(node, field, self.visit(old))
        return node

    def block(self, statements: list[ast.stmt]) -> list[ast.stmt]:
        """Some statements, one after the other."""
        done: list[ast.stmt] = []
        for i, statement in enumerate(statements):
            if isinstance(statement, ast.If):
                with suppress(MoreThanAChoice):
                    chosen = self.choice(returned(statements[i:]))
                    after = statements[i:]  # it is never reached, but says which names are local
                    return [*done, ast.copy_location(ast.Return(chosen), statement), *after]
                with suppress(MoreThanAChoice):
                    done += self.assignment(statement)
                    continue
            done.append(self.visit(statement))
        return done

    def choice(self, node: ast.expr) -> ast.expr:
        """`yes if test else no`. MoreThanAChoice if it does more."""
        if not isinstance(node, ast.IfExp) or self.depth == DEEPEST:
            raise MoreThanAChoice
        chosen = [one_of_two(numbers([pure(side, frozenset())])) for side in (node.body, node.orelse)]
        self.depth += 1
        plain = [thunk(self.see(side)) for side in (node.body, node.orelse)]
        self.depth -= 1
        found = call("choice", self.condition(node.test), *chosen, *plain)
        self.chooses = True
        return ast.copy_location(found, node)

    def assignment(self, node: ast.If) -> list[ast.stmt]:
        """`if test:`, where both branches assign numbers. MoreThanAChoice if they do more."""
        names = assigned([node])
        if not names or self.outside.intersection(names) or self.depth == DEEPEST:
            raise MoreThanAChoice
        chosen = [one_of_two(branch(side, names)) for side in (node.body, node.orelse)]
        name = "chosen" + OURS
        found = ast.Assign([ast.Name(name, ast.Store())], call("choose", self.condition(node.test), *chosen))
        take = ast.Assign([ast.Tuple([ast.Name(n, ast.Store()) for n in names], ast.Store())], load(name))
        self.depth += 1
        decide = ast.If(load(name), self.block(deepcopy(node.body)), self.block(deepcopy(node.orelse)))
        self.depth -= 1
        self.chooses = True
        new: list[ast.stmt] = [found, ast.If(call("is_chosen", load(name)), [take], [decide])]
        return [ast.copy_location(statement, node) for statement in new]

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        try:
            return self.choice(node)
        except MoreThanAChoice:
            self.generic_visit(node)
            return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        match node.func:
            case ast.Name("max" | "min"):
                self.chooses = True
            case ast.Name("where") | ast.Attribute(ast.Name(), "where"):
                match node.args:
                    case [ast.Compare(ops=[_]) as test, x, y] if not (node.keywords or isinstance(y, ast.Starred)):
                        with suppress(MoreThanAChoice):
                            called = call("where_of", node.func, self.condition(test), self.see(x), self.see(y))
                            self.chooses = True
                            return ast.copy_location(called, node)
        self.generic_visit(node)
        node.func = ast.copy_location(call("called", node.func), node.func)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        if node.attr in OF_VALUES:
            node.value = ast.copy_location(call("asked", node.value), node.value)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        inner = Rewriter(node.body)
        node.body = inner.block(node.body)
        self.chooses = self.chooses or inner.chooses
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        node.body = self.visit(node.body)
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return node  # the names of its body are not seen by functions within it
