"""Why deep sigmoid networks learn slowly: the gradient fades from layer to layer. relu and a fitting init keep it."""

import nn

X, y = nn.datasets.moons(20)
for activation, init in (("sigmoid", "lecun_uniform"), ("relu", "he_uniform")):
    model = nn.MLP(2, [6] * 6 + [1], activation, output="sigmoid", init=init, seed=0)
    loss = nn.binary_cross_entropy(model(X), y)
    print(f"{activation}\n{model.report(loss)}\n")
