"""Random programs that compare, choose and decide; and what an eager pass says of them."""

import itertools
import linecache
import math
from typing import Any

from hypothesis import strategies as st

import autograd
from autograd import Value, ieee

names = itertools.count(1)

CONSTANTS = ["0.0", "1.0", "2.0", "-0.5", "0", "3"]
NAMES = ["x", "y", "a", "b"]


def defined(source: str, **contents: Any) -> Any:
    """The function f of a source that Python can find, as it finds that of a file."""
    filename = f"<program {next(names)}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    scope = {"__name__": "programs", "autograd": autograd, "exp": autograd.exp, "where": autograd.where, **contents}
    exec(compile(source, filename, "exec"), scope)
    return scope["f"]


def operand() -> st.SearchStrategy[str]:
    return st.sampled_from(NAMES) | st.sampled_from(CONSTANTS) | st.sampled_from(["xs[0]", "xs[1]"])


def expressions(depth: int = 2) -> st.SearchStrategy[str]:
    """An expression over the names."""
    if depth == 0:
        return operand()
    inner = expressions(depth - 1)
    return st.one_of(
        operand(),
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda parts: f"({' '.join(parts)})"),
        inner.map(lambda e: f"-({e})"),
        inner.map(lambda e: f"({e}) ** 2"),
        inner.map(lambda e: f"autograd.sqrt({e})"),
        inner.map(lambda e: f"autograd.tanh({e})"),
        st.tuples(inner, inner).map(lambda pair: f"max({pair[0]}, {pair[1]})"),
        st.tuples(inner, inner).map(lambda pair: f"min({pair[0]}, {pair[1]})"),
        inner.map(lambda e: f"relu({e})"),
        inner.map(lambda e: f"clipped({e})"),
        st.tuples(inner, conditions(0), inner).map(lambda parts: f"({parts[0]} if {parts[1]} else {parts[2]})"),
        st.tuples(conditions(0), inner, inner).map(lambda parts: f"where({', '.join(parts)})"),
    )


def conditions(depth: int) -> st.SearchStrategy[str]:
    """A test."""
    plain = st.tuples(
        operand(), st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), st.sampled_from(CONSTANTS + NAMES)
    )
    compared = plain.filter(lambda parts: parts[1] not in ("==", "!=") or parts[2] in CONSTANTS).map(" ".join)
    if depth == 0:
        return compared
    inner = conditions(depth - 1)
    return st.one_of(
        compared,
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda parts: f"({' '.join(parts)})"),
        inner.map(lambda t: f"not {t}"),
        st.sampled_from(NAMES),
        st.tuples(st.sampled_from(CONSTANTS), st.sampled_from(NAMES), st.sampled_from(CONSTANTS)).map(" < ".join),
    )


def indented(lines: list[str]) -> list[str]:
    return ["    " + line for line in lines]


@st.composite
def statements(draw: st.DrawFn, depth: int = 2) -> list[str]:
    """Some lines of a function's body."""
    lines: list[str] = []
    for _ in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["=", "=", "+=", "*=", "if", "if", "if", "more", "return", "for"]))
        name = draw(st.sampled_from(["a", "b"]))
        if kind in ("=", "+=", "*="):
            lines.append(f"{name} {kind} {draw(expressions())}")
        elif kind == "more" and draw(st.integers(0, 3)) == 0:
            lines.append(draw(st.sampled_from(["count += 1", "seen = seen + [a]", "n = 2 if x > 0 else 1; a = a * n"])))
        elif depth and kind == "if":
            lines += [f"if {draw(conditions(1))}:", *indented(draw(statements(depth - 1)))]
            if draw(st.booleans()):
                lines += [f"elif {draw(conditions(1))}:", *indented(draw(statements(depth - 1)))]
            if draw(st.booleans()):
                lines += ["else:", *indented(draw(statements(depth - 1)))]
        elif depth and kind == "for":
            lines += ["for v in xs:", *indented([f"a = a + v if {draw(conditions(0))} else {draw(expressions(1))}"])]
        elif kind == "return" and depth < 2:
            lines.append(f"return {draw(expressions(1))}")
        else:
            lines.append(f"{name} = {draw(expressions(1))}")
    return lines


HELPERS = """
def relu(v):
    if v > 0:
        return v
    return 0.0

clipped = lambda v: 1.0 if v > 1 else -1.0 if v < -1 else v
"""


@st.composite
def programs(draw: st.DrawFn) -> str:
    """The source of a program f(x, y)."""
    start = ["xs, seen, count = [x, y], [], 0", "a, b = x * y, x - y"]
    end = ["return a + 0.5 * b + count + sum(seen)"]
    return HELPERS + "\n".join(["", "def f(x, y):", *indented([*start, *draw(statements()), *end])]) + "\n"


def eager(function: Any, point: list[float]) -> Any:
    """The value and the gradient by an eager pass; the class of the error where it fails."""
    inputs = [Value(number) for number in point]
    try:
        with ieee.silent():
            output = function(*inputs)
            if isinstance(output, Value):
                return [output.data, *autograd.gradients(output, inputs)]
            return [float(output), *[0.0] * len(inputs)]
    except (ArithmeticError, AttributeError, NameError, ValueError, TypeError) as error:
        return type(error)


def by_compile(compiled: Any, point: list[float]) -> Any:
    """The same by a compiled function."""
    try:
        with ieee.silent():
            value, gradient = compiled.value_and_grad(*point)
            return [value, *gradient]
    except (ArithmeticError, AttributeError, NameError, ValueError, TypeError) as error:
        return type(error)


def agree(found: Any, expected: Any) -> bool:
    """Whether two results are the same, but for the last bits; nan is nan."""
    if isinstance(found, type) or isinstance(expected, type):
        return found is expected
    return all(
        math.isclose(x, y, rel_tol=1e-9, abs_tol=1e-12) or (x != x and y != y)
        for x, y in zip(found, expected, strict=True)
    )
