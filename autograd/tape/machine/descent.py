"""The descent of the engine "native": all epochs that it is given are run before Python sees the state again."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd.primitives import add
from autograd.tape.descent import Descent, Progress
from autograd.tape.machine.assemble import WIDEST, Assembler, Instruction, Result, up
from autograd.tape.machine.program import Program, aligned
from autograd.tape.machine.writer import FIELDS, fill

# To compile code for one tape takes some 0.2 ms for each instruction; it saves 0.2 to 0.6 µs for each sample. It pays
# where so many samples are to come in all epochs for each instruction of the tape.
SAMPLES_TO_REPAY = 300
LONGEST = 20_000  # instructions of a tape that gets code of its own


class NativeDescent(Descent):
    """Training by the machine, or by code for this tape where so many samples are to come that it pays."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        recipe = self.recipe
        sample, update, p, b = recipe.sample, recipe.update, recipe.parameters, recipe.buffers
        assembler = Assembler()
        self.state_at, self.previous_at = (assembler.take(p + recipe.memory) for _ in range(2))
        self.buffers_at, self.frozen_at = assembler.take(b), assembler.take(len(recipe.frozen))
        self.counts_at, slopes, rate = assembler.take(recipe.counts), assembler.take(p), assembler.take(1)
        one = assembler.take(recipe.counts, np.ones(recipe.counts))
        inputs = range(recipe.columns + recipe.fresh, sample.inputs)
        place = dict(zip(inputs, [*self.state_at[:p], *self.buffers_at, *self.frozen_at], strict=True))
        # Sums over the samples: loss and guards, then the slopes, then buffers, each from a whole vector on.
        first_buffer = WIDEST + up(p)
        totals = [*range(2), *range(WIDEST, WIDEST + p), *range(first_buffer, first_buffer + b)]
        self.totals, self.gradients = aligned(first_buffer + up(b)), up(p) + up(b)
        varies, results = sample.varies(self.varying), sample.results.tolist()
        # The sum of x + c over the samples, where c is the same for all, is the sum of x and so many times c.
        terms = {slot: o for slot, op, o in sample.code() if op is add and varies[o[0]] != varies[o[1]]}
        summed = [(to, term) for to, slot in zip(totals, results, strict=False) for term in terms.get(slot, [slot])]
        wanted = [Result(slot, "accumulate", to) for to, slot in summed if varies[slot]]
        wanted += [Result(slot, "store", i) for i, slot in enumerate(results[2 + p + b :])]
        uniform = [(to, slot) for to, slot in summed if not varies[slot]]
        once = assembler.shared(sample, varies, place, [slot for _, slot in uniform])
        once += copies("whole", ((to, place[slot]) for to, slot in uniform))
        after = [Instruction("mean", p, slopes.start, (WIDEST, 0))]
        after += [Instruction("mean", b, self.buffers_at.start, (first_buffer, up(p)))] if b else []
        after.append(Instruction("rate", 1, rate.start, ()))
        after.append(Instruction(add, recipe.counts, self.counts_at.start, (self.counts_at.start, one.start)))
        given = dict(enumerate([*self.state_at, *slopes, *self.counts_at, *rate]))
        update_code = assembler.shared(update, update.varies([False] * update.inputs), given, update.results.tolist())
        moves = list(self.moves([given[slot] for slot in update.results.tolist()]))
        kept = p + recipe.memory if any(source in self.previous_at for _, source in moves) else p
        after += copies("copy", zip(self.previous_at[:kept], self.state_at[:kept], strict=True))
        after += [*update_code, *copies("copy", moves)]
        self.program = Program(assembler, sample, varies, place, wanted, recipe.columns, once, after)
        self.slopes = np.zeros((0, self.gradients))  # kept from run to run, as fresh memory costs time

    def moves(self, new: Iterable[int]) -> Iterable[tuple[int, int]]:
        """(to, from) for each number of the state that is renewed; what is handed on comes from the previous state."""
        for to, source in zip(self.state_at, new, strict=True):
            if source != to:
                yield to, self.previous_at[source - self.state_at.start] if source in self.state_at else source

    def run(self, order: np.ndarray, fresh: np.ndarray, rates: np.ndarray, batch: int, begin: int = 0) -> Progress:
        recipe, (epochs, samples) = self.recipe, order.shape
        length = len(recipe.sample.operations)
        repays = length <= LONGEST and self.work >= SAMPLES_TO_REPAY * length
        program = self.program.specialised(samples, batch) if repays else self.program.machine(min(batch, samples))
        numbers = [
            (self.state_at, self.state), (self.previous_at, self.previous), (self.buffers_at, self.buffers),
            (self.counts_at, self.counts), (self.frozen_at, recipe.frozen),
        ]  # fmt: skip
        for places, array in numbers:
            program.memory[places.start : places.stop] = array
        if len(self.slopes) < epochs:
            self.slopes = aligned(epochs * self.gradients).reshape(epochs, self.gradients)
        self.totals[:] = 0.0
        losses, predictions = np.zeros(epochs), np.zeros((recipe.predictions, samples))
        order, fresh, rates = (np.ascontiguousarray(array) for array in (order, fresh, rates))
        fill(
            program.table, columns=self.columns, order=order, fresh=fresh, out=predictions, totals=self.totals,
            slopes=self.slopes, rates=rates, losses=losses, samples=samples, epochs=epochs, batch=batch, begin=begin,
            drawn=recipe.fresh * samples, gradients=self.gradients,
        )  # fmt: skip
        program.run()
        for places, array in numbers[:4]:
            array[:] = program.memory[places.start : places.stop]
        done, at = (int(program.table[FIELDS.index(name)]) for name in ("epoch", "start"))
        slopes = self.slopes[:done, : recipe.parameters]
        if done == epochs:
            return Progress(losses, slopes, predictions)
        return Progress(losses[:done], slopes, predictions, at, losses[done])


def copies(kernel: str, moves: Iterable[tuple[int, int]]) -> list[Instruction]:
    """Instructions that copy from place to place, one for all that stand side by side here and there."""
    code: list[Instruction] = []
    for to, source in moves:
        if code and (to, source) == (code[-1].to + code[-1].length, code[-1].operands[0] + code[-1].length):
            code[-1] = code[-1]._replace(length=code[-1].length + 1)
        else:
            code.append(Instruction(kernel, 1, to, (source,)))
    return code
