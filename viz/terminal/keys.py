"""Single keys from the keyboard, without Enter: `with single_keys() as next_key: key = next_key()`.

A key is the character it types, or a word: "left", "right", "home", "end", "enter", "backspace". At the end of the
input it is "". Ctrl-C raises KeyboardInterrupt as ever, and the terminal is restored however the block is left.
"""

import os
import re
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
def single_keys() -> Iterator[Callable[[], str]]:
    """Within it the keyboard gives single keys that are not echoed; yields the function that waits for the next one."""
    if find_spec("termios") is None:
        yield windows_key
        return
    termios, tty = import_module("termios"), import_module("tty")  # not on every system
    keyboard = sys.stdin.fileno()
    before = termios.tcgetattr(keyboard)
    waiting: deque[str] = deque()  # one read may bring several keys

    def next_key() -> str:
        while not waiting:
            typed = os.read(keyboard, 1024).decode(errors="replace")
            if not typed:
                return ""
            waiting.extend(KEYS.findall(typed))
        key = waiting.popleft()
        return WORDS.get(key, key)

    try:
        tty.setcbreak(keyboard, termios.TCSANOW)  # keeps what was typed ahead
        yield next_key
    finally:
        termios.tcsetattr(keyboard, termios.TCSADRAIN, before)


def windows_key() -> str:
    """The next key of Windows' console."""
    key: str = import_module("msvcrt").getwch()
    if key == "\x03":
        raise KeyboardInterrupt
    if key in ("\x00", "\xe0"):
        return WINDOWS_WORDS.get(import_module("msvcrt").getwch(), "other")
    return WORDS.get(key, key)
