"""The CS231n sigmoid circuit, gate by gate and as one gate, and its picture (circuit.svg in the working folder)."""

from autograd import Value, parse
from viz import draw

values = {"w0": 2, "x0": -1, "w1": -3, "x1": -2, "w2": -3}
leaves = {name: Value(number, name) for name, number in values.items()}

gates = parse("1 / (1 + exp(-(w0*x0 + w1*x1 + w2)))", **leaves)
gates.backward()
print("gate by gate:", {name: round(leaf.grad, 4) for name, leaf in leaves.items()})
print("saved", draw(gates).save("circuit.svg"))

for leaf in leaves.values():
    leaf.grad = None
one_gate = parse("sigmoid(w0*x0 + w1*x1 + w2)", **leaves)
one_gate.backward()
print("as one gate: ", {name: round(leaf.grad, 4) for name, leaf in leaves.items()})
