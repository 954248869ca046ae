"""The numba executor: a small machine that works through a program's instructions, on several samples at a time.

Its code is made from the table: one branch for each row, which calls the row's own `forward` (compiled by numba), and
one for each pair of rows that is fused. So it is compiled once, not once for each tape, and kept on disk.

A row of the matrix holds one number for each lane, that is, for each sample of a chunk. Arithmetic works on blocks of
four lanes, all loaded before any is stored, which the compiler turns into vector instructions; a function of the
library is called for the lanes in use only.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from types import FunctionType
from typing import Any

import numba
import numpy as np
from numba import float64, int64, uint64

from autograd import primitives
from autograd.primitive import Primitive
from autograd.tape.assemble import KERNELS, LONGEST, SUMS, Code, Program, assemble

BLOCK = 4
MOST_LANES = 64
WORKING_SET = 12_000  # numbers, 96 KB: what stays in a processor's nearer caches

FIELDS = 1 + LONGEST  # of an instruction

NUMBERS, TABLE, RUNS, PLACES = float64[::1], float64[:, ::1], uint64[:, ::1], uint64[::1]
execute: Any = None  # in `replay` and `descend`: the machine, once it is made
EXECUTE = (RUNS, PLACES, NUMBERS, uint64, int64, TABLE, int64, NUMBERS)


def compiled(function: Any) -> Any:
    """numba's version of a plain Python function, and of the plain functions that it calls by name."""
    if not isinstance(function, FunctionType):
        return function  # of the math or operator module: numba has its own
    names = function.__code__.co_names
    helpers = {name: compiled(function.__globals__[name]) for name in names if name in function.__globals__}
    twin = FunctionType(function.__code__, function.__globals__ | helpers, function.__name__)
    return numba.njit(twin, error_model="numpy")


def cached(function: Callable[..., Any], signature: Any, source: str, **names: Any) -> Any:
    """`function` compiled by numba with these names in its globals, and kept on disk.

    numba keeps its work beside the file that a function comes from, and makes it anew when that file has changed: the
    function is said to come from the table, and its name carries a digest of its source. The pass that finds four
    operations for one vector instruction is switched on meanwhile (numba leaves it off).
    """
    digest = hashlib.sha256(source.encode() + function.__code__.co_code).hexdigest()[:12]
    name = f"{function.__name__}_{digest}"
    code = function.__code__.replace(co_filename=primitives.__file__, co_name=name, co_qualname=name)
    twin = FunctionType(code, function.__globals__ | names | {"__name__": __name__}, name)
    config: Any = numba.config
    before, config.SLP_VECTORIZE = config.SLP_VECTORIZE, 1
    try:
        return numba.njit(signature, error_model="numpy", cache=True)(twin)
    finally:
        config.SLP_VECTORIZE = before


def machine_source() -> str:
    """The machine as a Python function: a loop over runs of instructions, and a branch for each kernel."""
    lines = [
        "def execute(runs, code, matrix, lanes, active, out, start, totals):",
        "    for run in range(runs.shape[0]):",
        "        kernel, first, last = runs[run, 0], runs[run, 1], runs[run, 2]",
    ]
    for number, kernel in enumerate(KERNELS):
        lines.append(f"        {'if' if number == 0 else 'elif'} kernel == {number}:")
        lines.append("            while first < last:")
        lines.append(
            "                d, a, b, c = code[first], code[first + ONE], code[first + TWO], code[first + THREE]"
        )
        lines += [f"                {line}" for line in branch(kernel)]
        lines.append("                first += FOUR")
    return "\n".join(lines)


def branch(kernel: Any) -> Iterator[str]:
    """What the machine does for one kernel. Indices are unsigned: numba then need not ask whether they are negative."""
    if kernel == "store":
        yield "for lane in range(active):"
        yield "    out[d, start + lane] = matrix[a + uint64(lane)]"
    elif kernel in SUMS:
        number = "matrix[a + {k}]" if kernel == "accumulate" else expression(kernel[0], MATRIX)
        yield "if lanes == uint64(active):"
        yield from (f"    {line}" for line in blockwise("totals[d + {k}] + " + number, "totals"))
        yield "else:"
        yield "    for lane in range(active):"
        yield f"        totals[d + uint64(lane)] += {number.format(k='uint64(lane)')}"
    elif isinstance(kernel, Primitive) and kernel.ulps:
        operands = ", ".join(f"matrix[{letter} + uint64(lane)]" for letter in "abc"[: kernel.arity])
        yield "for lane in range(active):"
        yield f"    matrix[d + uint64(lane)] = {kernel.name}({operands})"
    else:
        yield from blockwise(expression(kernel, MATRIX), "matrix")


MATRIX = ["matrix[a + {k}]", "matrix[b + {k}]", "matrix[c + {k}]"]


def blockwise(result: str, target: str) -> Iterator[str]:
    """A block of lanes after another: {k} in the expression `result` stands for the lane."""
    yield "lane = uint64(0)"
    yield "while lane < lanes:"
    lanes = [f"lane + uint64({k})" for k in range(BLOCK)]
    yield f"    {', '.join(f'z{k}' for k in range(BLOCK))} = " + ", ".join(result.format(k=lane) for lane in lanes)
    for k, lane in enumerate(lanes):
        yield f"    {target}[d + {lane}] = z{k}"
    yield "    lane += BLOCK"


def expression(kernel: Any, operands: Sequence[str]) -> str:
    """The kernel on these operands: a row, or one row on the result of another."""
    if isinstance(kernel, Primitive):
        return f"{kernel.name}({', '.join(operands[: kernel.arity])})"
    first, second, position = kernel
    a, b, c = operands
    inner = f"{first.name}({a}, {b})"
    return f"{second.name}({inner}, {c})" if position == 0 else f"{second.name}({c}, {inner})"


@cache
def machine() -> tuple[Any, Any, Any]:
    """The machine and its two drivers, `replay` and `descend`, compiled or read from disk."""
    source = machine_source()
    rows = {row.name: compiled(row.forward) for row in KERNELS if isinstance(row, Primitive)}
    namespace: dict[str, Any] = {}
    exec(source, namespace)
    numbers = {"ONE": 1, "TWO": 2, "THREE": 3, "FOUR": 4, "BLOCK": BLOCK}
    unsigned = {name: np.uint64(number) for name, number in numbers.items()}
    execute = cached(namespace["execute"], EXECUTE, source, **rows, **unsigned, uint64=uint64)
    helpers = {function.__name__: compiled(function) for function in (spread, sum_of_lanes)}
    names = {"execute": execute, **helpers}
    return execute, cached(replay, REPLAY, source, **names), cached(descend, DESCEND, source, **names)


def offsets(code: Code, lanes: int) -> Code:
    """The code with rows turned into places in a matrix of so many lanes; a stored result keeps its index."""
    places = code.instructions * np.uint64(lanes)
    for kernel, first, last in code.runs.tolist():
        if KERNELS[kernel] == "store":
            places[first:last, 0] = code.instructions[first:last, 0]
    return Code(code.runs * np.array([1, FIELDS, FIELDS], dtype=np.uint64), places.reshape(-1))


def sum_of_lanes(totals: Any, at: Any, lanes: Any) -> Any:
    """The sum over all lanes of a row, by blocks; the row is 0.0 then."""
    total, end = 0.0, at + lanes
    while at < end:
        total += (totals[at] + totals[at + uint64(1)]) + (totals[at + uint64(2)] + totals[at + uint64(3)])
        totals[at] = totals[at + uint64(1)] = totals[at + uint64(2)] = totals[at + uint64(3)] = 0.0
        at += uint64(4)
    return total


def spread(matrix: Any, places: Any, lanes: Any) -> None:
    """What the first lane holds, in all lanes. (Where all samples share a number, only the first lane counts.)"""
    for place in places:
        number, end = matrix[place], place + lanes
        while place < end:
            matrix[place] = matrix[place + uint64(1)] = matrix[place + uint64(2)] = matrix[place + uint64(3)] = number
            place += uint64(4)


def replay(
    once_runs: Any, once: Any, each_runs: Any, each: Any, shared: Any, matrix: Any, lanes: Any, columns: Any,
    column_places: Any, out: Any, totals: Any,
) -> None:  # fmt: skip
    """Run a program on all samples, chunk by chunk; the results of each go to `out`."""
    samples, most = out.shape[1], int64(lanes)
    execute(once_runs, once, matrix, uint64(4), 1, out, 0, totals)
    spread(matrix, shared, lanes)
    for start in range(0, samples, most):
        active = min(most, samples - start)
        for column in range(columns.shape[0]):
            for lane in range(active):
                matrix[column_places[column] + uint64(lane)] = columns[column, start + lane]
        execute(each_runs, each, matrix, lanes, active, out, start, totals)


def descend(
    once_runs: Any, once: Any, each_runs: Any, each: Any, update_runs: Any, update: Any,
    shared: Any, column_places: Any, fresh_places: Any, uniform: Any, slope_places: Any, state_places: Any,
    new: Any, handed_on: Any, count_places: Any, rate_place: Any, matrix: Any, lanes: Any, totals: Any, columns: Any,
    fresh: Any, order: Any, batch: Any, rates: Any, losses: Any, slopes: Any, previous: Any, out: Any, begin: Any,
) -> Any:  # fmt: skip
    """Epochs of training: for each batch the mean of loss and gradients over its samples, then the update.

    Returns (epochs done, the first sample of the batch at which it stopped); it stops before the update where the loss
    is not finite or a guard is broken.
    """
    (epochs, samples), most = order.shape, int64(lanes)
    for epoch in range(epochs):
        matrix[rate_place] = rates[epoch]
        total = 0.0
        for first in range(begin if epoch == 0 else 0, samples, batch):
            size = min(batch, samples - first)
            execute(once_runs, once, matrix, uint64(4), 1, out, 0, totals)
            spread(matrix, shared, lanes)
            for start in range(first, first + size, most):
                active = min(most, first + size - start)
                for lane in range(active):
                    sample = order[epoch, start + lane]
                    for column in range(columns.shape[0]):
                        matrix[column_places[column] + uint64(lane)] = columns[column, sample]
                for column in range(fresh.shape[1]):
                    for lane in range(active):
                        matrix[fresh_places[column] + uint64(lane)] = fresh[epoch, column, start + lane]
                execute(each_runs, each, matrix, lanes, active, out, start, totals)
            for i in range(uniform.shape[0]):
                totals[uniform[i, 0]] = matrix[uniform[i, 1]] * size
            loss, broken = 0.0, 0.0
            for lane in range(most):
                loss += totals[lane]
                broken += totals[most + lane]
            if not np.isfinite(loss) or broken != 0.0:
                losses[epoch] = total
                return epoch, first
            total += loss
            totals[: int64(2) * most] = 0.0
            share, at = 1.0 / size, uint64(2) * lanes
            for i in range(slope_places.shape[0]):
                slopes[epoch, i] = matrix[slope_places[i]] = sum_of_lanes(totals, at, lanes) * share
                at += lanes
            for i in range(previous.shape[0]):
                previous[i] = matrix[state_places[i]]
            for place in count_places:
                matrix[place] += 1.0
            execute(update_runs, update, matrix, uint64(4), 1, out, 0, totals)
            for i in range(new.shape[0]):
                matrix[new[i, 0]] = matrix[new[i, 1]]
            for i in range(handed_on.shape[0]):
                matrix[handed_on[i, 0]] = previous[handed_on[i, 1]]
        losses[epoch] = total / samples
    return epochs, 0


REPLAY = (RUNS, PLACES, RUNS, PLACES, PLACES, NUMBERS, uint64, TABLE, PLACES, TABLE, NUMBERS)
DESCEND = (
    RUNS, PLACES, RUNS, PLACES, RUNS, PLACES,
    PLACES, PLACES, PLACES, RUNS, PLACES, PLACES,
    RUNS, RUNS, PLACES, uint64, NUMBERS, uint64, NUMBERS, TABLE,
    float64[:, :, ::1], int64[:, ::1], int64, NUMBERS, NUMBERS, TABLE, NUMBERS, TABLE, int64,
)  # fmt: skip


class Machine:
    """Runs a tape whose inputs marked in `varying` have a number for each sample."""

    def __init__(self, tape: Any, varying: Sequence[bool]) -> None:
        self.program = assemble(tape, varying)
        self.results, self.constants = len(tape.results), tape.constants
        self.columns = self.program.inputs[np.array(varying, dtype=bool)]
        self.numbers = self.program.inputs[~np.array(varying, dtype=bool)]
        self.prepared: dict[int, Any] = {}  # by the number of lanes: the matrix, and the code with places in it

    def run(self, numbers: Sequence[float], columns: Sequence[np.ndarray], samples: int) -> np.ndarray:
        """All results, of shape (results, samples), from the inputs that do not vary and those that do."""
        lanes = lanes_for(self.program.rows, samples)
        if lanes not in self.prepared:
            self.prepared[lanes] = prepare(self.program, self.constants, lanes)
        matrix, code = self.prepared[lanes]
        matrix[self.numbers] = np.array(numbers).reshape(-1, 1)
        out = np.empty((self.results, samples))
        table = np.ascontiguousarray(columns, dtype=float).reshape(len(columns), samples)
        _, replay, _ = machine()
        shared, places = ((rows * lanes).astype(np.uint64) for rows in (self.program.shared, self.columns))
        replay(*code, shared, matrix.reshape(-1), np.uint64(lanes), table, places, out, np.zeros(1))
        for result, row in self.program.uniform:
            out[result] = matrix[row, 0]
        return out


def prepare(program: Program, constants: np.ndarray, lanes: int) -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
    """A matrix of so many lanes with the constants in it, and the program's code for it."""
    matrix = np.zeros((program.rows, lanes))
    matrix[program.constants] = constants[:, None]
    return matrix, (*offsets(program.once, lanes), *offsets(program.each, lanes))


def lanes_for(rows: int, samples: int = MOST_LANES) -> int:
    """How many samples the machine takes at a time: as many as keep the matrix in the cache, at least a block."""
    most = min(MOST_LANES, WORKING_SET // max(1, rows), -(-samples // BLOCK) * BLOCK)
    return max(BLOCK, most // BLOCK * BLOCK)
