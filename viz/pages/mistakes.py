"""The likely mistakes for the quiz of a stepper's page: those at one use, from autograd/bench/one_use.py.

What each mistake leads to is generated as JavaScript from its expression; the texts travel with their places.

>>> mistakes().script.splitlines()[1]
'(upstream, local, other, x, z) => local,'
>>> mistakes().data["rows"][0]
{'kind': 'upstream', 'text': 'the upstream {upstream} was not multiplied in'}
"""

from functools import cache
from inspect import signature
from typing import Any

from autograd.bench.checking import EITHER, LIKELY, MOST, OR, UNKNOWN
from autograd.bench.one_use import AT_ONE_USE, KINDS, AtOneUse
from autograd.code import JAVASCRIPT, code
from autograd.tree import Tree
from viz.pages.program import Program


@cache
def mistakes() -> Program:
    """The code of the contributions, a list of functions; and as data the rows' texts, and how they are told."""
    lines = "".join(f"{contribution(row)},\n" for row in AT_ONE_USE.values())
    words = {"likely": LIKELY, "either": EITHER, "or": OR, "unknown": UNKNOWN}
    data = {"rows": list(map(described, AT_ONE_USE.values())), "kinds": KINDS, "most": MOST, "words": words}
    return Program(f"const contributions = [\n{lines}];\n", data)


def contribution(row: AtOneUse) -> str:
    """The contribution as a mistake has it, a function."""
    places = list(signature(row.contribution).parameters)
    return f"({', '.join(places)}) => {code(row.contribution(*map(Tree.place, places)), JAVASCRIPT)}"


def described(row: AtOneUse) -> dict[str, Any]:
    """The row's kind and text, and what holds of it."""
    holds = {name: True for name in ("others", "alone", "faint") if getattr(row, name)}
    return {"kind": row.kind, "text": row.text, **holds}
