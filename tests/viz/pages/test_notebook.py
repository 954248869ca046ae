"""The example notebook runs in Jupyter's own kernel, and every cell shows what it should."""

import base64
import os
import re

import nbformat
import pytest
from nbclient import NotebookClient

from tests.conftest import ROOT

PATH = ROOT / "examples/notebook.ipynb"


@pytest.fixture(scope="module")
def cells(tmp_path_factory):
    """The outputs of the executed notebook, cell by cell."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "IPYTHONDIR": str(tmp_path_factory.mktemp("ipython"))}
    notebook = nbformat.read(PATH, as_version=4)
    client = NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(ROOT)}})
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        client.execute()
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def shown(cells, source):
    """What the one cell whose code contains `source` shows, by kind."""
    (cell,) = [cell for cell in cells if source in cell.source]
    (output,) = cell.outputs
    return output.get("data") or {"text/plain": output.text}


def test_the_notebook_is_kept_without_outputs():
    notebook = nbformat.read(PATH, as_version=4)
    assert all(not cell.outputs and cell.execution_count is None for cell in notebook.cells if cell.cell_type == "code")
    assert PATH.stat().st_size < 6000


def test_every_cell_runs_without_error_or_warning(cells):
    for cell in cells:
        assert all(output.output_type in ("execute_result", "stream") for output in cell.outputs), cell.source
        assert all(output.get("name") != "stderr" for output in cell.outputs), cell.source


def test_a_drawing(cells):
    picture = shown(cells, "draw(f)")["image/svg+xml"]
    assert "<svg" in picture
    assert "-12" in picture


def test_the_worked_solution(cells):
    assert "∂f/∂z += ∂f/∂f × ∂(q * z)/∂z = 1 × q = 1 × 3 = 3" in shown(cells, "explain(f)")["text/plain"]


def test_a_stepper_in_a_frame_of_its_own(cells):
    frame = shown(cells, "step(f)")["text/html"]
    assert re.search(r"<iframe[^>]* srcdoc=", frame)
    assert re.search(r"<iframe[^>]* sandbox=", frame)


@pytest.mark.parametrize(
    "source", ['plot_activation("sigmoid")', "plot_history(history)", "plot_decision_boundary(model"]
)
def test_plots(cells, source):
    png = base64.b64decode(shown(cells, source)["image/png"])
    assert png.startswith(b"\x89PNG")
    assert len(png) > 10_000


def test_a_report(cells):
    assert "|∂J/∂W|" in shown(cells, "model.report(history.last_loss())")["text/plain"]


def test_no_output_tells_where_it_was_made(cells):
    assert str(ROOT) not in str(cells)
