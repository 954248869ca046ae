"""The source of functions: found, rewritten and compiled again.

A text is the source of a function if it compiles to the very code of the function; else the function stays as it is.
"""

import __future__

import ast
import linecache
from collections.abc import Iterable
from copy import deepcopy
from functools import cache, reduce
from types import CellType, CodeType, FunctionType, MethodType
from typing import Any, NamedTuple, TypeAlias

from autograd.primitive import Primitive
from autograd.tape.choosing import choices, conditions, gates, seen
from autograd.tape.choosing.branches import OURS
from autograd.tape.choosing.rewriting import Rewriter
from autograd.tape.guards import innermost
from autograd.tape.reachable import is_library

Function: TypeAlias = ast.FunctionDef | ast.Lambda
FUTURE = reduce(int.__or__, (getattr(__future__, name).compiler_flag for name in __future__.all_feature_names))


class Rewritten(NamedTuple):
    """The code of a function, rewritten; None if its source is not known. `chooses`: whether it may make choices."""

    code: CodeType | None
    chooses: bool


NOT_KNOWN = Rewritten(None, False)


def rewritten(function: FunctionType) -> FunctionType:
    """A function that does the same, and makes choices; the function itself if its source is not known."""
    if is_library(function.__globals__.get("__name__", "")):
        return function
    if seen.catches(function.__code__):
        if innermost(gates.Following):
            raise gates.NotAChoice(f"{function.__name__} may catch an error")
        return function
    if (code := rewriting(function).code) is None:
        return function
    cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
    closure = tuple(cells[name] if name in cells else CellType(HELPERS[name]) for name in code.co_freevars)
    new = FunctionType(code, function.__globals__, function.__name__, function.__defaults__, closure)
    new.__kwdefaults__, new.__qualname__ = function.__kwdefaults__, function.__qualname__
    return new


def may_choose(functions: Iterable[FunctionType]) -> bool:
    """Whether one of these functions, which are all that a program can call, may make a choice."""
    own = [function for function in functions if not is_library(function.__globals__.get("__name__", ""))]
    return any(rewriting(function).chooses for function in own) and not any(map(seen.asks_for_values, own))


def called(thing: Any) -> Any:
    """The function that a rewritten program calls in the place of `thing`."""
    seen.refuse(thing)
    if isinstance(thing, FunctionType):
        return rewritten(thing)
    if isinstance(thing, MethodType) and isinstance(thing.__func__, FunctionType):
        return MethodType(rewritten(thing.__func__), thing.__self__)
    if any(thing is one for one in seen.ASKING):
        return seen.asking(thing)
    if isinstance(thing, Primitive):
        return gates.row(thing)
    if thing is max or thing is min:
        return choices.EXTREMES[thing]
    kinds = (vars(kind) for kind in type(thing).__mro__)
    of_class = next((names["__call__"] for names in kinds if "__call__" in names), None)
    return MethodType(rewritten(of_class), thing) if isinstance(of_class, FunctionType) else thing


HELPERS = {
    helper.__name__ + OURS: helper
    for helper in (
        gates.gate, gates.number, gates.attribute, gates.index, gates.item, gates.power,
        conditions.compare, conditions.truth, conditions.negation, conditions.both, conditions.either,
        choices.merged, choices.choose, choices.is_chosen, choices.choice, choices.where_of, choices.function,
        choices.method, seen.asked, called,
    )
}  # fmt: skip

# ── Source ────────────────────────────────────────────────────────────────────────────────────────────────────────────

known: dict[tuple[str, CodeType], Rewritten] = {}


def rewriting(function: FunctionType) -> Rewritten:
    """The code of a function, rewritten once."""
    code = function.__code__
    key = (code.co_filename, code)
    if key not in known and any(name.endswith(OURS) for name in code.co_freevars):
        known[key] = NOT_KNOWN  # it has been rewritten, with the function that it stands in
    if key not in known:
        source = read("".join(linecache.getlines(code.co_filename, function.__globals__)))
        try:
            node = source.function_of(code)
            known[key] = NOT_KNOWN if node is None else rewrite(node, code, source.imports)
        except RecursionError:  # nested too deep to be read
            known[key] = NOT_KNOWN
    return known[key]


def rewrite(node: Function, code: CodeType, imports: list[str]) -> Rewritten:
    """The code of a function whose source is `node`."""
    node = deepcopy(node)
    rewriter = Rewriter(node.body if isinstance(node, ast.FunctionDef) else [node.body])
    node.body = rewriter.block(node.body) if isinstance(node, ast.FunctionDef) else rewriter.visit(node.body)
    return Rewritten(compiled(node, code, imports), rewriter.chooses)


class Source(NamedTuple):
    """The functions of a file, by their first lines, and the names that the file as a whole imports."""

    functions: dict[int, list[Function]]
    imports: list[str]

    def function_of(self, code: CodeType) -> Function | None:
        """The function that has this code; None if there is none."""
        for node in self.functions.get(code.co_firstlineno, []):
            name = getattr(node, "name", "<lambda>")
            if name == code.co_name and is_same(compiled(node, code, self.imports), code):
                return node
        return None


@cache
def read(text: str) -> Source:
    """The functions and imports in the text of a file; none if it is no program."""
    source = Source({}, [])
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # as in a notebook's cell with commands of its own
        return source
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.Lambda)):
            first = min([node.lineno, *(part.lineno for part in getattr(node, "decorator_list", []))])
            source.functions.setdefault(first, []).append(node)
    todo: list[ast.AST] = [tree]
    while todo:  # the imports of the module, not those within functions
        node = todo.pop()
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            source.imports.extend((name.asname or name.name).partition(".")[0] for name in node.names)
        elif not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            todo += ast.iter_child_nodes(node)
    return source


def compiled(node: Function, code: CodeType, imports: list[str]) -> CodeType | None:
    """The code of a function with this source that stands where that of `code` stands. None if there is none.

    Python makes other code for `name.attribute` where the module imports the name.
    """
    arguments = ast.arguments(
        [ast.arg(a.arg) for a in node.args.posonlyargs], [ast.arg(a.arg) for a in node.args.args],
        node.args.vararg and ast.arg(node.args.vararg.arg), [ast.arg(a.arg) for a in node.args.kwonlyargs],
        [None] * len(node.args.kwonlyargs), node.args.kwarg and ast.arg(node.args.kwarg.arg), [],
    )  # fmt: skip
    if isinstance(node, ast.FunctionDef):
        scope: list[ast.stmt] = [] if node.name in code.co_freevars else [ast.Global([node.name])]
        body = [*scope, defined(node.name, arguments, node.body)]
    else:
        body = [ast.Return(ast.Lambda(arguments, node.body))]
    names = [ast.arg(name) for name in (*code.co_freevars, *HELPERS)]
    around = defined("around", ast.arguments([], names, None, [], [], None, []), body)
    imported = [ast.Import([ast.alias(name)]) for name in imports if name != "*"]
    module = ast.fix_missing_locations(ast.Module([*imported, around], []))
    made = compile(module, code.co_filename, "exec", code.co_flags & FUTURE, dont_inherit=True)
    outer = next(part for part in made.co_consts if isinstance(part, CodeType))
    return next((part for part in outer.co_consts if isinstance(part, CodeType) and part.co_name == code.co_name), None)


def defined(name: str, arguments: ast.arguments, body: list[ast.stmt]) -> ast.FunctionDef:
    """`def name(arguments): body`."""
    made = ast.FunctionDef(name, arguments, body, [])
    vars(made)["type_params"] = []  # which Python asks for from 3.12 on
    return made


PARTS = (
    "co_code", "co_names", "co_varnames", "co_freevars", "co_cellvars",
    "co_argcount", "co_posonlyargcount", "co_kwonlyargcount", "co_exceptiontable",
)  # fmt: skip


def is_same(code: Any, other: Any) -> bool:
    """Whether two pieces of code, or two constants of such, are the same wherever they stand."""
    if not isinstance(code, CodeType) or not isinstance(other, CodeType):
        return repr(code) == repr(other) or (isinstance(code, frozenset) and bool(code == other))
    return all(getattr(code, part) == getattr(other, part) for part in PARTS) and (
        len(code.co_consts) == len(other.co_consts) and all(map(is_same, code.co_consts, other.co_consts))
    )
