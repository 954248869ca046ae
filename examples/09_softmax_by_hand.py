"""A 2-3-2 network with the weights written by hand, softmax at its end, trained by cross-entropy on one-hot targets.

It prints the probabilities for the four inputs, then their mean loss. The course notes take steps of rate 0.1 on
the sum of the four losses, which is rate 0.4 on their mean: their 2.827223 → 2.771695 is 4 times 0.706806 → 0.692924.
After these 100 epochs nothing is learned yet: to guess costs ln 2 = 0.693147. 2 000 epochs reach 0.017.
"""

import nn

model = nn.MLP(2, [3, 2], activation="sigmoid")
model.load_state_dict(
    {
        "0.weight": [[0.1, 0.4], [0.2, 0.5], [0.3, 0.6]],  # (outputs, inputs), as in PyTorch
        "0.bias": [0.7, 0.8, 0.9],
        "2.weight": [[0.1, 0.3, 0.5], [0.2, 0.4, 0.6]],
        "2.bias": [0.7, 0.8],
    }
)
X = [[0, 0], [0, 1], [1, 0], [1, 1]]
for row in X:
    print(row, *(f"{p:.8f}" for p in nn.softmax(model(row))))

xnor = [[0, 1], [1, 0], [1, 0], [0, 1]]
nn.fit(model, X, xnor, loss="cross_entropy", optimizer=nn.SGD(model.parameters(), lr=0.4), epochs=100, progress=10)
