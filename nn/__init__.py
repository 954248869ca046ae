"""Small neural networks on scalars: every weight is a Value, every step of training can be looked into."""

from nn.layers import MLP, Layer, Neuron
from nn.losses import binary_cross_entropy, mse_loss
from nn.module import Module
from nn.optim import SGD

__all__ = ["MLP", "SGD", "Layer", "Module", "Neuron", "binary_cross_entropy", "mse_loss"]
