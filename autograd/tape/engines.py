"""The engines: each one is a way to run tapes. This file is their registry, and it runs a tape by the engine asked for.

An engine is one object. It has an executor, which runs a tape once, and a descent, which runs whole epochs of training.
It says which package it needs, which rows it knows, and from how much work on `engine="auto"` takes it. To add an
engine, write its two classes and add one entry to ENGINES: every choice and every message is made from the entries.

>>> list(ENGINES)
['native', 'numpy']
>>> chosen("auto", rows=[], work=1000).name
'numpy'
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Protocol

import numpy as np

from autograd.installing import install_command
from autograd.primitive import Primitive
from autograd.primitives import TABLE
from autograd.tape.descent import Descent, NumpyDescent
from autograd.tape.straight import MOST_INSTRUCTIONS, MOST_SAMPLES, Straight
from autograd.tape.tape import Tape, real_array
from autograd.tape.vectorised import Vectorised
from autograd.waiting import without_collector


class Executor(Protocol):
    """Runs one tape, of which the inputs that vary are known."""

    def run(self, numbers: Sequence[float], columns: Sequence[np.ndarray], samples: int) -> np.ndarray:
        """All results, shape (results, samples), from the inputs that do not vary and from those that do."""


@dataclass(frozen=True)
class Engine:
    """One way to run tapes.

    name     how `engine=` calls it
    load     imports what the engine needs and gives its two classes: the executor and the descent
    package  the package that it needs beside NumPy, or ""
    extra    the extra of backstep that installs the package
    praise   what the package is good for, for the message that it is not installed
    lacks    those of some rows that it cannot run, each with the reason
    worth    from how many operations on `auto` takes it
    """

    name: str
    load: Callable[[], tuple[Callable[[Tape, Sequence[bool]], Executor], Callable[..., Descent]]]
    package: str = ""
    extra: str = ""
    praise: str = ""
    lacks: Callable[[Sequence[Primitive]], dict[str, str]] = lambda rows: {}
    worth: int = 0

    def fault(self, rows: Sequence[Primitive]) -> Exception | None:
        """Why the engine cannot run a tape of these rows; None if it can."""
        if self.package and find_spec(self.package) is None:
            return ModuleNotFoundError(f"{self.package} is not installed: {install_command(self.extra)} {self.praise}")
        lacking = self.lacks(rows)
        if lacking:
            return ValueError(f"engine={self.name!r} {told(lacking)}, or use engine='numpy'")
        return None

    def executor(self, tape: Tape, varying: Sequence[bool]) -> Executor:
        """The executor of a tape whose inputs marked in `varying` have a number for each sample."""
        with without_collector():
            return self.load()[0](tape, varying)

    def descent(self, *arguments: Any) -> Descent:
        """The descent made from these arguments, which are those of Descent."""
        return self.load()[1](*arguments)


def load_native() -> tuple[Any, Any]:
    from autograd.tape.machine.descent import NativeDescent  # the optional extra `fast`
    from autograd.tape.machine.executor import Machine

    return Machine, NativeDescent


def untraceable(rows: Sequence[Primitive]) -> dict[str, str]:
    """Of rows that are not of the table, those that cannot be machine code, with the reason; the table's all can."""
    own = [row for row in rows if TABLE.get(row.name) is not row]
    if not own:
        return {}
    from autograd.tape.machine.symbols import why_not  # the optional extra `fast`

    return {row.name: reason for row in own if (reason := why_not(row))}


# `auto` takes the first of these that can run the tape and is worth it; the last one can run every tape.
ENGINES = {
    engine.name: engine
    for engine in (
        Engine(
            "native",
            load_native,
            package="llvmlite",
            extra="fast",
            praise="runs tapes up to a hundred times faster than NumPy does",
            lacks=untraceable,
            worth=20_000_000,  # 0.02 to 0.3 s of NumPy, the more the fewer samples; LLVM starts in 0.2 s
        ),
        Engine("numpy", lambda: (Vectorised, NumpyDescent)),
    )
}


def told(lacking: dict[str, str]) -> str:
    """Why some rows cannot be machine code, and what helps."""
    reasons = ", ".join(f"{name} ({reason})" for name, reason in lacking.items())
    return (
        f"runs rows on symbols to make machine code of them, which fails for {reasons}: give the row its function on "
        f"arrays, as Primitive(..., numpy=f), with np.where in place of `if`"
    )


def passed_over(name: str, rows: Sequence[Primitive], work: int) -> str:
    """Why "auto" does not take an engine that would pay: the rows that it lacks; "" if it takes it."""
    for engine in ENGINES.values() if name == "auto" else ():
        if work >= engine.worth and isinstance(engine.fault(rows), ValueError):
            return f"; {engine.name} {told(engine.lacks(rows))}"
    return ""


FORMER = {"numba": "native"}  # engines that other ones have replaced


def chosen(name: str, rows: Sequence[Primitive], work: int) -> Engine:
    """The engine called `name`, for a tape of these rows and so many operations of work; "auto" lets it be chosen.

    ValueError if no engine has that name or if the engine does not know one of the rows. ModuleNotFoundError if the
    package that it needs is not installed.
    """
    check_name(name)
    if name == "auto":
        return next(engine for engine in ENGINES.values() if work >= engine.worth and not engine.fault(rows))
    fault = ENGINES[name].fault(rows)
    if fault:
        raise fault
    return ENGINES[name]


def check_name(name: str, *others: str) -> None:
    """ValueError if `name` is neither "auto" nor an engine's name nor one of the others."""
    names = ["auto", *others, *ENGINES]
    if name in FORMER:
        raise ValueError(
            f"engine={name!r} is no more, engine={FORMER[name]!r} has taken its place: {install_command('fast')}"
        )
    if name not in names:
        expected = f"{', '.join(map(repr, names[:-1]))} or {names[-1]!r}"
        raise ValueError(f"engine is {expected}, got {name!r}")


def executor(tape: Tape, engine: str, varying: tuple[bool, ...], samples: int = 1) -> Any:
    """The executor for so many samples, where the inputs marked in `varying` have a number for each of them.

    With "auto" few samples of a short tape are run straight, by no engine.
    """
    name, made_by = "straight", Straight
    if engine != "auto" or samples > MOST_SAMPLES or len(tape.operations) > MOST_INSTRUCTIONS:
        kind = chosen(engine, tape.rows, samples * len(tape.operations))
        name, made_by = kind.name, kind.executor  # type: ignore[assignment]
    if (name, varying) not in tape.executors:
        tape.executors[name, varying] = made_by(tape, varying)
    return tape.executors[name, varying]


def evaluate(tape: Tape, inputs: Sequence[Any], engine: str = "auto") -> np.ndarray:
    """All results of the tape, shape (results, *shape of the inputs broadcast together).

    An array with one number for each input is read in one go, thousands of inputs too.
    """
    if len(inputs) != tape.inputs:
        raise ValueError(f"the tape has {tape.inputs} inputs, got {len(inputs)}: one float or array for each")
    if isinstance(inputs, np.ndarray) and inputs.shape == (tape.inputs,) and inputs.dtype == np.float64:
        alone = executor(tape, engine, (False,) * tape.inputs)
        row: np.ndarray = alone.run(inputs, [], 1)[:, 0]
        return row
    arrays = [real_array(x) for x in inputs]
    shape = np.broadcast_shapes(*(array.shape for array in arrays))
    varying = tuple(array.ndim > 0 for array in arrays)
    columns = [np.broadcast_to(array, shape).reshape(-1) for array in arrays if array.ndim]
    samples = columns[0].size if columns else 1
    numbers = [float(array) for array in arrays if not array.ndim]
    runner = executor(tape, engine, varying, samples)
    results: np.ndarray = runner.run(numbers, columns, samples)
    return results.reshape(len(results), *shape)


def run(tape: Tape, inputs: Sequence[Any], engine: str = "auto") -> tuple[list[Any], list[list[Any]]]:
    """The outputs of the tape and their gradients at `inputs`, one float or array for each input, broadcast together.

    gradients[i][j] is ∂outputs[i]/∂inputs[j], for each sample by itself. Where all inputs are floats, so are the
    results. Arrays are worked through in chunks, so the memory needed beside inputs and results is bounded, by about 40
    MB. engine: "numpy" is always there; "native" is faster by far, and needs the extra `fast`; "auto" takes the fastest
    engine that is installed and that pays.
    """
    array = evaluate(tape, inputs, engine)
    array[tape.outputs :] += 0.0  # a gradient begins with 0.0, in an eager pass too, so it is never -0.0
    results = array.tolist() if array.ndim == 1 else list(array)
    slopes, n = results[tape.outputs :], tape.inputs
    return results[: tape.outputs], [slopes[i : i + n] for i in range(0, len(slopes), n)]


Tape.run = run
Tape.evaluate = evaluate
