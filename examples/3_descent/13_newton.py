"""Newton's method divides by the second derivative: a gradient that is a graph can be differentiated again.

On a bowl one step reaches the bottom, on Rosenbrock's valley six do, where descent with a careful rate is on its way after two
thousands. So "slow but more accurate", as some notes say, fits neither: its steps are few, each of them is dear (n² second
derivatives), and the minimum that both tend to is the same. But Newton looks for a place where the slope is 0: on x² - y²
that is the saddle, and it runs right into it.
"""

from autograd import Value, gradients
from nn import descend

x = Value(2.0, "x")
f = x**4 - 3 * x**2 + x
(slope,) = gradients(f, x, create_graph=True)
(curvature,) = gradients(slope, x)
print(f"x⁴ - 3x² + x at 2: f = {f:.4f}, f' = {slope:.4f}, f'' = {curvature:.4f}")


def rosenbrock(a, b):
    return (1 - a) ** 2 + 100 * (b - a**2) ** 2


functions = {
    "bowl": (lambda x, y: x**2 + 10 * y**2, (3.0, 1.0)),
    "Rosenbrock": (rosenbrock, (-1.0, 1.5)),
    "saddle": (lambda x, y: x**2 - y**2, (1.0, 0.5)),
}
for name, (function, start) in functions.items():
    path = descend(function, start, lr=1.0, steps=20, optimizer="newton")
    at = next(i for i, place in enumerate(path) if max(abs(p - q) for p, q in zip(place, path[-1], strict=True)) < 1e-9)
    print(f"{name}: after {at} steps at ({path[at][0]:.6f}, {path[at][1]:.6f})")

*_, end = descend(rosenbrock, (-1.0, 1.5), lr=0.001, steps=2000)
print(f"Rosenbrock by plain descent: after 2000 steps at ({end[0]:.6f}, {end[1]:.6f})")

# prints
#
# x⁴ - 3x² + x at 2: f = 6.0000, f' = 21.0000, f'' = 42.0000
# bowl: after 1 steps at (0.000000, 0.000000)
# Rosenbrock: after 6 steps at (1.000000, 1.000000)
# saddle: after 1 steps at (0.000000, 0.000000)
# Rosenbrock by plain descent: after 2000 steps at (0.676983, 0.456760)
