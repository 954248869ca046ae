"""Wrong inputs of the command line, and the remedy that each answer must name; standard streams that are no more."""

import os
import shlex
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from viz.command.parser import main

BESIDE = "as x=-2 or c=1/3"  # what every complaint about a value shows

# What is typed after `backstep`, and the words of the answer that say what to type instead. The exit code is 2.
WRONG = [
    ('step "sin x" x=1', "write sin(x)"),
    ('step "2*ln x" x=1', "write log(x)"),
    ('step "√x" x=1', "write sqrt(x)"),
    ('step "|x|" x=1', "write abs(x)"),
    ('step "3 + |x - 1|*2" x=1', "write abs(x - 1)"),
    ('step "lambda*x" lambda=1 x=2', "lambda is a word of Python's own: choose another name"),
    ('step "x*in" x=2', "in is a word of Python's own"),
    ('step "lambda x: x*2" x=2', "write the formula alone: x*2"),
    ('step "f(x) = x**2" x=2', "write f = x**2, and give values for x"),
    ('step "f(x, y) = x*y" x=2 y=1', "write f = x*y, and give values for x, y"),
    ('step "x if x > 0 else 0" x=1', "write where(x > 0, x, 0)"),
    ('step "x > 0 and x < 1" x=1', "as (x > 0) * (y > 0)"),
    ('step "x > 0 or x < 1" x=1', "maximum(x > 0, y > 0)"),
    ('step "not x" x=1', "1 - (x > 0)"),
    ('step "x is 1" x=1', "write x == y"),
    ('step "3*4"', 'give a number a name, as "3*x" x=4'),
    ('step "pi"', "give a number a name"),
    ('quiz "3*4"', "give a number a name"),
    ('draw "2 + 2"', "give a number a name"),
    ('html "2 + 2" -o f.html', "give a number a name"),
    ('step "x ^ 2" x=1', "write ** instead of ^"),
    ('step "sin^2(x)" x=1', "write sin(x)**2"),
    ('step "sin²(x)" x=1', "write sin(x)**2"),
    ('step "2x" x=1', "with *"),
    ('step "2(x + 1)" x=1', "with *"),
    ('step "(x + 1)(x - 1)" x=1', "with *"),
    ('step "w x" w=1 x=1', "with *"),
    ('step "wx + b" w=1 x=1 b=1', "is w * x meant?"),
    ('step "w.x" w=1 x=1', "with *"),
    ('step "w @ x" w=1 x=1', "w1 * x1 + w2 * x2"),
    ('step "x // 2" x=1', "write /"),
    ('step "x % 2" x=1', "write /"),
    ('step "x[0]" x=1', "write x0"),
    ("step \"x'\" x=1", "write x_ or x1"),
    ("step \"'x*y'\" x=1 y=2", "leave the quotation marks away"),
    ('step "“x”" x=1', "leave the quotation marks inside away"),
    ('step "1,5*x" x=1', "a decimal number has a point, as 1.5"),
    ('step "[x + 1]*2" x=1', "write the numbers out"),
    ('step "{x + 1}*2" x=1', "for grouping write ( and )"),
    ('step "sum(x for x in y)" y=1', "write the terms out"),
    ('step "x := 2" y=1', "write x = 2"),
    ('step "x += 2" x=1', "as x1 = x + 1"),
    ('step "f = x = 2" x=1', "one name to the left of ="),
    ('step "f = x*2 = 4" x=1', "write one = in each statement"),
    ('step "import math" x=1', "functions need no import"),
    ('step "math.sin(x)" x=1', "write sin(x)"),
    ('step "True*x" x=1', "write 1 for True"),
    ('step "2j*x" x=1', "numbers are real"),
    ('step "x +" x=1', "an operand is missing"),
    ('step "x */ 2" x=1', "an operand is missing between two signs"),
    ('step "x!" x=1', "there is no factorial"),
    ('step "(x" x=1', "never closed"),
    ('step "e**x" x=1', "write exp(x)"),
    ('step "exp" x=1', "exp is a function: write exp(x)"),
    ('step "tg(x)" x=1', "did you mean tan?"),
    ('step "σ(x)" x=1', "did you mean sigmoid?"),
    ('step "sigmod(x)" x=1', "did you mean sigmoid?"),
    ('step "leaky_relu(x, slope=1)" x=1', "without names, as in leaky_relu(x, 0.1)"),
    ('step "maximum(x)" x=1', "takes 2 operands, got 1"),
    ('step "sin(x)" x=1 sin=3', "leave sin=... away"),
    ('step "1e999*x" x=1', "a number is at most 1.8e308"),
    (f'step "{"9" * 400}*x" x=1', "at most 1.8e308"),
    (f'step "{"9" * 5000}*x" x=1', "a number is at most 1.8e308"),
    (f'step "2*x" x={"9" * 5000}', "for infinity write x=inf"),
    ('step "2*x" x=1e400', "for infinity write x=inf"),
    ('step "2*x" x=1/0', "for infinity write x=inf"),
    ('step "2*x" x=0/0', "for nan write x=nan"),
    ('step "2*x" x=1,5', "write x=1.5, with a point"),
    ('step "2*x" x', BESIDE),
    ('step "2*x" x=', BESIDE),
    ('step "2*x" x:1', BESIDE),
    ('step "2*x" x==1', BESIDE),
    ('step "2*x" 1=x', BESIDE),
    ('step "2*x" x=one', BESIDE),
    ("step x + y x=1 y=2", "an expression with spaces stands in quotation marks"),
    ('step "x*ｘ" x=1 ｘ=2', "x is given twice, as 1 and 2: leave one away"),
    ('step "x" x=1 --latx', "did you mean --latex?"),
    ('step "x" x=1 --digits three', "expected a whole number"),
    ("stp x x=1", "did you mean step?"),
    ("train xorr", "did you mean xor?"),
    ("train xor --optimizer adm", "did you mean adam?"),
    ("train xor --loss mse", "did you mean mse_loss?"),
    ("train xor --activation tnh", "did you mean tanh?"),
    ("train xor --lr fast", "expected a number, as 0.1, 1e-3 or 1/3"),
    ("train xor --epochs 1e3", "expected a whole number, as 300"),
    ("train xor --hidden 4,4", "several apart by spaces"),
    ("train xor --save model.txt", "ends in .npz"),
    ("plot activation sinn -o f.png", "did you mean sin?"),
    ("plot activation relu -o f.gif", "save as .png"),
    ("plot activtion relu -o f.png", "did you mean activation?"),
    ('draw "x*2" x=1 -o f', "save as .svg"),
    ('draw "x*2" x=1 --style micrograds -o f.svg', "did you mean micrograd?"),
]  # fmt: skip


@pytest.mark.filterwarnings("ignore::SyntaxWarning")  # Python's own remark on (x + 1)(x - 1)
@pytest.mark.parametrize(("typed", "remedy"), WRONG, ids=[typed[:40] for typed, _ in WRONG])
def test_each_answer_names_the_remedy(typed, remedy, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(shlex.split(typed)) == 2
    shown = capsys.readouterr()
    assert remedy in shown.err.splitlines()[-1]
    assert shown.out == ""
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ('step "c*x" c=1/3 x=2', "f = c * x = 0.3333 * 2 = 0.6667"),
        ('step "a*x" "a = 1.5" x=2', "f = a * x = 1.5 * 2 = 3"),
        ('step "a*x" a = 1.5 x= 2', "f = a * x = 1.5 * 2 = 3"),
        ('step "a*x" a=1.5, x=2', "f = a * x = 1.5 * 2 = 3"),
        ('step "a*x" a=2*pi x=sqrt(4)', "f = a * x = 6.283 * 2 = 12.57"),
        ('step "2*x" x=1_000', "f = 2 * x = 2 * 1000 = 2000"),
        ('step "x²" x=3', "f = x ** 2 = 3 ** 2 = 9"),
        ('step "w·x" w=2 x=3', "f = w * x = 2 * 3 = 6"),
        ('step "w×x − 1" w=2 x=3', "f = q - 1 = 6 - 1 = 5"),
        ('step "√(x)" x=9', "f = √(x) = √(9) = 3"),
        ('step "2*ｘ" x=1', "f = 2 * x = 2 * 1 = 2"),
        ('step "where(x > 0, x, 0)" x=2', "q = [x > 0] = [2 > 0] = 1"),
    ],
)
def test_what_can_be_meant_in_one_way_only_is_understood(typed, line, capsys):
    assert main(shlex.split(typed)) == 0
    assert line in capsys.readouterr().out


@pytest.mark.filterwarnings("default")
def test_a_warning_names_the_operation_as_a_person_would(capsys):
    for typed, warning in {
        'step "(x - 2)/a" x=1 a=0': "(x - 2) / a is -inf",
        'step "q = x - 2; f = q/a" x=1 a=0': "q / a is -inf",
        'step "log(x*y - 3)" x=1 y=2': "log(... - 3) is nan",
    }.items():
        assert main(shlex.split(typed)) == 0
        assert capsys.readouterr().err.startswith(f"backstep: warning: {warning} here")


STREAMS = [  # of a shell, with the exit code and what the standard error tells
    ("step 'x*y' x=1 y=2 > /dev/full", 1, "No space left"),
    ("quiz 'x*y' x=1 y=2 > /dev/full", 1, "No space left"),
    ("draw 'x*y' x=1 y=2 > /dev/full", 1, "No space left"),
    ("train xor --epochs 2 > /dev/full", 1, "No space left"),
    ("train xor --epochs 2 --csv /dev/full > /dev/null", 1, "No space left"),
    ("--version > /dev/full", 1, "No space left"),
    ("--help > /dev/full", 1, "No space left"),
    ("step 'x*y' x=1 y=2 >&-", 1, "standard output is closed"),
    ("draw 'x*y' x=1 y=2 >&-", 1, "standard output is closed"),
    ("quiz 'x*y' x=1 y=2 <&- >&-", 1, "standard output is closed"),
    ("--help >&-", 1, "standard output is closed"),
    ("step 'x*y' x=1 2>&-", 2, ""),
    ("step 'x*y' x=1 2>/dev/full", 2, ""),
    ("step 'x*y' x=1 <&- >&- 2>&-", 2, ""),
    ("step 'log(x)' x=0 2>&- > /dev/null", 0, ""),
    ("step 'log(x)' x=0 2>/dev/full > /dev/null", 0, ""),
    ("step -i 'x*y' x=1 y=2 <&- > /dev/null", 0, ""),
    ("quiz 'x*y' x=1 y=2 <&- > /dev/null", 0, ""),
]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="Linux has /dev/full")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(("typed", "code", "told"), STREAMS, ids=[typed for typed, _, _ in STREAMS])
def test_streams_that_take_no_more(typed, code, told, unbuffered):
    done = subprocess.run(f"{sys.executable} -m viz {typed}", shell=True, capture_output=True, cwd=ROOT, timeout=120,
                          env={**os.environ, "PYTHONUNBUFFERED": unbuffered}, text=True)  # fmt: skip
    assert (done.returncode, done.stdout) == (code, "")
    assert told in done.stderr
    assert done.stderr.count("\n") == (told != "")
