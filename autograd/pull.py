"""The chain rule at one node on floats, written out for each row: the functions that `backward()` calls node by node.

A pull computes the local derivatives of a node, then adds upstream · local to the `_adjoint` of each operand that is a
node. It is made from the partials of its row when a node of that row first passes a gradient on:

>>> from autograd.primitives import div
>>> print(pull_source(div))
def pull_div(node):
    x, y, upstream = node._x, node._y, node._adjoint
    if y.__class__ is float:
        dx = 1.0 / y
        x._adjoint += upstream * dx
    elif x.__class__ is float:
        dy = -(node._data / y._data)
        y._adjoint += upstream * dy
    else:
        dx = 1.0 / y._data
        dy = -(node._data / y._data)
        x._adjoint += upstream * dx
        y._adjoint += upstream * dy

Where Python's floats raise, as at y = 0, a pull raises before it adds anything, and the general rule tells inf or nan.
Where both give a number, it is the same one to the last bit; a test holds them to that.
"""

from collections.abc import Callable
from typing import Any

from autograd.chain import contributions
from autograd.code import PYTHON, code, defined, function_of
from autograd.ieee import to_float
from autograd.primitive import Primitive
from autograd.primitives import TABLE
from autograd.tree import Tree, is_known

FUNCTIONS = {name: function_of(row) for name, row in TABLE.items()}  # those that partials call, on floats


def pull_of(row: Primitive) -> Callable[[Any], None]:
    """The pull of a row, which is made when it is asked for first."""
    if row.pull is None:
        if row.places:
            functions = FUNCTIONS if is_known(row) else {"row": row, "to_float": to_float}
            row.pull = defined(f"pull_{row.name}", pull_source(row), functions)
        elif is_known(row):
            row.pull = pull_sum if adds_up(row) else pull_many
        else:
            row.pull = pull_by_the_rule
    return row.pull


def adds_up(row: Primitive) -> bool:
    """Whether a row of any arity repeats a row whose partials are 1, as `sum` does `add`: its own are 1 too."""
    return row.fold is not None and set(row.fold.partials(*map(Tree.place, "xyz"))) == {1.0}


def pull_source(row: Primitive) -> str:
    """The pull of a row of one operand or two, as Python."""
    if row.places == 1:
        lines = ["x, upstream = node._x, node._adjoint", *chain_rule(row, "x")]
    else:
        lines = [
            "x, y, upstream = node._x, node._y, node._adjoint",
            *("if y.__class__ is float:", *map("    {}".format, chain_rule(row, "x"))),
            *("elif x.__class__ is float:", *map("    {}".format, chain_rule(row, "y"))),
            *("else:", *map("    {}".format, chain_rule(row, "xy"))),
        ]
    return "\n    ".join([f"def pull_{row.name}(node):", *lines])


def chain_rule(row: Primitive, nodes: str) -> list[str]:
    """The lines for a node of which these operands are nodes, "x", "y" or "xy"; the other one is a number.

    The partials of a row of the table are written as formulas, but for a 1, by which nothing need be multiplied. Those
    of another row are called: they are the user's own, and may do what no formula does. A local 0 that shuts an operand
    off adds nothing: 0 · inf would be nan.
    """
    operands = "xy"[: row.places]
    numbers = [*(f"{name}._data" if name in nodes else name for name in operands), "node._data"]
    products = {name: f"upstream * d{name}" for name in nodes}
    if is_known(row):
        partials = row.partials(*map(Tree.place, numbers))
        formulas = {name: code(formula, PYTHON) for name, formula in zip(operands, partials, strict=True)}
        products |= {name: "upstream" for name in nodes if formulas[name] == "1.0"}
        slopes = [f"d{name} = {formulas[name]}" for name in nodes if formulas[name] != "1.0"]
    else:
        places = [f"d{name}" if name in nodes else "_" for name in operands]
        slopes = [f"({', '.join(places)},) = row.partials({', '.join(numbers)})"]
        slopes += [f"d{name} = to_float(d{name})" for name in nodes]  # an np.float32 would make the product one, too
    return [*slopes, *(f"{unless_shut(row, name)}{name}._adjoint += {products[name]}" for name in nodes)]


def unless_shut(row: Primitive, name: str) -> str:
    """The test before the sum of an operand that a local 0 may shut off; of a row of the user's own it may change."""
    position = "xy".index(name)
    if not is_known(row):
        return f"if d{name} != 0.0 or {position} not in row.shut: "
    return f"if d{name} != 0.0: " if position in row.shut else ""


def pull_sum(node: Any) -> None:
    """The same for a row that adds up: nothing is multiplied by 1, however many operands there are."""
    upstream = node._adjoint
    for x in node._x:
        if x.__class__ is not float:
            x._adjoint += upstream


def pull_many(node: Any) -> None:
    """The same for a row of many operands, or with conditions among them."""
    op, operands, upstream = node.op, node._x, node._adjoint
    numbers = [x if x.__class__ is float else x._data for x in operands]
    slopes = op.partials(*numbers, node._data)
    if len(slopes) != len(numbers):
        raise ValueError
    if op.no_edge or op.shut:
        operands = list(operands)
        shut = [position for position in op.shut if slopes[position] == 0.0]
        for position in (*op.no_edge, *shut):  # a condition gets nothing, and what is shut off: they are as numbers
            operands[position] = numbers[position]
    for x, dx in zip(operands, slopes):  # noqa: B905  # as many as each other, and asking again is slow
        if x.__class__ is not float:
            x._adjoint += upstream * dx


def pull_by_the_rule(node: Any) -> None:
    """The same by the general rule, for what the others cannot do, and for a row of the user's own of many operands."""
    for _, operand, _, contribution in contributions(node, node._adjoint):
        operand._adjoint += contribution
