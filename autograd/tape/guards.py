"""Guards: the decisions that a program takes, while it is recorded, by looking at numbers.

A recording is a straight line: of `if x > 0:` it holds the branch that was taken. So each comparison of a Value and
each look at its `data` is noted as a guard, with its outcome. On other numbers the recording is right as long as every
guard has the same outcome.

>>> x = Value(2.0, "x")
>>> with Watch() as watch:
...     y = x * x if x > 1.0 else x
>>> watch.guards[0].result, watch.guards[0].broken().data
(True, 0.0)
"""

import math
import operator
import sys
from collections.abc import Callable
from dataclasses import dataclass
from threading import get_ident
from typing import Any, Self, TypeVar

from autograd.ieee import silent
from autograd.primitives import equal, greater
from autograd.value import Value, watchers

Kind = TypeVar("Kind", bound="Watch")

# x < y, and so on, as a number 1.0 or 0.0, from rows of the table.
AS_NUMBER: dict[Any, Callable[[Any, Any], Any]] = {
    operator.lt: lambda x, y: greater(y, x),
    operator.le: lambda x, y: greater(y, x) + equal(x, y),
    operator.gt: lambda x, y: greater(x, y),
    operator.ge: lambda x, y: greater(x, y) + equal(x, y),
    operator.eq: lambda x, y: 1.0 - equal(x, x) if isinstance(y, float) and math.isnan(y) else equal(x, y),
    operator.ne: lambda x, y: 1.0 - equal(x, y),
}


@dataclass(frozen=True, slots=True)
class Guard:
    """compare(x, y) came out as `result`, at the line `where` of the program."""

    compare: Callable[[Any, Any], Any]
    x: Value
    y: Any
    result: bool
    where: str

    def broken(self) -> Any:
        """A number, as a graph: 0.0 where the comparison comes out as it did, 1.0 where it does not."""
        with silent():
            outcome = AS_NUMBER[self.compare](self.x, self.y)
            return 1.0 - outcome if self.result else outcome


class Watch:
    """Within it, this thread's comparisons of Values are noted as guards, for the watches around it too.

    It is the one sign that a recording is going on. Whoever has more to record, as networks have, makes a subclass and
    finds it again with `innermost`.
    """

    def __init__(self) -> None:
        self.guards: list[Guard] = []
        self.around: Watch | None = None  # the watch that this one stands in

    def note(self, compare: Callable[[Any, Any], Any], x: Value, y: Any, result: bool) -> None:
        frame = sys._getframe(2)
        while frame.f_back is not None and str(frame.f_globals.get("__name__")).startswith("autograd"):
            frame = frame.f_back
        guard = Guard(compare, x, y, result, f"{frame.f_code.co_filename}:{frame.f_lineno}")
        watch: Watch | None = self
        while watch is not None:
            watch.guards.append(guard)
            watch = watch.around

    def __enter__(self) -> Self:
        self.around = watchers.get(get_ident())
        watchers[get_ident()] = self
        return self

    def __exit__(self, *_: object) -> None:
        if self.around is None:
            del watchers[get_ident()]
        else:
            watchers[get_ident()] = self.around


def innermost(kind: type[Kind]) -> Kind | None:
    """The innermost watch of this kind in which this thread works; None if there is none."""
    watch = watchers.get(get_ident()) if watchers else None
    while watch is not None and not isinstance(watch, kind):
        watch = watch.around
    return watch
