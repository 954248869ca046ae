"""The sigmoid circuit of CS231n, gate by gate, and as one gate: σ'(s) = σ(s) (1 - σ(s)) takes the place of four gates.

The lecture has a table of four local derivatives, which is all that the circuit needs, and writes two digits. `backstep
step -i "1/(1+exp(-(w0*x0 + w1*x1 + w2)))" w0=2 x0=-1 w1=-3 x1=-2 w2=-3` walks through it.
"""

import viz
from autograd import Value, derivative, explain, gradients, parse

print("the lecture's table:", *(f"{f} → {derivative(f, 'x')};" for f in ("exp(x)", "1/x", "a*x", "x + c")))
values = {"w0": 2, "x0": -1, "w1": -3, "x1": -2, "w2": -3}
leaves = {name: Value(number, name) for name, number in values.items()}

gates = parse("1 / (1 + exp(-(w0*x0 + w1*x1 + w2)))", **leaves)
backward = [step for step in explain(gates, digits=3) if step.kind == "backward"]
for step in backward:
    print(step)
print("with two digits:", f"{backward[0].node.operands[-1]:.2f} forward,", *(f"{s.contribution:.2f}" for s in backward))

one_gate = parse("sigmoid(w0*x0 + w1*x1 + w2)", **leaves)
for text, circuit in (("gate by gate", gates), ("as one gate", one_gate)):
    print(f"{text}: f = {circuit:.12f}")
    print(
        "   ",
        *(f"d{name} = {slope:.9f}" for name, slope in zip(leaves, gradients(circuit, leaves.values()), strict=True)),
    )
gates.backward()
print("values above the wires, gradients below:", viz.draw(gates).save("sigmoid.svg"))

# prints
#
# the lecture's table: exp(x) → exp(x); 1/x → -1 / x ** 2; a*x → a; x + c → 1;
# ∂f/∂v1 += ∂f/∂f × ∂(1 / v1)/∂v1 = 1 × (-1 / v1²) = 1 × (-f / v1) = 1 × (-0.731 / 1.37) = 1 × (-0.534) = -0.534
# ∂f/∂v += ∂f/∂v1 × ∂(1 + v)/∂v = -0.534 × 1 = -0.534
# ∂f/∂u += ∂f/∂v × ∂exp(u)/∂u = -0.534 × exp(u) = -0.534 × v = -0.534 × 0.368 = -0.197
# ∂f/∂t += ∂f/∂u × ∂(-t)/∂t = -0.197 × (-1) = 0.197
# ∂f/∂s += ∂f/∂t × ∂(s + w2)/∂s = 0.197 × 1 = 0.197
# ∂f/∂w2 += ∂f/∂t × ∂(s + w2)/∂w2 = 0.197 × 1 = 0.197
# ∂f/∂q += ∂f/∂s × ∂(q + r)/∂q = 0.197 × 1 = 0.197
# ∂f/∂r += ∂f/∂s × ∂(q + r)/∂r = 0.197 × 1 = 0.197
# ∂f/∂w1 += ∂f/∂r × ∂(w1 * x1)/∂w1 = 0.197 × x1 = 0.197 × (-2) = -0.393
# ∂f/∂x1 += ∂f/∂r × ∂(w1 * x1)/∂x1 = 0.197 × w1 = 0.197 × (-3) = -0.59
# ∂f/∂w0 += ∂f/∂q × ∂(w0 * x0)/∂w0 = 0.197 × x0 = 0.197 × (-1) = -0.197
# ∂f/∂x0 += ∂f/∂q × ∂(w0 * x0)/∂x0 = 0.197 × w0 = 0.197 × 2 = 0.393
# with two digits: 1.37 forward, -0.53 -0.53 -0.20 0.20 0.20 0.20 0.20 0.20 -0.39 -0.59 -0.20 0.39
# gate by gate: f = 0.731058578630
#     dw0 = -0.196611933 dx0 = 0.393223866 dw1 = -0.393223866 dx1 = -0.589835800 dw2 = 0.196611933
# as one gate: f = 0.731058578630
#     dw0 = -0.196611933 dx0 = 0.393223866 dw1 = -0.393223866 dx1 = -0.589835800 dw2 = 0.196611933
# values above the wires, gradients below: sigmoid.svg
