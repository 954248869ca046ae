"""A node that is used twice is told of both uses, and adds them up: that is the += of backpropagation.

Written with = the last use would win, and a.grad would be 3 here. A second backward pass adds once more, as in PyTorch:
gradients are set back with zero_grad.
"""

from autograd import Value, explain, zero_grad

a = Value(3, "a")
b = a * a + a
print(explain(b))

b.backward()
b.backward()
print("after two passes a.grad is", a.grad)
zero_grad([a])
b.backward()
print("after zero_grad and one pass", a.grad)

# prints
#
# Forward
#   q = a * a = 3 * 3 = 9
#   f = q + a = 9 + 3 = 12
# Backward: each use of a node adds upstream × local
#   ∂f/∂f = 1
#   ∂f/∂q += ∂f/∂f × ∂(q + a)/∂q = 1 × 1 = 1
#   ∂f/∂a += ∂f/∂f × ∂(q + a)/∂a = 1 × 1 = 1  (use 1 of 3: 0 + 1 = 1)
#   ∂f/∂a += ∂f/∂q × ∂(a * a)/∂(1st a) = 1 × a = 1 × 3 = 3  (use 2 of 3: 1 + 3 = 4)
#   ∂f/∂a += ∂f/∂q × ∂(a * a)/∂(2nd a) = 1 × a = 1 × 3 = 3  (use 3 of 3: 4 + 3 = 7)
# Gradients
#   ∂f/∂a = 7
# after two passes a.grad is 14.0
# after zero_grad and one pass 7.0
