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
print("second derivative:", *gradients(gradients(f, x, create_graph=True)[0], x))
print("as a formula:", swish(Term("x") + 1))
