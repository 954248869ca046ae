"""The tape: a graph recorded once and run again on other numbers, at the speed of arrays.

Reading order: record (from Values to a Tape) → tape → vectorised, the NumPy executor → assemble, machine, the numba
executor → compiled (a function that records itself).
"""

from autograd.tape.compiled import Compiled, compile
from autograd.tape.record import record
from autograd.tape.tape import Tape

__all__ = ["Compiled", "Tape", "compile", "record"]
