"""`descend`: the path that an optimiser takes on a function of a few numbers.

On a curve or a landscape one sees the steps of an optimiser; a network's loss has too many directions to look at.
`viz.plot_descent` draws the path.

>>> [round(x, 3) for x in descend(lambda x: x * x, start=3.0, lr=0.4, steps=3)]
[3.0, 0.6, 0.12, 0.024]
>>> descend(lambda x, y: x * x + 10 * y * y, (3.0, 1.0), lr=1.0, steps=1, optimizer="newton")
[(3.0, 1.0), (0.0, 0.0)]
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd import Value
from autograd.ieee import silent
from nn.optim import OPTIMIZERS, Optimizer


def descend(
    f: Callable[..., Any],
    start: Any,
    lr: float = 0.1,
    steps: int = 20,
    optimizer: str | type[Optimizer] = "sgd",
    **options: Any,
) -> list[Any]:
    """The path of an optimiser on f: the start, and the place after each step.

    f          a function of one Value, or of several
    start      a number, or a sequence of them, one for each variable; places are given in the same form
    lr         the learning rate; Newton's whole step is lr=1
    optimizer  its name, or its class; options are the class's, as momentum=0.9

    The path ends early where the numbers leave a float's range.
    """
    kind = OPTIMIZERS.named(optimizer) if isinstance(optimizer, str) else optimizer
    path = [tuple(map(float, np.atleast_1d(start)))]
    leaves = [Value(x) for x in path[0]]
    rule = kind(leaves, lr=lr, **options)
    with silent():
        for _ in range(steps):
            rule.zero_grad()
            loss = f(*leaves)
            if not isinstance(loss, Value):
                raise TypeError(f"expected a function that computes a Value from its operands, got {loss!r}")
            rule.minimise(loss)
            place = tuple(leaf.data for leaf in leaves)
            if not np.isfinite(place).all():
                break
            path.append(place)
    return [place[0] for place in path] if np.ndim(start) == 0 else path
