"""A curve is convex where its second derivative is never negative: then every chord lies above it, and a minimum is global.

Notes that call squared error and cross-entropy "convex" should say in what: both are convex in the prediction. In the
weight of a sigmoid the cross-entropy still is, and the squared error is not: at w = -2 it bends down.
"""

from autograd import Value, gradients, sigmoid
from nn import binary_cross_entropy, mse_loss


def second(function, at):
    x = Value(at)
    (slope,) = gradients(function(x), x, create_graph=True)
    return gradients(slope, x)[0]


curves = {
    "x²": lambda x: x**2,
    "x⁴ - 3x² + x": lambda x: x**4 - 3 * x**2 + x,
    "mse(p), target 1": lambda p: mse_loss([p], [1.0]),
    "mse(sigmoid(w)), target 1": lambda w: mse_loss([sigmoid(w)], [1.0]),
    "cross-entropy(sigmoid(w)), target 1": lambda w: binary_cross_entropy([sigmoid(w)], [1.0]),
}
for name, curve in curves.items():
    bends = [second(curve, at) for at in (-2.0, 0.0, 2.0)]
    verdict = "bends down somewhere: not convex" if min(bends) < 0 else "bends up at all three"
    print(f"{name}: second derivative", *(f"{b:.3f}" for b in bends), f"- {verdict}")

left, right = -1.2, 1.2
chord = sum(curves["x⁴ - 3x² + x"](x) for x in (left, right)) / 2
print(f"x⁴ - 3x² + x at 0 is 0, and its chord from {left} to {right} is at {chord:.3f} there: below the curve")

# prints
#
# x²: second derivative 2.000 2.000 2.000 - bends up at all three
# x⁴ - 3x² + x: second derivative 42.000 -6.000 42.000 - bends down somewhere: not convex
# mse(p), target 1: second derivative 2.000 2.000 2.000 - bends up at all three
# mse(sigmoid(w)), target 1: second derivative -0.119 0.125 0.041 - bends down somewhere: not convex
# cross-entropy(sigmoid(w)), target 1: second derivative 0.105 0.250 0.105 - bends up at all three
# x⁴ - 3x² + x at 0 is 0, and its chord from -1.2 to 1.2 is at -2.246 there: below the curve
