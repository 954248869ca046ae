"""The likely mistakes for the quiz of a stepper's page: those at one use and in one sum of uses, from one_use.py.

What each mistake leads to is generated as JavaScript from its expression; the texts travel with their places.

>>> mistakes().script.splitlines()[2]
'(upstream, local, other, x, z) => local,'
>>> mistakes().data["rows"][0]
{'kind': 'upstream', 'text': 'the upstream {upstream} was not multiplied in'}
>>> print(mistakes().script.splitlines()[-3])  # of the total of a sum: one of its uses was left out
(total, share, last, slopes, x) => total - share,
"""

from collections.abc import Callable, Iterable
from functools import cache
from inspect import signature
from typing import Any

from autograd.bench.checking import EITHER, LIKELY, MOST, OR, UNKNOWN
from autograd.bench.one_use import AT_ONE_USE, IN_ONE_SUM, KINDS, AtOneUse, InOneSum, in_the_sum
from autograd.code import JAVASCRIPT, code
from autograd.tree import Tree
from viz.pages.program import Program

HOLDS = ("others", "alone", "faint", "whole", "each")  # fields of rows that the scripts know, where they are true


@cache
def mistakes() -> Program:
    """The code of what is written in place of contributions and totals, and as data the texts, and how they are told.

    The script has two lists of functions, `contributions` and `totals`, and the function `inTheSum`.
    """
    script = f"const inTheSum = {function(in_the_sum)};\n"
    script += listed("contributions", (row.contribution for row in AT_ONE_USE.values()))
    script += listed("totals", (row.total for row in IN_ONE_SUM.values()))
    words = {"likely": LIKELY, "either": EITHER, "or": OR, "unknown": UNKNOWN}
    rows, sums = ([described(row) for row in table.values()] for table in (AT_ONE_USE, IN_ONE_SUM))
    return Program(script, {"rows": rows, "sums": sums, "kinds": KINDS, "most": MOST, "words": words})


def listed(name: str, formulas: Iterable[Callable[..., Any]]) -> str:
    """A constant that is a list of functions, in JavaScript."""
    lines = "".join(f"{function(formula)},\n" for formula in formulas)
    return f"const {name} = [\n{lines}];\n"


def function(formula: Callable[..., Any]) -> str:
    """An expression as a function in JavaScript."""
    places = list(signature(formula).parameters)
    return f"({', '.join(places)}) => {code(formula(*map(Tree.place, places)), JAVASCRIPT)}"


def described(row: AtOneUse | InOneSum) -> dict[str, Any]:
    """The row's kind and text, and what holds of it."""
    holds = {name: True for name in HOLDS if getattr(row, name, False)}
    return {"kind": row.kind, "text": row.text, **holds}
