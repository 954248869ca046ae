"""A step of training as a recipe of two tapes: the loss of a sample, or of a whole batch, and the optimiser's update.

Where the loss of a batch is the mean of its samples' losses, one sample is recorded, and its tape runs on many samples.
Where samples are coupled, as by batch norm, the batch is recorded whole. A trial decides: it compares loss, gradients
and buffers of a batch with those of the eager pass.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd import Value, gradients
from autograd import sum as total
from autograd.order import walk
from autograd.tape.descent import Recipe
from autograd.tape.guards import Guard, NotRecordable, Watch
from autograd.tape.record import write_tape
from autograd.tape.structure import leaves, rebuild
from autograd.tape.tape import Tape
from nn.hooks import Draw, Recorder
from nn.module import Module
from nn.optim import Optimizer

CLOSE = 1e-9  # relative: sums over samples are taken in another order, library functions differ in their last bits


@dataclass
class Recorded:
    """The recipe, the leaves and buffers that stand behind its inputs, and what is drawn for each sample."""

    recipe: Recipe
    trained: list[Value]
    buffers: list[tuple[np.ndarray, Any]]
    drawn: list[tuple[Draw, int]]
    frozen: list[Value]  # leaves that are read, but not trained
    guards: list[Guard]
    shape: Any  # of the prediction for one row


def record_training(
    model: Module,
    loss_of: Callable[[Any, Any], Any],
    optimizer: Optimizer,
    rows: Sequence[Any],
    targets: Sequence[Any],
    with_predictions: bool,
) -> Recorded:
    """The recipe of a step of training on a batch of these rows and targets, recorded as they are coupled."""
    with Recorder(values=True) as recorder:
        xs = [[recorder.stand_in(x) for x in row] for row in rows]
        ys = [rebuild(target, map(recorder.stand_in, leaves(target))) for target in targets]
        predictions = model(xs)
        loss = loss_of(predictions, ys)
    if not isinstance(loss, Value):
        raise NotRecordable("the loss is not a Value")
    columns = [leaf for x, y in zip(xs, ys, strict=True) for leaf in (*x, *leaves(y))]
    fresh = [leaf for _, stand_ins in recorder.drawn for leaf in stand_ins]
    buffers = list(recorder.recalled.values())
    places = [place for _, place in recorder.recalled]
    kept = [recorder.kept.get(key, value) for key, (_, value) in recorder.recalled.items()]
    broken = total([guard.broken() for guard in recorder.guards])
    outputs = list(leaves(predictions)) if with_predictions else []
    reached = set(walk(loss)[0])
    trained = [p for p in optimizer.parameters if p in reached]
    slopes = gradients(loss, trained, create_graph=True)
    results = [as_value(result) for result in (loss, broken, *slopes, *kept, *outputs)]
    given = [*columns, *fresh, *trained, *(value for _, value in buffers)]
    known = set(given)
    frozen = [node for node in walk(total(results))[0] if node.op is None and node not in known]
    recorder.refuse_seen([*trained, *frozen])
    update, counts = record_update(optimizer, trained)
    recipe = Recipe(
        sample=write_tape(results, [], [*given, *frozen]),
        update=update,
        columns=len(columns),
        fresh=len(fresh),
        parameters=len(trained),
        buffers=len(buffers),
        frozen=np.array([leaf.data for leaf in frozen]),
        memory=optimizer.memories * len(trained),
        counts=counts,
        predictions=len(outputs),
    )
    places_of_buffers = [(buffer, place) for (buffer, _), place in zip(buffers, places, strict=True)]
    drawn = [(draw, len(stand_ins)) for draw, stand_ins in recorder.drawn]
    return Recorded(recipe, trained, places_of_buffers, drawn, frozen, recorder.guards, predictions[0])


def record_update(optimizer: Optimizer, trained: Sequence[Value]) -> tuple[Tape, int]:
    """The tape of the optimiser's rule for all these parameters, and how many step counts it has."""
    if type(optimizer).step is not Optimizer.step:
        raise NotRecordable(f"{type(optimizer).__name__} has a step of its own")
    parameters, slopes = [Value(p.data) for p in trained], [Value(1.0) for _ in trained]
    memory = [[Value(0.0) for _ in range(optimizer.memories)] for _ in trained]
    counts = {steps: Value(1.0) for steps in dict.fromkeys(optimizer.steps.get(p, 0) for p in trained)}
    rate: Any = Value(optimizer.lr)
    before, optimizer.lr = optimizer.lr, rate
    try:
        with Watch() as watch:
            new = [
                optimizer.update(p, g, tuple(kept), counts[optimizer.steps.get(leaf, 0)])  # type: ignore[arg-type]
                for leaf, p, g, kept in zip(trained, parameters, optimizer.clipped(slopes), memory, strict=True)
            ]
    finally:
        optimizer.lr = before
    if watch.guards:
        raise NotRecordable(f"the optimiser's rule looks at a number, at {watch.guards[0].where}")
    results = [as_value(p) for p, _ in new] + [as_value(m) for _, kept in new for m in kept]
    inputs = [*parameters, *(leaf for kept in memory for leaf in kept), *slopes, *counts.values(), rate]
    return write_tape(results, [], inputs), len(counts)


def agrees(
    recorded: Recorded, data: np.ndarray, model: Module, loss_of: Callable[[Any, Any], Any], rows: Any, targets: Any
) -> bool:
    """Whether the recording gives the loss, the gradients and the buffers of an eager pass on these samples."""
    with Recorder(values=False) as recorder:
        loss = loss_of(model([list(row) for row in rows]), list(targets))
    recipe = recorded.recipe
    wanted = [loss.data, *gradients(loss, recorded.trained)]
    wanted += [float(value_of(kept)) for kept in recorder.kept.values()]
    at_once = recipe.columns // data.shape[1]
    columns = data[: len(rows)].reshape(len(rows) // at_once, -1).T
    drawn: dict[Any, list[list[float]]] = {}
    for draw, numbers in recorder.drawn:
        drawn.setdefault(draw, []).append(numbers)
    if at_once == 1:
        if any(len(calls) != len(rows) for calls in drawn.values()):
            return False  # a module draws several times for a sample
        fresh = [column for calls in drawn.values() for column in np.array(calls).T]
    else:
        fresh = [np.array([number]) for _, numbers in recorder.drawn for number in numbers]
    if len(fresh) != recipe.fresh:
        return False
    state = [p.data for p in recorded.trained]
    buffers = [float(buffer[place]) for buffer, place in recorded.buffers]
    results = recipe.sample.evaluate([*columns, *fresh, *state, *buffers, *recipe.frozen], "numpy").mean(axis=1)
    got = np.delete(results[: len(wanted) + 1], 1)
    scale = np.maximum(np.abs(wanted), np.abs(wanted[1:]).max(initial=1e-300))
    return results[1] == 0.0 and bool(np.all(np.abs(got - wanted) <= CLOSE * scale))


def as_value(result: Any) -> Value:
    return result if isinstance(result, Value) else Value(result)


def value_of(kept: Any) -> float:
    return kept.data if isinstance(kept, Value) else kept
