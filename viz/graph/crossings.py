"""The order of the points in each layer, chosen so that few wires cross.

Two first orders are tried. One walks from the output, operands as written, so that a picture reads like its expression.
The other walks from the inputs, so that the products of one neuron stand side by side. Then points move to the median
of their neighbours, and neighbours change places, as long as fewer wires cross. (Gansner, Koutsofios,
North, Vo: A technique for drawing directed graphs, 1993.)

>>> order_layers([0, 0, 1, 1, 2], [(0, 3), (1, 2), (2, 4), (3, 4)])
[[1, 0], [2, 3], [4]]
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from heapq import merge

SWEEPS = 8
LARGE = 1000  # points; in a larger graph the best order would be looked for too long

Layers = list[list[int]]
Neighbours = list[list[int]]


def order_layers(layer_of: Sequence[int], links: Sequence[tuple[int, int]]) -> Layers:
    """The points of each layer, from top to bottom. Links (source, target) join points of neighbouring layers."""
    before: Neighbours = [[] for _ in layer_of]
    after: Neighbours = [[] for _ in layer_of]
    for source, target in links:
        before[target].append(source)
        after[source].append(target)
    points = range(len(layer_of))
    outputs = sorted((p for p in points if not after[p]), key=lambda p: -layer_of[p])
    reading = sweep_both_ways(walk(layer_of, outputs, before), before, after)
    fewest = crossings(reading, after)
    if fewest == 0:
        return reading
    inputs = sorted((p for p in points if not before[p]), key=lambda p: -len(after[p]))
    flowing = flow(walk(layer_of, inputs, after), before, after)
    return flowing if crossings(flowing, after) < fewest else reading


def walk(layer_of: Sequence[int], starts: Sequence[int], neighbours: Neighbours) -> Layers:
    """The layers, each in the order in which a depth-first walk from the starts meets its points."""
    layers: Layers = [[] for _ in range(max(layer_of) + 1)]
    seen: set[int] = set()
    stack = list(reversed(starts))
    while stack:
        point = stack.pop()
        if point not in seen:
            seen.add(point)
            layers[layer_of[point]].append(point)
            stack += reversed(neighbours[point])
    return layers


def sweep_both_ways(layers: Layers, before: Neighbours, after: Neighbours) -> Layers:
    """Move each point to the median of its neighbours in the layer before, then after, and so on; returns the best."""
    place = places(layers)
    best, fewest = [list(layer) for layer in layers], crossings(layers, after)
    for sweep in range(SWEEPS if len(place) <= LARGE else 2):
        if fewest == 0:
            break
        rightward = sweep % 2 == 0
        for layer in layers if rightward else reversed(layers):
            arrange(layer, medians(layer, before if rightward else after, place), place)
        settle(layers, place, before, after)
        count = crossings(layers, after)
        if count < fewest:
            best, fewest = [list(layer) for layer in layers], count
    return best


def flow(layers: Layers, before: Neighbours, after: Neighbours) -> Layers:
    """Put each point next to what it takes, most of all to what has many other uses; then each leaf next to its use."""
    place = places(layers)
    for layer in layers:
        wanted: dict[int, float] = {}
        for p in layer:
            weights = [len(after[q]) ** 2 for q in before[p]]
            pull = sum(weight * place[q] for weight, q in zip(weights, before[p], strict=True))
            wanted[p] = pull / sum(weights) if weights else place[p]
        arrange(layer, wanted, place)
    for layer in reversed(layers):
        used_at = medians(layer, after, place)
        inner, leaves = [p for p in layer if before[p]], [p for p in layer if not before[p]]
        leaves.sort(key=used_at.__getitem__)
        layer[:] = merge(inner, leaves, key=used_at.__getitem__)
        for i, p in enumerate(layer):
            place[p] = i
    settle(layers, place, before, after)
    return layers


def medians(layer: list[int], neighbours: Neighbours, place: list[int]) -> dict[int, float]:
    """For each point the lower median of its neighbours' places; its own place if it has none."""
    found: dict[int, float] = {}
    for p in layer:
        near = sorted([place[q] for q in neighbours[p]])
        found[p] = near[(len(near) - 1) // 2] if near else place[p]
    return found


def arrange(layer: list[int], wanted: dict[int, float], place: list[int]) -> None:
    """Sort a layer in place by where its points want to be."""
    layer.sort(key=lambda p: (wanted[p], place[p]))
    for i, p in enumerate(layer):
        place[p] = i


def places(layers: Iterable[list[int]]) -> list[int]:
    """The place of each point in its layer, counted from 0."""
    found = {p: i for layer in layers for i, p in enumerate(layer)}
    return [found[p] for p in range(len(found))]


def settle(layers: Layers, place: list[int], before: Neighbours, after: Neighbours) -> None:
    """Swap two that stand side by side wherever their links then cross less, as long as that helps."""
    while swap_neighbours(layers, place, before, after) and len(place) <= LARGE:
        pass


def swap_neighbours(layers: Layers, place: list[int], before: Neighbours, after: Neighbours) -> bool:
    """Go through each layer once, swapping where it helps; says whether any were swapped."""
    swapped = False
    for layer in layers:
        ends_before = [sorted([place[q] for q in before[p]]) for p in layer]
        ends_after = [sorted([place[q] for q in after[p]]) for p in layer]
        for i in range(1, len(layer)):
            if gain(ends_before[i - 1], ends_before[i]) + gain(ends_after[i - 1], ends_after[i]) > 0:
                swapped = True
                layer[i - 1], layer[i] = layer[i], layer[i - 1]
                ends_before[i - 1], ends_before[i] = ends_before[i], ends_before[i - 1]
                ends_after[i - 1], ends_after[i] = ends_after[i], ends_after[i - 1]
        for i, p in enumerate(layer):
            place[p] = i
    return swapped


def gain(upper: list[int], lower: list[int]) -> int:
    """The crossings saved if the point whose links end at `lower` moves above the one whose links end at `upper`."""
    now = sum([bisect_left(lower, end) for end in upper])
    then = sum([bisect_left(upper, end) for end in lower])
    return now - then


def crossings(layers: Layers, after: Neighbours) -> int:
    """The number of pairs of links that cross between neighbouring layers."""
    total = 0
    place = places(layers)
    for layer in layers:
        ends: list[int] = []  # where the links that start further up end
        for p in layer:
            mine = sorted([place[q] for q in after[p]])
            if mine and ends and ends[-1] > mine[0]:
                total += sum(len(ends) - bisect_left(ends, end + 1) for end in mine)
            for end in mine:
                insort(ends, end)
    return total
