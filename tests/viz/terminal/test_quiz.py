"""The quiz: which answers are right, what is asked, the hints, the score."""

import io
import math
import os
import signal
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import explain, gradients, parse
from autograd.bench.answers import half_of_the_last_digit, is_right
from autograd.notation import number
from tests.conftest import ROOT
from viz.terminal.quiz import questions, quiz

PRODUCT = ["(x + y) * z", "x=-2", "y=5", "z=-4"]
GRADIENT = -0.589835799


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("-0.59", GRADIENT),
        ("-.5898", GRADIENT),
        ("-0.589835799", GRADIENT),
        ("-.6", GRADIENT),  # rounded to one digit
        ("-5.9e-1", GRADIENT),
        ("−0.59", GRADIENT),  # a minus sign as it is typeset
        (" - 0.59 ", GRADIENT),
        ("1/4", 0.25),
        ("-1/4", -0.25),
        ("1/-4", -0.25),
        ("1.5/6", 0.25),
        ("1/3", 0.333333),
        ("1e-3", 0.001),
        ("1E-3", 0.001),
        ("+3", 3.0),
        ("3.", 3.0),
        ("0.2", 0.196611933),
        ("101", 100.0),
        ("0", 0.0),
        ("-0", 0.0),
        ("0", 1.2e-16),  # what rounding errors leave of a zero
        ("inf", math.inf),
        ("-inf", -math.inf),
        ("nan", math.nan),
        ("1e400", math.inf),
    ],
)
def test_right(typed, answer):
    assert is_right(typed, answer)


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("0.59", GRADIENT),
        ("-0.58", GRADIENT),
        ("-0.5", GRADIENT),
        ("0", GRADIENT),
        ("-1", GRADIENT),  # rounded to a whole number: too rough
        ("0.0", 0.04),
        ("-3/5", GRADIENT),  # a fraction is exact: 1.7 % off
        ("102", 100.0),
        ("1/3", 0.3),
        ("0.001", 0.0),
        ("3", math.inf),
        ("-inf", math.inf),
        ("3", math.nan),
        ("nan", 3.0),
        ("inf", 3.0),
    ],
)
def test_wrong(typed, answer):
    assert not is_right(typed, answer)


@pytest.mark.parametrize("typed", ["", "x", "1/0", "1/0.0", "1//2", "1/2/3", "1,5", "--1", "1e", "1e99999", "0x10", "٣", "__import__('os')", "(" * 9999])  # fmt: skip
def test_no_number(typed):
    with pytest.raises(ValueError, match="expected a number or a fraction"):
        is_right(typed, 1.0)


def test_half_of_the_last_digit():
    cases = {
        "0.59": 0.005,
        "1.2": 0.05,
        "3": 0.5,
        "3.": 0.5,
        "1.2e-3": 5e-5,
        "2e3": 500.0,
        "inf": 0.0,
        "nan": 0.0,
        "1e999": math.inf,
    }
    for typed, half in cases.items():
        assert half_of_the_last_digit(typed) == half


@given(st.floats(allow_subnormal=False), st.integers(2, 17))
def test_what_the_program_shows_is_right_whatever_the_precision(answer, digits):
    assert is_right(number(answer, digits), answer)


@given(st.floats(allow_nan=False, allow_infinity=False).filter(lambda x: abs(x) > 1e-9))
def test_what_is_far_off_is_wrong(answer):
    assert not is_right(repr(1.2 * answer), answer) or math.isinf(1.2 * answer)
    assert not is_right(repr(-answer), answer)
    assert not is_right("0", answer)


def test_a_question_for_each_use():
    asked = questions(explain(parse("a*b + a*a", a=2, b=3)))
    assert [question.answer for question in asked] == [1, 1, 2, 2, 3, 2]
    assert asked[3].text == "∂f/∂a += ∂f/∂r × ∂(a * a)/∂(2nd a), where ∂f/∂r = 1"
    assert list(asked[3].hints) == [
        "× swaps: a receives the gradient of r times a, the other operand.",
        "∂(a * a)/∂(2nd a) = a",
        "1 × 2",
    ]


def test_a_question_for_each_total():
    f = parse("a*b + a*a", a=2, b=3)
    asked = questions(explain(f), totals=True)
    assert [question.answer for question in asked] == [1, 1, 7, 2]
    assert asked[2].text == "∂f/∂a in all, from 3 uses"
    assert list(asked[2].hints)[-1] == "(1 × 2) + (1 × 2) + (1 × 3)"
    assert (asked[2].answer, asked[3].answer) == gradients(f, f.operands[0].operands)


@pytest.mark.parametrize("text", ["1/(1+exp(-(w*x + b)))", "maximum(w, x)*b", "w*w*w + b/x", "relu(w*x) + sigmoid(b)"])
def test_the_question_does_not_give_its_answer_away(text):
    for question in questions(explain(parse(text, w=2.5, x=-3.25, b=0.75))):
        asked, _, known = question.text.partition(", where ")
        assert not any(character.isdigit() and character not in "12" for character in asked), asked
        assert " = " in known


def play(monkeypatch, capsys, text, typed, totals=False, **values):
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    quiz(explain(parse(text, **values)), totals)
    return capsys.readouterr().out


def test_all_right(monkeypatch, capsys):
    shown = play(monkeypatch, capsys, "(x + y) * z", "-4\n3\n-4\n-4.0\n", x=-2, y=5, z=-4)
    assert shown.count("Right.") == 4
    assert shown.endswith("Score: 4 of 4\n")
    assert "f = q * z = 3 * (-4) = -12" in shown


def test_hints_come_in_steps_and_then_the_solution(monkeypatch, capsys):
    shown = play(monkeypatch, capsys, "x * y", "9\n9\nwhat\n1/0\n9\n9\n2\nn\n", x=2, y=3)
    hints = [
        "Hint: × swaps",
        "Hint: ∂(x * y)/∂x = y",
        "Hint: 1 × 3",
        "∂f/∂x += ∂f/∂f × ∂(x * y)/∂x = 1 × y = 1 × 3 = 3",
    ]
    assert sorted(hints, key=shown.index) == hints
    assert shown.count("expected a number or a fraction") == 2
    assert "Score: 1 of 2" in shown


def test_show_hint_and_the_missed_once_more(monkeypatch, capsys):
    shown = play(monkeypatch, capsys, "x * y", "s\nh\n2\ny\n3\n", x=2, y=3)
    assert "Score: 1 of 2\nThose that were missed once more? y n > \n1 of 1  ∂f/∂x" in shown
    assert shown.endswith("Score: 1 of 1\n")


@pytest.mark.parametrize("typed", ["3\nq\n", "3\n", "3\nquit\nn\n"])
def test_quitting_and_the_end_of_the_input_keep_the_score(monkeypatch, capsys, typed):
    assert play(monkeypatch, capsys, "x * y", typed, x=2, y=3).endswith("\nScore: 1 of 2\n")


def test_totals(monkeypatch, capsys):
    shown = play(monkeypatch, capsys, "a * a", "6\n", totals=True, a=3)
    assert "∂f/∂a in all, from 2 uses" in shown
    assert shown.endswith("Score: 1 of 1\n")


def test_nothing_to_ask(monkeypatch, capsys):
    assert "Forward" in play(monkeypatch, capsys, "x", "", x=3)


def test_the_command():
    env = {**os.environ, "PYTHONIOENCODING": "cp1252"}
    done = subprocess.run([sys.executable, "-m", "viz", "quiz", *PRODUCT], input=b"-4\n3\n-4\n-4\n", capture_output=True,
                          cwd=ROOT, timeout=240, env=env)  # fmt: skip
    assert done.returncode == 0
    assert b"1 of 4  df/dq += df/df * d(q * z)/dq, where df/df = 1" in done.stdout
    assert done.stdout.rstrip().endswith(b"Score: 4 of 4")


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX systems")
def test_ctrl_c_shows_the_score_and_exits_130():
    process = subprocess.Popen([sys.executable, "-u", "-m", "viz", "quiz", *PRODUCT], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT)  # fmt: skip
    process.stdin.write(b"-4\n")
    process.stdin.flush()
    while b"Right." not in process.stdout.readline():
        pass
    process.send_signal(signal.SIGINT)
    output, error = process.communicate(timeout=240)
    assert process.returncode == 130
    assert error == b""
    assert output.rstrip().endswith(b"Score: 1 of 4")
