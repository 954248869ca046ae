"""The delta errors of a 2-3-2 network, as course notes compute them by hand with NumPy, and as backpropagation finds them.

The functions below are plain NumPy; on arrays of Values they record a graph. ∂J/∂Z of softmax with cross-entropy is
(ŷ - y) / m, and each layer further down is told ∂J/∂A = ∂J/∂Z Wᵀ. `model.report(loss, matrices=True)` reads them off.
"""

import numpy as np

from autograd import Value, gradients, log

values = np.frompyfunc(Value, 1, 1)
X, Y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[0, 1], [1, 0], [1, 0], [0, 1]])
W1, b1 = values(np.array([[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]])), values(np.array([0.7, 0.8, 0.9]))
W2, b2 = values(np.array([[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]])), values(np.array([0.7, 0.8]))


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def softmax(z):
    return np.exp(z) / np.sum(np.exp(z), axis=1, keepdims=True)


Z1 = X @ W1 + b1
A1 = sigmoid(Z1)
Z2 = A1 @ W2 + b2
A2 = softmax(Z2)
J = -np.sum(Y * log(A2)) / len(X)


def slopes(array):
    return np.array(gradients(J, array.ravel())).reshape(array.shape)


print(f"J = {J:.6f}")
for name, array in (("Z2", Z2), ("A2", A2), ("Z1", Z1), ("W1", W1), ("b1", b1)):
    print(f"dJ/d{name}")
    for row in np.atleast_2d(slopes(array)):
        print("   ", *(f"{slope:9.6f}" for slope in row))
m = len(X)
y_hat = np.array([[p.data for p in row] for row in A2])
by_hand = {"Z2": (y_hat - Y) / m, "A2": -Y / (m * y_hat)}
print("by hand the same:", all(np.allclose(slopes(a), by_hand[n]) for n, a in (("Z2", Z2), ("A2", A2))))

# prints
#
# J = 0.706806
# dJ/dZ2
#      0.105967 -0.105967
#     -0.145766  0.145766
#     -0.144767  0.144767
#      0.103684 -0.103684
# dJ/dA2
#      0.000000 -0.433929
#     -0.599613  0.000000
#     -0.593923  0.000000
#      0.000000 -0.427157
# dJ/dZ1
#     -0.002349 -0.002267 -0.002178
#      0.002731  0.002453  0.002174
#      0.003097  0.002846  0.002575
#     -0.001844 -0.001546 -0.001262
# dJ/dW1
#      0.001252  0.001300  0.001313
#      0.000887  0.000907  0.000912
# dJ/db1
#      0.001634  0.001486  0.001310
# by hand the same: True
