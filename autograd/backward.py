"""The backward pass: the chain rule, applied to every use of a node once, from the result back to the leaves.

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

`uses` is the chain rule, told use by use; gradients as graphs, worked steps, pages and checks are loops over it.
The float loop, `accumulate`, calls the same rule written out for each row (pull.py); a test holds it to `uses`.

Threads may build graphs at will and differentiate graphs that share nodes: one lock lets one pass after the other run,
and edits of data are the program's own to order. What a pass, `forward()` or `zero_grad` changes, it changes at its end
in one step: an error, Ctrl-C or another thread finds every node as it was before, or as it is after.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import repeat
from threading import RLock
from typing import Any, Literal, NamedTuple, overload
from weakref import WeakKeyDictionary, ref

from autograd.ieee import RAISED, ieee_result, silent, to_float
from autograd.modes import block_of
from autograd.order import backward_order, edges, is_newer, refuse_cycle, walk
from autograd.primitives import where
from autograd.pull import pull_of
from autograd.value import Value, innermost_block, look, moved_on, refuse, watchers


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


# ── The float loop ────────────────────────────────────────────────────────────────────────────────────────────────────

# A pass adds up in the nodes themselves, so only one runs at a time. The lock lets its own thread in again, for a rule,
# or a program that runs on a signal, may differentiate too; `underway` tells it that nodes are in use.
passing = RLock()
underway = False


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
    as `uses`. A pull multiplies by a 0 that shuts as by any other; that matters only where inf or nan stands above it,
    and then nan arrives at some leaf: such a pass is made again by the general rule.
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
                for _, operand, _, contribution in contributions(node, node._adjoint):
                    operand._adjoint += contribution
    if any(leaf._adjoint != leaf._adjoint for leaf in leaves):  # nan
        for use in uses(order, seed):
            use.operand._adjoint = use.total
    return leaves


# ── Who looks on ──────────────────────────────────────────────────────────────────────────────────────────────────────

hooks: WeakKeyDictionary[Value, list["Hook"]] = WeakKeyDictionary()  # those of on_backward


def is_listened_to(order: Sequence[Value]) -> bool:
    """Whether hooks, or a block such as detect_anomaly, want to know of this pass."""
    block = innermost_block()
    return (block is not None and block.shown) or (len(hooks) > 0 and any(node in hooks for node in order))


def told_adjoints(order: Sequence[Value], seed: Any, as_graph: bool = False) -> dict[Value, Any]:
    """∂output/∂node of all nodes, by the stream of uses; hooks may change them, and an open block is shown each use."""
    adjoints: dict[Value, Any] = {}
    block = innermost_block()
    stream = uses(order, seed, as_graph, adjoints, through_hooks if hooks else None)
    if block is None or not block.shown:
        deque(stream, maxlen=0)
        return adjoints
    with block_of(block.aside()):
        for use in stream:
            block.passes(use)
    return adjoints


def through_hooks(node: Value, adjoint: Any) -> Any:
    """The gradient as the node's hooks leave it."""
    for hook in tuple(hooks.get(node, ())):
        if watchers:
            refuse("a hook of on_backward sees a gradient", "remove the hook before the program is recorded")
        changed = hook.function(adjoint)
        if changed is not None:
            adjoint = changed if isinstance(changed, Value) else to_float(changed)
    return adjoint


class Hook:
    """A function that sees the gradient of one node in each backward pass; `remove()` ends that."""

    def __init__(self, node: Value, function: Callable[[Any], Any]) -> None:
        self.node, self.function = ref(node), function

    def remove(self) -> None:
        """Take the hook away; a second time does no harm."""
        node = self.node()
        if node is not None and self in hooks.get(node, ()):
            hooks[node].remove(self)
            if not hooks[node]:
                del hooks[node]


def on_backward(value: Value, function: Callable[[Any], Any]) -> Hook:
    """Call `function` with the gradient of this node in each backward pass, when all its uses have come.

    The function may return another number, which is passed on and kept in `grad` instead; None leaves it. With
    create_graph=True the gradient is a Value. Several hooks are called in the order in which they were added.
    `hook.remove()` takes it away. A function that refers to the node keeps it alive until then.

    >>> x = Value(3.0)
    >>> y = x * x
    >>> hook = y.on_backward(lambda gradient: 10 * gradient)
    >>> (2 * y).backward()
    >>> y.grad, x.grad
    (20.0, 120.0)
    """
    if not callable(function):
        raise TypeError(f"on_backward takes a function of the gradient, as v.on_backward(print); got {function!r}")
    if watchers:
        refuse("on_backward is called", "call it before or after the recorded program")
    hook = Hook(value, function)
    hooks.setdefault(value, []).append(hook)
    return hook


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
            sums = [to_float(x._adjoint if x.grad is None else x.grad + x._adjoint) for x in leaves]
            earlier = [node.grad for node in order]
            try:  # two loops of Python are four times as fast as `assign`
                for node in order:
                    node.grad = node._adjoint
                for leaf, total in zip(leaves, sums, strict=True):
                    leaf.grad = total
            except BaseException:  # Ctrl-C
                assign(order, repeat("grad"), earlier)
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
Value.on_backward = on_backward
Value.forward = forward
