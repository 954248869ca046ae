"""A digest of functions by their code: the key by which work kept on disk is found again.

The digest covers the code of each function, its constants, defaults and captured variables, and all that it calls by
name, to any depth. It does not look at the times of files: code that was changed in place has another digest.

>>> digest([lambda x: x + 1.0]) == digest([lambda x: x + 1.0])
True
>>> digest([lambda x: x + 1.0]) == digest([lambda x: x + 2.0])
False
"""

import hashlib
from collections.abc import Iterable
from types import CodeType, FunctionType, ModuleType
from typing import Any


def digest(functions: Iterable[Any]) -> str:
    """Sixteen characters that stand for the code of these functions and of all that they call."""
    lines: list[str] = []
    seen: set[int] = set()
    todo = list(functions)
    while todo:
        part = todo.pop(0)
        if isinstance(part, FunctionType):
            if id(part) in seen:
                continue
            seen.add(id(part))
            captured = [cell.cell_contents for cell in part.__closure__ or ()]
            names = names_in(part.__code__)
            called = [part.__globals__[name] for name in names if name in part.__globals__]
            lines += [part.__name__, *names]
            todo += [part.__code__, *(part.__defaults__ or ()), *captured, *called]
        elif isinstance(part, CodeType):
            lines.append(part.co_code.hex())
            todo += part.co_consts
        elif isinstance(part, ModuleType):
            lines.append(part.__name__)
        elif callable(part):  # a function written in C, as those of math and operator
            lines.append(f"{getattr(part, '__module__', '')}.{getattr(part, '__qualname__', part)}")
        else:
            lines.append(repr(part))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def names_in(code: CodeType) -> list[str]:
    """The names that a piece of code looks up, and those of the code within it."""
    inner = [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    return [*code.co_names, *(name for each in inner for name in names_in(each))]
