"""Nested lists, tuples, dicts and arrays of objects: list their contents in order, and rebuild them with others.

>>> list(leaves([1.0, {"a": 2.0, "b": (3.0,)}]))
[1.0, 2.0, 3.0]
>>> rebuild([1.0, {"a": 2.0, "b": (3.0,)}], iter("xyz"))
['x', {'a': 'y', 'b': ('z',)}]
"""

from collections.abc import Iterator
from typing import Any

import numpy as np


def leaves(structure: Any, whole_arrays: bool = False) -> Iterator[Any]:
    """The numbers, arrays of numbers and Values in nested containers, in order.

    With `whole_arrays` an array of objects is a leaf itself, as an array of numbers always is.
    """
    if isinstance(structure, dict):
        structure = structure.values()
    elif is_array_of_objects(structure) and not whole_arrays:
        structure = structure.ravel()
    elif not isinstance(structure, (list, tuple)):
        yield structure
        return
    for part in structure:
        yield from leaves(part, whole_arrays)


def rebuild(structure: Any, contents: Iterator[Any], whole_arrays: bool = False) -> Any:
    """The same nested containers with other contents; an array of objects becomes one of what it then holds."""
    if structure is None or structure.__class__ is float:  # most leaves
        return next(contents)
    if isinstance(structure, dict):
        return {key: rebuild(part, contents, whole_arrays) for key, part in structure.items()}
    if isinstance(structure, (list, tuple)):
        parts = [rebuild(part, contents, whole_arrays) for part in structure]
        one_by_one = hasattr(structure, "_fields")  # a namedtuple takes its parts so
        return type(structure)(*parts) if one_by_one else type(structure)(parts)
    if is_array_of_objects(structure) and not whole_arrays:
        parts = [rebuild(part, contents) for part in structure.ravel()]
        if all(isinstance(part, (float, np.ndarray)) for part in parts):
            return np.array(parts).reshape(*structure.shape, *np.shape(parts[0] if parts else 0.0))
        array = np.empty(len(parts), dtype=object)
        array[:] = parts
        return array.reshape(structure.shape)
    return next(contents)


def opened(structure: Any) -> Any:
    """The same nested containers, with arrays of numbers as arrays of objects, whose numbers are leaves.

    >>> list(leaves(opened({"w": np.array([1.0, 2.0])})))
    [1.0, 2.0]
    """
    parts = leaves(structure, whole_arrays=True)
    as_objects = (part.astype(object) if isinstance(part, np.ndarray) else part for part in parts)
    return rebuild(structure, as_objects, whole_arrays=True)


def skeleton(structure: Any) -> Any:
    """The shape of nested containers without their contents, as something that can be a key."""
    if isinstance(structure, dict):
        return dict, *((key, skeleton(part)) for key, part in structure.items())
    if is_array_of_objects(structure):
        return np.ndarray, structure.shape, *map(skeleton, structure.ravel())
    if isinstance(structure, (list, tuple)):
        return type(structure), *map(skeleton, structure)
    return None


def paths(structure: Any, path: str) -> Iterator[str]:
    """A name for each leaf, in order, where the whole is called `path`: x[0], x['w'], point.y."""
    if isinstance(structure, dict):
        parts: Any = ((f"{path}[{key!r}]", part) for key, part in structure.items())
    elif is_array_of_objects(structure):
        parts = ((f"{path}[{', '.join(map(str, place))}]", structure[place]) for place in np.ndindex(structure.shape))
    elif isinstance(structure, tuple) and hasattr(structure, "_fields"):
        parts = ((f"{path}.{field}", part) for field, part in zip(structure._fields, structure, strict=True))
    elif isinstance(structure, (list, tuple)):
        parts = ((f"{path}[{index}]", part) for index, part in enumerate(structure))
    else:
        yield path
        return
    for name, part in parts:
        yield from paths(part, name)


def count_of(structure: Any) -> int:
    """The number of leaves."""
    return sum(1 for _ in leaves(structure))


def is_array_of_objects(structure: Any) -> bool:
    return isinstance(structure, np.ndarray) and structure.dtype == object
