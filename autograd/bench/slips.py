"""The mistakes that people make with the chain rule, one at a time, and the gradient that each of them leads to.

A slip is a mistake at one use of a node: its contribution, upstream × local, is replaced by something else. How far the
gradient of x is off then follows from the derivative in x of the node that receives the contribution.

>>> from autograd import explain, parse
>>> solution = explain(parse("q = x * y; q + z", x=-2, y=5, z=-4))
>>> wrong = {slip.kind: slip for slip in slips(solution, solution.order[0])}
>>> wrong["other operand"].text, wrong["forgotten node"].number
('the local derivative of the other operand was taken for ∂(q + z)/∂q, on the way to q', 1.0)
"""

from collections.abc import Iterator
from typing import Any

from autograd.bench.one_use import AT_ONE_USE, IN_ONE_SUM, Slip, in_the_sum
from autograd.cards import derivative, local, rule
from autograd.chain import locals_at, share
from autograd.explain import Explanation
from autograd.ieee import silent
from autograd.primitive import Primitive
from autograd.routes import routes
from autograd.steps import Step
from autograd.value import Value

MOST_ROUTES = 64


def slips(solution: Explanation, x: Value) -> Iterator[Slip]:
    """∂output/∂x as each single mistake makes it: kind by kind in the order of KINDS, those next to x first."""
    return Slips(solution, x).all()


def slips_at(step: Step) -> Iterator[Slip]:
    """The contribution of one use as each single mistake makes it."""
    return Slips(step.solution, receiver(step), [step]).at_one_use()


def slips_in_sum(uses: list[Step]) -> Iterator[Slip]:
    """The gradient of a node, given all its uses, as each single mistake at one of them or in their sum makes it."""
    last = uses[-1]
    found = Slips(last.solution, receiver(last), uses)
    for name, row in IN_ONE_SUM.items():
        for step in uses if row.each else [last]:
            yield found.in_sum(step, name)
    for step in uses:
        for name, at_one in AT_ONE_USE.items():
            for slip in () if at_one.whole else found.at(step, name):
                yield slip._replace(number=in_the_sum(last.total, step.contribution, slip.number))


class Slips:
    """The slips of one node.

    steps   the uses on the way to x, those next to x first
    reach   the derivative in x of each node between, by the locals: how far a contribution to it counts
    uses    the backward steps that bring each node its gradient
    """

    def __init__(self, solution: Explanation, x: Value, steps: list[Step] | None = None) -> None:
        self.solution, self.x, self.single = solution, x, steps is not None
        backward = [step for step in solution if step.kind == "backward"] if steps is None else steps
        self.reach = {x: 1.0}
        for step in reversed(backward):
            if receiver(step) in self.reach and step.node is not x:
                brought = share(step.node.op, step.position, self.reach[receiver(step)], step.local)
                self.reach[step.node] = self.reach.get(step.node, 0.0) + brought
        self.steps = [step for step in reversed(backward) if receiver(step) in self.reach and step.node in self.reach]
        self.own = [step for step in self.steps if receiver(step) is x]
        self.gradient = self.reach.get(solution.output, 0.0) if steps is None else steps[0].contribution
        self.uses: dict[Value, list[Step]] = {}
        for step in backward:
            self.uses.setdefault(receiver(step), []).append(step)
        self.locals: dict[Value, list[Any]] = {}
        # Functions of one node, as sigmoid(x), x ** 2 and 1 / x.
        self.chained = {step.node for step in self.steps if sum(isinstance(o, Value) for o in step.node.operands) == 1}

    def all(self) -> Iterator[Slip]:
        yield from self.upstream()
        yield from self.sign()
        yield from self.last_use()
        yield from self.other_operand()
        yield from self.lost_route()
        yield from self.forgotten_node()
        yield from self.value()
        yield from self.factor()

    def at_one_use(self) -> Iterator[Slip]:
        """Those that need no other use than this one."""
        for step in self.steps:
            for name in AT_ONE_USE:
                yield from self.at(step, name)
        yield from self.factor()

    def at(self, step: Step, name: str) -> Iterator[Slip]:
        """The slips at one use that a row of AT_ONE_USE makes: one, one for each other operand, or none."""
        row = AT_ONE_USE[name]
        if (row.alone and step.node not in self.chained) or (name == "forgotten node" and step.local == 1.0):
            return
        for other in self.others(step) if row.others else (1.0,):
            instead = row.contribution(step.upstream, step.local, other, receiver(step).data, step.node.data)
            yield self.instead(step, instead, row.kind, self.told(row.text, step), row.faint)

    def in_sum(self, step: Step, name: str) -> Slip:
        """The slip that a row of IN_ONE_SUM makes where the use is added to others."""
        row, node = IN_ONE_SUM[name], receiver(step)
        uses = self.uses[node]
        total, slopes = uses[-1].total, sum(use.local for use in uses)
        number = row.total(total, step.contribution, uses[-1].contribution, slopes, node.data)
        if node is not self.x:
            number = self.gradient + (number - total) * self.reach[node]
        return Slip(row.kind, number, self.told(row.text, step))

    def told(self, text: str, step: Step) -> str:
        """The text of a row at one use."""
        names = self.solution.names
        words = {"x": names[receiver(step)], "z": names[step.node], "rule": rule(step) if "{rule}" in text else ""}
        return text.format(upstream=derivative(step, step.node), local=local(step), **words)

    def instead(self, step: Step, contribution: float, kind: str, text: str, faint: bool = False) -> Slip:
        """The slip that puts another contribution in place of that of a use."""
        if self.single:
            return Slip(kind, contribution, text, faint)
        number = self.gradient + (contribution - step.contribution) * self.reach[receiver(step)]
        return Slip(kind, number, text, faint)

    # ── Each kind ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def upstream(self) -> Iterator[Slip]:
        if len(self.own) > 1:
            yield self.in_sum(self.own[0], "upstreams")
        for step in self.steps:
            yield from self.on_the_way(step, "upstream")

    def sign(self) -> Iterator[Slip]:
        yield Slip("sign", -self.gradient, AT_ONE_USE["sign"].text)
        for step in self.steps:
            yield self.in_sum(step, "sign of a use")

    def last_use(self) -> Iterator[Slip]:
        latest: dict[Value, float] = {self.solution.output: 1.0}
        for step in reversed(self.steps):
            latest[receiver(step)] = share(step.node.op, step.position, latest.get(step.node, 0.0), step.local)
        yield Slip("last use", latest.get(self.x, 0.0), "only the last use of each node was kept (= for +=)")
        for step in self.steps:
            if step.uses > 1:
                yield self.in_sum(step, "one use")

    def other_operand(self) -> Iterator[Slip]:
        for step in self.steps:
            yield from self.on_the_way(step, "other operand")
        for node, pair in self.by_node():
            if len(pair) == 2 and len(self.locals_of(node)) == 2:
                change = sum(
                    (share(node.op, step.position, step.upstream, other.local) - step.contribution)
                    * self.reach[receiver(step)]
                    for step, other in (pair, pair[::-1])
                )
                text = f"the local derivatives of both operands of {self.solution.names[node]} were exchanged"
                yield Slip("other operand", self.gradient + change, text)

    def lost_route(self) -> Iterator[Slip]:
        ways = routes(self.solution.output, self.x)
        if ways.count < 2:
            return
        for route in ways.largest(MOST_ROUTES):
            yield Slip("lost route", self.gradient - route.product, f"the route {route.way()} was left out")
        for step in self.steps:
            if step.uses > 1 or step.contribution * self.reach[receiver(step)] != self.gradient:
                yield self.in_sum(step, "lost use")

    def forgotten_node(self) -> Iterator[Slip]:
        for step in self.steps:
            yield from self.at(step, "forgotten node")
        for node, steps in self.by_node():
            if len(steps) > 1 and len(set(map(receiver, steps))) == 1:
                change = sum((step.upstream - step.contribution) * self.reach[receiver(step)] for step in steps)
                text = f"the local derivatives of {self.solution.names[node]} were forgotten"
                yield Slip("forgotten node", self.gradient + change, text)

    def value(self) -> Iterator[Slip]:
        yield Slip("value", self.x.data, AT_ONE_USE["value"].text.format(x=self.solution.names[self.x]))
        for step in self.steps:
            yield from self.at(step, "value for slope")
        for step in self.own:
            yield from self.at(step, "value for upstream")

    def factor(self) -> Iterator[Slip]:
        for node, steps in self.by_node():
            for operand in dict.fromkeys(map(receiver, steps)):
                degree = degree_of(node, operand)
                if degree is not None:
                    same = [step for step in steps if receiver(step) is operand]
                    change = sum(step.contribution for step in same) * (1 / degree - 1) * self.reach[operand]
                    power = "square" if degree == 2 else f"power of {degree}"
                    name = self.solution.names[operand]
                    text = f"the factor {degree} of the {power} of {name} is lost"
                    yield Slip("factor", self.gradient + change, text)

    # ── Help ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    def on_the_way(self, step: Step, name: str) -> Iterator[Slip]:
        """The slips of a row of AT_ONE_USE, which say at which node if it is not x."""
        where = "" if receiver(step) is self.x else f", on the way to {self.solution.names[receiver(step)]}"
        for slip in self.at(step, name):
            yield slip._replace(text=slip.text + where)

    def others(self, step: Step) -> list[float]:
        """The local derivatives of the other operands of a use."""
        found = enumerate(self.locals_of(step.node))
        return [other for position, other in found if position != step.position and other is not None]

    def by_node(self) -> Iterator[tuple[Value, list[Step]]]:
        groups: dict[Value, list[Step]] = {}
        for step in self.steps:
            groups.setdefault(step.node, []).append(step)
        yield from groups.items()

    def locals_of(self, node: Value) -> list[Any]:
        if node not in self.locals:
            self.locals[node] = locals_at(node)
        return self.locals[node]


def receiver(step: Step) -> Value:
    """The operand that receives the contribution of a backward step."""
    assert step.operand is not None
    return step.operand


def degree_of(node: Value, operand: Value) -> int | None:
    """The power k ≥ 2 as which the result of an operation grows with the operand, if it does: 2 for x² and x * x."""
    op: Primitive = node.op  # type: ignore[assignment]  # it has operands

    def at(factor: float) -> float:
        numbers = [o if isinstance(o, float) else o.data * factor if o is operand else o.data for o in node.operands]
        return op.evaluate(numbers, numbers)

    with silent():
        once, twice, thrice = at(1.0), at(2.0), at(3.0)
    for degree in (2, 3, 4):
        if once and abs(twice / once - 2**degree) < 1e-9 and abs(thrice / once - 3**degree) < 1e-9:
            return degree
    return None
