"""The eager path against micrograd: build a graph, differentiate it, update. Ratios from one run; see README.

    pip install -e ".[benchmark]" && python tests/benchmarks/eager.py

Both sides run the same program on the same graph of + * and relu; only the class of the nodes differs.
"""

import gc
import importlib.util
import math
import platform
import random
import sys
import time
import tracemalloc
from itertools import pairwise

import numpy as np

from autograd import Value

if importlib.util.find_spec("micrograd") is None:
    sys.exit(
        'micrograd is not installed, and without it there is nothing to compare with: pip install -e ".[benchmark]"'
    )
from micrograd.engine import Value as Micrograd

sys.setrecursionlimit(100_000)  # for micrograd's backward pass, which recurses


def moons(count=100, noise=0.1):
    """Two interleaved half circles, labels -1 and 1: rows of np.float64, as micrograd's demo gets them from scikit-learn."""
    rng = np.random.RandomState(0)
    angles = np.linspace(0, math.pi, count // 2)
    upper = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    lower = np.stack([1 - np.cos(angles), 0.5 - np.sin(angles)], axis=1)
    X = np.concatenate([upper, lower]) + noise * rng.randn(count, 2)
    return X, np.repeat([-1, 1], count // 2)


def mlp(kind, sizes):
    """The weights and biases of micrograd's MLP, as nodes of the given class."""
    rng = random.Random(1)
    return [
        [([kind(rng.uniform(-1, 1)) for _ in range(inputs)], kind(0)) for _ in range(outputs)]
        for inputs, outputs in pairwise(sizes)
    ]


def predict(model, x):
    for layer in model:
        last = layer is model[-1]
        sums = [sum((w * v for w, v in zip(weights, x, strict=True)), bias) for weights, bias in layer]
        x = sums if last else [s.relu() for s in sums]
    return x[0]


def parameters(model):
    return [p for layer in model for weights, bias in layer for p in [*weights, bias]]


def step(model, kind, X, y, loss_of, zero):
    """One step of training: forward, loss with weight penalty, backward, update."""
    inputs = [list(map(kind, row)) for row in X]
    scores = [predict(model, x) for x in inputs]
    losses = [loss_of(target, score) for target, score in zip(y, scores, strict=True)]
    total = sum(losses) * (1.0 / len(losses)) + 1e-4 * sum(p * p for p in parameters(model))
    for p in parameters(model):
        p.grad = zero
    total.backward()
    for p in parameters(model):
        p.data -= 0.01 * p.grad


def hinge(target, score):
    return (1 + -target * score).relu()


def squared(target, score):
    return (score + -target) * (score + -target)


def seconds(kind, sizes, X, y, loss_of, steps, rounds, collector):
    """Seconds for one step: the best mean of `steps` steps, over `rounds` fresh models."""
    zero = 0 if kind is Micrograd else None
    best = math.inf
    for _ in range(rounds):
        model = mlp(kind, sizes)
        step(model, kind, X, y, loss_of, zero)
        gc.collect()
        if not collector:
            gc.disable()
        start = time.perf_counter()
        for _ in range(steps):
            step(model, kind, X, y, loss_of, zero)
        best = min(best, (time.perf_counter() - start) / steps)
        gc.enable()
    return best


def compare():
    X, y = moons()
    plain = [[float(v) for v in row] for row in X], [float(t) for t in y]
    xor = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0.0, 1.0, 1.0, 0.0]
    cases = [
        ("moons, NumPy rows, collector on", [2, 16, 16, 1], X, y, hinge, 5, True),
        ("moons, floats, collector off", [2, 16, 16, 1], *plain, hinge, 5, False),
        ("XOR 2-4-1, floats, collector on", [2, 4, 1], *xor, squared, 300, True),
        ("XOR 2-10-10-10-1, collector on", [2, 10, 10, 10, 1], *xor, squared, 50, True),
    ]
    print(f"{'one training step':34}{'micrograd':>12}{'backstep':>12}{'ratio':>8}")
    for name, sizes, rows, targets, loss_of, steps, collector in cases:
        times = [seconds(kind, sizes, rows, targets, loss_of, steps, 5, collector) for kind in (Micrograd, Value)]
        print(f"{name:34}{times[0] * 1e3:9.2f} ms{times[1] * 1e3:9.2f} ms{times[0] / times[1]:7.1f}×")


def memory():
    print(f"\n{'memory of x * y before backward':34}", end="")
    for kind in (Micrograd, Value):
        x, y = kind(1.5), kind(2.5)
        tracemalloc.start()
        keep = [x * y for _ in range(10_000)]
        print(f"{tracemalloc.get_traced_memory()[0] / len(keep):10.0f} B", end="")
        tracemalloc.stop()
    print()


def scaling():
    print("\ncost for each operation (forward, backward and free), collector off")
    gc.disable()
    for exponent in range(2, 7):
        count = 10**exponent
        best = math.inf
        for _ in range(max(3, 10**4 // count)):
            start = time.perf_counter()
            x = y = Value(1.0)
            for _ in range(count // 2):
                y = y * x + x
            y.backward()
            del y
            best = min(best, (time.perf_counter() - start) / count)
        print(f"  10^{exponent} operations  {best * 1e9:6.0f} ns")
    gc.enable()


if __name__ == "__main__":
    print(f"Python {platform.python_version()}, NumPy {np.__version__}, {platform.machine()}, {platform.system()}\n")
    compare()
    memory()
    scaling()
