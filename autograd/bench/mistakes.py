"""`mistakes(f)`: the same graph differentiated by engines with a classic bug, beside the right numbers.

>>> from autograd import parse
>>> lab = mistakes(parse("q = x + y; q * x", x=3, y=-1))
>>> print(lab["overwrite"])
overwrite: `grad = ` in place of `grad += `
  node  right  with the bug
  f         1             1
  q         3             3
  y         3             3
  x         5             3  the first that goes wrong
  x is used 2 times, and each use overwrites the one before: the last one, 3, is left of 2 + 3.
  descent with rate 0.1, step 0: right 6, with the bug 6
                         step 1: right 3, with the bug 3.78
                         step 2: right 1.235, with the bug 2.09
                         step 5: right -0.8995, with the bug -0.8097
                         step 10: right -1.975, with the bug -1.996
>>> [name for name, case in lab.items() if case.first is None]
['depth_first']

Each bug is a backward pass of a few lines; the rules and the chain rule at one node are those of the engine.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any, NamedTuple

from autograd.chain import contributions, uses
from autograd.ieee import silent
from autograd.naming import short_names
from autograd.notation import number
from autograd.order import backward_order, edges
from autograd.value import Value

Gradients = dict[Value, float]
SHOWN = (0, 1, 2, 5, 10)  # steps of descent


class Bug(NamedTuple):
    """A classic bug: what it is, the pass that has it, and why a node goes wrong, in its own numbers."""

    told: str
    run: Callable[[list[Value], Gradients], Gradients]
    why: Callable[["Mistake", Value], str]


class Mistake(Mapping[Value, float]):
    """One bug on one graph: the gradient that it gives to each node; printed, beside the right ones.

    right  the right gradients
    first  the first node of the backward pass that goes wrong, or None
    losses, right_losses  what descent makes of the output with the bug, and without
    """

    def __init__(self, name: str, output: Value, rate: float) -> None:
        self.name, self.bug, self.rate = name, BUGS[name], rate
        self.order = backward_order(output)
        self.names = short_names(self.order)
        self.right = right_pass(self.order, {})
        self.wrong = self.bug.run(self.order, self.right if name == "zero_grad" else {})
        self.first = next((node for node in reversed(self.order) if not same(self.right[node], self[node])), None)
        self.losses = descent(output, self.bug.run, rate)
        self.right_losses = descent(output, right_pass, rate)

    def __getitem__(self, node: Value) -> float:
        return self.wrong.get(node, 0.0) if node in self.right else self.wrong[node]

    def __iter__(self) -> Iterator[Value]:
        return iter(self.right)

    def __len__(self) -> int:
        return len(self.right)

    @property
    def why(self) -> str:
        """Why the first node goes wrong."""
        return "This graph does not show it." if self.first is None else self.bug.why(self, self.first)

    def lines(self) -> Iterator[str]:
        yield f"{self.name}: {self.bug.told}"
        rows = [("node", "right", "with the bug", "")]
        for node in reversed(self.order):
            remark = "  the first that goes wrong" if node is self.first else ""
            rows.append((self.names[node], number(self.right[node]), number(self[node]), remark))
        widths = [max(len(row[i]) for row in rows) for i in range(3)]
        for name, right, wrong, remark in rows:
            yield f"  {name:{widths[0]}}  {right:>{widths[1]}}  {wrong:>{widths[2]}}{remark}"
        yield f"  {self.why}"
        lead = f"  descent with rate {number(self.rate)}, "
        for step in SHOWN:
            right, wrong = number(self.right_losses[step]), number(self.losses[step])
            yield f"{lead}step {step}: right {right}, with the bug {wrong}"
            lead = " " * len(lead)

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def __repr__(self) -> str:
        wrong = sum(not same(self.right[node], self[node]) for node in self)
        return f"<{self.name}: {wrong} of {len(self)} gradients are wrong>"


def mistakes(output: Value, rate: float = 0.1) -> dict[str, Mistake]:
    """Each classic bug on this graph, by its name: overwrite, order, depth_first, zero_grad, upstream, edit.

    No `.grad` and no `.data` is touched. `rate` is that of the descent, which runs on a copy with all leaves.
    """
    return {name: Mistake(name, output, rate) for name in BUGS}


def same(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12) or (math.isnan(one) and math.isnan(other))


def descent(output: Value, run: Callable[[list[Value], Gradients], Gradients], rate: float) -> list[float]:
    """The output after each step of gradient descent on all leaves, with the gradients of this pass."""
    output = deepcopy(output)
    order = backward_order(output)
    leaves = [node for node in order if node.op is None]
    losses = [output.data]
    before: Gradients = {}
    with silent():
        for _ in range(SHOWN[-1]):
            before = run(order, before)
            for leaf in leaves:
                leaf.data -= rate * before.get(leaf, 0.0)
            losses.append(output.forward())
    return losses


# ── The passes: from an order, and the gradients of the step before, the gradients ────────────────────────────────────


def right_pass(order: list[Value], before: Gradients) -> Gradients:
    found: Gradients = {order[-1]: 1.0}
    for use in uses(order):
        found[use.operand] = use.total
    return {node: found.get(node, 0.0) for node in order}


def overwrite(order: list[Value], before: Gradients) -> Gradients:
    grad = {order[-1]: 1.0}
    for node in reversed(order):
        for _, operand, _, contribution in passed_on(node, grad):
            grad[operand] = contribution  # +=
    return grad


def in_the_order_of_making(order: list[Value], before: Gradients) -> Gradients:
    grad = {order[-1]: 1.0}
    for node in order:  # reversed(order)
        for _, operand, _, contribution in passed_on(node, grad):
            grad[operand] = grad.get(operand, 0.0) + contribution
    return grad


def depth_first(order: list[Value], before: Gradients) -> Gradients:
    grad, visited = {order[-1]: 1.0}, {order[-1]}
    ways = [iter(passed_on(order[-1], grad))]
    while ways:
        for _, operand, _, contribution in ways[-1]:
            grad[operand] = grad.get(operand, 0.0) + contribution
            if operand not in visited:  # it should wait until all its uses have come
                visited.add(operand)
                ways.append(iter(passed_on(operand, grad)))
                break
        else:
            ways.pop()
    return grad


def without_zero_grad(order: list[Value], before: Gradients) -> Gradients:
    grad = right_pass(order, {})
    for node in order:
        if node.op is None:
            grad[node] += before.get(node, 0.0)
    return grad


def upstream_lost(order: list[Value], before: Gradients) -> Gradients:
    grad = {order[-1]: 1.0}
    for node in reversed(order):
        for _, operand, local, _ in passed_on(node, grad):
            grad[operand] = grad.get(operand, 0.0) + local  # upstream * local
    return grad


def after_an_edit(order: list[Value], before: Gradients) -> Gradients:
    """The leaves are moved by 0.1 after the forward pass: rules read new operands beside old results."""
    twins: dict[Value, Value] = {}
    grad = {order[-1]: 1.0}
    for node in order:
        twin = twins[node] = Value(node.data + (0.1 if node.op is None else 0.0))
        if node.op is not None:
            twin.op = node.op
            twin.operands = tuple(twins.get(o, o) if isinstance(o, Value) else o for o in node.operands)
    back = {twin: node for node, twin in twins.items()}
    for node in reversed(order):
        for _, operand, _, contribution in passed_on(twins[node], {twins[node]: grad.get(node, 0.0)}):
            grad[back[operand]] = grad.get(back[operand], 0.0) + contribution
    return grad


def passed_on(node: Value, grad: Gradients) -> list[Any]:
    """The chain rule at one node, with the gradient that it has by now."""
    if node.op is None:
        return []
    with silent():
        return contributions(node, grad.get(node, 0.0))


# ── Why ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def shares(case: Mistake, node: Value) -> list[float]:
    """The right contributions of all uses of a node, in the order of the backward pass."""
    return [use.contribution for use in uses(case.order) if use.operand is node]


def why_overwritten(case: Mistake, node: Value) -> str:
    parts = [number(share) if share >= 0 else f"({number(share)})" for share in shares(case, node)]
    return (
        f"{case.names[node]} is used {len(parts)} times, and each use overwrites the one before: "
        f"the last one, {parts[-1]}, is left of {' + '.join(parts)}."
    )


def why_early(case: Mistake, node: Value) -> str:
    user = next(n for n in reversed(case.order) if any(o is node for _, o in edges(n)))
    return (
        f"{case.names[user]} passed its gradient on to {case.names[node]} before all of it had come: "
        f"a node must wait until every node that uses it has come up."
    )


def why_kept(case: Mistake, node: Value) -> str:
    return (
        f"The gradient of the step before, {number(case.right[node])}, is still there: at the second step "
        f"{case.names[node]}.grad is {number(case[node])}, twice as much."
    )


def why_local(case: Mistake, node: Value) -> str:
    use = next(use for use in uses(case.order) if use.operand is node and use.upstream != 1.0)
    return (
        f"{case.names[node]} receives the local derivative {number(use.local)} alone; it is multiplied by the upstream "
        f"one, {number(use.upstream)}."
    )


def why_edited(case: Mistake, node: Value) -> str:
    return (
        f"The leaves were moved by 0.1 between the two passes, and the rule for {case.names[node]} reads the new "
        f"number. backstep's own backward() raises an error there."
    )


BUGS: dict[str, Bug] = {
    "overwrite": Bug("`grad = ` in place of `grad += `", overwrite, why_overwritten),
    "order": Bug("nodes come up in the order of making, not in the reverse", in_the_order_of_making, why_early),
    "depth_first": Bug("depth first: a node comes up when the first of its uses has come", depth_first, why_early),
    "zero_grad": Bug("no zero_grad between steps; shown is the second step", without_zero_grad, why_kept),
    "upstream": Bug("the upstream gradient is not multiplied in", upstream_lost, why_local),
    "edit": Bug("a leaf is edited between forward and backward", after_an_edit, why_edited),
}
