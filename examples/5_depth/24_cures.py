"""What helps a deep net: ReLU with He's weights, tanh with Xavier's, batch normalisation. Depth 8, width 8, the same data.

First the norm of ∂J/∂W in the first and the last layer, then the loss after 300 epochs of SGD with rate 0.1. From epoch
50 on the loss of tanh jumps now and then, and each jump multiplies rounding errors, as in program 21: one engine ends at
0.014, another at 0.019. So it is told only that the loss is small.
"""

import nn

X, y = nn.datasets.moons(40, seed=1)
cures = {
    "sigmoid, Xavier": {"activation": "sigmoid", "init": "xavier_uniform"},
    "ReLU, He": {"activation": "relu", "init": "he_uniform"},
    "tanh, Xavier": {"activation": "tanh", "init": "xavier_uniform"},
    "sigmoid, Xavier, batch norm": {"activation": "sigmoid", "init": "xavier_uniform", "batch_norm": True},
}
for name, options in cures.items():
    model = nn.MLP(2, [8] * 8 + [1], output="sigmoid", seed=0, **options)
    first, *_, last = model.report(nn.binary_cross_entropy(model(X), y)).layers
    history = nn.fit(model, X, y, loss="binary_cross_entropy", optimizer=nn.SGD(model.parameters(), lr=0.1), epochs=300)
    loss = f"{history.loss[-1]:.3f}" if history.loss[-1] > 0.03 else "under 0.03"
    print(f"{name:28} |dJ/dW| {first.grad_w:.1e} → {last.grad_w:.1e}   loss {loss}")

# prints
#
# sigmoid, Xavier              |dJ/dW| 4.9e-06 → 1.1e-01   loss 0.693
# ReLU, He                     |dJ/dW| 1.5e-02 → 3.5e-02   loss 0.139
# tanh, Xavier                 |dJ/dW| 1.8e-01 → 2.2e-01   loss under 0.03
# sigmoid, Xavier, batch norm  |dJ/dW| 6.3e-02 → 1.8e-01   loss 0.054
