"""The interactive stepper, driven as a user drives it: through a pseudo-terminal, key by key."""

import os
import re
import select
import shutil
import signal
import subprocess
import sys
import time

import pytest

from autograd import Value, explain, parse
from autograd.cards import card
from tests.conftest import ROOT
from viz.terminal.circuit import Circuit
from viz.terminal.keys import KEYS
from viz.terminal.screen import OTHER_SCREEN, OWN_SCREEN, Screen
from viz.terminal.stepper import KEYS as STEPPER_KEYS
from viz.terminal.stepper import Pages, help_lines, move

PRODUCT = ["(x + y) * z", "x=-2", "y=5", "z=-4"]
posix = pytest.mark.skipif(sys.platform == "win32", reason="a terminal of POSIX systems")


class Terminal:
    """`backstep step -i` in a pseudo-terminal: `press` sends keys, `see` waits for a text and returns what came."""

    def __init__(self, *arguments, command="step", program=None, columns=100, lines=40, **environment):
        import fcntl
        import pty
        import struct
        import termios

        self.master, self.slave = pty.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.settings = termios.tcgetattr(self.slave)
        env = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES")}
        env |= {"TERM": "xterm-256color", "PYTHONIOENCODING": "utf-8", **environment}

        def own_terminal():
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # so that Ctrl-C becomes a signal to the program

        self.process = subprocess.Popen(
            program or [sys.executable, "-m", "viz", command, *arguments], stdin=self.slave, stdout=self.slave,
            stderr=self.slave if program else subprocess.PIPE, cwd=ROOT, env=env, preexec_fn=own_terminal,
        )  # fmt: skip
        self.all = self.unread = ""

    def press(self, keys):
        os.write(self.master, keys.encode())

    def see(self, text, seconds=120):
        end = time.monotonic() + seconds
        while text not in self.unread:
            ready, _, _ = select.select([self.master], [], [], max(0.0, end - time.monotonic()))
            assert ready, f"{text!r} did not come, but {self.unread!r}"
            self.unread += os.read(self.master, 65536).decode(errors="replace")
        before, _, self.unread = self.unread.partition(text)
        self.all += before + text
        return before + text

    def end(self):
        """Wait for the end; returns the exit code. The terminal must be as it was, and no traceback must have come."""
        import termios

        error = self.process.communicate(timeout=120)[1]
        self.all += self.unread
        while select.select([self.master], [], [], 0.2)[0]:
            self.all += os.read(self.master, 65536).decode(errors="replace")
        assert termios.tcgetattr(self.slave) == self.settings
        os.close(self.master)
        os.close(self.slave)
        assert b"Traceback" not in error
        return self.process.returncode


@posix
def test_keys():
    terminal = Terminal(*PRODUCT, "-i")
    first = terminal.see("q quit")
    assert first.startswith(OTHER_SCREEN)
    assert "Start: step 0 of 7" in first
    assert "-12" not in first, "nothing is shown before it is computed"
    for key, title in [
        ("n", "Forward: step 1 of 7"),
        (" ", "Forward: step 2 of 7"),
        ("\x1b[C", "Backward: step 3 of 7"),
        ("\x1bOC", "Backward: step 4 of 7"),
        ("b", "Backward: step 3 of 7"),
        ("\x1b[D", "Forward: step 2 of 7"),
        ("\x7f", "Forward: step 1 of 7"),
        ("j", "Backward: step 3 of 7"),
        ("\x1b[H", "Start: step 0 of 7"),
        ("b", "Start: step 0 of 7"),
        ("\x1b[F", "End: what was found"),
        ("\r", "End: what was found"),
        ("?", "backward begins"),
        ("?", "raise z a little, and f rises 3 times as much"),
        ("\x1b", "End: what was found"),
        ("r", "∂f/∂x = -4, the sum over 1 route from f to x"),
        ("r", "raise z a little, and f rises 3 times as much"),
        ("b", "Backward: step 7 of 7"),
        ("t", "name          value  gradient"),
        ("t", "Backward: step 7 of 7"),
        ("bbbb", "Backward: step 3 of 7"),
    ]:
        terminal.press(key)
        terminal.see(title)
    terminal.press("q")
    assert terminal.end() == 0
    assert terminal.all.endswith(OWN_SCREEN)


@posix
def test_a_page_shows_the_step_the_sum_and_the_pattern():
    terminal = Terminal("a*a", "a=3", "-i", NO_COLOR="1")
    terminal.see("q quit")
    terminal.press("jnn")
    terminal.see("step 4 of 4")
    page = terminal.see("q quit")
    assert "∂f/∂a += ∂f/∂f × ∂(a * a)/∂(2nd a) = 1 × a = 1 × 3 = 3" in page
    assert "running sum  a: 3 + 3 = 6 (use 2 of 2)" in page
    assert "× swaps: a receives the gradient of f times a, the other operand." in page
    assert not re.search(r"\x1b\[\d*m", terminal.all), "NO_COLOR"
    terminal.press("q")
    assert terminal.end() == 0


@posix
def test_colours_are_the_terminals():
    terminal = Terminal(*PRODUCT, "-i")
    assert "\x1b[32m" in terminal.see("q quit")
    terminal.press("Q")
    assert terminal.end() == 0


@posix
@pytest.mark.parametrize("term", ["xterm", "dumb"])
def test_ctrl_c_exits_130_and_restores_the_terminal(term):
    terminal = Terminal(*PRODUCT, "-i", TERM=term)
    terminal.see("q quit")
    terminal.press("n\x03")
    assert terminal.end() == 130
    assert (OWN_SCREEN in terminal.all) == (term == "xterm")


@posix
@pytest.mark.parametrize("term", ["xterm", "dumb"])
def test_the_end_of_the_input_quits(term):
    terminal = Terminal(*PRODUCT, "-i", TERM=term)
    terminal.see("q quit")
    terminal.press("\x04")
    assert terminal.end() == 0


@posix
def test_a_terminal_that_is_closed():
    terminal = Terminal(*PRODUCT, "-i")
    terminal.see("q quit")
    terminal.process.send_signal(signal.SIGTERM)
    terminal.process.wait(timeout=120)
    terminal.process.stderr.close()
    os.close(terminal.slave)
    os.close(terminal.master)
    assert terminal.process.returncode == -signal.SIGTERM


@posix
def test_a_dumb_terminal_gets_a_prompt_and_no_escapes():
    terminal = Terminal(*PRODUCT, "-i", TERM="dumb")
    terminal.see("> ")
    for typed, text in [
        ("", "Forward: step 1 of 7"),
        ("next", "Forward: step 2 of 7"),
        ("backward", "Backward: step 3 of 7"),
        ("n", "running sum  q: 0 + (-4) = -4 (use 1 of 1)"),
        ("back", "Backward: step 3 of 7"),
        ("what?", "> "),
        ("last", "End: what was found"),
        ("back", "Backward: step 7 of 7"),
        ("?", "one step back"),
    ]:
        terminal.press(typed + "\n")
        terminal.see(text)
    terminal.press("quit\n")
    assert terminal.end() == 0
    assert "\x1b" not in terminal.all


@posix
def test_a_small_terminal_shows_the_nodes_around_the_step():
    solution = explain(parse("+".join(f"x*{i}" for i in range(2, 40)), x=1))
    pages = Pages(solution)
    for position in (0, 1, 50, pages.last):
        table = pages.table(position, most=5)
        assert len(table) == 7
        assert re.fullmatch(r" +nodes \d+ to \d+ of 76", table[-1])
        assert position == 0 or any(line.startswith(("  =", "  +=", "  gate")) for line in table)


def test_piped_it_is_the_transcript():
    done = subprocess.run([sys.executable, "-m", "viz", "step", "-i", *PRODUCT], capture_output=True, cwd=ROOT, timeout=240,
                          env={**os.environ, "PYTHONIOENCODING": "utf-8"})  # fmt: skip
    plain = subprocess.run([sys.executable, "-m", "viz", "step", *PRODUCT], capture_output=True, cwd=ROOT, timeout=240,
                           env={**os.environ, "PYTHONIOENCODING": "utf-8"})  # fmt: skip
    assert done.stdout == plain.stdout
    assert b"\x1b" not in done.stdout
    assert done.returncode == 0


@posix
def test_head_has_seen_enough():
    command = f"{sys.executable} -m viz step -i '{'+'.join(['x'] * 400)}' x=1 | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, cwd=ROOT, timeout=240)
    assert done.stdout == b"Forward\n"
    assert done.stderr == b""


def test_nothing_is_known_before_its_step():
    pages = Pages(explain(parse("(x + y) * z", x=-2, y=5, z=-4)))
    numbers = [re.findall(r"(?<= )-?\d+(?= |$)", "\n".join(pages.table(at)), re.MULTILINE) for at in range(8)]
    assert [len(known) for known in numbers] == [3, 4, 5, 6, 7, 8, 9, 10]


def test_a_page_for_every_position_of_other_graphs():
    with pytest.warns(RuntimeWarning):
        infinite = parse("log(x - x)", x=2)
    for graph in (parse("x", x=2), parse("x*1", x=2), parse("maximum(x, -x)", x=0), infinite):
        pages = Pages(explain(graph))
        for position in range(pages.end + 1):
            assert "q quit" in Screen(pages, True).text(position, 80, 24)


def test_hostile_names_send_nothing_to_the_terminal():
    names = ["\x1b[2J", "\x1b]0;title\x07", "a\rb", "\u202eevil", "x\ud800", "\x9b31m", "n\n\nq", "y" * 500]
    leaves = [Value(i, name) for i, name in enumerate(names)]
    total = leaves[0]
    for leaf in leaves[1:]:
        total = total * leaf
    pages = Pages(explain(total))
    for position in range(pages.end + 1):
        text = "\n".join([*pages.card(position), *pages.table(position), Screen(pages, False).text(position, 500, 500)])
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\ud800]", text)


def test_keys_that_come_in_one_read_are_taken_apart():
    assert KEYS.findall("n\x1b[C\x1bOD\x1b[1~\x1b[1;5Cq\x1b") == [
        "n",
        "\x1b[C",
        "\x1bOD",
        "\x1b[1~",
        "\x1b[1;5C",
        "q",
        "\x1b",
    ]


def test_a_card_of_each_kind_of_step():
    forward, seed, to_x, to_y = explain(parse("x - y", x=2, y=5))
    assert card(forward) == ["f = x - y = 2 - 5 = -3"]
    assert card(seed)[0] == "∂f/∂f = 1"
    assert card(to_x)[2] == "  local        ∂(x - y)/∂x = 1"
    assert card(to_y)[1:5] == [
        "  upstream     ∂f/∂f = 1",
        "  local        ∂(x - y)/∂y = -1",
        "  contribution 1 × (-1) = -1",
        "  running sum  y: 0 + (-1) = -1 (use 1 of 1)",
    ]


GRAPHS = [
    ("(x + y) * z", {"x": -2, "y": 5, "z": -4}),
    ("1/(1+exp(-(w0*x0 + w1*x1 + w2)))", {"w0": 2, "x0": -1, "w1": -3, "x1": -2, "w2": -3}),
    ("a*a*a + a", {"a": 3}),
    ("a*b + sin(a)*b - c/a", {"a": 3.14159, "b": 2e-7, "c": 1e30}),
    ("sum(a, b, c, a*b)*(a + c)", {"a": 3, "b": 2, "c": 1}),
    ("x", {"x": 1}),
]


@pytest.mark.parametrize(("columns", "lines"), [(80, 24), (40, 12), (40, 9), (20, 6), (200, 60)])
@pytest.mark.parametrize(("text", "values"), GRAPHS)
def test_a_page_fits_the_terminal_and_breaks_no_number(text, values, columns, lines):
    pages = Pages(explain(parse(text, **values)))
    plain, coloured = Screen(pages, colour=False), Screen(pages, colour=True)
    for position in range(pages.end + 1):
        page = plain.text(position, columns, lines)
        assert page.count("\n") < lines
        assert max(map(len, page.splitlines())) < columns
        assert re.sub(r"\x1b\[\d+m", "", coloured.text(position, columns, lines)).split() == page.split()
        if columns >= 40 and 0 < position <= pages.last:
            step = pages.steps[position - 1]
            shown = str(step.number(step.node.data if step.kind == "forward" else step.contribution))
            assert re.search(rf"(?<![\d.]){re.escape(shown)}(?![\d.])", page), page


def test_the_circuit_of_the_first_example_step_by_step():
    pages = Pages(explain(parse("(x + y) * z", x=-2, y=5, z=-4)))
    screen = Screen(pages, colour=False)
    assert screen.picture(0, 79, 10) == ["x -2 ──┫+┣ q   ───┫×┣ f", "     ┌─┫ ┃      ┌─┫ ┃", "y 5 ─┘ z -4 ────┘"]
    assert screen.picture(1, 79, 10)[0] == "x -2 ══╡+╞ q 3 ───┫×┣ f"
    assert screen.picture(5, 79, 10) == [
        "x -2 ──┫+┣ q 3 ───╡×╞ f -12",
        "     ┌─┫ ┃   -4 ╔═╡ ┃   1",
        "y 5 ─┘ z -4 ════╝",
        "         3",
    ]
    assert screen.picture(7, 79, 10)[0] == "x -2 ──╡+╞ q 3 ───┫×┣ f -12", "y's wire is lit"


@pytest.mark.parametrize(("text", "values"), GRAPHS)
def test_each_wire_of_a_circuit_leads_from_its_operand_to_its_port(text, values):
    """The lit wire of each use is one connected path of double lines from the operand's number to the port's bar."""
    output = parse(text, **values)
    circuit = Circuit(output)
    for gate in circuit.order:
        operands = [operand for operand in gate.operands if operand.__class__ is not float]
        for port, operand in enumerate(operands):
            lines = circuit.draw({}, {}, gate, [port]).lines()
            lit = {(r, c) for r, line in enumerate(lines) for c, sign in enumerate(line) if sign in "═║╔╗╚╝╠╣╦╩╬"}
            row, column = circuit.place(gate)
            end = row + port, column - 1
            assert end in lit
            reached, todo = set(), [end]
            while todo:
                r, c = todo.pop()
                if (r, c) in lit - reached:
                    reached.add((r, c))
                    todo += [(r + 1, c), (r - 1, c), (r, c + 1), (r, c - 1)]
            assert reached == lit
            start_row, start_column = circuit.place(operand)
            assert any(r == start_row and c > start_column for r, c in lit)


def test_the_places_of_a_circuit_are_the_same_at_each_step():
    pages = Pages(explain(parse("1/(1+exp(-(w*x + b)))", w=2, x=-1, b=-3)))
    screen = Screen(pages, colour=False)
    pictures = [screen.picture(position, 400, 40) for position in range(pages.end + 1)]
    wires = [[re.sub(r"[^─│┌┐└┘├┤┬┴┼═║╔╗╚╝╠╣╦╩╬┫╡┣╞┃]", " ", line) for line in picture] for picture in pictures]
    single = str.maketrans("═║╔╗╚╝╠╣╦╩╬╡╞", "─│┌┐└┘├┤┬┴┼┫┣")
    assert len({"\n".join(line.translate(single).rstrip() for line in lines).rstrip() for lines in wires}) == 1


@pytest.mark.parametrize(
    "text", ["+".join(f"x*{i}" for i in range(2, 140)), "sum(" + ", ".join(f"x*{i}" for i in range(2, 280)) + ")"]
)
def test_a_large_graph_has_a_window_around_the_step(text):
    pages = Pages(explain(parse(text, x=1)))
    screen = Screen(pages, colour=False)
    assert (screen.circuit is not None) == (len(pages.solution.order) <= 300)
    for position in (0, 1, pages.last // 2, pages.last, pages.end):
        page = screen.text(position, 80, 24)
        assert page.count("\n") < 24
        assert position in (0, pages.end) or re.search(r"╡|  (\+=|gate|=)  ", page)


def test_the_help_names_every_key_and_every_key_is_handled():
    pages = Pages(explain(parse("x*y", x=1, y=2)))
    assert len(help_lines()) == len(STEPPER_KEYS)
    assert max(map(len, help_lines())) < 40
    typed = [name for key in STEPPER_KEYS for name in key.typed]
    assert len(typed) == len(set(typed))
    for name in typed:
        at = move(pages, name, 2)
        assert at is None or 0 <= at <= pages.end
    assert move(pages, "unknown", 2) == 2


def test_the_end_says_what_was_found():
    pages = Pages(explain(parse("x*y + 0*z + log(t)", x=-2, y=5, z=1, t=1e-320)))
    lines = pages.card(pages.end)
    assert lines[0] == "∂f/∂x = 5: raise x a little, and f rises 5 times as much"
    assert lines[1] == "∂f/∂y = -2: raise y a little, and f falls 2 times as much"
    assert lines[2] == "∂f/∂z = 0: raise z a little, and f does not change"


@posix
def test_it_is_drawn_again_when_the_terminal_changes_its_size():
    import fcntl
    import struct
    import termios

    terminal = Terminal(*PRODUCT, "-i", columns=100, lines=30)
    terminal.see("q quit")
    fcntl.ioctl(terminal.master, termios.TIOCSWINSZ, struct.pack("HHHH", 12, 40, 0, 0))
    page = terminal.see("q quit")
    assert page.count("\n") < 12
    terminal.press("q")
    assert terminal.end() == 0


@pytest.mark.skipif(shutil.which("bash") is None, reason="a shell with jobs")
def test_ctrl_z_gives_the_terminal_back_and_fg_draws_again():
    terminal = Terminal(program=["bash", "--norc", "--noprofile", "-i"], PS1="$ ")
    terminal.see("$ ")
    terminal.press(f"{sys.executable} -m viz step -i '{PRODUCT[0]}' {' '.join(PRODUCT[1:])}\n")
    terminal.see("q quit")
    terminal.press("n")
    terminal.see("step 1 of 7")
    terminal.see("q quit")
    terminal.press("\x1a")
    terminal.see(OWN_SCREEN)
    terminal.see("Stopped")
    terminal.press("echo $((6 * 7))\n")
    terminal.see("42\r\n")
    terminal.press("fg\n")
    terminal.see(OTHER_SCREEN)
    terminal.see("step 1 of 7")
    terminal.press("n")
    terminal.see("step 2 of 7")
    terminal.press("q")
    terminal.see(OWN_SCREEN)
    terminal.press("exit\n")
    assert terminal.process.wait(timeout=120) == 0
    os.close(terminal.slave)
    os.close(terminal.master)


@posix
def test_in_the_c_locale_a_terminal_gets_ascii():
    terminal = Terminal(*PRODUCT, "-i", LANG="C", LC_ALL="", NO_COLOR="1")
    page = terminal.see("q quit")
    assert "x -2 --[+] q" in page
    terminal.press("e")
    terminal.see("df/dx = -4: raise x a little")
    terminal.press("q")
    assert terminal.end() == 0
    assert terminal.all.isascii()
