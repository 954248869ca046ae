"""Online, mini-batch, full batch: the same epochs, but 80, 5 or 1 updates in each. Small batches are noisy and quick."""

import nn

X, y = nn.datasets.moons(80, seed=1)
for size in (1, 16, None):
    model = nn.MLP(2, [8, 1], "tanh", output="sigmoid", seed=0)
    optimizer = nn.SGD(model.parameters(), lr=0.1)
    history = nn.fit(model, X, y, loss="binary_cross_entropy", optimizer=optimizer, epochs=50, batch_size=size, seed=0)
    updates = -(-len(X) // (size or len(X)))
    print(f"batches of {size or 'all':>3}: {updates:3} updates an epoch, loss {history.loss[-1]:.3f}")

# prints
#
# batches of   1:  80 updates an epoch, loss 0.023
# batches of  16:   5 updates an epoch, loss 0.270
# batches of all:   1 updates an epoch, loss 0.387
