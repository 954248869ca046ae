"""`record`: from a graph of Values to a Tape, a flat list of instructions that can be run again on other numbers.

Values and gradients are recorded together and share their common parts. writer.py writes the graph down, adjoints.py
its gradients.

>>> from autograd import Value
>>> x, y, z = Value(-2, "x"), Value(5, "y"), Value(-4, "z")
>>> print(record((x + y) * z, [x, y, z]))
inputs     x, y, z
  t1 = x + y
  t2 = t1 * z
outputs    t2
gradients  ∂t2/∂x = z, ∂t2/∂y = z, ∂t2/∂z = t1
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from autograd.hooks import hooks
from autograd.ieee import silent
from autograd.modes import graph_kept
from autograd.order import backward_order, describe, topological_order
from autograd.primitives import sum as total
from autograd.tape.adjoints import Adjoints
from autograd.tape.guards import NotRecordable
from autograd.tape.tape import Tape
from autograd.tape.writer import Writer
from autograd.value import Value
from autograd.waiting import told_if_slow, without_collector


@dataclass(frozen=True, slots=True)
class Gradient:
    """Among the results of a tape: ∂output/∂leaf for each of these leaves."""

    output: Value
    leaves: Sequence[Value]


@told_if_slow("a large graph is recorded as a tape, which takes about 5 s for a million nodes")
def record(outputs: Value | Iterable[Value], inputs: Value | Iterable[Value]) -> Tape:
    """The tape that computes `outputs` and their gradients from `inputs`, leaves of their graph.

    Every other leaf is a constant: it keeps the number that it has now. What the program decided by looking at numbers
    is decided for good; `compile` guards such decisions.
    """
    wanted, leaves = as_values("outputs", outputs), as_values("inputs", inputs)
    return write_tape([*wanted, *(Gradient(output, leaves) for output in wanted)], leaves, len(wanted))


def write_tape(results: Sequence[Value | Gradient], inputs: Sequence[Value], outputs: int | None = None) -> Tape:
    """The tape that computes `results`, some of which may be gradients in inputs; so many of them are its outputs."""
    for leaf in inputs:
        if leaf.op is not None:
            raise ValueError(f"an input of a tape is a leaf, made by Value(...), got the result of {leaf.op.name}")
    if len(set(inputs)) != len(inputs):
        raise ValueError("each input of a tape is given once; one of these leaves is given twice")
    slots: list[int] = []
    with silent(), graph_kept(), without_collector():
        writer = Writer(inputs, [leaf for result in results if isinstance(result, Gradient) for leaf in result.leaves])
        adjoints = Adjoints(writer)
        roots = list(dict.fromkeys(r.output if isinstance(r, Gradient) else r for r in results))
        order = topological_order(roots[0]) if len(roots) == 1 else topological_order(total(roots))[:-1]
        for node in order if hooks else ():
            if node in hooks:
                raise NotRecordable(f"a hook of on_backward sees the gradient of {describe(node)}: remove the hook")
        writer.write(order)
        for result in results:
            if isinstance(result, Gradient):
                below = order if len(roots) == 1 and result.output.op else backward_order(result.output)
                slots += adjoints.write(below, result.leaves)
            else:
                slots.append(writer.slot[result])
        writer.slot.clear()  # the nodes are not needed any more
        tape = writer.finish(slots, len(results) if outputs is None else outputs)
        del writer, adjoints, order  # while the collector rests: it would look through all that they hold
    return tape


def as_values(what: str, values: Value | Iterable[Value]) -> list[Value]:
    """One Value or several, as a list. TypeError for anything else."""
    given = [values] if isinstance(values, Value) else list(values)
    for value in given:
        if not isinstance(value, Value):
            raise TypeError(f"{what} are Values, got {value!r} of type {type(value).__name__}")
    if not given:
        raise ValueError(f"expected one or more {what}, got none")
    return given
