"""Saving and loading a model's numbers, as a NumPy .npz file; writing files whole or not at all."""

import io
import os
from pathlib import Path

import numpy as np

from nn.module import Module


def save(model: Module, path: str | os.PathLike[str]) -> Path:
    """Write the model's state_dict to a file, whole or not at all: a failure leaves what was there before."""
    target = Path(path)
    content = io.BytesIO()
    np.savez(content, **model.state_dict())  # type: ignore[arg-type]
    write_file(target, content.getvalue())
    return target


def load(model: Module, path: str | os.PathLike[str]) -> None:
    """Take over the numbers of a file that `save` wrote. ValueError that names the key if one does not fit."""
    with np.load(path, allow_pickle=False) as state:
        model.load_state_dict({key: state[key] for key in state.files})


def write_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: a failure leaves what was there before."""
    if path.exists() and not path.is_file():
        path.write_bytes(content)  # a device or a pipe
        return
    if not path.parent.is_dir():
        raise FileNotFoundError(f"cannot write {path}: there is no folder {path.parent}")
    half = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        half.write_bytes(content)
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
