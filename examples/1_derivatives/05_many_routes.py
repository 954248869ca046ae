"""A gradient is a sum over all routes from the result back to the leaf, each a product of local derivatives.

Backpropagation never goes route by route: it adds up at every node first, and multiplies once for each use. With 60
doublings in a row there are 2⁶⁰ routes, and 120 products.
"""

from autograd import Value, gradients, routes

x = Value(2.0, "x")
y = x * x
y.name = "y"
f = y * x + y
print(routes(f, x))
print("backward() says", gradients(f, x)[0])

z = x
for _ in range(60):
    z = z + z
ways = routes(z, x)
print(f"60 doublings: {ways.count} routes, the gradient is {gradients(z, x)[0]:.0f}")
print("the first one multiplies", len(next(iter(ways)).steps), "local derivatives")

# prints
#
# ∂f/∂x = 16, the sum over 5 routes from f to x
#   f → q → y → (1st x)  1 × x × x = 1 × 2 × 2 = 4
#   f → q → y → (2nd x)  1 × x × x = 1 × 2 × 2 = 4
#   f → q → x            1 × y = 1 × 4 = 4
#   f → y → (1st x)      1 × x = 1 × 2 = 2
#   f → y → (2nd x)      1 × x = 1 × 2 = 2
# Multiplications for all gradients: 6 in reverse mode, one for each use; 12 route by route
# backward() says 16.0
# 60 doublings: 1152921504606846976 routes, the gradient is 1152921504606846976
# the first one multiplies 60 local derivatives
