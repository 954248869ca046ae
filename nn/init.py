"""First weights: how many rows and columns, and which distribution.

Uniform draws are PyTorch's to the last bit: with the same seed, the same Mersenne Twister, whose 32-bit words give 24
bits to a float32 each. Normal draws follow the same distribution as PyTorch's, with numbers of their own.

>>> generator = Generator(777)
>>> generator.draw("torch", (10, 2), fan_in=2)[0].tolist()  # torch.manual_seed(777); torch.nn.Linear(2, 10).weight[0]
[-0.5912610292434692, -0.01253354549407959]
"""

import math
from typing import Literal

import numpy as np

Init = Literal[
    "torch", "uniform", "normal", "xavier_uniform", "xavier_normal", "he_uniform", "he_normal", "lecun_uniform", "zeros"
]


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
        return self.random.normal(mean, std, shape)

    def draw(self, init: Init | str, shape: tuple[int, ...], fan_in: int, fan_out: int = 1) -> np.ndarray:
        """An array of first weights for a layer with so many inputs and outputs. Formulas as in torch.nn.init:

        xavier: variance 2 / (fan_in + fan_out), Glorot and Bengio 2010; he: 2 / fan_in, He et al. 2015;
        lecun: 1 / fan_in, LeCun et al. 1998; torch: uniform within 1 / √fan_in, the default of torch.nn.Linear;
        uniform: within 1; normal: mean 0, variance 1.
        """
        variances = {"xavier": 2 / (fan_in + fan_out), "he": 2 / fan_in, "lecun": 1 / fan_in, "torch": 1 / (3 * fan_in)}
        family, _, kind = init.partition("_")
        if init == "zeros":
            return np.zeros(shape)
        if init == "normal" or (family in variances and kind == "normal"):
            return self.normal(0.0, math.sqrt(variances.get(family, 1.0)), shape)
        if init == "uniform":
            return self.uniform(-1.0, 1.0, shape)
        if init == "torch" or (family in variances and kind == "uniform"):
            bound = math.sqrt(3.0) * math.sqrt(variances[family])
            return self.uniform(-bound, bound, shape)
        raise ValueError(
            f"unknown init {init!r}: expected torch, uniform, normal, zeros, "
            f"or one of xavier, he, lecun with _uniform or _normal, as he_uniform"
        )
