"""A tape as the statements of a program: one line for each instruction, in a programming language.

>>> from autograd import Value, record
>>> from autograd.code import PYTHON
>>> x, y = Value(3.0, "x"), Value(2.0, "y")
>>> program = statements(record(x * y, [x, y]), PYTHON)
>>> program.lines, program.inputs, program.results
(['t1 = x * y'], ['x', 'y'], ['t1', 'y', 'x'])
"""

import keyword
import re
from collections.abc import Collection, Iterator
from itertools import count
from typing import NamedTuple

from autograd.code import Language, code
from autograd.primitive import Primitive
from autograd.tape.tape import Tape
from autograd.tree import Tree


class Program(NamedTuple):
    """The statements of a tape, the names of its inputs and results (or numbers), and the rows that they use."""

    lines: list[str]
    inputs: list[str]
    results: list[str]
    rows: list[Primitive]


def statements(tape: Tape, language: Language, line: str = "{} = {}", taken: Collection[str] = ()) -> Program:
    """The program of a tape. `line` is an assignment of the language, `taken` are names that it needs itself."""
    forms = {op.name for op in tape.rows} | set(language.functions.values())
    unused = Names({*taken, *forms, *keyword.kwlist})
    operands: list[Tree | float] = [Tree.place(unused.like(tape.names.get(i, "x"))) for i in range(tape.inputs)]
    inputs = [code(operand, language) for operand in operands]
    operands += tape.constants.tolist()
    lines = []
    for slot, op, slots in tape.code():
        formula = Tree.apply_primitive(op, [operands[operand] for operand in slots])
        name = unused.like(tape.names.get(slot, "t"))
        operands.append(Tree.place(name))
        lines.append(line.format(name, code(formula, language)))
    return Program(lines, inputs, [code(operands[slot], language) for slot in tape.results], tape.rows)


class Names:
    """Names for variables: each is given once."""

    def __init__(self, taken: set[str]) -> None:
        self.taken = taken
        self.numbers: dict[str, Iterator[int]] = {}  # for each stem those that were not tried yet

    def like(self, name: str) -> str:
        """The name itself, made of letters, digits and _; where it is taken, or is t, with a number."""
        stem = re.sub(r"\W", "_", name, flags=re.ASCII)
        stem = stem if stem and not stem[0].isdigit() else f"_{stem}"
        found = stem if stem != "t" and stem not in self.taken else ""
        if not found:
            numbers = self.numbers.setdefault(stem, count(1))
            found = next(f"{stem}{n}" for n in numbers if f"{stem}{n}" not in self.taken)
        self.taken.add(found)
        return found
