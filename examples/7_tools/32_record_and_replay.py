"""A graph is recorded once, as a flat tape of instructions, and replayed on arrays: value and gradient per sample."""

import numpy as np

from autograd import Value, compile, record

x, y, z = Value(-2, "x"), Value(5, "y"), Value(-4, "z")
tape = record((x + y) * z, [x, y, z])
print(tape)
outputs, gradients = tape.run([np.array([-2.0, 0.0, 2.0]), 5.0, -4.0])
print("f     ", outputs[0])
print("df/dz ", gradients[0][2])


@compile
def rosenbrock(a, b):
    """The banana valley: its minimum is at (1, 1). It is recorded when it is first called."""
    return (1 - a) ** 2 + 100 * (b - a**2) ** 2


a, b = -1.0, 1.5
for step in range(7):  # Newton's method
    value, gradient = rosenbrock.value_and_grad(a, b)
    da, db = np.linalg.solve(rosenbrock.hessian(a, b), gradient)
    print(f"{step}: f({a:.4f}, {b:.4f}) = {value:.2e}")
    a, b = a - da, b - db

# prints
#
# inputs     x, y, z
#   t1 = x + y
#   t2 = t1 * z
# outputs    t2
# gradients  ∂t2/∂x = z, ∂t2/∂y = z, ∂t2/∂z = t1
# f      [-12. -20. -28.]
# df/dz  [3. 5. 7.]
# 0: f(-1.0000, 1.5000) = 2.90e+01
# 1: f(-1.0202, 1.0404) = 4.08e+00
# 2: f(0.8475, -2.7701) = 1.22e+03
# 3: f(0.8478, 0.7187) = 2.32e-02
# 4: f(1.0000, 0.9768) = 5.37e-02
# 5: f(1.0000, 1.0000) = 1.42e-12
# 6: f(1.0000, 1.0000) = 2.02e-22
