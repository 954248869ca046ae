"""Where descent ends depends on where it starts. x⁴ - 3x² + x has two valleys, x² - y² a saddle in its middle.

Momentum carries a ball out of the higher valley that plain descent stays in. At a saddle the whole gradient is 0, not "in
some directions only", as some notes say; it is the curvature that differs by direction. On the ridge descent stays there,
a hair beside the ridge it leaves.
"""

from autograd import Value, gradients
from nn import descend


def w_shaped(x):
    return x**4 - 3 * x**2 + x


for start in (-2.0, -0.1, 0.5, 2.0):
    end = descend(w_shaped, start, lr=0.02, steps=300)[-1]
    print(f"from {start:4}: x = {end:.4f}, f = {w_shaped(end):.4f}")
end = descend(w_shaped, 2.0, lr=0.02, steps=300, momentum=0.9)[-1]
print(f"from  2.0 with momentum 0.9: x = {end:.4f}, f = {w_shaped(end):.4f}")


def saddle(x, y):
    return x**2 - y**2


for y in (0.0, 1e-6):
    end = descend(saddle, (1.0, y), lr=0.1, steps=60)[-1]
    print(f"saddle from (1, {y:g}): ({end[0]:.6f}, {end[1]:.6f})")
x, y = Value(0.0), Value(0.0)
slopes = gradients(saddle(x, y), [x, y], create_graph=True)
print("its gradient at (0, 0) is", [slope.data + 0.0 for slope in slopes])
print("its Hessian at (0, 0) has the diagonal", [gradients(s, v)[0] for s, v in zip(slopes, (x, y), strict=True)])

# prints
#
# from -2.0: x = -1.3008, f = -3.5139
# from -0.1: x = -1.3008, f = -3.5139
# from  0.5: x = 1.1309, f = -1.0702
# from  2.0: x = 1.1309, f = -1.0702
# from  2.0 with momentum 0.9: x = -1.3008, f = -3.5139
# saddle from (1, 0): (0.000002, 0.000000)
# saddle from (1, 1e-06): (0.000002, 0.056348)
# its gradient at (0, 0) is [0.0, 0.0]
# its Hessian at (0, 0) has the diagonal [2.0, -2.0]
