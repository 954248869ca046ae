"""`backstep draw --mlp 2 3 2`."""

import pytest

from viz.command.parser import main


def test_a_network_by_its_widths(tmp_path, capsys):
    path = tmp_path / "net.svg"
    for arguments in (["--mlp", "2", "3", "2", "-o", str(path)], ["-o", str(path), "2", "3", "2", "--mlp"]):
        assert main(["draw", *arguments]) == 0
        assert path.read_text(encoding="utf-8").count('class="arrow"') == 12
    assert main(["draw", "--mlp", "2", "1"]) == 0
    assert capsys.readouterr().out.startswith("<svg")


@pytest.mark.parametrize("typed", [["2"], ["2", "0"], ["2", "x"], ["2", "-3"]])
def test_widths_that_are_none(typed, capsys):
    assert main(["draw", "--mlp", *typed]) == 2
    assert "as --mlp 2 3 2" in capsys.readouterr().err
