"""Nested lists and tuples: list their contents in order, and rebuild the same shape with other contents.

>>> list(leaves([1.0, (2.0, 3.0)]))
[1.0, 2.0, 3.0]
>>> rebuild([1.0, (2.0, 3.0)], iter("abc"))
['a', ('b', 'c')]
"""

from collections.abc import Iterator
from typing import Any


def leaves(structure: Any) -> Iterator[Any]:
    """The numbers, arrays and Values in nested lists and tuples, in order."""
    if isinstance(structure, (list, tuple)):
        for part in structure:
            yield from leaves(part)
    else:
        yield structure


def rebuild(structure: Any, contents: Iterator[Any]) -> Any:
    """The same nested lists and tuples with other contents; a list becomes a list, a tuple a tuple."""
    if isinstance(structure, (list, tuple)):
        return type(structure)(rebuild(part, contents) for part in structure)
    return next(contents)


def skeleton(structure: Any) -> Any:
    """The shape of nested lists and tuples, without their contents."""
    return tuple(map(skeleton, structure)) if isinstance(structure, (list, tuple)) else None


def count_of(structure: Any) -> int:
    return len(list(leaves(structure)))
