"""`Fingerprint`: the plain state that a piece of Python can read, so that a change of it is noticed and can be undone.

A tape knows arithmetic only. A module that counts its own calls, a loss that reads a global, a noise layer with a
generator of its own: none of this is on the tape. So everything that the code of modules, losses and optimisers can
reach is read: attributes, lists, dicts, arrays, random generators, closures, and the globals that the code names.

>>> class Counter:
...     calls = 0
...     def __call__(self, x):
...         self.calls += 1
...         return x * self.calls
>>> counter = Counter()
>>> fingerprint = Fingerprint({"loss": counter})
>>> counter(2.0), fingerprint.change()
(2.0, 'loss.calls')
>>> fingerprint.restore()
>>> counter(2.0), fingerprint.change()
(2.0, 'loss.calls')
"""

from collections.abc import Collection, Container, Iterator, Mapping
from dataclasses import dataclass
from operator import is_
from random import random
from typing import Any, TypeVar

import numpy as np

from autograd.tape.glances import Glance
from autograd.tape.guards import NotRecordable
from autograd.tape.reachable import reached_outside
from autograd.tape.readers import CONSTANTS, Reader, is_stateless, keep, readers_of

MOST_PARTS = 300_000  # parts of lists, dicts and objects that are watched
MOST_NUMBERS = 2_000_000  # in one array
GLOBAL_GENERATORS = {"numpy.random": np.random.rand.__self__, "random": random.__self__}  # type: ignore[attr-defined]

Kind = TypeVar("Kind")


@dataclass(slots=True)
class Entry:
    """A thing that has a state, and its content as it was; `glance` is a quick way to see that nothing has changed."""

    path: str
    thing: Any
    reader: Reader
    before: tuple[Any, ...]
    glance: Glance | None = None  # once the thing has been read again


class Fingerprint:
    """The state that can be reached from `roots`, by name. NotRecordable if some of it cannot be seen, or is too much.

    `free` are the objects that training itself changes from pass to pass: by identity, with the names of the attributes
    that it changes, or with () for the whole object. They count in `restore` and in a look for changes within a pass.
    """

    def __init__(self, roots: Mapping[str, Any], free: Mapping[int, Container[str]] | None = None) -> None:
        self.free = dict(free or {})
        self.entries: list[Entry] = []
        self.between: list[Entry] = []  # those that count between passes: training itself does not change them
        self.objects: dict[int, Any] = {}  # by identity; being kept here, none of them can give its identity to another
        parts = 0
        todo = [*reversed(list(roots.items())), *GLOBAL_GENERATORS.items()]
        while todo:
            path, thing = todo.pop()
            if isinstance(thing, CONSTANTS) or is_stateless(thing) or id(thing) in self.objects:
                continue
            self.objects[id(thing)] = thing
            if outside := reached_outside(thing):
                raise NotRecordable(f"{path} {outside}")
            readers = readers_of(thing)
            if not readers:
                raise NotRecordable(f"{path} is a {type(thing).__name__}, whose state cannot be seen")
            for reader in readers:
                found = list(reader.parts(thing))
                parts += len(found)
                if parts > MOST_PARTS or (isinstance(thing, np.ndarray) and thing.size > MOST_NUMBERS):
                    raise NotRecordable(f"{path} holds more than can be watched")
                if reader.write is not keep:
                    self.entries.append(entry := Entry(path, thing, reader, reader.read(thing)))
                    if not (reader.only_in_a_pass or self.free.get(id(thing)) == ()):
                        self.between.append(entry)
                todo += [(reader.path(path, label), part) for label, part in reversed(found)]

    def change(self, in_a_pass: bool = True) -> str:
        """The name of the first thing that is not as it was; "" if all is.

        in_a_pass  False leaves out what training itself may change: the free objects, the numbers of Values, and the
                   states of generators
        """
        for entry in self.entries if in_a_pass else self.between:
            if entry.glance is not None and entry.glance.is_as_before():
                continue
            look = entry.reader.glance(entry.thing)
            glance = Glance(look) if look else None
            now = entry.reader.read(entry.thing)
            if not same(now, entry.before) and (names := self.differences(entry, now, in_a_pass)):
                return names[0]
            entry.glance = glance
        return ""

    def differences(self, entry: Entry, now: tuple[Any, ...], in_a_pass: bool) -> list[str]:
        """The names of the parts in which the content of a thing differs from what it was, less those that are free."""
        if not entry.reader.named:
            return [entry.path]
        free = () if in_a_pass else self.free.get(id(entry.thing), ())
        old, new = dict(zip(*entry.before, strict=True)), dict(zip(*now, strict=True))
        changed = [
            name for name in {**old, **new} if name not in old or name not in new or not same(new[name], old[name])
        ]
        return [entry.reader.path(entry.path, name) for name in changed if name not in free]

    def forget(self, things: Collection[int]) -> None:
        """Watch no more the things of these identities."""
        self.entries = [entry for entry in self.entries if id(entry.thing) not in things]
        self.between = [entry for entry in self.between if id(entry.thing) not in things]

    def restore(self) -> None:
        """Put back what is not as it was."""
        for entry in self.entries:
            if not same(entry.reader.read(entry.thing), entry.before):
                entry.reader.write(entry.thing, entry.before)

    def of_kind(self, *kinds: type[Kind]) -> Iterator[Kind]:
        """All things of these kinds that were found."""
        return (thing for thing in self.objects.values() if isinstance(thing, kinds))


def same(now: Any, before: Any) -> bool:
    """Whether two contents are the same: plain ones by what they are, all others by identity."""
    if now is before:
        return True
    if type(now) is not type(before):
        return False
    if isinstance(now, tuple):
        return len(now) == len(before) and (all(map(is_, now, before)) or all(map(same, now, before)))
    if isinstance(now, float):  # also tells 0.0 from -0.0, and finds that nan is nan
        return repr(now) == repr(before)
    return isinstance(now, CONSTANTS) and bool(now == before)
