"""The course in `examples/`: every program prints what its comments say, and the notebook is made of the programs."""

import json
import re

import nbformat
import pytest
from nbclient import NotebookClient

from tests.conftest import ROOT
from tests.course import COURSE, NOTEBOOK, notebook, parted, printed_by, programs

MOST_LINES = 60
LONGER = {"34_gpt": 121}  # one program in one file


@pytest.mark.parametrize("path", programs(), ids=lambda path: path.stem)
def test_a_program_prints_what_it_says(path, tmp_path):
    docstring, code, promised = parted(path)
    assert printed_by(path, tmp_path) == promised
    assert promised.count("\n") >= 2
    assert len(f'"""{docstring}"""\n\n{code}'.splitlines()) < LONGER.get(path.stem, MOST_LINES)


def test_programs_are_numbered_in_the_order_of_their_folders():
    names = [path.relative_to(COURSE).as_posix() for path in programs()]
    assert names == sorted(names)
    assert [re.match(r"\d_\w+/(\d\d)_", name)[1] for name in names] == [f"{n:02}" for n in range(1, len(names) + 1)]


def test_the_notebook_is_made_of_the_programs():
    assert NOTEBOOK.read_text(encoding="utf-8") == notebook()


def test_the_notebook_runs(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    promised = ["".join(cell["outputs"][0]["text"]) for cell in cells if cell["cell_type"] == "code"]
    book = nbformat.read(NOTEBOOK, as_version=4)
    NotebookClient(book, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
    for cell, text in zip((c for c in book.cells if c.cell_type == "code"), promised, strict=True):
        streams = [output for output in cell.outputs if output.output_type == "stream"]
        assert "".join(output.text for output in streams if output.name == "stdout") == text
