"""`backstep train FILE.csv` and `backstep predict`."""

import json

import numpy as np
import pytest

import nn
from nn.training.table_model import KIND
from viz.command.parser import main


def test_train_save_predict(flowers, capsys):
    command = [
        "train",
        "flowers.csv",
        "--target",
        "species",
        "--save",
        "flowers.npz",
        "--csv",
        "h.csv",
        "--epochs",
        "80",
    ]
    assert main(command) == 0
    printed = capsys.readouterr().out
    assert "flowers.csv: 100 rows of 2 features; species, 3 classes" in printed
    assert "64 rows to train, 16 to end, 20 to judge" in printed
    assert "actual / predicted  setosa  versicolor  virginica" in printed
    assert "of 20 rows not seen in training are right" in printed
    assert len(nn.History.from_csv("h.csv").validation) > 0
    (flowers / "new.csv").write_text("id,sepal,petal\nq,0.1,2.0\n")
    assert main(["predict", "flowers.npz", "new.csv"]) == 0
    header, row = capsys.readouterr().out.splitlines()
    assert header == "petal,sepal,species,probability"
    assert row.startswith("2.0,0.1,setosa,")
    assert main(["predict", "flowers.npz", "new.csv", "-o", "answers.csv"]) == 0
    assert (flowers / "answers.csv").read_text() == f"{header}\n{row}\n"


def test_the_same_seed_gives_the_same_lines(flowers, capsys):
    printed = []
    for _ in range(2):
        assert main(["train", "flowers.csv", "--epochs", "20", "--batch-size", "16", "--seed", "4"]) == 0
        printed.append(capsys.readouterr().out)
    assert printed[0] == printed[1]


def test_numbers_are_predicted_too(flowers, capsys):
    x = np.linspace(-1.0, 1.0, 60)
    (flowers / "line.csv").write_text("x,y\n" + "".join(f"{a:.4f},{1e4 * a + 5e4:.2f}\n" for a in x))
    assert main(["train", "line.csv", "--linear", "--epochs", "200", "--save", "line.npz"]) == 0
    assert "mean absolute error on 12 rows not seen in training" in capsys.readouterr().out
    assert main(["predict", "line.npz", "line.csv"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "x,y"
    assert float(lines[1].split(",")[1]) == pytest.approx(4e4, rel=0.05)


@pytest.mark.parametrize("along", [[], ["--along", "sepal", "petal"]])
def test_the_boundary_of_a_file(flowers, along):
    assert main(["plot", "boundary", "flowers.csv", "--epochs", "5", *along, "-o", "b.png"]) == 0
    assert (flowers / "b.png").stat().st_size > 5000


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["train", "flowers.csv", "--target", "spezies"], 2, "no column 'spezies'"),
        (["train", "flowers.csv", "--features", "petal", "leaf"], 2, "no column 'leaf'"),
        (["train", "nothing.csv"], 1, "nothing.csv"),
        (["train", "moonz"], 2, "did you mean moons?; a file of your own ends in .csv"),
        (["train", "flowers.csv", "--momentum", "0.9"], 2, "adam has no momentum"),
        (["train", "flowers.csv", "--save", "m.txt"], 2, "ends in .npz"),
        (["train", "flowers.csv", "--activation", "tnh"], 2, "did you mean tanh?"),
        (["predict", "flowers.csv", "flowers.csv"], 2, "holds no model"),
        (["predict", "nothing.npz", "flowers.csv"], 1, "nothing.npz"),
    ],
)
def test_what_is_wrong_is_told(flowers, capsys, arguments, code, message):
    assert main(arguments) == code
    assert message in capsys.readouterr().err


def test_options_of_the_optimiser_and_the_loss(flowers, capsys):
    assert main(["train", "xor", "--momentum", "0.9", "--nesterov", "--init", "xavier_normal", "--epochs", "60"]) == 0
    assert "4 of 4 right" in capsys.readouterr().out
    assert main(["train", "xor", "--linear", "--epochs", "60"]) == 0
    assert "MLP(2, [1])" in capsys.readouterr().out
    losses = {}
    for name, options in {"plain": [], "l2": ["--l2", "0.5"], "clip": ["--clip", "0.01"]}.items():
        assert main(["train", "xor", "--epochs", "40", "--every", "39", *options]) == 0
        losses[name] = capsys.readouterr().out.split("epoch    39  loss ")[1].split()[0]
    assert len(set(losses.values())) == 3


def test_cells_are_written_as_they_stand_in_the_file(flowers, capsys):
    assert main(["train", "flowers.csv", "--epochs", "1", "--save", "flowers.npz"]) == 0
    capsys.readouterr()
    (flowers / "new.csv").write_text("petal,sepal\n2,0.10\n1e0, -3\n")
    assert main(["predict", "flowers.npz", "new.csv"]) == 0
    rows = capsys.readouterr().out.splitlines()[1:]
    assert [row.split(",")[:2] for row in rows] == [["2", "0.10"], ["1e0", "-3"]]


def test_a_file_that_is_not_there_has_similar_names(flowers, capsys):
    assert main(["train", "flower.csv"]) == 1
    assert "No such file: flower.csv; did you mean flowers.csv?" in capsys.readouterr().err
    assert main(["train", "zzzzzzzzzzzzzzzz.csv"]) == 1
    assert capsys.readouterr().err == "backstep: No such file: zzzzzzzzzzzzzzzz.csv\n"


@pytest.fixture
def orchids(tmp_path, monkeypatch):
    """The folder of a file with four numbers, a number to be predicted, classes that are numbers, and a name."""
    monkeypatch.chdir(tmp_path)
    random = np.random.RandomState(0)
    rows = [(i % 2, random.normal(3.0 * (i % 2), 0.5, 4)) for i in range(60)]
    lines = [f"{','.join(f'{x:.3f}' for x in xs)},{xs.sum():.3f},{(2, 10)[c]},o{i}" for i, (c, xs) in enumerate(rows)]
    (tmp_path / "orchids.csv").write_text("\n".join(["a,b,c,d,size,kind,name", *lines]) + "\n")
    return tmp_path


@pytest.mark.parametrize("features", [["a", "c"], ["b", "c", "d"]])
def test_the_points_of_a_file(orchids, features):
    pytest.importorskip("matplotlib")
    command = ["plot", "data", "orchids.csv", "--target", "kind", "--features", *features]
    assert main([*command, "-o", "data.svg"]) == 0
    svg = (orchids / "data.svg").read_text()
    shown = features if len(features) == 2 else [f"principal component {i} (" for i in (1, 2)]
    for text in ["orchids.csv", "class 2", "class 10", *shown]:
        assert f"<!-- {text}" in svg
    assert svg.index("<!-- class 2 -->") < svg.index("<!-- class 10 -->")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["orchids.csv", "--target", "kind"], "column 'name': expected a number, got 'o0'; a column of texts is left"),
        (["orchids.csv", "--target", "size", "--features", "a", "b"], "size is a number, and points are coloured by"),
        (["orchids.csv", "--target", "kind", "--features", "a"], "a is the only feature, and a plane needs two"),
        (["orchids.csv", "--target", "kin"], "no column 'kin'; its columns are a, b"),
        (["moonz"], "did you mean moons?; a file of your own ends in .csv"),
    ],
)
@pytest.mark.usefixtures("orchids")
def test_points_that_cannot_be_drawn(capsys, arguments, message):
    pytest.importorskip("matplotlib")
    assert main(["plot", "data", *arguments, "-o", "data.png"]) == 2
    assert message in capsys.readouterr().err


def test_a_file_is_trained_with_batch_norm_and_dropout(flowers, capsys):
    command = ["train", "flowers.csv", "--batch-norm", "--dropout", "0.1", "--epochs", "30", "--save", "flowers.npz"]
    assert main(command) == 0
    assert "2 -> 8 tanh, batch_norm, dropout 0.1 -> 3 linear" in capsys.readouterr().out
    model = nn.TableModel.load("flowers.npz")
    assert (model.batch_norm, model.dropout) == (True, 0.1)
    norm = next(step for step in model.network.steps if isinstance(step, nn.BatchNorm1d))
    assert np.all(norm.running_mean != 0.0)
    assert main(["predict", "flowers.npz", "flowers.csv"]) == 0
    right = sum(a.split(",")[2] == b.split(",")[2] for a, b in zip(capsys.readouterr().out.splitlines()[1:], (flowers / "flowers.csv").read_text().splitlines()[1:], strict=True))  # fmt: skip
    assert right >= 90


def test_a_file_that_was_saved_without_these_options_is_read(tmp_path):
    model = nn.TableModel(("a", "b"), "kind", ("x", "y"), seed=0)
    kept = {"kind": KIND, "features": ["a", "b"], "target": "kind", "classes": ["x", "y"], "hidden": [8], "activation": "tanh"}  # fmt: skip
    nn.save(model, tmp_path / "old.npz", json.dumps(kept))
    assert nn.TableModel.load(tmp_path / "old.npz").predict([[1.0, 2.0]]) == model.predict([[1.0, 2.0]])


def test_data_sets_are_trained_with_batch_norm_and_dropout(capsys):
    assert main(["train", "xor", "--batch-norm", "--epochs", "100"]) == 0
    printed = capsys.readouterr().out
    assert "2 -> 8 tanh, batch_norm -> 1 sigmoid" in printed
    assert "4 of 4 right" in printed
    assert main(["train", "xor", "--dropout", "0.5", "--epochs", "2"]) == 0
    assert "8 tanh, dropout 0.5 -> 1 sigmoid" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["xor", "--target", "y"], "leave out --target: it is for .csv files; xor is none"),
        (["xor", "--patience", "3"], "leave out --patience"),
        (["flowers.csv", "--loss", "mse_loss"], "leave out --loss: a .csv file has its own loss"),
        (["xor", "--dropout", "1"], "--dropout is a probability, from 0 to below 1, got 1"),
        (["xor", "--dropout", "-0.1"], "--dropout is a probability"),
        (["xor", "--batch-norm", "--linear"], "--batch-norm belong"),
        (["xor", "--batch-norm", "--batch-size", "3"], "4 rows in batches of 3 leave one alone: take another"),
        (["flowers.csv", "--batch-norm", "--batch-size", "1"], "64 rows in batches of 1 leave one alone"),
        (["flowers.csv", "--batch-norm", "--dropout", "0.5", "--linear"], "--batch-norm and --dropout belong"),
    ],
)
@pytest.mark.usefixtures("flowers")
def test_options_of_layers_that_have_no_meaning(capsys, arguments, message):
    assert main(["train", *arguments]) == 2
    assert message in capsys.readouterr().err


def test_a_file_has_a_report(flowers, capsys):
    assert main(["train", "flowers.csv", "--epochs", "20", "--report"]) == 0
    printed = capsys.readouterr().out
    assert "|∂J/∂W|" in printed
    assert printed.index("|∂J/∂W|") < printed.index("actual / predicted")


def test_options_of_a_file_are_refused_for_a_plot_of_a_data_set(capsys):
    pytest.importorskip("matplotlib")
    for arguments in (["data", "moons", "--features", "x1", "x2"], ["boundary", "moons", "--along", "x1", "x2"]):
        assert main(["plot", *arguments, "-o", "x.png"]) == 2
        assert "it is for .csv files; moons is none" in capsys.readouterr().err


def test_few_whole_numbers_may_be_amounts(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rooms.csv").write_text(
        "size,rooms\n" + "".join(f"{20 * n + 5 * i},{n}\n" for n in range(1, 6) for i in range(4))
    )
    assert main(["train", "rooms.csv", "--epochs", "30"]) == 0
    assert "rooms, 5 classes (--numbers if they are amounts)" in capsys.readouterr().out
    assert main(["train", "rooms.csv", "--epochs", "30", "--numbers"]) == 0
    assert "mean absolute error on 4 rows" in capsys.readouterr().out
    assert nn.datasets.read_csv("rooms.csv", numbers=True).classes is None
