"""Worked steps: the records, their text in each script, names, laziness."""

import math

import pytest

import autograd
from autograd import Term, Value, explain, parse
from autograd.naming import clean, short_names
from autograd.notation import printable
from autograd.order import topological_order
from autograd.steps import ordinal
from tests.conftest import operands_at


def test_the_steps_of_cs231n():
    x, y, z = Value(-2, "x"), Value(5, "y"), Value(-4, "z")
    f = (x + y) * z
    steps = list(explain(f))
    assert [step.kind for step in steps] == ["forward"] * 2 + ["seed"] + ["backward"] * 4
    q = f.operands[0]
    assert [(s.node, s.operand, s.position) for s in steps[3:]] == [(f, q, 0), (f, z, 1), (q, x, 0), (q, y, 1)]
    assert [(s.upstream, s.local, s.contribution) for s in steps[3:]] == [
        (1, -4, -4),
        (1, 3, 3),
        (-4, 1, -4),
        (-4, 1, -4),
    ]
    assert str(steps[3].formula) == "z"
    assert str(steps[0].formula) == "x + y"
    assert len(explain(f)) == 7
    assert {v.grad for v in (x, y, z, f)} == {None}


def test_text():
    assert explain(parse("(x + y) * z", x=-2, y=5, z=-4)).text().splitlines() == [
        "Forward",
        "  q = x + y = -2 + 5 = 3",
        "  f = q * z = 3 * (-4) = -12",
        "Backward: each use of a node adds upstream × local",
        "  ∂f/∂f = 1",
        "  ∂f/∂q += ∂f/∂f × ∂(q * z)/∂q = 1 × z = 1 × (-4) = -4",
        "  ∂f/∂z += ∂f/∂f × ∂(q * z)/∂z = 1 × q = 1 × 3 = 3",
        "  ∂f/∂x += ∂f/∂q × ∂(x + y)/∂x = -4 × 1 = -4",
        "  ∂f/∂y += ∂f/∂q × ∂(x + y)/∂y = -4 × 1 = -4",
        "Gradients",
        "  ∂f/∂x = -4",
        "  ∂f/∂y = -4",
        "  ∂f/∂z = 3",
    ]


def test_a_node_used_twice_shows_each_use_and_the_running_sum():
    a = Value(3, "a")
    lines = explain(a * a).text().splitlines()
    assert "  ∂f/∂a += ∂f/∂f × ∂(a * a)/∂(1st a) = 1 × a = 1 × 3 = 3  (use 1 of 2: 0 + 3 = 3)" in lines
    assert "  ∂f/∂a += ∂f/∂f × ∂(a * a)/∂(2nd a) = 1 × a = 1 × 3 = 3  (use 2 of 2: 3 + 3 = 6)" in lines
    assert [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 21, 112)] == [
        "1st",
        "2nd",
        "3rd",
        "4th",
        "11th",
        "12th",
        "21st",
        "112th",
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "tanh(x)",
            "∂f/∂x += ∂f/∂f × ∂tanh(x)/∂x = 1 × (1 - tanh(x)²) = 1 × (1 - f²) = 1 × (1 - 0.4621²) = 1 × 0.7864 = 0.7864",
        ),
        ("x ** 2", "∂f/∂x += ∂f/∂f × ∂(x ** 2)/∂x = 1 × (2 * x) = 1 × (2 * 0.5) = 1 × 1 = 1"),
        ("x ** 3", "∂f/∂x += ∂f/∂f × ∂(x ** 3)/∂x = 1 × (3 * x ** 2) = 1 × (3 * 0.5 ** 2) = 1 × 0.75 = 0.75"),
        ("1 / x", "∂f/∂x += ∂f/∂f × ∂(1 / x)/∂x = 1 × (-1 / x²) = 1 × (-f / x) = 1 × (-2 / 0.5) = 1 × (-4) = -4"),
        ("-x", "∂f/∂x += ∂f/∂f × ∂(-x)/∂x = 1 × (-1) = -1"),
        ("relu(x)", "∂f/∂x += ∂f/∂f × ∂relu(x)/∂x = 1 × step(x) = 1 × step(0.5) = 1 × 1 = 1"),
        (
            "sigmoid(x)",
            "∂f/∂x += ∂f/∂f × ∂sigmoid(x)/∂x = 1 × (sigmoid(x) * (1 - sigmoid(x))) = 1 × (f * (1 - f)) "
            "= 1 × (0.6225 * (1 - 0.6225)) = 1 × 0.235 = 0.235",
        ),
        ("abs(x)", "∂f/∂x += ∂f/∂f × ∂|x|/∂x = 1 × sign(x) = 1 × sign(0.5) = 1 × 1 = 1"),
        (
            "sqrt(x)",
            "∂f/∂x += ∂f/∂f × ∂√(x)/∂x = 1 × (1 / (2 * √(x))) = 1 × (0.5 / f) = 1 × (0.5 / 0.7071) = 1 × 0.7071 = 0.7071",
        ),
        ("3 - x", "∂f/∂x += ∂f/∂f × ∂(3 - x)/∂x = 1 × (-1) = -1"),
    ],
)
def test_formulas_come_from_the_table(text, line):
    assert f"  {line}" in explain(parse(text, x=0.5)).text().splitlines()


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("x + (y + z)", "x + (y + z)"),
        ("x + y + z", "x + y + z"),
        ("x - (y - z)", "x - (y - z)"),
        ("(x * y) * z", "x * y * z"),
        ("x * (y * z)", "x * (y * z)"),
        ("x / (y / z)", "x / (y / z)"),
        ("-(x + y)", "-(x + y)"),
        ("-x + y", "-x + y"),
        ("x + -y", "x + (-y)"),
        ("x * -y", "x * (-y)"),
        ("-x * y", "-x * y"),
        ("(-x) ** 2", "(-x) ** 2"),
        ("-x ** 2", "-x ** 2"),
        ("(x ** y) ** z", "(x ** y) ** z"),
        ("x ** y ** z", "x ** y ** z"),
        ("x ** -1", "x ** (-1)"),
        ("square(x + y)", "(x + y)²"),
        ("exp(-(x + y))", "exp(-(x + y))"),
        ("1e-7 * x + 2500000", "1e-7 * x + 2.5e6"),
    ],
)
def test_parentheses_are_minimal(text, written):
    from autograd.expression import evaluate, read

    source, tree = read(text)
    term = evaluate(tree.body[0].value, {name: Term(name) for name in "xyz"}, source)
    assert str(term) == written
    assert term.latex.count(r"\left(") == term.latex.count(r"\right)")


def test_latex():
    f = parse("w0 * exp(-x) / loss", w0=2, x=1, loss=4)
    latex = explain(f).latex()
    assert latex.startswith("\\begin{align*}\n  q &= -x = -1 \\\\\n")
    assert latex.endswith("\n\\end{align*}")
    assert r"r &= e^{q} = e^{-1} = 0.3679 \\" in latex
    assert r"s &= w_{0} \cdot r" in latex
    assert r"f &= \frac{s}{\mathrm{loss}} = \frac{0.7358}{4} = 0.1839" in latex
    assert r"\frac{\partial f}{\partial s} &\mathrel{+}= \frac{\partial f}{\partial f} \times" in latex
    for opening, closing in ("{}", (r"\left", r"\right"), (r"\begin", r"\end")):
        assert latex.count(opening) == latex.count(closing)


def test_powers_of_powers_are_parenthesised_in_latex():
    """LaTeX refuses a double superscript, as of 10^{-7} ** 3."""
    assert r"\left(1 \cdot 10^{-7}\right)^{3}" in explain(Value(1e-7, "a") ** 3).latex()
    assert r"\left(e^{q}\right)^{2}" not in explain(parse("exp(x) ** 2", x=1)).latex()  # the node between has a name
    assert (autograd.exp(autograd.Term("x")) ** 2).latex == r"\left(e^{x}\right)^{2}"


def test_the_arithmetic_of_an_exponent_is_done_in_numbers():
    """`3 * 2 ** 2` is the textbook's, `3 * 2 ** (3 - 1)` was the code's: for a constant exponent and for a Value."""
    x, y = Value(2.0, "x"), Value(3.0, "y")
    for power in (x**y, x**3):
        assert str(explain(power)[2]).split(" = ")[-3:] == ["1 × (3 * 2 ** 2)", "1 × 12", "12"]
    assert r"\left(3 \cdot 2^{2}\right)" in explain(x**y).latex()


def test_ascii(monkeypatch):
    f = parse("tanh(x) + sqrt(x)", x=1)
    text = explain(f).text(ascii_only=True)
    assert text.isascii()
    assert "df/dq += df/df * d(q + r)/dq = 1 * 1 = 1" in text
    assert "1 - q**2" in text
    assert printable("∂ α", "cp1252") == r"d \u03b1"
    assert printable("∂ α", "utf-8") == "∂ α"
    assert printable("∂", None) == "∂"
    assert printable("∂", "no-such-encoding") == "d"

    class Cp1252:
        encoding = "cp1252"

    monkeypatch.setattr("sys.stdout", Cp1252())
    assert str(explain(f)).isascii()


def test_names_are_short_and_stable_and_skip_what_is_in_use():
    x, q = Value(1.0, "x"), Value(2.0, "q")
    f = ((x + q) * 2) + Value(3.0) + x
    order = topological_order(f)
    names = short_names(order)
    assert [names[node] for node in order] == ["x", "q", "r", "s", "a", "t", "f"]
    y = Value(1.0, "f")
    out = y * 2
    assert short_names(topological_order(out))[out] == "g"
    many = x
    for _ in range(9):
        many = many + 1
    assert list(short_names(topological_order(many)).values()) == ["x", *"qrstuvw", "v1", "f"]
    assert parse("q = x + y; f = q * y", x=1, y=2).operands[0].name == "q"


def test_no_symbol_has_two_meanings():
    a, b, c = Value(1.0, "x"), Value(2.0, "x"), Value(3.0, "x_2")
    names = short_names(topological_order(a * b + c))
    assert len(set(names.values())) == len(names) == 5
    assert (names[a], names[c]) == ("x", "x_2")
    assert names[b] == "x_3"


def test_hostile_names_stay_on_one_line():
    assert clean("a\nb\tc") == "a b c"
    assert clean("\x1b[31mred\ud800\x00") == "\ufffd[31mred\ufffd\ufffd"
    assert clean("x" * 100) == "x" * 59 + "…"
    x = Value(1.0, "a\n\x1b[2Jb")
    for line in explain(x * 2).text().splitlines():
        assert "\x1b" not in line
    assert len(explain(x * 2).text().splitlines()) == 7
    assert short_names([Value(1.0, " \n ")]) != {}


def test_numbers_and_infinities():
    x = Value(0.0, "x")
    with pytest.warns(RuntimeWarning):
        f = 1 / x
    lines = explain(f).text().splitlines()
    assert "  f = 1 / x = 1 / 0 = inf" in lines
    assert "  ∂f/∂x += ∂f/∂f × ∂(1 / x)/∂x = 1 × (-1 / x²) = 1 × (-f / x) = 1 × (-inf / 0) = 1 × (-inf) = -inf" in lines
    with pytest.warns(RuntimeWarning):
        g = x / 0.0
    assert "∂(x / 0)/∂x = 1 × 1 / 0 = 1 × inf = inf" in explain(g).text().replace("(1 / 0)", "1 / 0")
    assert "1.235e8" in explain(Value(123456789.0, "x") * 2).text()
    assert "0.333333" in explain(Value(1 / 3, "x") * 1, digits=6).text()


def test_a_leaf_explains_itself():
    assert explain(Value(2.0, "x")).text().splitlines()[1:] == ["  ∂x/∂x = 1", "Gradients", "  ∂x/∂x = 1"]
    with pytest.raises(TypeError, match="expected a Value"):
        explain(3.0)


def test_steps_are_lazy():
    x = Value(1.0, "x")
    y = x
    for _ in range(100_000):
        y = y * 1.0
    explanation = explain(y)
    steps = iter(explanation)
    assert str(next(steps)) == "q = x * 1 = 1 * 1 = 1"
    assert len(explanation) == 200_001
    *_, last = steps
    assert last.operand is x
    assert last.total == 1.0


def test_at_the_prompt_a_short_solution_is_its_text_and_a_long_one_a_line():
    x = Value(2.0, "x")
    explanation = explain(x * x)
    assert repr(explanation) == str(explanation) == explanation.text()
    assert repr(explanation[0]) == "f = x * x = 2 * 2 = 4"
    assert [explanation[i].kind for i in range(-4, 4)] == ["forward", "seed", "backward", "backward"] * 2
    assert [step.kind for step in explanation[1:3]] == ["seed", "backward"]
    with pytest.raises(IndexError, match="there are 4 steps, from 0 to 3; got 4"):
        explanation[4]
    y = x
    for _ in range(30):
        y = y * x
    assert repr(explain(y)) == "<f explained in 91 steps over 31 nodes: print it, or go through it with `for`>"


def test_printing_shortens_a_long_solution_and_says_so():
    f = Value(0.0, "x")
    for i in range(2500):
        f = f + Value(float(i), f"x{i}")
    explanation = explain(f)
    whole, printed = explanation.text().splitlines(), str(explanation).splitlines()
    assert len(explanation) == 2500 + 1 + 5000
    assert len(whole) == len(explanation) + 3 + 2501
    written = set(whole)
    assert [line for line in printed if line not in written] == [
        "  … 5501 steps are left out: `for step in explain(...)` goes through all",
        "  … 501 gradients are left out: `gradients(f, leaves)` gives all",
    ]
    assert len(printed) == 2000 + 1 + 3 + 2000 + 1
    assert (printed[:1001], printed[-1000:]) == (whole[:1001], whole[-1000:])


def test_many_operands_are_written_with_an_ellipsis():
    leaves = [Value(1.0, f"p{i}") for i in range(100)]
    line = str(next(iter(explain(autograd.sum(leaves)))))
    assert line.startswith("f = p0 + p1 + ")
    assert " + … + p99 = " in line


def test_every_row_has_text_and_latex():
    for row in autograd.primitives.TABLE.values():
        probe = row.probes[0]
        operands = operands_at(row, probe)
        f = row(operands) if row.arity is None else row(*operands)
        explanation = explain(f)
        assert len(explanation.text().splitlines()) >= 5
        assert "None" not in explanation.text() + explanation.latex()
        assert math.isfinite(sum(step.contribution for step in explanation))


def test_two_signs_do_not_meet():
    text = str(explain(Value(-3.0, "x") / Value(2.0, "y")))
    assert "-(-1.5 / 2)" in text
    assert "--" not in text
    x, half = Term("x"), Term.number(-1.5) / 2
    assert [str(term) for term in (x - half, x + half, half - x, autograd.sum([x, half]))] == [
        "x - (-1.5 / 2)", "x + (-1.5 / 2)", "-1.5 / 2 - x", "x + (-1.5 / 2)",
    ]  # fmt: skip
