"""The chain rule, applied to every use of a node once, from the result back to the leaves.

For a node z = op(x, y) inside a graph with result f

    ∂f/∂x += ∂f/∂z · ∂z/∂x        contribution = upstream · local

The upstream derivative ∂f/∂z is complete when z comes up, for the nodes are taken in reverse topological order. The
local one comes from the row of z's operation. And it is `+=`, for x may be used elsewhere too:

>>> a = Value(1.0, "a")
>>> b = a + a
>>> c = b + b
>>> for use in uses([a, b, c]):
...     print(use.operand.data, use.upstream, use.local, use.contribution, use.total)
2.0 1.0 1.0 1.0 1.0
2.0 1.0 1.0 1.0 2.0
1.0 2.0 1.0 2.0 2.0
1.0 2.0 1.0 2.0 4.0

`uses` is the chain rule, told use by use; gradients as graphs, worked steps, pages and checks are loops over it. On
floats `backward()` calls the same rule written out for each row (pull.py), and a test holds the two to the same bits.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from autograd.ieee import RAISED, ieee_result, silent, to_float
from autograd.order import edges
from autograd.primitives import where
from autograd.value import Value


class Use(NamedTuple):
    """One use of a node: `operand` stands at `position` among the operands of `node`.

    upstream        ∂output/∂node, which is complete at this step
    local           ∂node/∂operand
    contribution    upstream · local, or 0 where the operand is shut off: its branch was not taken
    before, total   the sum of all contributions to operand, before and after this one
    """

    node: Value
    operand: Value
    position: int
    upstream: Any
    local: Any
    contribution: Any
    before: Any
    total: Any


def uses(
    order: Sequence[Value],
    seed: Any = 1.0,
    as_graph: bool = False,
    adjoints: dict[Value, Any] | None = None,
    complete: Callable[[Value, Any], Any] | None = None,
) -> Iterator[Use]:
    """Each use of a node, in the order of the backward pass, with ∂output/∂output = `seed` for the last one of `order`.

    With `as_graph` locals, contributions and sums are Values, whose graphs can be differentiated again. A dict given as
    `adjoints` is filled with ∂output/∂node of all nodes; `complete(node, adjoint)` says what a complete one becomes.
    """
    adjoints = {} if adjoints is None else adjoints
    adjoints[order[-1]] = seed
    nothing = 0 if as_graph else 0.0  # 0 + v is v itself, and makes no node
    for node in reversed(order):
        if complete is not None and node in adjoints:
            adjoints[node] = complete(node, adjoints[node])
        if node.op is None or node not in adjoints:  # a leaf, or below a condition, where no gradient comes
            continue
        upstream, found = adjoints[node], []
        with silent():  # ends before the next yield: who reads the stream is not silenced
            for position, operand, local, contribution in contributions(node, upstream, as_graph):
                before = adjoints.get(operand, nothing)
                total = adjoints[operand] = before + contribution
                found.append(Use(node, operand, position, upstream, local, contribution, before, total))
        yield from found


def contributions(node: Value, upstream: Any, as_graph: bool = False) -> list[tuple[int, Value, Any, Any]]:
    """The chain rule at one node: (position, operand, local, contribution) for each operand that has an edge.

    The partials are run on the operands' numbers, or on the operands themselves, which gives a graph of Values.
    """
    op: Any = node.op
    inputs = [*node.operands, node]
    if not as_graph:
        inputs = [o if o.__class__ is float else o._data for o in inputs]
    locals_ = local_derivatives(op, inputs)
    for i, _ in edges(node):
        if locals_[i] is None:
            raise op.no_value(i)
    return [(i, operand, locals_[i], share(op, i, upstream, locals_[i])) for i, operand in edges(node)]


def share(op: Any, position: int, upstream: Any, local: Any) -> Any:
    """upstream · local, by the rule for shut branches where a local 0 shuts this operand off."""
    return passed(upstream, local) if position in op.shut else upstream * local


def passed(upstream: Any, local: Any) -> Any:
    """upstream · local, but 0 where local is 0, even if upstream is inf or nan: a branch that was not taken.

    A Value is asked by a row of the table, so that the graph holds for other numbers too.
    """
    if isinstance(local, Value):
        return where(local, upstream * local, 0.0)
    return upstream * local if local != 0.0 else 0.0


def locals_at(node: Value) -> list[Any]:
    """The local derivatives of a node at its numbers, one for each operand."""
    with silent():
        return local_derivatives(node.op, [o if o.__class__ is float else o._data for o in (*node.operands, node)])


def local_derivatives(op: Any, operands_and_result: list[Any]) -> list[Any]:
    """∂z/∂x for each operand of z = op(x, ...), with IEEE's inf and nan where Python's floats would raise.

    None stands for an operand that is a number by nature; TypeError if it is a Value.
    """
    try:
        partials = ieee_result(op.partials, operands_and_result)
    except (*RAISED, TypeError) as error:
        raise op.unfit(error) from error
    if not isinstance(partials, (tuple, list)):
        raise TypeError(
            f"the partials of {op.name} gave {partials!r}, not a tuple: is a comma missing, as in (2 * x,)?"
        )
    if len(partials) != len(operands_and_result) - 1:
        raise TypeError(
            f"the partials of {op.name} gave {len(partials)} local derivatives for "
            f"{len(operands_and_result) - 1} operands: a row returns a tuple with one entry for each"
        ) from None
    return [p if p is None or isinstance(p, Value) else to_float(p) for p in partials]
