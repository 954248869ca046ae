"""The backward pass: the chain rule, applied to every edge of a graph once, from the result back to the leaves.

For a node z = op(x, y) inside a graph with result f

    ∂f/∂x += ∂f/∂z · ∂z/∂x        contribution = upstream · local

The upstream derivative ∂f/∂z is complete when z comes up, for the nodes are taken in reverse topological order. The
local one comes from the row of z's operation. And it is `+=`, for x may be used elsewhere too:

>>> a = Value(1.0)
>>> b = a + a
>>> c = b + b
>>> c.backward()
>>> a.grad
4.0
"""

from collections.abc import Iterable
from typing import Any

from autograd.ieee import RAISED, as_ieee, silent, to_float
from autograd.order import refuse_cycle, topological_order, walk
from autograd.value import Value, next_stamp


def contributions(node: Value, upstream: Any, as_graph: bool = False) -> list[tuple[Value, Any, Any]]:
    """The chain rule at one node: (operand, local derivative, contribution) for each edge to a Value, as written.

    The partials are run on the operands' numbers, or on the operands themselves, which gives a graph of Values.
    """
    operands = node.operands
    inputs = [*operands, node] if as_graph else [o if o.__class__ is float else o._data for o in (*operands, node)]
    return [
        (operand, local, upstream * local)
        for operand, local in zip(operands, local_derivatives(node.op, inputs), strict=True)
        if operand.__class__ is not float
    ]


def local_derivatives(op: Any, operands_and_result: list[Any]) -> list[Any]:
    """∂z/∂x for each operand of z = op(x, ...), with IEEE's inf and nan where Python's floats would raise."""
    try:
        try:
            partials = op.partials(*operands_and_result)
        except RAISED:
            partials = as_ieee(op.partials, operands_and_result)
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
    return [partial if isinstance(partial, Value) else to_float(partial) for partial in partials]


def backward(output: Value, gradient: float = 1.0) -> None:
    """Compute `grad` = ∂output/∂node, times `gradient`, for every node that `output` depends on.

    A leaf's grad is added to, so that several passes accumulate until `zero_grad`, as in PyTorch; a computed node's
    shows the latest pass. Raises RuntimeError if a leaf was edited after the graph was built (then call `forward()`).
    """
    seed = to_float(gradient)
    order = topological_order(output)
    before = []
    for node in order:
        if node.op is None:
            before.append((node, node.grad))
        node.grad = 0.0
    output.grad = seed
    try:
        with silent():
            for node in reversed(order):
                op = node.op
                if op is None:
                    continue
                # The rule of `contributions`, unrolled for two operands, one, and many: four times as fast.
                try:
                    if op.arity == 2:
                        x, y = node._x, node._y
                        if y.__class__ is float:
                            dx, _ = op.partials(x._data, y, node._data)
                            x.grad += node.grad * dx
                        elif x.__class__ is float:
                            _, dy = op.partials(x, y._data, node._data)
                            y.grad += node.grad * dy
                        else:
                            dx, dy = op.partials(x._data, y._data, node._data)
                            x.grad += node.grad * dx
                            y.grad += node.grad * dy
                    elif op.arity == 1:
                        x = node._x
                        (dx,) = op.partials(x._data, node._data)
                        x.grad += node.grad * dx
                    else:
                        numbers = [o if o.__class__ is float else o._data for o in node._x]
                        partials = op.partials(*numbers, node._data)
                        if len(partials) != len(numbers):
                            raise ValueError
                        for x, dx in zip(node._x, partials, strict=True):
                            if x.__class__ is not float:
                                x.grad += node.grad * dx
                except (*RAISED, TypeError):  # a partial is inf or nan, or the row is wrong: the general rule knows
                    for operand, _, contribution in contributions(node, node.grad):
                        operand.grad += contribution
        for leaf, earlier in before:
            leaf.grad = to_float(leaf.grad if earlier is None else earlier + leaf.grad)
    except BaseException:
        zero_grad(order)  # a pass that is broken off leaves no half of itself
        for leaf, earlier in before:
            leaf.grad = earlier
        raise


def gradients(output: Value, inputs: Value | Iterable[Value], *, create_graph: bool = False) -> tuple[Any, ...]:
    """∂output/∂input for each of `inputs` (leaves or inner nodes), in their order, as a tuple; no `.grad` is touched.

    The entries are floats, 0.0 where output does not depend on the input. With create_graph=True they are Values, whose
    graphs can be differentiated again:

    >>> x = Value(3.0)
    >>> (slope,) = gradients(x**3, x, create_graph=True)  # 3 x²
    >>> gradients(slope, x)  # 6 x
    (18.0,)
    """
    wanted = tuple(inputs) if isinstance(inputs, Iterable) else (inputs,)
    for value in (output, *wanted):
        if not isinstance(value, Value):
            hint = "; to take one out of a tuple write (slope,) = gradients(f, x)" if isinstance(value, tuple) else ""
            raise TypeError(
                f"expected Values, as gradients(f, [x, y]); got {value!r} of type {type(value).__name__}{hint}"
            )
    # The ints 0 and 1 to begin with, for 0 + v is v itself and makes no node.
    adjoints: dict[Value, Any] = {output: 1}
    with silent():
        for node in reversed(topological_order(output)):
            if node.op is not None:
                for operand, _, contribution in contributions(node, adjoints[node], create_graph):
                    adjoints[operand] = adjoints.get(operand, 0) + contribution
    results = (adjoints.get(value, 0.0) for value in wanted)
    if create_graph:
        return tuple(result if isinstance(result, Value) else Value(result) for result in results)
    return tuple(float(result) for result in results)


def forward(output: Value) -> float:
    """Recompute what is stale after leaves were edited, each node once, and return the new `output.data`.

    The grad of a recomputed node becomes None. Nodes that do not depend on an edited leaf are left as they are.
    """
    order, stale = walk(output)
    if stale:
        refuse_cycle(order)
        for node in order:
            operands = node.operands
            if any(o.__class__ is not float and o._stamp >= node._stamp for o in operands):
                node._data = node.op.evaluate([o if o.__class__ is float else o._data for o in operands], operands)
                node._stamp = next_stamp()
                node.grad = None
    return output.data


def zero_grad(values: Iterable[Value]) -> None:
    """Set grad of every given Value to None, "not computed", as before any backward pass."""
    for value in values:
        value.grad = None


Value.backward = backward
Value.forward = forward
