"""A loss says how wrong a prediction is, and its gradient says which way to move. Here for a target of 1: the mean
squared error (mse_loss), the mean absolute error (l1_loss) and cross-entropies.

Cross-entropies are taken from logits where it matters: at a logit of -1000 the probability is 0 as a float, and its
logarithm would be -inf; from the logit the loss is 1000 and the slope -1.
"""

import nn
from autograd import Value, gradients, sigmoid

for name in ("mse_loss", "l1_loss", "binary_cross_entropy"):
    loss_of = getattr(nn, name)
    cells = []
    for number in (0.9, 0.5, 0.1):
        p = Value(number, "p")
        loss = loss_of([p], [1.0])
        cells.append(f"p = {number}: {loss:.4f}, slope {gradients(loss, p)[0]:.4f}")
    print(f"{name:20}", "; ".join(cells))

for number in (-2.0, -1000.0):
    logit = Value(number, "logit")
    stable = nn.binary_cross_entropy_with_logits([logit], [1.0])
    bounded = nn.binary_cross_entropy([sigmoid(logit)], [1.0])
    print(f"logit {number:g}: {stable:.4f}, slope {gradients(stable, logit)[0]:.4f}; from its sigmoid {bounded:.4f}")

logits = [[Value(2.0), Value(1.0), Value(0.1)]]
loss = nn.cross_entropy(logits, [0])
print(f"cross-entropy of three classes {loss:.4f}, slopes ŷ - y:", *(f"{g:.4f}" for g in gradients(loss, logits[0])))

# prints
#
# mse_loss             p = 0.9: 0.0100, slope -0.2000; p = 0.5: 0.2500, slope -1.0000; p = 0.1: 0.8100, slope -1.8000
# l1_loss              p = 0.9: 0.1000, slope -1.0000; p = 0.5: 0.5000, slope -1.0000; p = 0.1: 0.9000, slope -1.0000
# binary_cross_entropy p = 0.9: 0.1054, slope -1.1111; p = 0.5: 0.6931, slope -2.0000; p = 0.1: 2.3026, slope -10.0000
# logit -2: 2.1269, slope -0.8808; from its sigmoid 2.1269
# logit -1000: 1000.0000, slope -1.0000; from its sigmoid 100.0000
# cross-entropy of three classes 0.4170, slopes ŷ - y: -0.3410 0.2424 0.0986
