"""Saving and loading a model's numbers, as a NumPy .npz file.

The file holds the arrays of the model's state_dict by their keys. It is loaded into a model of the same shape. A file
from somebody else may be broken, or made to do harm: `load` reads what each array says of itself before the array, and
never more than the model can hold.

>>> from nn.networks import MLP
>>> from tempfile import TemporaryDirectory
>>> model, other = MLP(2, [3, 1], seed=0), MLP(2, [3, 1], seed=1)
>>> with TemporaryDirectory() as folder:
...     load(other, save(model, f"{folder}/model.npz"))
>>> other([0.5, 1.0]).data == model([0.5, 1.0]).data
True
"""

import io
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

import numpy as np
from numpy.lib import format as npy

from autograd.files import write_file
from nn.module import Module
from nn.state import StateError, check_header, check_keys, fitting

LARGEST = 16  # bytes of a number in a file, at most: NumPy's longdouble
NOTE = 65535  # bytes of an archive's comment, at most
AROUND = 1000  # bytes that a .npz file spends on an array beside its numbers and its name, at most


def save(model: Module, path: str | os.PathLike[str], note: str = "") -> Path:
    """Write the model's state_dict to a .npz file, whole or not at all: a failure leaves what was there before.

    note  a text that the file keeps as the comment of its archive, for `note_of`; `load` does not read it

    ValueError that names the key, and nothing is written, if some number is not finite: `load` would refuse it.
    """
    target, state = npz_path(path), model.state_dict()
    content = io.BytesIO()
    with ZipFile(content, "w", ZIP_STORED) as archive:
        archive.comment = note.encode()
        for key, array in state.items():
            member = ZipInfo(f"{key}.npy")  # dated 1980, so that the same model gives the same bytes
            with archive.open(member, "w") as file:
                npy.write_array(file, fitting(key, array, array.shape), version=(1, 0), allow_pickle=False)
    write_file(target, content.getvalue())
    return target


def load(model: Module, path: str | os.PathLike[str]) -> None:
    """Take over the numbers of a file that `save` or np.savez wrote.

    ValueError that names the file if it is broken, and the key if one does not fit; the model is as it was then. Memory
    and time are bounded by the size of the model.
    """
    own = model.state_dict()
    most = AROUND + NOTE + sum(LARGEST * array.size + 2 * len(key) + AROUND for key, array in own.items())
    with open(path, "rb") as file:
        content = file.read(most + 1)
    try:
        if len(content) > most:
            raise StateError("it is larger than any file of this model")
        model.load_state_dict(read_arrays(content, own))
    except StateError as error:
        raise ValueError(f"{os.fspath(path)} does not fit the model: {error}") from None
    except Exception:  # zipfile and NumPy have errors of every kind for a broken file
        raise ValueError(f"{os.fspath(path)} holds no model: expected a .npz file that nn.save wrote, whole") from None


def note_of(path: str | os.PathLike[str]) -> str:
    """The note that a file was saved with, "" if there is none. ValueError if it is no such file."""
    try:
        with ZipFile(path) as archive:
            return archive.comment.decode()
    except (BadZipFile, UnicodeDecodeError):
        raise ValueError(f"{os.fspath(path)} holds no model: expected a .npz file that nn.save wrote, whole") from None


def read_arrays(content: bytes, own: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The arrays of a .npz file, in the shapes of the model's own; all headers are read before the first array."""
    with ZipFile(io.BytesIO(content)) as archive:
        members = {member.filename.removesuffix(".npy"): member for member in archive.infolist()}
        check_keys(own, members)
        if len(members) != len(archive.infolist()):
            raise StateError("it holds two arrays of the same key")
        for key, member in members.items():
            if member.compress_type not in (ZIP_STORED, ZIP_DEFLATED):  # others are unpacked without a bound
                raise StateError(f"{key} is packed in a way that np.savez never uses")
            with archive.open(member) as file:
                read_header(file, key, own[key].shape)
        state = {}
        for key, member in members.items():
            with archive.open(member) as file:
                kind, order = read_header(file, key, own[key].shape)
                size = kind.itemsize * math.prod(own[key].shape)
                numbers = file.read(size)
                if len(numbers) != size or file.read(1):  # at its end, the file's checksum is looked at
                    raise StateError(f"{key} holds more or fewer numbers than it says")
                state[key] = np.frombuffer(numbers, kind).reshape(own[key].shape, order=order)
        return state


def read_header(file: IO[bytes], key: str, shape: tuple[int, ...]) -> tuple[np.dtype[Any], Any]:
    """The type of an array's numbers and the order in which they stand. StateError unless it fits the shape."""
    if npy.read_magic(file) != (1, 0):  # the length of other headers has no bound
        raise StateError(f"{key} is written in a version of NumPy's format that np.savez does not use for numbers")
    given, fortran, kind = npy.read_array_header_1_0(file)
    check_header(key, kind, given, shape)
    return kind, "F" if fortran else "C"


def npz_path(path: str | os.PathLike[str]) -> Path:
    """The path of a file for `save`. ValueError if it does not end in .npz."""
    if Path(path).suffix != ".npz":
        raise ValueError(f"a model is saved by NumPy: expected a name that ends in .npz, got {os.fspath(path)!r}")
    return Path(path)
