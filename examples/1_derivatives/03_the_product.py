"""f = (x + y) z at -2, 5, -4, the first circuit of CS231n: forward, then one product of the chain rule for every edge.

A sum passes its gradient on to both operands. A product gives each operand the gradient times the other operand. Some
notes read ∂f/∂q = -4 as "each unit of q lowers f four times". It says: a unit more of q lowers f once, by 4.
"""

import viz
from autograd import Value, explain

x, y, z = Value(-2, "x"), Value(5, "y"), Value(-4, "z")
q = x + y
q.name = "q"
f = q * z
print(explain(f))

f.backward()
print("backward() says the same:", x.grad, y.grad, z.grad)
print(f"with q = {q:g} f is {f:g}, with q = {q + 1:g} it is {(q + 1) * z:g}: lower by 4")
print("values above the wires, gradients below:", viz.draw(f).save("product.svg"))

# prints
#
# Forward
#   q = x + y = -2 + 5 = 3
#   f = q * z = 3 * (-4) = -12
# Backward: each use of a node adds upstream × local
#   ∂f/∂f = 1
#   ∂f/∂q += ∂f/∂f × ∂(q * z)/∂q = 1 × z = 1 × (-4) = -4
#   ∂f/∂z += ∂f/∂f × ∂(q * z)/∂z = 1 × q = 1 × 3 = 3
#   ∂f/∂x += ∂f/∂q × ∂(x + y)/∂x = -4 × 1 = -4
#   ∂f/∂y += ∂f/∂q × ∂(x + y)/∂y = -4 × 1 = -4
# Gradients
#   ∂f/∂x = -4
#   ∂f/∂y = -4
#   ∂f/∂z = 3
# backward() says the same: -4.0 -4.0 3.0
# with q = 3 f is -12, with q = 4 it is -16: lower by 4
# values above the wires, gradients below: product.svg
