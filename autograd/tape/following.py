"""`follow`: a program is run once on stand-ins, and what it did is told: its results, its decisions, a recording of it.

>>> from autograd.tape.arguments import Arguments
>>> program = lambda x, y: x * y if x > 0 else x + y
>>> followed = follow(program, "program", 1, Arguments(program, (2.0, 3.0), {}), [2.0, 3.0])
>>> followed.numbers, [str(guard).partition(" at ")[0] for guard in followed.watch.guards]
([6.0, 3.0, 2.0], ['x > 0.0 was true'])
"""

import math
from collections.abc import Callable, Sequence
from itertools import repeat
from typing import Any, NamedTuple

import numpy as np

from autograd.backward import float_pass, gradients
from autograd.order import backward_order, walk
from autograd.primitives import sum as total
from autograd.structure import count_of, leaves, rebuild
from autograd.tape.arguments import Arguments, explain_refusal
from autograd.tape.choosing import Following
from autograd.tape.record import Gradient, write_tape
from autograd.tape.recordings import at_point
from autograd.tape.ways import Recording
from autograd.value import Value


class Followed(NamedTuple):
    """One run of a program at a point.

    watch           what it decided
    inputs          the stand-ins for its numbers
    shape           the containers that it returned, without their contents
    known           the results, and their derivatives as graphs, up to the order below the highest
    differentiated  those of them whose gradients are the derivatives of the highest order
    """

    watch: Following
    inputs: list[Value]
    shape: Any
    known: list[Value]
    differentiated: list[Value]

    @property
    def numbers(self) -> list[float]:
        """All results and derivatives: those of the program itself."""
        numbers = [value._data for value in self.known]
        for value in self.differentiated:
            order = backward_order(value)
            numbers += float_pass(order, self.inputs, 1.0, lambda _: [leaf._adjoint for leaf in self.inputs])
        return numbers

    def is_sound(self) -> bool:
        """Whether the choices that were made did what the program's own decisions would have done.

        A derivative that is nan may be 0 times an infinite one, of what was not chosen.
        """
        if not self.watch.chooses:
            return True
        returned = count_of(self.shape)
        return self.watch.is_sound(self.known[:returned]) and not any(map(math.isnan, self.numbers[returned:]))

    def recording(self, reason: str) -> Recording:
        """The run as a recording."""
        tested = [as_value(guard.x if guard.is_look else guard.broken()) for guard in self.watch.guards]
        everything, given = [*tested, *self.known], set(self.inputs)
        captured = [node for node in walk(total(everything))[0] if node.op is None and node not in given]
        highest = [Gradient(value, self.inputs) for value in self.differentiated]
        tape = write_tape([*everything, *highest], [*self.inputs, *captured])
        fault = self.watch.fault_of_seen(captured)
        point, chooses = at_point(self.inputs), self.watch.chooses
        return Recording(tape, self.watch.guards, captured, self.shape, point, reason, fault, chooses)


def follow(
    function: Callable[..., Any], name: str, order: int, arguments: Arguments, point: Sequence[float]
) -> Followed:
    """Run the function of this name at a point, with its derivatives up to an order."""
    with Following() as watch:
        inputs = [
            watch.stand_in(number, whole=isinstance(given, (int, np.integer)))
            for number, given in zip(point, arguments.numbers, strict=True)
        ]
        name_leaves(function, arguments, inputs)
        by_position, by_name = arguments.filled(iter(inputs))
        try:
            returned = function(*by_position, **by_name)
        except TypeError as error:
            explain_refusal(error, arguments, name)
            raise
    outputs = outputs_of(returned, order, name)
    slopes = derivatives(outputs, inputs, order - 1)  # the derivatives of the highest order need no graph
    differentiated = [] if order == 0 else slopes or outputs
    return Followed(watch, inputs, rebuild(returned, repeat(None)), [*outputs, *slopes], differentiated)


def outputs_of(returned: Any, order: int, name: str) -> list[Value]:
    """The numbers that a function returned, as Values; only one, where derivatives of some order are wanted."""
    parts = list(leaves(returned))
    if not parts or not all(isinstance(part, (Value, int, float, np.number)) for part in parts):
        raise TypeError(f"{name} returned {returned!r}; expected a Value, or containers of Values")
    if order and not isinstance(returned, (Value, int, float, np.number)):
        raise TypeError(f"only one number has a gradient; {name} returned {len(parts)}, expected one Value")
    return [as_value(part) for part in parts]


def derivatives(outputs: Sequence[Value], inputs: Sequence[Value], order: int) -> list[Value]:
    """The derivatives of the only output up to an order, as graphs."""
    if order < 1:
        return []
    slopes = list(gradients(outputs[0], inputs, create_graph=True))
    if order == 2:
        slopes += [second for slope in list(slopes) for second in gradients(slope, inputs, create_graph=True)]
    return slopes


def as_value(number: Any) -> Value:
    return number if isinstance(number, Value) else Value(number)


def name_leaves(function: Callable[..., Any], arguments: Arguments, inputs: Sequence[Value]) -> None:
    """Name the inputs after the function's parameters, where they are numbers by themselves."""
    code, unwrapped = getattr(function, "__code__", None), iter(inputs)
    by_position, by_name = arguments.filled(unwrapped, steering=False)
    names = code.co_varnames[: code.co_argcount] if code is not None else ()
    for name, leaf in [*zip(names, by_position, strict=False), *by_name.items()]:
        if isinstance(leaf, Value):
            leaf.name = name
