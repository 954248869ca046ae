"""The kernels: how each kind of instruction is written in LLVM's language, and the machine that works through them.

A kernel writes the code for one instruction: given are the count and the places, as numbers that are known now, or as
values that the code reads when it runs. So the same kernels serve both shapes of code. The machine has a function for
each kernel, with a loop over instructions, and calls it by a table. A specialised program has the kernels one after
the other, with their places in them (see specialised.py).
"""

from collections.abc import Callable, Sequence
from typing import Any

from llvmlite import ir

from autograd.primitive import Primitive
from autograd.tape.machine.assemble import ACTIVE, ALL, CHAINS, PRODUCT, SHARED_CHAIN, WORDS
from autograd.tape.machine.symbols import DOUBLE, INT, written
from autograd.tape.machine.writer import PLACES, VOID, Writer, internal

WIDTH = 4  # lanes of a vector in the machine
AT_ONCE = (4, 1)  # so many vectors are summed side by side: they do not wait for each other

Places = Sequence[ir.Value]


def row(w: Writer, op: Primitive, count: ir.Value, to: ir.Value, operands: Places) -> None:
    """A row of the table, on vector after vector."""
    memory = w.array("memory")
    with w.loop(INT(0), count, w.width) as at:
        numbers = [w.load_vector(memory, w.plus(place, at.counter)) for place in operands]
        w.store(memory, w.plus(to, at.counter), written(w.builder, op, numbers))


def spread(w: Writer, count: ir.Value, to: ir.Value, a: ir.Value) -> None:
    """One number in many places."""
    memory = w.array("memory")
    number = w.splat(w.load(memory, a))
    with w.loop(INT(0), count, w.width) as at:
        w.store(memory, w.plus(to, at.counter), number)


def copy(w: Writer, count: ir.Value, to: ir.Value, a: ir.Value, array: str = "memory", factor: Any = None) -> None:
    """Numbers side by side, and no others: whole vectors, then what is left one by one."""
    memory, target, done = w.array("memory"), w.array(array), INT(0)
    for width in (w.width, 4, 1):
        stop = w.builder.and_(count, INT(-width))
        with w.loop(done, stop, width) as at:
            number = w.load_vector(memory, w.plus(a, at.counter), width)
            number = w.builder.fmul(number, w.splat(factor, width)) if factor else number
            w.store(target, w.plus(to, at.counter), number)
        done = stop


def whole(w: Writer, count: ir.Value, to: ir.Value, a: ir.Value) -> None:
    """The sum over the samples of results that they share."""
    copy(w, count, to, a, "totals", w.builder.sitofp(w.field("size"), DOUBLE))


def gather(w: Writer, count: ir.Value, to: ir.Value, a: ir.Value) -> None:
    """Numbers from the places that stand in the index from `a` on."""
    memory, index = w.array("memory"), w.array("index", INT)
    with w.loop(INT(0), count, 1) as at:
        w.store(memory, w.plus(to, at.counter), w.load(memory, w.load(index, w.plus(a, at.counter))))


def total(w: Writer, count: ir.Value, to: ir.Value, a: ir.Value, terms: ir.Value) -> None:
    """Sums of so many numbers each, from left to right; their places stand in the index from `a` on."""
    memory, index = w.array("memory"), w.array("index", INT)
    with w.loop(INT(0), count, 1) as at:
        first = w.plus(a, w.builder.mul(at.counter, terms))
        start = w.load(memory, w.load(index, first))
        with w.loop(w.plus(first, INT(1)), w.plus(first, terms), 1, [start]) as term:
            term.values = [w.builder.fadd(term.values[0], w.load(memory, w.load(index, term.counter)))]
        w.store(memory, w.plus(to, at.counter), term.values[0])


def column(w: Writer, count: ir.Value, to: ir.Value, a: ir.Value, ordered: bool = True) -> None:
    """Numbers of the samples of this chunk; lanes behind the last sample repeat it."""
    memory, numbers, order = w.array("memory"), w.array("columns" if ordered else "fresh"), w.array("order", INT)
    first, start = w.builder.mul(a, w.field("samples")), w.field("start")
    last = w.builder.sub(w.field("active"), INT(1))
    with w.loop(INT(0), count, 1) as at:
        sample = w.plus(start, w.least(at.counter, last))
        sample = w.load(order, sample) if ordered else sample
        w.store(memory, w.plus(to, at.counter), w.load(numbers, w.plus(first, sample)))


def fresh(w: Writer, count: ir.Value, to: ir.Value, a: ir.Value) -> None:
    """Numbers that were drawn for the samples in their order."""
    column(w, count, to, a, ordered=False)


def store(w: Writer, count: ir.Value, to: ir.Value, a: ir.Value) -> None:
    """A result of each sample, into its row of the output."""
    first = w.plus(w.builder.mul(to, w.field("samples")), w.field("start"))
    copy(w, w.field("active"), first, a, "out")


def accumulate(w: Writer, count: ir.Value, to: ir.Value, *operands: ir.Value) -> None:
    """Add a result up over the samples; with two operands their product."""
    memory, totals, active = w.array("memory"), w.array("totals"), w.field("active")
    with w.loop(INT(0), count, w.width, [ir.Constant(w.vector, [0.0] * w.width)]) as at:
        numbers = [w.load_vector(memory, w.plus(place, at.counter)) for place in operands]
        number = w.builder.fmul(*numbers) if len(numbers) == 2 else numbers[0]
        at.values = [w.builder.fadd(at.values[0], w.only_active(number, active, at.counter))]
    w.store(totals, to, w.builder.fadd(w.load(totals, to), w.sum_of_lanes(at.values[0])))


def mean(w: Writer, count: ir.Value, to: ir.Value, a: ir.Value, b: ir.Value) -> None:
    """Sums over the samples become means, here and in the account of the epoch; the sums begin anew."""
    memory, totals, slopes = w.array("memory"), w.array("totals"), w.array("slopes")
    share = w.splat(w.builder.fdiv(DOUBLE(1.0), w.builder.sitofp(w.field("size"), DOUBLE)))
    with w.loop(INT(0), count, w.width) as at:
        place = w.plus(a, at.counter)
        number = w.builder.fmul(w.load_vector(totals, place), share)
        w.store(totals, place, ir.Constant(w.vector, [0.0] * w.width))
        w.store(slopes, w.plus(b, at.counter), number)
        w.store(memory, w.plus(to, at.counter), number)


def rate(w: Writer, count: ir.Value, to: ir.Value) -> None:
    """The learning rate of the epoch."""
    w.store(w.array("memory"), to, w.load(w.array("rates"), w.field("epoch")))


KERNELS: dict[str, Callable[..., None]] = {
    kernel.__name__: kernel
    for kernel in (spread, copy, gather, total, column, fresh, store, accumulate, whole, mean, rate)
} | {PRODUCT: accumulate}
OPERANDS = {"total": 2, "mean": 2, "rate": 0, PRODUCT: 2}  # how many, where it is not one


def write_kernel(w: Writer, kernel: Any, count: ir.Value, to: ir.Value, operands: Places) -> None:
    """The code for an instruction."""
    if isinstance(kernel, Primitive):
        row(w, kernel, count, to, operands)
    else:
        KERNELS[kernel](w, count, to, *operands)


# ── The machine ───────────────────────────────────────────────────────────────────────────────────────────────────────

KERNEL = ir.FunctionType(VOID, [PLACES, PLACES, INT, INT, INT])  # context, code, first instruction, end, count


def machine_kernel(module: ir.Module, name: str, kernel: Any) -> None:
    """The function that works through a run of instructions of one kernel."""
    w = Writer(ir.Function(module, KERNEL, name), WIDTH)
    _, code, first, end, count = w.function.args
    if kernel in CHAINS:
        chain(w, kernel == SHARED_CHAIN, *w.function.args[1:])
    else:
        operands = (kernel.arity or 0) if isinstance(kernel, Primitive) else OPERANDS.get(kernel, 1)
        with w.loop(w.builder.mul(first, INT(WORDS)), w.builder.mul(end, INT(WORDS)), WORDS) as at:
            words = [w.load(code, w.plus(at.counter, INT(i))) for i in range(1 + operands)]
            write_kernel(w, kernel, count, words[0], words[1:])
    w.builder.ret_void()


def chain(w: Writer, shared: bool, code: ir.Value, first: ir.Value, end: ir.Value, count: ir.Value) -> None:
    """A sum of products of any length: one instruction for each of them; their sums stay in the processor."""
    memory = w.array("memory")
    start, stop = w.builder.mul(first, INT(WORDS)), w.builder.mul(end, INT(WORDS))
    to, begin = w.load(code, start), w.load(code, w.plus(start, INT(3)))
    done: ir.Value = INT(0)
    for vectors in AT_ONCE:
        step = vectors * w.width
        whole_steps = w.builder.and_(count, INT(-step))
        with w.loop(done, whole_steps, step) as at:
            lanes = [w.plus(at.counter, INT(k * w.width)) for k in range(vectors)]
            sums = [w.load_vector(memory, w.plus(begin, lane)) for lane in lanes]
            with w.loop(start, stop, WORDS, sums) as term:
                a, b = (w.load(code, w.plus(term.counter, INT(i))) for i in (1, 2))
                number = w.splat(w.load(memory, a)) if shared else None
                for k, lane in enumerate(lanes):
                    factor = number or w.load_vector(memory, w.plus(a, lane))
                    product = w.builder.fmul(factor, w.load_vector(memory, w.plus(b, lane)))
                    term.values[k] = w.builder.fadd(term.values[k], product)
            for lane, number in zip(lanes, term.values, strict=True):
                w.store(memory, w.plus(to, lane), number)
        done = whole_steps


def execute(module: ir.Module, name: str) -> ir.Function:
    """The function that runs the program of this name: run by run, by the table of kernels."""
    w = internal(module, name, WIDTH)
    runs, code, kernels = w.array(f"{name}_runs", INT), w.array(name, INT), w.array("kernels", INT)
    with w.loop(INT(0), w.builder.mul(w.field(f"{name}_count"), INT(4)), 4) as run:
        kernel, first, end, count = (w.load(runs, w.plus(run.counter, INT(i))) for i in range(4))
        for special, field in ((ACTIVE, "rounded"), (ALL, "lanes")):
            count = w.builder.select(w.builder.icmp_signed("==", count, INT(special)), w.field(field), count)
        address = w.builder.inttoptr(w.load(kernels, kernel), KERNEL.as_pointer())
        w.builder.call(address, [w.context, code, first, end, count])
    w.builder.ret_void()
    return w.function


# ── Epochs ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def epochs(module: ir.Module, once: ir.Function, each: ir.Function, after: ir.Function, width: int) -> None:
    """The function `run`: for each batch of each epoch what is done once, for every chunk of its samples, and after.

    It ends before the update where the loss is not finite or a guard is broken; fields say how far it came.
    """
    w = Writer(ir.Function(module, ir.FunctionType(VOID, [PLACES]), "run"), width)
    losses, totals, samples, lanes = w.array("losses"), w.array("totals"), w.field("samples"), w.field("lanes")
    with w.loop(INT(0), w.field("epochs"), 1) as epoch:
        w.set_field("epoch", epoch.counter)
        with w.loop(w.field("begin"), samples, w.field("batch")) as batch:
            size = w.least(w.field("batch"), w.builder.sub(samples, batch.counter))
            stop = w.plus(batch.counter, size)
            w.set_field("size", size)
            w.set_field("start", batch.counter)
            w.builder.call(once, [w.context])
            with w.loop(batch.counter, stop, lanes) as chunk:
                active = w.least(lanes, w.builder.sub(stop, chunk.counter))
                w.set_field("start", chunk.counter)
                w.set_field("active", active)
                w.set_field("rounded", w.builder.and_(w.plus(active, INT(width - 1)), INT(-width)))
                w.builder.call(each, [w.context])
            w.set_field("start", batch.counter)
            loss, broken = w.load(totals, INT(0)), w.load(totals, INT(1))
            finite = w.builder.fcmp_ordered("==", w.builder.fsub(loss, loss), DOUBLE(0.0))
            kept = w.builder.fcmp_ordered("==", broken, DOUBLE(0.0))
            with w.builder.if_then(w.builder.not_(w.builder.and_(finite, kept)), likely=False):
                w.builder.ret_void()
            w.store(losses, epoch.counter, w.builder.fadd(w.load(losses, epoch.counter), loss))
            for i in (0, 1):
                w.store(totals, INT(i), DOUBLE(0.0))
            w.builder.call(after, [w.context])
        w.set_field("begin", INT(0))
        mean_loss = w.builder.fdiv(w.load(losses, epoch.counter), w.builder.sitofp(samples, DOUBLE))
        w.store(losses, epoch.counter, mean_loss)
        for name, step in (("order", "samples"), ("fresh", "drawn"), ("slopes", "gradients")):
            w.set_field(name, w.plus(w.field(name), w.builder.mul(w.field(step), INT(8))))
    w.set_field("epoch", w.field("epochs"))
    w.builder.ret_void()
