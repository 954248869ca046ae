"""A penalty on the squares of the weights (weight decay) keeps them small: the boundary becomes smoother.

Biases are left out of the penalty, as usual: they only shift a unit. The sum counts all that is learned.
"""

import nn

X, y = nn.datasets.moons(50, noise=0.2)
for strength in (0.0, 0.001, 0.1):
    model = nn.MLP(2, [6, 1], "tanh", output="sigmoid", init="xavier_uniform", seed=0)
    weights = [weight for layer in model.layers for weight in layer.weights()]

    def loss(predictions, targets, weights=weights, strength=strength):
        return nn.binary_cross_entropy(predictions, targets) + nn.l2_penalty(weights, strength)

    nn.fit(model, X, y, loss=loss, optimizer=nn.SGD(model.parameters(), lr=1.0), epochs=400)
    size = sum(p.data**2 for p in model.parameters())
    plain = nn.binary_cross_entropy(model(X), y)
    told = f"{size:.0f}" if size > 10 else f"{size:.2f}"
    print(f"penalty {strength:5}: sum of squared weights {told:>4}, loss without the penalty {plain:.3f}")

# prints
#
# penalty   0.0: sum of squared weights  104, loss without the penalty 0.097
# penalty 0.001: sum of squared weights   60, loss without the penalty 0.159
# penalty   0.1: sum of squared weights 0.96, loss without the penalty 0.578
