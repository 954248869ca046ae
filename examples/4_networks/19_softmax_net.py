"""A 2-3-2 network with weights written by hand, softmax at its end, trained by cross-entropy on one-hot targets.

Course notes take steps of rate 0.1 on the sum of the four losses, from 2.827223 to 2.771695 in 100 epochs. Rate 0.4 on the
mean is the same descent. Nothing is learned by then: to guess costs 4 ln 2 = 2.7726. 2 000 epochs reach 0.05.
"""

import nn


def network():
    model = nn.MLP(2, [3, 2], activation="sigmoid")
    model.load_state_dict(
        {
            "0.weight": [[0.1, 0.4], [0.2, 0.5], [0.3, 0.6]],  # (outputs, inputs), as in PyTorch
            "0.bias": [0.7, 0.8, 0.9],
            "2.weight": [[0.1, 0.3, 0.5], [0.2, 0.4, 0.6]],
            "2.bias": [0.7, 0.8],
        }
    )
    return model


X = [[0, 0], [0, 1], [1, 0], [1, 1]]
xnor = [[0, 1], [1, 0], [1, 0], [0, 1]]
model = network()
for row in X:
    print(row, *(f"{p:.8f}" for p in nn.softmax(model(row))))


def total(predictions, targets):
    return nn.cross_entropy(predictions, targets, reduction="sum")


for name, loss, rate in (("sum, rate 0.1", total, 0.1), ("mean, rate 0.4", "cross_entropy", 0.4)):
    model = network()
    history = nn.fit(model, X, xnor, loss=loss, optimizer=nn.SGD(model.parameters(), lr=rate), epochs=101)
    print(f"{name:14}", *(f"{history.loss[epoch]:.6f}" for epoch in range(0, 101, 20)))
history = nn.fit(model, X, xnor, loss="cross_entropy", optimizer=nn.SGD(model.parameters(), lr=0.4), epochs=1900)
print(f"after 2 000 epochs the sum is {4 * history.loss[-1]:.3f}")

# prints
#
# [0, 0] 0.42386886 0.57613114
# [0, 1] 0.41693534 0.58306466
# [1, 0] 0.42093025 0.57906975
# [1, 1] 0.41473504 0.58526496
# sum, rate 0.1  2.827223 2.772493 2.772299 2.772102 2.771899 2.771684
# mean, rate 0.4 0.706806 0.693123 0.693075 0.693026 0.692975 0.692921
# after 2 000 epochs the sum is 0.067
