"""Rosenblatt's rule: after each mistake the weights move by the input. It ends where a line parts the classes.

The line that it ends with may go through a point; moved to the middle it parts them (`backstep plot perceptron nand -o
nand.png`). No line parts XOR's points: there it soon makes four mistakes in every epoch, for ever. A single sigmoid does
no better: its loss ends at ln 2 = 0.693147, where all four answers are one half.
"""

import nn

for gate in ("and", "or", "nand"):
    X, y = nn.datasets.gate(gate)
    learner = nn.Perceptron(2).fit(X, y)
    w1, w2 = (weight.data for weight in learner.weights)
    print(f"{gate:4} errors per epoch", *learner.errors, f"then {w1:g} x1 + {w2:g} x2 > {learner.threshold:g}", end="")
    print(f", in the middle {learner.centre(X).threshold:g}:", *learner.predict(X))

X, y = nn.datasets.gate("and")
signs = [2 * t - 1 for t in y]
print("and with targets -1 and 1:", nn.Perceptron(2).fit(X, signs).predict(X))

X, y = nn.datasets.gate("xor")
print("xor  errors per epoch", *nn.Perceptron(2).fit(X, y, epochs=8).errors, "...", end=" ")
print("and in epochs 90 to 99", *nn.Perceptron(2).fit(X, y, epochs=100).errors[90:])

neuron = nn.MLP(2, [1], output="sigmoid", seed=0)
history = nn.fit(neuron, X, y, loss="binary_cross_entropy", optimizer=nn.SGD(neuron.parameters(), lr=1.0), epochs=300)
print(f"one sigmoid: loss {history.loss[-1]:.6f}, answers", *(f"{neuron(x):.2f}" for x in X))

# prints
#
# and  errors per epoch 1 3 3 2 1 0 then 2 x1 + 1 x2 > 2, in the middle 2.5: 0 0 0 1
# or   errors per epoch 1 2 1 0 then 1 x1 + 1 x2 > 0, in the middle 0.5: 0 1 1 1
# nand errors per epoch 2 3 3 2 1 0 then -2 x1 + -1 x2 > -3, in the middle -2.5: 1 1 1 0
# and with targets -1 and 1: [-1, -1, -1, 1]
# xor  errors per epoch 2 3 4 4 4 4 4 4 ... and in epochs 90 to 99 4 4 4 4 4 4 4 4 4 4
# one sigmoid: loss 0.693147, answers 0.50 0.50 0.50 0.50
