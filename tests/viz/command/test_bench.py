"""backstep check, mistake and practice."""

import io

import pytest

from autograd import exercises
from viz.command.parser import main
from viz.terminal.practice import questions_of

S1 = ["(x + y) * z", "x=-2", "y=5", "z=-4"]


def test_check_names_the_mistake(capsys):
    assert main(["check", *S1, "d:x=-4", "d:y=4", "d:z=3"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "∂f/∂x = -4: right", "∂f/∂y = 4: wrong. Likely the sign is wrong", "∂f/∂z = 3: right",
    ]  # fmt: skip
    assert main(["check", *S1, "--show", "d:y", "=", "4"]) == 0
    assert capsys.readouterr().out == "∂f/∂y = 4: wrong. Likely the sign is wrong (∂f/∂y = -4)\n"


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        (S1, "expected your gradients too, as d:x=-4"),
        ([*S1, "d:u=1"], "'u' is no node of this graph"),
        ([*S1, "d:x=four"], "expected a number or a fraction"),
    ],
)
def test_what_cannot_be_checked(typed, message, capsys):
    assert main(["check", *typed]) == 2
    assert message in capsys.readouterr().err


def test_mistake_shows_the_bugs(capsys):
    assert main(["mistake", "b = a + a; b + b", "a=1", "--bug", "depth_first"]) == 0
    assert "a         4             2  the first that goes wrong" in capsys.readouterr().out
    assert main(["mistake", "x * y", "x=2", "y=3"]) == 0
    assert "This graph does not show overwrite, order, depth_first, upstream" in capsys.readouterr().out


def test_practice_raises_the_level_as_answers_come_right(capsys, monkeypatch):
    answers = [f"{q.answer:g}" for exercise in exercises(1, 5, 2) for q in questions_of(exercise)]
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join([*answers, "999", "q"])))
    assert main(["practice", "--seed", "5"]) == 0
    out = capsys.readouterr().out
    assert "Level 1, a chain" in out
    assert "2 in a row: on to level 2." in out
    assert "Level 2, products" in out
    assert "Not yet." in out
