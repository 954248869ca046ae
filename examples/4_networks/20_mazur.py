"""Mazur's "step by step backpropagation example": a 2-2-2 network, its loss before and after one step of rate 0.5.

The article moves the weights only, and its loss falls to 0.291027774; with biases moved too it falls to 0.280471447.
"""

import autograd
import nn


def network():
    model = nn.MLP(2, [2, 2], activation="sigmoid", output="sigmoid")
    model.load_state_dict(
        {
            "0.weight": [[0.15, 0.20], [0.25, 0.30]],
            "0.bias": [0.35, 0.35],
            "2.weight": [[0.40, 0.45], [0.50, 0.55]],
            "2.bias": [0.60, 0.60],
        }
    )
    return model


def loss_of(model):
    outputs = model([0.05, 0.10])
    return autograd.sum([0.5 * (target - output) ** 2 for target, output in zip((0.01, 0.99), outputs, strict=True)])


for what in ("weights only", "biases too"):
    model = network()
    moved = [p for name, p in model.named_parameters() if what == "biases too" or "weight" in name]
    loss = loss_of(model)
    loss.backward()
    w5 = model.layers[1].neurons[0].weights[0]
    slope = w5.grad
    nn.SGD(moved, lr=0.5).step()
    print(f"{what:12}: {loss:.9f} → {loss_of(model):.9f}; ∂loss/∂w5 = {slope:.9f}, w5 = {w5:.9f}")

# prints
#
# weights only: 0.298371109 → 0.291027774; ∂loss/∂w5 = 0.082167041, w5 = 0.358916480
# biases too  : 0.298371109 → 0.280471447; ∂loss/∂w5 = 0.082167041, w5 = 0.358916480
