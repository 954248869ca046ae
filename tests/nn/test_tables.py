"""One's own data: files, models of tables, their files, and reports of searches."""

import json
import os
from zipfile import ZipFile

import numpy as np
import pytest

import nn
from nn.saving import note_of
from nn.training.table_model import TableModel, confusion


def file(tmp_path, text, name="data.csv"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def three_classes(count=90):
    """Points whose class a line of two features tells, in numbers of very different sizes."""
    X, y = nn.datasets.blobs(count, noise=0.4, centers=3, seed=0)
    return X * [1000.0, 0.01] + [5e4, 3.0], y


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_files_of_several_programs(tmp_path, separator, start, end):
    rows = [["height", "weight, in kg", "kind"], ["1", "-2.5e1", "b"], ["2", "3", "a"], ["", "", ""]]
    lines = [separator.join(f'"{cell}"' if "," in cell else cell for cell in row) for row in rows]
    table = nn.datasets.read_csv(file(tmp_path, start + end.join(lines) + end))
    assert table.X.tolist() == [[1.0, -25.0], [2.0, 3.0]]
    assert table.y.tolist() == [1, 0]
    assert table.features == ("height", "weight, in kg")
    assert (table.target, table.classes) == ("kind", ("a", "b"))


def test_columns_are_chosen_by_name(tmp_path):
    path = file(tmp_path, "id,a,y,b\nq1,1,0,5\nq2,2,1,6\n")
    table = nn.datasets.read_csv(path, target="y", features=["b", "a"])
    assert table.X.tolist() == [[5.0, 1.0], [6.0, 2.0]]
    assert nn.datasets.read_csv(path, "", features=["a"]).y is None


@pytest.mark.parametrize(
    ("cells", "classes"),
    [
        (["0", "1", "1"], ("0", "1")),
        (["10", "9", "9"], ("9", "10")),
        (["0.5", "1.5", "2"], None),
        ([str(i) for i in range(30)], None),
        (["yes", "no", "1"], ("1", "no", "yes")),
    ],
)
def test_targets_are_classes_or_numbers(tmp_path, cells, classes):
    table = nn.datasets.read_csv(file(tmp_path, "x,y\n" + "".join(f"1,{cell}\n" for cell in cells)))
    assert table.classes == classes


@pytest.mark.parametrize(
    ("text", "target", "message"),
    [
        ("a,b\n1,x\noops,y\n", "b", "line 3, column 'a': expected a number, got 'oops'"),
        ("a,b\n1,x\n,y\n", "b", "line 3, column 'a': expected a number, got an empty cell"),
        ("a;b\n1;x\n1,5;y\n", "b", "line 3, column 'a': expected a number, got '1,5'; write 1.5"),
        ("a,b\nnan,x\n", "b", "line 2, column 'a'"),
        ("a,b\n1e999,x\n", "b", "line 2, column 'a'"),
        ("a,b\n1,x\n2,\n", "b", "line 3, column 'b': the cell is empty"),
        ("a,b\n1,x\n2\n", "b", "line 3: expected 2 cells, one for each column, got 1"),
        ("a,b\n1,x\n", "c", "no column 'c'; its columns are a, b"),
        ("1,2\n3,4\n", None, "names of the columns in the first line"),
        ("a,a\n1,2\n", None, "'a' twice or empty"),
        ("a,\n1,2\n", None, "twice or empty"),
        ("a\n1\n", "a", "nothing to predict from"),
        ("", None, "has 0 lines"),
        (b"a,b\n1,\xff\n", None, "no text in UTF-8"),
    ],
)
def test_a_bad_cell_is_named(tmp_path, text, target, message):
    with pytest.raises(ValueError, match=r"data\.csv.*" + message):
        nn.datasets.read_csv(file(tmp_path, text), target)


def test_parts_are_of_the_same_rows_and_repeatable():
    X, y = np.arange(40).reshape(20, 2), np.arange(20)
    first, held, first_y, held_y = nn.datasets.split(X, y, share=0.25, seed=3)
    assert (len(first), len(held)) == (15, 5)
    assert sorted([*first_y, *held_y]) == list(range(20))
    assert (first[:, 0] == 2 * first_y).all()
    assert (held[:, 0] == 2 * held_y).all()
    assert nn.datasets.split(X, y, share=0.25, seed=3)[1].tolist() == held.tolist()
    for wrong in ({"share": 0.0}, {"share": 1.0}):
        with pytest.raises(ValueError, match="share"):
            nn.datasets.split(X, y, **wrong)


@pytest.mark.parametrize("engine", ["eager", "numpy"])
def test_a_model_of_classes_keeps_what_it_needs(tmp_path, engine):
    X, y = three_classes()
    model = TableModel(("width", "mass"), "kind", ("cat", "dog", "owl"), hidden=(6,), seed=0)
    history = model.fit(X, y, epochs=60, batch_size=30, seed=0, engine=engine, validation=(X, y))
    assert history.loss[-1] < 0.2
    assert len(history.validation) == 60
    assert model.predict(X) == [("cat", "dog", "owl")[place] for place in model.predict_proba(X).argmax(axis=1)]
    assert np.mean(np.array(model.predict(X)) == np.array(("cat", "dog", "owl"))[y]) > 0.9
    loaded = TableModel.load(model.save(tmp_path / "model.npz"))
    assert (loaded.features, loaded.target, loaded.classes) == (model.features, model.target, model.classes)
    assert loaded.predict_proba(X).tolist() == model.predict_proba(X).tolist()
    assert model.scaling.mean == pytest.approx(X.mean(axis=0))


@pytest.mark.parametrize("hidden", [(), (5,)])
def test_a_model_of_numbers(tmp_path, hidden):
    X, _ = three_classes()
    y = 3e5 + 7.0 * X[:, 0] - 2e6 * X[:, 1]
    model = TableModel(("a", "b"), "price", hidden=hidden, seed=0)
    model.fit(X, y, epochs=300, l2=1e-6)
    error = np.abs(np.subtract(model.predict(X), y)).mean()
    assert error < 0.1 * y.std()
    assert TableModel.load(model.save(tmp_path / "model.npz")).predict(X) == model.predict(X)
    with pytest.raises(ValueError, match="has no probabilities"):
        model.predict_proba(X)


def test_a_column_that_is_constant_does_no_harm():
    model = TableModel(("a", "b"), "kind", ("x", "y"), seed=0)
    model.fit([[1.0, 5.0], [2.0, 5.0], [3.0, 5.0], [4.0, 5.0]], [0, 0, 1, 1], epochs=50)
    assert model.predict([[1.0, 5.0], [4.0, 5.0]]) == ["x", "y"]


def test_files_that_hold_no_model_of_a_table(tmp_path):
    plain = nn.save(nn.MLP(2, [2]), tmp_path / "plain.npz")
    assert note_of(plain) == ""
    huge = tmp_path / "huge.npz"
    model = TableModel(("a",), "y", ("b", "c"), seed=0)
    model.save(huge)
    kept = json.loads(note_of(huge)) | {"hidden": [10**9, 10**9]}
    with ZipFile(huge, "a") as archive:
        archive.comment = json.dumps(kept).encode()
    text = file(tmp_path, "a,b", "text.npz")
    for path, message in ((plain, "no model of a table"), (huge, "too small for them"), (text, "no model")):
        with pytest.raises(ValueError, match=f"{os.path.basename(path)}.*{message}"):
            TableModel.load(path)
    with pytest.raises(ValueError, match="two classes or more"):
        TableModel(("a",), "y", ("b",))
    with pytest.raises(ValueError, match="expected rows of a, got"):
        model.predict([[1.0, 2.0]])


def test_confusion_counts_every_pair():
    table = confusion(("a", "bb"), ["a", "a", "bb"], ["bb", "a", "bb"]).splitlines()
    assert [line.split()[-2:] for line in table] == [["a", "bb"], ["1", "1"], ["0", "1"]]


def test_a_pipeline_and_a_search_of_scikit_learn():
    from sklearn.model_selection import GridSearchCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    X, y = three_classes(45)
    pipeline = make_pipeline(StandardScaler(), nn.MLPClassifier(epochs=15, seed=0))
    grid = {"mlpclassifier__lr": [0.01, 0.5], "mlpclassifier__hidden": [(2,), (6,)]}
    search = GridSearchCV(pipeline, grid, cv=3).fit(X, y)
    assert search.score(X, y) > 0.9
    lines = nn.search_table(search).splitlines()
    assert lines[0].split() == ["mlpclassifier__hidden", "mlpclassifier__lr", "score", "spread"]
    scores = [float(line.split()[-2]) for line in lines[1:]]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) == 4
    with pytest.raises(TypeError, match="a search of scikit-learn after fit"):
        nn.search_table(pipeline)
