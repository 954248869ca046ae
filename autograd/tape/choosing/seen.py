"""A program that can see how it is run is run as it is written, and decides.

A rewritten program has frames of its own and is begun anew where a branch does more than choose. And a choice is a
Value where the program may have a plain number. Some functions tell these apart, or do what cannot be done twice.

>>> refuse(max)
>>> with Following() as watch:
...     refuse(print)
Traceback (most recent call last):
...
autograd.tape.choosing.gates.NotAChoice: the program calls print
"""

import builtins
import dis
import io
from collections.abc import Callable
from functools import cache
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType
from typing import Any

from autograd.backward import gradients
from autograd.primitives import TABLE
from autograd.tape.choosing.gates import VALUES, Following, NotAChoice
from autograd.tape.guards import innermost
from autograd.tape.reachable import content_of, is_library, kinds
from autograd.value import Value

# Modules whose functions only compute. What others do may be seen elsewhere, as in files, and cannot be undone.
COMPUTE = (
    "autograd", "bisect", "builtins", "collections", "copy", "dataclasses", "enum", "fractions", "functools", "heapq",
    "itertools", "json", "math", "nn", "numbers", "numpy", "operator", "random", "re", "statistics", "string", "types",
    "typing",
)  # fmt: skip
# `gradients` tells a number from a copy of it, as where(True, v, 0.0) is one of v.
REFUSED = (builtins.print, builtins.locals, builtins.vars, builtins.dir, gradients)
ASKING = (builtins.isinstance, builtins.type, builtins.hasattr, builtins.getattr, builtins.setattr, builtins.callable)
OF_VALUES = frozenset(dir(Value)) - TABLE.keys()  # attributes that tell a Value from a number


def refuse(thing: Any) -> None:
    """NotAChoice if a program that calls this while it is followed can see how it is run."""
    module = str(getattr(thing, "__module__", "")).partition(".")[0].lstrip("_")
    elsewhere = module not in COMPUTE and is_library(module)
    writes = isinstance(thing, (BuiltinFunctionType, MethodType)) and isinstance(thing.__self__, io.IOBase)
    if (elsewhere or writes or any(thing is one for one in REFUSED)) and innermost(Following):
        raise NotAChoice(f"the program calls {getattr(thing, '__name__', thing)}")


def asked(thing: Any) -> Any:
    """A thing of which the program asks for more than its number; NotAChoice if it may be one."""
    if type(thing) in VALUES and innermost(Following):
        raise NotAChoice("the program asks whether a number is a Value")
    return thing


def asking(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that tells what its first argument is, of things that are no Values."""

    def ask(*arguments: Any, **named: Any) -> Any:
        return function(*map(asked, arguments[:1]), *arguments[1:], **named)

    return ask


def asks_for_values(function: FunctionType) -> bool:
    """Whether a function, which others may call that are not rewritten, asks what is a Value: isinstance(v, Value)."""
    return any(is_of_values(content_of(function, name)) for _, name in kinds(function.__code__))


def is_of_values(content: Any) -> bool:
    """Whether it is a kind that a Value is and a number is not, or a tuple with one."""
    if isinstance(content, tuple):
        return any(map(is_of_values, content))
    return isinstance(content, type) and issubclass(Value, content) and not issubclass(float, content)


@cache
def catches(code: CodeType) -> bool:
    """Whether a piece of code asks by a pattern what a thing is, or goes on after errors; functions inside it too."""
    steps = {step.opname for step in dis.get_instructions(code)}  # `with` goes on after errors too
    inner = any(catches(part) for part in code.co_consts if isinstance(part, CodeType))
    return inner or not steps.isdisjoint(["PUSH_EXC_INFO", "MATCH_CLASS"])
