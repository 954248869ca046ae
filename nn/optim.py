"""Optimisers: they change parameters by their gradients.

>>> from autograd import Value
>>> w = Value(3.0)
>>> optimizer = SGD([w], lr=0.1)
>>> for _ in range(3):
...     optimizer.zero_grad()
...     loss = (w - 1) ** 2
...     loss.backward()
...     optimizer.step()
>>> f"{w:.3f}"
'2.024'
"""

from collections.abc import Iterable

from autograd import Value, zero_grad


class SGD:
    """Gradient descent: every parameter goes `lr` times its gradient downhill."""

    def __init__(self, parameters: Iterable[Value], lr: float) -> None:
        self.parameters = list(parameters)
        self.lr = lr
        if not self.parameters:
            raise ValueError("there are no parameters to optimise")
        if not lr >= 0.0:
            raise ValueError(f"the learning rate is 0 or more, got lr={lr}")

    def step(self) -> None:
        """p.data -= lr * p.grad, for every parameter that a backward pass has reached."""
        for p in self.parameters:
            if p.grad is not None:
                p.data -= self.lr * p.grad

    def zero_grad(self) -> None:
        """Set every parameter's grad to None."""
        zero_grad(self.parameters)
