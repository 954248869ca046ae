"""From a tape to instructions for the machine, and the memory that they work in.

What all samples share lies in the first part of the memory, numbers of one kind side by side: one instruction computes
all of a group, as NumPy's executor does (see vectorised.py). What each sample has of its own lies in rows behind it, a
lane for each sample; there an instruction is one operation on all lanes.

- Additions of products, `a + b * c + d * e`, are one instruction, whose partial sums stay in the processor.
- A row is used again as soon as its number is not needed any more, so the work stays in the cache.
- Instructions of one kernel stand together, so that the processor foresees what comes next.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from heapq import heappop, heappush
from typing import Any, NamedTuple

import numpy as np

from autograd.primitive import Primitive
from autograd.primitives import add, mul
from autograd.tape.vectorised import grouped, in_good_order

WIDEST = 16  # numbers: whole vectors are written, so what is written begins and ends at multiples
WINDOW = 4000  # instructions
ACTIVE, ALL = 0, -1  # in place of a length: the lanes in use, all lanes
WORDS = 4  # of an instruction in memory


def up(count: int) -> int:
    """Rounded up to whole vectors."""
    return -(-count // WIDEST) * WIDEST


class Instruction(NamedTuple):
    """`kernel` on so many numbers: from places `operands` to `to`. A place below 0 is a row, -1 the first one."""

    kernel: Any
    length: int
    to: int
    operands: tuple[int, ...]


class Assembler:
    """Hands out the shared part of the memory, and writes instructions.

    size     numbers in the shared part
    initial  what stands in the memory from the start: (place, numbers)
    index    places, for the instructions that gather numbers from here and there
    """

    def __init__(self) -> None:
        self.size = 0
        self.initial: list[tuple[int, Any]] = []
        self.index: list[int] = []

    def take(self, count: int, numbers: Any = ()) -> range:
        """Places side by side, with numbers in them."""
        start = self.size
        self.size += up(count)
        if len(numbers):
            self.initial.append((start, numbers))
        return range(start, start + count)

    def noted(self, places: Iterable[int]) -> int:
        """Write places into the index; returns where it ends then."""
        self.index += places
        return len(self.index)

    def side_by_side(self, places: Sequence[int], code: list[Instruction]) -> int:
        """The place where numbers stand side by side: there already, or after a further instruction."""
        first, count = places[0], len(places)
        if list(places) == list(range(first, first + count)):
            return first
        to = self.take(count)[0]
        if min(places) == max(places):
            code.append(Instruction("spread", count, to, (first,)))
        else:
            code.append(Instruction("gather", count, to, (self.noted(places) - count,)))
        return to

    def shared(
        self, tape: Any, varies: Sequence[bool], place: dict[int, int], wanted: Sequence[int]
    ) -> list[Instruction]:
        """The instructions for all slots that do not vary; `place` has those of inputs, and gets all others."""
        constants = self.take(len(tape.constants), tape.constants)
        place.update((tape.inputs + i, at) for i, at in enumerate(constants))
        code: list[Instruction] = []
        known = tape.executors.get(("numpy", tuple(varies[: tape.inputs])))  # of the trials, for one
        groups = known.groups if known else grouped(tape, list(varies))
        for group in in_good_order([group for group in groups if not group.varies], list(wanted)):
            count, to = len(group.slots), self.take(len(group.slots))
            operands = [[place[slot] for slot in row] for row in group.operands]
            if len(operands) > (group.op.arity or 0):  # a sum of many: term by term, from left to right
                terms = [term for member in zip(*operands, strict=True) for term in member]
                code.append(Instruction("total", count, to[0], (self.noted(terms) - len(terms), len(operands))))
            else:
                sources = [self.side_by_side(row, code) for row in operands]
                code.append(Instruction(group.op, count, to[0], tuple(sources)))
            place.update(zip(group.slots, to, strict=True))
        return code

    def each(
        self, tape: Any, varies: Sequence[bool], place: dict[int, int], results: Sequence["Result"], columns: int
    ) -> tuple[int, list[Instruction], list[Instruction]]:
        """The number of rows; instructions that spread shared numbers over all lanes; those for each chunk of samples.

        The inputs that vary are `columns` columns, then numbers drawn for the samples.
        """
        code = in_runs(with_results(joined(tape, varies, results), results))
        used = [o for kernel, _, operands in code for i, o in enumerate(operands) if not is_factor(kernel, i)]
        spread = dict.fromkeys(o for o in used if not varies[o])
        row = {slot: -1 - i for i, slot in enumerate(spread)}
        spreads = [Instruction("spread", ALL, row[slot], (place[slot],)) for slot in spread]
        inputs = [slot for slot in range(tape.inputs) if varies[slot]]
        rows = share_rows(code, inputs, row)
        kinds = [("column", i) if i < columns else ("fresh", i - columns) for i in range(len(inputs))]
        each = [Instruction(kind, ACTIVE, row[slot], (i,)) for slot, (kind, i) in zip(inputs, kinds, strict=True)]
        for kernel, slot, operands in code:
            places = [place[o] if is_factor(kernel, i) else row[o] for i, o in enumerate(operands)]
            each.append(Instruction(kernel, ACTIVE, slot if kernel in RESULTS else row[slot], tuple(places)))
        return rows, spreads, each


class Result(NamedTuple):
    """A slot whose number is wanted: `store` it in a row of the output, or `accumulate` it over the samples."""

    slot: int
    kernel: str
    to: int


# A sum of products, and one of which all first factors are shared by the samples, as weights are.
CHAINS = CHAIN, SHARED_CHAIN = "chain", "shared chain"
PRODUCT = "accumulate product"
RESULTS = ("store", "accumulate", PRODUCT)
Code = list[tuple[Any, int, Sequence[int]]]  # kernel, slot or result, operands


def is_factor(kernel: Any, position: int) -> bool:
    """Whether the operand is a factor that all lanes share, which is read where it stands."""
    return bool(kernel == SHARED_CHAIN and position % 2)


def needed(tape: Any, varies: Sequence[bool], results: Sequence[Result]) -> list[tuple[int, Primitive, list[int]]]:
    """The instructions for what varies, without those that no result needs."""
    wanted = {result.slot for result in results if varies[result.slot]}
    code: list[tuple[int, Primitive, list[int]]] = []
    if not wanted:
        return code
    for slot, op, operands in reversed(tape.code()):
        if varies[slot] and slot in wanted:
            code.append((slot, op, operands))
            wanted.update(operands)
    return code[::-1]


def joined(tape: Any, varies: Sequence[bool], results: Sequence[Result]) -> dict[int, tuple[Any, Sequence[int]]]:
    """Kernel and operands for each slot that varies; of a chain the first number, then the factors pair by pair."""
    code = needed(tape, varies, results)
    uses = Counter(operand for _, _, operands in code for operand in operands)
    uses.update(result.slot for result in results)
    kept: dict[int, tuple[Any, Any]] = {}
    for slot, op, operands in code:
        kernel: Any = op
        for position in (1, 0) if op is add else ():
            product, other = operands[position], operands[1 - position]
            if uses[product] == 1 and product in kept and kept[product][0] is mul:
                factors = sorted(kept.pop(product)[1], key=varies.__getitem__)
                chain = uses[other] == 1 and other in kept and kept[other][0] == CHAIN
                kernel, operands = CHAIN, (kept.pop(other)[1] if chain else [other])  # it grows in place
                operands += factors
                break
        kept[slot] = kernel, operands
    for slot, (kernel, operands) in kept.items():
        if kernel == CHAIN and not any(varies[o] for o in operands[1::2]):
            kept[slot] = SHARED_CHAIN, operands
    return kept


def with_results(kept: dict[int, tuple[Any, Sequence[int]]], results: Sequence[Result]) -> Code:
    """The code, where each result is stored or accumulated as soon as it is there."""
    used = {operand for _, operands in kept.values() for operand in operands}
    wanted: dict[int, list[Result]] = {}
    for result in results:
        wanted.setdefault(result.slot, []).append(result)
    code: Code = [(r.kernel, r.to, (slot,)) for slot, rs in wanted.items() if slot not in kept for r in rs]
    for slot, (kernel, operands) in kept.items():
        here = wanted.get(slot, [])
        if kernel is mul and slot not in used and [r.kernel for r in here] == ["accumulate"]:
            code.append((PRODUCT, here[0].to, operands))
            continue
        code.append((kernel, slot, operands))
        code += [(result.kernel, result.to, (slot,)) for result in here]
    return code


def share_rows(code: Code, inputs: Sequence[int], row: dict[int, int]) -> int:
    """Give each slot of the code a row that is free by then; returns how many rows there are in all.

    A result never takes the row of its own operand, so several lanes may be computed at once.
    """
    last_use = {operand: i for i, (_, _, operands) in enumerate(code) for operand in operands}
    fixed, rows = set(row), len(row)
    free: list[int] = []
    for slot in inputs:  # they are filled in before the code runs
        rows += 1
        row[slot] = -rows
    for i, (kernel, slot, operands) in enumerate(code):
        if kernel not in RESULTS:
            if not free:
                rows += 1
                free.append(-rows)
            row[slot] = free.pop()
        free += [row[o] for o in dict.fromkeys(operands) if o in row and last_use[o] == i and o not in fixed]
    return rows


def in_runs(code: Code, kind: Callable[[Any], Any] = lambda kernel: kernel) -> Code:
    """The same code, with instructions of one kind one after the other as far as their order allows.

    They are moved within a window only, so that numbers are used soon after they are made.
    """
    ordered: Code = []
    for start in range(0, len(code), WINDOW):
        window = code[start : start + WINDOW]
        kinds = [kind(kernel) for kernel, _, _ in window]
        maker = {slot: i for i, (kernel, slot, _) in enumerate(window) if kernel not in RESULTS}
        makers = [{maker[o] for o in operands if o in maker} for _, _, operands in window]
        missing = [len(each) for each in makers]
        users: dict[int, list[int]] = {}
        ready: dict[Any, list[int]] = {}
        for i in range(len(window)):
            for producer in makers[i]:
                users.setdefault(producer, []).append(i)
            if not missing[i]:
                ready.setdefault(kinds[i], []).append(i)
        while ready:
            now = max(ready, key=lambda kind: len(ready[kind]))
            run = ready.pop(now)
            while run:
                i = heappop(run)
                ordered.append(window[i])
                for user in users.get(i, ()):
                    missing[user] -= 1
                    if not missing[user]:
                        heappush(run if kinds[user] == now else ready.setdefault(kinds[user], []), user)
    return ordered


def encoded(code: Sequence[Instruction], kernels: dict[Any, int]) -> tuple[np.ndarray, np.ndarray]:
    """Runs, rows of (kernel, first instruction, one after the last, length), and instructions, rows of four places.

    `kernels` numbers the kernels, and gets those that are new.
    """
    table: list[tuple[int, ...]] = []
    runs: list[list[int]] = []
    for kernel, length, to, operands in code:
        number = kernels.setdefault(kernel, len(kernels))
        if not runs or runs[-1][::3] != [number, length] or kernel in CHAINS:
            runs.append([number, len(table), 0, length])
        if kernel in CHAINS:
            first, *factors = operands
            table += [(to, a, b, first) for a, b in zip(factors[::2], factors[1::2], strict=True)]
        else:
            table.append((to, *operands, *(0,) * (WORDS - 1 - len(operands))))
        runs[-1][2] = len(table)
    return np.array(runs, dtype=np.int64).reshape(-1, 4), np.array(table, dtype=np.int64).reshape(-1, WORDS)
