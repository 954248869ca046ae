"""Expressions: what is read, what is refused and how that is told."""

import contextlib
import math
import re
import warnings

import pytest

import autograd
from autograd import ExpressionError, Value, parse
from autograd.primitives import TABLE


def test_leaves_and_results_are_named():
    f = parse("q = x + y; f = q * z", x=-2, y=5, z=-4)
    assert (f.name, f.data) == ("f", -12.0)
    q, z = f.operands
    assert (q.name, z.name) == ("q", "z")
    assert [leaf.name for leaf in q.operands] == ["x", "y"]
    assert parse("x", x=2).name == "x"


def test_a_variable_is_one_leaf():
    f = parse("x * x + x", x=3)
    assert f.operands[0].operands[0] is f.operands[0].operands[1] is f.operands[1]


def test_values_may_be_given():
    w = Value(2.0, "weight")
    f = parse("w * x", w=w, x=3)
    f.backward()
    assert w.grad == 3.0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-x ** 2", -4.0),
        ("2 ** x ** 2", 16.0),
        ("x - -x", 4.0),
        ("+x", 2.0),
        ("1e-1 * x", 0.2),
        ("(x\n + 1)", 3.0),
        (" x ", 2.0),
        ("a = x\nb = a * 3\nb", 6.0),
        ("7", 7.0),
        ("2 * 3", 6.0),
        ("cos(pi)", -1.0),
        ("sum(x, 1, x)", 5.0),
        ("pow(x, 3)", 8.0),
        ("where(greater(x, 1), x, -x)", 2.0),
        ("leaky_relu(-x, 0.1)", -0.2),
        ("text = x; text", 2.0),
        ("x²·3 − x÷2", 11.0),
        ("√(x × 8)", 4.0),
        ("2*π*x", 4 * math.pi),
        ("sum([x, 1, x])", 5.0),
        ("where(x > 1, x, -x)", 2.0),
        ("where(x < 1, x, -x)", -2.0),
        ("where(1 < x <= 2, 5, 6)", 5.0),
        ("(x >= 2) + (x ≥ 3) + (x == 2) + (x != 2)", 2.0),
    ],
)
def test_expressions(text, expected):
    result = parse(text, **({"x": 2} if re.search(r"\bx\b", text) else {}))
    assert type(result) is Value
    assert result.data == pytest.approx(expected, rel=1e-15)


def test_every_function_of_the_table_is_known():
    for name, row in TABLE.items():
        if name.startswith("pow_"):
            continue
        probe = row.probes[0]
        arguments = ", ".join("xyz"[: len(probe)])
        result = parse(f"{name}({arguments})", **dict(zip("xyz", probe, strict=False)))
        assert result.op is row
    assert parse("pow(x, y)", x=1, y=2).op is TABLE["pow_value"]
    assert parse("x ** 2", x=1).op is TABLE["pow_number"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x ^ 2", r"write \*\* instead of \^"),
        ("y + z * x", "no value is given for y, z: add y=..., z=..."),
        ("ln(x)", "did you mean log"),
        ("max(x, 1)", "did you mean maximum"),
        ("tanhh(x)", "did you mean tanh"),
        ("foo(x)", "unknown function foo; there are abs, add"),
        ("x if x else x", "where"),
        ("math.exp(x)", r"write exp\(x\), not .math.exp"),
        ("x.data", r"write exp\(x\)"),
        ("x.__class__", r"write exp\(x\)"),
        ("x.exp()", r"write exp\(x\)"),
        ("exp(exp)", "no value is given for exp"),
        ("__import__('os')", "unknown function __import__"),
        ("eval('1')", "unknown function eval"),
        ("[x]", "cannot read"),
        ("{x: x}", "cannot read"),
        ("lambda: x", "cannot read"),
        ("'x'", "cannot read"),
        ("f'{x}'", "cannot read"),
        ("x[0]", "cannot read"),
        ("x // 2", "cannot read"),
        ("x % 2", "cannot read"),
        ("x and x", "cannot read"),
        ("not x", "cannot read"),
        ("True", "cannot read"),
        ("1j", "cannot read"),
        ("...", "cannot read"),
        ("(y := x)", "cannot read"),
        ("exp(*x)", "cannot read"),
        ("leaky_relu(x, slope=1)", "in order, without names"),
        ("exp()", "exp takes 1 operand, got 0"),
        ("exp(x, x)", "exp takes 1 operand, got 2"),
        ("where(x)", "where takes 3 operands, got 1"),
        ("x +", "invalid syntax"),
        ("(x", "never closed"),
        ("", "empty"),
        ("# x", "empty"),
        ("x = 2", "x is defined already"),
        ("y = x; y = x; y", "y is defined already"),
        ("y = y + 1; y", "y is used before it is defined"),
        ("y, z = x", "one name"),
        ("y = z = x", "one name"),
        ("x.a = 1", "cannot read|one name"),
        ("import os", "name = arithmetic"),
        ("del x", "name = arithmetic"),
        ("y += x", "name = arithmetic|no value"),
        ("while x: x", "name = arithmetic"),
        ("x\x00", "cannot read"),
        ("1" * 400, "too large"),
        ("9" * 5000, "cannot read"),
        ("x" * 30_000, "30000 characters"),
        ("(" * 300 + "x" + ")" * 300, "cannot read|deep"),
        ("-" * 15_000 + "x", "deep"),
        ("exp(" * 5_000, "cannot read|deep"),
        ("[" * 19_000, "cannot read|deep"),
    ],
)
def test_what_is_refused_is_explained(text, message):
    with pytest.raises(ExpressionError, match=message) as raised:
        parse(text, **({"x": 2} if re.search(r"\bx\b", text) else {}))
    assert len(str(raised.value)) < 600


def test_huge_powers_are_floats():
    with pytest.warns(RuntimeWarning):
        assert parse("9 ** 9 ** 9 ** 9").data == math.inf


def test_very_long_sums_are_read_or_refused():
    """How deep Python's own parser goes depends on its version; what it reads is computed without recursion."""
    with contextlib.suppress(ExpressionError):
        assert parse("1" + "+1" * 9_000).data == 9001.0


def test_long_sums_are_read():
    f = parse("x" + " + x" * 300, x=1)
    f.backward()
    assert f.data == 301.0


def test_types():
    with pytest.raises(TypeError, match="as a str"):
        parse(3)
    with pytest.raises(TypeError, match="expected a real number"):
        parse("x", x="2")
    with pytest.raises(TypeError, match="by name, as parse"):
        parse("x", {"x": 1})
    assert autograd.parse is parse


@pytest.mark.parametrize(
    ("text", "values", "message"),
    [
        ("math.exp(x)", {"x": 1}, r"write exp\(x\), not .math.exp"),
        ("np.tanh(x)", {"x": 1}, r"write tanh\(x\)"),
        ("xy", {"x": 1, "y": 2}, r"x \* y meant"),
        ("math.pi * x", {"x": 1}, "write pi, not 'math.pi'"),
        ("w0x0 + xy", {"w0": 1, "x0": 2, "x": 1, "y": 2}, r"w0 \* x0 meant"),
        ("e**x", {"x": 1}, r"for a power of e write exp\(x\)"),
        ("2x", {"x": 1}, r"with \*"),
        ("(x + y) z", {"x": 1, "y": 2, "z": 3}, r"with \*"),
        ("x(y + 1)", {"x": 1, "y": 2}, "x is a number, not a function"),
        ("(x + 1)(y)", {"x": 1, "y": 2}, r"with \*"),
        ("x + y", {"x": 1, "y": 2, "t": 3}, "does not use t: leave t=... away"),
        ("q = x * 2; f = y * y", {"x": 1, "y": 2}, "nothing uses the result of 'q = x \\* 2'"),
        ("x * 2; y * x", {"x": 1, "y": 2}, "nothing uses the result of 'x \\* 2'"),
    ],
)
def test_ordinary_mistakes_are_told_their_remedy(text, values, message):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # Python's own remark on (x + 1)(y)
        with pytest.raises(ExpressionError, match=message):
            parse(text, **values)
