"""The card of one step of a worked solution: its formula and factors, the running sum, the gate's pattern.

>>> from autograd import explain, parse
>>> step = list(explain(parse("(x + y) * z", x=-2, y=5, z=-4)))[4]
>>> print("\\n".join(card(step)))
∂f/∂z += ∂f/∂f × ∂(q * z)/∂z = 1 × q = 1 × 3 = 3
  upstream     ∂f/∂f = 1
  local        ∂(q * z)/∂z = q = 3
  contribution 1 × 3 = 3
  running sum  z: 0 + 3 = 3 (use 1 of 1)
  × swaps: z receives the gradient of f times q, the other operand.
"""

import math

from autograd.notation import ATOM
from autograd.patterns import gate_sentence
from autograd.steps import TEXT, Step, chain
from autograd.term import Term
from autograd.value import Value


def card(step: Step) -> list[str]:
    """The lines that show a step: the first one is the step itself."""
    if step.kind == "seed":
        return [str(step), "  The output's gradient with respect to itself is 1: here the way back begins."]
    if step.kind == "forward" or step.operand is None:
        return [str(step), *where_it_began(step)]
    assert step.node.op is not None
    share, name = step.number(step.contribution), step.solution.names[step.operand]
    running = chain([str(step.number(step.before) + share), str(step.number(step.total))])
    return [
        str(step).partition("  (use ")[0],
        f"  upstream     {derivative(step, step.node)} = {step.number(step.upstream)}",
        f"  local        {chain([local(step), rule(step), str(step.number(step.local))])}",
        f"  contribution {times(step.number(step.upstream), step.number(step.local))} = {share}",
        f"  running sum  {name}: {running} (use {step.use} of {step.uses})",
        f"  {gate_sentence(step)}",
    ]


def where_it_began(step: Step) -> list[str]:
    """For a result that is inf or nan: whether this operation made it, or an operand was so already."""
    result, name = step.node.data, step.solution.names[step.node]
    if math.isfinite(result):
        return []
    bad = [o for o in step.node.operands if isinstance(o, Value) and not math.isfinite(o.data)]
    if not bad:
        return [f"  Here {result} begins: all operands of {name} are finite."]
    named = ", ".join(f"{step.named(o)} = {step.number(o.data)}" for o in dict.fromkeys(bad))
    return [f"  It was not finite before: {named}."]


def derivative(step: Step, node: Value) -> str:
    """∂f/∂node"""
    return TEXT.derivative.format(step.solution.names[step.solution.output], step.solution.names[node])


def local(step: Step) -> str:
    """The local derivative as a symbol: ∂(q * z)/∂z"""
    whole, level = TEXT.read(step.operation(step.named))
    return TEXT.derivative.format(whole if level == ATOM else f"({whole})", step.marked())


def rule(step: Step) -> str:
    """The local derivative as a formula: q"""
    return chain(map(str, step.rules()[0]))


def times(upstream: Term, factor: Term) -> str:
    """upstream × local, with parentheses where they are needed: 1 × (-4)"""
    return TEXT.product.write([TEXT.read(upstream), TEXT.read(factor)])[0]
