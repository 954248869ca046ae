"""Copies of Values: `copy.copy`, `copy.deepcopy` and `pickle`.

A copy is a new node on the same operands. A deep copy, and what a pickle gives back, stands on copies of everything
below; what several nodes share stays shared. Nothing recurses, and the work is linear in the nodes.

A graph that is stale stays stale, so that no copy can differentiate numbers that do not belong together:

>>> from copy import deepcopy
>>> a = Value(2.0, "a")
>>> b = a * a
>>> a.data = 5.0
>>> twin = deepcopy(b)
>>> twin.backward()
Traceback (most recent call last):
RuntimeError: 'a' was changed after the result of mul, 4.0 had been computed from it, ...
>>> twin.forward()
25.0

For this a copy has the time of its original: whether an operand is newer than a node is the same question for both.
Nodes from a pickle may come from another process, so their times are moved into the past, all by the same distance.
"""

from copy import deepcopy
from threading import local
from typing import Any
from weakref import ref

from autograd.order import refuse_cycle, walk
from autograd.primitive import Primitive
from autograd.value import Value, new, set_operands
from autograd.watching import look, watchers

AGO = 2**62  # more than the clock of any process shows


def make(
    kind: type[Value], op: Primitive | None, operands: tuple[Any, ...], data: float, grad: Any, name: str
) -> Value:
    """A node with the given contents, and no time yet."""
    node = new(kind)
    node.op, node._data, node.grad, node.name = op, data, grad, name
    node._x = node._y = None
    if op is not None:
        set_operands(node, operands)
    return node


def kind_of_copy(original: Value) -> type[Value]:
    """The class of a copy of this node. To copy a leaf is to look at it, for the copy does not depend on it."""
    if watchers and original.op is None:
        look(original)
    kind: type[Value] = getattr(type(original), "plain", type(original))
    return kind


def unvisited(node: Value, visited: set[Any]) -> list[Value]:
    """The nodes that `node` depends on, operands first, without those `visited`, to which they are added."""
    order, stale, _ = walk(node, visited)
    if stale:
        refuse_cycle(order)
    return order


# ── What a subclass adds ──────────────────────────────────────────────────────────────────────────────────────────────


def own_state(node: Value) -> Any:
    """The attributes that a user's subclass adds, as pickle wants them: its __dict__ and its slots; or None."""
    state = None if node.__class__ is Value else object.__getstate__(node)
    if not isinstance(state, tuple):
        return state
    attributes, slots = state
    slots = {name: content for name, content in slots.items() if name not in Value.__slots__}
    return (attributes, slots) if attributes or slots else None


def restore(node: Value, state: Any) -> None:
    """Give a copy the attributes of its subclass."""
    if state is None:
        return
    if hasattr(node, "__setstate__"):
        node.__setstate__(state)
        return
    attributes, slots = state
    if attributes:
        node.__dict__.update(attributes)
    for name, content in slots.items():
        setattr(node, name, content)


# ── copy and deepcopy ─────────────────────────────────────────────────────────────────────────────────────────────────


def copy_on(original: Value, operands: tuple[Any, ...]) -> Value:
    """A copy on the operands given, without what a subclass adds."""
    twin = make(kind_of_copy(original), original.op, operands, original._data, original.grad, original.name)
    twin._time = original._time
    return twin


def copy_node(node: Value) -> Value:
    """For copy.copy: a new node on the same operands."""
    twin = copy_on(node, node.operands)
    restore(twin, node.__getstate__())
    return twin


def copy_graph(node: Value, memo: dict[int, Any]) -> Value:
    """For copy.deepcopy: a copy of the node and of everything below that is not copied yet."""
    order = unvisited(node, memo.setdefault(id(copy_graph), set()))
    for original in order:
        if id(original) not in memo:
            operands = tuple([o if o.__class__ is float else memo[id(o)] for o in original.operands])
            memo[id(original)] = copy_on(original, operands)
    for original in order:  # attributes may refer to any node
        restore(memo[id(original)], deepcopy(original.__getstate__(), memo))
    result: Value = memo[id(node)]
    return result


# ── pickle ────────────────────────────────────────────────────────────────────────────────────────────────────────────
# Pickle asks one object after the other how it is to be written, remembers each, and writes it once. It would recurse
# from a node to its operands; so a node hands it everything below as a list, operands first, and when pickle comes to
# write a node of that list, its operands are written already.


class Pickling(list[Value]):
    """The list of the first node that one pickling meets, and what it has met in all; pickle keeps it to the end."""

    __slots__ = ("__weakref__", "announced", "met")

    def __init__(self) -> None:
        self.met: set[Any] = set()
        self.announced: set[Any] = set()  # handed over in a list, and not written yet

    def __reduce__(self) -> tuple[Any, ...]:
        return list, (), None, iter(self)


class Latest(local):
    """The latest pickling of this thread, as long as pickle keeps it."""

    pickling: Any = staticmethod(lambda: None)


latest = Latest()


def to_write_first(node: Value) -> list[Value]:
    """The nodes below that this pickling has not met, operands first.

    Pickle does not say to which pickling a question belongs. Where this guesses wrong, as with two picklers in turns,
    the pickle is right none the less: it remembers itself what it has written.
    """
    pickling = latest.pickling()
    if pickling is not None and node in pickling.announced:
        pickling.announced.remove(node)
        return []
    if pickling is not None and node not in pickling.met:
        below = unvisited(node, pickling.met)[:-1]
    else:
        pickling = below = Pickling()
        latest.pickling = ref(pickling)
        below += unvisited(node, pickling.met)[:-1]
    pickling.announced.update(below)
    return below


def reduce_node(node: Value) -> tuple[Any, ...]:
    """For pickle: how the node is made again, once everything below is there."""
    below = to_write_first(node) if node.op is not None else []
    contents = (kind_of_copy(node), node.op, node.operands, node._data, node.grad, node.name)
    return rebuild, (below or None, node._time, *contents), node.__getstate__()


def rebuild(below: Any, time: float, *contents: Any) -> Value:
    """The node that a pickle describes; the nodes below, which come first, are made by then."""
    node = make(*contents)
    node._time = time - AGO
    return node


Value.__getstate__ = own_state
Value.__copy__ = copy_node
Value.__deepcopy__ = copy_graph
Value.__reduce__ = reduce_node
