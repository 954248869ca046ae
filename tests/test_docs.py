"""What the documents show is what the program does: README, examples, pictures, the test command."""

import ast
import doctest
import fnmatch
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import autograd
import nn
import viz
from autograd.installing import DISTRIBUTION, install_command
from autograd.registering import unregister
from tests.conftest import ROOT
from viz.command.parser import main

README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"```console\n\$ backstep ([^\n]*)\n(.*?)```", README, re.DOTALL)
TEST_COMMAND = 'python3 -m venv .venv && .venv/bin/pip install -e ".[dev]" && .venv/bin/pytest'
EXTRAS = ("tqdm", "sklearn", "matplotlib", "IPython")
OF_EXTRAS = ("autograd.tape.machine", "viz.graph.mpl")  # rooms and modules that begin with importing one
STEP_COMMAND = (
    'python3 -m venv .venv && .venv/bin/pip install -e . && .venv/bin/backstep step "(x + y) * z" x=-2 y=5 z=-4'
)


def words(command):
    import shlex

    return shlex.split(command)


@pytest.mark.parametrize(("command", "output"), COMMANDS, ids=[command for command, _ in COMMANDS])
def test_the_readmes_commands_print_what_it_shows(command, output, capsys, tmp_path, monkeypatch):
    arguments = words(command)
    if "-o" in arguments:  # the file is compared with the one kept here
        kept = ROOT / arguments[arguments.index("-o") + 1]
        monkeypatch.chdir(tmp_path)
        (tmp_path / "examples/pictures").mkdir(parents=True)
        assert main(arguments) == 0
        assert (tmp_path / kept.relative_to(ROOT)).read_bytes() == kept.read_bytes()
    else:
        assert main(arguments) == 0
    assert capsys.readouterr().out == output


def test_the_first_picture_is_drawn_by_the_program(tmp_path):
    path = tmp_path / "product.svg"
    assert main(["draw", "(x + y) * z", "x=-2", "y=5", "z=-4", "--engine", "builtin", "-o", str(path)]) == 0
    assert path.read_bytes() == (ROOT / "examples/pictures/product.svg").read_bytes()


def test_the_readmes_python():
    blocks = "\n".join(re.findall(r"```python\n(.*?)```", README, re.DOTALL))
    test = doctest.DocTestParser().get_doctest(blocks, {}, "README.md", "README.md", 0)
    assert len(test.examples) > 15
    result = doctest.DocTestRunner().run(test)
    unregister("swish")  # which the README registers
    assert result.failed == 0


def test_the_readme_has_the_two_commands_and_ci_runs_one():
    assert f"    {STEP_COMMAND}\n" in README
    assert f"    {TEST_COMMAND}\n" in README
    assert f"\n{TEST_COMMAND}\n" in (ROOT / ".ci/run").read_text()


def test_what_is_installed_is_ours():
    """The name `backstep` on the package index is somebody else's: no text tells to install it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["project"]["name"] == DISTRIBUTION
    assert f'pip install -e "{ROOT}[plot]"' in install_command("plot")
    assert install_command("plot").startswith(sys.executable)
    texts = [path for package in ("autograd", "nn", "viz", "examples") for path in (ROOT / package).rglob("*.py")]
    for path in [*texts, ROOT / "README.md", ROOT / "pyproject.toml"]:
        assert not re.search(r"backstep\[", path.read_text(encoding="utf-8")), path
    for extra in re.findall(
        r"install_command\([\"'](\w+)", "".join(path.read_text(encoding="utf-8") for path in texts)
    ):
        assert extra in project["project"]["optional-dependencies"]


def test_what_the_readme_links_to_is_there():
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert len(links) >= 6
    for link in links:
        assert (ROOT / link).exists(), link


def test_the_top_level_is_as_agreed():
    listed = subprocess.run(["git", "ls-files"], capture_output=True, cwd=ROOT, text=True)
    names = {line.split("/")[0] for line in listed.stdout.splitlines()} or {path.name for path in ROOT.iterdir()}
    visible = {name for name in names if not name.startswith(".") and not name.endswith(".egg-info")}
    assert visible <= {"README.md", "pyproject.toml", "LICENSE", "autograd", "nn", "viz", "tests", "examples"}


def test_the_packages_are_typed_and_listed():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    listed = project["tool"]["setuptools"]["packages"]
    rooms_ = (path for package in ("autograd", "nn", "viz") for path in (ROOT / package).rglob("__init__.py"))
    assert listed == sorted(["backstep", *(".".join(path.parent.relative_to(ROOT).parts) for path in rooms_)])
    assert project["tool"]["setuptools"]["package-dir"] == {"backstep": "viz/backstep"}
    for package in ("autograd", "nn", "viz"):
        assert (ROOT / package / "py.typed").exists()


def test_a_wheel_holds_every_file_of_the_packages():
    """Pages, scripts and styles, too: what is no module is matched by package-data."""
    data = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]
    files = subprocess.run(["git", "ls-files", *data], capture_output=True, cwd=ROOT, text=True).stdout.splitlines()
    others = [name.split("/", 1) for name in files if not name.endswith(".py")]
    missing = [name for package, name in others if not any(fnmatch.fnmatch(name, each) for each in data[package])]
    assert missing == []


def test_the_changelog_opens_with_this_version():
    text = (ROOT / ".github/CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", text, re.M)[0] == autograd.__version__


def rooms():
    return [path.parent for name in ("autograd", "nn", "viz") for path in sorted((ROOT / name).rglob("__init__.py"))]


@pytest.mark.parametrize("room", rooms(), ids=lambda room: ".".join(room.relative_to(ROOT).parts))
def test_each_room_names_all_its_files(room):
    announced = ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8"))) or ""
    files = {path.stem for path in room.glob("*.py")} - {"__init__", "__main__"}
    files |= {path.parent.name for path in room.glob("*/__init__.py")}
    assert {name for name in files if not re.search(rf"\b{name}\b", announced)} == set()


def test_no_docstring_opens_with_a_question():
    for package in ("autograd", "nn", "viz"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
                    words = (ast.get_docstring(node) or "").split(None, 1)
                    assert not words or words[0] not in ("What", "Which", "How", "Where", "Who"), (path, words)


def test_files_import_what_stands_before_them():
    """No two modules of a package import each other, directly or around corners."""
    for package in ("autograd", "nn", "viz"):
        needs = {}
        for path in (ROOT / package).rglob("*.py"):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            needs[name] = imported_at_the_top(path, package)
        done = set()
        while ready := {name for name, others in needs.items() if name not in done and others & needs.keys() <= done}:
            done |= ready
        assert needs.keys() - done == set()


@pytest.mark.parametrize("room", rooms(), ids=lambda room: ".".join(room.relative_to(ROOT).parts))
def test_the_reading_order_is_one(room):
    """No file of a room needs one that its `__init__` announces later, but for types."""
    order = announced(room)
    package = ".".join(room.relative_to(ROOT).parts)
    for place, name in enumerate(order):
        files = [room / f"{name}.py"] if (room / f"{name}.py").exists() else sorted((room / name).rglob("*.py"))
        for path in files:
            needed = imported_at_the_top(path, package.split(".")[0])
            below = {
                module.removeprefix(f"{package}.").split(".")[0] for module in needed if module.startswith(package)
            }
            assert not below & set(order[place + 1 :]), path


def announced(room):
    """The files and rooms of a room as its `__init__` lists them; the words told of each are left out."""
    text = ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8"))) or ""
    text = text[max(0, text.lower().find("reading order")) :]
    text = re.sub(r"^( +\S.*?)  +\S.*$", r"\1", text, flags=re.MULTILINE)  # columns: names, then words
    text = re.sub(r"\([^()]*\)", "", text)
    names = {path.stem for path in room.glob("*.py")} | {path.parent.name for path in room.glob("*/__init__.py")}
    return list(dict.fromkeys(name for name in re.findall(r"\w+", text) if name in names))


def imported_at_the_top(path, package):
    """The modules of its own package that a module imports when it is loaded; packages that only export are left out."""
    found = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == package:
            parts = [f"{node.module}.{alias.name}" for alias in node.names]
            found |= {part for part in parts if (ROOT / (part.replace(".", "/") + ".py")).exists()}
            found |= {node.module} if (ROOT / (node.module.replace(".", "/") + ".py")).exists() else set()
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.split(".")[0] == package}
    return found


def test_the_arrow_of_imports():
    """autograd knows neither nn nor viz; nn does not know viz; only optional extras are imported in functions."""
    forbidden = {"autograd": ("nn", "viz"), "nn": ("viz",), "viz": ()}
    for package, others in forbidden.items():
        for path in Path(ROOT / package).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            for other in others:
                assert not re.search(rf"^\s*(from|import) {other}\b", text, re.MULTILINE), path
            text = re.sub(r"^if TYPE_CHECKING:.*\n(?:    .*\n|\n)+", "", text, flags=re.MULTILINE)  # for types alone
            inside = re.findall(r"^ +(?:from|import) +(\S+)(?: import \S+| as |$)", text, re.MULTILINE)
            assert [name for name in inside if not name.startswith((*EXTRAS, *OF_EXTRAS))] == [], path


def test_no_reader_branches_by_operation():
    """What a reader needs to know of an operation stands in its row: no reader asks which one it is."""
    rows = r"(primitives\.)?(add|sub|mul|div|neg|pow\w*|sum|exp|log|relu|tanh|sigmoid|where|maximum)\b"
    for path in [*(ROOT / "autograd").glob("*.py"), *(ROOT / "viz").rglob("*.py")]:
        assert not re.search(rf"\bop (is|==) (not )?{rows}|op\.name (==|in)", path.read_text(encoding="utf-8")), path


def test_the_readme_is_short_and_names_all_that_is_public():
    assert len(README.splitlines()) < 320
    named = set(re.findall(r"`(?:\w+\.)?(\w+)", README))
    for package in (autograd, nn, viz):
        missing = {name for name in package.__all__ if name not in named and name not in autograd.primitives.TABLE}
        assert not missing, package
