"""backstep's engine: scalar reverse-mode automatic differentiation, made to be read.

Reading order: primitives (the table of operations) → order, value → backward → term → explain → expression, tape.

Every row of the table is a function here, under its name: `autograd.tanh`, `autograd.where`, `autograd.sum`.
`from autograd import *` leaves out abs, compile, pow and sum, which would hide Python's own.
"""

import builtins
from importlib import import_module
from typing import TYPE_CHECKING, Any

from autograd import primitives
from autograd.backward import gradients, zero_grad
from autograd.explain import Explanation, Step, explain
from autograd.expression import ExpressionError, parse
from autograd.primitive import Primitive
from autograd.term import Term
from autograd.value import Value

if TYPE_CHECKING:  # they are loaded by __getattr__; `compile` would hide Python's own from `import *`
    from autograd.tape.compiled import compile  # noqa: F401
    from autograd.tape.record import record
    from autograd.tape.tape import Tape


__version__ = "0.1.0"

globals().update(primitives.TABLE, pow=primitives.pow)


def __getattr__(name: str) -> Any:
    """`Tape`, `compile` and `record`: the tape is loaded when one of them is first asked for."""
    if name in ("Tape", "compile", "record"):
        return getattr(import_module("autograd.tape"), name)
    raise AttributeError(f"module 'autograd' has no attribute {name!r}")


_rows = [name for name in primitives.TABLE if not hasattr(builtins, name)]
__all__ = [
    "Explanation", "ExpressionError", "Primitive", "Step", "Tape", "Term", "Value",
    "explain", "gradients", "parse", "record", "zero_grad", *_rows,
]  # fmt: skip
