"""`movers`: the leaves that a step downhill moves, if the reader of a page says nothing.

>>> from autograd import explain, parse
>>> [leaf.name for leaf in movers(explain(parse("w * x + b", w=2, x=3, b=1)))]
['w', 'b']
>>> [leaf.name for leaf in movers(explain(parse("x * y", x=3, y=1)))]
['x', 'y']
"""

from collections.abc import Iterable

from autograd import Explanation, Value


def movers(solution: Explanation, parameters: Iterable[Value] | None = None) -> list[Value]:
    """The parameters that are leaves of the graph, in its order; an error if none is.

    If none are given: all leaves. But where some are named w… or b…, those named x… are data, and are held.
    """
    leaves = [node for node in solution.order if node.op is None]
    if parameters is not None:
        return chosen(leaves, parameters)
    names = {leaf: solution.names[leaf].lower() for leaf in leaves}
    has_weights = any(name.startswith(("w", "b")) for name in names.values())
    return [leaf for leaf in leaves if not (has_weights and names[leaf].startswith("x"))]


def chosen(leaves: list[Value], parameters: Iterable[Value]) -> list[Value]:
    if not isinstance(parameters, Iterable):
        raise TypeError(f"expected parameters in a list, as [w, b] or model.parameters(); got {parameters!r}")
    given = set(parameters)
    found = [leaf for leaf in leaves if leaf in given]
    if given and not found:
        raise ValueError(f"the output depends on none of the {len(given)} parameters: give leaves of its graph")
    return found
