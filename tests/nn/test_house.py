"""The house of nn: its rooms name their files, and what there are several of stands in one registry."""

import ast
import functools
import inspect
import re

import numpy as np
import pytest

import nn
import nn.training
from autograd import Value
from nn.activations import ACTIVATIONS, LAYERS, activation_function, of_rows
from nn.datasets import DATASETS
from nn.init import INITS, Generator, Init
from nn.losses import LOSSES
from nn.optim import OPTIMIZERS, Optimizer
from nn.registry import Registry
from tests.conftest import ROOT
from viz.command.parser import main

X, Y = [[0.0, 1.0], [1.0, 0.0]], [0.0, 1.0]


@pytest.mark.parametrize("room", [nn, nn.training], ids=lambda room: room.__name__)
def test_a_room_names_all_its_files(room):
    folder = ROOT / room.__name__.replace(".", "/")
    files = {path.stem for path in folder.glob("*.py")} - {"__init__"} | {
        path.parent.name for path in folder.glob("*/__init__.py")
    }
    _, _, order = room.__doc__.partition("Reading order")
    assert files <= set(re.findall(r"\w+", order))


OPENED = sorted((ROOT / "nn").glob("*.py"))


@pytest.mark.parametrize("path", OPENED, ids=lambda path: path.stem)
def test_docstrings_are_plain_and_modules_begin_with_an_example(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = [node for node in ast.walk(tree) if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))]
    openings = [ast.get_docstring(node) or "" for node in nodes]
    assert [text for text in openings if text.startswith(("What ", "Which ", "How "))] == []
    assert ">>> " in openings[0]


@pytest.fixture
def kept():
    """Registries are as they were after a test that adds to them."""
    registries = OPTIMIZERS, ACTIVATIONS, LAYERS, LOSSES, INITS, DATASETS
    before = [dict(registry) for registry in registries]
    yield
    for registry, content in zip(registries, before, strict=True):
        registry.clear()
        registry.update(content)


@pytest.mark.usefixtures("kept")
def test_an_optimiser_is_added_by_its_definition(capsys):
    @OPTIMIZERS.add
    class Signs(Optimizer):
        def update(self, p, g, memory, t):
            return p - self.lr * g, memory

    assert main(["train", "xor", "--optimizer", "signs", "--epochs", "1"]) == 0
    assert "epoch     0" in capsys.readouterr().out
    nn.MLPClassifier(optimizer="signs", epochs=1).fit(X, Y)


@pytest.mark.usefixtures("kept")
def test_an_activation_is_added_by_its_definition(capsys, tmp_path):
    @ACTIVATIONS.add
    def swoosh(x):
        return x * activation_function("sigmoid")(x)

    @ACTIVATIONS.add
    @of_rows
    def shares(row):
        total = sum(row)
        return [x / total for x in row]

    @ACTIVATIONS.add
    class Scale(nn.Module):
        def __init__(self):
            self.factor = Value(2.0, "factor")

        def row(self, inputs):
            return [self.factor * x for x in inputs]

    @LAYERS.add
    class Both(nn.Maxout):
        pass

    model = nn.MLP(2, [3, 2], "swoosh", "shares", seed=0)
    assert sum(y.data for y in model([1.0, 2.0])) == pytest.approx(1.0)
    assert "3 swoosh -> 2 shares" in repr(model)
    assert len(nn.MLP(2, [3, 1], "scale").parameters()) == 2 * 3 + 3 + 1 + 3 + 1
    assert len(nn.MLP(2, [3, 1], "both").parameters()) == 2 * 9 + 4
    assert main(["train", "xor", "--activation", "swoosh", "--epochs", "1"]) == 0
    for name in ("swoosh", "shares", "scale"):
        assert main(["plot", "activation", name, "-o", str(tmp_path / "out.svg")]) == 0
    capsys.readouterr()


@pytest.mark.usefixtures("kept")
def test_a_data_set_is_added_by_its_definition(capsys):
    @DATASETS.add
    def line(samples=10, noise=0.0, seed=0):
        points = np.linspace(-1.0, 1.0, samples)
        return np.stack([points, points], axis=1), (points > 0).astype(int)

    assert main(["train", "line", "--epochs", "1"]) == 0
    assert "of 10 right" in capsys.readouterr().out


@pytest.mark.usefixtures("kept")
def test_a_loss_and_first_weights_are_added_by_their_definition():
    @LOSSES.add
    def cube_loss(predictions, targets):
        return nn.losses.reduced([abs(p - y) ** 3 for p, y in nn.losses.pairs(predictions, targets)])

    INITS["tiny"] = Init(lambda fan_in, fan_out: 1e-6)
    model = nn.MLP(2, [1], init="tiny")
    assert max(abs(p.data) for p in model.parameters()) < 0.002
    history = nn.fit(model, X, Y, loss="cube_loss", optimizer=nn.SGD(model.parameters(), 0.1), epochs=2)
    assert history.loss[0] == pytest.approx(0.5, abs=0.01)


@functools.cache
def lines_of_code():
    """The lines of the packages' code, without docstrings and comments, each with its file."""
    found = []
    for path in sorted([*(ROOT / "nn").rglob("*.py"), *(ROOT / "viz").rglob("*.py")]):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node):
                node.body[0].value = ast.Constant("")
        found += [(path.relative_to(ROOT).as_posix(), line) for line in ast.unparse(tree).splitlines()]
    return found


def places(name):
    """The files of the lines of code that hold a name."""
    return [path for path, line in lines_of_code() if re.search(rf"\b{name}\b", line)]


@pytest.mark.parametrize("name", ["Adagrad", "RMSprop", "AdamW", "huber_loss", "nll_loss", "l1_loss", "PReLU"])
def test_nothing_but_its_definition_and_its_export_knows_it(name):
    definition = inspect.getsourcefile(getattr(nn, name)).removeprefix(f"{ROOT}/")
    elsewhere = [place for place in places(name) if place != definition]
    assert elsewhere == ["nn/__init__.py"] * 2  # the import, and __all__
    assert name.islower() or name == "PReLU" or not places(name.lower())  # PReLU is an example in a help text


def test_a_registry_tells_what_it_holds():
    tools = Registry("tool")

    @tools.add
    class Hammer:
        pass

    assert tools.named("hammer") is Hammer
    with pytest.raises(ValueError, match="unknown tool 'hamer': did you mean hammer?"):
        tools.named("hamer")
    with pytest.raises(ValueError, match="unknown tool 3: expected one of hammer"):
        tools.named(3)
    tools.add(Hammer)  # a cell of a notebook may be run again
    with pytest.raises(ValueError, match="the tool 'hammer' is there already"):
        tools.add(type("Hammer", (), {}))
    with pytest.raises(ValueError, match="unknown init 'he_unifrom': did you mean he_uniform?"):
        Generator(0).draw("he_unifrom", (1, 1), 1)
