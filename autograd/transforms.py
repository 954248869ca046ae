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

from collections.abc import Sequence
from functools import wraps
from typing import Any

from autograd.ieee import silent
from autograd.modes import graph_kept
from autograd.primitives import sum as total
from autograd.run import Argnums, Function, Run, along, check_function, name_of
from autograd.structure import rebuild
from autograd.value import Value, innermost_block


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

    >>> import numpy as np
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


def recorded(function: Function) -> Function:
    """A decorator: within `no_grad()` the function keeps graphs all the same, for it differentiates."""

    @wraps(function)
    def keeping(*given: Any, **named: Any) -> Any:
        if innermost_block() is None:
            return function(*given, **named)
        with graph_kept():
            return function(*given, **named)

    return keeping


@recorded
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


@recorded
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


def transformed(f: Function, transform: str, made: Function) -> Function:
    """`made` with the signature and the docstring of `f`, under a name that tells both."""
    check_function(f, f"write {transform}(f)(x), not {transform}(f(x))")
    made = recorded(made)
    if hasattr(f, "__dict__"):
        made = wraps(f)(made)
    made.__name__ = made.__qualname__ = f"{transform}({name_of(f)})"
    return made
