"""The sigmoid circuit of CS231n, gate by gate, and as one gate: σ'(s) = σ(s) (1 - σ(s)) takes the place of four gates.

The lecture writes two digits: 1.37, -0.53, -0.20, 0.39, -0.39, -0.59. `viz.draw(f)` is its picture.
"""

from autograd import Value, explain, gradients, parse

values = {"w0": 2, "x0": -1, "w1": -3, "x1": -2, "w2": -3}
leaves = {name: Value(number, name) for name, number in values.items()}

gates = parse("1 / (1 + exp(-(w0*x0 + w1*x1 + w2)))", **leaves)
for step in explain(gates, digits=3):
    if step.kind == "backward":
        print(step)

one_gate = parse("sigmoid(w0*x0 + w1*x1 + w2)", **leaves)
for text, circuit in (("gate by gate", gates), ("as one gate", one_gate)):
    slopes = gradients(circuit, leaves.values())
    print(f"{text:13}", *(f"d/d{name} = {slope:.4f}" for name, slope in zip(leaves, slopes, strict=True)))

# prints
#
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
# gate by gate  d/dw0 = -0.1966 d/dx0 = 0.3932 d/dw1 = -0.3932 d/dx1 = -0.5898 d/dw2 = 0.1966
# as one gate   d/dw0 = -0.1966 d/dx0 = 0.3932 d/dw1 = -0.3932 d/dx1 = -0.5898 d/dw2 = 0.1966
