"""The line of a program that does one thing with numbers and another with the Values that stand for them on a tape.

Model and loss run twice on the same samples: on plain numbers, as in an eager pass, and on Values, as when they are
recorded. Each node belongs to the line of the program at which it was made. The first line whose nodes have other
numbers in the second run makes the difference.
"""

import sys
from bisect import bisect
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from autograd import Value
from autograd.ieee import silent
from autograd.order import walk
from autograd.tape.reachable import is_library
from autograd.value import moved_on
from nn.hooks import Recorder
from nn.training.eager import EagerEpochs
from nn.training.recipe import record_pass

CLOSE = 1e-9  # relative


def line_of_difference(eager: EagerEpochs, chosen: Iterable[int]) -> str:
    """The line, `file:number`, that makes the difference for these samples; "" if it is not known."""
    rows, targets = [list(eager.rows[i]) for i in chosen], [eager.targets[i] for i in chosen]

    def on_numbers() -> Value:
        with Recorder(values=False):
            return eager.loss_of(eager.model([list(row) for row in rows]), list(targets))

    def on_values() -> Value:
        return record_pass(eager.model, eager.loss_of, rows, targets).loss

    lasting = {*eager.parameters, *eager.optimizer.parameters}
    try:
        ours, theirs = numbers_by_line(on_values, lasting), numbers_by_line(on_numbers, lasting)
    except Exception:  # one of the two may fail where the other one does not
        return ""
    for line, numbers in theirs.items():
        found = ours.get(line, [])
        if len(found) != len(numbers) or not np.allclose(found, numbers, rtol=CLOSE, atol=0.0, equal_nan=True):
            return line
    return next((line for line in ours if line not in theirs), "")


def numbers_by_line(run: Callable[[], Value], lasting: set[Value]) -> dict[str, list[float]]:
    """For each line of the program the numbers of the nodes made there that depend on a lasting leaf, in order."""
    times: list[float] = []
    lines: list[str] = []

    def trace(frame: Any, event: str, argument: Any) -> Any:
        if is_library(str(frame.f_globals.get("__name__"))):
            return None
        if event in ("line", "return"):  # back in the caller, its line goes on
            caller = frame.f_back if event == "return" else frame
            times.append(moved_on())  # what the line computes has this time
            lines.append(f"{caller.f_code.co_filename}:{caller.f_lineno}" if caller else "")
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        with silent():
            loss = run()
    finally:
        sys.settrace(before)
    depends: set[Value] = set(lasting)
    found: dict[str, list[tuple[float, float]]] = {}
    for node in walk(loss)[0]:
        if any(isinstance(o, Value) and o in depends for o in node.operands):
            depends.add(node)
            place = bisect(times, node._time) - 1
            if place >= 0:
                found.setdefault(lines[place], []).append((node._time, node.data))
    in_order = sorted(found.items(), key=lambda item: min(item[1]))
    return {line: [number for _, number in sorted(numbers)] for line, numbers in in_order}
