"""A network as a module of PyTorch, with its weights: the way on for who outgrows scalars.

>>> import autograd
>>> from nn import MLP
>>> text = autograd.export(MLP(2, [1], output="sigmoid", seed=0), to="pytorch", name="Gate")
>>> print(*text.splitlines()[4:11], sep="\\n")
class Gate(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(2, 1),
            nn.Sigmoid(),
        )

To other languages a network is exported as a function of its inputs x1, x2, ..., with its weights as numbers.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from autograd import Primitive, Value
from autograd.exporting.targets import TARGETS
from autograd.exporting.writer import written
from nn.activations import linear, name_of
from nn.familiar import plain
from nn.layers import Layer
from nn.module import Module
from nn.networks import Sequential

# The classes of PyTorch for activations, as they are made; each is found by its name without settings.
CLASSES = (
    "ReLU()", "LeakyReLU()", "ELU()", "GELU()", "Sigmoid()", "Tanh()", "Softplus(threshold=100)", "Softmax(dim=-1)",
    "LogSoftmax(dim=-1)",
)  # fmt: skip
HEADING = "import torch\nfrom torch import nn\n"
CLASS = """class {name}(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
{layers}        )
        self.double()
        self.layers.load_state_dict({{
{weights}        }})

    def forward(self, x):
        return self.layers(x)
"""
OWN = """class {name}(nn.Module):
    def forward(self, x):
        return {function}(x)
"""


class Step(NamedTuple):
    """One module of a Sequential of PyTorch's: how it is made, its numbers, and what must be defined before."""

    made: str
    numbers: dict[str, Any] = {}  # noqa: RUF012 (never changed)
    before: str = ""


def exported_to(model: Module, to: str, name: str) -> str:
    """The network as a program. ValueError for a module that PyTorch has no class for."""
    if to == "pytorch":
        return as_module(model, "Model" if name == "f" else name)
    if to not in TARGETS:
        raise ValueError(f"a network is exported to {', '.join(TARGETS)}, not to {to}")
    inputs = [Value(0.5, f"x{i + 1}") for i in range(inputs_of(model))]
    with model.evaluating():
        output = model(inputs)
    if not isinstance(output, Value):
        raise ValueError(f"a network with {len(output)} outputs is exported to pytorch; or export one of its outputs")
    return written(output, inputs, TARGETS[to], name)


def as_module(model: Module, name: str) -> str:
    """The text of a class of PyTorch's with the network's layers and weights."""
    steps = list(steps_of(model))
    layers = "".join(f"            {step.made},\n" for step in steps)
    weights = "".join(
        f'            "{place}.{key}": torch.tensor({np.asarray(numbers).tolist()!r}, dtype=torch.float64),\n'
        for place, step in enumerate(steps)
        for key, numbers in step.numbers.items()
    )
    before = "\n\n".join(dict.fromkeys(step.before for step in steps if step.before))
    text = CLASS.format(name=name, layers=layers, weights=weights)
    return "\n\n".join(part for part in (HEADING, before, text) if part)


def steps_of(model: Module) -> Iterator[Step]:
    """The modules of PyTorch that do one after the other what the network does."""
    for part in model.steps if isinstance(model, Sequential) else [model]:
        if isinstance(part, Sequential):
            yield from steps_of(part)
        elif not isinstance(part, Module):
            yield from activation(part)
        elif made := part.as_pytorch():
            yield Step(made, part.state_dict())
            yield from activation(getattr(part, "activation", linear))
        else:
            raise ValueError(f"{type(part).__name__} has no counterpart in PyTorch here: export its parts")


def activation(function: Any) -> Iterator[Step]:
    """The module of an activation; a class of its own where PyTorch has none of that name."""
    if function is linear:
        return
    name = name_of(function)
    made = [made for made in CLASSES if plain(made.partition("(")[0]) == plain(name)]
    if made:
        yield Step(f"nn.{made[0]}")
    elif isinstance(function, Primitive) and function.arity is not None:
        x = Value(0.5, "x")
        text = written(function(x), [x], TARGETS["pytorch"], name).partition("\n\ndef value_and_grad")[0]
        title = f"{name.title().replace('_', '')}Activation"
        definitions = text.removeprefix(TARGETS["pytorch"].heading).strip("\n")
        yield Step(f"{title}()", before=f"{definitions}\n\n\n{OWN.format(name=title, function=name)}")
    else:
        raise ValueError(f"the activation {name} has no counterpart in PyTorch: register it (autograd.register)")


def inputs_of(model: Module) -> int:
    """The length of a row of inputs."""
    first = next(part for _, part in model.modules() if isinstance(part, Layer))
    return len(first.neurons[0].weights)


Module.exported_to = exported_to
