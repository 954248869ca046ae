"""Hyperparameters are chosen on rows that training has not seen: every one of a grid, or some drawn at random.

In a grid of 3 × 3 each parameter takes 3 values; 9 random draws try 9 of each. scikit-learn's GridSearchCV takes
nn.MLPClassifier as well.
"""

import random

import nn

X, y = nn.datasets.moons(80, noise=0.2, seed=1)
learn, check = slice(0, None, 2), slice(1, None, 2)


def score(lr, hidden, penalty=0.0):
    model = nn.MLPClassifier(hidden=(hidden,), lr=lr, l2=penalty, epochs=60, optimizer="adam", seed=0)
    return model.fit(X[learn], y[learn]).score(X[check], y[check])


grid = {(lr, hidden): score(lr, hidden) for lr in (0.001, 0.01, 0.1) for hidden in (2, 4, 8)}
print("grid    lr", *(f"{hidden:>5} units" for hidden in (2, 4, 8)))
for lr in (0.001, 0.01, 0.1):
    print(f"{lr:10}", *(f"{grid[lr, hidden]:>11.3f}" for hidden in (2, 4, 8)))

rng = random.Random(0)
draws = [(10 ** rng.uniform(-3, 0), rng.randint(2, 12)) for _ in range(9)]
best = max(draws, key=lambda draw: score(*draw))
print(f"random search: best lr {best[0]:.3f} with {best[1]} units, {score(*best):.3f} right")

# prints
#
# grid    lr     2 units     4 units     8 units
#      0.001       0.350       0.700       0.750
#       0.01       0.725       0.775       0.775
#        0.1       0.800       0.975       0.950
# random search: best lr 0.916 with 10 units, 0.975 right
