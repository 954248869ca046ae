"""Single keys from the keyboard, without Enter: `with single_keys() as next_key: key = next_key()`.

A key is the character it types, or a word: "left", "right", "home", "end", "enter", "backspace". At the end of the
input it is "". After the terminal has changed its size, or the program has come back from Ctrl-Z, it is "redraw".
Ctrl-C raises KeyboardInterrupt as ever, and the terminal is restored however the block is left.

>>> KEYS.findall("n\\x1b[C")
['n', '\\x1b[C']
"""

import os
import re
import select
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec

KEYS = re.compile(r"\x1b\[[\d;]*[A-Za-z~]|\x1bO.|.", re.DOTALL)
WORDS = {
    "\x1b[C": "right", "\x1bOC": "right", "\x1b[D": "left", "\x1bOD": "left",
    "\x1b[H": "home", "\x1bOH": "home", "\x1b[1~": "home", "\x1b[F": "end", "\x1bOF": "end", "\x1b[4~": "end",
    "\r": "enter", "\n": "enter", "\x7f": "backspace", "\b": "backspace", "\x04": "",
}  # fmt: skip
WINDOWS_WORDS = {"M": "right", "K": "left", "G": "home", "O": "end"}  # after a character that announces a word


def available() -> bool:
    """Whether the program can read single keys and move the cursor: both ends are a terminal that is not dumb."""
    can_read = find_spec("termios") or find_spec("msvcrt")
    term = os.environ.get("TERM", "dumb" if os.name == "posix" else "windows")  # Windows names no terminal
    return bool(can_read) and sys.stdin.isatty() and sys.stdout.isatty() and term != "dumb"


@contextmanager
def single_keys(enter: Callable[[], None], leave: Callable[[], None]) -> Iterator[Callable[[], str]]:
    """Within it the keyboard gives single keys that are not echoed; yields the function that waits for the next one.

    `enter` prepares the screen, at the beginning and after each stop by Ctrl-Z; `leave` restores it before that, and at
    the end.
    """
    if find_spec("termios") is None:
        enter()
        try:
            yield windows_key
        finally:
            leave()
        return
    termios, tty = import_module("termios"), import_module("tty")  # not on every system
    keyboard = sys.stdin.fileno()
    before = termios.tcgetattr(keyboard)
    waiting: deque[str] = deque()  # one read may bring several keys

    def begin() -> None:
        tty.setcbreak(keyboard, termios.TCSANOW)  # keeps what was typed ahead
        enter()

    def end() -> None:
        leave()
        termios.tcsetattr(keyboard, termios.TCSADRAIN, before)

    def stop() -> None:
        """Stop the program, as Ctrl-Z does: the terminal goes back to the shell, until `fg`."""
        end()
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)  # here the program stands still
        signal.signal(signal.SIGTSTP, note)
        begin()

    def next_key() -> str:
        while not waiting:
            ready, _, _ = select.select([keyboard, told], [], [])
            if told in ready:
                if signal.SIGTSTP in os.read(told, 1024):
                    stop()
                return "redraw"
            typed = os.read(keyboard, 1024).decode(errors="replace")
            if not typed:
                return ""
            waiting.extend(KEYS.findall(typed))
        key = waiting.popleft()
        return WORDS.get(key, key)

    with noted_signals(signal.SIGTSTP, signal.SIGWINCH) as told:
        try:
            begin()
            yield next_key
        finally:
            end()


@contextmanager
def noted_signals(*numbers: int) -> Iterator[int]:
    """Within it these signals interrupt nothing; yields a pipe's end from which their numbers are read as bytes."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    former = {number: signal.signal(number, note) for number in numbers}
    former_pipe = signal.set_wakeup_fd(writing)
    try:
        yield reading
    finally:
        signal.set_wakeup_fd(former_pipe)
        for number, handler in former.items():
            signal.signal(number, handler)
        os.close(reading)
        os.close(writing)


def note(number: int, frame: object) -> None:
    """A handler that leaves all to whoever reads the pipe."""


def windows_key() -> str:
    """The next key of Windows' console."""
    key: str = import_module("msvcrt").getwch()
    if key == "\x03":
        raise KeyboardInterrupt
    if key in ("\x00", "\xe0"):
        return WINDOWS_WORDS.get(import_module("msvcrt").getwch(), "other")
    return WORDS.get(key, key)
