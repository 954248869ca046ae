"""Two rules make every derivative: (uv)' = u'v + uv', and f(g(x))' = f'(g(x)) g'(x). A gradient is the list of partials.

x² sin x at 2: the product rule's two halves are the two uses of x, and they are added. sin(x²): the chain rule's two
factors stand on one route, and they are multiplied.
"""

from math import cos

from autograd import Value, explain, gradients, sin

x = Value(2.0, "x")
f = x**2 * sin(x)
for step in explain(f):
    if step.operand is x:
        print(step)
print(f"so f' = {gradients(f, x)[0]:.3f}")

h = sin(x**2)
print(f"sin(x²)' = cos(x²) · 2x = {cos(4):.4f} · 4 = {cos(4) * 4:.4f}, backward finds {gradients(h, x)[0]:.4f}")

x, y = Value(1.0, "x"), Value(2.0, "y")
g = x**2 * y + y**3
print("the gradient of x²y + y³ at (1, 2):", gradients(g, [x, y]))

# prints
#
# ∂f/∂x += ∂f/∂r × ∂sin(x)/∂x = 4 × cos(x) = 4 × cos(2) = 4 × (-0.4161) = -1.665  (use 1 of 2: 0 + (-1.665) = -1.665)
# ∂f/∂x += ∂f/∂q × ∂(x ** 2)/∂x = 0.9093 × (2 * x) = 0.9093 × (2 * 2) = 0.9093 × 4 = 3.637  (use 2 of 2: -1.665 + 3.637 = 1.973)
# so f' = 1.973
# sin(x²)' = cos(x²) · 2x = -0.6536 · 4 = -2.6146, backward finds -2.6146
# the gradient of x²y + y³ at (1, 2): (4.0, 13.0)
