"""backstep's engine: scalar reverse-mode automatic differentiation, made to be read.

Reading order: primitives (the table of operations) → order, value → backward → term → explain → expression, tape.

Every row of the table is a function here, under its name: `autograd.tanh`, `autograd.where`, `autograd.sum`.
`from autograd import *` leaves out abs, compile, pow and sum, which would hide Python's own.
"""

import builtins
from typing import TYPE_CHECKING, Any

from autograd import primitives
from autograd.backward import gradients, zero_grad
from autograd.explain import Explanation, Step, explain
from autograd.expression import ExpressionError, parse
from autograd.primitive import Primitive
from autograd.tape import Tape, compile, record  # noqa: F401 (compile would hide Python's own from `import *`)
from autograd.term import Term
from autograd.value import Value

globals().update(primitives.TABLE, pow=primitives.pow)

if TYPE_CHECKING:  # what the line above adds

    def __getattr__(name: str) -> Any: ...


_rows = [name for name in primitives.TABLE if not hasattr(builtins, name)]
__all__ = [
    "Explanation", "ExpressionError", "Primitive", "Step", "Tape", "Term", "Value",
    "explain", "gradients", "parse", "record", "zero_grad", *_rows,
]  # fmt: skip
