"""A user's program with mistakes: mypy must refuse each line that is marked, and no other; test_types.py reads it."""

import autograd
from autograd import Value, gradients
from nn import Layer, Neuron


def program(x: Value, maybe: Value | float) -> None:
    x.backwrad()  # error
    x.tahn()  # error
    autograd.tahn(x)  # error
    x * "2"  # error
    "2" * x  # error
    autograd.tanh("2")  # error
    autograd.tanh(x).shape  # error
    autograd.tanh(0.5).data  # error
    (x < 2).data  # error
    (x * 2).gard  # error
    x.data = 2.0
    gradients(x, [x])[0].backward()  # error
    Neuron(2)([1.0, 2.0])[0]  # error
    Layer(2, 2)([1.0, 2.0]).data  # error
    Layer(2, 2)(["1.0", "2.0"])  # error
