"""Conditions: comparisons by which nobody has decided yet.

>>> with Following() as watch:
...     v = watch.stand_in(2.0)
...     condition = compare(">", v, 0.0)
...     print(condition.node.op.name, watch.guards)
...     if condition:  # now the program decides by it
...         print([guard.result for guard in watch.guards])
greater []
[True]
"""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.ieee import silent
from autograd.tape.choosing.gates import VALUES, Following, NotAChoice, is_plain
from autograd.tape.guards import AS_NUMBER, SIGNS, innermost
from autograd.value import Value

COMPARISONS = {sign: compare for compare, sign in SIGNS.items()}


@dataclass(frozen=True, slots=True)
class Condition:
    """A comparison of numbers that nobody has decided by yet.

    node     its outcome as a graph: 1.0 or 0.0
    compare  compares as the program does, which notes guards
    """

    node: Value
    compare: Callable[[], Any]

    def __bool__(self) -> bool:
        """The program decides by it, which is noted; in a branch that may not be taken: NotAChoice."""
        refuse_in_branch()
        return bool(self.compare())


def refuse_in_branch() -> None:
    watch = innermost(Following)
    if watch is not None and watch.path is not None:
        raise NotAChoice


def compare(sign: str, x: Any, y: Any) -> Any:
    """`x < y`: a Condition where a Value is compared with a number; else what Python gives."""
    operation = COMPARISONS[sign]
    values = [side for side in (x, y) if side.__class__ in VALUES]
    known = all(side.__class__ in (*VALUES, np.float64) or is_plain(side) for side in (x, y))
    if values and known and not (sign in ("==", "!=") and len(values) == 2) and innermost(Following):
        return Condition(AS_NUMBER[operation](x, y), lambda: operation(x, y))
    if not (is_plain(x) and is_plain(y)):
        refuse_in_branch()
    return operation(x, y)


def truth(x: Any) -> Any:
    """`if x`: a Condition where x is a Value."""
    if x.__class__ in VALUES and innermost(Following):
        return Condition(AS_NUMBER[COMPARISONS["!="]](x, 0.0), lambda: bool(x))
    return x


def negation(x: Any) -> Any:
    """`not x`."""
    return Condition(1.0 - x.node, lambda: not x) if isinstance(x, Condition) else not x


def both(x: Any, y: Callable[[], Any], plain_y: Callable[[], Any] | None = None) -> Any:
    """`x and y` as a test. `plain_y` is the program's own side, where it is not y."""
    other = computed_or_none(y, x.node._data == 1.0) if isinstance(x, Condition) else None
    if isinstance(other, Condition):
        return Condition(x.node * other.node, lambda: x and other)
    if isinstance(other, bool):
        return other and x
    return (plain_y or y)() if x else False


def either(x: Any, y: Callable[[], Any], plain_y: Callable[[], Any] | None = None) -> Any:
    """`x or y` as a test."""
    other = computed_or_none(y, x.node._data == 0.0) if isinstance(x, Condition) else None
    if isinstance(other, bool):
        return other or x
    if isinstance(other, Condition):
        return Condition(1.0 - (1.0 - x.node) * (1.0 - other.node), lambda: x or other)
    return True if x else (plain_y or y)()


def computed_or_none(y: Callable[[], Any], reached: bool) -> Any:
    """The second side of `and` or `or`, to which the program may not come; None where it cannot be computed."""
    try:
        with nullcontext() if reached else silent():
            return y()
    except Exception:
        return None
