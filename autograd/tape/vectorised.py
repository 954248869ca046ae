"""The executor of NumPy: instructions of one kind that can run at the same time are one call of NumPy.

The level of an instruction is one more than the highest level of its operands. The instructions of one row within a
level are a group. Their results lie side by side, so one call computes them for all samples. Operands that lie at
regular distances are a view of the matrix; others are gathered first. Additions that wait for each other, as in
((a + b) + c) + d, are one reduction from left to right.

Slots that do not depend on a sample lie in a matrix of their own, with one column, and are computed once.
"""

from collections.abc import Callable, Sequence
from functools import partial
from threading import Lock
from typing import Any, NamedTuple

import numpy as np

from autograd.ieee import silent
from autograd.primitive import Primitive
from autograd.primitives import TABLE

WORKING_SET = 4_000_000  # numbers, 32 MB: more samples than fit are worked through in chunks
FOLDS = {row.fold for row in TABLE.values() if row.fold is not None}

Numbers = Sequence[float] | np.ndarray
Step = tuple[Callable[..., Any], tuple[Any, ...], Any]


class Group(NamedTuple):
    """Instructions of one kind: `slots` of their results; `operands`, one row for each operand of the operation."""

    op: Primitive
    varies: bool
    slots: list[int]
    operands: list[list[int]]


class Vectorised:
    """Runs a tape whose inputs marked in `varying` have a number for each sample."""

    def __init__(self, tape: Any, varying: Sequence[bool]) -> None:
        self.varies = tape.varies(varying)
        self.results = tape.results.tolist()
        self.groups = in_good_order(grouped(tape, self.varies), self.results)
        self.constants = tape.constants
        inputs = range(tape.inputs)
        # The place of a slot: its row in the matrix of what varies, or in that of what does not.
        uniform = [slot for slot in inputs if not varying[slot]]
        uniform += range(tape.inputs, tape.inputs + len(tape.constants))
        varied = [slot for slot in inputs if varying[slot]]
        for group in self.groups:
            (varied if group.varies else uniform).extend(group.slots)
        self.place = {slot: i for order in (uniform, varied) for i, slot in enumerate(order)}
        self.sizes = len(uniform), len(varied)
        self.numbers = tape.inputs - sum(varying)
        # How many numbers of a sample are in memory at most: its row of the matrix, the results, and what the largest
        # group gathers and computes on the way.
        largest = max(
            (len(group.slots) * (len(group.operands) + 2) for group in self.groups if group.varies), default=0
        )
        self.width = max(1, len(varied) + len(self.results) + largest)
        self.plans: dict[int, Plan] = {}
        self.lock = Lock()  # threads may share a tape, but not the memory it works in

    def run(self, numbers: Numbers, columns: Sequence[np.ndarray], samples: int) -> np.ndarray:
        """All results, of shape (results, samples), from the inputs that do not vary and those that do."""
        with self.lock, np.errstate(all="ignore"), silent():
            return self.replay(numbers, columns, samples)

    def replay(self, numbers: Numbers, columns: Sequence[np.ndarray], samples: int) -> np.ndarray:
        """The same, where NumPy and the rows are told already to be silent about inf and nan."""
        results = np.empty((len(self.results), samples))
        chunk = self.chunk(samples)
        for start in range(0, samples, chunk):
            start = min(start, samples - chunk)  # the last chunk is as long as the others, and overlaps
            part = slice(start, start + chunk)
            self.plan(chunk).run(numbers, columns, part, results[:, part])
        return results

    def sums(self, numbers: Numbers, columns: Sequence[np.ndarray], samples: int, summed: int) -> Any:
        """Of the first `summed` results the sums over all samples, of the others every number: two arrays."""
        sums, others = np.zeros(summed), np.empty((len(self.results) - summed, samples))
        chunk = self.chunk(samples)
        for start in range(0, samples, chunk):
            part = slice(start, min(start + chunk, samples))
            size = part.stop - start
            results = np.empty((len(self.results), size))
            self.plan(size).run(numbers, columns, part, results)
            sums += results[:summed].sum(axis=1)
            others[:, part] = results[summed:]
        return sums, others

    def chunk(self, samples: int) -> int:
        """The number of samples that are worked through at a time."""
        return max(1, min(samples, WORKING_SET // self.width))

    def plan(self, samples: int) -> "Plan":
        """The calls for so many samples at a time; those of the latest few sizes are kept, within the working set."""
        plan = self.plans.pop(samples, None) or Plan(self, samples)
        while self.plans and (len(self.plans) >= 3 or sum(self.plans) + samples > WORKING_SET // self.width):
            del self.plans[next(iter(self.plans))]
        self.plans[samples] = plan
        return plan


def vectorised(tape: Any, varying: Sequence[bool]) -> Vectorised:
    """The executor of a tape, made once."""
    key = "numpy", tuple(varying)
    if key not in tape.executors:
        tape.executors[key] = Vectorised(tape, varying)
    executor: Vectorised = tape.executors[key]
    return executor


class Plan:
    """The calls that run a tape on a fixed number of samples, with the memory that they work in."""

    def __init__(self, executor: Vectorised, samples: int) -> None:
        uniform, varied = executor.sizes
        self.numbers = executor.numbers
        self.uniform, self.varied = np.zeros((uniform, 1)), np.zeros((varied, samples))
        first = executor.numbers
        self.uniform[first : first + len(executor.constants), 0] = executor.constants
        self.steps: list[Step] = []
        self.scratch: dict[int, np.ndarray] = {}  # by the number of columns
        self.most_gathered = max((len(group.slots) * len(group.operands) for group in executor.groups), default=0)
        for group in executor.groups:
            self.add(group, executor)
        # For each of the two matrices: which results lie there, and in which rows.
        self.results = []
        for matrix, varies in ((self.uniform, False), (self.varied, True)):
            chosen = [i for i, slot in enumerate(executor.results) if executor.varies[slot] is varies]
            rows = np.array([executor.place[executor.results[i]] for i in chosen], dtype=int)
            if chosen:
                self.results.append((np.array(chosen), matrix, rows))

    def run(self, numbers: Numbers, columns: Sequence[np.ndarray], part: slice, results: np.ndarray) -> None:
        """Do all the calls on a part of the samples."""
        for row, column in enumerate(columns):
            self.varied[row] = column[part]
        self.uniform[: self.numbers, 0] = numbers
        for function, operands, out in self.steps:
            if out is None:
                function(*operands)
            else:
                function(*operands, out=out)
        for chosen, matrix, rows in self.results:
            results[chosen] = matrix.take(rows, 0)

    def add(self, group: Group, executor: Vectorised) -> None:
        """The steps of one group: gather what is not a view, then call the row's function."""
        self.used = 0  # rows of the buffer
        start = executor.place[group.slots[0]]
        out = (self.varied if group.varies else self.uniform)[start : start + len(group.slots)]
        matrices = [self.varied if executor.varies[row[0]] else self.uniform for row in group.operands]
        if len(group.slots) == 1 and len(group.operands) <= 2:  # most groups of a long chain: views without a search
            single = [executor.place[slot] for (slot,) in group.operands]
            views = [matrix[row : row + 1] for matrix, row in zip(matrices, single, strict=True)]
            self.steps.append(call(group.op, views, out))
            return
        places = [np.array([executor.place[slot] for slot in row]) for row in group.operands]
        if len(places) > 2 and group.op in FOLDS:
            self.add_reduction(group.op, matrices[0], np.array(places), out)
            return
        grid = best_grid(places)
        operands = []
        for matrix, rows in zip(matrices, places, strict=True):
            view = strided(matrix, rows.reshape(grid))
            if view is None:
                view = self.gather(matrix, rows).reshape(*grid, -1)
            operands.append(view)
        self.steps.append(call(group.op, operands, out.reshape(*grid, -1)))

    def add_reduction(self, op: Primitive, matrix: np.ndarray, places: np.ndarray, out: np.ndarray) -> None:
        """((a + b) + c) + d for each member of a group, in that order: places has shape (terms, members)."""
        terms = strided(matrix, places) if out.shape[1] > 1 else None
        if terms is None:
            terms = self.gather(matrix, places.reshape(-1)).reshape(*places.shape, -1)
        if out.size > 1:  # NumPy adds along the first axis term by term, while the innermost one runs over the results
            # From the first term on: NumPy would begin with 0.0, and 0.0 + -0.0 is 0.0.
            reduce = partial(op.numpy.reduce, initial=None)  # type: ignore[union-attr]
            self.steps.append((reduce, (terms, 0, None), out))
        else:  # a single result: here it would add pairwise
            sums = np.empty_like(terms)
            self.steps.append((op.numpy.accumulate, (terms, 0, None), sums))  # type: ignore[union-attr]
            self.steps.append((np.copyto, (out, sums[-1]), None))

    def gather(self, matrix: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """A buffer, and the step that fills it with these rows. Groups run one by one: all gather in the same place."""
        columns = matrix.shape[1]
        if columns not in self.scratch:
            self.scratch[columns] = np.empty((self.most_gathered, columns))
        buffer = self.scratch[columns][self.used : self.used + len(rows)]
        self.used += len(rows)
        self.steps.append((np.ndarray.take, (matrix, rows, 0, buffer, "clip"), None))
        return buffer


def call(op: Primitive, operands: list[np.ndarray], out: np.ndarray) -> Step:
    """The step that puts op(*operands) into out."""
    if isinstance(op.numpy, np.ufunc):
        return op.numpy, tuple(operands), out

    function = op.numpy or (lambda *arrays: op.on_arrays(arrays))  # element by element where NumPy lacks it

    def compute(*arrays: np.ndarray) -> None:
        out[...] = function(*arrays)

    return compute, tuple(operands), None


def grouped(tape: Any, varies: list[bool]) -> list[Group]:
    """The instructions by level and kind, in an order in which they can be done."""
    level = [0] * len(varies)
    kinds: dict[tuple[int, Primitive, tuple[bool, ...]], list[tuple[int, list[int]]]] = {}
    for slot, (op, operands) in with_long_sums(tape, varies).items():
        level[slot] = 1 + max([level[operand] for operand in operands])
        kind = level[slot], op, tuple([varies[operand] for operand in operands])
        kinds.setdefault(kind, []).append((slot, operands))
    groups = []
    for (_, op, which), members in sorted(kinds.items(), key=lambda entry: entry[0][0]):
        slots = [slot for slot, _ in members]
        groups.append(
            Group(op, any(which), slots, [list(row) for row in zip(*(row for _, row in members), strict=True)])
        )
    return groups


def with_long_sums(tape: Any, varies: list[bool]) -> dict[int, tuple[Primitive, list[int]]]:
    """The code, where ((a + b) + c) + d is one instruction of many operands if nothing else uses the partial sums."""
    used = np.concatenate([tape.operands[tape.operands >= 0], tape.results])
    uses = np.bincount(used, minlength=len(varies)).tolist()
    code: dict[int, tuple[Primitive, list[int]]] = {}
    even: set[int] = set()  # slots of sums whose operands all vary, or none of them does
    for slot, op, operands in tape.code():
        if op in FOLDS:
            first, last = operands
            if varies[first] == varies[last]:
                if first in even and uses[first] == 1 and code[first][0] is op:
                    longer = code.pop(first)[1]
                    longer.append(last)  # in place: a sum of a million terms is written in one go
                else:
                    longer = [first, last]
                even.add(slot)
                operands = longer
        code[slot] = op, operands
    return code


def in_good_order(groups: list[Group], results: list[int]) -> list[Group]:
    """The groups with their members in the order in which later groups, and the results, take them: side by side."""
    never = (len(groups) + 1,)
    wanted: dict[int, tuple[int, ...]] = {}  # for a slot: which group takes it first, as which operand of which member
    for i, slot in enumerate(results):
        wanted.setdefault(slot, (len(groups), 0, i))
    ordered = []
    for i in range(len(groups) - 1, -1, -1):
        group = groups[i]
        order = sorted(range(len(group.slots)), key=lambda m, group=group: wanted.get(group.slots[m], never))  # type: ignore[misc]
        slots = [group.slots[m] for m in order]
        operands = [[row[m] for m in order] for row in group.operands]
        for position, row in enumerate(operands):
            for member, slot in enumerate(row):
                here = i, position, member
                if here < wanted.get(slot, never):
                    wanted[slot] = here
        ordered.append(Group(group.op, group.varies, slots, operands))
    return ordered[::-1]


def best_grid(places: list[np.ndarray]) -> tuple[int, ...]:
    """The shape, (members,) or (rows, columns), in which most operands lie at regular distances.

    The products of an outer product do so as a grid: one operand is the same along a row, the other along a column.
    """
    members = len(places[0])
    shapes: list[tuple[int, ...]] = [(members,)]
    for rows in places:
        breaks = np.flatnonzero(np.diff(rows, 2)) + 2
        if len(breaks) and members % breaks[0] == 0:
            shapes.append((members // int(breaks[0]), int(breaks[0])))
    if len(shapes) == 1:
        return shapes[0]
    return max(shapes, key=lambda shape: sum(strides_of(rows.reshape(shape)) is not None for rows in places))


def strides_of(places: np.ndarray) -> list[int] | None:
    """By how much the places grow along each axis, if they do so evenly; else None."""
    strides = []
    for axis in range(places.ndim):
        steps = np.diff(places, axis=axis)
        stride = int(steps.flat[0]) if steps.size else 0
        if (steps != stride).any():
            return None
        strides.append(stride)
    return strides


def strided(matrix: np.ndarray, places: np.ndarray) -> np.ndarray | None:
    """The rows of the matrix at these places as a view of shape (*places.shape, columns), if they lie evenly."""
    strides = strides_of(places)
    if strides is None:
        return None
    row, column = matrix.strides
    return np.lib.stride_tricks.as_strided(
        matrix[places.flat[0] :], (*places.shape, matrix.shape[1]), (*(row * s for s in strides), column)
    )
