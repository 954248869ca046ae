"""`State`: all that a function can read beside its inputs, and what becomes of it while the function is recorded.

A recording stands for the function as long as nothing changes that the function can read: the leaves that it finds in
lists, dicts and attributes, and plain numbers there. What a function changes itself cannot be recorded, as a tape holds
arithmetic only. One change is allowed: a list that only grows, and that the code only appends to, is a log.

>>> rates = {"rate": 0.1}
>>> state = State({"rates": rates})
>>> rates["rate"] = 0.2
>>> state.change()
"rates['rate']"
"""

from collections.abc import Mapping
from types import FunctionType
from typing import Any

from autograd.tape.fingerprint import Fingerprint, same
from autograd.tape.guards import NotRecordable
from autograd.tape.reachable import only_appends, reads_gradients


class State:
    """All that is reached from `roots`, by name. `fault` says why a recording may not be used again, "" if it may."""

    def __init__(self, roots: Mapping[str, Any]) -> None:
        self.roots, self.fault = roots, ""
        try:
            self.seen: Fingerprint | None = Fingerprint(roots)
        except NotRecordable as reason:
            self.seen, self.fault = None, str(reason)
            return
        read = next(filter(None, map(reads_gradients, self.seen.of_kind(FunctionType))), "")
        if read:  # which a backward pass changes
            self.fault = f"reads a gradient at {read}"

    def change(self) -> str:
        """The name of the first thing that has changed since, but for the numbers of Values; "" if nothing has."""
        return self.seen.change(in_a_pass=False) if self.seen else ""

    def after(self) -> "State":
        """The state now, after the function has run; its fault names what the run has changed."""
        now = State(self.roots)
        if self.seen is None or now.seen is None:
            return now
        logs = set()
        for entry in self.seen.entries:
            thing, before, content = entry.thing, entry.before, entry.reader.read(entry.thing)
            if same(content, before):
                continue
            if type(thing) is list and same(content[: len(before)], before) and self.is_log(entry.path):
                logs.add(id(thing))
            else:
                names = self.seen.differences(entry, content, in_a_pass=True) or [entry.path]
                now.fault = f"{names[0]} changes in a call"
                break
        now.seen.forget(logs)
        return now

    def is_log(self, path: str) -> bool:
        """Whether no function that is reached does more with the list of this name than append to it."""
        name = path.rpartition(".")[2]
        functions = self.seen.of_kind(FunctionType) if self.seen else ()
        return name.isidentifier() and all(only_appends(function.__code__, name) for function in functions)
