"""A penalty on the squares of the weights (weight decay) keeps them small: the boundary becomes smoother."""

import nn

X, y = nn.datasets.moons(60, noise=0.2)
for strength in (0.0, 0.001, 0.1):
    model = nn.MLP(2, [8, 1], "tanh", output="sigmoid", seed=0)

    def loss(predictions, targets, model=model, strength=strength):
        return nn.binary_cross_entropy(predictions, targets) + nn.l2_penalty(model, strength)

    nn.fit(model, X, y, loss=loss, optimizer=nn.Adam(model.parameters(), lr=0.05), epochs=300)
    size = sum(p.data**2 for p in model.parameters())
    plain = nn.binary_cross_entropy(model(X), y)
    print(f"penalty {strength:5}: sum of squared weights {size:7.2f}, loss without the penalty {plain:.3f}")

# prints
#
# penalty   0.0: sum of squared weights  297.99, loss without the penalty 0.006
# penalty 0.001: sum of squared weights   92.58, loss without the penalty 0.059
# penalty   0.1: sum of squared weights    1.12, loss without the penalty 0.554
