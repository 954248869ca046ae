"""Transforms: from a plain Python function to the function of its derivatives, as in JAX and HIPS autograd.

>>> from autograd import tanh
>>> slope = grad(tanh)
>>> slope(0.0), grad(slope)(0.0), grad(grad(grad(tanh)))(0.0)
(1.0, 0.0, -2.0)
>>> hessian(lambda p: p["a"] ** 2 * p["b"])({"a": 3.0, "b": 5.0})
{'a': {'a': 10.0, 'b': 6.0}, 'b': {'a': 6.0, 'b': 0.0}}

Arguments and results are numbers, Values, arrays of them, and lists, tuples, namedtuples and dicts of all these. A
derivative has the shape of what it is a derivative by.

Numbers give numbers. Where the function is given Values, or uses others, as weights, derivatives are Values too: so
nothing is cut off, they can be differentiated again, and `backward()` reaches the weights.

A function runs on variables of its own, one fresh node for each number. So nested transforms are not confused: here the
inner y is not the outer x, though both are the same number.

>>> grad(lambda x: x * grad(lambda y: x + y)(x))(1.0)
1.0
"""

from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from inspect import unwrap
from typing import Any

import numpy as np

from autograd.backward import gradients, told_adjoints
from autograd.ieee import silent, to_float
from autograd.order import backward_order, edges, walk
from autograd.primitives import sum as total
from autograd.structure import leaves, opened, paths, rebuild, skeleton
from autograd.value import Value

Function = Callable[..., Any]
Argnums = int | Sequence[int]


def grad(f: Function, argnums: Argnums = 0, *, allow_unused: bool = True) -> Function:
    """The function that gives the gradient of `f`, whose result is one number.

    `argnums` says by which argument, counted from 0; several, as (0, 1), give a tuple of gradients. All others, and
    those given by name, are handed to `f` as they are. An input that has no influence has the gradient 0; with
    allow_unused=False it is a ValueError that names it.

    >>> grad(lambda x, y: x * y, argnums=(0, 1))(2.0, 3.0)
    (3.0, 2.0)
    """

    def gradient(*given: Any, **named: Any) -> Any:
        run = Run(f, argnums, given, named, allow_unused)
        return run.derivatives(0.0, [run.row(run.one_number())])

    return transformed(f, "grad", gradient)


def value_and_grad(f: Function, argnums: Argnums = 0, *, allow_unused: bool = True) -> Function:
    """The function that gives (value, gradient) of `f`, which is run once; see `grad`."""

    def both(*given: Any, **named: Any) -> tuple[Any, Any]:
        run = Run(f, argnums, given, named, allow_unused)
        output = run.one_number()
        return run.results(), run.derivatives(0.0, [run.row(output)])

    return transformed(f, "value_and_grad", both)


def jacobian(f: Function, argnums: Argnums = 0, *, allow_unused: bool = True) -> Function:
    """The function that gives the derivatives of all results of `f`: for each result one gradient; see `grad`.

    Arrays of shape S by arrays of shape T give one array of shape (*S, *T).

    >>> jacobian(lambda x: np.array([x[0] * x[1], x[0] + x[1]]))(np.array([2.0, 3.0]))
    array([[3., 2.],
           [1., 1.]])
    """

    def matrix(*given: Any, **named: Any) -> Any:
        run = Run(f, argnums, given, named, allow_unused)
        return run.derivatives(run.returned, [run.row(output) for output in run.outputs])

    return transformed(f, "jacobian", matrix)


def hessian(f: Function, argnums: Argnums = 0, *, allow_unused: bool = True) -> Function:
    """The function that gives the second derivatives of `f`, whose result is one number: the jacobian of its `grad`."""

    def matrix(*given: Any, **named: Any) -> Any:
        run = Run(f, argnums, given, named, allow_unused)
        slopes = run.slopes(run.one_number())
        return run.derivatives(run.inputs, [run.row(slope) for slope in slopes])

    return transformed(f, "hessian", matrix)


def jvp(f: Function, primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """The results of f(*primals), and how fast they change where the arguments change as `tangents` do.

    Both are tuples with one entry for each argument, of the same shapes. The second result is jacobian · tangents.

    >>> jvp(lambda x, y: x * y, (2.0, 3.0), (1.0, 0.0))
    (6.0, 3.0)

    Two passes back take the place of a pass forward: Σ u·output is differentiated by the inputs, which gives a sum that
    is linear in u, and that sum, weighted by the tangents, by u.
    """
    run, directions = along(f, primals, tangents)
    weights = [Value(1.0) for _ in run.outputs]
    with silent():
        weighted = total([weight * output for weight, output in zip(weights, run.outputs, strict=True)])
        slopes = run.slopes(weighted)
        change = total([slope * direction for slope, direction in zip(slopes, directions, strict=True)])
    return run.results(), rebuild(run.returned, iter(run.row(change, weights)))


def hvp(f: Function, primals: Sequence[Any], tangents: Sequence[Any]) -> Any:
    """hessian · tangents of `f`, whose result is one number, without the whole hessian: two passes for any size.

    `primals` and `tangents` are those of `jvp`. The result has the shape of the argument, or is a tuple for several.

    >>> hvp(lambda x: x[0] ** 2 * x[1], ([3.0, 5.0],), ([1.0, 0.0],))
    [10.0, 6.0]
    """
    run, directions = along(f, primals, tangents)
    slopes = run.slopes(run.one_number())
    with silent():
        change = total([slope * direction for slope, direction in zip(slopes, directions, strict=True)])
    products = rebuild(run.inputs, iter(run.row(change)))
    return products[0] if len(primals) == 1 else products


# ── One call ──────────────────────────────────────────────────────────────────────────────────────────────────────────


class Run:
    """One call of a function on variables of its own.

    inputs     the arguments by which it is differentiated: one, or a tuple of several
    variables  a fresh node for each of their numbers
    returned   what the function returned, and `outputs`, the numbers in it
    of_values  whether derivatives are Values: Values were given, or the function uses others than its variables
    """

    def __init__(
        self, f: Function, argnums: Argnums, given: tuple[Any, ...], named: dict[str, Any], allow_unused: bool = True
    ) -> None:
        self.name = name_of(f)
        positions = [argnums] if isinstance(argnums, int) else list(argnums)
        for position in positions:
            if not isinstance(position, int) or not -len(given) <= position < len(given):
                raise ValueError(
                    f"argnums={argnums!r}: {self.name} was given {len(given)} by position, which are "
                    f"counted from 0; what is given by name is not differentiated"
                )
        positions = [position % len(given) for position in positions]
        inputs = [opened(given[position]) for position in positions]
        names = [path for i, part in zip(positions, inputs, strict=True) for path in paths(part, parameter(f, i))]
        numbers = list(leaves(inputs))
        self.variables = [self.variable(number, name) for number, name in zip(numbers, names, strict=True)]
        fresh = iter(self.variables)
        arguments = list(given)
        for position, part in zip(positions, inputs, strict=True):
            arguments[position] = rebuild(part, fresh)
        self.returned = opened(f(*arguments, **named))
        self.outputs = list(leaves(self.returned))
        for output in self.outputs:
            if not isinstance(output, Value):
                self.refuse(output)
        self.inputs = inputs[0] if isinstance(argnums, int) else tuple(inputs)
        self.of_values = any(isinstance(number, Value) for number in numbers) or self.uses_others()
        if not allow_unused:
            self.refuse_unused(names)

    def variable(self, number: Any, name: str) -> Value:
        """A fresh node: a leaf for a number; for a Value one that depends on it, so that outer transforms see it."""
        if isinstance(number, Value):
            copy = number * 1.0
            copy.name = number.name or name
            return copy
        try:
            return Value(number, name)
        except TypeError as error:
            raise TypeError(f"{self.name} is differentiated by {name}: {error}") from None

    def refuse(self, output: Any) -> None:
        """TypeError for a result that is no number."""
        try:
            to_float(output)
        except TypeError:
            hint = ": is its return missing?" if output is None else ""
            expected = "a number, or containers of numbers"
            raise TypeError(f"{self.name} returned {self.returned!r}; expected {expected}{hint}") from None

    def uses_others(self) -> bool:
        """Whether the results depend on leaves that are not the variables, such as weights."""
        visited: set[Any] = set(self.variables)
        nodes = (node for output in self.outputs if isinstance(output, Value) for node in walk(output, visited)[0])
        return any(node.op is None for node in nodes)

    def refuse_unused(self, names: Sequence[str]) -> None:
        """ValueError that names the variables on which no result depends."""
        nodes = [output for output in self.outputs if isinstance(output, Value)]
        used = {*nodes, *(o for node in nodes for part in backward_order(node, self.variables) for _, o in edges(part))}
        unused = [name for name, variable in zip(names, self.variables, strict=True) if variable not in used]
        if unused:
            raise ValueError(
                f"{self.name} does not depend on {', '.join(unused)}, so the derivative is 0: "
                f"leave the argument out of argnums, or write allow_unused=True"
            )

    def one_number(self) -> Any:
        """The result, which is one number; else TypeError."""
        if len(self.outputs) != 1 or isinstance(self.returned, (list, tuple, dict)) or np.shape(self.returned):
            raise TypeError(
                f"{self.name} returned {self.returned!r}; expected one number, for which a gradient is defined: "
                f"return the sum of several, or use jacobian"
            )
        return self.outputs[0]

    def results(self) -> Any:
        """The results of the function, as Values or as plain numbers."""
        if self.of_values:
            return self.returned
        numbers = (output.data if isinstance(output, Value) else to_float(output) for output in self.outputs)
        return rebuild(self.returned, numbers)

    def slopes(self, output: Any, variables: Sequence[Value] = ()) -> list[Value]:
        """∂output/∂variable for each variable, or for others that are given, as graphs."""
        ends = [*self.variables, *variables]
        order = backward_order(output, ends) if isinstance(output, Value) else []
        adjoints = told_adjoints(order, 1, as_graph=True) if isinstance(output, Value) and order else {output: 1.0}
        slopes = (adjoints.get(variable, 0.0) for variable in variables or self.variables)
        return [slope if isinstance(slope, Value) else constant(slope) for slope in slopes]

    def row(self, output: Any, variables: Sequence[Value] = ()) -> Sequence[Any]:
        """The same as Values, or as numbers, as `of_values` says."""
        if self.of_values:
            return self.slopes(output, variables)
        wanted = variables or self.variables
        return gradients(output, wanted) if isinstance(output, Value) else [0.0] * len(wanted)

    def derivatives(self, results: Any, rows: Sequence[Sequence[Any]]) -> Any:
        """The matrix of derivatives in containers: those of the results, and in these those of the inputs."""
        matrix = np.empty((len(rows), len(self.variables)), dtype=object if self.of_values else float)
        for place, row in enumerate(rows):
            matrix[place] = row

        def blocks() -> Iterator[Any]:
            for across, result in spans(results):
                parts = (
                    entry_or_array(matrix[across, along], np.shape(result) + np.shape(part))
                    for along, part in spans(self.inputs)
                )
                yield rebuild(self.inputs, parts, whole_arrays=True)

        return rebuild(results, blocks(), whole_arrays=True)


def along(f: Function, primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Run, list[Any]]:
    """A run of f(*primals), and the number of `tangents` for each of its variables."""
    check_function(f, "the function stands first, and its arguments in a tuple")
    for name, given in (("primals", primals), ("tangents", tangents)):
        if not isinstance(given, (list, tuple)):
            raise TypeError(f"{name} are a tuple with one entry for each argument, as (x,); got {given!r}")
    run = Run(f, range(len(primals)), tuple(primals), {})
    directions = opened(tuple(tangents))
    if skeleton(directions) != skeleton(run.inputs):
        raise ValueError(f"tangents have the shapes of primals: got {tangents!r} for {primals!r}")
    return run, [number if isinstance(number, Value) else to_float(number) for number in leaves(directions)]


def constant(number: float) -> Value:
    """A node for a number that depends on nothing. (Transforms around this one would take a leaf for a weight.)"""
    return Value.apply_primitive(total, [number])


def spans(structure: Any) -> Iterator[tuple[slice, Any]]:
    """Each number or array in containers, with the places of its numbers when all are counted in order."""
    start = 0
    for part in leaves(structure, whole_arrays=True):
        size = int(np.prod(np.shape(part)))
        yield slice(start, start + size), part
        start += size


def entry_or_array(block: np.ndarray, shape: tuple[int, ...]) -> Any:
    """A block of the matrix as an array, or as the one number that it is."""
    return block.reshape(shape) if shape else block.tolist()[0][0]


def transformed(f: Function, transform: str, made: Function) -> Function:
    """`made` with the signature and the docstring of `f`, under a name that tells both."""
    check_function(f, f"write {transform}(f)(x), not {transform}(f(x))")
    if hasattr(f, "__dict__"):
        made = wraps(f)(made)
    made.__name__ = made.__qualname__ = f"{transform}({name_of(f)})"
    return made


def check_function(f: Any, remedy: str) -> None:
    if not callable(f):
        raise TypeError(f"expected a function, got {f!r}: {remedy}")


def name_of(f: Function) -> str:
    return str(getattr(f, "__name__", "") or getattr(f, "name", "") or f)


def parameter(f: Function, position: int) -> str:
    """The name of a parameter, where the function's own code tells it."""
    code = getattr(unwrap(f), "__code__", None)
    names = code.co_varnames[: code.co_argcount] if code is not None else ()
    return str(names[position]) if position < len(names) else f"argument {position}"
