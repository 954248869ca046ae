"""HIPS autograd in the same environment: noticed and said, whichever of the two was installed last."""

import os
import shutil
import subprocess
import sys

import pytest

from autograd.namesake import beside
from tests.conftest import ROOT


def run(folder, program):
    """What a program prints on the standard error, with the packages of this folder."""
    options = {"env": {**os.environ, "PYTHONPATH": str(folder)}, "cwd": folder, "text": True, "timeout": 240}
    return subprocess.run([sys.executable, "-c", program], capture_output=True, check=False, **options)


@pytest.fixture
def installed(tmp_path):
    """A folder as pip leaves it: our packages, and the metadata of HIPS autograd."""
    for name in ("autograd", "nn", "viz"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "autograd-1.9.1.dist-info").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("names", "found"),
    [
        ([], ""),
        (["autograd", "nn", "backstep_autograd-0.2.0.dist-info", "autograd_gamma-0.5.dist-info"], ""),
        (["autograd-1.9.1.dist-info"], "autograd 1.9.1"),
        (["autograd-1.3-py3.11.egg-info"], "autograd 1.3-py3.11"),
    ],
)
def test_metadata_beside_ours(names, found):
    assert beside(names) == found


def test_ours_came_last(installed):
    done = run(installed, "from autograd import Value; print(Value(2.0) * 3)")
    assert done.returncode == 0, done.stderr
    assert "HIPS autograd (autograd 1.9.1) is installed beside backstep" in done.stderr
    (installed / "autograd-1.9.1.dist-info").rmdir()
    assert run(installed, "import autograd").stderr == ""


@pytest.mark.parametrize("program", ["import nn", "import viz", "from viz.command.parser import main"])
def test_the_other_came_last(installed, program):
    (installed / "autograd" / "__init__.py").write_text("def elementwise_grad(): pass\n")
    done = run(installed, program)
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("ImportError: HIPS autograd is installed in place of backstep's engine")
    assert "pip uninstall autograd" in last
