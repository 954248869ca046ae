"""The table of conventions in examples/reference.md is what the program does."""

import pytest

from autograd import Value, gradients, parse
from autograd.notation import number
from tests.conftest import ROOT

REFERENCE = (ROOT / "examples" / "reference.md").read_text(encoding="utf-8")

CASES = [  # expression, where, what PyTorch has there instead
    ("relu(x)", {"x": 0}, ""),
    ("abs(x)", {"x": 0}, ""),
    ("sign(x)", {"x": 0}, ""),
    ("step(x)", {"x": 0}, "not differentiable"),
    ("leaky_relu(x, s)", {"x": 0, "s": 0.25}, "mixed second derivatives 0"),
    ("elu(x, a)", {"x": 0, "a": 1}, "second derivative 0"),
    ("square(elu(x))", {"x": float("inf")}, "second derivative nan"),
    ("maximum(x, y)", {"x": 1, "y": 1}, ""),
    ("minimum(x, y)", {"x": 1, "y": 1}, ""),
    ("maximum(x, y)", {"x": 1, "y": float("nan")}, "1, 1"),
    ("abs(x)", {"x": float("nan")}, "0"),
    ("relu(x)", {"x": float("nan")}, "1"),
    ("elu(x, a)", {"x": float("nan"), "a": 1}, "1, second derivative 0"),
    ("abs(cosh(x))", {"x": float("inf")}, "second derivative inf"),
    ("x ** 0", {"x": 0}, ""),
    ("x ** y", {"x": 0, "y": 0}, "second derivatives nan"),
    ("x ** y", {"x": 0, "y": 1.5}, ""),
    ("x ** y", {"x": 0, "y": 0.5}, ""),
    ("x ** y", {"x": 2, "y": 0}, "mixed second derivative 0"),
    ("x ** y", {"x": float("nan"), "y": 0}, "derivative in x 0"),
    ("(-x) ** 1.5", {"x": 0}, "second derivative -inf"),
    ("1 / x ** 0.5", {"x": float("-inf")}, "nan"),
    ("arccos(x ** 0)", {"x": 2}, "0"),
    ("sqrt(x)", {"x": 0}, ""),
    ("sqrt(relu(x))", {"x": -1}, ""),
    ("sqrt(abs(x))", {"x": 0}, ""),
    ("where(greater(x, 0), log(x), 0)", {"x": 0}, ""),
    ("hypot(x, y)", {"x": 0, "y": 0}, ""),
    ("arctan2(x, y)", {"x": 0, "y": 0}, ""),
    ("arctan2(x, y)", {"x": 0, "y": 1e-160}, "inf, nan"),
    ("bce(p, y)", {"p": 0, "y": 0}, "0, inf; second derivative in p 0"),
    ("bce(p, y)", {"p": 0, "y": 1}, "-1.000000004e12, inf; second derivative in p 1e24"),
    ("logaddexp(x, y)", {"x": 0, "y": float("-inf")}, "second derivatives in y nan"),
    ("logaddexp(x, y)", {"x": 40, "y": 0}, "second derivatives in x 4.248e-18, -4.248e-18"),
    ("log10(x) * x", {"x": 1e-160}, "second derivative 4.343e159"),
    ("expm1(x)", {"x": -40}, "0"),
    ("gelu(x)", {"x": -20}, "-1.104e-86"),
    ("tanh(x)", {"x": 20}, ""),
    ("sigmoid(x)", {"x": 40}, ""),
]


def line(text, variables, pytorch):
    leaves = [Value(x, name) for name, x in variables.items()]
    f = parse(text, **{leaf.name: leaf for leaf in leaves})
    first = gradients(f, leaves, create_graph=True)
    second = [entry for slope in first for entry in gradients(slope, leaves)]
    at = ", ".join(f"{name} = {number(x)}" for name, x in variables.items())
    derivatives = (", ".join(map(number, numbers)) for numbers in ([slope.data for slope in first], second))
    return f"| `{text}` | {at} | {' | '.join(derivatives)} | {pytorch or 'the same'} |"


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("text", "variables", "pytorch"), CASES)
def test_the_table_of_conventions_is_what_the_program_does(text, variables, pytorch):
    assert line(text, variables, pytorch) in REFERENCE.splitlines()
