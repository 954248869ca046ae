"""The backward pass: `backward()`, `gradients()`, and the float loop that both run on; `forward()` after an edit.

>>> a = Value(1.0)
>>> b = a + a
>>> c = b + b
>>> c.backward()
>>> a.grad
4.0

The chain rule is in chain.py. The float loop, `accumulate`, goes once through the nodes, in reverse topological order,
and calls the rule as pull.py writes it out for each row.

Threads may build graphs at will and differentiate graphs that share nodes: one lock lets one pass after the other run,
and edits of data are the program's own to order. What a pass, `forward()` or `zero_grad` changes, it changes at its end
in one step: an error, Ctrl-C or another thread finds every node as it was before, or as it is after.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from itertools import chain, repeat
from operator import attrgetter
from threading import RLock
from typing import Any, Literal, overload

from autograd.hooks import is_listened_to, told_adjoints
from autograd.ieee import RAISED, silent, to_float
from autograd.order import backward_order, is_newer, refuse_cycle, walk
from autograd.pull import pull_by_the_rule, pull_of
from autograd.value import Value, innermost_block, moved_on
from autograd.watching import look, refuse, watchers

# A pass adds up in the nodes themselves, so only one runs at a time. The lock lets its own thread in again, for a rule,
# or a program that runs on a signal, may differentiate too; `underway` tells it that nodes are in use.
passing = RLock()
underway = False

adjoint_of = attrgetter("_adjoint")


def float_pass(order: Sequence[Value], others: Sequence[Value], seed: float, read: Callable[[list[Value]], Any]) -> Any:
    """One pass on floats through a backward order, and what `read` makes of it, which is given the leaves.

    While `read` runs, `_adjoint` of each node is ∂output/∂node, times `seed`. That of `others` that are not in the
    order is 0.0.
    """
    global underway
    with passing:
        outer = underway
        in_use = [(node, node._adjoint) for node in (*order, *others) if hasattr(node, "_adjoint")] if outer else []
        underway = True
        try:
            for node in others:
                node._adjoint = 0.0
            return read(accumulate(order, seed))
        finally:
            underway = outer
            for node, adjoint in in_use:
                node._adjoint = adjoint


def accumulate(order: Sequence[Value], seed: float) -> list[Value]:
    """Put ∂output/∂node, times `seed`, into `_adjoint` of every node of a backward order; returns the leaves in it.

    To be called with `passing` held. Each row has a function for one node, its pull (see pull.py): four times as fast
    as `uses`.
    """
    if is_listened_to(order):
        adjoints = told_adjoints(order, seed)
        for node in order:
            node._adjoint = to_float(adjoints.get(node, 0.0))
        return [node for node in order if node.op is None]
    leaves: list[Value] = []
    for node in order:
        node._adjoint = 0.0
    order[-1]._adjoint = seed
    with silent():
        for node in reversed(order):
            op = node.op
            if op is None:
                leaves.append(node)
                continue
            try:
                pull = op.pull or pull_of(op)
                pull(node)
            except (*RAISED, TypeError):  # a partial is inf or nan, or the row is wrong: the general rule knows
                pull_by_the_rule(node)
    return leaves


def assign(nodes: Iterable[Value], names: Iterable[str], values: Iterable[Any]) -> None:
    """Set an attribute of each node, all in one call of C, which neither Ctrl-C nor another thread can part."""
    deque(map(setattr, nodes, names, values), maxlen=0)


# ── What users call ───────────────────────────────────────────────────────────────────────────────────────────────────


def backward(output: Value, gradient: float = 1.0) -> None:
    """Compute `grad` = ∂output/∂node, times `gradient`, for every node that a gradient reaches.

    A leaf's grad is added to, so that several passes accumulate until `zero_grad`, as in PyTorch; a computed node's
    shows the latest pass. Raises RuntimeError if a leaf was edited after the graph was built (then call `forward()`).
    A pass that is broken off, by an error or by Ctrl-C, changes nothing. Threads may share leaves.
    """
    seed = to_float(gradient)
    if watchers:
        refuse("backward() is called", "write gradients(y, x, create_graph=True), whose results are part of the graph")
    with passing:
        order = backward_order(output)

        def publish(leaves: list[Value]) -> None:
            sums = [x._adjoint if x.grad is None else to_float(x.grad + x._adjoint) for x in leaves]
            try:  # two loops of Python are four times as fast as `assign`
                for node in order:
                    node.grad = node._adjoint
                for leaf, total in zip(leaves, sums, strict=True):
                    leaf.grad = total
            except BaseException:  # Ctrl-C; what has begun is finished
                assign(chain(order, leaves), repeat("grad"), chain(map(adjoint_of, order), sums))
                raise

        float_pass(order, (), seed, publish)


@overload
def gradients(
    output: Value, inputs: Value | Iterable[Value], *, create_graph: Literal[False] = False
) -> tuple[float, ...]: ...
@overload
def gradients(output: Value, inputs: Value | Iterable[Value], *, create_graph: Literal[True]) -> tuple[Value, ...]: ...
@overload
def gradients(output: Value, inputs: Value | Iterable[Value], *, create_graph: bool) -> tuple[Any, ...]: ...
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
    order = backward_order(output)
    if create_graph:
        adjoints = told_adjoints(order, 1, as_graph=True)
        results = (adjoints.get(value, 0.0) for value in wanted)
        return tuple(result if isinstance(result, Value) else Value(result) for result in results)
    for leaf in order if watchers else ():  # plain numbers leave the graph: they depend on every leaf
        if leaf.op is None:
            look(leaf)
    return tuple(float_pass(order, wanted, 1.0, lambda _: [to_float(value._adjoint) for value in wanted]))


def forward(output: Value) -> float:
    """Recompute what is stale after leaves were edited, each node once, and return the new `output.data`.

    The grad of a recomputed node becomes None. Nodes that do not depend on an edited leaf are left as they are.
    """
    with passing:
        order, stale, _ = walk(output)
        if stale:
            refuse_cycle(order)
            recompute(order)
    return output.data


def recompute(order: Sequence[Value]) -> None:
    """Compute the stale nodes of an order anew, with all that depends on them."""
    new: dict[Value, float] = {}
    block, time = innermost_block(), moved_on()
    for node in order:
        operands = node.operands
        if any(o.__class__ is not float and (o in new or is_newer(o, node)) for o in operands):
            numbers = [o if o.__class__ is float else new.get(o, o._data) for o in operands]
            new[node] = node.op.evaluate(numbers, operands)  # type: ignore[union-attr]  # it has operands
            if block is not None and block.shown:
                block.computed(node, new[node], node.op, operands)
    count = len(new)
    names = ["_data"] * count + ["_time"] * count + ["grad"] * count
    assign([*new, *new, *new], names, [*new.values(), *[time] * count, *[None] * count])


def zero_grad(values: Iterable[Value]) -> None:
    """Set grad of every given Value to None, "not computed", as before any backward pass."""
    assign(list(values), repeat("grad"), repeat(None))


Value.backward = backward
Value.forward = forward
