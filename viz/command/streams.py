"""Writing what a command has made: to the file that was named, or for `-` to the standard output."""

import sys
from collections.abc import Callable
from pathlib import Path

from autograd.files import write_file


def write_output(target: str, render: Callable[[str], bytes]) -> None:
    """Write what `render` gives for a file's suffix to that file; for - as SVG to the standard output."""
    if target == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(render("svg"))
    else:
        path = Path(target)
        write_file(path, render(path.suffix.lower().removeprefix(".")))
