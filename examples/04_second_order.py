"""Gradients are graphs if you ask for it, so they can be differentiated again: Newton's method, W-shaped curve."""

from autograd import Value, gradients

x = Value(2.0, "x")
for step in range(6):
    f = x**4 - 3 * x**2 + x
    (slope,) = gradients(f, x, create_graph=True)
    (curvature,) = gradients(slope, x)
    print(f"step {step}: x = {x:.6f}, f = {f:.6f}, f' = {slope:.2e}, f'' = {curvature:.3f}")
    x.data -= slope.data / curvature
