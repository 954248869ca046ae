"""The course in `examples/`: every program prints what its comments say, and the notebook is made of the programs.

The programs run once, as cells of the notebook.
"""

import re

import nbformat
import pytest
from nbclient import NotebookClient

from tests.conftest import ROOT
from tests.course import COURSE, NOTEBOOK, notebook, parted, printed_by, programs

MOST_LINES = 60
LONGER = {"34_gpt": 121}  # one program in one file


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """What each program prints as a cell of the notebook, by the cell's code; run in an empty folder."""
    folder = tmp_path_factory.mktemp("course")
    book = nbformat.read(NOTEBOOK, as_version=4)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        patch.setenv("IPYTHONDIR", str(folder / "ipython"))
        NotebookClient(book, timeout=300, resources={"metadata": {"path": str(folder)}}).execute()
    return {cell.source: cell.outputs for cell in book.cells if cell.cell_type == "code"}


@pytest.mark.parametrize("path", programs(), ids=lambda path: path.stem)
def test_a_program_prints_what_it_says(path, printed):
    docstring, code, promised = parted(path)
    streams = [output for output in printed[code.rstrip()] if output.output_type == "stream"]
    assert "".join(output.text for output in streams if output.name == "stdout") == promised
    assert promised.count("\n") >= 2
    assert len(f'"""{docstring}"""\n\n{code}'.splitlines()) < LONGER.get(path.stem, MOST_LINES)


def test_a_program_runs_by_itself(tmp_path):
    assert printed_by(programs()[0], tmp_path) == parted(programs()[0])[2]


def test_programs_are_numbered_in_the_order_of_their_folders():
    names = [path.relative_to(COURSE).as_posix() for path in programs()]
    assert names == sorted(names)
    assert [re.match(r"\d_\w+/(\d\d)_", name)[1] for name in names] == [f"{n:02}" for n in range(1, len(names) + 1)]


def test_the_notebook_is_made_of_the_programs():
    assert NOTEBOOK.read_text(encoding="utf-8") == notebook()
