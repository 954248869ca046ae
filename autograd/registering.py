"""`register`: an operation of your own, known everywhere from now on: in texts, as an activation, in pictures, on tape.

>>> from autograd import Value, parse, sigmoid
>>> @register
... def swish(x, beta=1.0):
...     return x * sigmoid(beta * x)
>>> f = parse("swish(x)", x=2.0)
>>> f.backward()
>>> f.op, round(f.data, 6), round(f.operands[0].grad, 6)
(Primitive('swish'), 1.761594, 1.090784)
>>> unregister("swish")

A function in arithmetic and autograd's functions is enough: its partials are found from the rules of the table. A
`Primitive` of your own can be registered too.
"""

import inspect
import keyword
from collections.abc import Callable
from importlib import import_module
from typing import Any

from autograd.code import PYTHON, defined
from autograd.derivative import ANYWHERE, slopes
from autograd.expression import CONSTANTS, FUNCTIONS
from autograd.ieee import silent
from autograd.primitive import Primitive
from autograd.primitives import TABLE
from autograd.tree import Tree, fold
from autograd.value import Value, add_method

REGISTERED: dict[str, Primitive] = {}  # by name, beside the rows of the TABLE


def register(operation: Primitive | Callable[..., Any]) -> Primitive:
    """Make a row, or a function that is written in rows, known by its name; also a decorator. Returns the row.

    The same name, registered again, takes the place of the one before: graphs that exist keep theirs. ValueError for a
    name that is taken by the table, by Python, or by an attribute of Value. TypeError for a function that looks at
    numbers, as `if x > 0` does: write autograd.where.
    """
    row = operation if isinstance(operation, Primitive) else row_of(operation)
    name = row.name
    if name not in REGISTERED:
        taken = "an attribute of Value" if hasattr(Value, name) else "a word of Python's own" * keyword.iskeyword(name)
        taken = "a function or a number of expressions" if name in FUNCTIONS or name in CONSTANTS else taken
        if taken:
            raise ValueError(f"{name} is {taken}: register yours under another name, as my_{name}")
    REGISTERED[name] = FUNCTIONS[name] = row
    add_method(row)
    return row


def unregister(name: str) -> None:
    """Forget a row that was registered. Graphs that were made with it keep it."""
    row = REGISTERED.pop(name)
    del FUNCTIONS[name]
    if row.arity is not None and hasattr(Value, name):
        delattr(Value, name)


def all_rows() -> dict[str, Primitive]:
    """The rows of the table, and those that were registered, by name."""
    return {**TABLE, **REGISTERED}


# ── A row from a function ─────────────────────────────────────────────────────────────────────────────────────────────


def row_of(function: Callable[..., Any]) -> Primitive:
    """The row of a function that is written in rows: its partials are found from theirs."""
    if not callable(function):
        raise TypeError(f"expected a Primitive, or a function such as def swish(x): ...; got {function!r}")
    name = getattr(function, "__name__", "")
    if not name.isidentifier():
        raise TypeError(f"{function!r} has no name: write def swish(x): return x * autograd.sigmoid(x)")
    parameters = inspect.signature(function).parameters.values()
    names = [parameter.name for parameter in parameters]
    defaults = tuple(float(p.default) for p in parameters if p.default is not p.empty)
    try:
        formula = function(*map(Tree.place, names))
    except TypeError as error:
        raise TypeError(f"{name} is no formula: {error}") from None
    if not isinstance(formula, Tree):
        raise TypeError(f"{name} returned {formula!r}; expected a formula in {', '.join(names)}")
    return Primitive(
        name,
        function,
        partials_of(formula, names),
        arity=len(names),
        defaults=defaults,
        taught=textbook(formula, names),
    )


def partials_of(formula: Tree, names: list[str]) -> Callable[..., Any]:
    """The partials as a function: the gradients of the formula's graph are recorded and written as Python."""
    record, statements = (
        import_module("autograd.tape.record").record,  # starting the tape takes a while
        import_module("autograd.tape.program").statements,
    )
    output, leaves = graph_of(formula, names)
    program = statements(record(output, leaves), PYTHON, taken=["z"])
    lines = [*program.lines, f"return ({', '.join(program.results[1:])},)"]
    text = "\n".join([f"def partials({', '.join([*program.inputs, 'z'])}):", *map("    {}".format, lines)])
    partials: Callable[..., Any] = defined("partials", text, {row.name: row for row in program.rows})
    return partials


def textbook(formula: Tree, names: list[str]) -> Callable[..., Any] | None:
    """The partials as a student writes them, for readers that write for people."""
    try:
        found = slopes(graph_of(formula, names)[0])
    except ValueError:  # too long for people
        return None

    def taught(*operands_and_result: Any) -> tuple[Any, ...]:
        places = dict(zip(names, operands_and_result, strict=False))
        return tuple(filled(found.get(name, 0.0), places) for name in names)

    return taught


def filled(formula: Any, places: dict[str, Any]) -> Any:
    """A formula with other things in its places: names, numbers, Values."""
    return fold(formula, lambda leaf: places[leaf.name] if isinstance(leaf, Tree) else leaf, Primitive.on)


def graph_of(formula: Tree, names: list[str]) -> tuple[Value, list[Value]]:
    """A formula as a graph, and its leaves."""
    leaves = {name: Value(ANYWHERE, name) for name in names}
    with silent():
        return filled(formula, leaves), list(leaves.values())
