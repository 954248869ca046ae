"""Trials of a recording: at some points it must give the same numbers as the eager pass.

A trial proves nothing by itself, for two programs may agree where they are tried. It finds what nobody thought of: so
it takes shuffled samples at other weights than the first ones, two passes in place of one, and three updates.

>>> x = Value(2.0)
>>> same_graph(x * 3.0, x * 3.0), same_graph(x * 3.0, 3.0 * x), same_graph(x * 3.0, x * 2.0)
(True, False, False)
"""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograd import Value, gradients
from autograd.ieee import silent
from autograd.order import walk
from autograd.structure import leaves, rebuild
from autograd.tape.guards import NotRecordable
from nn.hooks import Listener, Recorder
from nn.training.coupling import Coupled
from nn.training.draws import Draws
from nn.training.eager import EagerEpochs, batches
from nn.training.recipe import Recorded, as_leaves

CLOSE = 1e-9  # relative: sums over samples are taken in another order, library functions differ in their last bits
TRIED = 4  # samples, from all over the data, on which a tape of one sample is tried
PARAMETERS = 40  # on which an update is tried
STEPS = 1, 2, 3  # the updates that are tried


def try_recording(recorded: Recorded, count: int, tried: int, eager: EagerEpochs, data: np.ndarray) -> None:
    """NotRecordable if loss, gradients or buffers of a batch are not those of the eager pass, or not twice the same."""
    random = np.random.RandomState(0)
    shuffled = random.permutation(len(data))[:tried]
    if count > 1 and not agrees(recorded, count, eager, data, np.arange(tried)):
        raise NotRecordable(f"the recording does not hold where it was made: numbers are looked at, {recorded.lines()}")
    weights = [p.data for p in recorded.parameters]
    buffers = [float(buffer[place]) for buffer, place in recorded.buffers]
    try:
        factors, steps = random.uniform((0.9, -0.1), (1.1, 0.1), (len(weights), 2)).T.tolist()
        for p, factor, step in zip(recorded.parameters, factors, steps, strict=True):
            p.data = p.data * factor + step
        for buffer, place in recorded.buffers:
            buffer[place] = buffer[place] * random.uniform(1.0, 1.2) + random.uniform(0.0, 0.1)
        holds = agrees(recorded, count, eager, data, shuffled)
    except (ValueError, ArithmeticError):  # the program refuses weights that are none of its own
        holds = False
    finally:
        for p, number in zip(recorded.parameters, weights, strict=True):
            p.data = number
        for (buffer, place), number in zip(recorded.buffers, buffers, strict=True):
            buffer[place] = number
    if not holds:
        agrees(recorded, count, eager, data, shuffled)


@contextmanager
def other_numbers(eager: EagerEpochs) -> Iterator[None]:
    """Within it, all numbers that training changes beside weights and buffers are others. A pass must not read them."""
    optimizer = eager.optimizer
    before = optimizer.lr, optimizer.memory, optimizer.steps
    grads = [(p, p.grad) for p in {*eager.parameters, *optimizer.parameters}]
    optimizer.lr = 0.7 * optimizer.lr + 0.01
    optimizer.memory = dict.fromkeys(optimizer.parameters, (0.5,) * optimizer.memories)
    optimizer.steps = dict.fromkeys(optimizer.parameters, 7)
    for p, _ in grads:
        p.grad = 0.123
    try:
        yield
    finally:
        optimizer.lr, optimizer.memory, optimizer.steps = before
        for p, grad in grads:
            p.grad = grad


def agrees(recorded: Recorded, count: int, eager: EagerEpochs, data: np.ndarray, chosen: np.ndarray) -> bool:
    """Whether the recording holds for these samples; NotRecordable if it does but differs from the eager pass."""
    loss, recorder = pass_on_numbers(eager, chosen)
    with other_numbers(eager):
        again, _ = pass_on_numbers(eager, chosen)
    if not same_graph(loss, again):
        raise NotRecordable("two passes from the same state give different graphs: something changes unseen")
    with silent():
        wanted = [loss.data, *gradients(loss, recorded.parameters)]
    for buffer, place in recorded.buffers:
        kept = recorder.kept.get((id(buffer), place), buffer[place])
        wanted.append(value_of(kept))
    columns = data[chosen].reshape(len(chosen) // count, -1).T
    results = run_once(recorded, [*columns, *numbers_drawn(recorded, count, recorder, len(chosen))]).mean(axis=1)
    if results[1] != 0.0:
        return False
    got = np.delete(results[: len(wanted) + 1], 1)
    scale = np.maximum(np.abs(wanted), np.abs(wanted[1:]).max(initial=1e-300))
    if not np.all(near(got, np.array(wanted), scale)):
        raise NotRecordable("a recorded pass and an eager pass give different numbers")
    return True


def pass_on_numbers(eager: EagerEpochs, chosen: np.ndarray) -> tuple[Value, Recorder]:
    """The loss of an eager pass on these samples, in which numbers drawn and kept are only noted."""
    with silent(), Recorder(values=False) as recorder:
        rows, targets = eager.samples(chosen.tolist())
        return eager.loss_of(eager.model(rows), targets), recorder


def run_once(recorded: Recorded, columns: Sequence[Any]) -> np.ndarray:
    """All results of the tape on these columns, at the numbers that parameters and buffers have now."""
    numbers = [p.data for p in recorded.parameters]
    numbers += [float(buffer[place]) for buffer, place in recorded.buffers]
    numbers += [leaf.data for leaf in recorded.frozen]
    results: np.ndarray = recorded.recipe.sample.evaluate([*columns, *numbers], "numpy")
    return results


def near(got: np.ndarray, wanted: np.ndarray, scale: Any) -> np.ndarray:
    """The places where the numbers agree; nan is nan."""
    with np.errstate(invalid="ignore"):
        right: np.ndarray = np.asarray(np.abs(got - wanted) <= CLOSE * scale)
    right |= (got == wanted) | (np.isnan(got) & np.isnan(wanted))
    return right


def try_targets(eager: EagerEpochs, predictions: Sequence[Any]) -> None:
    """NotRecordable if for some batch the loss of targets as they are is not that of Values in their place.

    A loss may tell a target that is None, True, or an int, and each target of the data is tried. `predictions` are some
    for each sample of the first batch at least; more batches take the same again.
    """
    for batch in batches(len(eager.rows), eager.size):
        _, targets = eager.samples(range(batch.start, batch.stop))
        some = (predictions[batch] if len(predictions) == len(eager.rows) else predictions)[: len(targets)]
        losses = []
        for as_they_are in (True, False):
            with silent(), Recorder(values=not as_they_are):
                outputs = [rebuild(output, (Value(value_of(v)) for v in leaves(output))) for output in some]
                loss = eager.loss_of(outputs, targets if as_they_are else as_leaves(targets))
                losses.append(np.array(value_of(loss)))
        if not near(losses[1], losses[0], np.abs(losses[0])):
            raise NotRecordable("the loss does something else with targets than with Values in their place")


def value_of(number: Any) -> float:
    return number.data if isinstance(number, Value) else float(number)


def numbers_drawn(recorded: Recorded, count: int, recorder: Recorder, samples: int) -> list[np.ndarray]:
    """The numbers that an eager pass drew, as inputs of the tape."""
    if count > 1:
        return [np.array([number]) for _, numbers in recorder.drawn for number in numbers]
    drawn: dict[Any, list[list[float]]] = {}
    for draw, numbers in recorder.drawn:
        drawn.setdefault(draw, []).append(numbers)
    if any(len(calls) != samples for calls in drawn.values()):
        raise Coupled("a module draws several times for a sample")
    fresh = [column for calls in drawn.values() for column in np.array(calls).T]
    if len(fresh) != recorded.recipe.fresh:
        raise NotRecordable("how often numbers are drawn is not always the same")
    return fresh


def same_graph(loss: Value, other: Value) -> bool:
    """Whether two graphs have the same operations on the same leaves; leaves made anew count by their number."""
    order, others = walk(loss)[0], walk(other)[0]
    if len(order) != len(others):
        return False
    twin: dict[Any, Any] = dict(zip(order, others, strict=True))  # for each node of the one graph, that of the other
    for a, b in twin.items():
        if a.op is not b.op or not same_number(a._data, b._data):
            return False
        for x, y in zip(a.operands, b.operands, strict=True):
            if twin.get(x) is not y and not (x.__class__ is y.__class__ is float and same_number(x, y)):
                return False
    return True


def same_number(x: float, y: float) -> bool:
    """Whether two floats are the same; 0.0 and -0.0 are two, and nan is one."""
    if x == y:
        return x != 0.0 or math.copysign(1.0, x) == math.copysign(1.0, y)
    return math.isnan(x) and math.isnan(y)


def try_update(recorded: Recorded, eager: EagerEpochs) -> None:
    """NotRecordable if three updates of random parameters, gradients and memory are not those of the rule."""
    random, optimizer = np.random.RandomState(0), eager.optimizer
    trained, memories = recorded.trained[:PARAMETERS], optimizer.memories
    all_of_them, still = len(recorded.trained), len(recorded.still)
    begun = [optimizer.steps.get(leaf, 0) for leaf in recorded.trained]
    p, g = random.standard_normal((2, all_of_them + still, len(STEPS)))
    memory = random.random_sample((all_of_them * memories, len(STEPS)))
    with other_numbers(eager):
        counts = [np.array(STEPS) + count for count in dict.fromkeys(begun)]
        for column, step in enumerate(STEPS):
            given = [*p[:, column], *memory[:, column], *g[:, column], *(c[column] for c in counts), optimizer.lr]
            results = recorded.recipe.update.evaluate(np.array(given), "numpy")
            clipped = optimizer.clipped(g[:all_of_them, column].tolist())
            ours, theirs = [], []
            for i in range(len(trained)):
                kept = tuple(memory[i * memories : (i + 1) * memories, column].tolist())
                new, kept = optimizer.update(float(p[i, column]), clipped[i], kept, begun[i] + step)
                first = all_of_them + still + i * memories
                ours += [results[i], *results[first : first + memories]]
                theirs += [new, *kept]
            wanted = np.array(theirs, dtype=float)
            if not np.all(near(np.array(ours), wanted, np.abs(wanted))):
                raise NotRecordable("the optimiser's rule, recorded, gives other numbers than the rule itself")


def try_draws(draws: Draws, eager: EagerEpochs) -> None:
    """NotRecordable if the numbers that a tape draws for two batches are not those that the modules draw.

    Two modules with one generator draw by turns, which a tape of one sample cannot do: this is Coupled.
    """
    if not draws.drawn:
        return
    count = draws.count if draws.count > 1 else min(2, eager.size)
    calls: list[Sequence[Any]] = []
    draws.remember()
    with silent():
        for _ in range(2):
            with Listener(values=False) as listener:
                eager.model([list(row) for row in eager.rows[:count]])
            calls.append(listener.drawn)
    draws.restore()
    got = draws.take(1, 2 * count // draws.count)[0]
    draws.restore()
    if draws.count > 1:
        wanted = np.array([[number for _, numbers in batch for number in numbers] for batch in calls]).T
    else:
        each = [[numbers for batch in calls for draw, numbers in batch if draw == kind] for kind, _ in draws.drawn]
        wanted = np.concatenate([np.array(numbers).T for numbers in each])
    if not np.array_equal(got, wanted):
        fault = Coupled if draws.count == 1 else NotRecordable
        raise fault("modules share a random generator and draw from it by turns")
