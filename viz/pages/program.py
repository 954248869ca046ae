"""The program of a stepper's page: what its scripts need to compute a graph anew, and to say what Python says of it.

Nothing of a row is written twice. Its local derivatives and the conditions of its sentences are generated as JavaScript
from the table (see rows.py); its texts travel as trees of forms, with places for operands. So the page says of numbers
that were moved what Python would say of them.

>>> from autograd import explain, parse
>>> program = program_of(explain(parse("x * tanh(y)", x=2, y=0.5)))
>>> program.data["nodes"][-1], program.data["kinds"][-1]["own"]
({'name': 'f', 'value': 0.9242343145200195, 'kind': 1, 'operands': [0, 2]}, [1, 0])
>>> print(program.script.splitlines()[-3])  # the condition of a sentence that always holds
(d) => 1,
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

from autograd import Explanation, Value
from autograd.chain import locals_at
from autograd.naming import clean
from autograd.notation import Form, number
from autograd.patterns import NAN, cases, pattern
from autograd.primitives import add
from autograd.rules import numbers_of, run, same
from autograd.steps import BLOCKED, INDEFINITE, TEXT
from autograd.term import left_alone
from autograd.tree import Tree, operand_names
from viz.pages.rows import Register, Rows


class Program(NamedTuple):
    """The data that the scripts of a page are given.

    script  the code of the rows in use: `forward`, `partials` and `taught`, of a list of operands and the result;
            and the conditions of what gates say, of the local derivative
    data    parameters  the leaves that move downhill, if the reader says nothing
            nodes       name and value; computed ones: kind, and operands, nodes by number and numbers in a list; where
                        the page cannot compute an operation: its local derivatives, and where `taught` holds
            kinds       what nodes of one operation share: symbol, pattern, row (if it can be computed), positions that
                        are shut or have no edge; trees of the operation, of its meaning, of `own` and `taught`
                        derivatives; what the gate `says`, [number of a condition, sentence]; where an operand is an
                        `exponent`, the derivatives unsimplified, too
            operations  of unsimplified trees: form, row, neutral numbers
            forms       [before, between, after, level, needs]; product and sum are those of upstream × local and of the
                        sum so far
            nan, remarks  the gate's sentence where an operand is nan; remarks where a step is blocked, or is 0 × inf
    """

    script: str
    data: dict[str, Any]


def program_of(solution: Explanation, parameters: Iterable[Value] = ()) -> Program:
    """The program of a worked solution, with the leaves that move downhill."""
    rows = Rows()
    writer = Writer(rows)
    index = {node: i for i, node in enumerate(solution.order)}
    nodes = []
    for node in solution.order:
        found: dict[str, Any] = {"name": solution.names[node], "value": node.data}
        if node.op is not None:
            row = rows.index(node.op, len(node.operands))
            found["kind"] = writer.kind(node, row)
            found["operands"] = [[o] if o.__class__ is float else index[o] for o in node.operands]
            if row is None:
                found |= frozen(node)
        nodes.append(found)
    data = {
        "digits": solution.digits,
        "parameters": [index[leaf] for leaf in parameters],
        "output": index[solution.output],
        "product": writer.form(TEXT.product),
        "sum": writer.form(add.notation.text),
        "nan": NAN,
        "remarks": {"blocked": BLOCKED, "indefinite": INDEFINITE},
        "nodes": nodes,
        "kinds": writer.kinds.found,
        "forms": writer.forms.found,
        "operations": writer.operations.found,
    }
    return Program(rows.script(), data)


def frozen(node: Value) -> dict[str, Any]:
    """The numbers of a node whose operation is not known as a formula: they stay what they are, as do its leaves."""
    assert node.op is not None
    numbers = locals_at(node)
    holds = [False] * len(numbers)
    if node.op.taught:
        holds = [n is not None and same(t, n) for t, n in zip(numbers_of(node, node.op.taught), numbers, strict=True)]
    return {"locals": numbers, "holds": holds}


class Writer:
    """Makes trees of forms: a place by its number, -1 for the result; a number as text; else [form, operands...]."""

    def __init__(self, rows: Rows) -> None:
        self.forms, self.kinds, self.operations = Register(), Register(), Register()
        self.rows = rows

    def form(self, form: Form) -> int:
        return self.forms.number(list(form))

    def kind(self, node: Value, row: int | None) -> int:
        """A node for the scripts: what its texts need, and what the chain rule must know of it."""
        op = node.op
        assert op is not None
        names = operand_names(len(node.operands))
        places = [Tree.place(name) for name in names]
        result = Tree.place("z")
        constants = [o if o.__class__ is float else place for o, place in zip(node.operands, places, strict=True)]
        stand = {name: i for i, name in enumerate(names)} | {"z": -1}
        numbers = {repr(o): i for i, o in enumerate(node.operands) if o.__class__ is float}

        def tree(found: Any) -> Any:
            if found is None:
                return None
            if not isinstance(found, Tree):
                return numbers.get(repr(float(found)), number(found, 6))
            if found.op is None:
                return stand[found.name]
            alone = left_alone(found.op, found.operands)
            if alone is not None:
                return tree(alone)
            return [self.form(found.op.notation.text), *map(tree, found.operands)]

        def unsimplified(found: Any) -> Any:
            """A tree of operations, whose numbers stand in lists: so the page can do the arithmetic of an exponent."""
            if not isinstance(found, Tree):
                return None if found is None else [found]
            if found.op is None:
                return stand[found.name]
            row = self.rows.index(found.op, len(found.operands))
            operation = {"form": self.form(found.op.notation.text), "row": row, "neutral": found.op.neutral}
            return [self.operations.number(operation), *map(unsimplified, found.operands)]

        operation = [self.form(op.notation.text), *range(len(names))]
        kind: dict[str, Any] = {"symbol": clean(op.notation.symbol), "pattern": pattern(op), "operation": operation}
        kind["says"] = [[self.rows.case(case), case.says] for case in cases(op, node.operands)]
        if row is not None:
            kind["row"] = row
        if op.means:
            kind["meaning"] = tree(op.means(*places))
        exponent = op.notation.exponent
        for name, rule in (("own", op.partials), ("taught", op.taught)):
            if rule is not None:
                partials = run(node, rule, constants, places, result)
                kind[name] = list(map(tree, partials))
                if exponent is not None and places[exponent] is constants[exponent] and row is not None:
                    kind["exponent"] = exponent
                    kind[f"{name}_unsimplified"] = list(map(unsimplified, partials))
        for name in ("shut", "no_edge"):
            if positions := getattr(op, name):
                kind[name] = positions
        return self.kinds.number(kind)
