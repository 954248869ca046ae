"""Where a command writes to: the file that was named, for `-` the standard output; and what to do where that fails.

A standard stream may be closed (`>&-`: Python has None in its place), full (`>/dev/full`) or given up by its reader
(`| head -1`). The command then says so in one line and ends with exit code 1.

>>> import tempfile
>>> with tempfile.TemporaryDirectory() as folder:
...     write_output(f"{folder}/f.svg", lambda suffix: f"a picture as {suffix}".encode())
...     Path(folder, "f.svg").read_text()
'a picture as svg'
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograd.files import write_file
from viz.terminal.console import open_stream


def write_output(target: str, render: Callable[[str], bytes]) -> None:
    """Write what `render` gives for a file's suffix to that file; for - as SVG to the standard output."""
    if target == "-":
        stream = open_stream(sys.stdout)
        stream.flush()
        stream.buffer.write(render("svg"))
    else:
        path = Path(target)
        write_file(path, render(path.suffix.lower().removeprefix(".")))


def flush(stream: Any) -> None:
    """Write out what was printed; OSError where there is no room for it."""
    if stream is not None:
        stream.flush()


def close_broken_streams() -> None:
    """Lead a stream that takes no more to nowhere: the interpreter's own last flush would fail again, with a remark."""
    for stream in (sys.stdout, sys.stderr):
        try:
            flush(stream)
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
