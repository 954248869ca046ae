"""Worksheets: the blanks, the solutions on pages of their own, the same bytes for the same seed, HTML and LaTeX."""

import re
from html.parser import HTMLParser

import pytest

import viz
from autograd.bench.exercises import LEVELS
from autograd.order import topological_order
from viz.command.parser import main
from viz.sheets.worksheet import formula, worksheet


@pytest.mark.parametrize("level", LEVELS)
def test_blanks_and_solutions(level):
    sheet = worksheet(level, 4, seed=7)
    asked, solved = sheet.html().split('class="solutions"')
    blanks = 0
    for exercise in sheet.exercises:
        order = topological_order(exercise.output)
        blanks += sum(node.op is not None for node in order) + len(order) - 1
    assert asked.count('class="blank"') == blanks
    assert 'class="blank"' not in solved
    assert asked.count("<article") == solved.count("<article") == 4
    for exercise in sheet.exercises:
        for leaf in topological_order(exercise.output):
            if leaf.op is None:
                assert f"∂{formula('f')}/∂{formula(leaf.name)}&nbsp;=&nbsp;" in solved.replace("<i>f</i>", formula("f"))
    HTMLParser().feed(sheet.html())
    assert "break-before: page" in sheet.html()


def test_no_solution_is_hidden_in_the_exercises():
    sheet = worksheet(2, 1, seed=7)
    asked = sheet.html().split('class="solutions"')[0]
    for node in topological_order(sheet.exercises[0].output):
        if node.op is not None:
            assert f">{node.data:g}<" not in asked
        assert "gradient " not in re.findall(r"<title>(.*?)</title>", asked)


def test_the_same_seed_gives_the_same_bytes(python):
    program = "import viz, hashlib; print(hashlib.sha256(b''.join(viz.worksheet(4, 6, 3).render(s) for s in ('html', 'tex'))).hexdigest())"
    assert len({python(program, PYTHONHASHSEED=seed).stdout for seed in ("0", "1")}) == 1


@pytest.mark.parametrize("level", LEVELS)
def test_latex_is_balanced(level):
    text = worksheet(level, 5, seed=2).latex()
    for kind in ("document", "enumerate", "tabular", "align*"):
        assert text.count(rf"\begin{{{kind}}}") == text.count(rf"\end{{{kind}}}") > 0
    assert text.count("{") == text.count("}")
    assert text.count("$") % 2 == 0
    assert text.isascii()
    assert text.index(r"\newpage") < text.index(r"\section*{Solutions}")


def test_the_command_writes_a_sheet(tmp_path, capsys):
    for name in ("sheet.html", "sheet.tex"):
        assert main(["worksheet", "--level", "3", "--count", "2", "--seed", "7", "-o", str(tmp_path / name)]) == 0
    assert (tmp_path / "sheet.html").read_text(encoding="utf-8") == viz.worksheet(3, 2, 7).html()
    assert main(["worksheet", "-o", str(tmp_path / "sheet.pdf")]) == 2
    assert "save a worksheet as .html or .tex" in capsys.readouterr().err
    assert main(["worksheet", "--count", "0", "-o", str(tmp_path / "sheet.tex")]) == 2
