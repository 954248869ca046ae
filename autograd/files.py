"""Files are written whole or not at all: a failure leaves what was there before.

The content goes to a new file beside the old one, reaches the disk, and then takes the old one's name in one step.
Whoever reads meanwhile sees the old file or the new one, never a half; several threads may write the same file.

>>> from tempfile import TemporaryDirectory
>>> with TemporaryDirectory() as folder:
...     path = Path(folder, "x.txt")
...     write_file(path, b"x = 1")
...     path.read_bytes()
b'x = 1'
"""

import os
import stat
from pathlib import Path
from secrets import token_hex


def refuse_unwritable(path: Path) -> None:
    """OSError if there is no folder for the file, a folder of its name, or a file that may not be written."""
    if path.is_dir():
        raise IsADirectoryError(f"cannot write {path}: it is a folder")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"cannot write {path}: there is no folder {path.parent}")
    if path.exists() and not os.access(path, os.W_OK):
        raise PermissionError(f"cannot write {path}: it is protected against writing")


def write_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all. The file keeps its mode; through a symbolic link its target is written."""
    refuse_unwritable(path)
    if path.exists() and not path.is_file():
        path.write_bytes(content)  # a device or a pipe
        return
    path = Path(os.path.realpath(path))
    refuse_unwritable(path)
    half = path.with_name(f".{token_hex(8)}.part")  # a name of its own for each writer, short however long path's is
    try:
        with open(half, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())  # or a crash after the new name is given could leave an empty file
        if path.exists():
            half.chmod(stat.S_IMODE(path.stat().st_mode))
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
