"""Seven optimisers on one narrow valley, and on one net. Momentum remembers where it was going; Adagrad, RMSprop and
Adam give each weight a rate of its own, from the sizes of its gradients so far."""

import nn
from nn.optim import OPTIMIZERS


def valley(x, y):
    return x**2 + 25 * y**2


X, t = nn.datasets.moons(60)
race = {
    "SGD": ("sgd", 0.015, {}),
    "momentum": ("sgd", 0.015, {"momentum": 0.9}),
    "Nesterov": ("sgd", 0.015, {"momentum": 0.9, "nesterov": True}),
    "Adagrad": ("adagrad", 0.5, {}),
    "RMSprop": ("rmsprop", 0.05, {}),
    "Adam": ("adam", 0.1, {}),
    "AdamW": ("adamw", 0.1, {}),
}
for name, (kind, rate, options) in race.items():
    path = nn.descend(valley, (4.0, 1.0), lr=rate, steps=60, optimizer=kind, **options)
    model = nn.MLP(2, [8, 1], "tanh", output="sigmoid", seed=0)
    optimizer = OPTIMIZERS.named(kind)(model.parameters(), lr=rate, **options)
    history = nn.fit(model, X, t, loss="binary_cross_entropy", optimizer=optimizer, epochs=100)
    print(f"{name:9} valley after 60 steps {valley(*path[-1]):.1e}   moons after 100 epochs {history.loss[-1]:.4f}")

# prints
#
# SGD       valley after 60 steps 4.1e-01   moons after 100 epochs 0.5440
# momentum  valley after 60 steps 3.9e-02   moons after 100 epochs 0.3038
# Nesterov  valley after 60 steps 4.0e-03   moons after 100 epochs 0.3037
# Adagrad   valley after 60 steps 2.4e-02   moons after 100 epochs 0.0427
# RMSprop   valley after 60 steps 1.0e-02   moons after 100 epochs 0.0319
# Adam      valley after 60 steps 3.0e-02   moons after 100 epochs 0.0063
# AdamW     valley after 60 steps 2.8e-02   moons after 100 epochs 0.0077
