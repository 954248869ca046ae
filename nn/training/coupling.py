"""Whether the samples of a batch are coupled: read off the recorded loss, not believed from a trial at one point.

A tape of one sample stands for a batch only if the loss is a mean over samples, plus terms of parameters alone:

    loss = (1/n) Σᵢ g(predictionᵢ, targetᵢ) + h(parameters)        with one and the same graph g for each sample

The loss is taken apart from its result downwards, as long as an operation is affine in its operands (its partials are
constants): a sum, a difference, a product with a number. This leaves terms with factors. Each term must belong to one
sample or to parameters alone, and the terms of all samples must have the same graph and the same factor.

>>> p, q = Value(1.0), Value(2.0)
>>> terms_of_a_loss((p * p + q * q) / 2, [[p], [q]], Keys([])).of_sample
{1: 1.0}
>>> terms_of_a_loss((p - q) ** 2, [[p], [q]], Keys([]))
Traceback (most recent call last):
nn.training.coupling.Coupled: pow_number takes several samples together
"""

import math
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from autograd import Primitive, Value
from autograd import sum as total
from autograd.ieee import silent
from autograd.order import topological_order, walk
from autograd.structure import leaves
from autograd.tape.guards import Guard

CLOSE = 1e-12  # relative: factors 1/n, n times
PROBES = 0.731, -1.347, 2.893, -0.417, 1.619  # numbers at which it is tried whether an operation is affine
ALONE, COUPLED, INNER = -1, -2, -3  # in place of a sample's number: no sample, several, numbers inside the model


class Coupled(Exception):
    """Why the samples of a batch are coupled."""


@dataclass
class Terms:
    """A loss, taken apart: for each term its key and its factor; the guards of the loss by their keys.

    of_sample  the terms of each sample, with factors times the number of samples
    alone      the terms of parameters alone
    number     the sum of plain numbers
    """

    of_sample: dict[int, float]
    alone: dict[int, float]
    number: float
    guards: set[Any]

    def are_those_of(self, other: "Terms") -> bool:
        """Whether the same graphs have the same factors in both."""
        return (
            self.guards == other.guards
            and close(self.of_sample, other.of_sample)
            and close(self.alone, other.alone)
            and close({0: self.number}, {0: other.number})
        )


class Keys:
    """Numbers for graphs: two nodes have the same key if their graphs are equal, leaves of samples by their place.

    `lasting` are the leaves that are the same ones in every pass, such as parameters. Others are known by their number.
    """

    def __init__(self, lasting: Iterable[Value]) -> None:
        self.lasting = set(lasting)
        self.known: dict[Any, int] = {}
        self.affine: dict[Any, Any] = {}  # what is known of operations, see affine_parts

    def of(self, content: Any) -> int:
        return self.known.setdefault(content, len(self.known))

    def of_number(self, number: float) -> int:
        return self.of(struct.pack("d", number))

    def of_leaf(self, leaf: Value) -> int:
        return self.of(leaf) if leaf in self.lasting else self.of_number(leaf.data)


class Graph:
    """The nodes of a loss, each with its key and with the sample that it depends on."""

    def __init__(
        self, roots: Sequence[Value], samples: Sequence[Sequence[Value]], keys: Keys, inner: Iterable[Value]
    ) -> None:
        self.keys = keys
        self.sample: dict[Value, int] = dict.fromkeys(inner, INNER)
        self.key: dict[Value, int] = dict.fromkeys(inner, -1)
        self.given: set[Value] = set()
        for i, given in enumerate(samples):
            for place, leaf in enumerate(given):
                if leaf in self.given:
                    raise Coupled("several samples share a prediction")
                self.given.add(leaf)
                self.sample[leaf], self.key[leaf] = i, keys.of(("place", place))
        with silent():
            self.order = topological_order(total(roots))[:-1]
        for node in self.order:
            if node in self.sample:
                continue
            if node.op is None:
                self.sample[node], self.key[node] = ALONE, keys.of_leaf(node)
                continue
            self.sample[node] = self.sample_of(node.operands)
            self.key[node] = keys.of((node.op, *map(self.key_of, node.operands))) if self.sample[node] > COUPLED else -1

    def sample_of(self, operands: Iterable[Any]) -> int:
        """The one sample that the operands depend on, or ALONE, COUPLED, INNER."""
        found = {self.sample[o] for o in operands if isinstance(o, Value)} - {ALONE}
        if len(found) > 1:
            return INNER if INNER in found else COUPLED
        return found.pop() if found else ALONE

    def key_of(self, operand: Any) -> int:
        return self.key[operand] if isinstance(operand, Value) else self.keys.of_number(operand)


def terms_of_a_loss(
    loss: Value,
    samples: Sequence[Sequence[Value]],
    keys: Keys,
    guards: Sequence[Guard] = (),
    inner: Iterable[Value] = (),
) -> Terms:
    """The loss, taken apart. Coupled if it is no mean of one and the same graph of each sample.

    samples  for each sample its predictions and targets
    guards   what the loss decided by looking at numbers
    inner    leaves inside the model, which a loss of one sample alone does not reach
    """
    looked_at = [side for guard in guards for side in (guard.x, guard.y) if isinstance(side, Value)]
    graph = Graph([loss, *looked_at], samples, keys, inner)
    each: list[dict[int, float]] = [{} for _ in samples]
    alone: dict[int, float] = {}
    number = 0.0
    factors = {loss: 1.0}
    for node in reversed(graph.order):
        factor = factors.pop(node, None)
        if factor is None:
            continue
        affine = None if node in graph.given else affine_parts(node, keys.affine)
        if node.op is None and graph.sample[node] == ALONE and node not in keys.lasting:
            number += factor * node.data
        elif affine is not None:
            number += factor * affine[1]
            for operand, slope in affine[0]:
                factors[operand] = factors.get(operand, 0.0) + factor * slope
        else:
            terms = of_sample(graph.sample[node], each, alone, node.op.name if node.op else "a leaf")
            key = graph.key[node]
            terms[key] = terms.get(key, 0.0) + factor * (1 if terms is alone else len(samples))
    decided: list[set[Any]] = [set() for _ in samples]
    decided_alone: set[Any] = set()
    for guard in guards:
        place = of_sample(graph.sample_of((guard.x, guard.y)), decided, decided_alone, f"a comparison at {guard.where}")
        place.add((guard.compare, graph.key_of(guard.x), graph.key_of(guard.y), guard.result))
    if any(not close(terms, each[0]) for terms in each) or any(found != decided[0] for found in decided):
        raise Coupled("the loss is another function for another sample")
    return Terms(each[0], alone, number, decided[0] | decided_alone)


def row_of_a_model(
    predictions: Sequence[Any], inputs: Sequence[Sequence[Value]], keys: Keys, guards: Sequence[Guard]
) -> tuple[Any, ...]:
    """The keys of the predictions and guards for one row. Coupled if a model does not do the same with each row alone.

    predictions  for each row of a batch, Values in nested lists
    inputs       for each row the leaves that stand for it
    """
    each = [list(leaves(prediction)) for prediction in predictions]
    if len(each) != len(inputs) or not all(isinstance(node, Value) for nodes in each for node in nodes):
        raise Coupled("a module takes several rows together")
    looked_at = [side for guard in guards for side in (guard.x, guard.y) if isinstance(side, Value)]
    graph = Graph([*(node for nodes in each for node in nodes), *looked_at], inputs, keys, ())
    decided: list[set[Any]] = [set() for _ in each]
    alone: set[Any] = set()
    for guard in guards:
        place = of_sample(graph.sample_of((guard.x, guard.y)), decided, alone, f"a comparison at {guard.where}")
        place.add((guard.compare, graph.key_of(guard.x), graph.key_of(guard.y), guard.result))
    rows = [tuple(map(graph.key_of, nodes)) for nodes in each]
    if any(graph.sample[node] not in (i, ALONE) for i, nodes in enumerate(each) for node in nodes):
        raise Coupled("a module takes several rows together")
    if len(set(rows)) > 1 or any(found != decided[0] for found in decided):
        raise Coupled("the model is another function for another row")
    return rows[0], frozenset(decided[0] | alone)


def of_sample(sample: int, each: Sequence[Any], alone: Any, name: str) -> Any:
    """The entry of `each` for a sample, or `alone`."""
    if sample == COUPLED:
        raise Coupled(f"{name} takes several samples together")
    if sample == INNER:
        raise Coupled(f"{name} reaches numbers inside the model")
    return alone if sample == ALONE else each[sample]


def affine_parts(node: Value, known: dict[Any, Any]) -> tuple[list[tuple[Value, float]], float] | None:
    """For z = Σ slope · operand + number: the operands with their slopes, and the number. None if z is not that."""
    if node.op is None:
        return None
    operands = node.operands
    kind = (node.op, *(o if o.__class__ is float else None for o in operands))
    if kind not in known:
        known[kind] = affine(node.op, [o if o.__class__ is float else None for o in operands])
    if known[kind] is None:
        return None
    slopes, number = known[kind]
    return list(zip((o for o in operands if isinstance(o, Value)), slopes, strict=True)), number


def affine(op: Primitive, operands: Sequence[float | None]) -> tuple[list[float], float] | None:
    """The slopes and the number of an operation that is affine in those operands that are None; None if it is not.

    It is affine if its partials are constants other than 0 (a step has 0 and is not affine), and if two points confirm
    it (x mod 1 has the partial 1 and is not affine).
    """
    places = [i for i, o in enumerate(operands) if o is None]
    stand_ins = [Value(PROBES[i % 5]) if o is None else o for i, o in enumerate(operands)]
    result = Value(0.5)
    points = [[0.0] * len(places), [PROBES[i % 5] * (1 + i) for i in places], [-7.3 * PROBES[i % 4] for i in places]]
    values = []
    try:
        with silent():
            partials = op.partials(*stand_ins, result)
            slopes = [constant(partials[i], stand_ins, result) for i in places]
            for point in points:
                numbers: list[Any] = list(operands)
                for i, x in zip(places, point, strict=True):
                    numbers[i] = x
                values.append(op.evaluate(numbers, numbers))
    except (ArithmeticError, TypeError, ValueError):
        return None
    if not all(map(math.isfinite, [*slopes, *values])) or 0.0 in slopes:
        return None
    for point, value in zip(points, values, strict=True):
        parts = [values[0], *(slope * x for slope, x in zip(slopes, point, strict=True))]
        if abs(math.fsum(parts) - value) > 1e-9 * (1.0 + sum(map(abs, parts))):
            return None
    return slopes, values[0]


def constant(partial: Any, stand_ins: Sequence[Any], result: Value) -> float:
    """The number that a partial always is; nan if it depends on operands or result."""
    if not isinstance(partial, Value):
        return float(partial)
    unknown = {result, *(o for o in stand_ins if isinstance(o, Value))}
    return math.nan if any(node in unknown for node in walk(partial)[0]) else partial.data


def close(terms: dict[int, float], others: dict[int, float]) -> bool:
    """Whether the terms are the same ones and their factors agree."""
    return terms.keys() == others.keys() and all(
        math.isclose(factor, others[key], rel_tol=CLOSE, abs_tol=1e-300) for key, factor in terms.items()
    )
