"""Trials of a recording: at some points it must give the same numbers as the eager pass.

A trial proves nothing by itself, for two programs may agree where they are tried. It finds what nobody thought of: so
it takes shuffled samples at other weights than the first ones, two passes in place of one, and three updates.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import Value, gradients
from autograd.ieee import silent
from autograd.order import walk
from autograd.tape.guards import NotRecordable
from nn.hooks import Listener, Recorder
from nn.optim import Optimizer
from nn.training.draws import Draws
from nn.training.eager import EagerEpochs
from nn.training.recipe import Recorded

CLOSE = 1e-9  # relative: sums over samples are taken in another order, library functions differ in their last bits
TRIED = 16  # samples on which a tape of one sample is tried
PARAMETERS = 40  # on which an update is tried


def try_recording(recorded: Recorded, count: int, tried: int, eager: EagerEpochs, data: np.ndarray) -> None:
    """NotRecordable if loss, gradients or buffers of a batch are not those of the eager pass, or not twice the same."""
    random = np.random.RandomState(0)
    shuffled = random.permutation(len(data))[:tried]
    if count > 1 and not agrees(recorded, count, eager, data, np.arange(tried)):
        raise NotRecordable(f"the recording does not hold where it was made: numbers are looked at, {recorded.lines()}")
    before = [p.data for p in recorded.parameters]
    try:
        for p in recorded.parameters:
            p.data = p.data * random.uniform(0.9, 1.1) + random.uniform(-0.1, 0.1)
        holds = agrees(recorded, count, eager, data, shuffled)
    except (ValueError, ArithmeticError):  # the program refuses weights that are none of its own
        holds = False
    finally:
        for p, number in zip(recorded.parameters, before, strict=True):
            p.data = number
    if not holds:
        agrees(recorded, count, eager, data, shuffled)


def agrees(recorded: Recorded, count: int, eager: EagerEpochs, data: np.ndarray, chosen: np.ndarray) -> bool:
    """Whether the recording holds for these samples; NotRecordable if it does but differs from the eager pass."""
    losses, recorders = [], []
    for _ in range(2):
        with silent(), Recorder(values=False) as recorder:
            rows, targets = [list(eager.rows[i]) for i in chosen], [eager.targets[i] for i in chosen]
            losses.append(eager.loss_of(eager.model(rows), targets))
            recorders.append(recorder)
    if not same_graph(*losses):
        raise NotRecordable("two passes from the same state give different graphs: something changes unseen")
    with silent():
        wanted = [losses[0].data, *gradients(losses[0], recorded.parameters)]
    wanted += [float(kept.data if isinstance(kept, Value) else kept) for kept in recorder.kept.values()]
    columns = data[chosen].reshape(len(chosen) // count, -1).T
    inputs = [*columns, *numbers_drawn(recorded, count, recorders[0], len(chosen))]
    inputs += [p.data for p in recorded.parameters]
    inputs += [float(buffer[place]) for buffer, place in recorded.buffers]
    inputs += [leaf.data for leaf in recorded.frozen]
    results = recorded.recipe.sample.evaluate(inputs, "numpy").mean(axis=1)
    if results[1] != 0.0:
        return False
    got = np.delete(results[: len(wanted) + 1], 1)
    scale = np.maximum(np.abs(wanted), np.abs(wanted[1:]).max(initial=1e-300))
    with np.errstate(invalid="ignore"):
        right = np.abs(got - wanted) <= CLOSE * scale
    if not np.all(right | (got == wanted) | (np.isnan(got) & np.isnan(wanted))):
        raise NotRecordable("a recorded pass and an eager pass give different numbers")
    return True


def numbers_drawn(recorded: Recorded, count: int, recorder: Recorder, samples: int) -> list[np.ndarray]:
    """The numbers that an eager pass drew, as inputs of the tape."""
    if count > 1:
        return [np.array([number]) for _, numbers in recorder.drawn for number in numbers]
    drawn: dict[Any, list[list[float]]] = {}
    for draw, numbers in recorder.drawn:
        drawn.setdefault(draw, []).append(numbers)
    if any(len(calls) != samples for calls in drawn.values()):
        raise NotRecordable("a module draws several times for a sample")
    fresh = [column for calls in drawn.values() for column in np.array(calls).T]
    if len(fresh) != recorded.recipe.fresh:
        raise NotRecordable("how often numbers are drawn is not always the same")
    return fresh


def same_graph(loss: Value, other: Value) -> bool:
    """Whether two graphs have the same operations on the same leaves; leaves made anew count by their number."""
    order, others = walk(loss)[0], walk(other)[0]
    if len(order) != len(others):
        return False
    place = {node: i for i, node in enumerate(order)}
    places = {node: i for i, node in enumerate(others)}
    for a, b in zip(order, others, strict=True):
        if a.op is not b.op or not (a.data == b.data or (math.isnan(a.data) and math.isnan(b.data))):
            return False
        if len(a.operands) != len(b.operands):
            return False
        for x, y in zip(a.operands, b.operands, strict=True):
            if isinstance(x, Value) != isinstance(y, Value) or (isinstance(x, Value) and place[x] != places[y]):
                return False
            if isinstance(x, float) and repr(x) != repr(y):
                return False
    return True


def try_update(recorded: Recorded, optimizer: Optimizer) -> None:
    """NotRecordable if three updates of random parameters, gradients and memory are not those of the rule."""
    random = np.random.RandomState(0)
    trained, memories = recorded.trained[:PARAMETERS], optimizer.memories
    all_of_them, still = len(recorded.trained), len(recorded.still)
    for step in range(1, 4):
        p, g = (random.standard_normal(all_of_them + still) for _ in range(2))
        memory = random.random_sample(all_of_them * memories)
        counts = dict.fromkeys(optimizer.steps.get(leaf, 0) for leaf in recorded.trained)
        inputs = [*p, *memory, *g, *(before + step for before in counts), optimizer.lr]
        got = recorded.recipe.update.evaluate([np.array([number], float) for number in inputs], "numpy")[:, 0]
        clipped = optimizer.clipped(g[:all_of_them].tolist())
        for i, leaf in enumerate(trained):
            kept = tuple(memory[i * memories : (i + 1) * memories].tolist())
            new, kept = optimizer.update(float(p[i]), clipped[i], kept, optimizer.steps.get(leaf, 0) + step)
            first = all_of_them + still + i * memories
            ours = np.array([got[i], *got[first : first + memories]])
            theirs = np.array([new, *kept], dtype=float)
            if not np.allclose(ours, theirs, rtol=CLOSE, atol=0.0, equal_nan=True):
                raise NotRecordable("the optimiser's rule, recorded, gives other numbers than the rule itself")


def try_draws(draws: Draws, eager: EagerEpochs) -> None:
    """NotRecordable if the numbers that a tape draws for two batches are not those that the modules draw.

    Two modules with one generator draw by turns, which a tape of one sample cannot do.
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
        raise NotRecordable("modules share a random generator and draw from it by turns")
