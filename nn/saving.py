"""Saving and loading a model's numbers, as a NumPy .npz file.

The file holds the arrays of the model's state_dict by their keys. It is loaded into a model of the same shape.

>>> from nn.networks import MLP
>>> from tempfile import TemporaryDirectory
>>> model, other = MLP(2, [3, 1], seed=0), MLP(2, [3, 1], seed=1)
>>> with TemporaryDirectory() as folder:
...     load(other, save(model, f"{folder}/model.npz"))
>>> other([0.5, 1.0]).data == model([0.5, 1.0]).data
True
"""

import io
import os
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from autograd.files import write_file
from nn.module import Module


def save(model: Module, path: str | os.PathLike[str]) -> Path:
    """Write the model's state_dict to a .npz file, whole or not at all: a failure leaves what was there before."""
    target = npz_path(path)
    content = io.BytesIO()
    np.savez(content, **model.state_dict())  # type: ignore[arg-type]
    write_file(target, content.getvalue())
    return target


def load(model: Module, path: str | os.PathLike[str]) -> None:
    """Take over the numbers of a file that `save` wrote. ValueError that names the key if one does not fit."""
    content = io.BytesIO(Path(path).read_bytes())
    try:
        with np.load(content, allow_pickle=False) as file:
            state = {key: file[key] for key in file.files}
    except (AttributeError, BadZipFile, EOFError, TypeError, ValueError):  # by what the file is instead
        raise ValueError(f"{path} holds no model: expected a .npz file that nn.save wrote") from None
    model.load_state_dict(state)


def npz_path(path: str | os.PathLike[str]) -> Path:
    """The path of a file for `save`. ValueError if it does not end in .npz."""
    if Path(path).suffix != ".npz":
        raise ValueError(f"a model is saved by NumPy: expected a name that ends in .npz, got {os.fspath(path)!r}")
    return Path(path)
