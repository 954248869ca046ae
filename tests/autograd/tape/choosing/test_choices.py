"""Comparisons that only choose between numbers are recorded as where: no guards, one recording for all numbers."""

import linecache
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
from autograd import Value
from tests.autograd.tape.choosing.programs import agree, by_compile, defined, eager, programs

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")
POINTS = [[x, y] for x in (-2.0, -0.5, 0.0, 0.5, 3.0) for y in (-1.0, 0.5, 2.0)]


def relu(v):
    if v > 0:
        return v
    return 0.0


def early(v):
    if v < -1:
        return -1.0
    if v > 1:
        return 1.0
    return v


class Net:
    def __init__(self):
        self.weights, self.bias = [Value(0.5), Value(-1.5)], Value(0.25)

    def act(self, v):
        return v if v > self.bias else self.weights[0] * v

    def __call__(self, x, y):
        return self.act(self.weights[0] * x + self.weights[1] * y) + self.bias


net = Net()


class Options:
    steepness = 2.0

    def __init__(self):
        self.slope = 0.1


class Slot:
    __slots__ = ("slope",)

    def __init__(self):
        self.slope = Value(0.3)


slot = Slot()


options = Options()


def statement(x, y):
    if x > y:
        z = x * x
        z = z - 1.0
    else:
        z = y
    return z


def one_side(x, y):
    z = x
    if x < y:
        z += y
        z = z * z
    return z


def nested(x, y):
    z = 0.0
    if x > 0:
        if y > 0:
            z = autograd.sqrt(x)
        elif y < 0:
            z = autograd.sqrt(-y)
        z = z * 2.0
    return z


def swap(x, y):
    z = x
    if x > y:
        x = y
        y = z
    return x / (y * y + 1.0)


def within(x, y):
    slope = 0.5

    def leaky(v):
        return v if v > 0 else slope * v

    return leaky(x) * sum(act(y) for act in [lambda v, by=by: by * v if v > 0 else v for by in (0.5, 2.0)])


kind = 3


def plain(x, y):
    z: float = y
    if x > 0:
        if kind == 3:
            z: float = x * y
        else:
            z = x
    return z if y < 1 and kind == 3 else z * y if x < 0 or kind == 2 else y


def importing(x, y):
    import operator

    larger = x if x > y else y
    return operator.mul(larger, 2.0)


CHOICES = {
    "import within": importing,
    "choices of choices": lambda x, y: relu(relu(x) - y) + max(0.0, 1 - max(0.0, y)) ** 2,
    "functions of what may be plain": lambda x, y: autograd.tanh(relu(x)) + autograd.exp(min(y, 0.0)) * x,
    "functions within": within,
    "plain comparisons beside": plain,
    "expression": lambda x, y: x * y if x > 0 else x - y,
    "statement": statement,
    "one side": one_side,
    "elif": lambda x, y: x if x > 1 else y if y > 1 else x * y,
    "nested": nested,
    "swap": swap,
    "loop": lambda x, y: sum(v if v > 0 else 0.1 * v for v in [x, y, x * y, x - y]),
    "helper": lambda x, y: sum(relu(v) for v in [x, y]) + relu(x - y),
    "early return": lambda x, y: early(x) * early(y),
    "and, or, not": lambda x, y: x if (x > 0 and y > 0) or not x > -1 else y,
    "between": lambda x, y: x * y if -1 < x < 1 else y,
    "truth": lambda x, y: y / x if x else y,
    "equality": lambda x, y: y if x == 0 else y * x if x != 3.0 else 7.0 * y,
    "max and min": lambda x, y: max(x, y, 0.0) - min([x, y]),
    "hinge": lambda x, y: max(0.0, 1.0 - x * y) ** 2 / 2,
    "where": lambda x, y: autograd.where(x > y, x * x, y),
    "constants": lambda x, y: y * (1.0 if x > 0 else -1.0),
    "methods": lambda x, y: x.exp() if x < y else (-x).sigmoid(),
    "weights": net,
    "attribute": lambda x, y: x if x > 0 else options.slope * x * y,
    "attribute of a class": lambda x, y: x if x > 0 else options.steepness * x * y,
    "slot": lambda x, y: x if x > 0 else slot.slope * x * y,
    "undefined where not taken": lambda x, y: autograd.log(x) / x if x > 0 else y / (x - 1.0) ** 2,
}


@pytest.mark.parametrize("name", CHOICES)
def test_a_choice_is_no_decision(name):
    f = CHOICES[name]
    compiled = autograd.compile(f)
    for point in POINTS:
        assert agree(by_compile(compiled, point), eager(f, point)), point
        assert compiled(*point) == eager(f, point)[0]
    values, gradients = compiled.value_and_grad(*np.array(POINTS).T)
    assert np.allclose([values, *gradients], np.array([eager(f, point) for point in POINTS]).T)
    assert compiled.hessian(*np.array(POINTS).T).shape == (2, 2, len(POINTS))
    recordings = list(compiled.recordings)
    assert len(recordings) == 3  # of the value, of the gradient, of the Hessian
    assert [recording.guards for recording in recordings] == [[], [], []]


def test_ten_numbers_that_are_positive_or_not_have_one_way():
    @autograd.compile
    def f(xs):
        total = 0.0
        for x in xs:
            if x > 0:
                total = total + x * x
            else:
                total -= 2 * x
        return total

    for i in range(1024):
        xs = [(j + 1.0) * (1 if i >> j & 1 else -1) for j in range(10)]
        assert f(xs) == sum(x * x if x > 0 else -2 * x for x in xs)
    assert len(f.recordings) == 1


def test_second_derivatives_of_a_choice():
    f = autograd.compile(lambda x: x**3 if x > 0 else autograd.sin(x))
    assert f.hessian(2.0).tolist() == [[12.0]]
    assert f.hessian(-2.0)[0, 0] == pytest.approx(math.sin(2.0))
    assert len(f.recordings) == 1


def counted(x, y):
    n = 0
    if x > 0:
        n += 1
    if y > 0:
        n += 1
    return x * y if n == 2 else x + n * y


def listed(x, y):
    found = []
    if x > y:
        found.append(x)
    return sum(found) * 1.0 + y


def grown(x, y):
    found = [y]
    if x > y:
        found += [x]
    return found[-1] * found[0]


def indexed(x, y):
    return [x, y][1 if x > y else 0] * 2.0


def repeated(x, y):
    for _ in range(3 if x > y else 2):
        y = y * x
    return y


def kept(x, y):
    larger = x > y
    return x if larger else y


def raised(x, y):
    if x > y:
        raise ValueError("too large")
    return x * y


def divided(x, y):
    z = x if x > 0 else 0.0
    return 1.0 / z + y


def printed(x, y):
    if x > y:
        print("larger", end="")
        z = x
    else:
        z = y
    return z * z


class Counter:
    def __init__(self):
        self.reads = 0

    @property
    def slope(self):
        self.reads += 1
        return self.reads


def read(x, y):
    counter = Counter()
    z = x if x > y else counter.slope * y
    return z + counter.slope


MORE = [counted, listed, grown, indexed, repeated, kept, raised, divided, printed, read]


@pytest.mark.parametrize("f", MORE, ids=lambda f: f.__name__)
def test_what_does_more_than_choose_decides(f, capsys):
    """What it does beside is done where the program does it, and nowhere else."""
    compiled = autograd.compile(f)
    for point in POINTS:
        assert agree(by_compile(compiled, point), eager(f, point)), point
    assert all(recording.guards or recording.fault for recording in compiled.recordings)


def test_a_branch_that_is_not_taken_is_not_run():
    """Its effects, and its errors, are those of the program."""
    seen = []

    @autograd.compile
    def f(x):
        y = x
        if x > 0:
            seen.append("positive")
            y = 2 * x
        return y

    assert (f(-1.0), f(-2.0), seen) == (-1.0, -2.0, [])


def test_a_derivative_that_is_infinite_before_the_choice_is_not_multiplied_by_0():
    def f(x):
        root = autograd.sqrt(x)
        return root if root > 0.5 else 2.0 * x

    compiled = autograd.compile(f)
    assert compiled.value_and_grad(1.0) == (1.0, 0.5)
    assert compiled.value_and_grad(0.0) == (0.0, 2.0)  # not nan
    value, gradient = compiled.value_and_grad(np.array([0.0, 4.0, 0.0625]))
    assert (value.tolist(), gradient.tolist()) == ([0.0, 2.0, 0.125], [2.0, 0.25, 2.0])


def test_a_function_whose_source_is_not_known_decides():
    scope = {}
    exec("def f(x): return x if x > 0 else 2 * x", scope)
    f = autograd.compile(scope["f"])
    assert (f(1.0), f(-1.0), len(f.recordings)) == (1.0, -2.0, 2)


def test_a_source_that_has_changed_since_is_not_believed():
    f = defined("def f(x):\n    return x if x > 0 else 2 * x\n")
    name = f.__code__.co_filename
    text = "def f(x):\n    return x if x > 0 else 3 * x\n"
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    compiled = autograd.compile(f)
    assert (compiled(1.0), compiled(-1.0), len(compiled.recordings)) == (1.0, -2.0, 2)


def test_closures_keep_their_cells():
    def outer():
        slope = 0.5

        @autograd.compile
        def f(x):
            return x if x > 0 else slope * x

        def change(to):
            nonlocal slope
            slope = to

        return f, change

    f, change = outer()
    assert f(-2.0) == -1.0
    change(0.25)
    assert (f(-2.0), f(2.0)) == (-0.5, 2.0)


def test_methods_with_super_and_defaults():
    class Base:
        def act(self, v, *, slope=0.5):
            return v if v > 0 else slope * v

    class Derived(Base):
        @autograd.compile
        def run(self, x, scale=2.0):
            return super().act(x) * scale if x < 10 else super().act(x, slope=1.0)

    derived = Derived()
    assert (derived.run(-2.0), derived.run(3.0), derived.run(-2.0, 1.0)) == (-2.0, 6.0, -1.0)


@settings(max_examples=60)
@given(
    programs(),
    st.lists(st.tuples(*[st.sampled_from([-2.25, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 3.5])] * 2), min_size=2, max_size=5),
)
def test_random_programs_give_what_an_eager_pass_gives(source, points):
    f = defined(source)
    compiled = autograd.compile(f)
    for point in points:
        expected = eager(f, list(point))
        assert agree(by_compile(compiled, list(point)), expected), (point, str(compiled.recordings))
