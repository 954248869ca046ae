"""A step of training as two tapes: the loss with its gradients, and the optimiser's update.

`record_pass` runs model and loss on Values that stand for the numbers of some samples. `recorded` makes a recipe of
such a pass, which an engine can follow.

>>> from nn.layers import Neuron
>>> from nn.losses import mse_loss
>>> from nn.optim import SGD
>>> neuron = Neuron(2, "linear", "zeros")
>>> done = record_pass(neuron, mse_loss, [[1.0, 2.0]], [0.5])
>>> recipe = recorded(done, SGD(neuron.parameters(), lr=0.1), neuron.parameters(), with_predictions=False).recipe
>>> recipe.columns, recipe.parameters  # two inputs and a target; two weights and a bias
(3, 3)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd import Value
from autograd import sum as total
from autograd.order import walk
from autograd.structure import leaves, rebuild
from autograd.tape.descent import Recipe
from autograd.tape.guards import Guard, NotRecordable, Watch, stand_in
from autograd.tape.record import Gradient, write_tape
from autograd.tape.tape import Tape
from nn.hooks import Draw, Recorder
from nn.losses import Loss
from nn.module import Module
from nn.optim import Optimizer


@dataclass
class Pass:
    """Model and loss, recorded on some samples.

    inputs       for each sample the leaves that stand for its inputs; targets: for its targets
    predictions  what the model made of each sample
    of_model     how many of the recorder's guards are the model's; the others are the loss's
    """

    inputs: list[list[Value]]
    targets: list[Any]
    predictions: list[Any]
    loss: Value
    recorder: Recorder
    of_model: int

    def fresh(self) -> list[Any]:
        """The leaves that stand for numbers drawn at random."""
        return [leaf for _, stand_ins in self.recorder.drawn for leaf in stand_ins]

    def inner(self) -> list[Value]:
        """The leaves that the model reads beside parameters: inputs, drawn numbers, buffers."""
        return [*leaves(self.inputs), *self.fresh(), *(leaf for _, leaf in self.recorder.recalled.values())]

    def samples(self) -> list[list[Any]]:
        """For each sample its predictions and targets."""
        return [[*leaves(p), *leaves(y)] for p, y in zip(self.predictions, self.targets, strict=True)]


def record_pass(model: Module, loss_of: Loss, rows: Sequence[Any], targets: Sequence[Any]) -> Pass:
    """Model and loss, run on Values in place of the numbers of these samples."""
    with Recorder(values=True) as recorder:
        inputs = [[recorder.stand_in(x) for x in row] for row in rows]
        wanted = as_leaves(targets)
        predictions = model([list(row) for row in inputs])
        of_model = len(recorder.guards)
        loss = loss_of(predictions, list(wanted))
    if not isinstance(loss, Value):
        raise NotRecordable("the loss is not a Value")
    return Pass(inputs, wanted, predictions, loss, recorder, of_model)


def as_leaves(targets: Sequence[Any]) -> list[Any]:
    """Targets, with a leaf for each number."""
    return [rebuild(target, map(stand_in, leaves(target))) for target in targets]


@dataclass
class Recorded:
    """A recipe, and what stands behind its inputs.

    trained  the parameters that the optimiser changes; still: those of the model that it does not, with a gradient too
    buffers  arrays that modules keep, with places in them; read_only: those of them that a pass does not change
    drawn    for each call of `fresh` the function that draws, and how many numbers
    frozen   leaves that are read, but have no gradient
    shape    of the prediction for one sample
    """

    recipe: Recipe
    trained: list[Value]
    still: list[Value]
    buffers: list[tuple[np.ndarray, Any]]
    read_only: list[bool]
    drawn: list[tuple[Draw, int]]
    frozen: list[Value]
    guards: list[Guard]
    shape: Any

    @property
    def parameters(self) -> list[Value]:
        """All that have a gradient."""
        return [*self.trained, *self.still]

    def numbers_read(self) -> tuple[Any, ...]:
        """The parts of the state on tape: parameters and places of buffers."""
        return *self.trained, None, *self.still, None, *((id(buffer), place) for buffer, place in self.buffers)

    def lines(self) -> str:
        """The lines of the program at which it looks at numbers."""
        return ", ".join(dict.fromkeys(guard.where for guard in self.guards))


def recorded(done: Pass, optimizer: Optimizer, own: Sequence[Value], with_predictions: bool) -> Recorded:
    """The recipe of a pass and of the optimiser's update; `own` are the parameters of the model."""
    recorder = done.recorder
    columns = [leaf for x, y in zip(done.inputs, done.targets, strict=True) for leaf in (*x, *leaves(y))]
    values = [leaf for _, leaf in recorder.recalled.values()]
    kept = [recorder.kept.get(key, leaf) for key, (_, leaf) in recorder.recalled.items()]
    outputs = list(leaves(done.predictions)) if with_predictions else []
    reached = set(walk(done.loss)[0])
    trained = [p for p in optimizer.parameters if p in reached]
    still = [p for p in own if p in reached and p not in set(trained)]
    if not trained:
        raise NotRecordable("the loss depends on none of the optimiser's parameters")
    broken = total([guard.broken() for guard in recorder.guards])
    others = [as_value(result) for result in (broken, *kept, *outputs)]
    given = [*columns, *done.fresh(), *trained, *still, *values]
    known = set(given)
    frozen = [node for node in walk(total([done.loss, *others]))[0] if node.op is None and node not in known]
    if fault := recorder.fault_of_seen([*trained, *still, *frozen]):
        raise NotRecordable(fault)
    update, counts = record_update(optimizer, trained, len(still))
    results: list[Value | Gradient] = [done.loss, others[0], Gradient(done.loss, [*trained, *still]), *others[1:]]
    recipe = Recipe(
        sample=write_tape(results, [*given, *frozen]),
        update=update,
        columns=len(columns),
        fresh=len(done.fresh()),
        parameters=len(trained) + len(still),
        buffers=len(values),
        frozen=np.array([leaf.data for leaf in frozen]),
        memory=optimizer.memories * len(trained),
        counts=counts,
        predictions=len(outputs),
    )
    places = [place for _, place in recorder.recalled]
    buffers = [(buffer, place) for (buffer, _), place in zip(recorder.recalled.values(), places, strict=True)]
    read_only = [key not in recorder.kept for key in recorder.recalled]
    drawn = [(draw, len(stand_ins)) for draw, stand_ins in recorder.drawn]
    return Recorded(recipe, trained, still, buffers, read_only, drawn, frozen, recorder.guards, done.predictions[0])


def refuse_own_methods(optimizer: Optimizer) -> None:
    """NotRecordable if a step does something of its own beside `update`, such as clipping or accumulation."""
    for name in ("minimise", "step", "zero_grad"):
        if getattr(getattr(optimizer, name), "__func__", None) is not vars(Optimizer)[name]:
            raise NotRecordable(f"{type(optimizer).__name__} has a {name} of its own")


def record_update(optimizer: Optimizer, trained: Sequence[Value], still: int) -> tuple[Tape, int]:
    """The tape of the optimiser's rule for all these parameters, and how many step counts it has.

    So many parameters more, which stand `still`, are handed on as they are.
    """
    before = optimizer.lr
    try:
        with Watch() as watch:
            parameters, slopes = ([watch.stand_in(1.0) for _ in range(len(trained) + still)] for _ in range(2))
            memory = [[watch.stand_in(0.0) for _ in range(optimizer.memories)] for _ in trained]
            steps = dict.fromkeys(optimizer.steps.get(p, 0) for p in trained)
            counts = {count: watch.stand_in(1.0 + count) for count in steps}
            rate: Any = watch.stand_in(before)
            optimizer.lr = rate
            clipped = optimizer.clipped(slopes[: len(trained)])
            new = [
                optimizer.update(p, g, tuple(kept), counts[optimizer.steps.get(leaf, 0)])  # type: ignore[arg-type]
                for leaf, p, g, kept in zip(trained, parameters, clipped, memory, strict=False)
            ]
    finally:
        optimizer.lr = before
    if watch.guards:
        raise NotRecordable(f"the optimiser's rule looks at a number, at {watch.guards[0].where}")
    results = [as_value(p) for p, _ in new] + parameters[len(trained) :]
    results += [as_value(number) for _, kept in new for number in kept]
    inputs = [*parameters, *(leaf for kept in memory for leaf in kept), *slopes, *counts.values(), rate]
    return write_tape(results, inputs), len(counts)


def as_value(result: Any) -> Value:
    return result if isinstance(result, Value) else Value(result)
