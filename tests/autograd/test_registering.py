"""A row of one's own is known everywhere, once it is registered."""

import pickle

import numpy as np
import pytest

import autograd
import nn
import viz
from autograd import Primitive, Value, explain, gradients, parse, record, register
from autograd.registering import REGISTERED, unregister
from autograd.tape.engines import ENGINES
from autograd.tape.guards import Watch
from viz.command.parser import main

FILE = """
import autograd

@autograd.register
def swish(x, beta=1.0):
    return x * autograd.sigmoid(beta * x)
"""


def swish_by(beta=1.0):
    def swish(x, beta=beta):
        return x * autograd.sigmoid(beta * x)

    return swish


@pytest.fixture
def swish():
    yield register(swish_by())
    unregister("swish")


@pytest.fixture(autouse=True)
def nothing_is_left():
    yield
    assert not REGISTERED


def slope_of_swish(x, beta=1.0):
    s = 1 / (1 + np.exp(-beta * x))
    return s + beta * x * s * (1 - s)


def test_a_function_becomes_a_row(swish):
    x, beta = Value(0.7, "x"), Value(1.5, "b")
    assert swish(0.7, 1.5) == pytest.approx(0.7 / (1 + np.exp(-1.05)), rel=1e-15)
    s = 1 / (1 + np.exp(-1.05))
    assert gradients(swish(x, beta), [x, beta]) == pytest.approx(
        (slope_of_swish(0.7, 1.5), 0.49 * s * (1 - s)), rel=1e-14
    )
    (second,) = gradients(gradients(swish(x), x, create_graph=True)[0], x)
    step = 1e-5
    assert second == pytest.approx((slope_of_swish(0.7 + step) - slope_of_swish(0.7 - step)) / (2 * step), rel=1e-8)


def test_it_is_known_by_name(swish):
    f = parse("swish(2 * x)", x=0.5)
    assert f.op is swish
    assert autograd.swish is swish
    assert Value(0.5).swish().op is swish
    assert [x.op for x in swish(np.array([Value(1.0), Value(2.0)]))] == [swish] * 2
    assert swish(np.array([1.0, 2.0])).tolist() == [swish(1.0), swish(2.0)]
    assert nn.MLP(2, [3, 1], activation="swish").modules is not None
    assert "swish" in viz.draw(f).svg()
    assert "swish" in str(explain(f))
    assert viz.step(f).html().count("swish") > 1
    viz.plot_activation("swish").figure.clear()


@pytest.mark.parametrize("engine", [name for name in ENGINES if not ENGINES[name].fault([])])
def test_it_runs_on_every_engine(swish, engine):
    x = Value(0.5, "x")
    tape = record(swish(x) * 2, [x])
    assert "swish" not in str(tape)
    points = np.linspace(-3, 3, 7)
    outputs, slopes = tape.run([points], engine)
    assert outputs[0] == pytest.approx(2 * points / (1 + np.exp(-points)), rel=1e-14)
    assert slopes[0][0] == pytest.approx(2 * slope_of_swish(points), rel=1e-13)


def test_networks_train_with_it_on_tape_as_eagerly(swish):
    def trained(engine):
        model = nn.MLP(2, [4, 1], activation="swish", output="sigmoid", seed=0)
        X, y = nn.datasets.gate("xor")
        options = {"loss": "binary_cross_entropy", "optimizer": nn.SGD(model.parameters(), 0.5), "epochs": 5}
        return nn.fit(model, X, y, engine=engine, **options)

    assert trained("numpy").loss == pytest.approx(trained("eager").loss, rel=1e-12)
    assert "eager" not in str(trained("numpy").engine)


def test_on_the_command_line(tmp_path, capsys):
    path = tmp_path / "my.py"
    path.write_text(FILE)
    try:
        assert main(["step", "swish(x)", "x=1", "--use", str(path)]) == 0
        assert "f = swish(x, 1) = swish(1, 1) = 0.7311" in capsys.readouterr().out
        assert main(["draw", "swish(x)", "x=1", "--use", str(path), "-o", str(tmp_path / "f.svg")]) == 0
        assert main(["rules", "swish", "--use", str(path)]) == 0
        assert "swish(x, beta)" in capsys.readouterr().out
        path.write_text(FILE.replace("swish", "wish"))  # another file under the same name is another program
        assert main(["derivative", "wish(x)", "x", "--use", str(path)]) == 0
        assert main(["train", "xor", "--activation", "wish", "--epochs", "2", "--use", str(path)]) == 0
        capsys.readouterr()
        for text, code, message in (
            ("1 / 0", 2, "my.py failed: ZeroDivisionError"),
            ("x = 1", 2, "my.py registers nothing: write @autograd.register"),
            (
                FILE.replace("swish", "tanh"),
                2,
                "tanh is a row of the table, and texts would mix them up: call yours my_tanh",
            ),
        ):
            path.write_text(text)
            assert main(["step", "x*2", "x=1", "--use", str(path)]) == code
            assert message in capsys.readouterr().err
        assert main(["step", "x*2", "x=1", "--use", str(tmp_path / "none.py")]) == 1
    finally:
        for name in list(REGISTERED):
            unregister(name)


def test_a_name_registered_again_takes_its_place_at_once(swish):
    compiled = autograd.compile(lambda x: x.swish())
    by_text = autograd.compile(lambda x: parse("swish(x)", x=x))
    old = parse("swish(x)", x=1.0)
    before = compiled(1.0)
    assert by_text(1.0) == before
    register(swish_by(5.0))
    assert parse("swish(x)", x=1.0).data == compiled(1.0) == by_text(1.0) != before
    assert old.op is swish
    assert nn.MLP(1, [1], activation="swish").layers is not None


def test_a_stand_in_stays_one(swish):
    with Watch() as watch:
        x = watch.stand_in(2.0)
        assert type(x.swish()) is type(x)


def test_a_primitive_can_be_registered():
    cube = Primitive("cube", lambda x: x * x * x, lambda x, z: (3 * x * x,))
    assert register(cube) is cube
    try:
        assert parse("cube(x) + 1", x=2.0).data == 9.0
        assert pickle.loads(pickle.dumps(parse("2 * x", x=1.0))).data == 2.0
    finally:
        unregister("cube")
    with pytest.raises(ValueError, match="unknown function cube"):
        parse("cube(x)", x=2.0)
    assert not hasattr(Value, "cube")


def named(name):
    def function(x):
        return x * 2

    function.__name__ = name
    return function


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: Primitive("tanh", lambda x: x, lambda x, z: (1.0,)), "tanh is a row of the table.*call yours my_tanh"),
        (lambda: register(named("tanh")), "tanh is a row of the table"),
        (lambda: register(named("data")), "data is an attribute of Value.*my_data"),
        (lambda: register(named("if")), "if is a word of Python's own"),
        (lambda: register(named("pow")), "pow is a function or a number of expressions"),
        (lambda: register(named("pi")), "pi is a function or a number of expressions"),
        (lambda: register(lambda x: x), "has no name"),
        (lambda: register(3.0), "expected a Primitive, or a function"),
        (lambda: register(looks), "looks is no formula: .*write autograd.greater or equal"),
        (lambda: register(constant), r"constant returned 3.0; expected a formula in x"),
    ],
)
def test_what_cannot_be_registered(wrong, message):
    with pytest.raises((TypeError, ValueError), match=message):
        wrong()


def looks(x):
    return x if x > 0 else -x


def constant(x):
    return 3.0
