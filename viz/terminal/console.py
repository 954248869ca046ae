"""Printing to a terminal, a pipe or a file: colours where they are wanted, ASCII signs where others cannot be carried.

>>> say("done")
done
>>> coloured("  ∂f/∂z += 1 × 3 = 3", ORANGE)
'  ∂f/∂z += 1 × 3 = \\x1b[33m3\\x1b[0m'
"""

import os
import re
import shutil
import sys
from contextlib import suppress
from textwrap import wrap
from typing import Any

from autograd.notation import plain

# Box characters in ASCII: those of wires, of wires that are lit, of gates.
BOXES = str.maketrans("─│┌┐└┘├┤┬┴┼╴╷╶╵═║╔╗╚╝╠╣╦╩╬┫┣┃╡╞", "-|+++++++++-|-|=##########[]|{}")
BOLD, GREEN, ORANGE, BLUE, PLAIN = "\033[1m", "\033[32m", "\033[33m", "\033[36m", "\033[0m"


class UsageError(Exception):
    """The user typed something that cannot be meant: exit code 2."""


def open_stream(stream: Any) -> Any:
    """The stream itself; OSError where it is closed, so that nothing gets lost without a word."""
    if stream is None:
        raise OSError("the standard output is closed: there is nowhere to print to")
    return stream


def flush(stream: Any) -> None:
    """Write out what was printed; OSError where there is no room for it."""
    if stream is not None:
        stream.flush()


def close_broken_streams() -> None:
    """Lead a stream that takes no more to nowhere: the interpreter's own last flush would fail again, with a remark.

    A standard stream may be closed (`>&-`: Python has None in its place), full (`>/dev/full`) or given up by its reader
    (`| head -1`).
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            flush(stream)
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def is_terminal(stream: Any) -> bool:
    return stream is not None and stream.isatty()


def say(text: str) -> None:
    """Print to the standard output, in ASCII signs where its encoding carries no others."""
    print(for_stream(text, open_stream(sys.stdout)))


def say_in_columns(text: str) -> None:
    """Print text for a reader: on a terminal its lines are broken between words, so that no number is broken."""
    if is_terminal(sys.stdout):
        columns = shutil.get_terminal_size().columns - 1
        text = "\n".join(part for line in text.split("\n") for part in broken(line, columns))
    say(text)


def broken(line: str, columns: int) -> list[str]:
    """A line in parts of so many columns.

    >>> broken("∂f/∂x += 0.1966 × (-3) = -0.5898", 26)
    ['∂f/∂x += 0.1966 × (-3) =', '    -0.5898']
    """
    return wrap(line, columns, subsequent_indent="    ", break_on_hyphens=False) or [""]


def ask(prompt: str) -> str:
    """A line that the user types, without the white space around it. EOFError at the end of the input."""
    print(for_stream(prompt, open_stream(sys.stdout)), end="", flush=True)
    line = sys.stdin.readline() if sys.stdin else ""
    if not line:
        say("")
        raise EOFError
    return line.strip()


def complain(text: str) -> None:
    """Print to the standard error, with the program's name; where nothing can be told, nothing is."""
    if sys.stderr is not None:
        with suppress(OSError):
            print(for_stream(f"backstep: {text}", sys.stderr), file=sys.stderr, flush=True)


def for_stream(text: str, stream: Any) -> str:
    """The text as the stream's encoding can carry it."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    if in_the_c_locale() and is_terminal(stream):
        encoding = "ascii"
    try:
        "∂×²√Σ…─┫".encode(encoding)
    except (UnicodeEncodeError, LookupError):
        text = plain(text.translate(BOXES))
    return text.encode(encoding, "backslashreplace").decode(encoding)


def in_the_c_locale() -> bool:
    """Whether the user asks for ASCII signs alone; Python itself writes UTF-8 all the same."""
    return (os.environ.get("LC_ALL") or os.environ.get("LANG")) in ("C", "POSIX")


def wants_colour(choice: str) -> bool:
    """The choice always or never; for auto NO_COLOR and FORCE_COLOR, else whether a terminal with colours reads."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return is_terminal(sys.stdout) and os.environ.get("TERM") != "dumb"


def coloured(line: str, colour: str) -> str:
    """A heading bold, else the result of the line (what stands after its last =) in colour."""
    if not line.startswith(" "):
        return f"{BOLD}{line}{PLAIN}"
    return re.sub(r"= ([^=]*?)(  \(use .*)?$", rf"= {colour}\1{PLAIN}\2", line)
