"""Code for one tape only: its instructions one after the other, on a vector of samples at a time, in registers.

It is several times as fast as the machine, and takes some tenths of a second to compile, so it is for long trainings.
A number stays in a register, or where LLVM puts it. Long tapes are cut into functions: what a later one needs is
handed on in rows of the memory, so that the time to compile grows with the length only.
"""

from collections.abc import Sequence
from functools import cache, reduce
from typing import Any

from llvmlite import ir

from autograd.primitive import Primitive
from autograd.tape.machine.assemble import (
    CHAIN,
    RESULTS,
    SHARED_CHAIN,
    WIDEST,
    Code,
    Instruction,
    in_runs,
    joined,
    with_results,
)  # fmt: skip
from autograd.tape.machine.kernels import PROGRAM, epochs, write_kernel
from autograd.tape.machine.symbols import INT, written
from autograd.tape.machine.writer import Writer

PART = 4000  # operands of all instructions of one function
BLOCK = 8  # chains or rows of one basic block: LLVM's time grows faster than a block, and it reads numbers anew in each
TOGETHER = 4  # results that are added up over the lanes at once


class Part:
    """A function that does a part of the tape for a chunk of samples."""

    def __init__(self, module: ir.Module, name: str, width: int, program: Any, rows: dict[int, int]) -> None:
        self.w = Writer(ir.Function(module, PROGRAM, name), width)
        self.w.function.linkage = "internal"
        self.program, self.rows, self.written = program, rows, 0
        self.values: dict[int, ir.Value] = {}
        self.memory = self.w.array("memory")

    def value(self, slot: int) -> ir.Value:
        """The number of a slot: what all samples share is read anew each time, which is cheaper than to keep it."""
        if not self.program.varies[slot]:
            return self.w.splat(self.w.load(self.memory, INT(self.program.place[slot])))
        if slot not in self.values:
            self.values[slot] = self.w.load_vector(self.memory, INT(self.rows[slot]))
        return self.values[slot]

    def keep(self, slot: int, value: ir.Value) -> None:
        self.values[slot] = value
        if slot in self.rows:
            self.w.store_vector(self.memory, INT(self.rows[slot]), value)
        self.written += 1
        if self.written % BLOCK == 0:
            self.w.builder.fence("acq_rel", "singlethread")
            block = self.w.function.append_basic_block()
            self.w.builder.branch(block)
            self.w.builder.position_at_end(block)

    def columns(self, inputs: Sequence[int]) -> None:
        """The samples of this chunk; lanes behind the last sample repeat it."""
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

    def instruction(self, kernel: Any, slot: int, operands: Sequence[int]) -> None:
        """A row of the table, or a chain of products, which are added up one after the other."""
        if kernel not in (CHAIN, SHARED_CHAIN):
            self.keep(slot, written(self.w.builder, kernel, [self.value(operand) for operand in operands]))
            return
        first, *factors = operands
        total = self.value(first)
        for x, y in zip(factors[::2], factors[1::2], strict=True):
            total = self.w.builder.fadd(total, self.w.builder.fmul(self.value(x), self.value(y)))
        self.keep(slot, total)

    def totals(self, summed: Code, partial: bool) -> None:
        """Add results, or products, up over the samples; where lanes may hold none, they are 0 from here on."""
        w, totals, active = self.w, self.w.array("totals"), self.w.field("active")
        number = cache(lambda slot: w.only_active(self.value(slot), active, INT(0)) if partial else self.value(slot))
        for i in range(0, len(summed), TOGETHER):
            group = summed[i : i + TOGETHER]
            numbers = [reduce(w.builder.fmul, [number(operand) for operand in operands]) for _, _, operands in group]
            places = [place for _, place, _ in group]
            if places == list(range(places[0], places[0] + TOGETHER)):
                w.add_lanes(totals, INT(places[0]), numbers)
            else:
                for place, vector in zip(places, numbers, strict=True):
                    w.store(totals, INT(place), w.builder.fadd(w.load(totals, INT(place)), w.sum_of_lanes(vector)))
            self.keep(-1 - i, numbers[0])


def specialised(program: Any, width: int, partial: bool) -> tuple[ir.Module, int]:
    """The module whose function `run` trains with this tape; and how many rows it needs."""
    module, tape = ir.Module(), program.tape
    inputs = [slot for slot in range(tape.inputs) if program.varies[slot]]
    complete = with_results(joined(tape, program.varies, program.results), program.results)
    code = in_runs([instruction for instruction in complete if instruction[0] not in RESULTS], called)
    stored = [(to, slots[0]) for kernel, to, slots in complete if kernel == "store"]
    summed = sorted((i for i in complete if i[0] in RESULTS and i[0] != "store"), key=lambda i: i[1])
    pieces = cut(code)
    made = dict.fromkeys(inputs, 0) | {slot: i for i, piece in enumerate(pieces) for _, slot, _ in piece}
    last = len(pieces) - 1
    uses = [(i, o) for i, piece in enumerate(pieces) for _, _, operands in piece for o in operands]
    uses += [(last, o) for _, _, operands in summed for o in operands]
    crossing = {o for i, o in uses if made.get(o, i) < i} | {slot for _, slot in stored}
    rows = {slot: program.assembler.size + i * width for i, slot in enumerate(sorted(crossing))}
    parts = [Part(module, f"part{i}", width, program, rows) for i in range(len(pieces))]
    parts[0].columns(inputs)
    for part, piece in zip(parts, pieces, strict=True):
        for instruction in piece:
            part.instruction(*instruction)
    parts[-1].totals(summed, partial)
    for to, slot in stored:
        if not program.varies[slot]:
            parts[-1].keep(slot, parts[-1].value(slot))
        write_kernel(parts[-1].w, "store", INT(0), INT(to), [INT(rows[slot])])
    for part in parts:
        part.w.builder.ret_void()
    each = Writer(ir.Function(module, PROGRAM, "each"), width)
    each.function.linkage = "internal"
    for part in parts:
        each.builder.call(part.w.function, [each.context])
    each.builder.ret_void()
    once, after = (listed(module, name, code) for name, code in (("once", program.once), ("after", program.after)))
    epochs(module, once, each.function, after, width)
    return module, len(rows)


def called(kernel: Any) -> Any:
    """The kernel if it is a call: calls stand together, for a call empties the registers. None if written in place."""
    return kernel if isinstance(kernel, Primitive) and not kernel.exact else None


def cut(code: Code) -> list[Code]:
    """The code in pieces of about so many operands."""
    pieces: list[Code] = [[]]
    size = 0
    for instruction in code:
        if size > PART:
            pieces.append([])
            size = 0
        pieces[-1].append(instruction)
        size += len(instruction[2])
    return pieces


def listed(module: ir.Module, name: str, code: Sequence[Instruction]) -> ir.Function:
    """A function that does these instructions one after the other."""
    w = Writer(ir.Function(module, PROGRAM, name), WIDEST)
    w.function.linkage = "internal"
    for kernel, length, to, operands in code:
        w.width = 1 if length == 1 else WIDEST
        write_kernel(w, kernel, INT(length), INT(to), [INT(place) for place in operands])
    w.builder.ret_void()
    return w.function
