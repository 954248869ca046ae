"""Types: mypy sees a Value, a float or an array where that is so, and refuses what would fail."""

import ast
import inspect
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import autograd
from autograd import Value, primitives

ROOT = Path(__file__).parent.parent.parent
PROGRAMS = Path(__file__).parent / "types"


def test_mypy_accepts_and_refuses_what_a_user_writes(tmp_path):
    """One run of mypy, as a user has it: the accepted program has no error, the other one where it is marked."""
    paths = [PROGRAMS / "accepted.py", PROGRAMS / "refused.py"]
    run = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", f"--cache-dir={tmp_path}", *map(str, paths)],
        capture_output=True, text=True, timeout=300, cwd=tmp_path, env={**os.environ, "MYPYPATH": str(ROOT)}, encoding="utf-8",
    )  # fmt: skip
    found = re.findall(r"^(.+?):(\d+): error", run.stdout, re.M)  # libraries without types are no matter of ours
    errors = {(Path(path).name, int(line)) for path, line in found if Path(path).parent == PROGRAMS}
    lines = (PROGRAMS / "refused.py").read_text().splitlines()
    marked = {("refused.py", number) for number, line in enumerate(lines, 1) if line.endswith("# error")}
    assert errors == marked, run.stdout + run.stderr


def test_the_accepted_program_runs():
    runpy.run_path(str(PROGRAMS / "accepted.py"))


def test_every_row_is_exported():
    for name, row in primitives.TABLE.items():
        assert getattr(autograd, name) is row
    assert set(primitives.TABLE) - set(autograd.__all__) == {"abs", "sum"}  # they would hide Python's own
    assert autograd.pow is primitives.pow


def test_the_methods_that_are_declared_are_those_of_the_table():
    tree = ast.parse(inspect.getsource(Value))
    blocks = [node for node in ast.walk(tree) if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)]
    declared = {target.id for block in blocks for line in block.body for target in line.targets}
    rows = primitives.TABLE.values()
    assert declared == {row.name for row in rows if row.arity is not None and row.arity - len(row.defaults) == 1}
