"""Reports to whoever records a program: that it looks at a number, or does what no recording can hold.

A program that looks at a number, as in `if x > 0`, may go on in another way for another number; a recording of it must
know. So whatever shows the number of a Value reports it here, if anybody watches: `watchers` is empty unless a program
is being recorded (tape/guards.py has the `Watch`).

>>> from autograd import Value
>>> look(Value(2.0))  # nobody watches
"""

import operator
from collections.abc import Callable
from threading import get_ident
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograd.value import Value

watchers: dict[int, Any] = {}  # by thread: the innermost `Watch`


def tell(compare: Callable[[float, float], bool], x: "Value", y: Any, result: bool) -> None:
    """Report how a comparison came out."""
    if watcher := watchers.get(get_ident()):
        watcher.note(compare, x, y, result)
    else:
        for watcher in tuple(watchers.values()):
            watcher.note_elsewhere(x)


def look(value: "Value") -> None:
    """Report that the program reads a number, of which any bit may decide how it goes on."""
    tell(operator.is_, value, value._data, True)


def refuse(what: str, remedy: str) -> None:
    """Report that the program does what a recording of it cannot hold."""
    if watcher := watchers.get(get_ident()):
        watcher.fault(what, remedy)


def computed(result: "Value") -> None:
    """Report a node that a function made, as autograd.exp(v)."""
    if watcher := watchers.get(get_ident()):
        watcher.computed(result)
