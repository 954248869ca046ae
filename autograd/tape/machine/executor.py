"""The executor of numba: a small machine, which works through a program's instructions on several samples at a time.

Python writes the machine's code from the table. It has one branch for each row, which calls the row's own `forward`,
and one for each pair of rows that is one instruction. numba compiles it once, for all tapes, and keeps it on disk.

A row of the matrix holds one number for each lane. A lane is one sample of a chunk. Arithmetic works on blocks of four
lanes: all four are loaded before any is stored, so the compiler makes vector instructions of them. A function of the
library is called for the lanes in use only.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from threading import Lock
from types import FunctionType
from typing import Any

import numba
import numpy as np
from numba import int64, uint64

from autograd.primitive import Primitive
from autograd.tape.machine import loops
from autograd.tape.machine.assemble import KERNELS, LONG, LONGEST, SHARED, SUMS, Code, Program, assemble, is_result
from autograd.tape.machine.digest import digest
from autograd.tape.machine.loops import (
    DESCEND,
    NUMBERS,
    PLACES,
    REPLAY,
    RUNS,
    TABLE,
    blocks_of,
    descend,
    fill,
    replay,
    spread,
)  # fmt: skip
from autograd.waiting import tell, told_if_slow

BLOCK = 4
MOST_LANES = 64
WORKING_SET = 32_000  # numbers, 256 KB: what stays in the second cache of a processor

MOST_COPIED = 4_000_000  # numbers, 32 MB

FIELDS = 1 + LONGEST  # of an instruction

EXECUTE = (RUNS, PLACES, NUMBERS, uint64, int64, TABLE, int64, NUMBERS)


def compiled(function: Any) -> Any:
    """numba's version of a plain Python function, and of the plain functions that it calls by name."""
    if not isinstance(function, FunctionType):
        return function  # of the math or operator module: numba has its own
    names = function.__code__.co_names
    helpers = {name: compiled(function.__globals__[name]) for name in names if name in function.__globals__}
    twin = FunctionType(function.__code__, function.__globals__ | helpers, function.__name__)
    return numba.njit(twin, error_model="numpy")


def cached(function: Callable[..., Any], signature: Any, key: str, **names: Any) -> Any:
    """`function` compiled by numba with these names in its globals, and kept on disk.

    numba finds its work by the function's file and name. The name carries `key`, a digest of the code of all that the
    machine is made of, so a changed row never runs yesterday's code. Where numba finds no folder that it may write to,
    it compiles and keeps nothing. The pass that finds four operations for one vector instruction is switched on
    meanwhile (numba leaves it off).
    """
    name = f"{function.__name__}_{key}"
    code = function.__code__.replace(co_filename=loops.__file__, co_name=name, co_qualname=name)
    twin = FunctionType(code, function.__globals__ | names | {"__name__": __name__}, name)
    config: Any = numba.config
    before, config.SLP_VECTORIZE = config.SLP_VECTORIZE, 1
    try:
        try:
            return numba.njit(signature, error_model="numpy", cache=True)(twin)
        except RuntimeError as error:
            if "no locator available" not in str(error):
                raise
            if function is replay:  # once, not for each part of the machine
                tell("numba may write to no folder, so each process compiles the machine anew: set NUMBA_CACHE_DIR")
            return numba.njit(signature, error_model="numpy")(twin)
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
        if kernel in LONG:
            lines += [f"            {line}" for line in chain(kernel)]
            continue
        lines.append("            while first < last:")
        lines.append(
            "                d, a, b, c = code[first], code[first + ONE], code[first + TWO], code[first + THREE]"
        )
        lines += [f"                {line}" for line in branch(kernel)]
        lines.append("                first += FOUR")
    return "\n".join(lines)


def branch(kernel: Any) -> Iterator[str]:
    """The lines of the branch for one kernel. Indices are unsigned: numba need not ask whether they are negative."""
    if kernel == "store":
        yield "for lane in range(active):"
        yield "    out[d, start + lane] = matrix[a + uint64(lane)]"
    elif kernel in SUMS:
        number = "matrix[a + {k}]" if kernel == "accumulate" else expression(kernel[0], MATRIX)
        yield "if active == 4:"
        yield "    z0, z1, z2, z3 = " + ", ".join(number.format(k=f"uint64({k})") for k in range(BLOCK))
        yield "else:"
        yield "    z0 = z1 = z2 = z3 = 0.0"
        yield "    lane = uint64(0)"
        for blocks in (4, 1):
            yield f"    while lane + uint64({blocks * BLOCK}) <= uint64(active):"
            for k in range(BLOCK):
                terms = [number.format(k=f"lane + uint64({k + BLOCK * block})") for block in range(blocks)]
                yield f"        z{k} += " + " + ".join(terms)
            yield f"        lane += uint64({blocks * BLOCK})"
        yield "    while lane < uint64(active):"
        yield "        z0 += " + number.format(k="lane")
        yield "        lane += ONE"
        yield "totals[d] += (z0 + z1) + (z2 + z3)"
    elif isinstance(kernel, Primitive) and not kernel.exact:
        operands = ", ".join(f"matrix[{letter} + uint64(lane)]" for letter in "abc"[: kernel.arity])
        yield "for lane in range(active):"
        yield f"    matrix[d + uint64(lane)] = {kernel.name}({operands})"
    else:
        yield from blockwise(expression(kernel, MATRIX))


def chain(kernel: Any) -> Iterator[str]:
    """A sum of many terms: for some blocks of lanes at a time, term after term is added to what the processor holds."""
    _, first, second = kernel
    shared = kernel in SHARED.values()
    yield "d, c = code[first], code[first + THREE]"
    yield "lane = uint64(0)"
    for blocks in (4, 1):
        places = [f"lane + uint64({k})" for k in range(blocks * BLOCK)]
        yield f"while lane + uint64({blocks * BLOCK}) <= lanes:"
        yield f"    {', '.join(f'z{k}' for k in range(len(places)))} = " + ", ".join(f"matrix[c + {p}]" for p in places)
        yield "    term = first"
        yield "    while term < last:"
        yield "        a, b = code[term + ONE], code[term + TWO]"
        if shared:
            yield "        number = matrix[a]"
        for k, place in enumerate(places):
            left = "number" if shared else f"matrix[a + {place}]"
            yield f"        z{k} = {second.name}(z{k}, {first.name}({left}, matrix[b + {place}]))"
        yield "        term += FOUR"
        for k, place in enumerate(places):
            yield f"    matrix[d + {place}] = z{k}"
        yield f"    lane += uint64({blocks * BLOCK})"


MATRIX = ["matrix[a + {k}]", "matrix[b + {k}]", "matrix[c + {k}]"]


def blockwise(result: str) -> Iterator[str]:
    """A block of lanes after another: {k} in the expression `result` stands for the lane."""
    yield "lane = uint64(0)"
    yield "while lane < lanes:"
    lanes = [f"lane + uint64({k})" for k in range(BLOCK)]
    yield f"    {', '.join(f'z{k}' for k in range(BLOCK))} = " + ", ".join(result.format(k=lane) for lane in lanes)
    for k, lane in enumerate(lanes):
        yield f"    matrix[d + {lane}] = z{k}"
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
@told_if_slow("numba compiles the machine for tapes, 10 to 40 s; this happens once, the code is kept on disk")
def machine() -> tuple[Any, Any, Any]:
    """The machine and its two loops, `replay` and `descend`, compiled or read from disk."""
    namespace: dict[str, Any] = {}
    exec(machine_source(), namespace)
    forwards = {row.name: row.forward for row in KERNELS if isinstance(row, Primitive)}
    key = digest([namespace["execute"], *forwards.values(), blocks_of, fill, spread, replay, descend])
    rows = {name: compiled(forward) for name, forward in forwards.items()}
    numbers = {"ONE": 1, "TWO": 2, "THREE": 3, "FOUR": 4, "BLOCK": BLOCK}
    unsigned = {name: np.uint64(number) for name, number in numbers.items()}
    execute = cached(namespace["execute"], EXECUTE, key, **rows, **unsigned, uint64=uint64)
    helpers = {function.__name__: compiled(function) for function in (blocks_of, fill, spread)}
    names = {"execute": execute, **helpers}
    return execute, cached(replay, REPLAY, key, **names), cached(descend, DESCEND, key, **names)


def offsets(code: Code, lanes: int) -> Code:
    """The code with rows turned into places in a matrix of so many lanes; a result keeps its index."""
    places = code.instructions * np.uint64(lanes)
    for kernel, first, last in code.runs.tolist():
        if is_result(KERNELS[kernel]):
            places[first:last, 0] = code.instructions[first:last, 0]
    return Code(code.runs * np.array([1, FIELDS, FIELDS], dtype=np.uint64), places.reshape(-1))


class Machine:
    """Runs a tape whose inputs marked in `varying` have a number for each sample."""

    def __init__(self, tape: Any, varying: Sequence[bool]) -> None:
        self.program = assemble(tape, varying)
        self.results, self.constants = len(tape.results), tape.constants
        self.columns = self.program.inputs[np.array(varying, dtype=bool)]
        self.numbers = self.program.inputs[~np.array(varying, dtype=bool)]
        self.prepared: dict[int, Any] = {}  # by the number of lanes: the matrix, and the code with places in it
        self.lock = Lock()  # threads may share a tape, but not the matrix

    def run(self, numbers: Sequence[float], columns: Sequence[np.ndarray], samples: int) -> np.ndarray:
        """All results, of shape (results, samples), from the inputs that do not vary and those that do."""
        with self.lock:
            return self.replay(numbers, columns, samples)

    def replay(self, numbers: Sequence[float], columns: Sequence[np.ndarray], samples: int) -> np.ndarray:
        """The same, by one thread at a time."""
        lanes = lanes_for(self.program.rows, samples)
        if lanes not in self.prepared:
            self.prepared[lanes] = prepare(self.program, self.constants, lanes)
        matrix, code = self.prepared[lanes]
        matrix[self.numbers] = np.array(numbers).reshape(-1, 1)
        _, run, _ = machine()
        shared, places = ((rows * lanes).astype(np.uint64) for rows in (self.program.shared, self.columns))
        out = np.empty((self.results, samples))
        most = max(lanes, MOST_COPIED // (len(columns) + self.results))
        for start in range(0, samples, most):  # inputs and results of a part lie side by side, at most 32 MB of them
            part = slice(start, min(start + most, samples))
            table = np.ascontiguousarray([column[part] for column in columns], dtype=float)
            here = out if samples <= most else np.empty((self.results, part.stop - start))
            run(
                *code, shared, matrix.reshape(-1), np.uint64(lanes), table.reshape(len(columns), part.stop - start),
                places, here, np.zeros(1),
            )  # fmt: skip
            if samples > most:
                out[:, part] = here
        for result, row in self.program.uniform:
            out[result] = matrix[row, 0]
        return out


def prepare(program: Program, constants: np.ndarray, lanes: int) -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
    """A matrix of so many lanes with the constants in it, and the program's code for it."""
    matrix = np.zeros((program.rows, lanes))
    matrix[program.constants] = constants[:, None]
    return matrix, (*offsets(program.once, lanes), *offsets(program.each, lanes))


def lanes_for(rows: int, samples: int = MOST_LANES) -> int:
    """The number of samples taken at a time: as many as keep the matrix in the cache, at least a block."""
    most = min(MOST_LANES, WORKING_SET // max(1, rows), -(-samples // BLOCK) * BLOCK)
    step = 4 * BLOCK if most >= 4 * BLOCK else BLOCK  # chains take four blocks at a time
    return max(BLOCK, most // step * step)
