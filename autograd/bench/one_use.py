"""`AT_ONE_USE` and `IN_ONE_SUM`: the mistakes that people make at one use of a node, and where its uses are added.

Each is a text and an expression, so that a page can compute it, too: `autograd.code` writes it in JavaScript.

>>> AT_ONE_USE["sign"].contribution(0.5, -2.0, None, 3.0, 4.0)
1.0
>>> IN_ONE_SUM["last use"].total(0.5, 2.0, -1.5, 7.0, 3.0)  # `=` for `+=`: -1.5 is left of 2 + (-1.5)
-1.5
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
    whole         whether it is a mistake about the whole answer: in a sum of uses IN_ONE_SUM has it instead
    """

    kind: str
    text: str
    contribution: Callable[[Any, Any, Any, Any, Any], Any]
    others: bool = False
    alone: bool = False
    faint: bool = False
    whole: bool = False


class InOneSum(NamedTuple):
    """A mistake where the uses of a node are added: what is written in place of the total.

    kind   one of KINDS
    text   what was done; {local}, {x} and {z} stand for how a card writes these
    total  of the total, the contribution of a use, that of the last use, the sum of all local derivatives, the value of
           the node x: an expression
    each   whether there is one such mistake for each use
    """

    kind: str
    text: str
    total: Callable[[Any, Any, Any, Any, Any], Any]
    each: bool = False


AT_ONE_USE = {
    "upstream": AtOneUse(
        "upstream", "the upstream {upstream} was not multiplied in", lambda upstream, local, other, x, z: local
    ),
    "sign": AtOneUse("sign", "the sign is wrong", lambda upstream, local, other, x, z: -(upstream * local), whole=True),
    "other operand": AtOneUse(
        "other operand", "the local derivative of the other operand was taken for {local}",
        lambda upstream, local, other, x, z: upstream * other, others=True,
    ),
    "forgotten node": AtOneUse(
        "forgotten node", "the local derivative {local} = {rule} was forgotten",
        lambda upstream, local, other, x, z: upstream,
    ),
    "value": AtOneUse(
        "value", "the value of {x} was written for its gradient", lambda upstream, local, other, x, z: x, whole=True
    ),
    "value for slope": AtOneUse(  # as sigmoid(x) for its slope; nobody takes a sum for 1
        "value", "the value of {z} was taken for the local derivative {local}",
        lambda upstream, local, other, x, z: upstream * z, alone=True,
    ),
    "value for upstream": AtOneUse(
        "value", "the value of {z} was taken for its gradient {upstream}",
        lambda upstream, local, other, x, z: z * local, faint=True,
    ),
}  # fmt: skip

IN_ONE_SUM = {
    "upstreams": InOneSum(
        "upstream", "the upstream derivatives were not multiplied in", lambda total, share, last, slopes, x: slopes
    ),
    "sign": InOneSum("sign", AT_ONE_USE["sign"].text, lambda total, share, last, slopes, x: -total),
    "sign of a use": InOneSum(
        "sign", "the sign of {local} is wrong", lambda total, share, last, slopes, x: total - share - share, each=True
    ),
    "last use": InOneSum(
        "last use", "only the last use of {x} was kept (= for +=)", lambda total, share, last, slopes, x: last
    ),
    "one use": InOneSum(  # a pass in another order keeps another one
        "last use", "only one use of {x} was kept (= for +=)", lambda total, share, last, slopes, x: share, each=True
    ),
    "lost use": InOneSum(
        "lost route", "the use of {x} in {z} was left out", lambda total, share, last, slopes, x: total - share,
        each=True,
    ),
    "value": InOneSum("value", AT_ONE_USE["value"].text, lambda total, share, last, slopes, x: x),
}  # fmt: skip


def in_the_sum(total: Any, share: Any, instead: Any) -> Any:
    """The total with another number in place of the contribution of one use: a mistake of AT_ONE_USE within a sum."""
    return total - share + instead
