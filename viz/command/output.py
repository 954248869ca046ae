"""Writing what a command has made: to the file that was named, or for `-` to the standard output.

>>> import tempfile
>>> with tempfile.TemporaryDirectory() as folder:
...     write_output(f"{folder}/f.svg", lambda suffix: f"a picture as {suffix}".encode())
...     Path(folder, "f.svg").read_text()
'a picture as svg'
"""

import sys
from collections.abc import Callable
from pathlib import Path

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
