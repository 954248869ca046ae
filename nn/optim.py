"""Optimisers: they change parameters by their gradients. Formulas and names of arguments are torch.optim's.

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

import inspect
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograd import Value, gradients, sqrt, zero_grad
from nn.checks import at_least_0, below_1
from nn.clipping import by_norm, by_value
from nn.registry import Registry


class Optimizer:
    """The base: keeps parameters and, for each, what its update rule remembers.

    A rule is a method `update(p, g, memory, t)`: from a parameter's number, its gradient, the numbers remembered (of
    the class's number `memories`, all 0 at first) and the count of steps it returns the new number and memory. It is
    written in overloaded arithmetic.
    """

    memories = 0  # how many numbers the rule remembers for each parameter
    clip_norm: float | None = None  # bounds that `fit` sets for its time
    clip_value: float | None = None

    def __init__(self, parameters: Iterable[Value], lr: float, weight_decay: float = 0.0) -> None:
        if callable(getattr(parameters, "parameters", None)):
            raise TypeError(f"expected parameters, got a {type(parameters).__name__}: give model.parameters()")
        if not isinstance(parameters, Iterable):
            raise TypeError(f"expected parameters as a list, as [w, b]; got {parameters!r}")
        self.parameters = list(dict.fromkeys(parameters))  # one that is given twice is changed once in a step
        if not self.parameters:
            raise ValueError("there are no parameters to optimise")
        for p in self.parameters:
            if not isinstance(p, Value) or p.op is not None:
                raise TypeError(f"expected leaves, made by Value(...), as model.parameters() gives them; got {p!r}")
        self.lr = at_least_0("the learning rate lr", lr)
        self.weight_decay = at_least_0("weight_decay", weight_decay)
        self.memory: dict[Value, tuple[Any, ...]] = {}
        self.steps: dict[Value, int] = {}

    def __repr__(self) -> str:
        """`SGD(2 parameters, lr=0.1, ...)`."""
        kept = {name: value for name, value in vars(self).items() if name not in ("parameters", "memory", "steps")}
        options = "".join(f", {name}={value!r}" for name, value in kept.items())
        return f"{type(self).__name__}({len(self.parameters)} parameters{options})"

    def update(self, p: Any, g: Any, memory: tuple[Any, ...], t: int) -> tuple[Any, tuple[Any, ...]]:
        """The rule: the new number of a parameter, and what to remember. Every optimiser defines it, or `step`."""
        raise NotImplementedError

    def step(self) -> None:
        """Change every parameter that a backward pass has reached."""
        reached = [p for p in self.parameters if p.grad is not None]
        for p, g in zip(reached, self.clipped([p.grad for p in reached]), strict=True):
            t = self.steps[p] = self.steps.get(p, 0) + 1
            memory = self.memory.get(p, (0.0,) * self.memories)
            p.data, self.memory[p] = self.update(p.data, g, memory, t)

    def minimise(self, loss: Value) -> None:
        """A backward pass from the loss, and a step."""
        loss.backward()
        self.step()

    def clipped(self, gradients: Sequence[Any]) -> Sequence[Any]:
        """The gradients, numbers or Values, within the bounds: first by value, then by norm."""
        if self.clip_value is not None:
            gradients = by_value(gradients, self.clip_value)
        return gradients if self.clip_norm is None else by_norm(gradients, self.clip_norm)

    @contextmanager
    def clipping(self, norm: float | None, value: float | None) -> Iterator[None]:
        """Within a `with` statement, steps use clipped gradients. `grad` stays as the backward pass left it."""
        for name, bound in (("clip_norm", norm), ("clip_value", value)):
            if bound is not None and type(self).step is not Optimizer.step:
                raise ValueError(f"{type(self).__name__} has a step of its own, which clips nothing: leave out {name}")
            if bound is not None:
                at_least_0(name, bound)
        self.clip_norm, self.clip_value = norm, value
        try:
            yield
        finally:
            self.clip_norm, self.clip_value = None, None

    def zero_grad(self) -> None:
        """Set every parameter's grad to None."""
        zero_grad(self.parameters)


OPTIMIZERS: Registry[type[Optimizer]] = Registry("optimiser")


@OPTIMIZERS.add
class SGD(Optimizer):
    """p -= lr · g; with momentum the velocity v = momentum · v + g takes g's place, with Nesterov's g + momentum · v.

    Stochastic is the choice of samples: on all of them at once this is plain gradient descent.
    """

    memories = 1

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float,
        momentum: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
    ) -> None:
        super().__init__(parameters, lr, weight_decay)
        self.momentum = at_least_0("momentum", momentum)
        self.nesterov = nesterov
        if nesterov and not momentum:
            raise ValueError("nesterov=True needs a momentum greater than 0")

    def update(self, p: Any, g: Any, memory: tuple[Any, ...], t: int) -> tuple[Any, tuple[Any, ...]]:
        (velocity,) = memory
        if self.weight_decay:
            g = g + self.weight_decay * p
        if not self.momentum:
            return p - self.lr * g, memory
        velocity = self.momentum * velocity + g
        direction = g + self.momentum * velocity if self.nesterov else velocity
        return p - self.lr * direction, (velocity,)


@OPTIMIZERS.add
class Adagrad(Optimizer):
    """p -= lr · g / (√Σg² + eps) (Duchi, Hazan, Singer, 2011)."""

    memories = 1

    def __init__(
        self, parameters: Iterable[Value], lr: float = 0.01, eps: float = 1e-10, weight_decay: float = 0.0
    ) -> None:
        super().__init__(parameters, lr, weight_decay)
        self.eps = at_least_0("eps", eps)

    def update(self, p: Any, g: Any, memory: tuple[Any, ...], t: int) -> tuple[Any, tuple[Any, ...]]:
        (total,) = memory
        if self.weight_decay:
            g = g + self.weight_decay * p
        total = total + g * g
        return p - self.lr * g / (sqrt(total) + self.eps), (total,)


@OPTIMIZERS.add
class RMSprop(Optimizer):
    """p -= lr · g / (√s + eps) with a running mean s = alpha · s + (1 - alpha) · g² (Tieleman and Hinton, 2012)."""

    memories = 2

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float = 0.01,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
    ) -> None:
        super().__init__(parameters, lr, weight_decay)
        self.alpha, self.eps = below_1("alpha", alpha), at_least_0("eps", eps)
        self.momentum = at_least_0("momentum", momentum)

    def update(self, p: Any, g: Any, memory: tuple[Any, ...], t: int) -> tuple[Any, tuple[Any, ...]]:
        mean_square, velocity = memory
        if self.weight_decay:
            g = g + self.weight_decay * p
        mean_square = self.alpha * mean_square + (1 - self.alpha) * g * g
        velocity = self.momentum * velocity + g / (sqrt(mean_square) + self.eps)
        return p - self.lr * velocity, (mean_square, velocity)


@OPTIMIZERS.add
class Adam(Optimizer):
    """p -= lr · m̂ / (√v̂ + eps): running means of g and g², corrected for their start at 0 (Kingma and Ba, 2015)."""

    memories = 2
    decoupled = False  # whether weight_decay shrinks the parameter itself (AdamW), or adds to the gradient
    default_decay = 0.0

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float | None = None,
    ) -> None:
        super().__init__(parameters, lr, self.default_decay if weight_decay is None else weight_decay)
        if not isinstance(betas, Iterable) or len(betas) != 2:
            raise TypeError(f"betas are two numbers, as (0.9, 0.999); got {betas!r}")
        self.betas = below_1("beta1", betas[0]), below_1("beta2", betas[1])
        self.eps = at_least_0("eps", eps)

    def update(self, p: Any, g: Any, memory: tuple[Any, ...], t: int) -> tuple[Any, tuple[Any, ...]]:
        mean, mean_square = memory
        beta1, beta2 = self.betas
        if self.decoupled:
            p = p * (1 - self.lr * self.weight_decay)
        elif self.weight_decay:
            g = g + self.weight_decay * p
        mean = beta1 * mean + (1 - beta1) * g
        mean_square = beta2 * mean_square + (1 - beta2) * g * g
        corrected = mean / (1 - beta1**t)
        spread = sqrt(mean_square / (1 - beta2**t))
        return p - self.lr * corrected / (spread + self.eps), (mean, mean_square)


@OPTIMIZERS.add
class AdamW(Adam):
    """Adam with weight decay apart from the gradient: p shrinks by lr · weight_decay (Loshchilov and Hutter, 2019)."""

    decoupled = True
    default_decay = 0.01


@OPTIMIZERS.add
class Newton(Optimizer):
    """p -= lr · H⁻¹ g with the matrix H of second derivatives: for few parameters, near a minimum, in very few steps.

    `step(loss)` takes the loss itself, which is differentiated twice; no backward pass is needed. It looks for a place
    where the slope is 0, be that a minimum, a maximum or a saddle.
    """

    def __init__(self, parameters: Iterable[Value], lr: float = 1.0) -> None:
        super().__init__(parameters, lr)

    def minimise(self, loss: Value) -> None:
        loss.backward()
        self.step(loss)

    def step(self, loss: Value | None = None) -> None:
        if loss is None:
            raise TypeError("Newton needs the loss for its second derivatives: optimizer.step(loss)")
        slopes = gradients(loss, self.parameters, create_graph=True)
        hessian = np.array([gradients(slope, self.parameters) for slope in slopes])
        try:
            direction = np.linalg.solve(hessian, [slope.data for slope in slopes])
        except np.linalg.LinAlgError:
            raise ValueError(
                "the matrix of second derivatives is singular here: Newton's step is not defined"
            ) from None
        for p, d in zip(self.parameters, direction, strict=True):
            p.data -= self.lr * float(d)


def optimizer_named(name: str, parameters: Sequence[Value], lr: float, **options: Any) -> Optimizer:
    """An optimiser by its lower-case name. ValueError if there is none, or if it has not these options."""
    kind = OPTIMIZERS.named(name)
    known = [option for option in inspect.signature(kind).parameters if option not in ("parameters", "lr")]
    for option in options:
        if option not in known:
            raise ValueError(f"{name} has no {option}; its options are {', '.join(known) or 'none'}")
    return kind(parameters, lr=lr, **options)
