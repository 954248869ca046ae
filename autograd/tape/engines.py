"""Which executor runs a tape: NumPy's, which is always there, or the machine that numba compiles."""

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any, Literal

from autograd.primitive import Primitive
from autograd.primitives import TABLE
from autograd.tape.vectorised import Vectorised

Engine = Literal["auto", "numpy", "numba"]

MUCH = 200_000_000  # operations: about half a second of NumPy, so that starting numba's machine pays
WITHOUT_NUMBA = (
    'numba is not installed: pip install "backstep[fast]" runs tapes up to fifty times faster than NumPy does'
)


def executor_class(engine: Engine, rows: Sequence[Primitive], work: int) -> Any:
    """The executor meant, for a tape of these rows and so many operations of work.

    ModuleNotFoundError if numba is asked for and not installed, ValueError if it is asked for and the tape has a row
    that is not in the table: the machine is made from the table, before any tape.
    """
    if engine not in ("auto", "numpy", "numba"):
        raise ValueError(f"engine is 'auto', 'numpy' or 'numba', got {engine!r}")
    own = [row.name for row in rows if TABLE.get(row.name) is not row]
    if engine == "numba" and own:
        raise ValueError(f"engine='numba' knows the rows of the table only, not {', '.join(own)}: use engine='numpy'")
    if engine == "numpy" or (engine == "auto" and (own or work < MUCH or not has_numba())):
        return Vectorised
    if not has_numba():
        raise ModuleNotFoundError(WITHOUT_NUMBA)
    from autograd.tape.machine.executor import Machine  # the optional extra `fast`

    return Machine


def has_numba() -> bool:
    return find_spec("numba") is not None
