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
for step in range(8):  # Newton's method
    value, gradient = rosenbrock.value_and_grad(a, b)
    da, db = np.linalg.solve(rosenbrock.hessian(a, b), gradient)
    print(f"{step}: f({a:.6f}, {b:.6f}) = {value:.3e}")
    a, b = a - da, b - db
