"""`no_grad`, and what else changes how nodes are made within a block of `with`.

>>> from autograd import Value
>>> w = Value(2.0, "w")
>>> with no_grad():
...     y = w * w
>>> y.data, y.operands
(4.0, ())

A block holds for its own thread, and ends with the `with`, also when an exception breaks that off. While no block is
open anywhere, an operator looks no further than at `value.modes`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any, Protocol

from autograd import value
from autograd.order import NEVER
from autograd.primitive import Primitive
from autograd.value import Value, innermost_block, set_operands
from autograd.watching import look, watchers


class Mode(Protocol):
    """The way in which the nodes of a thread are completed.

    bare    whether each node is a leaf with a number, and that is all
    shown   whether it wants to see each node and each use of a backward pass, as bench/anomaly.py does
    """

    bare: bool
    shown: bool

    def finish(self, result: Value, op: Primitive, *operands: Any) -> Value:
        """Complete a node that has its number, by `op` on `operands`, each a Value or a plain float."""


class Graph:
    """Nodes keep their operands, as outside of all blocks."""

    bare = shown = False

    def finish(self, result: Value, op: Primitive, *operands: Any) -> Value:
        result.op = op
        set_operands(result, operands)
        return result


class Bare(Graph):
    """Nodes are leaves, and know nothing of their operands."""

    bare = True

    def finish(self, result: Value, op: Primitive, *operands: Any) -> Value:
        if watchers:  # in a recording the numbers must stay what they are
            for operand in operands:
                if isinstance(operand, Value):
                    look(operand)
        result.op = result._x = result._y = None
        result._time = NEVER
        return result


opening = Lock()
count = 0  # of blocks that are open, in all threads


@contextmanager
def block_of(inner: Mode | None) -> Iterator[None]:
    """Within it nodes of this thread are completed by `inner`; None: as outside of all blocks."""
    before = value.mode.get()
    try:
        opened(1)
        value.mode.set(inner)
        yield
    finally:
        value.mode.set(before)
        opened(-1)


def opened(more: int) -> None:
    """So many blocks more are open; operators look for modes while there are any."""
    global count
    with opening:
        count += more
        value.modes = value.mode if count else None


@contextmanager
def no_grad() -> Iterator[None]:
    """Evaluate without a graph: each result is a leaf with a number, and nothing can be differentiated.

    For predictions and measures: memory does not grow with the number of operations, and it is faster. It holds for its
    own thread. As a decorator, `@no_grad()`, it holds while the function runs.
    """
    outer = innermost_block()
    with block_of(outer.around(Bare()) if outer is not None and outer.shown else Bare()):
        yield


@contextmanager
def graph_kept() -> Iterator[None]:
    """Within it nodes keep their operands even if no_grad goes on: for who records or trains a program."""
    outer = innermost_block()
    with block_of(outer.around(Graph()) if outer is not None and outer.shown else None):
        yield


def detach(node: Value) -> Value:
    """A new leaf with the number and the name of a node: what is computed from it passes no gradient on to the node.

    >>> x = Value(3.0)
    >>> y = x * x.detach()  # the second factor counts as a constant
    >>> y.backward()
    >>> x.grad
    3.0
    """
    return Value(node.data, node.name)


Value.detach = detach
