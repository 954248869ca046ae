"""`detect_anomaly`: within it the first operation that makes inf or nan raises, forward or backward.

>>> from autograd import Value, log
>>> x, y = Value(2.0, "x"), Value(2.0, "y")
>>> with detect_anomaly():
...     log(x - y)  # doctest: +ELLIPSIS
Traceback (most recent call last):
...
autograd.bench.anomaly.AnomalyError: forward: log(x - y) = log(0) = -inf
  x - y = 0
  at ...:1...
"""

import linecache
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

from autograd.ieee import silent, users_frame
from autograd.modes import Graph, Mode, block_of
from autograd.notation import ATOM, number, written_number
from autograd.order import describe
from autograd.primitive import Primitive, written_operand
from autograd.rules import Rules
from autograd.term import Term
from autograd.value import Value, innermost_block
from autograd.watching import refuse, watchers

DIGITS = 6
UNKNOWN = "at a line that is not known, for it ran before the block of detect_anomaly"


class AnomalyError(RuntimeError):
    """An operation made inf or nan. The message has its formula, its operands and the line of the program."""


class Anomaly:
    """The mode of a block of `detect_anomaly`: nodes are made by `inner`, and looked at.

    lines  where the user's program made each node
    shown  whether it looks; it does not while a rule makes the graph of a derivative, whose result is looked at instead
    """

    bare = False

    def __init__(self, inner: Mode, lines: WeakKeyDictionary[Value, str] | None = None, shown: bool = True) -> None:
        self.inner, self.shown = inner, shown
        self.lines: WeakKeyDictionary[Value, str] = WeakKeyDictionary() if lines is None else lines

    def around(self, inner: Mode) -> "Anomaly":
        """The same for a block within this one."""
        return Anomaly(inner, self.lines)

    def aside(self) -> "Anomaly":
        """The same without looking at nodes."""
        return Anomaly(self.inner, self.lines, shown=False)

    def finish(self, result: Value, op: Primitive, *operands: Any) -> Value:
        self.inner.finish(result, op, *operands)
        self.lines[result] = line_of_program()
        if self.shown:
            self.computed(result, result._data, op, operands)
        return result

    def computed(self, node: Value, result: float, op: Primitive, operands: tuple[Any, ...]) -> None:
        """AnomalyError if the result of an operation is not finite."""
        if not math.isfinite(result):
            lines = [
                f"forward: {forward_sentence(op, operands, result)}",
                *values(operands),
                self.lines.get(node, UNKNOWN),
            ]
            raise AnomalyError("\n  ".join(lines)) from None

    def passes(self, use: Any) -> None:
        """AnomalyError if what an operation passes back is not finite, or the sum of what has come."""
        contribution, total = number_of(use.contribution), number_of(use.total)
        if not (math.isfinite(contribution) and math.isfinite(total)):
            raise AnomalyError("\n  ".join([*backward_sentences(use), self.lines.get(use.node, UNKNOWN)])) from None


@contextmanager
def detect_anomaly() -> Iterator[None]:
    """Raise AnomalyError at the first operation that makes inf or nan, in the forward or the backward pass.

    The error names the operation's formula, its operands with their values, and the line of the program. Both passes
    belong into the block: of a node that was made before it the line is not known. It holds for its own thread. What
    would run on tape runs operation by operation within it, so it is slow: it is for finding a mistake.
    """
    if watchers:
        refuse("detect_anomaly looks at each operation", "open it around the whole program")
    outer = innermost_block()
    inner = Graph() if outer is None else outer.inner if isinstance(outer, Anomaly) else outer
    with silent(), block_of(Anomaly(inner)):
        yield


def is_detecting() -> bool:
    """Whether this thread is within detect_anomaly."""
    return isinstance(innermost_block(), Anomaly)


def first_bad_node(order: Sequence[Value]) -> str:
    """The first node of an order that is not finite, with its formula and numbers; "" if all are finite."""
    bad = next((node for node in order if not math.isfinite(node.data)), None)
    if bad is None or bad.op is None:
        return "" if bad is None else describe(bad)
    told = [forward_sentence(bad.op, bad.operands, bad.data), *values(bad.operands)]
    return f"{describe(bad)}: {', '.join(told)}"


# ── Sentences ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def forward_sentence(op: Primitive, operands: tuple[Any, ...], result: float) -> str:
    """`log(x - y) = log(0) = -inf`"""
    in_numbers = op.notation.text.write([written_number(number_of(operand), DIGITS) for operand in operands])[0]
    return " = ".join(dict.fromkeys([op.write_call(operands), in_numbers, number(result, DIGITS)]))


def backward_sentences(use: Any) -> list[str]:
    """The rule of a use, the numbers in it, and what came of them."""
    node, upstream, slope = use.node, number_of(use.upstream), number_of(use.local)
    in_names, in_numbers = Rules(node, named, numbered).at(use.position, slope)
    whole, operand = named(node), named(use.operand)
    rule = " = ".join(dict.fromkeys(map(str, [*in_names, in_numbers, numbered(slope)])))
    sentences = [
        f"backward: ∂({whole})/∂{operand if operand.written[1] == ATOM else f'({operand})'} = {rule}",
        *values(node.operands),
        f"upstream × local = {number(upstream, DIGITS)} × {number(slope, DIGITS)} = {numbered(use.contribution)}",
    ]
    if math.isfinite(number_of(use.contribution)):
        sentences.append(f"the sum of all uses so far = {numbered(use.before)} + {numbered(use.contribution)}")
    return sentences


def values(operands: tuple[Any, ...]) -> list[str]:
    """`x - y = 0` for each operand that is a node."""
    return [f"{named(o)} = {numbered(o)}" for o in dict.fromkeys(o for o in operands if isinstance(o, Value))]


def named(operand: Any) -> Term:
    """An operand by its name, else by its own operation."""
    term = Term("")
    term.written = written_operand(operand, 1)
    return term


def numbered(operand: Any) -> Term:
    return Term.number(number_of(operand), DIGITS)


def number_of(operand: Any) -> float:
    return operand._data if isinstance(operand, Value) else float(operand)


def line_of_program() -> str:
    """The innermost line of the user's program, with its text."""
    _, frame = users_frame()
    text = linecache.getline(frame.f_code.co_filename, frame.f_lineno).strip()
    return f"at {frame.f_code.co_filename}:{frame.f_lineno}" + (f"    {text}" if text else "")
