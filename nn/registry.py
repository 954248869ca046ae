"""`Registry`: all things of one kind by name: optimisers, activations, losses, first weights.

A thing enters its registry where it is defined. Whoever takes a name looks there, so no other list has to be kept.

>>> shapes: Registry[type] = Registry("shape")
>>> @shapes.add
... class Circle:
...     pass
>>> shapes.named("circle") is Circle
True
>>> shapes.named("cirle")
Traceback (most recent call last):
ValueError: unknown shape 'cirle': did you mean circle?
"""

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Any, TypeVar

T = TypeVar("T")
Named = TypeVar("Named", bound=Callable[..., Any])  # a class or a function: it has a name


class Registry(dict[str, T]):
    """Things of one kind by name; the kind is a word for error messages."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind

    def add(self, thing: Named) -> Named:
        """Enter a class or a function under its own name in lower case, as a decorator does.

        ValueError if the name is taken by something else; the same definition, run again, takes its own place.
        """
        name = thing.__name__.lower()
        if name in self and place_of(self[name]) != place_of(thing):
            raise ValueError(f"the {self.kind} {name!r} is there already: {self[name]!r}")
        self[name] = thing  # type: ignore[assignment]  # what a registry holds is told where it is made
        return thing

    def named(self, name: Any) -> T:
        """The thing of this name. ValueError that lists the names if there is none."""
        if not isinstance(name, str) or name not in self:
            raise unknown(self.kind, name, self)
        return self[name]


def place_of(thing: Any) -> tuple[str, str]:
    """The module in which a class or a function is defined, and its name there."""
    return thing.__module__, thing.__qualname__


def unknown(kind: str, name: Any, known: Iterable[str], besides: str = "") -> ValueError:
    """The error for a name that is not known: it tells the most similar one, or all; and what else may be done."""
    names = list(known)
    similar = get_close_matches(str(name), names, 1)
    remedy = f"did you mean {similar[0]}?" if similar else f"expected one of {', '.join(names)}"
    return ValueError(f"unknown {kind} {name!r}: {remedy}{besides and f'; {besides}'}")
