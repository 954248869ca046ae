"""Hyperparameters are chosen on rows that training has not seen: every one of a grid, or some drawn at random.

A grid of 3 × 3 tries 3 values of two parameters; 9 draws try 9 values of each of five. The best of many is best by luck,
too, so a third part of the rows, which no choice has seen, says how good it is. scikit-learn's GridSearchCV takes
nn.MLPClassifier as well.
"""

import random

import nn

X, y = nn.datasets.moons(180, noise=0.2, seed=1)
learn, validate, test = slice(0, 60), slice(60, 120), slice(120, 180)


def trained(**chosen):
    return nn.MLPClassifier(optimizer="adam", seed=0, **chosen).fit(X[learn], y[learn])


def score(**chosen):
    return trained(**chosen).score(X[validate], y[validate])


layers = ((4,), (8,), (8, 8))
print("grid   layers", *(f"{hidden!s:>7}" for hidden in layers))
for lr in (0.001, 0.01, 0.1):
    print(f"   lr {lr:7g}", *(f"{score(lr=lr, hidden=hidden, epochs=60):7.3f}" for hidden in layers))

rng, draws = random.Random(0), []
for _ in range(9):
    draws.append(
        {
            "lr": round(10 ** rng.uniform(-3, -1), 4),
            "hidden": rng.choice(layers),
            "epochs": rng.choice((30, 60, 120)),
            "batch_size": rng.choice((8, 16, None)),
            "l2": rng.choice((0.0, 0.001, 0.01)),
        }
    )
for right, draw in sorted(((score(**draw), draw) for draw in draws), key=lambda pair: -pair[0])[:3]:
    print(f"drawn  {right:.3f} with", ", ".join(f"{name} {value}" for name, value in draw.items()))
best = max(draws, key=lambda draw: score(**draw))
print(f"the best of them on the third part: {trained(**best).score(X[test], y[test]):.3f}")

# prints
#
# grid   layers    (4,)    (8,)  (8, 8)
#    lr   0.001   0.717   0.800   0.833
#    lr    0.01   0.833   0.867   0.883
#    lr     0.1   0.967   0.967   0.950
# drawn  0.967 with lr 0.0607, hidden (4,), epochs 120, batch_size 8, l2 0.001
# drawn  0.950 with lr 0.0924, hidden (8, 8), epochs 30, batch_size 16, l2 0.0
# drawn  0.883 with lr 0.0288, hidden (8, 8), epochs 60, batch_size 16, l2 0.01
# the best of them on the third part: 0.933
