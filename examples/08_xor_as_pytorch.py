"""XOR by a 2-10-10-10-1 network of sigmoids from PyTorch's own first weights: a long plateau, then the loss drops.

The course notes print, in float32: 0: 0.694898, 100: 0.693156, 200: 0.693154, ..., 5400: 0.009704, 5500: 0.005026.
This prints the same first lines. At 5400 it prints a number near 0.009 that no two programs share: after epoch 5204 the
steps are too long for some twenty epochs, the loss jumps above 1, and every rounding error grows tenfold in two epochs.
(PyTorch prints 0.008979 there in float64; arithmetic of 90 digits gives 0.007527.) Later all come together again.
Give the number of epochs as an argument; all 10 001 of the notes take some seconds.
"""

import sys

import nn

epochs = int(sys.argv[1]) if len(sys.argv) > 1 else 301
X, y = nn.datasets.gate("xor")
model = nn.MLP(2, [10, 10, 10, 1], activation="sigmoid", output="sigmoid", init="torch", seed=777)
nn.fit(
    model, X, y, loss="binary_cross_entropy", optimizer=nn.SGD(model.parameters(), lr=1.0), epochs=epochs, progress=100
)
