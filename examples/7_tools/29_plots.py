"""Four plots on one figure, plots.png: an activation, a training, fading gradients, what the network tells apart."""

from matplotlib.figure import Figure

import nn
from viz import plot_activation, plot_decision_boundary, plot_gradient_norms, plot_history

figure = Figure(figsize=(10, 7), layout="constrained")
(top_left, top_right), (bottom_left, bottom_right) = figure.subplots(2, 2)

plot_activation("sigmoid", top_left)

X, y = nn.datasets.gate("xor")
model = nn.MLP(2, [8, 1], activation="tanh", output="sigmoid", seed=0)
optimizer = nn.SGD(model.parameters(), lr=1.0)
history = nn.fit(model, X, y, loss="binary_cross_entropy", optimizer=optimizer, epochs=300)
plot_history(history, top_right)
plot_decision_boundary(model, X, y, bottom_right)

reports = {}
for activation, init in (("sigmoid", "xavier_uniform"), ("tanh", "xavier_uniform"), ("relu", "he_uniform")):
    deep = nn.MLP(2, [8] * 9 + [1], activation, output="sigmoid", init=init, seed=0)
    loss = nn.binary_cross_entropy(deep(X), y)
    reports[activation] = deep.report(loss)
    first, *_, last = reports[activation].layers
    print(f"{activation:8} |dJ/dW| of the first layer {first.grad_w:.1e}, of the last {last.grad_w:.1e}")
plot_gradient_norms(reports, bottom_left)

figure.savefig("plots.png", dpi=88)

# prints
#
# sigmoid  |dJ/dW| of the first layer 6.8e-07, of the last 1.6e-01
# tanh     |dJ/dW| of the first layer 3.0e-01, of the last 9.1e-02
# relu     |dJ/dW| of the first layer 7.3e-02, of the last 9.6e-03
