"""f = (x + y) z at -2, 5, -4: forward, then one product of the chain rule for every edge backward."""

from autograd import Value, explain

x, y, z = Value(-2, "x"), Value(5, "y"), Value(-4, "z")
f = (x + y) * z
print(explain(f))

f.backward()
print("backward() says the same:", x.grad, y.grad, z.grad)
