"""`Writer`: writes a graph of Values down as instructions.

The list is made shorter on the way. None of these steps changes a single bit of a result:

- an instruction that stands there already is not written again (common subexpressions);
- an instruction on constants only is computed now (constant folding), and `x * 1.0` is x;
- an operation of the user's own is written as the rows that it is made of, where it is a formula;
- a sum of many is written as the additions that eager makes, from left to right;
- an instruction that no result depends on is dropped (dead code).

>>> from autograd.order import topological_order
>>> x = Value(3.0, "x")
>>> f = (x * x + 0.0 * 5.0) * (x * x)
>>> writer = Writer([x])
>>> writer.write(topological_order(f))
>>> print(writer.finish([writer.slot[f]], outputs=1))
inputs     x
  t1 = x * x
  t2 = t1 + 0
  t3 = t2 * t1
outputs    t3
"""

from collections.abc import Iterable, Sequence
from typing import Any

from autograd.naming import clean
from autograd.primitive import Primitive
from autograd.tape.instructions import WANTED, Instructions
from autograd.tape.state import State
from autograd.tape.tape import Tape
from autograd.tree import Tree, fold, forward_tree, is_known, operand_names
from autograd.value import Value


class Writer:
    """Writes nodes down.

    code   the instructions
    slot   of each node that is written, and of each number
    names  of slots
    """

    def __init__(self, inputs: Sequence[Value], wanted: Iterable[Value] = ()) -> None:
        """`wanted` are those of the inputs whose gradient is wanted."""
        self.code = Instructions(len(inputs))
        self.slot = self.code.slot
        self.slot.update((leaf, 1 + i) for i, leaf in enumerate(inputs))
        self.names = {self.slot[leaf]: clean(leaf.name) for leaf in inputs if leaf.name}
        for leaf in wanted:
            self.code.kinds[self.slot[leaf]] = WANTED
        self.formulas: dict[Any, Any] = {}  # of rows of the user's own, by row and number of operands

    def write(self, nodes: Iterable[Value]) -> None:
        """Give each node a slot. They stand in topological order: their operands come before them."""
        slot, rows, place = self.slot, self.code.rows, self.code.place
        for node in nodes:
            op = node.op
            if op is None:
                if node not in slot:
                    slot[node] = slot[node._data]
                continue
            if op.places and op in rows:  # unrolled: most nodes have one operand or two
                slot[node] = place(rows[op], slot[node._x], slot[node._y])
            else:
                slot[node] = self.instruction(op, [slot[operand] for operand in node.operands])
            if node.name:
                self.names.setdefault(slot[node], clean(node.name))

    def instruction(self, op: Primitive, operands: Sequence[int]) -> int:
        """The slot of `op` on these operands."""
        if op.fold is not None and operands:
            rows, result = self.code.rows, operands[0]
            for operand in operands[1:]:
                if op.fold in rows:
                    result = self.code.place(rows[op.fold], result, operand)
                else:  # the first time, or a formula
                    result = self.instruction(op.fold, (result, operand))
            return result
        if not is_known(op) and (formula := self.made_of(op, len(operands))) is not None:
            return self.formula(formula, dict(zip(operand_names(len(operands)), operands, strict=True)))
        return self.code.add(op, operands)

    def made_of(self, op: Primitive, count: int) -> Any:
        """The formula, in rows of the table, of a row of the user's own; None if its function is no formula."""
        if (op, count) not in self.formulas:
            self.formulas[op, count] = formula_of(op, count)
        return self.formulas[op, count]

    def formula(self, tree: Any, places: dict[str, int]) -> int:
        """The slot of a formula whose places have these slots."""
        return fold(
            tree,
            lambda leaf: places[leaf.name] if isinstance(leaf, Tree) else self.slot[leaf],
            lambda op, slots: self.instruction(op, tuple(slots)),
        )

    def finish(self, results: list[int], outputs: int) -> Tape:
        """The tape of what the results depend on."""
        return self.code.tape(results, outputs, self.names)


FORMULAS: dict[tuple[Primitive, int], tuple[State, Any]] = {}  # with the state that the function read for them


def formula_of(op: Primitive, count: int) -> Any:
    """The formula of a row of the user's own, made anew if something has changed that its function can read."""
    known = FORMULAS.get((op, count))
    if known is None or known[0].fault or known[0].change():
        FORMULAS[op, count] = State({op.name: op}), forward_tree(op, count)
    return FORMULAS[op, count][1]
