"""Our own layout: a place for each node of a picture, in layers from left to right.

Each node stands in the layer after its last operand; a wire that crosses layers runs through one invisible point in
each. The order within a layer is that of crossings.py; heights follow the neighbours as closely as the order allows.
(Sugiyama, Tagawa, Toda: Methods for visual understanding of hierarchical system structures, 1981.)

>>> layout = lay_out([(50, 42), (50, 42), (80, 40)], [(0, 2), (1, 2)])
>>> layout.spans
[(0.0, 50.0), (0.0, 50.0), (93.5, 173.5)]
>>> layout.heights
[21.0, 77.0, 49.0]
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from viz.graph.crossings import order_layers

ROUNDS = 50
LARGE = 1000  # points; in a larger graph the best heights would be looked for too long
MOST_EXTRA = 100.0  # between layers where wires climb far
GENTLE = 0.45  # straight wires run so far for each step that they climb: a steeper one would meet a neighbour's circle


class Gaps(NamedTuple):
    """The room that the layout keeps free: between layers, at least, and between the nodes of a layer."""

    layers: float = 40.0
    nodes: float = 14.0


GAPS = Gaps()
ROOMY = Gaps(layers=70.0, nodes=24.0)  # of a stepper: there `× local` stands before a gate, a word below a gradient


@dataclass(frozen=True, slots=True)
class Layout:
    """For each node the span (left, right) of its layer and the height of its centre line; for each wire its route."""

    spans: list[tuple[float, float]]
    heights: list[float]
    routes: list[list[tuple[float, float]]]  # the ends of level stretches across the layers between, in pairs
    width: float
    height: float


def lay_out(
    sizes: Sequence[tuple[float, float]], wires: Sequence[tuple[int, int]], straight: bool = False, gaps: Gaps = GAPS
) -> Layout:
    """Place nodes of the given (width, height), listed operands first, output last; wires are (source, target).

    Layers stand further apart where wires climb far between them: a little for curves, more for straight ones.
    """
    layers_of = assign_layers(len(sizes), wires)
    points, links, trunks = add_points(layers_of, wires)
    layers = order_layers(points, links)
    tall = [sizes[p][1] if p < len(sizes) else 4.0 for p in range(len(points))]
    heights = choose_heights(layers, links, tall, gaps.nodes)

    wide = [max((sizes[p][0] for p in layer if p < len(sizes)), default=0.0) for layer in layers]
    rises = [0.0] * len(layers)  # how far links climb between a layer and the next one
    for source, target in links:
        rises[points[source]] = max(rises[points[source]], abs(heights[source] - heights[target]))
    starts = [0.0]
    for width, rise in zip(wide[:-1], rises[:-1], strict=True):
        gap = max(gaps.layers, GENTLE * rise - width) if straight else gaps.layers + min(rise / 8, MOST_EXTRA)
        starts.append(starts[-1] + width + gap)
    spans = [(starts[layer], starts[layer] + wide[layer]) for layer in layers_of]
    top = min(heights[p] - tall[p] / 2 for p in range(len(points)))
    bottom = max(heights[p] + tall[p] / 2 for p in range(len(points)))
    ways: dict[int, list[tuple[float, float]]] = {}  # of each source, as far as its longest wire goes
    for source, trunk in trunks.items():
        crossed_layers = enumerate((heights[point] - top for point in trunk), start=layers_of[source] + 1)
        ways[source] = [(x, y) for n, y in crossed_layers for x in (starts[n], starts[n] + wide[n])]
    routes = [ways[source][: 2 * (layers_of[target] - layers_of[source] - 1)] for source, target in wires]
    return Layout(
        spans,
        [heights[i] - top for i in range(len(sizes))],
        routes,
        starts[-1] + wide[-1],
        bottom - top,
    )


def assign_layers(count: int, wires: Sequence[tuple[int, int]]) -> list[int]:
    """The layer of each node.

    Nodes stand as early as they can, leaves as late. Where wires then cross very many layers, as in a long sum of
    products x * y, all nodes stand as late as they can, if that is better.
    """
    early = as_early(count, wires)
    if (points := crossed(early, wires)) > LARGE:
        late = as_late(count, wires)
        if crossed(late, wires) < points:
            return late
    return early


def crossed(layers_of: Sequence[int], wires: Sequence[tuple[int, int]]) -> int:
    """The number of layers that wires cross; wires of one source share their way."""
    last = list(layers_of)
    for source, target in wires:
        last[source] = max(last[source], layers_of[target] - 1)
    return sum(last) - sum(layers_of)


def as_late(count: int, wires: Sequence[tuple[int, int]]) -> list[int]:
    """Layers in which each node stands right before its first use, and the output where it stands at the earliest."""
    depth = [0] * count  # layers after the node
    for source, target in sorted(wires, key=lambda wire: -wire[1]):
        depth[source] = max(depth[source], depth[target] + 1)
    return [max(depth) - d for d in depth]


def as_early(count: int, wires: Sequence[tuple[int, int]]) -> list[int]:
    """Layers in which each node stands right after its last operand; but a leaf right before its first use."""
    layer = [0] * count
    first_use: dict[int, int] = {}
    for source, target in wires:  # in topological order of the targets
        layer[target] = max(layer[target], layer[source] + 1)
    targets = {target for _, target in wires}
    for source, target in wires:
        first_use[source] = min(first_use.get(source, layer[target]), layer[target])
    return [first_use[i] - 1 if i not in targets and i in first_use else layer[i] for i in range(count)]


def add_points(
    layers_of: list[int], wires: Sequence[tuple[int, int]]
) -> tuple[list[int], list[tuple[int, int]], dict[int, list[int]]]:
    """Points where wires cross a layer: the layer of every node and point, links between neighbours, trunks by source.

    All wires of one source share a trunk, one point in each layer.
    """
    points = list(layers_of)
    trunks: dict[int, list[int]] = {source: [] for source, _ in wires}
    links: dict[tuple[int, int], None] = {}
    for source, target in wires:
        trunk = trunks[source]
        for layer in range(layers_of[source] + 1 + len(trunk), layers_of[target]):
            links[trunk[-1] if trunk else source, len(points)] = None
            trunk.append(len(points))
            points.append(layer)
        crossed_before = layers_of[target] - layers_of[source] - 1
        links[trunk[crossed_before - 1] if crossed_before else source, target] = None
    return points, list(links), trunks


def choose_heights(layers: list[list[int]], links: list[tuple[int, int]], tall: list[float], gap: float) -> list[float]:
    """A height for each point: as near to its neighbours' as the order and the gaps in its layer allow."""
    neighbours: list[tuple[list[int], list[int]]] = [([], []) for _ in tall]
    for source, target in links:
        neighbours[target][0].append(source)
        neighbours[source][1].append(target)
    heights = [0.0] * len(tall)
    offsets = []  # how far each point of a layer is from the layer's first, when packed closely
    for layer in layers:
        offset = [0.0]
        for upper, lower in pairwise(layer):
            offset.append(offset[-1] + (tall[upper] + tall[lower]) / 2 + gap)
        offsets.append(offset)
        for p, height in zip(layer, offset, strict=True):
            heights[p] = height - offset[-1] / 2

    def settle(layer_numbers: Iterable[int], sides: tuple[int, ...]) -> float:
        """Move each layer's points to the mean of their neighbours on these sides; returns the longest way moved."""
        longest = 0.0
        for n in layer_numbers:
            wanted = []
            for p, packed in zip(layers[n], offsets[n], strict=True):
                near = [heights[q] for side in sides for q in neighbours[p][side]]
                wanted.append((sum(near) / len(near) if near else heights[p]) - packed)
            for p, packed, height in zip(layers[n], offsets[n], isotonic(wanted), strict=True):
                longest = max(longest, abs(height + packed - heights[p]))
                heights[p] = height + packed
        return longest

    rightward, leftward, before, after = range(len(layers)), range(len(layers))[::-1], 0, 1
    rounds = ROUNDS if len(tall) <= LARGE else 2
    for _ in range(min(rounds, 8)):
        settle(rightward, (before,))
        settle(leftward, (after,))
    for _ in range(rounds):
        if settle(rightward, (before, after)) + settle(leftward, (before, after)) < 0.1:
            break
    settle(rightward, (before,))  # so that a chain is straight, and a gate stands in the middle of what it takes
    return heights


def isotonic(wanted: Sequence[float]) -> list[float]:
    """The non-decreasing numbers nearest to `wanted` by least squares: neighbours out of order are pooled.

    >>> isotonic([1, 3, 2, 4])
    [1.0, 2.5, 2.5, 4.0]
    """
    pools: list[tuple[float, int]] = []  # (mean, how many)
    for value in wanted:
        mean, count = float(value), 1
        while pools and pools[-1][0] > mean:
            other, size = pools.pop()
            mean, count = (mean * count + other * size) / (count + size), count + size
        pools.append((mean, count))
    return [mean for mean, count in pools for _ in range(count)]
