"""Everything that code can read beside its arguments: closures, globals, attributes of classes.

Code of libraries, ours too, is taken to have no state of its own.

>>> rate = 0.5
>>> def decayed(x, by=0.1):
...     return x * rate * by
>>> variables(decayed)
{'rate': 0.5, 'decayed.0': 0.1}
"""

import builtins
import dis
import operator
import sys
import sysconfig
import types
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from autograd.ieee import OURS
from autograd.value import Value

# Built-in functions that reach elsewhere.
OUTSIDE = (open, input, exec, eval, breakpoint, globals, __import__)
# Functions that tell one object from another of the same number. A Value is never the object that its number was.
IDENTITY = (id, operator.is_, operator.is_not)
NUMBERS = (int, float, complex, np.generic, Value)
UNKNOWN = 0.0  # stands for any number, where the content of a name is not known
LIBRARIES = [Path(sysconfig.get_paths()[name]) for name in ("stdlib", "platstdlib", "purelib", "platlib")]


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
    """Everything that a function can read beside its arguments: closure, globals, defaults, its own attributes."""
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
    return {
        f"{path}.{name}": vars(module)[name]
        for path, module in modules_within(module, path, used)
        for name in sorted(used & vars(module).keys())
    }


def modules_within(thing: Any, path: str, used: frozenset[str]) -> Iterator[tuple[str, types.ModuleType]]:
    """A module that is no library, and those within it that have a name in use, with their paths; else nothing."""
    todo = [(path, thing)]
    known = {id(thing)}
    while todo:
        path, module = todo.pop()
        if isinstance(module, types.ModuleType) and not is_library(module.__name__):
            yield path, module
            for name in sorted(used & vars(module).keys()):
                inner = vars(module)[name]
                if id(inner) not in known:
                    known.add(id(inner))
                    todo.append((f"{path}.{name}", inner))


def reached_outside(thing: Any) -> str:
    """The way in which a function reaches a file, a person, other code, or the identity of numbers; "" if it does not.

    A number stands for itself, however many objects it lies in. So a program that asks whether two numbers are one
    object, as in `a is b`, is another program on Values, and no guard can tell.
    """
    if not isinstance(thing, types.FunctionType) or is_library(thing.__globals__.get("__name__", "")):
        return ""
    names = {name: global_of(thing, name) for name in global_names(thing.__code__)}
    for name, content in {**names, **variables(thing)}.items():
        if any(content is function for function in (*OUTSIDE, *IDENTITY)):
            return f"calls {name}"
        if content is operator and all_names(thing.__code__) & {"is_", "is_not"}:
            return "calls operator.is_"
    asked = (where for where, side in identities(thing.__code__) if isinstance(content_of(thing, side), NUMBERS))
    return next((f"asks by `is` at {where}" for where in asked), "")


@cache
def identities(code: types.CodeType) -> tuple[tuple[str, tuple[Any, ...]], ...]:
    """The places where code compares by `is`, each with the right side: how it is loaded, its name, its attributes."""
    found: list[tuple[str, tuple[Any, ...]]] = []
    side: tuple[Any, ...] = ()
    line: Any = code.co_firstlineno
    for step in dis.get_instructions(code):
        line = getattr(step.positions, "lineno", None) or line
        if step.opname == "IS_OP":
            found.append((f"{code.co_filename}:{line}", side))
        if step.opname == "LOAD_ATTR" and side:
            side = (*side, step.argval)
        elif step.opname not in ("CACHE", "EXTENDED_ARG"):
            side = (step.opname, step.argval) if step.opname.startswith("LOAD_") else ()
    inner = [each for part in code.co_consts if isinstance(part, types.CodeType) for each in identities(part)]
    return (*found, *inner)


def content_of(function: types.FunctionType, side: tuple[Any, ...]) -> Any:
    """The content of one side of a comparison. No number is in `x is None`, `f is relu`, `x is self`."""
    content: Any = UNKNOWN
    if side:
        loaded, name, *attributes = side
        if loaded == "LOAD_CONST":  # a bool is no number among others: each target that may be one is tried
            content = None if isinstance(name, bool) else name
        elif loaded == "LOAD_GLOBAL":
            content = global_of(function, name)
        elif name == "self":
            content = types.SimpleNamespace()
        for attribute in attributes:
            of_itself = isinstance(content, (types.ModuleType, type)) or attribute == "__class__"
            content = getattr(content, attribute, UNKNOWN) if of_itself else UNKNOWN
    return content


def global_of(function: types.FunctionType, name: str) -> Any:
    """The content of a global, or of a built-in name."""
    return function.__globals__.get(name, getattr(builtins, name, UNKNOWN))


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


@cache
def is_library(name: str) -> bool:
    """Whether the module of this name is Python's own, installed, or ours."""
    top = name.partition(".")[0]
    if top in OURS or (top in sys.stdlib_module_names and top != "__main__"):
        return True
    file = getattr(sys.modules.get(name), "__file__", None)
    return file is not None and any(Path(file).is_relative_to(folder) for folder in LIBRARIES)
