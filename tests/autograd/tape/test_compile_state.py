"""compile: what a function reads or changes besides its arguments, and numbers that leave its graph."""

import copy
import dataclasses
import os
import pickle
import random
import secrets
import sys
import types

import numpy as np
import pytest

import autograd
from autograd import Value, gradients
from autograd.tape.guards import NotRecordable
from autograd.watching import watchers

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


def test_random_numbers_are_drawn_anew():
    f = autograd.compile(lambda x: x * random.random())
    g = autograd.compile(lambda x: x * float(np.random.rand()))
    for seed in (1, 2, 2):
        random.seed(seed)
        np.random.seed(seed)
        got = f(2.0), g(2.0), g(2.0)
        random.seed(seed)
        np.random.seed(seed)
        assert got == (2.0 * random.random(), 2.0 * np.random.rand(), 2.0 * np.random.rand())
    assert "not kept" in str(f.recordings)


LEAVING = {
    "gradients": lambda x: x - (x * x).data / gradients(x * x, x)[0],
    "newton": lambda x: x - (x**3 - 2.0) / gradients(x**3 - 2.0, x)[0],
    "deepcopy": lambda x: x * copy.deepcopy(x).data,
    "deepcopy of a graph": lambda x: x * copy.deepcopy(x * 2.0),
    "copy": lambda x: x * copy.copy(x),
    "repr": lambda x: x * float(repr(x).split("(")[1].split(",")[0]),
    "str": lambda x: x * float(str(x).split("(")[1].split(",")[0].rstrip(")")),
    "format": lambda x: x * float(f"{x:.3f}"),
    "percent": lambda x: x * float("%s" % x.data),  # noqa: UP031
    "pickle": lambda x: x * pickle.loads(pickle.dumps(x)),
    "pickle of a graph": lambda x: x * pickle.loads(pickle.dumps(x * 2.0 + 1.0)),
    "inner": lambda x: x * autograd.compile(lambda t: t * x)(2.0),
    "numpy": lambda x: x * np.array([x]).max().data,
    "sorted": lambda x: sorted([x, x * x, Value(1.5)])[1],
}


@pytest.mark.parametrize("name", LEAVING)
def test_numbers_that_leave_the_graph_are_looks(name):
    function = LEAVING[name]
    f = autograd.compile(function)
    for x in (1.0, 4.0, 0.25, 1.0, -3.0):
        assert f(x) == function(Value(x)).data, x
        leaf = Value(x)
        assert f.grad(x) == gradients(function(leaf), leaf)[0], x


def test_what_changes_the_graph_within_a_recording_is_refused():
    w = Value(2.0)

    def differentiating(x):
        y = x * w
        y.backward()
        return x * x.grad

    def assigning(x):
        w.data = w.data * 2.0
        return x * w

    def assigning_the_input(x):
        x.data = x.data + 1.0
        return x

    for function, remedy in [
        (differentiating, "create_graph=True"),
        (assigning, "assign"),
        (assigning_the_input, "assign"),
    ]:
        with pytest.raises(NotRecordable, match=remedy):
            autograd.compile(function)(3.0)
    assert watchers == {}


P = {"w": Value(2.0)}
RATE = 3.0


@dataclasses.dataclass
class Settings:
    rate: float = 2.0


SETTINGS = Settings()
READS = {
    "leaf in a dict": (lambda x: P["w"] * x, lambda: P.__setitem__("w", Value(P["w"].data + 8.0))),
    "global number": (lambda x: RATE * x, lambda: globals().__setitem__("RATE", RATE + 1.0)),
    "attribute": (lambda x: SETTINGS.rate * x, lambda: setattr(SETTINGS, "rate", SETTINGS.rate + 1.0)),
    "default": (lambda x, k=[1.0]: k[0] * x, None),
}


@pytest.mark.parametrize("name", READS)
def test_what_a_function_reads_is_read_anew_when_it_changes(name):
    function, change = READS[name]
    f = autograd.compile(function)
    change = change or (lambda: function.__defaults__[0].__setitem__(0, function.__defaults__[0][0] + 1.0))
    for _ in range(4):
        for _ in range(2):
            assert f(3.0) == function(Value(3.0)).data
            assert f.grad(3.0) == function(Value(1.0)).data
        change()
    assert "has changed" in str(f.recordings)


def test_leaves_that_are_added_or_closed_over():
    weights, factor = [Value(1.0), Value(2.0)], 2.0

    def f(x):
        return sum(w * x for w in weights) * factor

    compiled = autograd.compile(f)
    assert compiled(3.0) == 18.0
    weights.append(Value(4.0))
    assert compiled(3.0) == 42.0
    factor = 1.0
    assert compiled(3.0) == 21.0
    weights[0] = Value(10.0)
    assert compiled(3.0) == 48.0


def test_what_a_function_changes_itself_is_run_anew():
    count = {"n": 0}
    generator = np.random.RandomState(0)
    seen = []

    def counting(x):
        count["n"] += 1
        return x * count["n"]

    f, g = autograd.compile(counting), autograd.compile(lambda x: x * generator.rand())
    assert [f(1.0), f(1.0), f(1.0)] == [1.0, 2.0, 3.0]
    assert "not kept: count['n'] changes in a call" in str(f.recordings)
    again = np.random.RandomState(0)
    assert [g(1.0), g(1.0)] == [again.rand(), again.rand()]
    h = autograd.compile(lambda x: seen.append(1) or x * 2.0)  # a log disturbs nobody
    assert [h(1.0), h(2.0), h(3.0)] == [2.0, 4.0, 6.0]
    assert seen == [1]


class Mean:
    def __init__(self):
        self.history, self.seen = [], []

    def __call__(self, x):
        self.history.append(1.0)
        return x / len(self.history)

    def logged(self, x):
        self.seen.append(1.0)
        return x * 2.0


def test_a_list_that_a_function_reads_is_no_log():
    history = []

    def count(x):
        history.append(1.0)
        return x * len(history)

    f, mean, g = autograd.compile(count), Mean(), autograd.compile(Mean())
    assert [f(1.0), f(1.0), f(2.0)] == [1.0, 2.0, 6.0]
    assert [g(1.0), g(1.0), g(4.0)] == [1.0, 0.5, 4.0 / 3]
    h = autograd.compile(mean.logged)
    assert (h(1.0), h(2.0), len(h.recordings)) == (2.0, 4.0, 1)


NEW_EACH_TIME = {
    "np.random.default_rng": lambda x: x * np.random.default_rng().random(),
    "np.random.RandomState": lambda x: x * np.random.RandomState().rand(),
    "random.Random": lambda x: x * random.Random().random(),
    "random.SystemRandom": lambda x: x * random.SystemRandom().random(),
    "secrets.randbelow": lambda x: x * secrets.randbelow(2**60),
}


@pytest.mark.parametrize("name", NEW_EACH_TIME)
def test_a_generator_that_is_made_in_a_call_draws_anew(name):
    f = autograd.compile(NEW_EACH_TIME[name])
    assert len({f(1.0) for _ in range(5)}) > 1
    assert f"reads {name}" in str(f.recordings)


FILES = {
    "text": lambda path: lambda x: x * float(path.read_text()),
    "np.loadtxt": lambda path: lambda x: x * float(np.loadtxt(path)),
    "size": lambda path: lambda x: x * os.path.getsize(path),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_read_anew(name, tmp_path):
    path = tmp_path / "numbers.txt"
    path.write_text("1")
    f = autograd.compile(FILES[name](path))
    assert f(2.0) == 2.0
    path.write_text("2.500" if name != "size" else "25")
    assert f(2.0) == (5.0 if name != "size" else 4.0)


def test_joined_paths_and_a_generator_of_an_object_are_recorded():
    class Noise:
        def __init__(self):
            self.generator, self.name = np.random.RandomState(0), os.path.join("a", "b")

        def __call__(self, x):
            return x * 2.0

    noise = Noise()
    f = autograd.compile(lambda x: noise(x) * len(os.path.join("a", "b")))
    assert (f(1.0), f(2.0), len(f.recordings)) == (6.0, 12.0, 1)


class Shop:
    def __init__(self):
        self.price, self.sold = 2.0, 0

    @autograd.compile
    def cost(self, x):
        return self.price * x

    @autograd.compile
    def sell(self, x):
        self.sold += 1
        return x * self.sold


def test_a_way_that_changes_state_leaves_no_recording_of_a_way_that_reads_it():
    count = {"n": 0.0}

    def program(x):
        if x > 0:
            return x * count["n"]
        count["n"] += 1.0
        return -x

    f = autograd.compile(program)
    assert [f(x) for x in (2.0, -1.0, 2.0, 2.0, -1.0, 2.0)] == [0.0, 1.0, 2.0, 2.0, 1.0, 4.0]


def test_a_way_that_hides_state_leaves_no_recording_of_a_way_that_reads_it():
    state = {"rate": 1.0}

    def program(x):
        if x > 0:
            return x * state["rate"]
        state["stream"] = (i for i in range(3))  # whose state nobody can see
        return x

    f = autograd.compile(program)
    assert (f(2.0), f(-1.0)) == (2.0, -1.0)
    state["rate"] = 5.0
    assert f(2.0) == 10.0


def test_methods_read_their_objects_attributes():
    shop = Shop()
    assert shop.cost(3.0) == 6.0
    shop.price = 5.0
    assert shop.cost(3.0) == 15.0
    assert [shop.sell(1.0), shop.sell(1.0)] == [1.0, 2.0]


def test_a_module_that_is_imported_in_a_call_may_change(monkeypatch):
    settings = types.ModuleType("settings_of_a_user")
    settings.rate = 1.0
    monkeypatch.setitem(sys.modules, "settings_of_a_user", settings)

    @autograd.compile
    def f(x):
        import settings_of_a_user

        return settings_of_a_user.rate * x

    assert f(2.0) == 2.0
    settings.rate = 5.0
    assert f(2.0) == 10.0
    assert "imports settings_of_a_user" in str(f.recordings)
