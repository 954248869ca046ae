"""Gradients as instructions: the chain rule is run once for each row, and its result is stamped for each node.

For a row such as tanh, the chain rule (`contributions` in chain.py) is run on leaves that stand for the operand, the
result and the gradient from above. This gives a small graph, which is written down as a tape: the template.

>>> from autograd import tanh
>>> print(template_of(tanh, [Value(0.5, "x")], [0]))
inputs     x, z, upstream
  t1 = z**2
  t2 = 1 - t1
  t3 = upstream * t2
outputs    t3

For each node of that row, in the order of the backward pass, the instructions of the template are written with the
node's own slots in place of x, z and upstream. What arrives at a node is added up in that order, as in the eager pass.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from autograd.chain import contributions
from autograd.modes import block_of
from autograd.order import walk
from autograd.primitive import Primitive
from autograd.primitives import add
from autograd.tape.instructions import CONSTANT, WANTED, Instructions
from autograd.tape.tape import Tape
from autograd.tape.writer import Writer
from autograd.tree import is_known
from autograd.value import Value, node

WIDE = 1000  # operands up to which the template of a row is kept


@block_of(None)  # a template holds for all numbers, whatever the program's blocks, as no_grad, do with their nodes
def template_of(op: Primitive, operands: Sequence[Any], wanted: Sequence[int]) -> Tape:
    """The contributions of a node of this row to its operands at the positions `wanted`.

    operands  leaves that stand for operands, and floats for those that are numbers by nature
    The tape takes the operands, the result and the gradient from above.
    """
    z, upstream = node(op, tuple(operands)), Value(1.0, "upstream")
    z.name = "z"
    found = {position: contribution for position, _, _, contribution in contributions(z, upstream, as_graph=True)}
    leaves = [operand if isinstance(operand, Value) else Value(operand) for operand in operands]
    writer = Writer([*leaves, z, upstream])
    written = {*leaves, z, upstream}
    for position in wanted:
        if isinstance(found[position], Value):
            writer.write(walk(found[position], written)[0])
    results = [writer.slot[found[position]] for position in wanted]
    return writer.finish(results, len(results))


@lru_cache(maxsize=1000)
def template_of_table(op: Primitive, count: int, positions: tuple[int, ...]) -> Tape:
    """The template of a row of the table on so many operands, made once: they are Values, whatever their numbers."""
    return template_of(op, [Value(0.5) for _ in range(count)], positions)


class Stamp:
    """A template, made ready for one list of instructions: it is written for all nodes of one kind.

    Its places are a node's operands, its result, the gradient from above, then `constants`, then what `code` gives.

    constants  slots: of the template's constants, and 0 for no operand
    code       for each instruction the index of its row and the places of two operands; the row and all places, if
               it has more
    results    for each operand that is wanted: its position, and the place of its contribution
    """

    def __init__(self, into: Instructions, template: Tape, positions: Sequence[int], operands: int) -> None:
        """`operands`: how many places they take, which is two for a row of one operand."""
        self.constants = [*(into.slot[number] for number in template.constants.tolist()), 0]
        rows = [into.index(op) for op in template.rows]
        none = operands + 2 + len(template.constants)
        place = [*range(template.inputs - 2), *range(operands, none)]
        self.code: list[tuple[int, int, int, tuple[Primitive, list[int]] | None]] = []
        for row, (_, op, slots) in zip(template.operations.tolist(), template.code(), strict=True):
            places = [place[slot] for slot in slots]
            x, y = (*places, none)[:2]
            self.code.append((rows[row], x, y, (op, places) if len(places) > 2 else None))
            place.append(none + len(self.code))
        results = template.results.tolist()
        self.results = [(position, place[slot]) for position, slot in zip(positions, results, strict=True)]


class Adjoints:
    """Writes gradients with a writer to which the nodes are known already."""

    def __init__(self, writer: Writer) -> None:
        self.slot, self.code = writer.slot, writer.code
        self.stamps: dict[Any, Stamp] = {}

    def write(self, order: Sequence[Value], inputs: Sequence[Value]) -> list[int]:
        """The slots of ∂output/∂input, for the output of this topological order.

        What arrives at a node is added in the order of the eager pass, so that every bit is the same.
        """
        slot, kinds, place, stamps = self.slot, self.code.kinds, self.code.place, self.stamps
        plus, one, output = self.code.index(add), slot[1.0], order[-1]
        adjoints = {output: one} if kinds[slot[output]] == WANTED else {}
        for z in reversed(order):
            op = z.op
            if op is None:
                continue
            upstream = adjoints.pop(z, None)
            if upstream is None:  # it depends on no input whose gradient is wanted, or it is below a condition
                continue
            if op.places:  # unrolled: most nodes have one operand or two
                operands = x, y = z._x, z._y
                x, y = slot[x], slot[y]
                stamp = stamps.get((op, kinds[x], kinds[y])) or self.stamp(z, (x, y))
                places = [x, y, slot[z], upstream, *stamp.constants]
            else:
                operands = z.operands
                slots = [slot[operand] for operand in operands]
                stamp = stamps.get((op, *[kinds[operand] for operand in slots])) or self.stamp(z, slots)
                places = [*slots, slot[z], upstream, *stamp.constants]
            for row, x, y, many in stamp.code:
                if many is None:
                    places.append(place(row, places[x], places[y]))
                else:
                    places.append(self.code.add(many[0], [places[i] for i in many[1]]))
            for position, i in stamp.results:
                operand, contribution = operands[position], places[i]
                before = adjoints.get(operand)
                if before is not None:
                    contribution = place(plus, before, contribution)
                elif kinds[contribution] <= CONSTANT:  # a sum begins with 0.0, in the eager pass too: it is never -0.0
                    contribution = slot[0.0 + self.code.numbers[contribution]]
                adjoints[operand] = contribution
        return [adjoints[leaf] if leaf in adjoints else slot[0.0] for leaf in inputs]

    def stamp(self, z: Value, slots: Sequence[int]) -> Stamp:
        """The stamp for nodes such as z: of the same row, on operands of the same kinds. `slots` are the operands'."""
        op, operands = z.op, z.operands
        assert op is not None
        if op.by_nature is None:
            op.refuse_values(operands, tuple(o if o.__class__ is float else o._data for o in operands), z._data)
        # Where a row takes numbers by nature, or it is not known whether it does, a stamp holds for these numbers only.
        by_nature = range(len(operands)) if op.by_nature is None else op.by_nature
        numbers = [i for i in by_nature if operands[i].__class__ is float]
        kinds = [self.code.kinds[operand] for operand in slots]
        key = op, *kinds
        if numbers:
            key = key, *[slots[i] for i in numbers]
        if key not in self.stamps:
            positions = tuple([i for i in range(len(operands)) if kinds[i] == WANTED and i not in op.no_edge])
            if is_known(op) and len(operands) <= WIDE and not numbers:
                template = template_of_table(op, len(operands), positions)
            else:
                leaves = [
                    o if i in numbers else Value(o if o.__class__ is float else o._data) for i, o in enumerate(operands)
                ]
                template = template_of(op, leaves, positions)
            self.stamps[key] = Stamp(self.code, template, positions, len(slots))
        return self.stamps[key]
