"""`Run`: one call of a function on variables of its own, and the derivatives of its results by them.

>>> run = Run(lambda x: x * x, 0, (3.0,), {})
>>> run.results(), run.row(run.one_number())
(9.0, (6.0,))

Each number of the arguments gets a fresh node, also where it is a Value already. So a function that is differentiated
within another one is not confused with it, though both may work with the same number.
"""

from collections.abc import Callable, Iterator, Sequence
from inspect import unwrap
from typing import Any

import numpy as np

from autograd.backward import gradients
from autograd.hooks import told_adjoints
from autograd.ieee import to_float
from autograd.order import backward_order, edges, walk
from autograd.primitives import sum as total
from autograd.structure import leaves, opened, paths, rebuild, skeleton
from autograd.value import Value, number_of

Function = Callable[..., Any]
Argnums = int | Sequence[int]


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
        return rebuild(self.returned, map(number_of, self.outputs))

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
