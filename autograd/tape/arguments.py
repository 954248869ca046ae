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
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np

from autograd.structure import is_array_of_objects, leaves, rebuild
from autograd.tape.tape import real_array
from autograd.value import Value

FLOATS = frozenset([float])
NUMBER = "a number"  # in a key: the place of a number, which differs from call to call


class Arguments:
    """The arguments of one call of a function.

    structure   (by position, by name), as the function's signature orders them
    steering    all else
    numbers     what stands for inputs of a tape, in order; with `steering_ints`, Python's ints are not among them
    key         equal for arguments that differ in their numbers only
    has_values  whether there are Values among the arguments
    flat        whether they are floats by position, and nothing else
    """

    has_values = values_are_numbers = steering_ints = False
    only_floats = True  # so far

    def __init__(
        self, function: Callable[..., Any], given: tuple[Any, ...], named: dict[str, Any], steering_ints: bool = False
    ) -> None:
        try:
            bound = inspect.signature(function).bind(*given, **named) if named else None
        except ValueError:  # a function without a signature, as some of those written in C
            bound = None
        self.structure = (bound.args, bound.kwargs) if bound else (given, named)
        self.flat = not named and FLOATS.issuperset(map(type, given))
        self.steering: list[Any] = []
        if self.flat:  # the usual arguments, and the quickest to read
            self.numbers: list[Any] = [*given]
            self.key = key_of_floats(len(given))
        else:
            self.steering_ints = steering_ints
            self.numbers = []
            kinds: list[Any] = []
            self.read(self.structure, kinds)
            self.key = tuple(kinds)

    def read(self, parts: Iterable[Any], kinds: list[Any]) -> None:
        """Sort the leaves of some parts. Their kinds, one after the other, tell the structure without its numbers."""
        for part in parts:
            if part.__class__ is float:
                self.numbers.append(part)
                kinds.append(NUMBER)
            elif isinstance(part, (list, tuple)):
                kinds += type(part), len(part)
                self.read(part, kinds)
            elif isinstance(part, dict):
                kinds += dict, len(part), *part
                self.read(part.values(), kinds)
            elif is_array_of_objects(part):
                kinds += np.ndarray, part.shape
                self.read(part.flat, kinds)
            elif self.is_number(part):
                self.only_floats = False
                self.numbers.append(part)
                kinds.append(NUMBER)
            else:
                self.has_values = self.has_values or isinstance(part, Value)
                self.steering.append(part)
                kinds.append(key_of(part))

    def is_number(self, leaf: Any) -> bool:
        if isinstance(leaf, bool) or (self.steering_ints and isinstance(leaf, int)):
            return False
        if isinstance(leaf, Value):
            return self.values_are_numbers
        return isinstance(leaf, (int, float, complex, np.number, np.bool_, np.ndarray))  # complex: refused later

    def take_values(self) -> None:
        """From now on Values are numbers too."""
        self.values_are_numbers = True
        self.numbers = [leaf for leaf in leaves(self.structure) if self.is_number(leaf)]

    def point(self) -> list[float] | None:
        """The numbers as floats; None where one of them is an array, a number for each sample."""
        if self.only_floats:
            return self.numbers
        if any(isinstance(number, np.ndarray) for number in self.numbers):
            return None
        return [float(real_array(number)) for number in self.numbers]

    def filled(self, contents: Iterator[Any], steering: bool = True) -> Any:
        """The structure with other contents for the numbers. What steers stays, or becomes None."""
        return rebuild(self.structure, self.with_steering(contents, steering))

    def each(self, contents: Sequence[Any]) -> Sequence[Any]:
        """Other contents for each argument, in order; None for what is no number."""
        if self.flat:
            return contents
        by_position, by_name = self.structure
        parts = self.with_steering(iter(contents), steering=False)
        return [rebuild(argument, parts) for argument in (*by_position, *by_name.values())]

    def with_steering(self, contents: Iterator[Any], steering: bool) -> Iterator[Any]:
        """Contents for the numbers, and between them what steers, or None."""
        if not self.steering:
            return contents
        return (
            next(contents) if self.is_number(leaf) else leaf if steering else None for leaf in leaves(self.structure)
        )


@cache
def key_of_floats(count: int) -> tuple[Any, ...]:
    """The key of so many numbers by position."""
    return (tuple, count, *[NUMBER] * count, dict, 0)


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
