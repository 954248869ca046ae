"""`Program`: a tape made ready to run, in one of two shapes, the machine or code for this tape only.

Both run the same loops (`epochs` in kernels.py) on the same memory; they differ in how the instructions for a chunk of
samples are done. The machine is there for every tape at once. Code of its own is compiled for a tape where that pays.
"""

import ctypes
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir

from autograd.tape.machine.assemble import WIDEST, Assembler, Instruction, Result, encoded
from autograd.tape.machine.compiled import addresses
from autograd.tape.machine.kernels import WIDTH, epochs, execute, machine_kernel
from autograd.tape.machine.specialised import specialised
from autograd.tape.machine.writer import context
from autograd.waiting import without_collector

MOST_LANES = 64
WORKING_SET = 32_000  # numbers, 256 KB: what stays in the second cache of a processor
MOST_VECTORS, HANDED_ON = 16, 16_000  # for code of its own: vectors of a chunk, and numbers that are handed on in it
CALL = ctypes.CFUNCTYPE(None, ctypes.c_int64)


def aligned(count: int) -> np.ndarray:
    """Zeros that begin where a line of the processor's cache begins, so that no vector lies in two lines."""
    zeros = np.zeros(count + WIDEST)
    start = -zeros.ctypes.data % 64 // 8
    return zeros[start : start + count]


class Kernels:
    """The machine's functions: each kernel is compiled when a tape first needs it, for all tapes."""

    def __init__(self) -> None:
        self.numbers: dict[Any, int] = {}
        self.addresses = np.zeros(100_000, dtype=np.int64)
        self.compiled = 0
        self.run: Any = None
        self.lock = Lock()

    def encode(self, programs: dict[str, Sequence[Instruction]]) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Programs as numbers, which their kernels, compiled by then, can read."""
        with self.lock:
            code = {name: encoded(instructions, self.numbers) for name, instructions in programs.items()}
            new = list(self.numbers)[self.compiled :]
            if new or self.run is None:
                self.compile(new)
        return code

    def compile(self, new: Sequence[Any]) -> None:
        module = ir.Module()
        if self.run is None:
            once, each, after = (execute(module, name) for name in ("once", "each", "after"))
            epochs(module, once, each, after, WIDTH)
        for number, kernel in enumerate(new, self.compiled):
            machine_kernel(module, f"kernel.{number}", kernel)
        found = addresses(module)
        self.run = self.run or CALL(found["run"])
        for number in range(self.compiled, len(self.numbers)):
            self.addresses[number] = found[f"kernel.{number}"]
        self.compiled = len(self.numbers)


MACHINE = Kernels()


class Prepared(NamedTuple):
    """A program for so many lanes: what to call with the address of `table`, and the memory."""

    call: Callable[[int], None]
    memory: np.ndarray
    table: np.ndarray
    arrays: Any  # to which the table points

    def run(self) -> None:
        self.call(self.table.ctypes.data)


class Program:
    """Instructions, and the memory that they work in.

    tape, varies   the tape that runs for each chunk of samples, and which of its slots have a number for each sample
    place          where those stand that have not
    results        what is wanted of the others
    columns        how many of the inputs that vary are columns; the others are drawn
    once, after    what is done before all samples of a batch, and after them
    """

    def __init__(
        self, assembler: Assembler, tape: Any, varies: Sequence[bool], place: dict[int, int], results: Sequence[Result],
        columns: int, once: Sequence[Instruction], after: Sequence[Instruction] = (),
    ) -> None:  # fmt: skip
        self.assembler, self.tape, self.varies, self.place = assembler, tape, varies, place
        self.results, self.columns, self.once, self.after = results, columns, once, after
        self.index = np.array(assembler.index or [0], dtype=np.int64)
        self.code: Any = None  # for the machine
        self.rows = 0
        self.prepared: dict[Any, Prepared] = {}

    def machine(self, samples: int) -> Prepared:
        """The program for the machine, and for so many samples in a batch."""
        if self.code is None:
            with without_collector():
                each = self.assembler.each(self.tape, self.varies, self.place, self.results, self.columns)
            self.rows, spreads, instructions = each
            self.code = MACHINE.encode({"once": [*self.once, *spreads], "each": instructions, "after": self.after})
        lanes = self.lanes(samples)
        if lanes not in self.prepared:
            size = self.assembler.size
            arrays: dict[str, np.ndarray] = {}
            for name, (runs, code) in self.code.items():
                arrays |= {f"{name}_runs": runs, name: np.where(code < 0, size + (-1 - code) * lanes, code)}
            counts = {f"{name}_count": len(runs) for name, (runs, _) in self.code.items()}
            memory = self.memory(self.rows * lanes)
            table = context(memory=memory, index=self.index, kernels=MACHINE.addresses, lanes=lanes, **arrays, **counts)
            self.prepared[lanes] = Prepared(MACHINE.run, memory, table, arrays)
        return self.prepared[lanes]

    def lanes(self, samples: int) -> int:
        """So many samples the machine takes at a time: as many as keep the memory in the cache, at least a vector."""
        most = min(MOST_LANES, WORKING_SET // max(1, self.rows), -(-samples // WIDTH) * WIDTH)
        step = 4 * WIDTH if most >= 4 * WIDTH else WIDTH  # chains take four vectors at a time
        return max(WIDTH, most // step * step)

    def specialised(self, samples: int, batch: int) -> Prepared:
        """Code of its own, for vectors as wide as batches of this size fill."""
        width = 2 * WIDTH if min(batch, samples) > WIDTH else WIDTH
        partial = any(size % width for size in (min(batch, samples), samples % batch))
        if (width, partial) not in self.prepared:
            module, handed = specialised(self, width, partial)
            vectors = max(1, min(MOST_VECTORS, HANDED_ON // max(1, handed * width)))
            lanes = vectors * width
            memory = self.memory(handed * lanes)
            table = context(memory=memory, index=self.index, lanes=lanes)
            self.prepared[width, partial] = Prepared(CALL(addresses(module)["run"]), memory, table, None)
        return self.prepared[width, partial]

    def memory(self, own: int) -> np.ndarray:
        """The shared part, with what stands there from the start, and so many numbers more."""
        memory = aligned(self.assembler.size + own + WIDEST)
        for place, numbers in self.assembler.initial:
            memory[place : place + len(numbers)] = numbers
        return memory
