"""Short names for the nodes of a graph, the same in texts and pictures.

A node keeps the name it was given. An output without one is f; intermediates are q, r, s, ... in forward order, then
v1, v2, ...; leaves are a, b, c, ..., then x1, x2, .... Names in use are skipped. Where two nodes were given the same
name x, the second one becomes x_2: in a derivation no symbol may have two meanings.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import count

from autograd.value import Value

LONGEST = 60


def short_names(order: Sequence[Value]) -> dict[Value, str]:
    """A name for each node of a graph, given its nodes in topological order (the output last)."""
    given = {node: clean(node.name) for node in order if node.name}
    taken = set(given.values()) | {""}
    series = {
        "output": series_of("f", "f"),
        "leaf": series_of("abcdeghkmnp", "x"),
        "intermediate": series_of("qrstuvw", "v"),
    }
    names: dict[Value, str] = {}
    used: set[str] = set()
    for node in order:
        name = given.get(node, "")
        if not name:
            kind = "output" if node is order[-1] else "leaf" if node.op is None else "intermediate"
            name = next(candidate for candidate in series[kind] if candidate not in taken)
            taken.add(name)
        elif name in used:
            name = next(candidate for n in count(2) if (candidate := f"{name}_{n}") not in taken)
            taken.add(name)
        used.add(name)
        names[node] = name
    return names


def series_of(letters: str, stem: str) -> Iterator[str]:
    """The letters one by one, then stem1, stem2, ...."""
    yield from letters
    for n in count(1):
        yield f"{stem}{n}"


def clean(name: str) -> str:
    """A name that is safe to print on one line: white space becomes a space, control characters become U+FFFD."""
    hostile = ("Cc", "Cf", "Cs", "Co", "Cn")
    text = "".join("\ufffd" if unicodedata.category(c) in hostile else c for c in " ".join(name.split()))
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
