"""Checks of a state_dict: whether keys, shapes and numbers from elsewhere fit a model.

They are used where a state is loaded, from memory (`load_state_dict`) and from a file (`nn.load`), and where one is
saved, so that no file is written that could not be loaded. Each error names the key that is wrong.

>>> fitting("0.bias", np.array([1.0, 2.0]), (2,))
array([1., 2.])
>>> fitting("0.bias", np.array([1.0, 2.0]), (3,))
Traceback (most recent call last):
nn.state.StateError: 0.bias has shape (2,), expected (3,)
"""

from collections.abc import Iterable
from typing import Any

import numpy as np

REAL = "iuf"  # NumPy's kinds of integers and real numbers


class StateError(ValueError):
    """A state_dict does not fit the model, and why."""


def check_keys(expected: Iterable[str], given: Iterable[Any]) -> None:
    """StateError if keys are missing, or there are others."""
    missing, unexpected = set(expected) - set(given), set(given) - set(expected)
    if missing or unexpected:
        raise StateError(
            f"state_dict does not fit: missing {sorted(missing)}, unexpected {sorted(unexpected, key=str)}"
        )


def check_header(key: str, kind: np.dtype[Any], shape: tuple[int, ...], expected: tuple[int, ...]) -> None:
    """StateError if an array of this type and shape cannot stand for one of the expected shape."""
    if shape != expected:
        raise StateError(f"{key} has shape {shape}, expected {expected}")
    if kind.kind not in REAL:
        raise StateError(f"{key} holds {kind}, expected real numbers")


def fitting(key: str, content: Any, shape: tuple[int, ...]) -> np.ndarray:
    """The content as an array of floats. StateError unless it holds finite real numbers and has this shape."""
    array = np.asarray(content)
    check_header(key, array.dtype, array.shape, shape)
    numbers: np.ndarray = array.astype(float)
    if not np.isfinite(numbers).all():
        raise StateError(f"{key} holds numbers that are not finite: {numbers[~np.isfinite(numbers)][:3].tolist()}")
    return numbers


def unique(keyed: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Arrays by key. StateError if two have the same one, as the entries 1 and "1" of a dict would."""
    found: dict[str, Any] = {}
    for key, content in keyed:
        if key in found:
            raise StateError(f'two arrays of the model have the key {key!r}, as entries 1 and "1" would: rename one')
        found[key] = content
    return found
