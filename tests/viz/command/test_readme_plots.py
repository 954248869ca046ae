"""Each plot that the README names is made by its line, from beginning to end; every plot of the table is named there."""

import re
import shlex

import pytest

from tests.conftest import ROOT
from viz.command.parser import main
from viz.command.plots import PLOTS

pytest.importorskip("matplotlib")

README = (ROOT / "README.md").read_text(encoding="utf-8")
LINES = re.findall(r"^    backstep ((?:plot|train moons) .*)$", README, re.MULTILINE)


def test_each_line_makes_its_plot(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for line in LINES:
        arguments = shlex.split(line)
        assert main(arguments) == 0, line
        if "-o" in arguments:
            assert (tmp_path / arguments[-1]).read_bytes().startswith(b"\x89PNG"), line
    assert len([*tmp_path.glob("*.png")]) == len(LINES) - 1


def test_every_plot_is_named():
    assert {shlex.split(line)[1] for line in LINES} >= {*PLOTS} - {"gradients"}
