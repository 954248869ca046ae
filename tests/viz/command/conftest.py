"""What the tests of commands share: running one, in a process of its own or in this one; and a file of flowers."""

import contextlib
import io
import os
import subprocess
import sys
import warnings
from typing import NamedTuple
from unittest import mock

import pytest

import nn
from tests.conftest import ROOT
from viz.command.parser import main

COMMAND = [sys.executable, "-m", "viz"]
COLOURS = ("NO_COLOR", "FORCE_COLOR")


class Done(NamedTuple):
    """What a command has left behind."""

    returncode: int
    stdout: bytes
    stderr: bytes


def backstep(*arguments, command=COMMAND, **environment):
    """Run the command as a user does: in a process of its own, through pipes."""
    env = {name: text for name, text in os.environ.items() if name not in COLOURS}
    env |= {"PYTHONIOENCODING": "utf-8", **environment}
    done = subprocess.run([*command, *arguments], capture_output=True, timeout=240, cwd=ROOT, env=env)
    return Done(done.returncode, done.stdout, done.stderr)


def typed(*arguments, **environment):
    """The same in this process, without the start of an interpreter: streams, environment, folder, warnings as there."""
    env = {"PYTHONIOENCODING": "utf-8", **environment}
    stdout, stderr = (io.TextIOWrapper(io.BytesIO(), env["PYTHONIOENCODING"]) for _ in "oe")
    with (
        mock.patch.dict(os.environ),
        mock.patch.object(sys, "stdin", io.StringIO()),
        contextlib.chdir(ROOT),
        contextlib.redirect_stdout(stdout),
        contextlib.redirect_stderr(stderr),
        warnings.catch_warnings(),
    ):
        for name in COLOURS:
            os.environ.pop(name, None)
        os.environ.update(env)
        warnings.resetwarnings()
        code = main(list(arguments))
        stderr.flush()
    return Done(code, stdout.buffer.getvalue(), stderr.buffer.getvalue())


@pytest.fixture
def flowers(tmp_path, monkeypatch):
    """The folder of a file of 100 flowers, and of one of two flowers without their species."""
    monkeypatch.chdir(tmp_path)
    X, y = nn.datasets.blobs(100, noise=0.3, centers=3, seed=1)
    rows = [f"{a:.3f},{b:.3f},{('setosa', 'versicolor', 'virginica')[c]}" for (a, b), c in zip(X, y, strict=True)]
    (tmp_path / "flowers.csv").write_text("\n".join(["petal,sepal,species", *rows]) + "\n")
    (tmp_path / "new.csv").write_text("id,sepal,petal\nq,0.1,2.0\nr,2.0,0.1\n")
    return tmp_path
