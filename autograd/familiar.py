"""Names from elsewhere: those of micrograd and PyTorch that people type on a Value work, or the error says ours.

>>> a = Value(2.0, label="a")
>>> f = a * 3.0
>>> f.item(), f._op, f._prev, a.label
(6.0, '*', (Value(2.0, name='a', grad=None),), 'a')

The lecture's steps by hand work too. `_backward` is the chain rule at one node: it adds to the grads of its operands.

>>> f.grad = 1.0
>>> f._backward()
>>> a.grad
3.0
"""

from typing import Any, NoReturn

from autograd.chain import contributions
from autograd.value import Value


def item(self: Value) -> float:
    """The number, as `.data`."""
    return self.data


def label(self: Value) -> str:
    """The name, as micrograd's lecture calls it."""
    return self.name


def set_label(self: Value, name: str) -> None:
    self.name = name


def previous(self: Value) -> tuple[Value, ...]:
    """micrograd's `_prev`: the Values among the operands, each once. Plain numbers are no nodes."""
    return tuple(dict.fromkeys(operand for operand in self.operands if isinstance(operand, Value)))


def sign(self: Value) -> str:
    """micrograd's `_op`: the sign of the operation, or its name; "" for a leaf."""
    return self.op.notation.text.between.strip(" ,") or self.op.name if self.op else ""


def backward_here(self: Value) -> None:
    """micrograd's `_backward`: add upstream · local to the grad of each operand. A grad that is None counts as 0."""
    for _, operand, _, contribution in contributions(self, self.grad or 0.0) if self.op else ():
        operand.grad = (operand.grad or 0.0) + contribution


# What has another name here, or is not needed.
OURS = {
    "requires_grad": "every Value has a gradient; what needs none is a plain number, or v.detach()",
    "grad_fn": "the operation is v.op",
    "is_leaf": "a leaf has v.op is None",
    "retain_grad": "every node keeps its grad",
    "numpy": "the number is v.data",
    "value": "the number is v.data",
    "gradient": "the gradient is v.grad",
    "children": "what it was computed from is v.operands",
    "shape": "a Value is one number; for many take a list, or an array of Values",
    "T": "a Value is one number; arrays of Values have a transpose",
}


def refused(name: str, remedy: str) -> property:
    """An attribute that does not exist, with the remedy in the error."""

    def refuse(self: Value, *_: Any) -> NoReturn:
        raise AttributeError(f"a Value has no attribute {name!r}: {remedy}")

    return property(refuse, refuse)


for _name, _found in {
    "item": item,
    "label": property(label, set_label),
    "_prev": property(previous),
    "_op": property(sign),
    "_backward": backward_here,
    **{name: refused(name, remedy) for name, remedy in OURS.items()},
}.items():
    setattr(Value, _name, _found)
