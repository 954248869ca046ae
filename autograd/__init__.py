"""backstep's engine: scalar reverse-mode automatic differentiation, made to be read.

Reading order: ieee, notation (numbers and how they are written) → primitive, scalars, rows (what a row is) → primitives
(THE TABLE of operations) → term, tree, code (formulas: as text, as data, as program code) → order, watching, value,
copies, modes, chain, hooks, pull, backward (graphs and the chain rule), familiar (names from elsewhere) → structure,
run, transforms (derivatives of plain functions) → naming, rules, steps, explain, patterns, cards (worked steps), manual
(what help says of a row) → route, routes (a gradient as a sum) → words (a step in words) → remedies, expression (graphs
from text) → algebra, derivative (derivatives as formulas) → namesake, files, installing, waiting (what all packages
share) → bench (the learner's tools) → registering (operations of your own) → tape (a graph recorded once, and run
again) → exporting (programs in other languages).

Every row of the table is a function here, under its name: `autograd.tanh`, `autograd.where`, `autograd.sum`.
`from autograd import *` leaves out abs, compile, pow and sum, which would hide Python's own.
"""

# ruff: noqa: I001, RUF022 (rows are imported in the order of the table)

import builtins
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

import autograd.namesake  # it tells if HIPS autograd is installed, too
import autograd.copies
import autograd.familiar
from autograd.backward import gradients, zero_grad
import autograd.manual  # noqa: F401 (it gives rows their docstrings)
from autograd.modes import no_grad
from autograd.derivative import derivative
from autograd.explain import Explanation, explain
from autograd.expression import ExpressionError, parse
from autograd.primitive import Primitive
from autograd.primitives import (
    add, sub, mul, div, neg, sum, pow, pow_number, pow_value, square, sqrt, cbrt, hypot,
    exp, exp2, expm1, log, log1p, log10, log2, logaddexp,
    sin, cos, tan, arcsin, arccos, arctan, sinh, cosh, tanh, arcsinh, arccosh, arctanh, arctan2,
    abs, sign, step, greater, equal, maximum, minimum, where,
    relu, leaky_relu, elu, sigmoid, softplus, erf, erfc, gelu, bce,
)  # fmt: skip
from autograd.route import Route
from autograd.routes import Routes, routes
from autograd.steps import Step
from autograd.term import Term
from autograd.transforms import grad, hessian, hvp, jacobian, jvp, value_and_grad
from autograd.value import Value

# What takes a while to load, and where it is.
LATE = {
    "Tape": "autograd.tape",
    "compile": "autograd.tape",
    "export": "autograd.exporting.writer",
    "record": "autograd.tape",
    "register": "autograd.registering",
    "AnomalyError": "autograd.bench.anomaly",
    "detect_anomaly": "autograd.bench.anomaly",
    "check_by_hand": "autograd.bench.checking",
    "Exercise": "autograd.bench.exercises",
    "exercises": "autograd.bench.exercises",
    "GradcheckError": "autograd.bench.gradcheck",
    "gradcheck": "autograd.bench.gradcheck",
    "mistakes": "autograd.bench.mistakes",
    "numeric_derivative": "autograd.bench.secants",
}

if TYPE_CHECKING:
    from autograd.bench.anomaly import AnomalyError, detect_anomaly
    from autograd.bench.checking import check_by_hand
    from autograd.bench.exercises import Exercise, exercises
    from autograd.bench.gradcheck import GradcheckError, gradcheck
    from autograd.bench.mistakes import mistakes
    from autograd.bench.secants import numeric_derivative
    from autograd.exporting.writer import export
    from autograd.registering import register
    from autograd.tape.compiled import compile
    from autograd.tape.record import record
    from autograd.tape.tape import Tape
else:

    def __getattr__(name: str) -> Any:
        """The names that are loaded when first asked for, and the rows that were registered."""
        if name in LATE:
            return getattr(import_module(LATE[name]), name)
        registering = sys.modules.get("autograd.registering")
        if registering is not None and name in registering.REGISTERED:
            return registering.REGISTERED[name]
        raise AttributeError(f"module 'autograd' has no attribute {name!r}")

    def __dir__() -> list[str]:
        return sorted({*globals(), *LATE})


__version__ = "0.2.0"

__all__ = [
    "AnomalyError", "Explanation", "ExpressionError", "Primitive", "Route", "Routes", "Step", "Tape", "Term", "Value",
    "compile", "explain", "gradients", "no_grad", "parse", "record", "register", "routes",
    "zero_grad", "derivative", "export", "grad", "hessian", "hvp", "jacobian", "jvp", "value_and_grad",
    "Exercise", "GradcheckError", "check_by_hand", "detect_anomaly", "exercises", "gradcheck", "mistakes",
    "numeric_derivative",
    "add", "sub", "mul", "div", "neg", "sum", "pow", "pow_number", "pow_value", "square", "sqrt", "cbrt", "hypot",
    "exp", "exp2", "expm1", "log", "log1p", "log10", "log2", "logaddexp",
    "sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh",
    "arcsinh", "arccosh", "arctanh", "arctan2",
    "abs", "sign", "step", "greater", "equal", "maximum", "minimum", "where",
    "relu", "leaky_relu", "elu", "sigmoid", "softplus", "erf", "erfc", "gelu", "bce",
]  # fmt: skip
__all__ = [name for name in __all__ if not hasattr(builtins, name)]
