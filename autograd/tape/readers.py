"""How the state of each kind of object is read and put back: a table for `Fingerprint`.

A reader gives the content of an object as a tuple, puts such a tuple back, and names the parts that have a state of
their own. For an object that no reader knows, such as an iterator or a file, there is no way to see its state.
"""

import datetime
import dis
import functools
import logging
import re
import sys
import sysconfig
import types
import weakref
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import cache
from pathlib import Path, PurePath
from random import Random
from typing import Any

import numpy as np

from autograd.primitive import Primitive
from autograd.value import Value

# Objects that never change.
CONSTANTS = (
    int, float, complex, str, bytes, type(None), type(...), type(NotImplemented), range, slice, np.generic, np.dtype,
    np.ufunc, Enum, PurePath, re.Pattern, Decimal, Fraction, datetime.date, datetime.time, datetime.timedelta,
    Primitive, types.GetSetDescriptorType, types.MemberDescriptorType, types.WrapperDescriptorType,
    types.MethodDescriptorType, types.ClassMethodDescriptorType, types.GenericAlias, types.UnionType, weakref.ref,
)  # fmt: skip
OUTSIDE = {
    "open",
    "input",
    "exec",
    "eval",
    "breakpoint",
    "globals",
    "__import__",
}  # built-in functions that reach elsewhere
OWN = {"autograd"}  # packages of this project: their code has no state of its own
LIBRARIES = [Path(sysconfig.get_paths()[name]) for name in ("stdlib", "platstdlib", "purelib", "platlib")]


@dataclass(frozen=True, slots=True)
class Reader:
    """How one kind of object is read.

    read            its content as a tuple; where `named`, of two tuples: names and what they stand for
    write           puts such a content back
    parts           what may have a state of its own, each with a label
    path            the name of a part, from the name of the whole and the label
    only_in_a_pass  whether training itself may change the content from pass to pass
    """

    read: Callable[[Any], tuple[Any, ...]]
    write: Callable[[Any, Any], object]
    parts: Callable[[Any], Iterable[tuple[Any, Any]]] = lambda thing: ()
    path: Callable[[str, Any], str] = "{}[{!r}]".format
    named: bool = False
    only_in_a_pass: bool = False


def named(
    contents: Callable[[Any], dict[Any, Any]], write: Callable[[Any, dict[Any, Any]], object], path: Callable[..., str]
) -> Reader:
    """The reader of things whose content has names."""
    return Reader(
        read=lambda thing: (tuple((found := contents(thing)).keys()), tuple(found.values())),
        write=lambda thing, content: write(thing, dict(zip(*content, strict=True))),
        parts=lambda thing: contents(thing).items(),
        path=path,
        named=True,
    )


def listed(write: Callable[[Any, tuple[Any, ...]], object]) -> Reader:
    """The reader of things whose content is counted from 0."""
    return Reader(read=tuple, write=write, parts=enumerate)


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


# Functions: closure cells, and the globals that the code names.


@cache
def global_names(code: types.CodeType) -> tuple[str, ...]:
    """The names of the globals that a piece of code reads or writes, functions inside it too."""
    names = [step.argval for step in dis.get_instructions(code) if step.opname.endswith(("_GLOBAL", "_NAME"))]
    inner = [name for part in code.co_consts if isinstance(part, types.CodeType) for name in global_names(part)]
    return tuple(dict.fromkeys([*names, *inner]))


@cache
def all_names(code: types.CodeType) -> frozenset[str]:
    """The names of globals and of attributes in a piece of code, functions inside it too."""
    inner = [all_names(part) for part in code.co_consts if isinstance(part, types.CodeType)]
    return frozenset(code.co_names).union(*inner)


def variables(function: Any) -> dict[str, Any]:
    """What a function can read beside its arguments: closure, globals, defaults, its own attributes."""
    found: dict[str, Any] = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            found[name] = cell.cell_contents
        except ValueError:  # not set yet
            continue
    for name in global_names(function.__code__):
        if name in function.__globals__:
            thing = found[name] = function.__globals__[name]
            found |= module_contents(thing, name, all_names(function.__code__))
    defaults = {**dict(enumerate(function.__defaults__ or ())), **(function.__kwdefaults__ or {}), **vars(function)}
    return found | {f"{function.__name__}.{name}": default for name, default in defaults.items()}


def module_contents(module: Any, path: str, used: frozenset[str]) -> dict[str, Any]:
    """Of the contents of a module that is no library those that have a name in use; modules in it too."""
    found: dict[str, Any] = {}
    todo = [(path, module)]
    known = {id(module)}
    while todo:
        path, module = todo.pop()
        if isinstance(module, types.ModuleType) and not is_library(module.__name__):
            for name in sorted(used & vars(module).keys()):
                thing = found[f"{path}.{name}"] = vars(module)[name]
                if id(thing) not in known:
                    known.add(id(thing))
                    todo.append((f"{path}.{name}", thing))
    return found


def reached_outside(thing: Any) -> str:
    """The name of a built-in function by which a function reaches a file, a person or other code; "" if none."""
    if not isinstance(thing, types.FunctionType):
        return ""
    return next((name for name in global_names(thing.__code__) if name in OUTSIDE - thing.__globals__.keys()), "")


def write_variables(function: Any, contents: dict[str, Any]) -> None:
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        if name in contents:
            cell.cell_contents = contents[name]
    for name in global_names(function.__code__):
        if name in contents:
            function.__globals__[name] = contents[name]
    for name in vars(function):
        if f"{function.__name__}.{name}" in contents:
            setattr(function, name, contents[f"{function.__name__}.{name}"])
    for name, thing in contents.items():
        module, _, attribute = name.rpartition(".")
        if isinstance(contents.get(module), types.ModuleType):
            setattr(contents[module], attribute, thing)


# Classes and instances.


def class_contents(kind: type) -> dict[str, Any]:
    """The methods and attributes of a class, and the classes that it is made from."""
    own = {
        name: content
        for name, content in vars(kind).items()
        if isinstance(content, types.FunctionType) or not name.startswith(("__", "_abc_"))
    }
    return own | {f"({base.__name__})": base for base in kind.__bases__ if not is_library(base.__module__)}


def write_class(kind: type, contents: dict[str, Any]) -> None:
    for name in [name for name in class_contents(kind) if name not in contents]:
        delattr(kind, name)
    for name, content in contents.items():
        if not name.startswith("(") and vars(kind).get(name) is not content:
            setattr(kind, name, content)


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


WRAPPED = Reader(read=lambda thing: (), write=keep, parts=method_parts, path=lambda path, label: path)
ATTRIBUTES = named(attributes, write_attributes, "{}.{}".format)

CLASS = Reader(lambda thing: (type(thing),), keep, lambda thing: [("class", type(thing))], lambda path, label: path)

READERS: dict[Any, Reader] = {
    Value: Reader(lambda leaf: (leaf._data, leaf.grad), write_value, only_in_a_pass=True),
    tuple: listed(keep),
    frozenset: Reader(tuple, keep, enumerate),
    list: listed(replace),
    deque: listed(replace),
    set: listed(replace),
    dict: named(dict, replace, "{}[{!r}]".format),
    types.MappingProxyType: named(dict, keep, "{}[{!r}]".format),
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
    types.FunctionType: named(variables, write_variables, lambda path, label: label),
    type: named(class_contents, write_class, "{}.{}".format),
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
    """Whether a function, a class or a module belongs to a library: such code is taken to have no state of its own."""
    if isinstance(thing, types.ModuleType):
        return is_library(thing.__name__)
    if isinstance(thing, (types.FunctionType, type)):
        return is_library(thing.__module__ or "")
    owner = getattr(thing, "__self__", None)
    return isinstance(thing, types.BuiltinFunctionType) and (owner is None or isinstance(owner, types.ModuleType))


@cache
def is_library(name: str) -> bool:
    """Whether the module of this name is Python's own, installed, or ours."""
    top = name.partition(".")[0]
    if top in OWN or (top in sys.stdlib_module_names and top != "__main__"):
        return True
    file = getattr(sys.modules.get(name), "__file__", None)
    return file is not None and any(Path(file).is_relative_to(folder) for folder in LIBRARIES)


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
