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

from collections.abc import Callable, Sequence
from functools import cache
from operator import itemgetter
from typing import Any

from autograd.chain import contributions
from autograd.modes import block_of
from autograd.order import walk
from autograd.primitive import Primitive
from autograd.primitives import add
from autograd.tape.tape import Tape
from autograd.tape.writer import CONSTANT, WANTED, Writer
from autograd.tree import is_known
from autograd.value import Value, node


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
    results = []
    for position in wanted:
        contribution = found[position]
        if isinstance(contribution, Value):
            writer.write(walk(contribution, set(writer.slot))[0])
            results.append(writer.slot[contribution])
        else:
            results.append(writer.constant(contribution))
    return writer.finish(results, len(results))


@cache
def template_of_table(op: Primitive, positions: tuple[int, ...]) -> Tape:
    """The template of a row of the table, made once: its operands are Values, whatever their numbers."""
    return template_of(op, [Value(0.5) for _ in range(op.arity or 0)], positions)


class Stamp:
    """A template, made ready for one writer: it is written for all nodes of one kind.

    Its places are the slots of the template: operands, result, gradient from above, constants, instructions. Before the
    instructions come the indices of the rows in use.

    constants  what stands at the places after the gradient from above: slots of constants, indices of rows
    code       for each instruction its row; what picks it from the places, as a tuple (index of the row, operands); the
               kind of its result; whether some operand is a constant whose number the template does not know
    results    for each operand that is wanted: its position, and the place of its contribution
    """

    def __init__(self, writer: Writer, template: Tape, positions: Sequence[int], kinds: Sequence[int]) -> None:
        rows = {op: i for i, op in enumerate(template.rows)}
        first = template.inputs + len(template.constants)
        self.constants = [writer.constant(number) for number in template.constants.tolist()]
        self.constants += [writer.row(op) for op in rows]
        place = [*range(first), *range(first + len(rows), first + len(rows) + len(template.operations))]
        results = template.results.tolist()
        self.results = [(position, place[slot]) for position, slot in zip(positions, results, strict=True)]
        self.code: list[tuple[Primitive, Callable[[list[int]], tuple[int, ...]], int, bool]] = []
        kind = [*kinds, *[CONSTANT] * len(template.constants)]
        unknown = [kind == CONSTANT for kind in kinds] + [False] * len(template.constants)
        for _, op, operands in template.code():
            kind.append(max(kind[operand] for operand in operands))
            unknown.append(any(unknown[operand] for operand in operands))
            pick = itemgetter(first + rows[op], *(place[operand] for operand in operands))
            self.code.append((op, pick, kind[-1], unknown[-1]))
            unknown[-1] = kind[-1] == CONSTANT


class Adjoints:
    """Writes gradients with a writer to which the nodes are known already."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.stamps: dict[Any, Stamp] = {}

    def write(self, order: Sequence[Value], inputs: Sequence[Value]) -> list[int]:
        """The slots of ∂output/∂input, for the output of this topological order.

        What arrives at a node is added in the order of the eager pass, so that every bit is the same.
        """
        writer = self.writer
        slot, kinds, constant, known, lines = writer.slot, writer.kinds, writer.constant, writer.known, writer.written
        plus, shared, stamps = writer.row(add), writer.shared, self.stamps
        adjoints = {order[-1]: constant(1.0)}
        for z in reversed(order):
            op, result = z.op, slot[z]
            if op is None or kinds[result] != WANTED:
                continue
            upstream = adjoints.pop(z, None)
            if upstream is None:  # below a condition, where no gradient comes
                continue
            if op.places == 2:  # unrolled: most nodes have two
                x, y = operands = z._x, z._y
                x = constant(x) if x.__class__ is float else slot[x]
                y = constant(y) if y.__class__ is float else slot[y]
                places = [x, y, result, upstream]
                key: Any = op, kinds[upstream], kinds[x], kinds[y]
            else:
                operands = z.operands
                places = [constant(o) if o.__class__ is float else slot[o] for o in operands]
                key = op, kinds[upstream], *[kinds[place] for place in places]
                places += result, upstream
            stamp = stamps.get(key) or self.stamp(z, places, key)
            places += stamp.constants
            for row, pick, kind, unknown in stamp.code:
                written = pick(places)
                if unknown:
                    place = shared(row, written)
                else:
                    place = known.setdefault(written, count := len(kinds))
                    if place == count:
                        kinds.append(kind)
                        lines.append(written)
                places.append(place)
            for position, place in stamp.results:
                operand, contribution = operands[position], places[place]
                before = adjoints.get(operand)
                if before is not None:
                    contribution = shared(add, (plus, before, contribution))
                elif kinds[contribution] == CONSTANT:  # a sum begins with 0.0, in the eager pass too: it is never -0.0
                    contribution = constant(0.0 + writer.numbers[contribution])
                adjoints[operand] = contribution
        return [adjoints[leaf] if leaf in adjoints else constant(0.0) for leaf in inputs]

    def stamp(self, z: Value, places: Sequence[int], key: Any) -> Stamp:
        """The stamp for nodes such as z: of the same row, on operands of the same kinds."""
        op, operands = z.op, z.operands
        assert op is not None
        if op.by_nature is None:
            op.refuse_values(operands, tuple(o if o.__class__ is float else o._data for o in operands), z._data)
        # Where a row takes numbers by nature, or it is not known whether it does, a stamp holds for these numbers only.
        by_nature = range(len(operands)) if op.by_nature is None else op.by_nature
        numbers = [i for i in by_nature if operands[i].__class__ is float]
        if numbers:
            key = key, *[places[i] for i in numbers]
        if key not in self.stamps:
            kinds = [self.writer.kinds[place] for place in places]
            positions = tuple([i for i in range(len(operands)) if kinds[i] == WANTED and i not in op.no_edge])
            if is_known(op) and op.arity and not numbers:
                template = template_of_table(op, positions)
            else:
                leaves = [
                    o if i in numbers else Value(o if o.__class__ is float else o._data) for i, o in enumerate(operands)
                ]
                template = template_of(op, leaves, positions)
            self.stamps[key] = Stamp(self.writer, template, positions, kinds)
        return self.stamps[key]
