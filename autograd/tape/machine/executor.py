"""The executor of the engine "native": runs a tape once, on one sample or on many."""

from collections.abc import Sequence
from threading import Lock
from typing import Any

import numpy as np

from autograd.tape.machine.assemble import Assembler, Result
from autograd.tape.machine.program import MOST_LANES, Program
from autograd.tape.machine.writer import fill

MOST_COPIED = 4_000_000  # numbers, 32 MB


class Machine:
    """Runs a tape whose inputs marked in `varying` have a number for each sample."""

    def __init__(self, tape: Any, varying: Sequence[bool]) -> None:
        self.lone = not any(varying)  # then the one sample is a lane
        varying = [True] * tape.inputs if self.lone else varying
        varies, results = tape.varies(varying), tape.results.tolist()
        assembler = Assembler()
        given = [slot for slot in range(tape.inputs) if not varying[slot]]
        self.given = assembler.take(len(given))
        place = dict(zip(given, self.given, strict=True))
        uniform = [(i, slot) for i, slot in enumerate(results) if not varies[slot]]
        wanted = [Result(slot, "store", i) for i, slot in enumerate(results) if varies[slot]]
        once = assembler.shared(tape, varies, place, [slot for _, slot in uniform])
        self.uniform = np.array([i for i, _ in uniform], dtype=int)
        self.uniform_at = np.array([place[slot] for _, slot in uniform], dtype=int)
        self.results = len(results)
        self.program = Program(assembler, tape, varies, place, wanted, tape.inputs, once)
        self.lock = Lock()  # threads may share a tape, but not the memory

    def run(self, numbers: Sequence[float], columns: Sequence[np.ndarray] | np.ndarray, samples: int) -> np.ndarray:
        """All results, of shape (results, samples), from the inputs that do not vary and those that do."""
        if self.lone:
            numbers, columns = [], np.asarray(numbers, dtype=float).reshape(-1, 1)
        out = np.empty((self.results, samples))
        most = max(MOST_LANES, MOST_COPIED // (len(columns) + self.results))
        with self.lock:
            prepared = self.program.machine(samples)
            prepared.memory[self.given.start : self.given.stop] = numbers
            for start in range(0, samples, most):  # inputs and results of a part lie side by side, at most 32 MB
                part = slice(start, min(start + most, samples))
                size = part.stop - start
                given = np.ascontiguousarray(columns if self.lone else [c[part] for c in columns], dtype=float)
                here = out if samples <= most else np.empty((self.results, size))
                totals, losses, order = np.zeros(2), np.zeros(1), np.arange(size)
                fill(
                    prepared.table, columns=given, out=here, order=order, totals=totals, losses=losses,
                    samples=size, epochs=1, batch=size, begin=0,
                )  # fmt: skip
                prepared.run()
                if samples > most:
                    out[:, part] = here
            out[self.uniform] = prepared.memory[self.uniform_at, np.newaxis]
        return out
