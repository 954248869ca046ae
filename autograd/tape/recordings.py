"""`Recordings`: all that is recorded of one function, within a bound on memory, and what is told of it.

>>> from autograd import compile
>>> f = compile(lambda x: x * x if x > 0.0 else -x)
>>> f(2.0), f(-2.0), f(-3.0)
(4.0, 2.0, 3.0)
>>> print(f.recordings)  # doctest: +ELLIPSIS
<lambda>: 2 recordings of 5 instructions in all
  f(x=2.0), 1 sample: the first call
  f(x=-2.0), 2 samples: otherwise than before: x > 0.0 was true at ...
"""

from collections.abc import Sequence
from typing import Any

from autograd.tape.ways import Recording, Ways
from autograd.value import Value

MOST_INSTRUCTIONS = 1_000_000  # in all recordings of one function together
MOST_TOLD = 20  # recordings that a text tells of
FREE = 256  # recordings that are made whatever they bring
COST = 50  # samples that a recording must answer to repay what it took to make, roughly


class Recordings:
    """The recordings of a function, by what steers it and by its decisions.

    steered_by_ints  the keys of arguments whose ints are no numbers for the function
    made, answered   how many recordings were made, and how many samples recordings have answered since
    unrecorded       samples that the function itself has answered, without a recording
    make_choices     whether comparisons that only choose become `where`: until that is found not to do
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self.all: dict[Any, Ways] = {}
        self.steered_by_ints: set[Any] = set()
        self.made = self.answered = self.unrecorded = 0
        self.make_choices = True
        self.dropped = 0
        self.faults: dict[str, int] = {}  # why recordings could not be kept, and how many

    def ways(self, key: Any) -> Ways:
        """The ways of the function for arguments of this key."""
        found = self.all.get(key)
        return self.all.setdefault(key, Ways()) if found is None else found

    def renew(self, key: Any) -> Ways:
        """Forget the ways for arguments of this key: what the function reads beside them has changed."""
        self.all.pop(key, None)
        return self.ways(key)

    def pay(self) -> bool:
        """Whether recordings repay what they cost. They do not where a function goes another way at each call."""
        return self.made < FREE or self.answered >= COST * self.made

    def keep(self, ways: Ways, recording: Recording) -> None:
        """Keep a recording, if it can be used again, and drop those that have not been used for longest."""
        self.made += 1
        if recording.fault:
            self.faults[recording.fault] = self.faults.get(recording.fault, 0) + 1
            return
        ways.add(recording)
        if self.size() > MOST_INSTRUCTIONS:
            self.make_room()

    def size(self) -> int:
        return sum(ways.size for ways in list(self.all.values()))

    def make_room(self) -> None:
        """Drop recordings until there is a tenth of room; the latest one stays."""
        found = [(recording.used, key, recording) for key, ways in self.all.items() for recording in ways]
        for _, key, recording in sorted(found, key=lambda each: each[0])[:-1]:
            if self.size() <= 0.9 * MOST_INSTRUCTIONS:
                break
            self.all[key].drop(recording)
            self.dropped += 1
            if not self.all[key].size:
                del self.all[key]

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __iter__(self) -> Any:
        """All recordings, those used first before the others."""
        return iter(sorted((r for ways in self.all.values() for r in ways), key=lambda recording: recording.number))

    def __str__(self) -> str:
        some = list(self)
        instructions = sum(len(recording.tape.operations) for recording in some)
        lines = [f"{self.name}: {plural(len(some), 'recording')} of {plural(instructions, 'instruction')} in all"]
        for recording in some[:MOST_TOLD]:
            lines.append(f"  f({recording.point}), {plural(recording.samples, 'sample')}: {recording.reason}")
        if len(some) > MOST_TOLD:
            lines.append(f"  ... and {len(some) - MOST_TOLD} more")
        if self.dropped:
            lines.append(f"  {plural(self.dropped, 'recording')} dropped, as memory is bounded: used least recently")
        if self.unrecorded:
            lines.append(f"  {plural(self.unrecorded, 'sample')} by the function itself: too many ways to record")
        for fault, count in self.faults.items():
            lines.append(f"  {plural(count, 'recording')} not kept: {fault}")
        return "\n".join(lines)

    __repr__ = __str__


def plural(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def at_point(inputs: Sequence[Value]) -> str:
    """The numbers at which a recording was made: `x=2.0, 3.0`; of many, the first ones."""
    texts = [f"{leaf.name}={leaf._data!r}" if leaf.name else f"{leaf._data!r}" for leaf in inputs[:4]]
    return ", ".join(texts) + (", ..." if len(inputs) > 4 else "")
