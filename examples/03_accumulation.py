"""Why gradients are added up: a node that is used twice is told of both uses. One more pass adds once more."""

from autograd import Value, explain

a = Value(3, "a")
b = a * a + a
print(explain(b))

b.backward()
b.backward()
print("after two passes a.grad is", a.grad)
