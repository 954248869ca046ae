"""A user's program that mypy must accept, with the types that it must see; test_types.py also runs it."""

from typing import Any, assert_type

import numpy as np

import autograd
from autograd import Primitive, Term, Value, gradients
from nn import MLP, Layer, Neuron, Perceptron, mse_loss

x, y, t = Value(1.5, "x"), Value(2), Term("t")
array = np.array([1.0, 2.0])

# Operators.
for result in (x + y, x - 1, x * 2.0, x / y, x**2, x**y, 2 + x, 2 - x, 2 * x, 2 / x, 2**x, -x, +x, abs(x)):
    assert_type(result, Value)
assert_type(np.float64(2) * x, Value)
assert_type(x * np.float32(2), Value)
assert_type(x * array, np.ndarray)
assert_type(x**array, np.ndarray)
assert_type(x < 2, bool)
assert_type(x >= y, bool)
assert_type(max([x, y]), Value)
assert_type(t * 2, Term)
assert_type(2 - t, Term)

# Functions and methods.
assert_type(autograd.tanh(x), Value)
assert_type(autograd.tanh(0.5), float)
assert_type(autograd.tanh(array), np.ndarray)
assert_type(autograd.tanh(t), Term)
assert_type(autograd.maximum(x, 0.0), Value)
assert_type(autograd.maximum(0, x), Value)
assert_type(autograd.maximum(array, x), np.ndarray)
assert_type(autograd.where(autograd.greater(x, 0), x, y), Value)
assert_type(autograd.pow(x, 2), Value)
assert_type(autograd.pow(2, 0.5), float)
assert_type(autograd.sum([x, y, 2.0]), Value)
assert_type(autograd.sum(v * v for v in (x, y)), Value)
assert_type(autograd.sum([1.0, 2]), float)
assert_type(x.tanh(), Value)
assert_type(x.leaky_relu(0.1), Value)
cube = Primitive("cube", lambda x: x * x * x, lambda x, z: (3 * x * x,))
assert_type(cube(x), Value)

# Gradients.
loss = (x * 2 + autograd.tanh(x * y)) ** 2
assert_type(loss.data, float)
loss.backward()
x.data -= 0.1 * x.grad
x.data = np.float32(1.5)
assert_type(loss.forward(), float)
assert_type(gradients(loss, [x, y]), tuple[float, ...])
(slope,) = gradients(loss, x, create_graph=True)
assert_type(slope, Value)

# Networks.
row, rows = [0.5, -1.0], [[0.5, -1.0], [1.0, 2.0]]
assert_type(Neuron(2)(row), Value)
assert_type(Neuron(2)(rows), list[Value])
assert_type(Perceptron(2)([0, 1]), Value)
assert_type(Layer(2, 3)(row), list[Value])
assert_type(Layer(2, 3)(rows), list[list[Value]])
assert_type(Layer(2, 3)([x, 1.0])[0].data, float)
assert_type(MLP(2, [3, 1])(row), Any)  # one output: a Value; several: a list of them
assert_type(mse_loss([MLP(2, [3, 1])(row)], [1.0]), Value)
MLP(2, [3, 1])(row).data
MLP(2, [3, 2])(row)[0].backward()
