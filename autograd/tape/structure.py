"""Nested lists, tuples, dicts and arrays of objects: list their contents in order, and rebuild them with others.

>>> list(leaves([1.0, {"a": 2.0, "b": (3.0,)}]))
[1.0, 2.0, 3.0]
>>> rebuild([1.0, {"a": 2.0, "b": (3.0,)}], iter("xyz"))
['x', {'a': 'y', 'b': ('z',)}]
"""

from collections.abc import Iterator
from typing import Any

import numpy as np


def leaves(structure: Any) -> Iterator[Any]:
    """The numbers, arrays of numbers and Values in nested containers, in order."""
    if isinstance(structure, dict):
        structure = structure.values()
    elif is_array_of_objects(structure):
        structure = structure.ravel()
    elif not isinstance(structure, (list, tuple)):
        yield structure
        return
    for part in structure:
        yield from leaves(part)


def rebuild(structure: Any, contents: Iterator[Any]) -> Any:
    """The same nested containers with other contents; an array of objects becomes one of what it then holds."""
    if isinstance(structure, dict):
        return {key: rebuild(part, contents) for key, part in structure.items()}
    if is_array_of_objects(structure):
        parts = [rebuild(part, contents) for part in structure.ravel()]
        if all(isinstance(part, (float, np.ndarray)) for part in parts):
            return np.array(parts).reshape(*structure.shape, *np.shape(parts[0] if parts else 0.0))
        array = np.empty(len(parts), dtype=object)
        array[:] = parts
        return array.reshape(structure.shape)
    if isinstance(structure, tuple) and hasattr(structure, "_fields"):  # a namedtuple takes its parts one by one
        return type(structure)(*(rebuild(part, contents) for part in structure))
    if isinstance(structure, (list, tuple)):
        return type(structure)(rebuild(part, contents) for part in structure)
    return next(contents)


def skeleton(structure: Any) -> Any:
    """The shape of nested containers without their contents, as something that can be a key."""
    if isinstance(structure, dict):
        return dict, *((key, skeleton(part)) for key, part in structure.items())
    if is_array_of_objects(structure):
        return np.ndarray, structure.shape, *map(skeleton, structure.ravel())
    if isinstance(structure, (list, tuple)):
        return type(structure), *map(skeleton, structure)
    return None


def count_of(structure: Any) -> int:
    """The number of leaves."""
    return sum(1 for _ in leaves(structure))


def is_array_of_objects(structure: Any) -> bool:
    return isinstance(structure, np.ndarray) and structure.dtype == object
