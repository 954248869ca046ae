"""An operation of your own is one row: its value, and its local derivative in ordinary arithmetic."""

from autograd import Primitive, Term, Value, explain, gradients, sigmoid

swish = Primitive(
    "swish",
    lambda x: x * sigmoid(x),
    lambda x, z: (sigmoid(x) + z * (1 - sigmoid(x)),),
)

x = Value(0.5, "x")
f = swish(x)
print(explain(f))
(slope,) = gradients(f, x, create_graph=True)
print(f"second derivative: {gradients(slope, x)[0]:.6f}")
print("as a formula:", swish(Term("x") + 1))

# prints
#
# Forward
#   f = swish(x) = swish(0.5) = 0.3112
# Backward: each use of a node adds upstream × local
#   ∂f/∂f = 1
#   ∂f/∂x += ∂f/∂f × ∂swish(x)/∂x = 1 × (sigmoid(x) + swish(x) * (1 - sigmoid(x))) = 1 × (sigmoid(x) + f * (1 - sigmoid(x))) = 1 × (sigmoid(0.5) + 0.3112 * (1 - sigmoid(0.5))) = 1 × 0.74 = 0.74
# Gradients
#   ∂f/∂x = 0.74
# second derivative: 0.441229
# as a formula: swish(x + 1)
