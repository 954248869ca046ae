"""compile: what goes in and out, by position and by name; methods."""

import collections
import copy
import dataclasses
import math
import pickle

import numpy as np
import pytest

import autograd
from autograd import Value, gradients

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


def test_arguments_by_name():
    g = autograd.compile(lambda x, y=2.0, *, z=4.0, **more: x * 100 + y * 4 + z + sum(more.values()))
    assert g(3.0) == 312.0
    assert g(3.0, z=5.0) == 313.0
    assert g(3.0, z=5.0, a=1.0, b=2.0) == g(z=5.0, b=2.0, x=3.0, a=1.0) == 316.0
    assert g.value_and_grad(3.0, z=5.0, a=1.0) == (314.0, (100.0, 1.0, 1.0))
    assert g.grad(3.0, 1.0, a=1.0) == (100.0, 4.0, 1.0)
    assert g.hessian(3.0, z=2.0).shape == (2, 2)
    x = Value(3.0)
    assert g(x, z=5.0).data == 313.0
    with pytest.raises(TypeError, match="argument"):
        g(y=3.0)


Point = collections.namedtuple("Point", "x y")


def test_containers_go_in_and_out():
    @autograd.compile
    def f(point, more):
        return Point(point.x * 2, more["k"] + point.y), {
            "sum": point.x + point.y,
            "rows": [more["rows"] @ more["rows"]],
        }

    out, named = f(Point(1.0, 2.0), {"k": 3.0, "rows": np.array([Value(1.0), 2.0], dtype=object)[:0]})
    assert (out, named["sum"]) == (Point(2.0, 5.0), 3.0)
    g = autograd.compile(lambda p: np.array([p.x * p.y, p.x + p.y, p.x * 0.0]))
    assert g(Point(2.0, 3.0)).tolist() == [6.0, 5.0, 0.0]
    assert g(Point(np.array([2.0, 4.0]), 3.0)).tolist() == [[6.0, 12.0], [5.0, 7.0], [0.0, 0.0]]
    area = autograd.compile(lambda sides: sides["a"] * sides["b"])
    assert area.value_and_grad({"a": 2.0, "b": 3.0}) == (6.0, {"a": 3.0, "b": 2.0})
    assert autograd.compile(lambda p: p.x * p.y).grad(Point(2.0, 3.0)) == Point(3.0, 2.0)


def test_branches_may_return_other_containers_where_one_number_is_given():
    f = autograd.compile(lambda x: [x, x * 2.0] if x > 0 else (x,))
    assert [f(1.0), f(-1.0), f(2.0), f(np.float32(-2.0))] == [[1.0, 2.0], (-1.0,), [2.0, 4.0], (-2.0,)]
    with pytest.raises(ValueError, match="branches"):
        f(np.array([1.0, -1.0]))


def test_arrays_of_values_go_in_as_values_and_come_out_as_arrays():
    f = autograd.compile(lambda row: row @ row)
    x, y = Value(2.0), Value(3.0)
    result = f(np.array([x, y]))
    assert gradients(result, [x, y]) == (4.0, 6.0)
    numbers = np.empty(2, dtype=object)
    numbers[:] = [2.0, 3.0]
    value, slopes = f.value_and_grad(numbers)
    assert (value, slopes.tolist()) == (13.0, [4.0, 6.0])


def test_what_is_no_number_steers_the_function():
    calls = []

    @autograd.compile
    def f(x, mode, twice=False):
        calls.append(mode)
        y = {"square": lambda v: v * v, None: lambda v: v, math.exp: autograd.exp}[mode](x)
        return y * 2 if twice is True else y

    assert [f(3.0, "square"), f(3.0, None), f(3.0, "square", True), f(4.0, "square")] == [9.0, 3.0, 18.0, 16.0]
    assert f(0.0, math.exp) == 1.0
    assert f.value_and_grad(3.0, "square") == (9.0, (6.0, None))
    assert calls == ["square", None, "square", math.exp, "square"]


def test_ints_steer_where_values_cannot():
    power = autograd.compile(lambda x, n: x if n == 0 else functools_reduce(x, n))
    assert [power(2.0, 3), power(3.0, 2), power(2.0, 0)] == [8.0, 9.0, 2.0]
    assert power.value_and_grad(2.0, 3) == (8.0, (12.0, 0.0))
    even = autograd.compile(lambda x, n: x if n % 2 else x * 10)
    assert [even(1.0, 3), even(1.0, 4), even(2.0, 3)] == [1.0, 10.0, 2.0]
    assert even.value_and_grad(2.0, 4) == (20.0, (10.0, None))
    assert autograd.compile(lambda row, i: row[i])([1.0, 2.0, 3.0], 1) == 2.0
    assert autograd.compile(lambda x, n: x * n)(2.0, 3) == 6.0
    assert autograd.compile(lambda x, n: x * n).grad(2.0, 3) == (3.0, 2.0)


def functools_reduce(x, n):
    product = 1.0
    for _ in range(n):
        product = product * x
    return product


def test_an_array_where_a_list_is_meant():
    f = autograd.compile(lambda point: point[0] * point[1])
    for function in (f, autograd.compile(lambda point: sum(p * p for p in point))):
        with pytest.raises(TypeError, match=r"an array where it expects a list.*<lambda>\(list\(array\)\)"):
            function(np.array([2.0, 3.0]))
    assert f(list(np.array([2.0, 3.0]))) == 6.0
    with pytest.raises(ValueError, match="shape"):
        autograd.compile(lambda x, y: x * y)(np.ones(3), np.ones(4))
    assert autograd.compile(lambda: Value(3.0) * 2)() == 6.0


class Line:
    def __init__(self, slope):
        self.slope = Value(slope)

    @autograd.compile
    def at(self, x, *, twice=False):
        return (self.slope * x) * (2.0 if twice else 1.0)

    @staticmethod
    @autograd.compile
    def square(x):
        return x * x

    @classmethod
    def made(cls, slope):
        return cls(slope)


@dataclasses.dataclass
class Plain:
    weight: Value

    @autograd.compile
    def times(self, x):
        return self.weight * x


def test_methods():
    one, two = Line(2.0), Line(3.0)
    assert [one.at(5.0), two.at(5.0), one.at(5.0, twice=True)] == [10.0, 15.0, 20.0]
    assert one.at(np.array([1.0, 2.0])).tolist() == [2.0, 4.0]
    assert one.at.value_and_grad(5.0) == (10.0, 2.0)
    assert one.at.grad(5.0, twice=True) == (4.0, None)
    assert one.at.hessian(5.0).tolist() == [[0.0]]
    one.slope.data = 7.0
    assert [one.at(5.0), two.at(5.0)] == [35.0, 15.0]
    twin = copy.deepcopy(one)
    twin.slope.data = 1.0
    assert [one.at(5.0), twin.at(5.0), copy.copy(one).at(5.0)] == [35.0, 5.0, 35.0]
    assert (Line.square(3.0), one.square(4.0), one.at.__name__) == (9.0, 16.0, "at")
    assert Plain(Value(2.0)).times(3.0) == 6.0
    assert pickle.loads(pickle.dumps(one)).at(5.0) == 35.0
    x = Value(5.0)
    assert one.at(x).data == 35.0
