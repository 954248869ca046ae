"""Files are written whole or not at all: a failure leaves what was there before."""

import os
from pathlib import Path


def refuse_unwritable(path: Path) -> None:
    """OSError if there is no folder for the file, or a folder of its name."""
    if path.is_dir():
        raise IsADirectoryError(f"cannot write {path}: it is a folder")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"cannot write {path}: there is no folder {path.parent}")


def write_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: a failure leaves what was there before."""
    refuse_unwritable(path)
    if path.exists() and not path.is_file():
        path.write_bytes(content)  # a device or a pipe
        return
    half = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        half.write_bytes(content)
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
