"""XOR by a 2-10-10-10-1 network of sigmoids from PyTorch's own first weights: a plateau, then the drop at epoch 5400.

The course notes print, in float32: 0: 0.694898, 100: 0.693156, 200: 0.693154, ..., 5400: 0.009704, 5500: 0.005026.
Give the number of epochs as an argument; all 10 001 of the notes take a minute.
"""

import sys

import nn

epochs = int(sys.argv[1]) if len(sys.argv) > 1 else 301
X, y = nn.datasets.gate("xor")
model = nn.MLP(2, [10, 10, 10, 1], activation="sigmoid", output="sigmoid", init="torch", seed=777)
nn.fit(
    model, X, y, loss="binary_cross_entropy", optimizer=nn.SGD(model.parameters(), lr=1.0), epochs=epochs, progress=100
)
