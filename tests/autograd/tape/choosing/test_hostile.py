"""Programs that look at more than their numbers, or that are very long: a compiled one does what the program does."""

import io
import os
import warnings
from contextlib import redirect_stdout

import pytest

import autograd
from tests.autograd.tape.choosing.programs import agree, by_compile, defined, eager

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")
POINTS = [[x, 1.0] for x in (-2.0, -0.5, 0.0, 0.5, 1.0, 3.0)]

# Where a branch gives a plain number, a choice is a Value; a program may tell these apart.
SEES_A_VALUE = {
    "isinstance": "return 2 * y if isinstance(y, autograd.Value) else x + 100",
    "hasattr": "return 2 * y if hasattr(y, 'grad') else x + 100",
    "getattr": "return 2 * y if getattr(y, 'operands', None) is not None else x + 100",
    "attribute": "y.name = 'y'; return 2 * y",
    "an error without need": "z = (2 * y).tanh(); return x * x",
    "fractional power": "return (y - 8.0) ** 0.5",
    "negative power": "return y ** -1",
    "overflow": "return (y + 1e200) ** 2",
    "match": """
    match y:
        case autograd.Value():
            return 2 * y
    return x + 100
    """,
    "except": """
    try:
        y.op
    except AttributeError:
        return x + 100
    return 2 * y
    """,
}

# A rewritten program has other frames and other objects.
SEES_ITS_FRAMES = {
    "locals": "y = x if x > 0 else 2 * x; return y * len(locals())",
    "vars": "y = x if x > 0 else 2 * x; return y * len(vars())",
    "dir": "y = x if x > 0 else 2 * x; return y * len(dir())",
    "recursion": """
    def deep(n):
        return 0 if n == 0 else 1 + deep(n - 1)
    y = x if x > 0 else 2 * x
    try:
        return y * deep(300)
    except RecursionError:
        return 1e6 * y
    """,
    "alias": """
    y = x if x > 0 else 2 * x
    (slope,) = autograd.gradients(x * x * y + y, [y], create_graph=True)
    return slope * y
    """,
    "an operator that asks": """
    class Doubled:
        def __mul__(self, other):
            return (2 if isinstance(other, autograd.Value) else 1) * x
    return Doubled() * (x if x > 0 else 1.0)
    """,
    "a callback that asks": """
    def kind(v):
        return 2 if isinstance(v, (str, autograd.Value)) else 1
    return sum(map(kind, [x if x > 0 else 1.0, x])) * x
    """,
    "with": """
    class Suppressed:
        def __enter__(self):
            return self
        def __exit__(self, *error):
            return True
    y = x if x > 0 else 0.0
    with Suppressed():
        return int(y) * x + x
    return 3 * x
    """,
    "no_grad": """
    with autograd.no_grad():
        y = x if x > 0 else 2 * x
    return y * x
    """,
    "a power of ints that never ends": "n = 9; return x * n**n**n if x > 9 else x",
    "ints beyond floats": "y = 10**20 + 1 if x > 0 else 0.5; return (y - 10**20) * x",
    "compared with such": "return x * x if 2.0**53 * x == 2**53 + 1 else -x",
    "dead code": """
    if x > 0:
        return autograd.exp(x) * number
    return -x
    number = 1
    """,
    "keywords of where": """
    def where(test, x, y, scale=1.0):
        return (x if test else y) * scale
    return where(x > 0, x, 2 * x, scale=3.0)
    """,
    "a where that blends": """
    def where(test, x, y):
        return test * x + (1 - test) * y
    return where(x, x * x, 2 * x)
    """,
    "a static call": """
    class Count:
        @staticmethod
        def __call__(*things):
            return 1.0 * len(things)
    return Count()(x) * (x if x > 0 else 2 * x)
    """,
    "super": """
    class Base:
        def act(self, v):
            return v
    class Derived(Base):
        def act(self, v):
            try:
                return super().act(v) if v > 0 else 2 * v
            except RuntimeError:
                return 100 * v
    return Derived().act(x)
    """,
    "an index that counts": """
    class Index:
        reads = 0
        def __add__(self, other):
            self.reads += 1
            return self.reads % 2
    index, weights = Index(), [1.0, 2.0]
    y = x if x > 0 else weights[index + 1] * x
    return y * (1 + index.reads)
    """,
}


def program(body):
    return "def f(x, z):\n    " + body.strip() + "\n"


SOURCES = {name: program("y = x if x > 0 else 0.0\n    " + body.strip()) for name, body in SEES_A_VALUE.items()}
SOURCES |= {name: program(body) for name, body in SEES_ITS_FRAMES.items()}


@pytest.mark.parametrize("name", SOURCES)
def test_a_program_cannot_see_that_it_is_rewritten(name):
    for points in (POINTS, POINTS[::-1]):
        f = defined(SOURCES[name])
        compiled = autograd.compile(f)
        for point in points:
            expected = eager(f, point)
            assert agree(by_compile(compiled, point), expected), point
            if not isinstance(expected, type):
                assert agree([compiled(*point)], expected[:1]), point


PRINTED = {
    "before": "print('begun'); y = x if x > 0 else 0.0; return x * int(y)",
    "a number": "y = x if x > 0 else 0.5; print(y == 0.5); return x * int(y)",
    "through a file": "import sys; sys.stdout.write('begun'); y = x if x > 0 else 0.0; return x * int(y)",
}


@pytest.mark.parametrize("name", PRINTED)
def test_what_is_printed_is_printed_once(name):
    printed = []
    for function in (lambda f: f(autograd.Value(-1.0), autograd.Value(1.0)), lambda f: autograd.compile(f)(-1.0, 1.0)):
        with redirect_stdout(io.StringIO()) as out:
            function(defined(program(PRINTED[name])))
        printed.append(out.getvalue())
    assert printed[0] == printed[1]


def test_what_is_done_elsewhere_is_done_once(tmp_path):
    f = defined(
        program("os.mkdir(folder); y = x if x > 0 else 0.0; return x * int(y)"), os=os, folder=tmp_path / "made"
    )
    assert autograd.compile(f)(-1.0, 1.0) == 0.0
    assert (tmp_path / "made").exists()


def test_an_infinite_derivative_before_a_where_is_not_multiplied_by_0():
    def f(x, y):
        chosen = autograd.where(x * y < x, x, 0.0)
        return x * y + ((0.0 - chosen) * y) ** -1

    x, y = inputs = autograd.Value(-2.0), autograd.Value(-1.0)
    slopes = autograd.gradients(f(x, y), inputs, create_graph=True)
    expected = [second for slope in slopes for second in autograd.gradients(slope, inputs)]
    assert agree(autograd.compile(f).hessian(-2.0, -1.0).ravel(), expected)


LONG = {
    "and": "return x if " + " and ".join(f"x > {-i}" for i in range(1, 60)) + " else 2 * x",
    "or within a branch": "if x < 9:\n        if " + " or ".join(f"x == {i}" for i in range(60)) + ": x = 2 * x\n    return x",
    "elif": "if x < 0: y = -x\n" + "".join(f"    elif x < {i}: y = x * {i}\n" for i in range(60)) + "    else: y = x\n    return y",
    "return": "if x < 0: return -x\n" + "".join(f"    if x < {i}: return x * {i}\n" for i in range(60)) + "    return x",
    "conditional expression": "return " + "".join(f"x * {i} if x < {i} else " for i in range(40)) + "x",
    "one after another": "y = x\n" + "".join(f"    if x < {i}: y = x * {i}\n" for i in range(300)) + "    return y",
}  # fmt: skip


@pytest.mark.parametrize("name", LONG)
def test_long_programs_choose(name):
    """Their rewritten source is not many times as long."""
    f = defined(program(LONG[name]))
    compiled = autograd.compile(f)
    for point in POINTS:
        assert agree(by_compile(compiled, point), eager(f, point)), point
    assert [recording.guards for recording in compiled.recordings] == [[]]


def test_what_is_too_long_to_be_rewritten_decides():
    f = defined(program("y = x if x > 0 else 2 * x; return " + " + ".join(["y"] * 1500)))
    assert agree(by_compile(autograd.compile(f), [-1.0, 1.0]), eager(f, [-1.0, 1.0]))
    many = "".join(f"    elif x < {i}: y = x * {i}\n" for i in range(1000))
    f = defined(program("y = x\n    if x < 0: y = -x\n" + many + "    return y"))
    assert agree(by_compile(autograd.compile(f), [-1.0, 1.0]), eager(f, [-1.0, 1.0]))


WARNED = {
    "in a branch": "return autograd.log(x) if x < 0 else x",
    "in a branch beside one that decides": "return autograd.log(x) if x < 0 else [x][-1]",
    "in a branch that is not taken": "return autograd.log(x) if x > 0 else x",
    "in a condition": "return x if x == -1 and 1 / (x + 1) > 2 else 2 * x",
    "in a condition that is not reached": "return x if x != -1 and 1 / (x + 1) > 2 else 2 * x",
    "an infinity that was there before": "y = float('inf'); y = x if x > 0 else y; return y",
}


@pytest.mark.parametrize("name", WARNED)
def test_warnings_are_those_of_the_program(name):
    source = program(WARNED[name]).replace("x, z", "x")
    told = []
    for run in (lambda f: f(autograd.Value(-1.0, "x")), lambda f: autograd.compile(f)(-1.0)):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            run(defined(source))
        told.append([(str(warning.message), warning.lineno) for warning in caught])
    assert told[0] == told[1]
