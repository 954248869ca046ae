"""Hooks: functions that see the gradient of a node in each backward pass; and blocks that see each of its steps.

>>> x = Value(3.0)
>>> y = x * x
>>> hook = y.on_backward(lambda gradient: print("arrived:", gradient))
>>> (y * 2.0).backward()
arrived: 2.0
>>> hook.remove()

A pass of which somebody wants to know, a hook or a block such as detect_anomaly, goes by the stream of uses (chain.py),
which is slower than the float loop of backward.py.
"""

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any
from weakref import WeakKeyDictionary, ref

from autograd.chain import uses
from autograd.ieee import to_float
from autograd.modes import block_of
from autograd.value import Value, innermost_block
from autograd.watching import refuse, watchers

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


Value.on_backward = on_backward
