"""Everything that code can read beside its arguments: closures, globals, attributes of classes.

Code of libraries, ours too, is taken to have no state of its own.

>>> rate = 0.5
>>> def decayed(x, by=0.1):
...     return x * rate * by
>>> variables(decayed)
{'rate': 0.5, 'decayed.0': 0.1, 'decayed.__code__': <code object decayed ...>}
"""

import builtins
import datetime
import decimal
import dis
import io
import numbers
import operator
import os
import random
import secrets
import sys
import sysconfig
import time
import types
import uuid
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from autograd.ieee import OURS
from autograd.value import Value

# What reaches elsewhere: to files, persons, other code, the clock, the settings of the process.
OUTSIDE = (
    open, input, exec, eval, breakpoint, globals, __import__, os.environ, os.getenv, os.urandom, np.geterr,
    time.time, time.time_ns, time.monotonic, time.monotonic_ns, time.perf_counter, time.perf_counter_ns,
    time.process_time, time.process_time_ns, time.thread_time, time.thread_time_ns, time.localtime, time.gmtime,
    time.ctime, time.strftime, os.times, os.getcwd, os.getpid, sys.argv,
    uuid.uuid1, uuid.uuid4, decimal.Decimal, decimal.getcontext, decimal.localcontext,
    secrets.choice, secrets.randbelow, secrets.randbits, secrets.token_bytes,
    np.load, np.loadtxt, np.genfromtxt, np.fromfile,
    os.stat, os.listdir, os.scandir, os.path.exists, os.path.isfile, os.path.getsize, os.path.getmtime,
)  # fmt: skip
# A generator that is made anew in each call may begin anywhere; one that is made with its object is seen there.
GENERATORS = (random.Random, random.SystemRandom, np.random.RandomState, np.random.default_rng)
READ_FROM = (io, os, os.path, sys, time, np, np.random, random, secrets, uuid, decimal)  # modules that have them
CLOCKS = (datetime, datetime.datetime, datetime.date)
TELL_TIME = frozenset(["now", "utcnow", "today"])
ASK_FILES = frozenset(["read_text", "read_bytes", "stat", "exists", "is_file", "iterdir", "glob"])  # methods of paths
# Functions that tell one object from another of the same number. A Value is never the object that its number was.
IDENTITY = (id, operator.is_, operator.is_not)
NUMBERS = (int, float, complex, np.generic, Value)
KINDS = (int, float, complex, np.generic, numbers.Number)  # the kinds of number that a Value is not
UNKNOWN = 0.0  # stands for any number, where the content of a name is not known
LIBRARIES = [Path(sysconfig.get_paths()[name]) for name in ("stdlib", "platstdlib", "purelib", "platlib")]


@cache
def global_names(code: types.CodeType) -> tuple[str, ...]:
    """The names of the globals that a piece of code reads or writes, functions inside it too."""
    names = [step.argval for step in dis.get_instructions(code) if step.opname.endswith(("_GLOBAL", "_NAME"))]
    inner = [name for part in code.co_consts if isinstance(part, types.CodeType) for name in global_names(part)]
    return tuple(dict.fromkeys([*names, *inner]))


@cache
def imported(code: types.CodeType) -> tuple[str, ...]:
    """The modules that a piece of code imports when it is run, functions inside it too."""
    names = [step.argval for step in dis.get_instructions(code) if step.opname == "IMPORT_NAME"]
    inner = [name for part in code.co_consts if isinstance(part, types.CodeType) for name in imported(part)]
    return tuple(dict.fromkeys([*names, *inner]))


@cache
def all_names(code: types.CodeType) -> frozenset[str]:
    """The names of globals and of attributes in a piece of code, functions inside it too."""
    inner = [all_names(part) for part in code.co_consts if isinstance(part, types.CodeType)]
    return frozenset(code.co_names).union(*inner)


@cache
def only_appends(code: types.CodeType, name: str) -> bool:
    """Whether all that a piece of code does with a thing of this name is to append to it, functions inside it too."""
    steps = [step for step in dis.get_instructions(code) if step.opname not in ("CACHE", "EXTENDED_ARG")]
    for step, following in pairwise(steps):
        loaded = step.opname.startswith("LOAD_") and step.opname != "LOAD_CLOSURE" and step.argval == name
        if loaded and following.argval not in ("append", "extend"):
            return False
    return all(only_appends(part, name) for part in code.co_consts if isinstance(part, types.CodeType))


def reads_gradients(function: types.FunctionType) -> str:
    """The place where a function reads the `grad` of a Value; "" if it does nowhere."""
    if is_library(function.__globals__.get("__name__", "")):
        return ""
    known = {"self": None, **variables(function)}  # attributes of objects are seen as all others
    places = gradients_read(function.__code__)
    return next((where for where, name in places if isinstance(known.get(name, UNKNOWN), NUMBERS)), "")


@cache
def gradients_read(code: types.CodeType) -> tuple[tuple[str, str], ...]:
    """The places where code reads an attribute `grad`, each with the name of what has it, "" if it has none."""
    found = []
    for before, step in pairwise(step for step in dis.get_instructions(code) if step.opname != "CACHE"):
        if step.argval == "grad" and step.opname in ("LOAD_ATTR", "LOAD_METHOD"):
            line = getattr(step.positions, "lineno", None) or code.co_firstlineno
            found.append((f"{code.co_filename}:{line}", before.argval if before.opname.startswith("LOAD_") else ""))
    inner = [each for part in code.co_consts if isinstance(part, types.CodeType) for each in gradients_read(part)]
    return (*found, *inner)


def variables(function: Any) -> dict[str, Any]:
    """Everything that a function is, beside its arguments: closure, globals, defaults, its own attributes, its code."""
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
    defaults["__code__"] = function.__code__
    return found | {f"{function.__name__}.{name}": default for name, default in defaults.items()}


def module_contents(module: Any, path: str, used: frozenset[str]) -> dict[str, Any]:
    """Of the contents of a module that is no library those that have a name in use; modules in it too."""
    return {
        f"{path}.{name}": vars(module)[name]
        for path, module in modules_within(module, path, used)
        for name in sorted(used & vars(module).keys())
    }


def is_own(module: types.ModuleType) -> bool:
    """Whether a module is the user's own."""
    return not is_library(module.__name__)


def modules_within(
    thing: Any, path: str, used: frozenset[str], wanted: Callable[[types.ModuleType], bool] = is_own
) -> Iterator[tuple[str, types.ModuleType]]:
    """A module that is wanted, and those within it that have a name in use, with their paths; else nothing."""
    todo = [(path, thing)]
    known = {id(thing)}
    while todo:
        path, module = todo.pop()
        if isinstance(module, types.ModuleType) and wanted(module):
            yield path, module
            for name in sorted(used & vars(module).keys()):
                inner = vars(module)[name]
                if id(inner) not in known:
                    known.add(id(inner))
                    todo.append((f"{path}.{name}", inner))


def can_reach_outside(module: types.ModuleType) -> bool:
    """Whether a module of Python or NumPy has functions that reach elsewhere."""
    return any(module is other for other in READ_FROM)


def reached_outside(thing: Any) -> str:
    """The way in which a function reaches elsewhere, or the identity or kind of a number; "" if it does not.

    A number stands for itself, however many objects it lies in. So a program that asks whether two numbers are one
    object, as in `a is b`, is another program on Values, and no guard can tell. So is one that asks whether something
    is a float.
    """
    if not isinstance(thing, types.FunctionType) or is_library(thing.__globals__.get("__name__", "")):
        return ""
    for name in imported(thing.__code__):
        if not is_library(name):
            return f"imports {name} when it is called: its state is not seen"
    names = {name: global_of(thing, name) for name in global_names(thing.__code__)}
    may_ask = thing.__name__ in ("__init__", "__post_init__", "__repr__")  # these are not part of a pass
    outside = OUTSIDE if may_ask else (*OUTSIDE, *GENERATORS)
    for name, content in {**names, **variables(thing)}.items():
        if any(content is function for function in (*outside, *IDENTITY)):
            return f"calls {name}"
        if content is operator and all_names(thing.__code__) & {"is_", "is_not"}:
            return "calls operator.is_"
        for path, module in modules_within(content, name, all_names(thing.__code__), can_reach_outside):
            for part in sorted(all_names(thing.__code__) & vars(module).keys()):
                if any(vars(module)[part] is function for function in outside):
                    return f"reads {path}.{part}"
        if any(content is clock for clock in CLOCKS) and all_names(thing.__code__) & TELL_TIME:
            return f"reads the clock by {name}"
        if (content is Path or isinstance(content, Path)) and all_names(thing.__code__) & ASK_FILES:
            return f"reads a file by {name}"
    asked = (where for where, side in identities(thing.__code__) if isinstance(content_of(thing, side), NUMBERS))
    asked_kinds = (w for w, name in kinds(thing.__code__) if not may_ask and is_kind(content_of(thing, name)))
    return next((f"asks by `is` at {where}" for where in asked), "") or next(
        (f"asks whether a number is a float at {where}" for where in asked_kinds), ""
    )


def is_kind(content: Any) -> bool:
    """Whether it is a kind of number that a Value is not, or a tuple with one."""
    if isinstance(content, tuple):
        return any(map(is_kind, content))
    return isinstance(content, type) and issubclass(content, KINDS)


@cache
def kinds(code: types.CodeType) -> tuple[tuple[str, tuple[Any, ...]], ...]:
    """The places where code asks for the kind of a thing, each with a name that it asks with, as in `identities`.

    It asks within isinstance(...), by a pattern as `case float():`, and, where the code names `type`, anywhere.
    """
    found: list[tuple[str, tuple[Any, ...]]] = []
    steps = [step for step in dis.get_instructions(code) if step.opname not in ("CACHE", "EXTENDED_ARG")]
    asks_type = any(step.opname == "LOAD_GLOBAL" and step.argval == "type" for step in steps)
    for i, step in enumerate(steps):
        line = getattr(step.positions, "lineno", None) or code.co_firstlineno
        where = f"{code.co_filename}:{line}"
        if step.opname == "LOAD_GLOBAL" and step.argval == "isinstance":
            found += [(where, name) for name in loaded(steps[i + 1 : end_of_call(steps, i)])]
        elif step.opname == "MATCH_CLASS":
            found += [(where, name) for name in loaded(steps[max(0, i - 4) : i])]
        elif asks_type and step.opname.startswith("LOAD_"):
            found += [(where, name) for name in loaded(steps[i : i + 3])[:1]]
    inner = [each for part in code.co_consts if isinstance(part, types.CodeType) for each in kinds(part)]
    return (*found, *inner)


def end_of_call(steps: Sequence[Any], begin: int) -> int:
    """The step that makes the call whose function is loaded at `begin`: both begin at one place of the text."""
    at = steps[begin].positions
    for i in range(begin + 1, len(steps)):
        here = steps[i].positions
        if steps[i].opname.startswith("CALL") and (here.lineno, here.col_offset) == (at.lineno, at.col_offset):
            return i
    return len(steps)


def loaded(steps: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The names that are loaded, each with the attributes that are taken from it."""
    found: list[tuple[Any, ...]] = []
    for step in steps:
        if step.opname == "LOAD_ATTR" and found:
            found[-1] = (*found[-1], step.argval)
        elif step.opname in ("LOAD_GLOBAL", "LOAD_DEREF", "LOAD_NAME"):
            found.append((step.opname, step.argval))
    return found


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
        how, name, *attributes = side
        if how == "LOAD_CONST":  # a bool is no number among others: each target that may be one is tried
            content = None if isinstance(name, bool) else name
        elif how in ("LOAD_GLOBAL", "LOAD_NAME"):
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
    for name in (*vars(function), "__code__"):
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
