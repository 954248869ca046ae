"""From a tape to code for the machine: fewer instructions, in less memory.

- Instructions that do not depend on a sample are code of their own, which runs once for a batch.
- A product that feeds one sum only becomes one instruction with it: `a * b + c`, rounded twice, as before. A sum of
  many such products is one instruction too.
- A row of the matrix is used again as soon as its number is not needed any more, so the work stays in the cache. A
  result never takes the row of its own operand, so several lanes may be computed at once.
- Instructions of one kernel stand together, so the machine need not choose a branch for each of them.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd.primitive import Primitive
from autograd.primitives import TABLE, add, mul, sub

ARITHMETIC = (add, sub, mul)
# One instruction for two: the first one's result is the operand at `position` of the second one.
FUSED = [(first, second, position) for first in ARITHMETIC for second in ARITHMETIC for position in (0, 1)]
# A sum of such pairs is one instruction of any length, whose partial sums stay in the processor.
CHAINS = {(first, add, 1): ("chain", first, add) for first in ARITHMETIC}
# The same where one factor of each product is shared by all samples, as a weight is: it is read once for all lanes.
SHARED = {("chain", mul, add): ("chain of shared", mul, add)}
LONG = [*CHAINS.values(), *SHARED.values()]
# A result is stored for each sample, or added up over the samples. Arithmetic whose result is only added up is one
# instruction with the addition.
SUMS = ["accumulate", *((op, "accumulate") for op in ARITHMETIC)]
KERNELS: list[Any] = [
    *(row for row in TABLE.values() if row.arity is not None),
    *FUSED,
    *LONG,
    "store",
    *SUMS,
]
NUMBER = {kernel: i for i, kernel in enumerate(KERNELS)}
LONGEST = 3  # operands
WINDOW = 4000  # instructions

Instruction = tuple[Any, int, tuple[int, ...]]  # kernel, destination, operands: slots of the tape


class Code(NamedTuple):
    """Instructions in runs of one kernel.

    runs          rows of (kernel, first instruction, one after the last)
    instructions  rows of (destination, a, b, c): rows of the matrix; the destination of a result is its index
    """

    runs: np.ndarray
    instructions: np.ndarray


class Program(NamedTuple):
    """Code for the machine, and where its numbers lie: rows of one matrix, a lane for each sample.

    once       the code that runs once for a batch, on what all samples share
    each       the code that runs for every chunk of samples
    shared     rows that `each` reads and all lanes must have
    inputs     for each input its row
    constants  rows of the constants
    uniform    for each result that all samples share: (its index, its row), shape (such results, 2)
    rows       how many rows the matrix has
    """

    once: Code
    each: Code
    shared: np.ndarray
    inputs: np.ndarray
    constants: np.ndarray
    uniform: np.ndarray
    rows: int


def assemble(
    tape: Any, varying: Sequence[bool], summed: int = 0, rows_of_inputs: Sequence[int] = (), first_row: int = 0
) -> Program:
    """The program for a tape whose inputs marked in `varying` have a number for each sample.

    Of the first `summed` results the sum over all samples is accumulated, of the others every number is stored. A
    program that goes on where another one ends shares its rows: the first inputs lie in `rows_of_inputs`, and rows from
    `first_row` on are free.
    """
    varies = tape.varies(varying)
    results = tape.results.tolist()
    once: list[Instruction] = []
    each: list[Instruction] = []
    for kernel, slot, operands in fused(tape, varies):
        (each if varies[slot] else once).append((kernel, slot, operands))
    # In training a stored result is stored for each sample, even if all samples share it.
    uniform = [(i, slot) for i, slot in enumerate(results) if not varies[slot] and (i < summed or not summed)]
    wanted: dict[int, list[int]] = {}
    for i, slot in enumerate(results):
        if varies[slot] or (summed and i >= summed):
            wanted.setdefault(slot, []).append(i)
    given = [slot for slot in wanted if slot < tape.inputs + len(tape.constants) or not varies[slot]]
    each = in_runs(with_results(each, given, wanted, summed))
    once = in_runs(once)
    # Numbers that all samples share keep their rows: inputs, constants, the results of `once`.
    constants = range(tape.inputs, tape.inputs + len(tape.constants))
    fixed = [slot for slot in range(tape.inputs + len(tape.constants)) if not varies[slot]]
    fixed += [slot for _, slot, _ in once]
    row = dict(enumerate(rows_of_inputs))
    row.update((slot, first_row + i) for i, slot in enumerate(slot for slot in fixed if slot not in row))
    shared = {o for _, _, operands in each for o in operands if not varies[o]}
    first_free = first_row + len(row) - len(rows_of_inputs)
    rows = share_rows(each, [slot for slot in range(tape.inputs) if varies[slot]], row, first_free)
    return Program(
        once=encode(once, row),
        each=encode(each, row),
        shared=np.array(sorted(row[slot] for slot in shared), dtype=np.int64),
        inputs=np.array([row[slot] for slot in range(tape.inputs)], dtype=np.int64),
        constants=np.array([row[slot] for slot in constants], dtype=np.int64),
        uniform=np.array([(i, row[slot]) for i, slot in uniform], dtype=np.int64).reshape(-1, 2),
        rows=rows,
    )


def fused(tape: Any, varies: list[bool]) -> list[Instruction]:
    """The tape's instructions, two for one where the first one's result feeds the second one only."""
    code = tape.code()
    uses = Counter(operand for _, _, operands in code for operand in operands)
    uses.update(tape.results.tolist())
    waiting: dict[int, tuple[Primitive, list[int]]] = {}  # arithmetic that its one user may take in
    instructions: list[Instruction | None] = []
    index: dict[int, int] = {}
    for slot, op, operands in code:
        kernel: Any = op
        if op in ARITHMETIC:
            for position in (1, 0):  # the right operand first: in a + b * c + d * e the products are to the right
                inner = operands[position]
                if inner in waiting and varies[inner] == varies[slot]:
                    first, taken = waiting.pop(inner)
                    kernel = first, op, position
                    operands = [*taken, operands[1 - position]]
                    instructions[index[inner]] = None
                    break
            else:
                if uses[slot] == 1:
                    waiting[slot] = op, operands
        index[slot] = len(instructions)
        instructions.append((kernel, slot, tuple(operands)))
    return chained([instruction for instruction in instructions if instruction is not None], uses, varies)


def chained(code: Sequence[Instruction], uses: Counter[int], varies: list[bool]) -> list[Instruction]:
    """The code, where a + b * c + d * e + … is one instruction; its operands are (b, c, a), then (d, e), and so on."""
    kept: list[Instruction | None] = []
    ends: dict[int, int] = {}  # where the chain stands that ends in a slot
    for kernel, slot, operands in code:
        if kernel in CHAINS:
            chain = CHAINS[kernel]
            before = ends.get(operands[2])
            if before is not None and uses[operands[2]] == 1 and kept[before][0] == chain:  # type: ignore[index]
                longer: Any = kept[before][2]  # type: ignore[index]  # a list, which grows in place
                longer += operands[:2]
                operands = longer
                kept[before] = None
            else:
                operands = list(operands)  # type: ignore[assignment]
            ends[slot] = len(kept)
            kernel = chain
        kept.append((kernel, slot, operands))
    return [
        with_shared_first((kernel, slot, tuple(operands)), varies)
        for kernel, slot, operands in (instruction for instruction in kept if instruction is not None)
    ]


def with_shared_first(instruction: Instruction, varies: list[bool]) -> Instruction:
    """A chain of products, each of something that varies and something shared, with the shared factors first."""
    kernel, slot, operands = instruction
    if kernel not in SHARED or not varies[slot]:
        return instruction
    b, c, a, *others = operands
    pairs = [sorted(pair, key=lambda o: varies[o]) for pair in [(b, c), *zip(others[::2], others[1::2], strict=True)]]
    if any([varies[o] for o in pair] != [False, True] for pair in pairs):
        return instruction
    first, *rest = pairs
    return SHARED[kernel], slot, (*first, a, *(o for pair in rest for o in pair))


def with_results(
    code: Sequence[Instruction], given: Sequence[int], wanted: dict[int, list[int]], summed: int
) -> list[Instruction]:
    """The code, where each result is stored or accumulated as soon as it is there; `given` ones are from the start."""
    used = {operand for _, _, operands in code for operand in operands}
    complete: list[Instruction] = []
    for kernel, slot, operands in [*(("", slot, ()) for slot in given), *code]:
        results = wanted.get(slot, [])
        if kernel in ARITHMETIC and len(results) == 1 and results[0] < summed and slot not in used:
            complete.append(((kernel, "accumulate"), results[0], operands))
            continue
        if kernel:
            complete.append((kernel, slot, operands))
        complete += [("accumulate", i, (slot,)) if i < summed else ("store", i - summed, (slot,)) for i in results]
    return complete


def is_result(kernel: Any) -> bool:
    """Whether the kernel's destination is a result, not a row."""
    return kernel == "store" or kernel in SUMS


def share_rows(code: Sequence[Instruction], inputs: Sequence[int], row: dict[int, int], rows: int) -> int:
    """Give each slot of the code a row that is free by then, from `rows` on; returns how many rows there are in all."""
    last_use = {operand: i for i, (_, _, operands) in enumerate(code) for operand in operands}
    free: list[int] = []
    fixed = set(row)

    def take(slot: int) -> None:
        nonlocal rows
        if free:
            row[slot] = free.pop()
        else:
            row[slot] = rows
            rows += 1

    for slot in inputs:  # they are filled in before the code runs
        take(slot)
    for i, (kernel, slot, operands) in enumerate(code):
        if not is_result(kernel):
            take(slot)
        free += [row[o] for o in dict.fromkeys(operands) if last_use[o] == i and o not in fixed]
    return rows


def in_runs(code: Sequence[Instruction]) -> list[Instruction]:
    """The same code, with instructions of one kernel one after the other as far as their order allows.

    They are moved within a window only, so that numbers are used soon after they are made.
    """
    ordered: list[Instruction] = []
    for start in range(0, len(code), WINDOW):
        window = code[start : start + WINDOW]
        maker = {slot: i for i, (kernel, slot, _) in enumerate(window) if not is_result(kernel)}
        missing = [len({maker[o] for o in operands if o in maker}) for _, _, operands in window]
        users: dict[int, list[int]] = {}
        for i, (_, _, operands) in enumerate(window):
            for producer in {maker[o] for o in operands if o in maker}:
                users.setdefault(producer, []).append(i)
        ready: dict[Any, list[int]] = {}
        for i, (kernel, _, _) in enumerate(window):
            if not missing[i]:
                ready.setdefault(kernel, []).append(i)
        while ready:
            kernel = max(ready, key=lambda kernel: len(ready[kernel]))
            run = ready.pop(kernel)
            for i in run:  # grows while it is worked through
                ordered.append(window[i])
                for user in users.get(i, ()):
                    missing[user] -= 1
                    if not missing[user]:
                        (run if window[user][0] == kernel else ready.setdefault(window[user][0], [])).append(user)
    return ordered


def encode(code: Sequence[Instruction], row: dict[int, int]) -> Code:
    """Instructions as numbers."""
    numbers: list[list[int]] = []
    runs: list[list[int]] = []
    for kernel, slot, operands in code:
        rows = [row[operand] for operand in operands]
        if not runs or runs[-1][0] != NUMBER[kernel] or kernel in LONG:
            runs.append([NUMBER[kernel], len(numbers), 0])
        numbers.append([slot if is_result(kernel) else row[slot], *rows[:LONGEST]])
        numbers += [[0, *rows[i : i + 2]] for i in range(LONGEST, len(rows), 2)]  # the further pairs of a chain
        runs[-1][2] = len(numbers)
    table = np.zeros((len(numbers), 1 + LONGEST), dtype=np.uint64)
    for i, fields in enumerate(numbers):
        table[i, : len(fields)] = fields
    return Code(np.array(runs, dtype=np.uint64).reshape(-1, 3), table)
