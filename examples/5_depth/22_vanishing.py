"""In a deep net of sigmoids the gradient fades: each layer multiplies it by a slope of at most 1/4, and by weights.

Ten sigmoids in a row leave 3.5e-7, and not one of them is saturated: the quarter is enough. The table shows |∂J/∂W| layer
by layer, and the report names the cause.
"""

import nn
from autograd import Value, gradients, sigmoid

x = Value(0.5, "x")
y, slopes = x, []
for _ in range(10):
    y = sigmoid(y)
    slopes.append((y * (1 - y)).data)
print(f"ten sigmoids in a row: dy/dx = {gradients(y, x)[0]:.1e}; slopes from {min(slopes):.2f} to {max(slopes):.2f}")

X, t = nn.datasets.moons(40, seed=1)
model = nn.MLP(2, [8] * 8 + [1], "sigmoid", output="sigmoid", init="xavier_uniform", seed=0)
report = model.report(nn.binary_cross_entropy(model(X), t))
for layer in report.layers:
    print(f"layer {layer.number}: |dJ/dW| {layer.grad_w:.1e}")
for finding in report.findings:
    print(finding.text)

# prints
#
# ten sigmoids in a row: dy/dx = 3.5e-07; slopes from 0.22 to 0.24
# layer 1: |dJ/dW| 4.9e-06
# layer 2: |dJ/dW| 8.7e-06
# layer 3: |dJ/dW| 3.7e-05
# layer 4: |dJ/dW| 1.2e-04
# layer 5: |dJ/dW| 5.1e-04
# layer 6: |dJ/dW| 1.5e-03
# layer 7: |dJ/dW| 5.4e-03
# layer 8: |dJ/dW| 4.5e-02
# layer 9: |dJ/dW| 1.1e-01
# the gradient vanishes on its way back: ∂J/∂Z shrinks from layer to layer by 0.253, from 0.0801 in layer 9 (16) to 1.35e-6 in layer 1 (0), because of the slopes: in a layer the slopes of sigmoid leave 0.237 of it, the weights 1.07; relu with init='he_uniform', or batch_norm=True, lets more of it through
