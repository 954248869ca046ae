"""The command line as a user meets it: what is printed, where it goes, exit codes."""

import ast
import io
import os
import re
import shlex
import signal
import subprocess
import sys
import time

import pytest

import nn
from autograd import parse
from autograd.installing import install_command
from nn import MLP, load
from tests.conftest import ROOT
from tests.viz.command.conftest import COMMAND, backstep, typed
from viz.command.arguments import options_first
from viz.command.parser import COMMANDS, main, parser_of
from viz.pages import stepper


def test_step():
    done = backstep("step", "(x + y) * z", "x=-2", "y=5", "z=-4")
    assert done.returncode == 0
    assert done.stderr == b""
    assert "  ∂f/∂q += ∂f/∂f × ∂(q * z)/∂q = 1 × z = 1 × (-4) = -4\n" in done.stdout.decode()
    assert b"\x1b" not in done.stdout


def test_options_stand_anywhere_and_an_expression_may_begin_with_a_minus():
    takes_value = {"--latex": False, "-o": True, "--color": True}
    assert options_first(["-x*y", "x=1", "--latex", "y=2"], takes_value) == ["--latex", "--", "-x*y", "x=1", "y=2"]
    assert options_first(["x", "-o", "-", "--color", "never"], takes_value) == [
        "-o",
        "-",
        "--color",
        "never",
        "--",
        "x",
    ]
    done = typed("step", "-x*y", "x=1", "--digits", "3", "y=2", "--latex")
    assert done.stdout.startswith(b"\\begin{align*}")
    assert typed("step", "-(x)", "x=1").returncode == 0
    assert typed("step", "--", "--x", "x=1").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["step", "x + y", "x=1"], 2, "no value is given for y"),
        (["step", "x ^ 2", "x=1"], 2, "write **"),
        (["step", "x", "x=a"], 2, "expected name=number, as x=-2 or c=1/3; got 'x=a'"),
        (["step", "x", "x"], 2, "expected name=number"),
        (["step", "x", "1x=3"], 2, "expected name=number"),
        (["step", "x", "x=1", "x=2"], 2, "x is given twice, as 1 and 2"),
        (["step", "x", "x=1", "t=2"], 2, "does not use t"),
        (["step"], 2, "required"),
        (["step", "x", "x=1", "--latx"], 2, "unrecognized"),
        (["step", "x", "x=1", "--color", "blue"], 2, "invalid choice"),
        (["step", "x", "x=1", "--digits", "0"], 2, "--precision is from 1 to 17, got 0"),
        (["quiz", "x + y", "x=1"], 2, "no value is given for y"),
        (
            ["routes", "rate * 2", "rate=1", "--to", "rte"],
            2,
            "there is no node 'rte' in this graph: did you mean rate?",
        ),
        (["routes", "x * y", "x=1", "y=2", "--to", "w"], 2, "there is no node 'w' in this graph; there are x, y, f"),
        (["routes", "x * 2", "x=1", "--most", "-1"], 2, "--most is 0 or more, got -1"),
        (["draw", "x*2", "x=1", "--style", "grand"], 2, "invalid choice"),
        (["html", "x*2", "x=1"], 2, "required: -o"),
        (["walk"], 2, "invalid choice"),
        ([], 2, ""),
        (["draw", "x*2", "x=1", "-o", "out.xyz"], 2, "save as .svg"),
        (["draw", "x*2", "x=1", "-o", "/nowhere/at/all/out.svg"], 1, "there is no folder"),
        (["train", "xor", "--activation", "foo"], 2, "unknown activation"),
        (["train", "xor", "--activation", "tnh"], 2, "did you mean tanh?"),
        (["train", "xor", "--epochs", "0"], 2, "--epochs is 1 or more, got 0"),
        (["train", "xor", "--batch-size", "0"], 2, "--batch-size is 1 or more, got 0"),
        (["train", "xor", "--hidden", "4", "0"], 2, "--hidden is 1 or more, got 4 0; --linear is a network without"),
        (["train", "moonz"], 2, "did you mean moons?; a file of your own ends in .csv"),
        (["train", "xor", "--activation", "swish"], 2, "--use FILE.py"),
        (["step", "swish(x)", "x=1"], 2, "--use FILE.py"),
        (["predict", "/nowhere/at/all.npz", "new.csv"], 1, "there is no folder /nowhere/at"),
        (["train", "xor", "--save", "m.txt"], 2, "ends in .npz, got 'm.txt'"),
        (["train", "xor", "--save", "/nowhere/at/all/m.npz"], 1, "there is no folder"),
        (["train", "xor", "--csv", "/nowhere/at/all/m.csv"], 1, "there is no folder"),
        (["train", "xor", "--csv", "."], 1, "it is a folder"),
        (["train", "xor", "--lr", "-1"], 2, "learning rate"),
        (["train", "xor", "--lr", "1e300", "--activation", "linear", "--epochs", "9"], 1, "a smaller learning rate"),
        (["plot"], 2, "required: PLOT"),
        (["plot", "pie", "-o", "out.png"], 2, "invalid choice"),
        (["plot", "activation", "relu"], 2, "required: -o"),
        (["plot", "activation", "foo", "-o", "out.png"], 2, "unknown activation"),
        (["plot", "activation", "relu", "-o", "out.gif"], 2, "save as .png"),
        (["plot", "activation", "relu", "-o", "/nowhere/at/all/out.png"], 1, "there is no folder"),
        (["plot", "history", "/nowhere/at/all.csv"], 1, "No such file"),
        (["plot", "history", "README.md"], 1, "README.md is no history of training"),
        (["plot", "gradients", "examples/pictures/product.svg", "-o", "out.png"], 1, "is no history of training"),
        (["plot", "boundary", "moons", "--epochs", "0", "-o", "out.png"], 2, "1 or more"),
        (["plot", "descent", "x*y*z", "x=1", "y=1", "z=1", "-o", "out.png"], 2, "one or two variables"),
        (["plot", "descent", "x*y", "x=1", "-o", "out.png"], 2, "no value is given for y"),
        (["plot", "descent", "x*y", "x", "-o", "out.png"], 2, "expected name=number"),
        (["plot", "descent", "x*y", "x=1", "y=2", "x=3", "-o", "out.png"], 2, "the same variables in each start"),
        (["plot", "descent", "x*y", "x=1", "y=2", "--range", "x=0:1", "-o", "out.png"], 2, "--range for each variable"),
        (["plot", "newton", "x", "x=1", "x=3", "-o", "out.png"], 2, "expected one start, got 2"),
        (["plot", "secants", "x*y", "x=1", "y=3", "-o", "out.png"], 2, "one variable, as x=2"),
        (["plot", "convexity", "x", "x=1", "-o", "out.png"], 2, "expected a range as x=-2:2"),
        (["plot", "convexity", "x", "x=1:0", "-o", "out.png"], 2, "from low to high"),
        (["plot", "surface", "x", "x=0:1", "-o", "out.png"], 2, "the ranges of two variables"),
        (["--version"], 0, ""),
        (["--help"], 0, ""),
        (["step", "--help"], 0, ""),
    ],
)
def test_exit_codes(arguments, code, message):
    done = typed(*arguments)
    assert done.returncode == code
    assert message in done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert (done.stdout != b"") == (code == 0 or arguments == [] or ("--lr" in arguments and code == 1))


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["--version"], 0), (["draw", "x*2", "x=1", "-o", "/nowhere/at/all/out.svg"], 1), (["step", "x + y", "x=1"], 2)],
)
def test_a_process_ends_with_the_same_code_and_words(arguments, code):
    done = backstep(*arguments)
    assert done == typed(*arguments)
    assert done.returncode == code


def test_routes():
    text = "(x + y) * x + y"
    done = typed("routes", text, "x=3", "y=-1", "--to", "x")
    assert done.stdout.decode().splitlines() == [
        "∂f/∂x = 5, the sum over 2 routes from f to x",
        "  f → r → q → x  1 × x × 1 = 1 × 3 × 1 = 3",
        "  f → r → x      1 × q = 1 × 2 = 2",
        "Multiplications for all gradients: 6 in reverse mode, one for each use; 9 route by route",
    ]
    every = typed("routes", text, "x=3", "y=-1", "--most", "1", PYTHONIOENCODING="ascii").stdout.decode()
    assert every.count("the sum over 2 routes") == 2
    assert every.count("Multiplications") == 1
    assert "  all others: 1 route  2\n" in every
    assert "df/dx" in every
    assert typed("routes", text, "x=3", "y=-1", "--to", "q", "--latex").stdout.startswith(b"\\begin{align*}")


def test_help_has_examples():
    assert b'backstep step "(x + y) * z" x=-2 y=5 z=-4' in typed("--help").stdout


def test_an_output_that_cannot_carry_the_signs_gets_ascii():
    done = backstep("step", "tanh(α)", "α=1", PYTHONIOENCODING="cp1252")
    assert done.returncode == 0
    text = done.stdout.decode("ascii")
    assert r"df/d\u03b1 += df/df * dtanh(\u03b1)/d\u03b1 = 1 * (1 - tanh(\u03b1)**2) = 1 * (1 - f**2)" in text
    assert b"MLP(2, [8, 1]): 2 -> 8 tanh" in typed("train", "xor", "--epochs", "1", PYTHONIOENCODING="ascii").stdout


@pytest.mark.parametrize(
    ("option", "environment", "colour"),
    [
        ([], {}, False),
        ([], {"FORCE_COLOR": "1"}, True),
        ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (["--color", "always"], {"NO_COLOR": "1", "TERM": "dumb"}, True),
        (["--color", "never"], {"FORCE_COLOR": "1"}, False),
    ],
)
def test_colour(option, environment, colour):
    assert (b"\x1b[" in typed("step", "x*x", "x=1", *option, **environment).stdout) == colour


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of POSIX systems")
@pytest.mark.parametrize(("term", "colour"), [("xterm", True), ("dumb", False)])
def test_colour_on_a_terminal(term, colour):
    import pty

    master, slave = pty.openpty()
    env = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR")} | {"TERM": term}
    subprocess.run([*COMMAND, "step", "x*x", "x=1"], stdout=slave, env=env, cwd=ROOT, timeout=240, check=True)
    os.close(slave)
    assert (b"\x1b[" in os.read(master, 10_000)) == colour
    os.close(master)


def test_a_reader_that_has_seen_enough():
    """As `| head -1`: no traceback."""
    long = "+".join(["x"] * 400)
    process = subprocess.Popen(
        [*COMMAND, "step", long, "x=1"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    )
    assert process.stdout.readline().strip() == b"Forward"
    process.stdout.close()
    error = process.stderr.read()
    process.stderr.close()
    process.wait(timeout=240)
    assert error == b""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX systems")
def test_ctrl_c():
    process = subprocess.Popen([*COMMAND, "train", "xor", "--epochs", "100000000", "--every", "10"],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, env={**os.environ, "PYTHONUNBUFFERED": "1"})  # fmt: skip
    process.stdout.readline()
    process.stdout.readline()
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=240)
    assert process.returncode == 130
    assert b"Traceback" not in error


def test_draw(tmp_path):
    target = tmp_path / "f.svg"
    assert backstep("draw", "(x + y) * z", "x=-2", "y=5", "z=-4", "-o", str(target)).returncode == 0
    assert "-12" in target.read_text(encoding="utf-8")
    done = typed("draw", "(x + y) * z", "x=-2", "y=5", "z=-4", "-o", "-")
    assert b"<svg" in done.stdout
    assert typed("draw", "x*2", "x=1", "-o", str(tmp_path / "f.gv")).returncode == 0


def test_draw_has_the_options_of_viz_draw(tmp_path):
    plain, styled = tmp_path / "plain.svg", tmp_path / "styled.svg"
    expression = ["draw", "x*y", "x=1.23456", "y=2", "--engine", "builtin"]
    assert typed(*expression, "-o", str(plain)).returncode == 0
    options = ["--style", "micrograd", "--rankdir", "TB", "--theme", "dark", "--precision", "2"]
    assert typed(*expression, *options, "-o", str(styled)).returncode == 0
    assert "1.235" in plain.read_text()
    assert "1.235" not in styled.read_text()
    assert "#0D1117" in styled.read_text()
    assert typed(*expression, "--digits", "2").stdout == typed(*expression, "--precision", "2").stdout


def test_html(tmp_path):
    target = tmp_path / "f.html"
    done = typed("html", "(x + y) * z", "x=-2", "y=5", "z=-4", "-o", str(target))
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    f = parse("(x + y) * z", x=-2, y=5, z=-4)
    assert target.read_bytes() == stepper.step(f).html().encode()
    assert typed("html", "-x", "x=1.23456", "-o", "-", "--precision", "3").stdout.startswith(b"<!DOCTYPE html>")
    done = typed("html", "w*x + c", "w=1", "x=2", "c=3", "--move", "x, c", "-o", "-")
    assert b'"parameters":[1,3]' in done.stdout
    done = typed("html", "w*x", "w=1", "x=2", "--move", "w,q", "-o", "-")
    assert done.returncode == 2
    assert b"--move names variables of the expression, w, x; got 'q'" in done.stderr
    done = typed("html", "+".join(["x"] * 1600), "x=1", "-o", str(tmp_path / "large.html"))
    assert done.returncode == 2
    assert b"cannot be read" in done.stderr
    assert not (tmp_path / "large.html").exists()


def test_quiz():
    done = typed("quiz", "-x*y", "x=2", "--totals", "y=3")
    assert b"in all, from 1 use" in done.stdout
    assert done.stdout.endswith(b"Score: 0 of 3\n")


def test_plots(tmp_path):
    csv = str(tmp_path / "history.csv")
    training = ["moons", "--hidden", "4", "3", "--epochs", "12", "--every", "5"]
    assert typed("train", *training, "--csv", csv).returncode == 0
    (tmp_path / "other.csv").write_bytes((tmp_path / "history.csv").read_bytes())
    for name, arguments in {
        "relu.png": ["activation", "relu"],
        "loss.pdf": ["history", csv],
        "norms.svg": ["gradients", csv],
        "depth.svg": ["gradients", csv, "--epochs", "0", "11"],
        "boundary.png": ["boundary", *training],
        "curve.svg": ["descent", "-x**2", "x=3", "--lr", "0.4", "--lr", "0.6", "--steps", "3"],
        "map.png": ["descent", "x**2 + 10*y**2", "x=3", "y=1", "--range", "x=-4:4", "--range", "y=-2:2"],
        "starts.svg": ["descent", "x**4 - 3*x**2 + x", "x=-2", "x=0.5", "--lr", "0.02", "--steps", "9"],
        "activations.png": ["activation", "sigmoid", "relu"],
        "losses.png": ["history", csv, str(tmp_path / "other.csv")],
        "data.png": ["data", "circles"],
        "nand.png": ["perceptron", "nand"],
        "newton.png": ["newton", "x**4 - 3*x**2 + x", "x=2"],
        "secants.png": ["secants", "x**2", "x=2", "--h", "1", "--h", "0.1"],
        "chord.png": ["convexity", "x**4 - 3*x**2 + x", "x=-2:2"],
        "surface.png": ["surface", "x**2 - y**2", "x=-2:2", "y=-1:1"],
    }.items():
        done = typed("plot", *arguments, "-o", str(tmp_path / name))
        assert done.returncode == 0, done.stderr.decode()
        assert done.stderr == b""
        assert (tmp_path / name).stat().st_size > 5000
    svg = (tmp_path / "curve.svg").read_text()
    for label in ("lr 0.4", "lr 0.6", "start"):
        assert f"<!-- {label} -->" in svg
    assert b"<svg" in typed("plot", "activation", "tanh", "-o", "-").stdout
    done = typed("plot", "gradients", csv, "--epochs", "12", "-o", str(tmp_path / "x.png"))
    assert (done.returncode, done.stderr) == (2, b"backstep: there is no epoch 12: 12 were kept\n")


def test_the_loss_curve_as_text(tmp_path):
    csv = str(tmp_path / "history.csv")
    shown = typed("train", "xor", "--epochs", "60", "--csv", csv, "--curve").stdout.decode()
    chart = typed("plot", "history", csv).stdout.decode()
    assert chart.startswith("loss\n0.7355 |*\n")
    assert chart in shown


def test_without_matplotlib_a_loss_curve_is_text_and_other_plots_are_refused(tmp_path, python):
    csv, target = str(tmp_path / "history.csv"), str(tmp_path / "plot.png")
    commands = [
        ["train", "xor", "--epochs", "9", "--csv", csv],
        ["plot", "history", csv],
        *(["plot", *arguments, "-o", target] for arguments in
          (["history", csv], ["gradients", csv], ["activation", "relu"], ["boundary", "xor"], ["descent", "x*x", "x=1"])),
    ]  # fmt: skip
    program = (
        "import sys; sys.modules['matplotlib'] = None; from tests.viz.command.conftest import typed; "
        f"print([tuple(typed(*command)) for command in {commands}])"
    )
    trained, shown, *refused = ast.literal_eval(python(program).stdout)
    assert (trained[0], shown[0]) == (0, 0)
    command = install_command("plot")
    assert command.startswith(sys.executable)
    sentence = f"backstep: plots need matplotlib, which is not installed: {command}\n".encode()
    for arguments, (code, out, error) in zip(commands[2:], refused, strict=True):
        assert (code, error) == (1, sentence)
        assert out.startswith(b"loss\n" if arguments[1] == "history" else b"")
        assert (out != b"") == (arguments[1] == "history")
    assert not os.path.exists(target)


def test_a_history_is_read_as_it_was_written(tmp_path):
    history = nn.History(loss=[1.0, 0.5], validation=[2.0, 1.5], metrics={"accuracy": [0.25, 1.0]},
                         gradients={"0": [0.1, 0.2], "2": [1e-9, 3.0]}, seconds=[0.5, 0.25])  # fmt: skip
    history.to_csv(tmp_path / "history.csv")
    assert nn.History.from_csv(str(tmp_path / "history.csv")) == history


def test_train():
    done = backstep("train", "xor")
    lines = done.stdout.decode().splitlines()
    assert lines[0] == "MLP(2, [8, 1]): 2 -> 8 tanh -> 1 sigmoid, 33 parameters"
    assert lines[1].startswith("epoch     0  loss 0.")
    assert lines[-1] == "4 of 4 right"
    stuck = typed(
        "train", "xor", "--hidden", "1", "--epochs", "20", "--every", "7", "--seed", "1", "--activation", "relu"
    )
    assert stuck.returncode == 0
    assert "epoch    19" in stuck.stdout.decode()


def test_train_writes_what_it_is_asked_for(tmp_path):
    done = typed("train", "moons", "--hidden", "4", "3", "--optimizer", "adam", "--lr", "0.05", "--epochs", "8", "--batch-size", "25",
                    "--loss", "hinge_loss", "--activation", "relu", "--report", "--save", str(tmp_path / "m.npz"), "--csv", str(tmp_path / "m.csv"))  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    assert "|∂J/∂W|" in done.stdout.decode()
    assert len((tmp_path / "m.csv").read_text().splitlines()) == 9
    model = MLP(2, [4, 3, 1])
    load(model, tmp_path / "m.npz")
    assert typed("train", "and", "--epochs", "60").stdout.decode().splitlines()[-1] == "4 of 4 right"


@pytest.mark.parametrize(
    "network",
    [["--hidden", *["8"] * 8, "--activation", "sigmoid"], ["--hidden", "10", "10", "--activation", "leaky_relu"]],
)
def test_a_report_fits_eighty_columns(network, capsys):
    assert main(["train", "xor", "--epochs", "2", "--report", *network]) == 0
    report = capsys.readouterr().out.partition("\n\n")[2].partition("\n\n")[0]
    assert report.startswith("layer key activation")
    assert max(map(len, report.splitlines())) <= 80


def test_a_warning_is_one_line_without_code():
    done = typed("step", "log(x)", "x=0")
    assert done.returncode == 0
    assert done.stderr.decode().startswith("backstep: warning: log(x) is -inf here")
    assert done.stderr.count(b"\n") == 1


def test_the_command_is_installed(capsys):
    assert main(["step", "x * 2", "x=1"]) == 0
    assert "f = x * 2 = 1 * 2 = 2" in capsys.readouterr().out


@pytest.mark.parametrize("word", ["step", "quiz"])
def test_what_a_short_command_does_not_need_is_not_loaded(python, word):
    """`backstep step` starts in 0.2 s of processor time, of which NumPy takes more than half."""
    done = python(
        "import sys; from viz.command.parser import main; main(sys.argv[1:]); "
        "print({'nn', 'graphviz', 'matplotlib', 'llvmlite', 'autograd.tape', 'viz.graph', 'viz.pages', 'viz.terminal.screen', 'autograd.files', 'importlib.metadata'} & {*sys.modules})",
        word, "x * y", "x=2", "y=3",
    )  # fmt: skip
    assert done.stdout.endswith("\nset()\n"), done


def test_each_command_is_made_by_the_file_that_the_registry_names():
    for family in set(COMMANDS.values()):
        parser = parser_of([family])
        (commands,) = (action.choices for action in parser._actions if action.dest == "==SUPPRESS==" and action.choices)
        assert list(commands) == [name for name, file in COMMANDS.items() if file == family]


@pytest.mark.usefixtures("flowers")
def test_every_example_of_the_help_is_a_command(capsys, monkeypatch):
    examples = re.findall(r"^  backstep (.*)$", parser_of(dict.fromkeys(COMMANDS.values())).epilog, re.MULTILINE)
    assert len(examples) >= 30
    for example in examples:
        monkeypatch.setattr(sys, "stdin", io.StringIO())
        assert main(shlex.split(example)) == 0, (example, capsys.readouterr().err)


def test_a_page_is_written_to_a_file_that_is_called_so(tmp_path, capsys):
    assert main(["html", "x * y", "x=2", "y=3", "-o", str(tmp_path / "page.pdf")]) == 2
    assert "a page is a .html file" in capsys.readouterr().err
    assert not any(tmp_path.iterdir())
