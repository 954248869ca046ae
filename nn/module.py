"""`Module`: something with parameters. Whatever a module keeps in its attributes belongs to it.

>>> class Line(Module):
...     def __init__(self):
...         self.slope, self.intercept = Value(2.0), Value(1.0)
...     def __call__(self, x):
...         return self.slope * x + self.intercept
>>> [p.data for p in Line().parameters()]
[2.0, 1.0]
"""

from collections.abc import Iterator
from typing import Any

from autograd import Value, zero_grad


class Module:
    """The base of layers and networks: finds the parameters, and resets their gradients."""

    def parameters(self) -> list[Value]:
        """All leaves among the attributes, also in lists, tuples, dicts and modules; a shared one stands once."""
        return list(dict.fromkeys(leaves_of(self)))

    def zero_grad(self) -> None:
        """Set every parameter's grad to None, as before any backward pass."""
        zero_grad(self.parameters())


def leaves_of(thing: Any) -> Iterator[Value]:
    """The leaves in a Value, a Module, or a container of such, in the order of definition."""
    if isinstance(thing, Value):
        if thing.op is None:
            yield thing
    elif isinstance(thing, Module):
        for content in vars(thing).values():
            yield from leaves_of(content)
    elif isinstance(thing, (list, tuple)):
        for content in thing:
            yield from leaves_of(content)
    elif isinstance(thing, dict):
        for content in thing.values():
            yield from leaves_of(content)
