"""An optimizer that knows the exact gradient: `compile` gives it, at the speed of plain Python, as scipy.optimize wants.

With SciPy installed, `scipy.optimize.minimize(f, x0, jac=True)` takes the same function f; here BFGS is written out.
"""

from itertools import pairwise

import numpy as np

from autograd import compile


@compile
def valley(x):
    """Rosenbrock's valley in many dimensions: easy to reach, hard to walk along. The minimum is at (1, 1, ..., 1)."""
    return sum(100 * (b - a**2) ** 2 + (1 - a) ** 2 for a, b in pairwise(x))


def f(x):
    """Value and gradient at an array, as scipy.optimize.minimize(f, x0, jac=True) wants them."""
    value, gradient = valley.value_and_grad(x.tolist())
    return value, np.array(gradient)


def bfgs(f, x):
    """Steps by the gradient and by a matrix that learns the curvature from how the gradient changes."""
    inverse, (value, gradient) = np.eye(len(x)), f(x)
    for step in range(200):
        if np.linalg.norm(gradient) < 1e-6:
            return x
        if step % 10 == 0:
            print(f"{step:3}: f = {value:.1e}")
        direction, rate = -inverse @ gradient, 1.0
        while f(x + rate * direction)[0] > value + 1e-4 * rate * gradient @ direction:  # not far enough down
            rate /= 2
        before, x = gradient, x + rate * direction
        value, gradient = f(x)
        moved, change = rate * direction, gradient - before
        if moved @ change > 0:
            part = np.eye(len(x)) - np.outer(moved, change) / (moved @ change)
            inverse = part @ inverse @ part.T + np.outer(moved, moved) / (moved @ change)
    return x


x = bfgs(f, np.array([-1.2, 1.0] * 3))
print("minimum at", np.round(x, 6))
print("the least curvature there:", round(np.linalg.eigvalsh(valley.hessian(x.tolist()))[0], 3))
print("recordings:", len(valley.recordings))

# prints
#
#   0: f = 1.0e+03
#  10: f = 1.0e+01
#  20: f = 4.9e+00
#  30: f = 2.8e+00
#  40: f = 6.7e-01
#  50: f = 9.7e-03
#  60: f = 8.7e-14
# minimum at [1. 1. 1. 1. 1. 1.]
# the least curvature there: 0.498
# recordings: 2
