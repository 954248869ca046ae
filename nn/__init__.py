"""Small neural networks on scalars: every weight is a Value, every step of training can be looked into.

A network is made of modules, a loss says how wrong it is, an optimiser changes its weights, and `fit` is the loop.

>>> X, y = datasets.gate("xor")
>>> model = MLP(2, [8, 1], activation="tanh", output="sigmoid", seed=0)
>>> history = fit(model, X, y, loss="binary_cross_entropy", optimizer=SGD(model.parameters(), lr=1.0), epochs=300)
>>> [round(model(row).data) for row in X]
[0, 1, 1, 0]

Reading order:

    familiar                                             names from PyTorch, Keras, scikit-learn, and ours for them
    registry, state, module, hooks                       what a network is made of, and how a recording follows it
    activations, init                                    functions of weighted sums; first weights
    layers, special_layers, networks, perceptron         from one neuron to an MLP
    sequence_layers                                      for sequences, as transformers have them
    losses, checks, clipping, optim, descent, schedules  what training needs
    tables, datasets, saving, exporting                  what goes in, what is kept, and the way to PyTorch
    sums, paths, applications                            where a graph has the sums and activations of a layer
    training/                                            `fit` and all it is made of
    measures, curvature                                  numbers and gradients of layers; the loss around its weights
    units, depth, minimum, diagnosis, report             what a network looks like inside, and what is wrong with it
"""

from typing import Any

import autograd.namesake  # noqa: F401 (an ImportError that says so, where HIPS autograd has replaced ours)
import nn.exporting  # noqa: F401 (it lets autograd.export write networks)
from nn import datasets, init
from nn.activations import activations_by_name, log_softmax, softmax
from nn.clipping import clip_grad_norm_, clip_grad_value_
from nn.descent import descend
from nn.familiar import from_elsewhere
from nn.layers import Layer, Linear, Neuron
from nn.losses import (
    LOSSES,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    categorical_cross_entropy,
    cross_entropy,
    hinge_loss,
    huber_loss,
    l1_loss,
    l1_penalty,
    l2_penalty,
    mse_loss,
    nll_loss,
)
from nn.module import Module
from nn.networks import MLP, Sequential
from nn.optim import (
    SGD,
    Adagrad,
    Adam,
    AdamW,
    Newton,
    Optimizer,
    RMSprop,
)
from nn.perceptron import Perceptron
from nn.report import Report, report
from nn.saving import load, save
from nn.schedules import cosine_decay, exponential_decay, step_decay, warm_up
from nn.sequence_layers import CausalAttention, Embedding, LayerNorm, RMSNorm
from nn.special_layers import BatchNorm1d, Dropout, Maxout, PReLU, Standardize
from nn.training.callbacks import EarlyStopping
from nn.training.estimators import MLPClassifier, MLPRegressor
from nn.training.fit import accuracy, fit
from nn.training.history import History
from nn.training.predictor import Predictor
from nn.training.search import search_table
from nn.training.table_model import TableModel

__all__ = [
    "MLP", "SGD", "Adagrad", "Adam", "AdamW", "BatchNorm1d", "CausalAttention", "Dropout", "EarlyStopping",
    "Embedding", "History", "Layer", "LayerNorm", "Linear",
    "MLPClassifier", "MLPRegressor", "Maxout", "Module", "Neuron", "Newton", "Optimizer", "PReLU", "Perceptron",
    "Predictor", "RMSNorm", "RMSprop", "Report", "Sequential", "Standardize", "TableModel", "accuracy",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits", "categorical_cross_entropy", "clip_grad_norm_", "clip_grad_value_",
    "cosine_decay", "cross_entropy", "datasets", "descend", "exponential_decay", "fit",
    "hinge_loss", "huber_loss", "init", "l1_loss", "l1_penalty", "l2_penalty", "load", "log_softmax", "mse_loss",
    "nll_loss", "report", "save", "search_table", "softmax", "step_decay", "warm_up",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """PyTorch's classes of activations and losses, as nn.ReLU; for other names an error that tells ours."""
    return from_elsewhere(name, {**activations_by_name(), **LOSSES}, __all__)
