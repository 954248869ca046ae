"""The wheel that is released: it holds all that the programs need, and they run from it alone."""

import csv
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile

import pytest

import autograd
from autograd.installing import DISTRIBUTION
from tests.conftest import ROOT

PACKAGES = ("autograd", "nn", "viz")
BUILD = "import sys; from setuptools.build_meta import build_wheel; build_wheel(sys.argv[1])"
PROGRAM = """
import sys
from importlib.metadata import distribution
from pathlib import Path
import autograd, nn, viz
wheel = Path(sys.argv[1])
assert all(Path(package.__file__).is_relative_to(wheel) for package in (autograd, nn, viz))
f = autograd.parse("sigmoid(w*x + b)", w=2, x=-1, b=3)
f.backward()
viz.draw(f).save("f.svg")
viz.step(f).save("f.html")
print(autograd.export(f, to="c")[:2])
print(nn.MLP(2, [3, 1], seed=0))
(command,) = distribution("backstep-autograd").entry_points
sys.exit(command.load()(["step", "(x + y) * z", "x=-2", "y=5", "z=-4"]))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built offline by setuptools as `python -m build` does, from a copy of what a release is made of."""
    source, made = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in PACKAGES:
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    done = subprocess.run([sys.executable, "-c", BUILD, str(made)], cwd=source, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (path,) = made.glob("*.whl")
    return path


def test_its_name_says_the_version_and_any_machine(wheel):
    assert wheel.name == f"{DISTRIBUTION.replace('-', '_')}-{autograd.__version__}-py3-none-any.whl"


def test_every_file_of_the_packages_is_in_it_and_no_test(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    files = (path.relative_to(ROOT) for name in PACKAGES for path in (ROOT / name).rglob("*") if path.is_file())
    sources = {path.as_posix() for path in files if not any(part.startswith((".", "__pyc")) for part in path.parts)}
    info = next(name.split("/")[0] for name in names if ".dist-info/" in name)
    assert sources <= names
    assert {name for name in names if not name.startswith(info)} - sources == {"backstep/__init__.py"}
    for kind in (r"viz/pages/scripts/.*\.js", r"viz/pages/styles/.*\.css", r"viz/pages/.*\.html", r"viz/sheets/.*\.css",
                 "autograd/exporting/libraries/.*", *(f"{name}/py.typed" for name in PACKAGES)):  # fmt: skip
        assert any(re.fullmatch(kind, name) for name in names), kind
    with zipfile.ZipFile(wheel).open(f"{info}/RECORD") as record:
        assert {row[0] for row in csv.reader(record.read().decode().splitlines())} == names


def test_what_it_says_of_itself(wheel):
    with zipfile.ZipFile(wheel) as archive:
        text = {
            name.split("/")[-1]: archive.read(name).decode() for name in archive.namelist() if ".dist-info/" in name
        }
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert "backstep = viz.command.parser:main" in text["entry_points.txt"]
    needed = re.findall(r"^Requires-Dist: ([\w-]+)[^;\n]*$", text["METADATA"], re.M)
    assert needed == [re.match(r"[\w-]+", each)[0] for each in project["dependencies"]]
    assert set(re.findall(r"^Provides-Extra: (\w+)$", text["METADATA"], re.M)) == {*project["optional-dependencies"]}
    assert text["METADATA"].endswith((ROOT / "README.md").read_text(encoding="utf-8"))


def test_it_runs_without_the_sources(wheel, tmp_path):
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site"), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM, str(tmp_path / "site")],
        cwd=tmp_path, env=environment, capture_output=True, text=True, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "MLP(2, [3, 1])" in done.stdout
    assert done.stdout.endswith("∂f/∂z = 3\n")
    assert "<svg" in (tmp_path / "f.svg").read_text(encoding="utf-8")
    page = (tmp_path / "f.html").read_text(encoding="utf-8")
    assert "<script" in page
    assert "<style" in page
