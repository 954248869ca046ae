"""Gates: what enters a branch of a choice, which is computed even where it is not taken.

Each number enters through a gate, where(the branch is taken, v, 1): what is infinite or nan in a branch that is not
taken is thrown away, forwards and backwards. And each name is looked at: only numbers, and functions that compute
numbers, may enter.

>>> from autograd import greater, sqrt
>>> with Following() as watch:
...     v = watch.stand_in(-4.0)
...     watch.path = greater(v, 0.0)  # a branch that is taken where v > 0
...     print(sqrt(gate(v)).data)
1.0
"""

import math
import sys
from collections.abc import Callable, Iterable
from itertools import product
from types import MemberDescriptorType, ModuleType, NoneType
from typing import Any

import numpy as np

from autograd import primitives
from autograd.ieee import RAISED
from autograd.order import walk
from autograd.primitive import Primitive
from autograd.primitives import where
from autograd.tape.guards import StandIn, Watch, WholeStandIn, innermost
from autograd.value import Value

VALUES = (Value, StandIn, WholeStandIn)  # not the classes that users derive: their operators may do anything
COMPARED = (primitives.greater, primitives.equal)
MOST_POWER = 64  # of ints in a branch that may not be taken
MOST_WHOLE = 2**53  # ints up to here are floats, exactly
AT_REST = (*VALUES, int, float, NoneType, MemberDescriptorType)  # attributes of classes; to read them does nothing
# The rows of Python's operators: on plain numbers they give what Python gives, or raise where Python raises.
OPERATORS = [getattr(primitives, name) for name in ("add", "sub", "mul", "div", "neg", "abs", "pow_number")]


def is_plain(thing: Any) -> bool:
    """Whether it is a plain number that a Value holds exactly."""
    return thing.__class__ is float or (thing.__class__ is int and -MOST_WHOLE <= thing <= MOST_WHOLE)


class NotAChoice(Exception):
    """A branch does more than choose a number."""


class Following(Watch):
    """The watch of a program whose comparisons may become choices.

    path     1.0 where the branch that is computed now is taken, 0.0 where it is not, as a graph; None in no branch
    gates    the numbers that went through gates, by what came out
    choices  the results of choices
    chooses  whether a condition has chosen, in a choice or as that of a `where`
    called   the results of rows that the program called as functions
    """

    def __init__(self) -> None:
        super().__init__()
        self.path: Value | None = None
        self.gates: dict[Any, Any] = {}
        self.choices: set[Value] = set()
        self.chooses = False
        self.called: set[Value] = set()

    def gate(self, thing: Any) -> Any:
        """A number as it enters the branch that is computed now; NotAChoice if it is none."""
        if self.path is None or is_plain(thing):
            return number(thing)
        self.gates[gated := where_as_node(self.path, number(thing), 1.0)] = thing
        return gated

    def is_exceptional(self, number: Any) -> bool:
        """Whether a number that was computed in a branch is infinite or nan."""
        return isinstance(number, Value) and number not in self.gates and not math.isfinite(number._data)

    def chosen(self, condition: Value, yes: Any, no: Any) -> Any:
        """The one of two numbers that the condition chooses."""
        yes, no = number(self.gates.get(yes, yes)), number(self.gates.get(no, no))
        if yes is no or (is_plain(yes) and is_plain(no) and repr(yes) == repr(no)):
            return yes
        if yes.__class__ is int and no.__class__ is int:
            raise NotAChoice  # it may count, or index
        self.chooses = True
        self.choices.add(result := where_as_node(condition, yes, no))
        return result

    def is_sound(self, results: Iterable[Value]) -> bool:
        """Whether the program would make the same results of a plain number where a choice made a Value of it.

        Sums and products it would; but 1 / 0.0 is an error where Value(0.0) gives inf, and 0.0 has no `data`.
        """
        looked_at = [guard.x for guard in self.guards if guard.is_look]
        compared = [side for guard in self.guards for side in (guard.x, guard.y) if isinstance(side, Value)]
        sizes: dict[Value, float] = {}  # of what may be plain, at most
        # What the program computes without need may be an error too.
        order = walk(primitives.sum([*results, *compared, *self.stand_ins]))[0][:-1] if self.choices else []
        for node in order:
            operands = [abs(side) if side.__class__ is float else sizes.get(side) for side in node.operands]
            if node in self.choices:
                plain = [size for size in operands[1:] if size is not None]
                size = max(plain) if plain else None
            elif node in self.gates:
                size = sizes.get(self.gates[node])
            elif None in operands or all(side.__class__ is float for side in node.operands):
                size = None
            elif node in self.called:  # exp(0.0) is a number, as exp(Value(0.0)) is; v.exp() of a number is an error
                size = sys.float_info.max
            elif node.op in COMPARED:  # a condition, which is no number of the program
                size = None
            elif (size := size_in_python(node, sizes)) is None:
                return False
            if size is not None:
                sizes[node] = size if size < sys.float_info.max else sys.float_info.max  # of nan too
        return not any(node in sizes for node in looked_at)


def where_as_node(condition: Value, yes: Any, no: Any) -> Value:
    """`where` as a node of the graph; NotAChoice where none is made: of a number alone it would be a copy."""
    node: Value = where(condition, yes, no)
    if node.op is not where:
        raise NotAChoice
    return node


def size_in_python(node: Value, sizes: dict[Value, float]) -> float | None:
    """The size, at most, of this result of Python's own arithmetic. None where that may do something else.

    1 / 0.0 and 1e200 ** 2 raise errors, (-8.0) ** 0.5 is complex.
    """
    sides = [(side,) if side.__class__ is float else (0.0, sizes[side], -sizes[side]) for side in node.operands]
    if node.op is None or node.op not in OPERATORS:
        return None
    try:
        return max(abs(node.op.forward(*corner)) for corner in product(*sides))
    except RAISED:
        return None


# ── In branches, which may be computed without being taken ────────────────────────────────────────────────────────────


def gate(thing: Any) -> Any:
    """A number as it enters a branch; NotAChoice if it is none."""
    watch = innermost(Following)
    return watch.gate(thing) if watch is not None else thing


def number(thing: Any) -> Any:
    """A number as it enters a branch in which it cannot become infinite; NotAChoice if it is none."""
    if thing.__class__ in VALUES or is_plain(thing):
        return thing
    raise NotAChoice


def row(thing: Primitive) -> Callable[..., Any]:
    """A row of the table, to be called as a function."""

    def call(*arguments: Any, **named: Any) -> Any:
        result, watch = thing(*arguments, **named), innermost(Following)
        if watch is not None and isinstance(result, Value):
            watch.called.add(result)
        return result

    return call


def power(x: Any, y: Any) -> Any:
    """`x ** y`; NotAChoice where ints may grow for ever."""
    if x.__class__ is int and y.__class__ is int and y > MOST_POWER:
        raise NotAChoice
    return x**y


def attribute(thing: Any, name: str) -> Any:
    """`thing.name`, where to read it does nothing else."""
    kind: Any = type(thing)
    of_class = next((vars(each)[name] for each in kind.__mro__ if name in vars(each)), None)
    usual = isinstance(thing, ModuleType) or kind.__getattribute__ is object.__getattribute__
    if usual and type(of_class) in AT_REST:
        return vars(thing)[name] if of_class is None else getattr(thing, name)
    raise NotAChoice


def index(thing: Any) -> Any:
    """A name in an index, where it stands for an int or a text."""
    if type(thing) in (int, str):
        return thing
    raise NotAChoice


def item(things: Any, index: Any) -> Any:
    """`things[index]`, where to read it does nothing else."""
    if type(things) in (list, tuple, dict, np.ndarray) and type(index) in (int, str):
        return things[index]
    raise NotAChoice
