"""Glances: the quickest way to see that a thing is as it was, for a function that is called a million times.

A reader makes a copy of a thing's content and compares it. A glance only lists the objects that the content is made of:
as long as each of them is the very same object, the content is the same. Where one is not, a reader decides.

>>> rates = {"rate": 0.1}
>>> glance = Glance(of_dict(rates))
>>> glance.is_as_before()
True
>>> rates["rate"] = 0.2
>>> glance.is_as_before()
False
"""

from collections.abc import Callable, Collection
from operator import is_
from typing import Any

from autograd.tape.reachable import all_names, global_names, modules_within

MISSING = object()

Look = Callable[[], Collection[Any]]


class Glance:
    """Some objects as they are now. `look` lists them."""

    __slots__ = ("before", "look")

    def __init__(self, look: Look) -> None:
        self.look, self.before = look, [*look()]

    def is_as_before(self) -> bool:
        """Whether `look` lists the very same objects."""
        now = self.look()
        return len(now) == len(self.before) and all(map(is_, now, self.before))


def of_list(thing: Any) -> Look:
    return lambda: thing


def of_dict(thing: Any) -> Look:
    return lambda: [*thing, *thing.values()]


def of_class(kind: Any) -> Look:
    return lambda: [*kind.__bases__, *vars(kind), *vars(kind).values()]


def of_attributes(thing: Any) -> Look | None:
    """The attributes of an object; None where some of them are in slots."""
    if any("__slots__" in vars(kind) for kind in type(thing).__mro__) or not hasattr(thing, "__dict__"):
        return None
    return lambda: [*thing.__dict__, *thing.__dict__.values()]


def of_function(function: Any) -> Look:
    """All that `reachable.variables` lists of a function, as objects."""
    names, used = global_names(function.__code__), all_names(function.__code__)
    places = [(function.__globals__.get, name) for name in names]
    for name in names:
        for _, module in modules_within(function.__globals__.get(name), name, used):
            places += [(vars(module).get, name) for name in sorted(used)]
    cells = function.__closure__ or ()

    def look() -> Collection[Any]:
        found = [function.__code__, function.__defaults__, function.__kwdefaults__]
        if places:
            found += [get(name, MISSING) for get, name in places]
        for cell in cells:
            try:
                found.append(cell.cell_contents)
            except ValueError:  # not set yet
                found.append(MISSING)
        for contents in (function.__kwdefaults__, function.__dict__):
            if contents:
                found += *contents, *contents.values()
        return found

    return look
