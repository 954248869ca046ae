"""`exercises(level, seed)`: graphs to differentiate by hand, the same ones for the same seed.

>>> for exercise in exercises(2, seed=7, count=2):
...     print(exercise)
(a + b) * (c + d) at a = -3, b = -4, c = -1, d = 3
(x + y) * z at x = 1, y = 3, z = 3

The levels: 1 a chain, 2 products, 3 a node used twice, 4 functions, 5 a neuron with its loss. Numbers are drawn until
all that a hand meets on the way, values, local derivatives, products and sums, is short: so no exercise asks for an
ugly division.
"""

import math
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from autograd.chain import uses
from autograd.expression import parse
from autograd.ieee import silent
from autograd.order import topological_order
from autograd.value import Value

LEVELS = {
    1: "a chain",
    2: "products",
    3: "a node used twice",
    4: "functions",
    5: "a neuron with its loss",
}

# The graphs of each level. A letter in capitals stands for a whole number that is written into the graph.
TEXTS: dict[int, list[str]] = {
    1: [
        "q = x + A; B * q", "q = A * x; q + B", "q = x - A; q**2", "q = A * x; r = q + B; C * r",
        "q = x + A; r = B * q; r - C",
        "q = A * x; r = q - B; r**2", "q = x**2; A * q", "q = A - x; r = B * q; r + C", "q = -x; r = q + A; r**2",
    ],
    2: [
        "(x + y) * z", "x * y + z", "(x - y) * z", "x * y * z", "(a + b) * (c + d)", "a * b + c * d", "(a * b - c) * d",
        "q = x * y; A * q + z", "(x + A) * (y - z)", "a * (b + c) - d",
    ],
    3: [
        "q = x + y; q * x", "q = x * y; q + A * x", "(x + y) * (x - y)", "q = x - y; q * q", "x * y + y * z",
        "q = x * y; q * q + x",
        "q = x + y; r = q * z; r + q", "q = A * x; q * x + y", "q = x + y; (q + z) * q", "x * x * y",
    ],
    4: [
        "relu(w * x + b) * v", "maximum(x, y) * z", "abs(x - y) * z", "sqrt(x) * y", "x / y + z", "exp(x - y) * z",
        "log(x) * y + z",
        "sigmoid(w * x + b) * v", "tanh(x + y) * z", "(x * y - z)**2", "q = 1 / x; q * y", "minimum(x, y) + x * z",
        "relu(x - y) * z + y",
    ],
    5: [
        "z = w1 * x1 + w2 * x2 + b; a = relu(z); (a - t)**2", "z = w * x + b; a = sigmoid(z); (a - t)**2",
        "z = w1 * x1 + w2 * x2 + b; a = sigmoid(z); (a - t)**2", "z = w * x + b; a = relu(z); (a - t)**2",
        "z = w * x + b; a = tanh(z); (a - t)**2", "z = w1 * x1 + w2 * x2 + b; (z - t)**2",
    ],
}  # fmt: skip

LARGEST, DECIMALS = 100.0, 2  # of all numbers that a hand meets
TRIES = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class Exercise:
    """A graph to be worked through by hand: every value forward, every gradient backward.

    text, values  the expression, and the numbers of its variables, as for `parse`
    output        the graph; its gradients are computed, so that a picture of it is the solution
    """

    level: int
    text: str
    values: dict[str, float]
    output: Value

    def __str__(self) -> str:
        given = ", ".join(f"{name} = {value:g}" for name, value in self.values.items())
        return f"{self.text} at {given}"


def exercises(level: int, seed: int = 0, count: int = 8) -> list[Exercise]:
    """So many exercises of a level, 1 to 5; no two are alike, and as few as can be have the same form."""
    if level not in LEVELS:
        raise ValueError(f"level is {', '.join(map(str, LEVELS))}, got {level!r}")
    found: list[Exercise] = []
    stream = drawn(level, seed)
    while len(found) < count:
        found.append(next(stream))
    return found


def drawn(level: int, seed: int) -> Iterator[Exercise]:
    """Exercises without end: all forms of the level in a random order, then all of them anew with other numbers."""
    rng = random.Random(f"{level} {seed}")
    seen: set[str] = set()
    while True:
        for text in sorted(TEXTS[level], key=lambda _: rng.random()):
            exercise = next(filter(None, (attempt(level, text, rng) for _ in range(TRIES))))
            if str(exercise) not in seen or len(seen) > 500:
                seen.add(str(exercise))
                yield exercise


def attempt(level: int, text: str, rng: random.Random) -> Exercise | None:
    """The form with random numbers, if hands can do them."""
    for letter in sorted(set(re.findall(r"\b[A-Z]\b", text))):
        text = re.sub(rf"\b{letter}\b", str(2 + int(4 * rng.random())), text)
    names = [name for name in dict.fromkeys(re.findall(r"\b[a-z]\w*\b(?!\()", text)) if f"{name} =" not in text]
    values = {name: number(rng) for name in names}
    if "t" in values:
        values["t"] = float(rng.random() < 0.5)  # a target
    if len(set(values.values())) < min(len(values), 2):
        return None
    with silent():
        output = parse(text, **values)
        output.backward()
    return Exercise(level, text, values, output) if is_easy(output) else None


def number(rng: random.Random) -> float:
    """A whole number from -5 to 5 without 0, 2 and 3 more often, 1 less."""
    size = (2, 3, 2, 3, 4, 5, 1)[int(7 * rng.random())]
    return float(size if rng.random() < 0.6 else -size)


def is_easy(output: Value) -> bool:
    """Whether a hand can do all of it, and it is worth doing: few gradients are 0, and not that of every leaf."""
    order = topological_order(output)
    met = [node.data for node in order]
    for use in uses(order):
        met += [use.local, use.contribution, use.total]
    leaves = [node for node in order if node.op is None]
    zeros = sum(node.grad == 0.0 for node in order)
    return all(map(is_short, met)) and zeros <= 2 and any(leaf.grad for leaf in leaves)


def is_short(x: float) -> bool:
    """Whether a number has at most two decimals, and at most two digits before them."""
    return math.isfinite(x) and abs(x) <= LARGEST and round(x, DECIMALS) == x
