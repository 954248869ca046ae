"""`numeric_derivative`: the slope of a secant, and a lesson on how small a step should be.

>>> numeric_derivative(lambda x: x**2, 2.0, h=0.5)
4.5
>>> print(numeric_derivative(lambda x: x**2, 2.0))
     h  slope          off by
     1  5              1
   0.1  4.1            0.1
  0.01  4.01           0.01
 0.001  4.001          0.001
0.0001  4.0001         0.0001
  1e-5  4.00001        1e-5
  1e-6  4.000001       1e-6
  1e-7  4.00000009     9.12e-8
  1e-8  3.99999998     2.43e-8  best
  1e-9  4.00000033     3.31e-7  from here on rounding wins
 1e-10  4.00000033     3.31e-7
 1e-11  4.00000033     3.31e-7
 1e-12  4.0003556      0.000356
The derivative is 4. A smaller h is better only until f(x + h) - f(x) has lost its digits.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, overload

from autograd.backward import gradients
from autograd.ieee import to_float
from autograd.notation import number
from autograd.value import Value, number_of

STEPS = tuple(10.0**-k for k in range(13))


class Secants(Sequence[tuple[float, float]]):
    """Secants of a function at a point: pairs (h, slope), the largest h first; printed, a table with what they are off.

    exact  the derivative at the point, by backstep
    best   the index of the secant that comes closest to it
    """

    def __init__(self, f: Callable[[Any], Any], x: float, steps: Sequence[float]) -> None:
        self.pairs = [(h, secant(f, x, h)) for h in sorted(map(to_float, steps), key=abs, reverse=True)]
        leaf = Value(x)
        output = f(leaf)
        self.exact = gradients(output, leaf)[0] if isinstance(output, Value) else 0.0
        self.best = min(range(len(self.pairs)), key=lambda i: abs(self.pairs[i][1] - self.exact))

    @overload
    def __getitem__(self, index: int) -> tuple[float, float]: ...
    @overload
    def __getitem__(self, index: slice) -> list[tuple[float, float]]: ...
    def __getitem__(self, index: Any) -> Any:
        return self.pairs[index]

    def __len__(self) -> int:
        return len(self.pairs)

    def lines(self) -> Iterator[str]:
        yield f"{'h':>6}  {'slope':13}  off by"
        for i, (h, slope) in enumerate(self.pairs):
            remark = {self.best: "  best", self.best + 1: "  from here on rounding wins"}.get(i, "")
            yield f"{number(h, 3):>6}  {number(slope, 9):13}  {number(abs(slope - self.exact), 3)}{remark}".rstrip()
        yield (
            f"The derivative is {number(self.exact, 9)}. "
            f"A smaller h is better only until f(x + h) - f(x) has lost its digits."
        )

    def __str__(self) -> str:
        return "\n".join(self.lines())

    __repr__ = __str__


@overload
def numeric_derivative(f: Callable[[Any], Any], x: float, h: float) -> float: ...
@overload
def numeric_derivative(f: Callable[[Any], Any], x: float, h: Sequence[float] | None = None) -> Secants: ...
def numeric_derivative(f: Callable[[Any], Any], x: float, h: Any = None) -> Any:
    """The slope (f(x + h) - f(x)) / h of the secant through f at x and x + h.

    Without `h`, or for several, a table of Secants, from h = 1 to 1e-12: first the secant tends to the tangent, then
    rounding wins, for f(x + h) and f(x) agree in ever more digits. `gradcheck` chooses its steps by that.
    """
    point = to_float(x)
    if h is not None and not isinstance(h, Sequence):
        return secant(f, point, to_float(h))
    return Secants(f, point, STEPS if h is None else h)


def secant(f: Callable[[Any], Any], x: float, h: float) -> float:
    if h == 0.0:
        raise ValueError("a secant goes through two points: h = 0 is none")
    return (number_of(f(x + h)) - number_of(f(x))) / h
