"""`export`: a program in another language that computes the same value and the same gradients.

>>> print(export("w * x + b", to="python"))
import math
<BLANKLINE>
<BLANKLINE>
def f(w, x, b):
    t1 = w * x
    t2 = t1 + b
    return t2
<BLANKLINE>
<BLANKLINE>
def value_and_grad(w, x, b):
    t1 = w * x
    t2 = t1 + b
    return (t2, (x, w, 1.0,))
<BLANKLINE>
>>> print(export("x**2", to="latex"))
\\begin{align*}
  f &= x^{2} \\\\
  \\frac{\\partial f}{\\partial x} &= 2 \\cdot x
\\end{align*}

The program is the tape of the graph, line by line, in the names of its leaves. PyTorch and JAX differentiate it
themselves.
"""

import inspect
import math
import re
from collections.abc import Callable, Sequence
from typing import Any

from autograd.algebra import as_term
from autograd.derivative import ANYWHERE, slopes
from autograd.exporting.library import definitions
from autograd.exporting.targets import TARGETS, Target
from autograd.expression import names_in, parse
from autograd.ieee import silent
from autograd.naming import short_names
from autograd.notation import latex_aligned, latex_name
from autograd.order import topological_order
from autograd.tape.guards import Watch
from autograd.tape.program import statements
from autograd.tape.record import record, write_tape
from autograd.term import Term
from autograd.value import Value

NAMES = [*TARGETS, "latex"]


def export(f: str | Value | Callable[..., Any], to: str = "python", name: str = "f") -> str:
    """The text of a program with two functions: `name`, and value_and_grad with the gradients beside the value.

    f is an expression, a graph, whose leaves that have names become parameters, others constants, or a function of
    numbers; nn's networks export themselves (to="pytorch": a module with its weights). to is "python", "numpy",
    "pytorch", "jax", "javascript", "c" or "latex". ValueError for another language, and for a function that decides by
    looking at numbers.
    """
    if to not in NAMES:
        raise ValueError(f"unknown language {to!r}: expected one of {', '.join(NAMES)}")
    if hasattr(f, "exported_to"):
        text: str = f.exported_to(to, name)
        return text
    with silent():
        output, leaves = graph_of(f)
        return as_latex(output, name) if to == "latex" else written(output, leaves, TARGETS[to], name)


def graph_of(f: Any) -> tuple[Value, list[Value]]:
    """The graph of what is exported, and the leaves that are its parameters."""
    if isinstance(f, str):
        leaves = [Value(ANYWHERE, name) for name in names_in(f)]
        return parse(f, **{leaf.name: leaf for leaf in leaves}), leaves
    if isinstance(f, Value):
        return f, [node for node in topological_order(f) if node.op is None and node.name]
    if not callable(f):
        raise TypeError(f"expected an expression, a Value or a function to export; got {f!r}")
    names = list(inspect.signature(f).parameters)
    with Watch() as watch:
        leaves = [watch.stand_in(ANYWHERE) for _ in names]
        for leaf, name in zip(leaves, names, strict=True):
            leaf.name = name
        output = f(*leaves)
    if watch.guards:
        raise ValueError(f"only one way through the function would be exported, for {watch.guards[0]}: use where")
    if not isinstance(output, Value):
        raise TypeError(f"the function returned {output!r}; expected one Value")
    return output, leaves


def written(output: Value, leaves: Sequence[Value], target: Target, name: str) -> str:
    """The program in a language."""
    if not name.isidentifier() or not leaves:
        raise ValueError(f"expected a name for the function, and named variables in it; got {name!r} of {len(leaves)}")
    forward = write_tape([output], leaves)
    both = forward if target.derived else record(output, leaves)
    functions = target.functions({**dict.fromkeys(forward.rows), **dict.fromkeys(both.rows)})
    language = target.language._replace(functions=functions)
    taken = [*TAKEN, *definitions(target.library), name]
    texts = [target.heading, re.sub(r"\n(?=def )", "\n\n\n", target.prelude(functions))]
    for title, tape in ((name, forward), ("value_and_grad", both)):
        program = statements(tape, language, target.line, taken)
        parameters = ", ".join(map(target.parameter.format, program.inputs))
        lines = target.header.format(parameters=parameters) + "".join(f"{line}\n" for line in program.lines)
        result, *derivatives = program.results
        settings: dict[str, Any] = {"name": title, "parameters": parameters, "lines": lines, "count": len(leaves)}
        if title == name:
            texts.append(target.function.format(**settings, result=result))
        elif target.derived:
            texts.append(target.derived.format(**settings | {"name": name}))
        elif target.gradient:
            entries = "".join(f"    gradient[{i}] = {slope};\n" for i, slope in enumerate(derivatives))
            texts.append(target.gradient.format(**settings, slopes=entries, result=result))
        else:
            together = target.several.format(value=result, slopes=", ".join(derivatives))
            texts.append(target.function.format(**settings, result=together))
    return "\n\n".join(text for text in texts if text)


# Names that no variable of a program may have: words of C and JavaScript, what <math.h> declares, and our own.
WORDS = """
    auto break case char const continue default do double else enum extern float for goto int long register return short
    signed sizeof static struct switch typedef union unsigned void volatile while inline restrict main var let function
    new delete typeof instanceof this null true false undefined export import class extends super y0 y1 yn j0 j1 jn
    round floor ceil trunc
"""
TAKEN = [*WORDS.split(), *dir(math), "math", "np", "jax", "jnp", "torch", "gradient", "value_and_grad"]


def as_latex(output: Value, name: str) -> str:
    """The formula and its derivatives, as an align* environment. ValueError where they are too long to be read."""
    names = short_names(topological_order(output))
    formula = formula_of(output, names)
    lines = [f"{latex_name(name)} &= {formula}"]
    for leaf, slope in slopes(output).items():
        derivative = rf"\frac{{\partial {latex_name(name)}}}{{\partial {latex_name(leaf)}}}"
        lines.append(f"{derivative} &= {as_term(slope).latex}")
    return latex_aligned(lines)


def formula_of(output: Value, names: dict[Value, str]) -> str:
    """The whole formula in LaTeX."""
    from_leaves: dict[Value, Any] = {}
    for node in topological_order(output):
        operands = [operand if operand.__class__ is float else from_leaves[operand] for operand in node.operands]
        from_leaves[node] = Term.apply_primitive(node.op, operands) if node.op else Term(names[node])
    formula: Term = from_leaves[output]
    return formula.latex
