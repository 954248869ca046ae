"""The languages to which `export` writes: how a number, an operation, a function look there.

>>> from autograd.primitives import arctan, exp, greater, relu
>>> print(TARGETS["c"].functions([exp, arctan, relu, greater])[arctan])
atan

Names are derived where they can be: what a row calls of Python's math module has the same name in C, and a ufunc of
NumPy's tells its own. What is left stands in the files of libraries/.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import FunctionType

import numpy as np

from autograd.code import JAVASCRIPT, PYTHON, Language
from autograd.exporting.library import source, used
from autograd.primitive import Primitive
from autograd.primitives import pow_number, pow_value

POWERS = {pow_number: "pow", pow_value: "pow"}  # two rows, one function in other languages


def c_number(number: float) -> str:
    """A literal of C."""
    if math.isfinite(number):
        return repr(number)
    return "NAN" if math.isnan(number) else "INFINITY" if number > 0 else "-INFINITY"


def of_math(row: Primitive) -> str:
    """The function of the C library that a row calls, as Python's math module does; "" if it calls none."""
    return row.forward.__name__ if getattr(row.forward, "__module__", "") == "math" else ""


def in_python(row: Primitive) -> str:
    return f"math.{of_math(row)}" if of_math(row) else row.forward.__name__


def in_c(row: Primitive) -> str:
    return of_math(row) or row.name


def in_numpy(row: Primitive) -> str:
    """The ufunc of a row, unless its result is a bool; a power; else the row's own name."""
    if isinstance(row.numpy, np.ufunc) and not row.no_edge:
        return f"np.{row.numpy.__name__}"
    return "np.power" if row in POWERS else row.name


def in_javascript(row: Primitive) -> str:
    return POWERS.get(row, row.name)


def in_module(module: str, library: str) -> Callable[[Primitive], str]:
    """Functions of a module that has the rows' own names, but for those of its library."""

    def name(row: Primitive) -> str:
        own = POWERS.get(row, row.name)
        return own if used(library, [own]) else f"{module}.{own}"

    return name


@dataclass(frozen=True)
class Target:
    """A language as a target.

    name       the name of a row's function
    language   numbers and signs
    heading    what stands at the top
    library    the file of libraries/; "" for plain Python
    line       an assignment
    function   a function: its name, parameters, lines and result
    several    results in one
    derived    the gradient by the framework itself, in place of our lines; "" to write ours
    header     lines of a function before its own
    """

    name: Callable[[Primitive], str]
    heading: str
    function: str
    library: str = ""
    language: Language = PYTHON
    line: str = "    {} = {}"
    parameter: str = "{}"
    several: str = "({value}, ({slopes},))"
    derived: str = ""
    header: str = ""
    gradient: str = field(default="")

    def functions(self, rows: Iterable[Primitive]) -> dict[Primitive, str]:
        """The function of each row."""
        return {row: self.name(row) for row in rows}

    def prelude(self, rows: Iterable[Primitive]) -> str:
        """The definitions that the rows need."""
        called = [row for row in rows if row not in self.language.signs]
        if self.library:
            return used(self.library, [self.name(row) for row in called] + ["tensor"] * bool(self.header))
        return source(row.forward for row in called if isinstance(row.forward, FunctionType))


PYTHON_FUNCTION = "def {name}({parameters}):\n{lines}    return {result}\n"
JAVASCRIPT_FUNCTION = "function {name}({parameters}) {{\n{lines}  return {result};\n}}\n"
C_FUNCTION = "double {name}({parameters}) {{\n{lines}    return {result};\n}}\n"
C_GRADIENT = "double {name}({parameters}, double gradient[{count}]) {{\n{lines}{slopes}    return {result};\n}}\n"

TARGETS = {
    "python": Target(in_python, "import math\n", PYTHON_FUNCTION),
    "numpy": Target(in_numpy, "import math\n\nimport numpy as np\n", PYTHON_FUNCTION, "numpy.txt"),
    "pytorch": Target(
        in_module("torch", "pytorch.txt"),
        "import torch\n",
        PYTHON_FUNCTION,
        "pytorch.txt",
        header="    ({parameters},) = map(tensor, ({parameters},))\n",
        derived="def value_and_grad({parameters}):\n"
        "    inputs = [tensor(x).detach().requires_grad_() for x in ({parameters},)]\n"
        "    value = {name}(*inputs)\n"
        "    slopes = torch.autograd.grad(value.sum(), inputs, allow_unused=True)\n"
        "    return value.detach(), tuple(torch.zeros_like(x) if d is None else d for x, d in zip(inputs, slopes))\n",
    ),
    "jax": Target(
        in_module("jnp", "jax.txt"),
        'import jax\nimport jax.numpy as jnp\n\njax.config.update("jax_enable_x64", True)\n',
        PYTHON_FUNCTION,
        "jax.txt",
        derived="value_and_grad = jax.value_and_grad({name}, argnums=tuple(range({count})))\n",
    ),
    "javascript": Target(
        in_javascript,
        "",
        JAVASCRIPT_FUNCTION,
        "javascript.js",
        JAVASCRIPT,
        line="  const {} = {};",
        several="[{value}, [{slopes}]]",
    ),
    "c": Target(
        in_c,
        "#define _DEFAULT_SOURCE\n#include <math.h>\n",
        C_FUNCTION,
        "c.c",
        Language(c_number, ""),
        line="    double {} = {};",
        parameter="double {}",
        gradient=C_GRADIENT,
    ),
}
