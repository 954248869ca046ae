"""First weights: the distribution they are drawn from, by name.

Weights that all begin at the same number learn the same thing, so they are drawn at random. How far apart they should
lie depends on the number of inputs and outputs of a layer: INITS has the known rules.

Uniform draws are PyTorch's to the last bit: with the same seed, the same Mersenne Twister, whose 32-bit words give 24
bits to a float32 each. Normal draws follow the same distribution as PyTorch's, with numbers of their own.

>>> generator = Generator(777)
>>> generator.draw("torch", (10, 2), fan_in=2)[0].tolist()  # torch.manual_seed(777); torch.nn.Linear(2, 10).weight[0]
[-0.5912610292434692, -0.01253354549407959]
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nn.registry import Registry


@dataclass(frozen=True)
class Init:
    """One rule for first weights.

    variance  of the weights, from the number of inputs (fan_in) and outputs (fan_out) of the layer
    normal    whether the distribution is the normal one, not the uniform one
    biases    whether biases are drawn by the same rule; else they begin at 0
    """

    variance: Callable[[int, int], float]
    normal: bool = False
    biases: bool = False


class Generator:
    """A source of random numbers that a seed makes repeatable, in all versions of NumPy."""

    def __init__(self, seed: int | None = None) -> None:
        self.random = np.random.RandomState(seed)  # frozen by NumPy, unlike default_rng, and PyTorch's own generator

    def uniform(self, low: float, high: float, shape: tuple[int, ...]) -> np.ndarray:
        """Numbers from low to high: float32 values, computed as PyTorch's Tensor.uniform_ does."""
        words = self.random.randint(0, 2**32, size=shape, dtype=np.uint32)
        start, end = np.float32(low), np.float32(high)
        fractions = (words & 0xFFFFFF) * 2.0**-24
        numbers: np.ndarray = (fractions * np.float64(end - start) + np.float64(start)).astype(np.float32).astype(float)
        return numbers

    def normal(self, mean: float, std: float, shape: tuple[int, ...]) -> np.ndarray:
        """Numbers of the normal distribution."""
        return self.random.normal(mean, std, shape)

    def draw(self, init: str, shape: tuple[int, ...], fan_in: int, fan_out: int = 1) -> np.ndarray:
        """An array of first weights for a layer with so many inputs and outputs. ValueError for an unknown rule."""
        rule = INITS.named(init)
        spread = math.sqrt(rule.variance(fan_in, fan_out))
        if not spread:
            return np.zeros(shape)  # nothing is drawn, so the generator stays where it is
        if rule.normal:
            return self.normal(0.0, spread, shape)
        bound = math.sqrt(3.0) * spread  # the variance of a uniform distribution is bound² / 3
        return self.uniform(-bound, bound, shape)

    def draw_biases(self, init: str, count: int, fan_in: int) -> np.ndarray:
        """First biases for a layer: drawn where the rule says so, else 0."""
        return self.draw(init if INITS.named(init).biases else "zeros", (count,), fan_in)


# torch: the default of torch.nn.Linear; xavier: Glorot and Bengio, 2010; he: He et al., 2015;
# lecun: LeCun et al., 1998.
INITS: Registry[Init] = Registry("init")
INITS.update(
    torch=Init(lambda fan_in, fan_out: 1 / (3 * fan_in), biases=True),
    uniform=Init(lambda fan_in, fan_out: 1 / 3),
    normal=Init(lambda fan_in, fan_out: 1.0, normal=True),
    xavier_uniform=Init(lambda fan_in, fan_out: 2 / (fan_in + fan_out)),
    xavier_normal=Init(lambda fan_in, fan_out: 2 / (fan_in + fan_out), normal=True),
    he_uniform=Init(lambda fan_in, fan_out: 2 / fan_in),
    he_normal=Init(lambda fan_in, fan_out: 2 / fan_in, normal=True),
    lecun_uniform=Init(lambda fan_in, fan_out: 1 / fan_in),
    lecun_normal=Init(lambda fan_in, fan_out: 1 / fan_in, normal=True),
    zeros=Init(lambda fan_in, fan_out: 0.0),
)
