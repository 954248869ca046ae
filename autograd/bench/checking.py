"""`check_by_hand`: is a gradient that was worked out by hand right, and if not, which mistake was made?

>>> from autograd import parse
>>> f = parse("(x + y) * z", x=-2, y=5, z=-4)
>>> print(check_by_hand(f, {"x": -4, "y": 4, "z": 12}))
∂f/∂x = -4: right
∂f/∂y = 4: wrong. Likely the sign is wrong
∂f/∂z = 12: wrong. The mistake is not known

One mistake at a time is tried on the graph itself (see slips.py). Numbers are compared as the quiz compares them: an
answer may be rounded.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from autograd.bench.answers import ROUNDED, as_typed, is_right, read_answer
from autograd.bench.one_use import KINDS, Slip
from autograd.bench.slips import slips
from autograd.chain import local_derivatives, share
from autograd.explain import Explanation, explain
from autograd.ieee import silent
from autograd.steps import TEXT
from autograd.value import Value

LIKELY, EITHER, OR, UNKNOWN = "Likely ", "Either ", ", or ", "The mistake is not known"
MOST = 3  # mistakes that are named; of more, none is likely


class Verdict(NamedTuple):
    """The verdict on one answer.

    node      whose gradient was asked for; `derivative` writes that: ∂f/∂x
    typed     the answer as it was typed
    expected  the gradient
    right     whether the answer is right, to the digits that were typed
    mistakes  the mistakes that lead to the answer, one of each kind, the likeliest first; empty if they are not known
    """

    node: Value
    derivative: str
    typed: str
    expected: float
    right: bool
    mistakes: tuple[Slip, ...]

    @property
    def sentence(self) -> str:
        """The likely mistakes: `Either … or …`."""
        return sentence(self.mistakes) or UNKNOWN

    def __str__(self) -> str:
        return f"{self.derivative} = {self.typed}: {'right' if self.right else f'wrong. {self.sentence}'}"


class HandCheck(tuple[Verdict, ...]):
    """The verdicts on all answers, in their order; printed, one line for each."""

    __slots__ = ()

    @property
    def right(self) -> bool:
        """Whether all are right."""
        return all(verdict.right for verdict in self)

    def __str__(self) -> str:
        return "\n".join(map(str, self))

    __repr__ = __str__


def check_by_hand(output: Value, answers: Mapping[Any, Any]) -> HandCheck:
    """Check gradients ∂output/∂node that were worked out by hand.

    `answers` maps nodes of the graph, or their names as `explain` has them, to numbers, or to texts such as "-0.59" or
    "1/4". KeyError for a node that is not in the graph, ValueError for what is no number.
    """
    solution = explain(output)
    names = {name: node for node, name in solution.names.items()}
    gradients = {output: 1.0}
    for step in solution:
        if step.operand is not None:
            gradients[step.operand] = step.total
    verdicts = []
    for key, answer in answers.items():
        node = names.get(key) if isinstance(key, str) else key
        if node not in solution.names:
            raise KeyError(f"{key!r} is no node of this graph; it has {', '.join(names)}")
        verdicts.append(verdict(solution, node, as_typed(answer), gradients.get(node, 0.0)))
    return HandCheck(verdicts)


def verdict(solution: Explanation, node: Value, typed: str, expected: float) -> Verdict:
    """The verdict on what was typed for the gradient of a node."""
    derivative = TEXT.derivative.format(solution.names[solution.output], solution.names[node])
    right = is_right(typed, expected)
    found = () if right else likely(typed, [*slips(solution, node), *roundings(solution, node, typed, expected)])
    return Verdict(node, derivative, typed, expected, right, found)


def likely(typed: str, tried: Iterable[Slip]) -> tuple[Slip, ...]:
    """The slips that lead to what was typed, the first one of each kind; none if there are more than MOST kinds."""
    fitting = [slip for slip in tried if is_right(typed, slip.number)]
    kinds = {slip.kind: slip for slip in reversed(fitting) if not slip.faint}
    if len(kinds) > MOST:
        return ()
    if len(kinds) < MOST:
        kinds = {slip.kind: slip for slip in fitting} | kinds
    return tuple(kinds[kind] for kind in KINDS if kind in kinds)


def sentence(mistakes: Sequence[Slip]) -> str:
    """Mistakes as a sentence, `Either … or …`; "" for none."""
    texts = [slip.text for slip in mistakes]
    return (LIKELY if len(texts) == 1 else EITHER) + OR.join(texts) if texts else ""


def roundings(solution: Explanation, node: Value, typed: str, expected: float) -> Iterator[Slip]:
    """The gradient as rounding on the way makes it: to one or two decimals at each step; and any number close by."""
    text = "it was rounded too roughly: keep more digits on the way"
    number, half = read_answer(typed)
    if abs(number - expected) <= ROUNDED * abs(expected) or (
        half <= abs(expected) and abs(number - expected) < 2 * half <= abs(number)
    ):
        yield Slip("rounding", number, text)
    for decimals in (1, 2):
        yield Slip("rounding", rounded_gradient(solution, node, decimals), text)


def rounded_gradient(solution: Explanation, x: Value, decimals: int) -> float:
    """∂output/∂x, if each number on the way is rounded to so many decimals."""
    numbers: dict[Value, float] = {}
    adjoints = {solution.output: 1.0}
    with silent():
        for node in solution.order:
            operands = [o if isinstance(o, float) else numbers[o] for o in node.operands]
            numbers[node] = round(node.op.evaluate(operands, operands), decimals) if node.op else node.data
        for node in reversed(solution.order):
            if node.op is None or node not in adjoints:
                continue
            operands = [o if isinstance(o, float) else numbers[o] for o in node.operands]
            for position, slope in enumerate(local_derivatives(node.op, [*operands, numbers[node]])):
                operand = node.operands[position]
                if isinstance(operand, Value) and position not in node.op.no_edge:
                    brought = share(node.op, position, adjoints[node], round(slope, decimals))
                    adjoints[operand] = adjoints.get(operand, 0.0) + round(brought, decimals)
    return adjoints.get(x, 0.0)
