"""Short names for the nodes of a graph, the same in texts and pictures.

A node keeps the name it was given. An output without one is f; intermediates are q, r, s, ... in forward order, then
v1, v2, ...; leaves are a, b, c, ..., then x1, x2, .... Names in use are skipped, and what looks like one: w beside w0.
Where two nodes were given the same name x, the second one becomes x_2: in a derivation no symbol may have two meanings.

>>> from autograd.order import topological_order
>>> f = (Value(1.0, "x") + Value(2.0)) * Value(3.0, "x")
>>> list(short_names(topological_order(f)).values())
['x', 'a', 'q', 'x_2', 'f']
"""

import ast
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import count

from autograd.notation import latex_escape, latex_name, plain
from autograd.value import Value

LONGEST = 60


def short_names(order: Sequence[Value]) -> dict[Value, str]:
    """A name for each node of a graph, given its nodes in topological order (the output last)."""
    given = {node: quoted(clean(node.name)) for node in order if node.name}
    taken = set(given.values()) | {""}
    stems = {stem(name) for name in taken}
    series = {
        "output": series_of("fgh", "y", stems),
        "leaf": series_of("abcdeghkmnp", "xtz", stems),
        "intermediate": series_of("qrstuvw", "vu", stems),
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


def series_of(letters: str, fallback: str, avoid: set[str]) -> Iterator[str]:
    """The letters one by one, then v1, v2, ...; none that looks like a name of the user's, as w beside w0 would."""
    yield from (letter for letter in letters if letter not in avoid)
    free = next((letter for letter in fallback if letter not in avoid), "node")
    for n in count(1):
        yield f"{free}{n}"


def stem(name: str) -> str:
    """A name without its number: w of w, w0 and w_0."""
    return name.rstrip("0123456789").rstrip("_")


def quoted(name: str) -> str:
    """A name that reads like a formula or a number, such as x + y or 3, in quotation marks; any other one as it is."""
    try:
        tree = ast.parse(plain(name), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return name
    return name if isinstance(tree, (ast.Name, ast.Attribute, ast.Subscript)) and plain(name) == name else f"'{name}'"


def latex_names(names: Iterable[str]) -> dict[str, str]:
    """Each name in LaTeX, no two alike: of w1 and w_1, which are both w with an index, the later one is spelled out."""
    written: dict[str, str] = {}
    used: set[str] = set()
    for name in names:
        latex = latex_name(name)
        if latex in used:
            latex = rf"\mathrm{{{latex_escape(name)}}}"
        used.add(latex)
        written[name] = latex
    return written


HOSTILE = ("Cc", "Cf", "Cs", "Co", "Cn")  # kinds of characters: controls, formats, surrogates, and what has no meaning


def clean(name: str) -> str:
    """A name that is safe to print on one line: white space becomes a space, control characters become U+FFFD."""
    text = " ".join(name.split())
    if not text.isascii() or not text.isprintable():
        text = "".join("\ufffd" if unicodedata.category(c) in HOSTILE else c for c in text)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
