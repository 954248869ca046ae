"""`compile`: a function that records itself at its first call and replays the recording after.

>>> @compile
... def f(x, y):
...     return x * y if x > 0 else x + y
>>> f(2.0, 3.0), f(-2.0, 3.0)
(6.0, 1.0)
>>> f(np.array([2.0, -2.0, 5.0]), 3.0)
array([ 6.,  1., 15.])
>>> f.value_and_grad(2.0, 3.0)
(6.0, (3.0, 2.0))
>>> f.hessian(2.0, 3.0).tolist()
[[0.0, 1.0], [1.0, 0.0]]
"""

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.backward import gradients
from autograd.order import walk
from autograd.primitives import sum as total
from autograd.tape.engines import check_name
from autograd.tape.guards import Guard, Watch
from autograd.tape.record import write_tape
from autograd.tape.structure import count_of, leaves, rebuild, skeleton
from autograd.tape.tape import Tape, real_array
from autograd.value import Value

MOST_RECORDINGS = 100  # of one function: more branches than that are no branches but a number that was read


class Recording:
    """One way through a function: its tape, the guards that say where it holds, the leaves that it read."""

    def __init__(self, tape: Tape, guards: list[Guard], captured: list[Value], shape: Any) -> None:
        self.tape, self.guards, self.captured, self.shape = tape, guards, captured, shape


class Compiled:
    """A function of floats, arrays (a number for each sample) or Values, or of lists of these.

    It is called as the function itself, and gives floats for floats, arrays for arrays; on Values it is the function
    itself, so that its result is part of their graph. Leaves that the function uses but is not given, such as weights,
    are read anew at each call. Python's own control flow is safe where it compares Values or looks at their `data`: for
    numbers that would go another way, the function is recorded again. Not noticed, and so frozen at the first call:
    plain numbers from outside the function (a global `rate = 0.1`), random draws, and a Value printed into a string.
    """

    def __init__(self, function: Callable[..., Any], engine: str = "auto") -> None:
        check_name(engine)
        self.function, self.engine = function, engine
        self.recordings: dict[Any, list[Recording]] = {}
        functools.update_wrapper(self, function)

    def __call__(self, *given: Any, **named: Any) -> Any:
        """The function's result: a float or an array, or a tuple of them."""
        arguments = self.in_order(given, named)
        if any(isinstance(leaf, Value) for leaf in leaves(arguments)):
            return self.function(*arguments)
        results, shape = self.evaluate(0, arguments)
        return rebuild(shape, iter(results))

    def value_and_grad(self, *given: Any, **named: Any) -> tuple[Any, Any]:
        """The result, which must be one number, and its gradient: one for each argument, as floats or arrays."""
        arguments = self.in_order(given, named)
        results, _ = self.evaluate(1, arguments)
        slopes = iter(results[1:])
        each = tuple(rebuild(argument, slopes) for argument in arguments)
        return results[0], each[0] if len(each) == 1 else each

    def grad(self, *given: Any, **named: Any) -> Any:
        """The gradient alone: of one argument, or a tuple for several."""
        return self.value_and_grad(*given, **named)[1]

    def hessian(self, *given: Any, **named: Any) -> np.ndarray:
        """The second derivatives, shape (n, n) for n numbers in the arguments; for arrays (n, n, *their shape)."""
        arguments = self.in_order(given, named)
        n = len(list(leaves(arguments)))
        results, _ = self.evaluate(2, arguments)
        return np.array(results[1 + n :]).reshape(n, n, *np.shape(results[0]))

    def in_order(self, given: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, ...]:
        """The arguments by position, also those that were given by name."""
        return inspect.signature(self.function).bind(*given, **named).args if named else given

    def evaluate(self, order: int, arguments: Sequence[Any]) -> tuple[list[Any], Any]:
        """All results, up to the derivatives of the given order, and the shape of what the function returns."""
        arrays = [real_array(leaf) for leaf in leaves(arguments)]
        batch = np.broadcast_shapes(*(array.shape for array in arrays))
        columns = [np.broadcast_to(array, batch).reshape(-1) for array in arrays]
        known = self.recordings.setdefault((order, skeleton(arguments)), [])
        open_ = np.arange(int(np.prod(batch)))  # samples that no recording has answered yet
        results: Any = None
        shape: Any = 0
        tried = 0
        while open_.size or results is None:
            if tried == len(known):
                known.append(self.record(order, arguments, [column[open_[:1]] for column in columns], known))
            recording = known[tried]
            tried += 1
            captured = [leaf._data for leaf in recording.captured]
            chosen = [a if a.ndim == 0 else c[open_] for a, c in zip(arrays, columns, strict=True)]
            answers = recording.tape.evaluate([*chosen, *captured], self.engine)
            answers = np.broadcast_to(answers.reshape(len(answers), -1), (len(answers), open_.size))
            count = len(recording.guards)
            holds = ~answers[:count].any(axis=0)
            if results is None:
                results = np.empty((len(answers) - count, *batch)).reshape(len(answers) - count, -1)
                shape = recording.shape
            if skeleton(shape) != skeleton(recording.shape):
                raise ValueError("the branches of a compiled function must return as many numbers as each other")
            results[:, open_[holds]] = answers[count:, holds]
            open_ = open_[~holds]
        results[count_of(shape) :] += 0.0  # a gradient is never -0.0
        return [float(row[0]) if not batch else row.reshape(batch) for row in results], shape

    def record(self, order: int, arguments: Any, first: list[Any], known: list[Recording]) -> Recording:
        """Record the function at the first sample that is still open."""
        if len(known) >= MOST_RECORDINGS:
            lines = dict.fromkeys(guard.where for guard in known[-1].guards)
            raise RuntimeError(
                f"{name_of(self.function)} took {len(known)} different ways, by what it decided at {', '.join(lines)}: "
                f"it reads a number, not a sign; write the choice with autograd.where, or do not compile it"
            )
        with Watch() as watch:
            inputs = [watch.stand_in(float(column[0]) if len(column) else 0.0) for column in first]
            name_leaves(self.function, arguments, inputs)
            returned = self.function(*rebuild(arguments, iter(inputs)))
        parts = list(leaves(returned))
        if not parts or not all(isinstance(part, (Value, int, float, np.number)) for part in parts):
            raise TypeError(f"{name_of(self.function)} returned {returned!r}; expected a Value, or a tuple of Values")
        if order and isinstance(returned, (list, tuple)):
            raise TypeError(
                f"only one number has a gradient; {name_of(self.function)} returned {len(parts)}, expected one Value"
            )
        outputs = [part if isinstance(part, Value) else Value(part) for part in parts]
        slopes: list[Value] = []
        if order:
            slopes = list(gradients(outputs[0], inputs, create_graph=True))
        if order == 2:
            slopes += [second for slope in list(slopes) for second in gradients(slope, inputs, create_graph=True)]
        guards = watch.guards
        broken = [guard.broken() for guard in guards]
        everything = [*broken, *outputs, *slopes]
        captured = [node for node in walk(total(everything))[0] if node.op is None and node not in set(inputs)]
        watch.refuse_seen(captured)
        tape = write_tape(everything, [], [*inputs, *captured])
        return Recording(tape, guards, captured, returned)


def compile(function: Callable[..., Any], engine: str = "auto") -> Compiled:
    """`function`, recorded at its first call and replayed after; also a decorator. See Compiled; engine is Tape.run's.

    The result has the methods value_and_grad, grad and hessian.
    """
    if not callable(function):
        raise TypeError(f"expected a function, got {function!r} of type {type(function).__name__}")
    return Compiled(function, engine)


def name_of(function: Callable[..., Any]) -> str:
    return str(getattr(function, "__name__", function))


def name_leaves(function: Callable[..., Any], arguments: Sequence[Any], inputs: Sequence[Value]) -> None:
    """Name the inputs after the function's parameters, where each is one number."""
    code = getattr(function, "__code__", None)
    if code is not None and len(arguments) == len(inputs):
        for leaf, name in zip(inputs, code.co_varnames[: code.co_argcount], strict=False):
            leaf.name = name
