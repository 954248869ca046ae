"""Gradient descent needs a slope. A step has slope 0, so the weights below a step never move, whatever the loss is.

The output layer still learns, from hidden units that stay as they were drawn; the hidden weights move by exactly 0. With a
sigmoid in the step's place they learn.
"""

import nn

X, y = nn.datasets.gate("xor")
for activation in ("step", "sigmoid"):
    model = nn.MLP(2, [4, 1], activation=activation, output="sigmoid", seed=3)
    hidden, last = model.layers
    before = [w.data for w in hidden.parameters()]
    history = nn.fit(
        model, X, y, loss="binary_cross_entropy", optimizer=nn.SGD(model.parameters(), lr=2.0), epochs=1000
    )
    moved = max(abs(w.data - b) for w, b in zip(hidden.parameters(), before, strict=True))
    print(f"{activation:8} hidden weights moved by at most {moved:.3g}, loss {history.loss[-1]:.3f}")
    if activation == "step":
        print(model.report(history.last_loss()))

# prints
#
# step     hidden weights moved by at most 0, loss 0.478
# layer key activation  mean spread dead satur |∂J/∂A| |∂J/∂Z| |∂J/∂W|  |∂J/∂b|
#     1   0       step 0.188   0.39   0%    0%    1.27       0       0        0
#     2   2    sigmoid 0.501  0.287   0%   25%   0.951   0.204 0.00051 0.000508
# no gradient passes layer 1 (0): the slope of step is 0 everywhere, by definition, so that its weights and all below learn nothing; sigmoid and tanh are steps with a slope
# sigmoid  hidden weights moved by at most 7.72, loss 0.006
