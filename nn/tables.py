"""One's own data: a .csv file as rows of numbers, with the names of its columns and classes; and a split into parts.

>>> from pathlib import Path
>>> from tempfile import TemporaryDirectory
>>> with TemporaryDirectory() as folder:
...     path = Path(folder, "flowers.csv")
...     _ = path.write_text("petal,sepal,species\\n1.4,5.1,setosa\\n4.7,7.0,versicolor\\n")
...     table = read_csv(path, target="species")
>>> table.X.tolist(), table.y.tolist(), table.features, table.classes
([[1.4, 5.1], [4.7, 7.0]], [0, 1], ('petal', 'sepal'), ('setosa', 'versicolor'))
"""

import csv
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

FEW = 10  # different whole numbers as targets: they are classes then


@dataclass(frozen=True, eq=False)
class Table:
    """The data of a file.

    X         its numbers, (rows, features)
    y         the place of each row's class in `classes`, or the number to be predicted; None without a target
    features  the names of the columns of X
    target    the name of the column of y
    classes   their names, sorted; None where numbers are predicted
    cells     those of X as they stand in the file
    """

    X: np.ndarray
    y: np.ndarray | None
    features: tuple[str, ...]
    target: str = ""
    classes: tuple[str, ...] | None = None
    cells: tuple[tuple[str, ...], ...] = ()


def read_csv(
    path: str | os.PathLike[str],
    target: str | None = None,
    *,
    features: Sequence[str] | None = None,
    classes: Sequence[str] | None = None,
    numbers: bool = False,
) -> Table:
    """A .csv file whose first line names the columns; commas, semicolons or tabs stand between them.

    target    the column to be predicted (the last one, if not given); "" for a file that has none
    features  the columns to predict from (all others, if not given)
    classes   the names of the classes, if they are known: no other may occur then. Else a target of texts, or of
              at most ten different whole numbers, is one of classes, and any other one of numbers

    numbers   whether the target is one of numbers, however few different ones there are

    ValueError for a cell that is no number, with its row, its column and what stands there.
    """
    name = os.fspath(path)
    header, cells = cells_of(name)
    if target is None:
        target = header[-1]
    place = place_of(target, header, name) if target else -1
    if features is None:
        features = [column for column in header if column != target]
    places = [place_of(column, header, name) for column in features]
    if not places:
        raise ValueError(f"{name} has no column but {target!r}: there is nothing to predict from")
    X = np.array([[number_in(row, place, header, line, name) for place in places] for line, row in cells])
    written = tuple(tuple(row[place].strip() for place in places) for _, row in cells)
    if not target:
        return Table(X, None, tuple(features), cells=written)
    texts = [row[place].strip() for _, row in cells]
    for (line, _), text in zip(cells, texts, strict=True):
        if not text:
            raise ValueError(
                f"{name}, line {line}, column {target!r}: the cell is empty; expected what is to be learned"
            )
    found = tuple(classes) if classes is not None else None if numbers else classes_among(texts)
    if found is None:
        y = np.array([number_in(row, place, header, line, name) for line, row in cells])
        return Table(X, y, tuple(features), target, None, written)
    index = {text: i for i, text in enumerate(found)}
    for (line, _), text in zip(cells, texts, strict=True):
        if text not in index:
            raise ValueError(
                f"{name}, line {line}, column {target!r}: expected one of {', '.join(found)}; got {text!r}"
            )
    return Table(X, np.array([index[text] for text in texts]), tuple(features), target, found, written)


def cells_of(name: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The names of the columns, and the rows as texts, each with the number of its line."""
    try:
        with open(name, encoding="utf-8-sig", newline="") as file:
            first = file.readline()
            file.seek(0)
            reader = csv.reader(file, delimiter=max(",;\t", key=first.count))
            lines = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except UnicodeDecodeError as error:
        raise ValueError(f"{name} is no text in UTF-8 ({error.reason}): save it as CSV UTF-8") from None
    except csv.Error as error:
        raise ValueError(f"{name} is no .csv file: {error}") from None
    if len(lines) < 2:
        raise ValueError(f"{name} has {len(lines)} lines: expected the names of the columns, then a row of cells each")
    header = [cell.strip() for cell in lines[0][1]]
    if all(is_number(cell) for cell in header):
        raise ValueError(f"{name} begins with numbers: expected the names of the columns in the first line, as x1,x2,y")
    twice = sorted({column for column in header if header.count(column) > 1 or not column})
    if twice:
        raise ValueError(
            f"{name}: each column needs a name of its own, got {', '.join(map(repr, twice))} twice or empty"
        )
    for line, row in lines[1:]:
        if len(row) != len(header):
            raise ValueError(f"{name}, line {line}: expected {len(header)} cells, one for each column, got {len(row)}")
    return header, lines[1:]


def place_of(column: str, header: Sequence[str], name: str) -> int:
    """The place of a column. ValueError with the names there are."""
    if column not in header:
        raise ValueError(f"{name} has no column {column!r}; its columns are {', '.join(header)}")
    return header.index(column)


def number_in(row: Sequence[str], place: int, header: Sequence[str], line: int, name: str) -> float:
    """The number in a cell. ValueError that names the cell."""
    text = row[place].strip()
    if not is_number(text):
        given = repr(text) if text else "an empty cell"
        hint = "; a column of texts is left out if the others are named as features"
        hint = f"; write {text.replace(',', '.')}" if is_number(text.replace(",", ".")) else hint if text else ""
        raise ValueError(f"{name}, line {line}, column {header[place]!r}: expected a number, got {given}{hint}")
    return float(text)


def is_number(text: str) -> bool:
    """Whether a cell holds a finite number."""
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def classes_among(texts: Sequence[str]) -> tuple[str, ...] | None:
    """The names of the classes, sorted, whole numbers by size; None where the texts are numbers to be predicted."""
    different = set(texts)
    if not all(map(is_number, different)):
        return tuple(sorted(different))
    whole = all(float(text).is_integer() for text in different)
    return tuple(sorted(different, key=float)) if whole and len(different) <= FEW else None


def split(*arrays: Any, share: float = 0.25, seed: int = 0) -> list[Any]:
    """Each array in two parts, drawn by the same rows: the rest, and a `share` of the rows, at least one.

    >>> X, more, y, more_y = split([[1.0], [2.0], [3.0], [4.0]], [1, 2, 3, 4], share=0.5)
    >>> sorted([*y.tolist(), *more_y.tolist()])
    [1, 2, 3, 4]
    """
    lengths = {len(array) for array in arrays}
    if len(lengths) != 1:
        raise ValueError(f"expected arrays of the same length, got {sorted(lengths)}")
    if not 0.0 < share < 1.0:
        raise ValueError(f"a share of the rows is between 0 and 1, got {share}")
    (rows,) = lengths
    if rows < 2:
        raise ValueError(f"two parts need two rows or more, got {rows}")
    order = np.random.RandomState(seed).permutation(rows)
    count = min(max(1, round(share * rows)), rows - 1)
    return [part for array in arrays for part in (np.asarray(array)[order[count:]], np.asarray(array)[order[:count]])]
