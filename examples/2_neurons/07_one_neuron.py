"""A neuron is a weighted sum, a bias and an activation. What its weight receives is upstream × slope × input.

These are the numbers of a well-known lecture: the bias is chosen so that the output is 0.7071 and tanh' is one half.
"""

from autograd import Value, explain, tanh

x1, x2 = Value(2.0, "x1"), Value(0.0, "x2")
w1, w2, b = Value(-3.0, "w1"), Value(1.0, "w2"), Value(6.8813735870195432, "b")
n = w1 * x1 + w2 * x2 + b
n.name = "n"
o = tanh(n)
o.name = "o"
o.backward()
print(f"the neuron's output is {o:.4f}, the slope of tanh there {n.grad:.4f}")
for leaf in (x1, w1, x2, w2, b):
    print(f"do/d{leaf.name} = {leaf.grad:.4f}")
print(explain(o)[-4])

# prints
#
# the neuron's output is 0.7071, the slope of tanh there 0.5000
# do/dx1 = -1.5000
# do/dw1 = 1.0000
# do/dx2 = 0.5000
# do/dw2 = 0.0000
# do/db = 0.5000
# ∂o/∂w2 += ∂o/∂r × ∂(w2 * x2)/∂w2 = 0.5 × x2 = 0.5 × 0 = 0
