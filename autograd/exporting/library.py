"""The libraries of the targets: functions for the rows that a language has not itself.

A file of libraries/ has one definition a row, by the row's name; each begins at the left margin, and may call others.

>>> print(used("c.c", ["relu"]), end="")
static inline double relu(double x) { return x <= 0.0 ? 0.0 : x; }
>>> print(used("javascript.js", ["softplus"]), end="")
const logaddexp = (x, y) => (x === y ? x + Math.LN2 : (x > y ? x : y) + Math.log1p(Math.exp(-Math.abs(x - y))));
const softplus = (x) => logaddexp(x, 0);

The library of plain Python is taken from autograd/scalars.py itself, by `source`.
"""

import ast
import inspect
import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from types import FunctionType
from typing import Any

from autograd import scalars

START = r"^(?:const |def |static inline double )?"
DEFINITION = re.compile(rf"{START}([A-Za-z_]\w*)\b.*?(?={START}[A-Za-z_]|^//|\Z)", re.MULTILINE | re.DOTALL)
WORD = re.compile(r"(?<![.\w])[A-Za-z_]\w*")


@cache
def definitions(file: str) -> dict[str, str]:
    """The definitions of a library by name, in the file's order; none for plain Python, which has no file."""
    if not file:
        return {}
    text = (files("autograd.exporting") / "libraries" / file).read_text(encoding="utf-8")
    return {match[1]: match[0].rstrip() + "\n" for match in DEFINITION.finditer(text)}


def used(file: str, words: Iterable[str]) -> str:
    """The definitions that these words name, and those that they call, in the file's order."""
    blocks = definitions(file)
    wanted = {word for word in words if word in blocks}
    waiting = list(wanted)
    while waiting:
        called = {word for word in WORD.findall(blocks[waiting.pop()]) if word in blocks} - wanted
        wanted |= called
        waiting += called
    return "".join(block for name, block in blocks.items() if name in wanted)


def source(functions: Iterable[FunctionType]) -> str:
    """Functions of autograd/scalars.py as plain Python, with the functions and numbers that they need before them."""
    found: dict[str, str] = {}

    def add(function: FunctionType) -> None:
        for name in function.__code__.co_names:
            needed: Any = getattr(scalars, name, None)
            if isinstance(needed, float):
                found.setdefault(name, f"{name} = {needed!r}\n")
            elif isinstance(needed, FunctionType) and name not in found:
                add(needed)
        (definition,) = ast.parse(inspect.getsource(function)).body
        assert isinstance(definition, ast.FunctionDef)
        definition.decorator_list = []
        found.setdefault(function.__name__, ast.unparse(definition) + "\n")

    for function in functions:
        add(function)
    return "".join(found.values())
