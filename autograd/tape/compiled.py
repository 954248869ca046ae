"""`compile`: a function that records itself at its first call and runs the recording after.

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
import sys
from collections.abc import Callable, Iterator, Sequence
from types import FunctionType
from typing import Any

import numpy as np

from autograd.bench.anomaly import is_detecting
from autograd.modes import graph_kept
from autograd.registering import REGISTERED
from autograd.structure import count_of, rebuild
from autograd.tape.arguments import Arguments, SteeredByInts
from autograd.tape.choosing import called, may_choose
from autograd.tape.engines import check_name, evaluate
from autograd.tape.following import Followed, derivatives, follow, outputs_of
from autograd.tape.readers import READERS, WRAPPED
from autograd.tape.recordings import Recordings
from autograd.tape.state import State
from autograd.tape.tape import real_array
from autograd.tape.vectorised import WORKING_SET
from autograd.tape.ways import Answers, Open, Ways
from autograd.value import Value
from autograd.watching import look, watchers

FIRST = "the first call", "the first call with a gradient", "the first call with a Hessian"


class Derivatives:
    """A function of numbers together with its derivatives; what Compiled and its bound methods have in common."""

    def __call__(self, *given: Any, **named: Any) -> Any:
        """The function's result: a float or an array, or containers of them as the function returns them."""
        return self.outcome(0, given, named)

    def value_and_grad(self, *given: Any, **named: Any) -> tuple[Any, Any]:
        """The result, which must be one number, and its gradient: one for each argument, None for what is no number."""
        value, each = self.outcome(1, given, named)
        return value, each[0] if len(each) == 1 else tuple(each)

    def grad(self, *given: Any, **named: Any) -> Any:
        """The gradient alone: of one argument, or a tuple for several."""
        return self.value_and_grad(*given, **named)[1]

    def hessian(self, *given: Any, **named: Any) -> np.ndarray:
        """The second derivatives, shape (n, n) for n numbers in the arguments; for arrays (n, n, *their shape)."""
        matrix: np.ndarray = self.outcome(2, given, named)
        return matrix

    def outcome(self, order: int, given: tuple[Any, ...], named: dict[str, Any]) -> Any:
        raise NotImplementedError


class Compiled(Derivatives):
    """A function of floats, arrays (a number for each sample) or Values, or of containers of these.

    It is called as the function itself, and gives floats for floats, arrays for arrays. On Values it is the function
    itself, so its result is part of their graph. Leaves that the function uses but is not given, such as weights, are
    read anew at each call. Arguments that are no numbers, as texts, steer the function. Methods can be compiled too.

    Python's own control flow is safe where it looks at Values. What only chooses between numbers, as max(v, 0.0) or
    `v if v > 0 else 0.1 * v`, is recorded as `where` (see choosing/). Any other decision is noted: for numbers that
    go another way, the function is recorded again, and the ways used last are kept. It is recorded again too when
    something changes that it can read: a global number, an attribute, a leaf in a dict. A function that changes
    such things itself, as a counter or a random generator, is run anew at each call, and so is one that goes
    another way at nearly every call: recordings would not pay. `print(f.recordings)` tells what was recorded and
    why.
    """

    def __init__(self, function: Callable[..., Any], engine: str = "auto", watched: bool = True) -> None:
        """`watched` False: the caller watches itself what the function reads and changes, as a Predictor does."""
        check_name(engine)
        self.function, self.engine, self.watched = function, engine, watched
        self.recordings = Recordings(name_of(function))
        functools.update_wrapper(self, function)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """A method: the function with its first argument."""
        return self if instance is None else Method(self, instance)

    def __reduce__(self) -> Any:
        """For copies and pickles: the function by name where a module has it, and no recordings."""
        module, name = getattr(self, "__module__", None), getattr(self, "__qualname__", "")
        found: Any = sys.modules.get(str(module))
        for part in name.split("."):
            found = getattr(found, part, None)
        return name if found is self else (Compiled, (self.function, self.engine))

    def __repr__(self) -> str:
        return f"<compiled {self.recordings.name}>"

    def outcome(self, order: int, given: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """The results with their derivatives up to an order, in the containers in which they are returned."""
        arguments = Arguments(self.function, given, named)
        steered_by_ints = self.recordings.steered_by_ints
        if steered_by_ints and arguments.key in steered_by_ints:
            arguments = Arguments(self.function, given, named, steering_ints=True)
        if arguments.has_values:
            return self.on_values(order, arguments)
        try:
            results, shape = self.at_point(order, arguments) or self.evaluate(order, arguments)
        except SteeredByInts:
            self.recordings.steered_by_ints.add(arguments.key)
            return self.outcome(order, given, named)
        return in_containers(order, arguments, results, shape)

    def on_values(self, order: int, arguments: Arguments) -> Any:
        """The same on Values: the function itself, and its derivatives as graphs."""
        if order == 0:
            by_position, by_name = arguments.structure
            return self.function(*by_position, **by_name)
        arguments.take_values()
        values = [leaf if isinstance(leaf, Value) else Value(leaf) for leaf in arguments.numbers]
        by_position, by_name = arguments.filled(iter(values))
        outputs = outputs_of(self.function(*by_position, **by_name), order, self.recordings.name)
        slopes = derivatives(outputs, values, order)
        return in_containers(order, arguments, [*outputs, *slopes], None)

    def at_point(self, order: int, arguments: Arguments) -> tuple[list[float], Any] | None:
        """The same as `evaluate` where the arguments are floats, and a short recording is at hand or none pays."""
        ways = self.recordings.all.get((order, arguments.key))
        if ways is None or self.engine != "auto" or is_detecting() or (ways.state and ways.state.change()):
            return None
        point = arguments.point()
        if point is None:
            return None
        answer = ways.at_point(point)
        if answer is None:
            return None if self.recordings.pay() or watchers else self.itself(ways, order, arguments, point, "")
        self.recordings.answered += 1
        recording, found = answer
        if order:
            outputs = len(recording.guards) + recording.returned
            found[outputs:] = [slope + 0.0 for slope in found[outputs:]]  # a gradient is never -0.0
        return found[len(recording.guards) :] if recording.guards else found, recording.shape

    def evaluate(self, order: int, arguments: Arguments) -> tuple[list[Any], Any]:
        """All results with their derivatives up to an order, and the containers that the function returns."""
        arrays = [real_array(number) for number in arguments.numbers]
        batch = np.broadcast_shapes(*(array.shape for array in arrays))
        columns = [np.broadcast_to(array, batch).reshape(-1) for array in arrays]
        ways, reason = self.recordings.ways((order, arguments.key)), FIRST[order]
        if ways.state is not None and (changed := ways.state.change()):
            ways, reason = self.recordings.renew((order, arguments.key)), f"{changed} has changed"
        answers = Answers(int(np.prod(batch)))
        # Samples that no recording has answered yet, each with the place in the tree of decisions that it has reached.
        todo = [Open(ways.root, 0, np.arange(answers.samples), reason)]
        while todo:
            place = todo.pop()
            recording = None if is_detecting() else place.node.latest()
            if recording is None:
                point = [float(column[place.samples[0]]) if answers.samples else 0.0 for column in columns]
                numbers, shape = self.itself(ways, order, arguments, point, place.reason)
                answers.put(place.samples[:1], np.array(numbers).reshape(-1, 1), shape)
                if len(place.samples) > 1:
                    todo.append(place._replace(samples=place.samples[1:]))
                continue
            most = max(1, WORKING_SET // (len(arrays) + len(recording.tape.results)))
            if len(place.samples) > most:  # so many at a time that memory is bounded
                todo.append(place._replace(samples=place.samples[most:]))
                place = place._replace(samples=place.samples[:most])
            captured = [leaf.data for leaf in recording.captured]
            chosen = [a if a.ndim == 0 else c[place.samples] for a, c in zip(arrays, columns, strict=True)]
            found = evaluate(recording.tape, [*chosen, *captured], self.engine)
            found = np.broadcast_to(found.reshape(len(found), -1), (len(found), len(place.samples)))
            todo += place.others(recording, found)
            holds = ~recording.broken(found).any(axis=0)
            if recording.chooses and np.isnan(recording.derivatives(found)[:, holds]).any():
                self.recordings.make_choices = False  # 0 times an infinite derivative, maybe, of what was not chosen
                self.recordings.renew((order, arguments.key))
                return self.evaluate(order, arguments)
            answers.put(place.samples[holds], found[len(recording.guards) :, holds], recording.shape)
            ways.use(recording, int(holds.sum()))
            self.recordings.answered += int(holds.sum())
        results = answers.results
        results[count_of(answers.shape) :] += 0.0  # a gradient is never -0.0
        return [float(row[0]) if not batch else row.reshape(batch) for row in results], answers.shape

    def itself(
        self, ways: Ways, order: int, arguments: Arguments, point: list[float], reason: str
    ) -> tuple[list[float], Any]:
        """The same as `evaluate` at one point, by the function itself; it is recorded, where recordings pay."""
        with graph_kept():
            if not is_detecting() and (self.recordings.pay() or watchers):
                followed = self.recorded(ways, order, arguments, point, reason)
            else:
                followed = follow(self.function, self.recordings.name, order, arguments, point)
                self.recordings.unrecorded += not is_detecting()
        return followed.numbers, followed.shape

    def recorded(self, ways: Ways, order: int, arguments: Arguments, point: list[float], reason: str) -> Followed:
        """A run of the function at a point, kept as a recording if that may be used again."""
        roots = {self.recordings.name: self.function} | dict(enumerate_objects(arguments.steering))
        roots |= {"registered rows": REGISTERED} if REGISTERED else {}
        before = State(roots if self.watched else {})
        followed = self.run(before, order, arguments, point)
        recording = followed.recording(reason)
        after = before.after()
        recording.fault = recording.fault or before.fault or after.fault
        if not recording.fault:  # else the recordings that are kept stand for the state that was there before
            ways.state = after
        self.recordings.keep(ways, recording)
        for leaf in recording.captured if watchers else ():  # where another recording is going on
            look(leaf)
        return followed

    def run(self, state: State, order: int, arguments: Arguments, point: list[float]) -> Followed:
        """A run of the function for a recording: with choices in the place of decisions, where that does the same."""
        name = self.recordings.name
        if self.recordings.make_choices and state.seen and may_choose(state.seen.of_kind(FunctionType)):
            try:
                followed = follow(called(self.function), name, order, arguments, point)
                if followed.is_sound():
                    return followed
            except SteeredByInts:
                raise
            except Exception:  # the function itself tells what is wrong
                pass
            self.recordings.make_choices = False
            state.seen.restore()
        return follow(self.function, name, order, arguments, point)


READERS[Compiled] = WRAPPED


class Method(Derivatives):
    """A compiled function with its first argument: a compiled method of one object."""

    def __init__(self, compiled: Compiled, instance: Any) -> None:
        self.compiled, self.instance, self.recordings = compiled, instance, compiled.recordings
        functools.update_wrapper(self, compiled.function)

    def __reduce__(self) -> Any:
        return Method, (self.compiled, self.instance)

    def outcome(self, order: int, given: tuple[Any, ...], named: dict[str, Any]) -> Any:
        results = self.compiled.outcome(order, (self.instance, *given), named)
        return (results[0], results[1][1:]) if order == 1 else results  # no derivative with respect to the object


def compile(function: Callable[..., Any], engine: str = "auto") -> Compiled:
    """`function`, recorded at its first call and run from the recording after; also a decorator, of methods too.

    It is called as the function is, on numbers, lists and dicts of them. An array stands for a number of each sample:
    the function is run for each, and gives an array of results. A vector is a list of numbers: write f(list(vector)).
    The result has the methods value_and_grad, grad and hessian. engine is Tape.run's.
    """
    if not callable(function):
        raise TypeError(f"expected a function, got {function!r} of type {type(function).__name__}")
    return Compiled(function, engine)


def in_containers(order: int, arguments: Arguments, results: Sequence[Any], shape: Any) -> Any:
    """The results of a call as its user wants them: value, (value, gradients) or Hessian."""
    if order == 0:
        return rebuild(shape, iter(results))
    value, n = results[0], len(arguments.numbers)
    if order == 1:
        return value, arguments.each(results[1:])
    matrix = np.array(results[1 + n :])
    return matrix.reshape((n, n, *matrix.shape[1:]))


def enumerate_objects(things: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    """Names for what steers a function."""
    yield from ((f"argument {i}", thing) for i, thing in enumerate(things))


def name_of(function: Callable[..., Any]) -> str:
    return str(getattr(function, "__name__", function))
