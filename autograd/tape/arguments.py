"""The arguments of a compiled function: the numbers among them are inputs of its tape, all others steer it.

Numbers are floats, ints, NumPy scalars and arrays of them, also within lists, tuples, dicts and arrays of objects. What
is no number (a text, None, True, an object with methods) is given to the function as it is, and belongs to the key
under which its recordings are found.

>>> given = Arguments(lambda x, mode, *, scale: x, (2.0, "fast"), {"scale": [3.0, 4.0]})
>>> given.numbers
[2.0, 3.0, 4.0]
>>> given.filled(iter([10.0, 20.0, 30.0]))
((10.0, 'fast'), {'scale': [20.0, 30.0]})
"""

import inspect
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd.structure import leaves, rebuild, skeleton
from autograd.value import Value


class Arguments:
    """The arguments of one call of a function.

    structure   (by position, by name), as the function's signature orders them
    steering    all else
    numbers     what stands for inputs of a tape, in order; with `steering_ints`, Python's ints are not among them
    key         equal for arguments that differ in their numbers only
    has_values  whether there are Values among the arguments
    """

    def __init__(
        self, function: Callable[..., Any], given: tuple[Any, ...], named: dict[str, Any], steering_ints: bool = False
    ) -> None:
        try:
            bound = inspect.signature(function).bind(*given, **named) if named else None
        except ValueError:  # a function without a signature, as some of those written in C
            bound = None
        self.structure = (bound.args, bound.kwargs) if bound else (given, named)
        self.steering_ints = steering_ints
        contents = list(leaves(self.structure))
        self.inputs = [self.is_number(leaf) for leaf in contents]
        self.numbers = [leaf for leaf, is_input in zip(contents, self.inputs, strict=True) if is_input]
        self.has_values = any(isinstance(leaf, Value) for leaf in contents)
        self.steering = [leaf for leaf, is_input in zip(contents, self.inputs, strict=True) if not is_input]
        self.key = skeleton(self.structure), tuple(self.inputs), tuple(map(key_of, self.steering))

    def is_number(self, leaf: Any) -> bool:
        if isinstance(leaf, bool) or (self.steering_ints and isinstance(leaf, int)):
            return False
        return isinstance(leaf, (int, float, complex, np.number, np.bool_, np.ndarray))  # complex: refused later

    def take_values(self) -> None:
        """From now on Values are numbers too."""
        contents = list(leaves(self.structure))
        self.inputs = [isinstance(leaf, Value) or self.is_number(leaf) for leaf in contents]
        self.numbers = [leaf for leaf, is_input in zip(contents, self.inputs, strict=True) if is_input]

    def filled(self, contents: Iterator[Any], steering: bool = True) -> Any:
        """The structure with other contents for the numbers. What steers stays, or becomes None."""
        kept = zip(leaves(self.structure), self.inputs, strict=True)
        parts = (next(contents) if is_input else leaf if steering else None for leaf, is_input in kept)
        return rebuild(self.structure, parts)

    def each(self, contents: Iterator[Any]) -> list[Any]:
        """Other contents for each argument, in order; None for what is no number."""
        by_position, by_name = self.filled(contents, steering=False)
        return [*by_position, *by_name.values()]


class Same:
    """A key for one very object, which it does not keep alive."""

    def __init__(self, thing: Any) -> None:
        self.identity = id(thing)
        try:
            self.thing: Callable[[], Any] = weakref.ref(thing)
        except TypeError:
            self.thing = lambda: thing

    def __hash__(self) -> int:
        return self.identity

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.thing() is not None and self.thing() is other.thing()


def key_of(thing: Any) -> Any:
    """A key for what steers a function: texts and the like by what they are, all else by identity."""
    if isinstance(thing, (str, bytes, int, type(None))):
        return type(thing), thing
    return Same(thing)


class SteeredByInts(Exception):
    """A function cannot take Values for the ints that it was given: they steer it."""


def explain_refusal(error: TypeError, arguments: Arguments, name: str) -> None:
    """Let ints steer a function that cannot take Values for its numbers, or say what an array stands for."""
    if any(isinstance(number, int) for number in arguments.numbers):
        raise SteeredByInts from error
    as_list = any(words in str(error) for words in ("not subscriptable", "not iterable", "has no len()"))
    if as_list and any(np.ndim(number) for number in arguments.numbers):
        raise TypeError(
            f"{name} was given an array where it expects a list of numbers: for a compiled function an array is one "
            f"number for each sample; for a list write {name}(list(array)), for many samples {name}(list(array.T))"
        ) from error
