"""Nine activations and their slopes, at -2, 0 and 2. The slope of a sigmoid is never above 1/4; a step's is 0 everywhere.

Parametric ReLU learns the slope of its left half; maxout takes the largest of several sums; softmax makes probabilities
of a whole row. `backstep plot activation step sigmoid tanh relu leaky_relu elu -o six.png` draws curves with their slopes,
and so for prelu, maxout, softmax.
"""

from autograd import Value, elu, gradients, leaky_relu, maximum, relu, sigmoid, step, tanh
from nn import softmax

slope = Value(0.25, "slope")
functions = {
    "step": step,
    "sigmoid": sigmoid,
    "tanh": tanh,
    "ReLU": relu,
    "leaky ReLU": leaky_relu,
    "parametric ReLU": lambda x: leaky_relu(x, slope),
    "ELU": elu,
    "maxout of x, 1 - x": lambda x: maximum(x, 1 - x),
}
print(f"{'':19}", *(f"{f'at {x}':>16}" for x in (-2, 0, 2)))
for name, function in functions.items():
    cells = []
    for number in (-2.0, 0.0, 2.0):
        x = Value(number, "x")
        y = function(x)
        cells.append(f"{y:.3f}, slope {gradients(y, x)[0]:5.3f}")
    print(f"{name:19}", *(f"{cell:>16}" for cell in cells))

steepest = max(gradients(sigmoid(x := Value(i / 100)), x)[0] for i in range(-500, 501))
print("the steepest slope of the sigmoid:", steepest)
row = [Value(1.0), Value(2.0), Value(3.0)]
p = softmax(row)
print("softmax of 1, 2, 3:", *(f"{each:.4f}" for each in p))
print("slopes of its first:", *(f"{each:.4f}" for each in gradients(p[0], row)))
x = Value(-2.0, "x")
print("the slope of parametric ReLU learns:", gradients(leaky_relu(x, slope), slope)[0])

# prints
#
#                                at -2             at 0             at 2
# step                0.000, slope 0.000 0.000, slope 0.000 1.000, slope 0.000
# sigmoid             0.119, slope 0.105 0.500, slope 0.250 0.881, slope 0.105
# tanh                -0.964, slope 0.071 0.000, slope 1.000 0.964, slope 0.071
# ReLU                0.000, slope 0.000 0.000, slope 0.000 2.000, slope 1.000
# leaky ReLU          -0.020, slope 0.010 0.000, slope 0.010 2.000, slope 1.000
# parametric ReLU     -0.500, slope 0.250 0.000, slope 0.250 2.000, slope 1.000
# ELU                 -0.865, slope 0.135 0.000, slope 1.000 2.000, slope 1.000
# maxout of x, 1 - x  3.000, slope -1.000 1.000, slope -1.000 2.000, slope 1.000
# the steepest slope of the sigmoid: 0.25
# softmax of 1, 2, 3: 0.0900 0.2447 0.6652
# slopes of its first: 0.0819 -0.0220 -0.0599
# the slope of parametric ReLU learns: -2.0
