"""Readers: the state of each kind of object is read and put back by one of them, for `Fingerprint`.

A reader gives the content of an object as a tuple, puts such a tuple back, and names the parts that have a state of
their own. For an object that no reader knows, such as an iterator or a file, there is no way to see its state.

>>> numbers = [1, 2]
>>> (reader,) = readers_of(numbers)
>>> before = reader.read(numbers)
>>> numbers.append(3)
>>> reader.write(numbers, before)
>>> numbers, readers_of(iter(numbers))
([1, 2], [])
"""

import datetime
import functools
import logging
import re
import types
import weakref
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import cache
from pathlib import PurePath
from random import Random
from typing import Any

import numpy as np

from autograd.primitive import Primitive
from autograd.primitives import TABLE
from autograd.tape.glances import Look, of_attributes, of_class, of_dict, of_function, of_list
from autograd.tape.reachable import class_contents, is_library, variables, write_class, write_variables
from autograd.value import Value

# Objects that never change.
CONSTANTS = (
    int, float, complex, str, bytes, type(None), type(...), type(NotImplemented), range, slice, np.generic, np.dtype,
    np.ufunc, Enum, PurePath, re.Pattern, Decimal, Fraction, datetime.date, datetime.time, datetime.timedelta,
    types.CodeType, types.GetSetDescriptorType, types.MemberDescriptorType, types.WrapperDescriptorType,
    types.MethodDescriptorType, types.ClassMethodDescriptorType, types.GenericAlias, types.UnionType, weakref.ref,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reader:
    """The way to read one kind of object.

    read            its content as a tuple; where `named`, of two tuples: names and what they stand for
    write           puts such a content back
    parts           what may have a state of its own, each with a label
    path            the name of a part, from the name of the whole and the label
    only_in_a_pass  whether training itself may change the content from pass to pass
    glance          a quick way to see that the content has not changed, if there is one for this thing: see glances.py
    """

    read: Callable[[Any], tuple[Any, ...]]
    write: Callable[[Any, Any], object]
    parts: Callable[[Any], Iterable[tuple[Any, Any]]] = lambda thing: ()
    path: Callable[[str, Any], str] = "{}[{!r}]".format
    named: bool = False
    only_in_a_pass: bool = False
    glance: Callable[[Any], Look | None] = lambda thing: None


def named(
    contents: Callable[[Any], dict[Any, Any]],
    write: Callable[[Any, dict[Any, Any]], object],
    path: Callable[..., str],
    glance: Callable[[Any], Look | None],
) -> Reader:
    """The reader of things whose content has names."""
    return Reader(
        read=lambda thing: (tuple((found := contents(thing)).keys()), tuple(found.values())),
        write=lambda thing, content: write(thing, dict(zip(*content, strict=True))),
        parts=lambda thing: contents(thing).items(),
        path=path,
        named=True,
        glance=glance,
    )


def listed(write: Callable[[Any, tuple[Any, ...]], object]) -> Reader:
    """The reader of things whose content is counted from 0."""
    return Reader(read=tuple, write=write, parts=enumerate, glance=of_list)


def replace(container: Any, contents: Any) -> None:
    """Give a list, dict, set or deque other contents."""
    container.clear()
    (container.extend if hasattr(container, "extend") else container.update)(contents)


def keep(thing: Any, content: Any) -> None:
    """Nothing is put back: the thing cannot change."""


def write_value(leaf: Value, content: tuple[float, Any]) -> None:
    number, leaf.grad = content
    if leaf.op is None and leaf.data != number:
        leaf.data = number


def write_array(array: np.ndarray, content: tuple[bytes, Any]) -> None:
    array[...] = np.frombuffer(content[0], dtype=array.dtype).reshape(array.shape)


# Objects, methods and generators.


def attributes(thing: Any) -> dict[str, Any]:
    """The attributes of an object, those in slots too."""
    slots = [name for kind in type(thing).__mro__ for name in as_names(vars(kind).get("__slots__", ()))]
    return {name: getattr(thing, name) for name in slots if hasattr(thing, name)} | getattr(thing, "__dict__", {})


def as_names(slots: Any) -> Iterator[str]:
    yield from (name for name in ([slots] if isinstance(slots, str) else slots) if not name.startswith("__"))


def write_attributes(thing: Any, contents: dict[str, Any]) -> None:
    for name in [name for name in attributes(thing) if name not in contents]:
        delattr(thing, name)
    for name, content in contents.items():
        if getattr(thing, name, None) is not content:
            object.__setattr__(thing, name, content)


def method_parts(method: Any) -> Iterator[tuple[str, Any]]:
    """The functions and objects behind a method, a partial function or a property."""
    for name in ("__self__", "__func__", "func", "function", "args", "keywords", "fget", "fset", "__wrapped__"):
        part = getattr(method, name, None)
        if part is not None:
            yield name, part


def functions_of(row: Primitive) -> list[tuple[str, Any]]:
    """The functions of an operation of the user's own, which may read what changes."""
    return [(name, getattr(row, name)) for name in ("forward", "partials", "numpy")]


WRAPPED = Reader(read=lambda thing: (), write=keep, parts=method_parts, path=lambda path, label: path)
ATTRIBUTES = named(attributes, write_attributes, "{}.{}".format, of_attributes)

CLASS = Reader(
    read=lambda thing: (type(thing),),
    write=lambda thing, content: object.__setattr__(thing, "__class__", *content),
    parts=lambda thing: [("class", type(thing))],
    path=lambda path, label: path,
    glance=lambda thing: lambda: (type(thing),),
)

READERS: dict[Any, Reader] = {
    Value: Reader(lambda leaf: (leaf._data, leaf.grad), write_value, only_in_a_pass=True),
    tuple: listed(keep),
    frozenset: Reader(tuple, keep, enumerate),
    list: listed(replace),
    deque: listed(replace),
    set: listed(replace),
    dict: named(dict, replace, "{}[{!r}]".format, of_dict),
    types.MappingProxyType: named(dict, keep, "{}[{!r}]".format, of_dict),
    np.random.RandomState: Reader(
        lambda random: as_tuple(random.get_state(legacy=False)),
        lambda random, state: random.set_state(as_dict(state)),
        only_in_a_pass=True,
    ),
    np.random.Generator: Reader(
        lambda random: as_tuple(random.bit_generator.state),
        lambda random, state: setattr(random.bit_generator, "state", as_dict(state)),
        only_in_a_pass=True,
    ),
    Random: Reader(lambda random: random.getstate(), lambda random, state: random.setstate(state), only_in_a_pass=True),
    types.FunctionType: named(variables, write_variables, lambda path, label: label, of_function),
    type: named(class_contents, write_class, "{}.{}".format, of_class),
    types.MethodType: WRAPPED,
    types.BuiltinFunctionType: WRAPPED,
    types.MethodWrapperType: WRAPPED,
    functools.partial: WRAPPED,
    functools.partialmethod: WRAPPED,
    type(cache(repr)): WRAPPED,
    property: WRAPPED,
    functools.cached_property: WRAPPED,
    staticmethod: WRAPPED,
    classmethod: WRAPPED,
    types.ModuleType: Reader(lambda module: (), keep),
    Primitive: Reader(lambda row: (), keep, functions_of, "{}.{}".format),
}
OF_NUMBERS = Reader(lambda array: (array.tobytes(), array.shape), write_array)
OF_OBJECTS = Reader(
    lambda array: tuple(array.flat), lambda array, content: array.flat.__setitem__(slice(None), content), enumerate
)


def readers_of(thing: Any) -> list[Reader]:
    """The readers of an object; none if its state cannot be seen."""
    if isinstance(thing, np.ndarray):
        return ([OF_OBJECTS] if thing.dtype == object else [OF_NUMBERS]) if type(thing) is np.ndarray else []
    kind = type if isinstance(thing, type) else type(thing)  # a class may have a metaclass
    if kind in READERS:
        return [READERS[kind]]
    if isinstance(thing, logging.Logger):  # it writes elsewhere
        return []
    readers = [reader for kind, reader in READERS.items() if isinstance(thing, kind)]
    foreign = [kind for kind in type(thing).__mro__[:-1] if kind not in READERS and is_made_in_c(kind)]
    return [] if foreign else [*readers, ATTRIBUTES, CLASS]


def is_made_in_c(kind: type) -> bool:
    """Whether instances of a class may keep something that Python cannot see."""
    return "__module__" not in vars(kind) or isinstance(vars(kind).get("__new__"), types.BuiltinFunctionType)


def is_stateless(thing: Any) -> bool:
    """Whether a function, class, module or row is of a library: such code is taken to have no state of its own."""
    if isinstance(thing, types.ModuleType):
        return is_library(thing.__name__)
    if isinstance(thing, (types.FunctionType, type)):
        return is_library(thing.__module__ or "")
    if isinstance(thing, Primitive):
        return TABLE.get(thing.name) is thing
    owner = getattr(thing, "__self__", None)
    return isinstance(thing, types.BuiltinFunctionType) and (owner is None or isinstance(owner, types.ModuleType))


def as_tuple(state: Any) -> Any:
    """A generator's state, nested dicts with arrays, as nested tuples of plain content."""
    if isinstance(state, dict):
        return tuple((name, as_tuple(content)) for name, content in state.items())
    return ("array", state.tobytes(), str(state.dtype)) if isinstance(state, np.ndarray) else state


def as_dict(state: Any) -> Any:
    """The inverse of `as_tuple`."""
    if not isinstance(state, tuple):
        return state
    if state[:1] == ("array",):
        return np.frombuffer(state[1], dtype=state[2])
    return {name: as_dict(content) for name, content in state}
