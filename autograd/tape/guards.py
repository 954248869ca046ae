"""Guards: the decisions that a program takes, while it is recorded, by looking at numbers.

A recording is a straight line: of `if x > 0:` it holds the branch that was taken. So each comparison of a Value and
each look at its `data` is noted as a guard, with its outcome. On other numbers the recording is right as long as every
guard has the same outcome.

>>> with Watch() as watch:
...     x = watch.stand_in(2.0)
...     y = x * x if x > 1.0 else x
>>> watch.guards[0].result, watch.guards[0].broken().data
(True, 0.0)

Some programs do other things with a Value than with a number, and no guard can tell. A recording of them is refused:

>>> with Watch() as watch:
...     y = {2.0: "two"}.get(watch.stand_in(2.0))
Traceback (most recent call last):
...
autograd.tape.guards.NotRecordable: a Value is looked up in a dict or a set at ...
"""

import math
import operator
import os
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass
from threading import get_ident
from typing import Any, Self, TypeVar

from autograd.ieee import silent
from autograd.primitives import COMPARISONS, TABLE, equal
from autograd.value import Value
from autograd.watching import look, watchers

Kind = TypeVar("Kind", bound="Watch")
PACKAGE = os.path.dirname(os.path.dirname(__file__)) + os.sep  # where the code of autograd lies


class NotRecordable(RuntimeError):
    """Why a program cannot be recorded. The message names the line and says what to write there."""


def is_number(x: Any, number: float) -> Any:
    """1.0 where x is this very number, bit by bit: nan is nan, and 0.0 is not -0.0. Else 0.0."""
    if math.isnan(number):
        return 1.0 - equal(x, x)
    return equal(x, number) * equal(1.0 / x, math.copysign(math.inf, number)) if number == 0.0 else equal(x, number)


# The outcome of x < y, and so on, as a number 1.0 or 0.0, from rows of the table.
AS_NUMBER: dict[Any, Callable[[Any, Any], Any]] = {**COMPARISONS, operator.is_: is_number}


SIGNS = {operator.lt: "<", operator.le: "<=", operator.gt: ">", operator.ge: ">=", operator.eq: "==", operator.ne: "!="}


def bits(number: float) -> bytes:
    """The bits of a number; every nan has the same."""
    return struct.pack("d", math.nan if math.isnan(number) else number)


def written(operand: Any) -> str:
    """A name for an operand of a comparison."""
    return str(getattr(operand, "name", operand)) or "a number"


@dataclass(frozen=True, slots=True)
class Guard:
    """compare(x, y) came out as `result`, at the line `where` of the program. operator.is_ stands for a look at x."""

    compare: Callable[[Any, Any], Any]
    x: Value
    y: Any
    result: bool
    where: str

    @property
    def is_look(self) -> bool:
        """Whether the program read the number itself: then every bit of it counts."""
        return self.compare is operator.is_

    @property
    def outcome(self) -> Any:
        """The outcome, as a key: True or False, or the bits of the number that was read."""
        return bits(self.y) if self.is_look else self.result

    def __str__(self) -> str:
        """`x > 0.0 was false at file:line`, with names where there are any."""
        if self.is_look:
            return f"{written(self.x)} was {self.y!r}, read at {self.where}"
        sign = SIGNS[self.compare]
        return f"{written(self.x)} {sign} {written(self.y)} was {str(self.result).lower()} at {self.where}"

    def broken(self) -> Any:
        """A number, as a graph: 0.0 where the comparison comes out as it did, 1.0 where it does not."""
        with silent():
            outcome = AS_NUMBER[self.compare](self.x, self.y)
            return 1.0 - outcome if self.result else outcome


class Watch:
    """Within it, this thread's looks at numbers are noted as guards, for the watches around it too.

    At its end NotRecordable is raised if guards are not enough. A watch is the one sign that a recording is going on.
    Whoever has more to record, as networks have, makes a subclass and finds it again with `innermost`.

    guards  what was decided, in order
    faults  why the program cannot be recorded, each with its line
    around  the watch that this one stands in
    """

    def __init__(self) -> None:
        self.guards: list[Guard] = []
        self.faults: list[str] = []
        self.around: Watch | None = None
        self.stand_ins: list[Value] = []  # inputs, and all that was computed from them
        self.seen: list[Value] = []  # leaves at which other threads looked meanwhile

    def stand_in(self, number: float, whole: bool = False) -> Value:
        """A leaf that stands for a number of the program's input; where it is `whole`, for an int."""
        self.stand_ins.append(leaf := (WholeStandIn if whole else StandIn)(number))
        return leaf

    def computed(self, result: Value) -> None:
        """A row was called; what it makes of a stand-in is one."""
        if any(isinstance(operand, StandIn) for operand in result.operands):
            adopt(result)

    def note(self, compare: Callable[[Any, Any], Any], x: Value, y: Any, result: bool) -> None:
        """A comparison came out so."""
        guard = Guard(compare, x, y, result, line_of_program())
        watch: Watch | None = self
        while watch is not None:
            watch.guards.append(guard)
            watch = watch.around

    def note_elsewhere(self, x: Value) -> None:
        """A thread that records nothing looks at a number: no guard can say what it decides."""
        if isinstance(x, StandIn):
            self.fault("another thread looks at a Value", "look at numbers in the thread that records")
        elif x.op is None:
            self.seen.append(x)

    def fault(self, what: str, remedy: str) -> None:
        """The program does something that no guard can express."""
        self.faults.append(f"{what} at {line_of_program()}: {remedy}")

    def fault_of_seen(self, leaves: list[Value]) -> str:
        """Why a recording that depends on these leaves is not known to be the program, "" if nothing speaks against it.

        Another thread that looked at one of them may be part of the program.
        """
        seen = set(self.seen)
        if any(leaf in seen for leaf in leaves):
            return "another thread looked at a Value that this program uses, while it was recorded"
        return ""

    def __enter__(self) -> Self:
        self.around = watchers.get(get_ident())
        watchers[get_ident()] = self
        return self

    def __exit__(self, kind: Any, error: Any, *_: object) -> None:
        if self.around is None:
            del watchers[get_ident()]
            for value in self.stand_ins:
                value.__class__ = Value
        else:
            watchers[get_ident()] = self.around
            self.around.stand_ins += self.stand_ins
            self.around.faults += self.faults
            self.around.seen += self.seen
        if self.faults and (kind is None or issubclass(kind, Exception)):
            raise NotRecordable(self.faults[0]) from error


def innermost(kind: type[Kind]) -> Kind | None:
    """The innermost watch of this kind in which this thread works; None if there is none."""
    watch = watchers.get(get_ident()) if watchers else None
    while watch is not None and not isinstance(watch, kind):
        watch = watch.around
    return watch


class StandIn(Value):
    """While a program is recorded: a Value where the program, run on numbers, would have a number.

    It is a Value in all but two points, in which a Value is not like a number: to compare it with another Value by ==,
    or to look it up in a dict or a set, is a fault of the recording. What is computed from a stand-in is one too. When
    the recording ends, all stand-ins become ordinary Values.
    """

    __slots__ = ()
    plain = Value  # the class of a copy

    def __eq__(self, other: object) -> Any:
        if other is self:  # `x != x` asks for nan
            result = self._data == self._data
            for watch in concerned():
                watch.note(operator.eq, self, self, result)
            return result
        if isinstance(other, Value):
            for watch in concerned():
                watch.fault("two Values are compared by == or !=", "compare their numbers, a.data == b.data")
            return False
        return Value.__eq__(self, other)

    def __hash__(self) -> int:
        if watchers and not is_ours(sys._getframe(1)):
            for watch in concerned():
                watch.fault("a Value is looked up in a dict or a set", "look up its number, v.data")
        return object.__hash__(self)


class WholeStandIn(StandIn):
    """A stand-in for an int. It may count and index, as in range(n): the recording then holds for this int only."""

    __slots__ = ()

    def __index__(self) -> int:
        look(self)
        return int(self._data)


for _kind in (StandIn, WholeStandIn):
    _kind.__name__ = "Value"  # in texts and messages they are what they stand for


def concerned() -> list[Watch]:
    """This thread's watch; in a thread that records nothing, those of all others."""
    own = watchers.get(get_ident())
    return [own] if own else list(watchers.values())


def stand_in(number: float) -> Value:
    """A leaf that stands for a number of the program that this thread records; else an ordinary leaf."""
    watch = watchers.get(get_ident())
    return watch.stand_in(number) if watch else Value(number)


def adopt(result: Any) -> Any:
    """Make a new Value a stand-in, for as long as the recording runs."""
    if result.__class__ is Value and watchers:
        result.__class__ = StandIn
        concerned()[0].stand_ins.append(result)
    return result


def adopting(method: Callable[..., Any]) -> Callable[..., Any]:
    """An operator or a function of Value whose result is a stand-in."""

    def computed(self: Value, *others: Any) -> Any:
        return adopt(method(self, *others))

    return computed


OPERATORS = [f"__{side}{name}__" for name in ("add", "sub", "mul", "truediv", "pow") for side in ("", "r")]
for _name in (*OPERATORS, "__neg__", "__abs__", *TABLE):
    if hasattr(Value, _name):
        setattr(StandIn, _name, adopting(getattr(Value, _name)))


def is_ours(frame: Any) -> bool:
    """Whether the frame runs code of the package autograd."""
    return str(frame.f_code.co_filename).startswith(PACKAGE)


def line_of_program() -> str:
    """The file and line of the innermost frame that is not ours."""
    frame: Any = sys._getframe(1)
    while frame.f_back is not None and is_ours(frame):
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"
