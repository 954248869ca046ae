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

from collections.abc import Container, Iterator, Mapping
from operator import is_
from random import random
from typing import Any

import numpy as np

from nn.training.readers import CONSTANTS, Reader, is_stateless, readers_of

MOST_PARTS = 300_000  # parts of lists, dicts and objects that are watched
MOST_NUMBERS = 2_000_000  # in one array
GLOBAL_GENERATORS = {"numpy.random": np.random.rand.__self__, "random": random.__self__}  # type: ignore[attr-defined]


class NotRecordable(Exception):
    """Why training cannot go on tape."""


class Fingerprint:
    """The state that can be reached from `roots`, by name. NotRecordable if some of it cannot be seen, or is too much.

    ignored  for some objects the names of attributes that do not count; an empty tuple leaves out the whole object
    """

    def __init__(self, roots: Mapping[str, Any], ignored: Mapping[int, Container[str]] | None = None) -> None:
        self.ignored = ignored or {}
        self.entries: list[tuple[str, Any, Reader, tuple[Any, ...]]] = []
        self.objects: dict[int, Any] = {}  # by identity; being kept here, none of them can give its identity to another
        parts = 0
        todo = [*reversed(list(roots.items())), *GLOBAL_GENERATORS.items()]
        while todo:
            path, thing = todo.pop()
            if isinstance(thing, CONSTANTS) or is_stateless(thing) or id(thing) in self.objects:
                continue
            self.objects[id(thing)] = thing
            if self.ignored.get(id(thing)) == ():
                continue
            readers = readers_of(thing)
            if not readers:
                raise NotRecordable(f"{path} is a {type(thing).__name__}, whose state cannot be seen")
            for reader in readers:
                found = [(label, part) for label, part in reader.parts(thing) if self.counts(thing, label)]
                parts += len(found)
                if parts > MOST_PARTS or (isinstance(thing, np.ndarray) and thing.size > MOST_NUMBERS):
                    raise NotRecordable(f"{path} holds more than can be watched")
                self.entries.append((path, thing, reader, reader.read(thing)))
                todo += [(reader.path(path, label), part) for label, part in reversed(found)]

    def counts(self, thing: Any, label: str) -> bool:
        return id(thing) not in self.ignored or label not in self.ignored[id(thing)]

    def change(self, in_a_pass: bool = True) -> str:
        """The name of the first thing that is not as it was; "" if all is.

        in_a_pass  False leaves out what training itself may change: the numbers of Values and generators' states
        """
        for path, thing, reader, before in self.entries:
            if in_a_pass or not reader.only_in_a_pass:
                now = reader.read(thing)
                if not same(now, before):
                    names = self.differences(thing, reader, now, before)
                    if names:
                        return names[0] if names[0] != "" else path
        return ""

    def differences(self, thing: Any, reader: Reader, now: tuple[Any, ...], before: tuple[Any, ...]) -> list[str]:
        """The paths of the parts in which two contents of a thing differ, less those that are ignored."""
        path = next(path for path, other, _, _ in self.entries if other is thing)
        if not reader.named:
            return [path]
        old, new = dict(zip(*before, strict=True)), dict(zip(*now, strict=True))
        changed = [
            name for name in {**old, **new} if name not in old or name not in new or not same(new[name], old[name])
        ]
        return [reader.path(path, name) for name in changed if self.counts(thing, name)]

    def restore(self) -> None:
        """Put back what is not as it was."""
        for _, thing, reader, before in self.entries:
            if not same(reader.read(thing), before):
                reader.write(thing, before)

    def of_kind(self, kind: type) -> Iterator[Any]:
        """All things of one kind that were found."""
        return (thing for thing in self.objects.values() if isinstance(thing, kind))


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
