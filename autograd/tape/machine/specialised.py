"""Code for one tape only: its instructions one after the other, on a vector of samples at a time, in registers.

It is several times as fast as the machine, and takes some tenths of a second to compile, so it is for long trainings.
A number stays in a register, or where LLVM puts it. Long tapes are cut into parts, each of which runs for many vectors
before the next one begins: a processor keeps about 5000 instructions ready, and runs longer code at half the speed.
What a later part needs is handed on in the memory, in a block for each vector. Parts keep the time to compile in
proportion to the length, too.
"""

from collections.abc import Iterator, Sequence
from functools import cache, reduce
from itertools import groupby, zip_longest
from typing import Any

from llvmlite import ir

from autograd.tape.machine.assemble import CHAINS, RESULTS, WIDEST, Code, Instruction, in_runs, joined, with_results
from autograd.tape.machine.kernels import epochs, write_kernel
from autograd.tape.machine.symbols import INT, written
from autograd.tape.machine.writer import internal

PART = 8000  # numbers that the instructions of one part read
TOGETHER = 4  # chains that are computed side by side


class Part:
    """A function that does a part of the tape for one vector of samples; `handed` numbers what is handed on."""

    def __init__(self, module: ir.Module, name: str, width: int, program: Any, handed: dict[int, int]) -> None:
        self.w = internal(module, name, width, INT)
        self.program, self.handed = program, handed
        self.values: dict[int, ir.Value] = {}
        self.memory = self.w.array("memory")

    def place(self, slot: int) -> ir.Value:
        """The place of a number that is handed on, in the block of this vector."""
        return self.w.plus(self.w.function.args[1], INT(self.handed[slot] * self.w.width))

    def value(self, slot: int) -> ir.Value:
        """The number of a slot: what all samples share is read anew each time, which is cheaper than to keep it."""
        if not self.program.varies[slot]:
            return self.w.splat(self.w.load(self.memory, INT(self.program.place[slot])))
        if slot not in self.values:
            self.values[slot] = self.w.load_vector(self.memory, self.place(slot))
        return self.values[slot]

    def keep(self, slot: int, value: ir.Value) -> None:
        self.values[slot] = value
        if slot in self.handed:
            self.w.store(self.memory, self.place(slot), value)

    def columns(self, inputs: Sequence[int]) -> None:
        """The samples of this vector; lanes behind the last sample repeat it."""
        w, builder, program = self.w, self.w.builder, self.program
        start, samples, order = w.field("start"), w.field("samples"), w.array("order", INT)
        last = builder.sub(w.field("active"), INT(1))
        places = [w.plus(start, w.least(INT(lane), last)) for lane in range(w.width)]
        chosen = [w.load(order, place) for place in places]
        for i, slot in enumerate(inputs):
            array, first, at = ("columns", i, chosen) if i < program.columns else ("fresh", i - program.columns, places)
            numbers, begin = w.array(array), builder.mul(samples, INT(first))
            vector: ir.Value = ir.Constant(w.vector, ir.Undefined)
            for lane, place in enumerate(at):
                number = w.load(numbers, w.plus(begin, place))
                vector = builder.insert_element(vector, number, ir.IntType(32)(lane))
            self.keep(slot, vector)

    def tile(self, code: Code) -> None:
        """A row of the table, or chains of products side by side: a factor that they share is read once for all."""
        kernel, slot, operands = code[0]
        if kernel not in CHAINS:
            self.keep(slot, written(self.w.builder, kernel, [self.value(operand) for operand in operands]))
            return
        sums = [self.value(operands[0]) for _, _, operands in code]
        pairs = [zip(operands[1::2], operands[2::2], strict=True) for _, _, operands in code]
        for terms in zip_longest(*pairs):
            for i, factors in enumerate(terms):
                if factors:
                    product = self.w.builder.fmul(*map(self.value, factors))
                    sums[i] = self.w.builder.fadd(sums[i], product)
        for (_, slot, _), total in zip(code, sums, strict=True):
            self.keep(slot, total)

    def totals(self, summed: Code, partial: bool) -> None:
        """Add results, or products, up over the samples; where lanes may hold none, they are 0 from here on."""
        w, totals, active = self.w, self.w.array("totals"), self.w.field("active")
        number = cache(lambda slot: w.only_active(self.value(slot), active, INT(0)) if partial else self.value(slot))
        for first, group in groupby(summed, lambda instruction: instruction[1] // 4 * 4):
            vectors = [ir.Constant(w.vector, [0.0] * w.width)] * 4
            for _, to, operands in group:
                vectors[to - first] = reduce(w.builder.fmul, map(number, operands))
            w.add_lanes(totals, INT(first), vectors)


def specialised(program: Any, width: int, partial: bool) -> tuple[ir.Module, int]:
    """The module whose function `run` trains with this tape; and how many numbers of a sample are handed on."""
    module, tape = ir.Module(), program.tape
    inputs = [slot for slot in range(tape.inputs) if program.varies[slot]]
    complete = with_results(joined(tape, program.varies, program.results), program.results)
    code = in_runs([instruction for instruction in complete if instruction[0] not in RESULTS], kind)
    stored = [instruction for instruction in complete if instruction[0] == "store"]
    summed = sorted((i for i in complete if i[0] in RESULTS and i[0] != "store"), key=lambda i: i[1])
    pieces = cut(code + summed, PART // width)
    handed = handed_on(pieces, inputs, stored)
    parts = [Part(module, f"part{i}", width, program, handed) for i in range(len(pieces))]
    parts[0].columns(inputs)
    for part, piece in zip(parts, pieces, strict=True):
        for tile in tiles([instruction for instruction in piece if instruction[0] not in RESULTS]):
            part.tile(tile)
        part.totals([instruction for instruction in piece if instruction[0] in RESULTS], partial)
    for _, to, (slot,) in stored:
        if not program.varies[slot]:
            parts[-1].keep(slot, parts[-1].value(slot))
        write_kernel(parts[-1].w, "store", INT(0), INT(to), [parts[-1].place(slot)])
    for part in parts:
        part.w.builder.ret_void()
    each = vector_by_vector(module, [part.w.function for part in parts], width, program.assembler.size, len(handed))
    once, after = (listed(module, name, code) for name, code in (("once", program.once), ("after", program.after)))
    epochs(module, once, each, after, width)
    return module, len(handed)


def handed_on(pieces: Sequence[Code], inputs: Sequence[int], stored: Code) -> dict[int, int]:
    """A number for each slot that a later part uses than the one that makes it, or that is stored."""
    made = dict.fromkeys(inputs, 0)
    made |= {slot: i for i, piece in enumerate(pieces) for kernel, slot, _ in piece if kernel not in RESULTS}
    uses = [(i, slot) for i, piece in enumerate(pieces) for _, _, operands in piece for slot in operands]
    crossing = {slot for i, slot in uses if made.get(slot, i) < i} | {slot for _, _, (slot,) in stored}
    return {slot: i for i, slot in enumerate(sorted(crossing))}


def vector_by_vector(
    module: ir.Module, parts: Sequence[ir.Function], width: int, begin: int, handed: int
) -> ir.Function:
    """The function that does a chunk of samples: each part for all vectors, whose blocks lie from `begin` on."""
    w = internal(module, "each", width)
    start, active = w.field("start"), w.field("active")
    for part in parts:
        with w.loop(INT(0), active, width) as vector:
            w.set_field("start", w.plus(start, vector.counter))
            w.set_field("active", w.least(w.builder.sub(active, vector.counter), INT(width)))
            w.builder.call(part, [w.context, w.plus(INT(begin), w.builder.mul(vector.counter, INT(handed)))])
    w.builder.ret_void()
    return w.function


def kind(kernel: Any) -> Any:
    """Calls stand together, for a call empties the registers, and so do chains; all else is written as it comes."""
    return CHAINS if kernel in CHAINS else None if kernel.exact else kernel


def tiles(code: Code) -> Iterator[Code]:
    """The instructions one by one, but chains that stand side by side and do not use each other's sums together."""
    tile: Code = []
    for kernel, slot, operands in code:
        chains = kernel in CHAINS and all(other in CHAINS for other, _, _ in tile)
        if tile and (not chains or len(tile) == TOGETHER or any(made in operands for _, made, _ in tile)):
            yield tile
            tile = []
        tile.append((kernel, slot, operands))
    if tile:
        yield tile


def cut(code: Code, size: int) -> list[Code]:
    """The code in pieces of about so many operands."""
    pieces: list[Code] = [[]]
    operands = 0
    for instruction in code:
        if operands > size:
            pieces.append([])
            operands = 0
        pieces[-1].append(instruction)
        operands += len(instruction[2])
    return pieces


def listed(module: ir.Module, name: str, code: Sequence[Instruction]) -> ir.Function:
    """A function that does these instructions one after the other."""
    w = internal(module, name, WIDEST)
    for kernel, length, to, operands in code:
        w.width = 1 if length == 1 else WIDEST
        write_kernel(w, kernel, INT(length), INT(to), [INT(place) for place in operands])
    w.builder.ret_void()
    return w.function
