"""`Ways`: the recordings of one program, as a tree of the decisions that lead to them.

A program that decides by its numbers goes another way for other numbers. Each way has a recording, and each recording
knows its decisions, as guards, in order. Programs that begin alike decide alike: so the recordings form a tree. Where a
sample breaks a guard of one recording, the next one to try stands on the other branch of that very decision.

The tree keeps as many ways as its memory allows. Then it drops the recordings that have not been used for longest.
"""

import math
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import count, pairwise
from threading import RLock
from typing import Any, NamedTuple

import numpy as np

from autograd.structure import count_of, skeleton
from autograd.tape.engines import executor
from autograd.tape.guards import Guard, bits
from autograd.tape.state import State
from autograd.tape.straight import MOST_INSTRUCTIONS, Straight
from autograd.tape.tape import Tape
from autograd.value import Value

numbers = count(1)
OVERHEAD = 300  # instructions that take as much memory as what every recording needs beside its instructions


class Recording:
    """One way through a program.

    tape      computes a number for each guard, then all results
    guards    the decisions, in order: as text, and as outcomes
    captured  leaves that the program used but was not given, such as weights: the last inputs of the tape
    shape     the containers that the program returned, without their contents
    point     the inputs at which it was recorded, as text
    reason    why it was recorded
    fault     why it may not be used again, "" if it may
    returned  how many numbers the program returned
    chooses   whether comparisons became choices
    """

    def __init__(
        self, tape: Tape, guards: Sequence[Guard], captured: list[Value], shape: Any, point: str, reason: str,
        fault: str = "", chooses: bool = False,
    ) -> None:  # fmt: skip
        self.tape, self.captured, self.shape = tape, captured, shape
        self.point, self.reason, self.fault, self.chooses = point, reason, fault, chooses
        self.number = next(numbers)  # in the order in which they were made
        self.guards = [str(guard) for guard in guards]
        self.outcomes = [guard.outcome for guard in guards]
        self.returned = count_of(shape)
        self.used = 0
        self.samples = 0  # how many it has answered
        self.path: list[Node] = []  # the nodes of the tree from the root down to this recording's own

    @property
    def size(self) -> int:
        return len(self.tape.operations) + OVERHEAD

    @cached_property
    def straight(self) -> Straight | None:
        """The tape as a program, for one point; None if it is too long."""
        short = len(self.tape.operations) <= MOST_INSTRUCTIONS
        return executor(self.tape, "auto", (False,) * self.tape.inputs) if short else None

    def broken(self, found: np.ndarray) -> np.ndarray:
        """For each guard and sample whether it is broken, from the tape's results."""
        broken: np.ndarray = found[: len(self.outcomes)] != 0.0
        for row, outcome in enumerate(self.outcomes):
            if isinstance(outcome, bytes):  # a look: the row holds the number itself
                broken[row] = [bits(number) != outcome for number in found[row].tolist()]
        return broken

    def first_broken(self, found: Sequence[float]) -> int:
        """The first guard that is broken at one point, from the tape's results; -1 if all hold."""
        for row, outcome in enumerate(self.outcomes):
            number = found[row]
            if bits(number) != outcome if isinstance(outcome, bytes) else number != 0.0:
                return row
        return -1

    def derivatives(self, found: Any) -> Any:
        """Those of the tape's results that are derivatives."""
        return found[len(self.outcomes) + self.returned :]

    def other(self, row: int, number: float) -> Any:
        """The outcome that a broken guard has, by the tape's number for it."""
        outcome = self.outcomes[row]
        return bits(number) if isinstance(outcome, bytes) else not outcome


class Node:
    """A decision that is still open: which way follows depends on its outcome. A leaf of the tree has the recording."""

    __slots__ = ("children", "recent", "recording")

    def __init__(self) -> None:
        self.children: dict[Any, Node] = {}
        self.recent: Node | None = None  # the child that was used last
        self.recording: Recording | None = None

    def latest(self) -> Recording | None:
        """The recording below that was used last; None if there is none."""
        node = self
        while node.recent is not None:
            node = node.recent
        return node.recording

    def child(self, outcome: Any) -> "Node":
        """The node of this outcome; it is made where nobody has been yet."""
        if outcome not in self.children:
            self.children[outcome] = Node()
        return self.children[outcome]


class Ways:
    """The recordings of a program, found by what it decides."""

    def __init__(self) -> None:
        self.root = Node()
        self.lock = RLock()  # threads may share a compiled function
        self.clock = count(1)
        self.size = 0  # instructions, those of OVERHEAD too
        self.last: Recording | None = None  # the one that was used last
        self.state: State | None = None  # what the program can read beside its inputs, as it was at the last recording

    def add(self, recording: Recording) -> None:
        """Keep a recording, in the place of one with the same decisions if there is one."""
        with self.lock:
            node = self.root
            recording.path = [node]
            for outcome in recording.outcomes:
                node = node.child(outcome)
                recording.path.append(node)
            self.size += recording.size - (node.recording.size if node.recording else 0)
            node.recording = recording
            self.use(recording, 1)

    def use(self, recording: Recording, samples: int) -> None:
        """Note that a recording has answered so many samples just now."""
        recording.samples += samples  # only told: nothing depends on it
        if recording is not self.last:
            with self.lock:
                self.last, recording.used = recording, next(self.clock)
                for above, below in pairwise(recording.path):
                    above.recent = below

    def at_point(self, point: list[float]) -> tuple[Recording, list[float]] | None:
        """The recording that holds at one point, and its tape's results; None if none does, or it is too long."""
        node, decided = self.root, 0
        while (recording := node.latest()) is not None and recording.straight is not None:
            captured = recording.captured
            found = recording.straight.at([*point, *(leaf.data for leaf in captured)] if captured else point)
            row = recording.first_broken(found) if recording.outcomes else -1
            if row < 0:
                if recording.chooses and any(map(math.isnan, recording.derivatives(found))):
                    return None
                self.use(recording, 1)
                return recording, found
            if row < decided:  # decided by the last bit of a number, this way and that: the function itself answers
                return None
            node, decided = recording.path[row].child(recording.other(row, found[row])), row + 1
        return None

    def drop(self, recording: Recording) -> None:
        """Forget a recording, and the decisions that lead to no other one."""
        with self.lock:
            path = recording.path
            path[-1].recording = self.last = None
            self.size -= recording.size
            for i in range(len(path) - 1, 0, -1):
                node, above = path[i], path[i - 1]
                if node.children or node.recording:
                    break
                above.children.pop(recording.outcomes[i - 1], None)
                above.recent = next(reversed(above.children.values()), None) if above.recent is node else above.recent

    def __iter__(self) -> Iterator[Recording]:
        """All recordings, in no order that means anything."""
        todo = [self.root]
        while todo:
            node = todo.pop()
            if node.recording is not None:
                yield node.recording
            todo += node.children.values()


class Open(NamedTuple):
    """Samples that no recording has answered yet, and the place in the tree that their decisions lead to."""

    node: Node
    depth: int
    samples: np.ndarray
    reason: str

    def others(self, recording: Recording, found: np.ndarray) -> "list[Open]":
        """The place for the samples that break a guard of the recording."""
        broken = recording.broken(found)
        groups: dict[tuple[int, Any], list[int]] = {}
        for i in np.flatnonzero(broken.any(axis=0)).tolist():
            row = int(broken[:, i].argmax())
            groups.setdefault((row, recording.other(row, found[row, i])), []).append(i)
        places = []
        for (row, outcome), chosen in groups.items():
            node = recording.path[row].child(outcome)
            if row < self.depth:  # decided by the last bit of a number, this way and that: the function itself answers
                node = Node()
            reason = f"otherwise than before: {recording.guards[row]}"
            places.append(Open(node, row + 1, self.samples[chosen], reason))
        return places


class Answers:
    """The results of a call, put together from several recordings."""

    def __init__(self, samples: int) -> None:
        self.samples = samples
        self.results = np.empty((0, samples))
        self.shape: Any = self  # none yet

    def put(self, samples: np.ndarray, results: np.ndarray, shape: Any) -> None:
        """The results of some samples, from a recording that returns containers of this shape."""
        if self.samples and not len(samples):  # a recording that holds for none of them
            return
        if self.shape is self:
            self.results, self.shape = np.empty((len(results), self.samples)), shape
        if skeleton(shape) != skeleton(self.shape):
            raise ValueError(
                "the branches of a compiled function must return as many numbers as each other, in the same containers"
            )
        self.results[:, samples] = results[:, : len(samples)]
