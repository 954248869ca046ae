"""Choices: both branches are computed, and a condition chooses between their numbers.

>>> with Following() as watch:
...     v = watch.stand_in(-2.0)
...     y = choice(compare(">", v, 0.0), lambda: (gate(v),), lambda: (0.1 * gate(v),), lambda: v, lambda: 0.1 * v)
>>> y.op.name, y.data, watch.guards
('where', -0.2, [])
"""

import builtins
from collections.abc import Callable
from typing import Any

from autograd.ieee import silent
from autograd.primitive import Primitive
from autograd.primitives import TABLE, where
from autograd.tape.choosing.conditions import Condition, compare, refuse_in_branch
from autograd.tape.choosing.gates import VALUES, Following, NotAChoice, attribute, gate, is_plain, row
from autograd.tape.guards import innermost

Branch = Callable[[], tuple[Any, ...]]  # computes the numbers that a branch chooses


def merged(test: Any, yes: Branch, no: Branch) -> tuple[Any, ...]:
    """The numbers of two branches, each chosen by a test. NotAChoice, or any other error, if it cannot be known."""
    watch = innermost(Following)
    if watch is None or not isinstance(test, Condition):
        return yes() if test else no()
    outer, sides = watch.path, []
    try:
        for branch, taken in ((yes, test.node), (no, 1.0 - test.node)):
            watch.path = taken if outer is None else outer * taken
            with silent():
                sides.append(branch())
            if taken._data and any(map(watch.is_exceptional, sides[-1])):
                raise NotAChoice  # so that the program itself tells of it
    finally:
        watch.path = outer
    return tuple(watch.gate(watch.chosen(test.node, *pair)) for pair in zip(*sides, strict=True))


def choose(test: Any, yes: Branch, no: Branch) -> Any:
    """The numbers that a test chooses, as a tuple; where it does more than choose: its outcome, which is noted."""
    if not isinstance(test, Condition):
        return bool(test)
    try:
        return merged(test, yes, no)
    except Exception:  # whatever a branch may do that is not taken
        return bool(test)


def is_chosen(found: Any) -> bool:
    """Whether `choose` has chosen numbers."""
    return type(found) is tuple


def choice(test: Any, yes: Branch, no: Branch, plain_yes: Callable[[], Any], plain_no: Callable[[], Any]) -> Any:
    """`yes if test else no`. The plain branches are the program's own, for where it does more than choose."""
    found = choose(test, yes, no)
    if is_chosen(found):
        return found[0]
    return plain_yes() if found else plain_no()


def extreme(sign: str, python: Callable[..., Any], arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
    """Python's max or min: the first one that no other one exceeds."""
    items = list(arguments[0]) if len(arguments) == 1 else list(arguments)
    known = all(item.__class__ in VALUES or is_plain(item) for item in items)
    if named or not known or not any(item.__class__ in VALUES for item in items):
        refuse_in_branch()
        return python(*arguments if len(arguments) != 1 else (items,), **named)
    best = items[0]
    for item in items[1:]:
        best = better(compare(sign, item, best), item, best)
    return best


def better(test: Any, item: Any, best: Any) -> Any:
    return choice(test, lambda: (gate(item),), lambda: (gate(best),), lambda: item, lambda: best)


def largest(*arguments: Any, **named: Any) -> Any:
    """Python's max, as choices."""
    return extreme(">", builtins.max, arguments, named)


def smallest(*arguments: Any, **named: Any) -> Any:
    """Python's min, as choices."""
    return extreme("<", builtins.min, arguments, named)


EXTREMES: dict[Any, Callable[..., Any]] = {builtins.max: largest, builtins.min: smallest}


def where_of(function: Any, test: Any, x: Any, y: Any) -> Any:
    """A call of a function that is named `where`: the row of the table is a choice by nature."""
    watch = innermost(Following)
    if watch is None or not isinstance(test, Condition):
        return function(test, x, y)
    if function is where and (x.__class__ in VALUES or y.__class__ in VALUES):
        watch.chooses = True
        return function(test.node, x, y)
    return function(bool(test), x, y)


def function(thing: Any) -> Any:
    """A function that is called in a branch, where it computes a number and does nothing else."""
    if isinstance(thing, Primitive) and TABLE.get(thing.name) is thing:
        return row(thing)
    if thing is builtins.abs:
        return thing
    if thing is builtins.max or thing is builtins.min:
        return EXTREMES[thing]
    raise NotAChoice


def method(thing: Any, name: str) -> Any:
    """`thing.name`, to be called in a branch."""
    if thing.__class__ in VALUES and name in TABLE:
        return getattr(gate(thing), name)
    return function(attribute(thing, name))
