"""`AT_ONE_USE`: the mistakes that people make at one use of a node, as texts and expressions.

>>> AT_ONE_USE["sign"].contribution(0.5, -2.0, None, 3.0, 4.0)
1.0

Expressions, so that a page can compute them, too: `autograd.code` writes them in JavaScript.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

# All kinds, in the order in which they are told.
KINDS = (
    "upstream", "sign", "last use", "other operand", "lost route", "forgotten node", "value", "factor", "rounding",
)  # fmt: skip


class Slip(NamedTuple):
    """A mistake of one kind, the number that it leads to, and what was done, as a clause.

    faint  whether it is far-fetched, so that it is named only beside few others
    """

    kind: str
    number: float
    text: str
    faint: bool = False


class AtOneUse(NamedTuple):
    """A mistake at one use of a node: what is written in place of its contribution, upstream × local.

    kind          one of KINDS
    text          what was done; {upstream}, {local}, {rule}, {x} and {z} stand for how a card writes these
    contribution  of upstream and local derivative, the local derivative of another operand, the values of the operand x
                  and of the node z: an expression, so that a page can compute it, too
    others        whether there is one such mistake for each other operand
    alone         whether it is made only at functions of one node
    faint         whether it is far-fetched
    """

    kind: str
    text: str
    contribution: Callable[[Any, Any, Any, Any, Any], Any]
    others: bool = False
    alone: bool = False
    faint: bool = False


AT_ONE_USE = {
    "upstream": AtOneUse(
        "upstream", "the upstream {upstream} was not multiplied in", lambda upstream, local, other, x, z: local
    ),
    "sign": AtOneUse("sign", "the sign is wrong", lambda upstream, local, other, x, z: -(upstream * local)),
    "other operand": AtOneUse(
        "other operand", "the local derivative of the other operand was taken for {local}",
        lambda upstream, local, other, x, z: upstream * other, others=True,
    ),
    "forgotten node": AtOneUse(
        "forgotten node", "the local derivative {local} = {rule} was forgotten",
        lambda upstream, local, other, x, z: upstream,
    ),
    "value": AtOneUse("value", "the value of {x} was written for its gradient", lambda upstream, local, other, x, z: x),
    "value for slope": AtOneUse(  # as sigmoid(x) for its slope; nobody takes a sum for 1
        "value", "the value of {z} was taken for the local derivative {local}",
        lambda upstream, local, other, x, z: upstream * z, alone=True,
    ),
    "value for upstream": AtOneUse(
        "value", "the value of {z} was taken for its gradient {upstream}",
        lambda upstream, local, other, x, z: z * local, faint=True,
    ),
}  # fmt: skip
