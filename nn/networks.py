"""Networks: Sequential and MLP put layers one after the other.

>>> model = MLP(2, [4, 1], seed=0)
>>> model
MLP(2, [4, 1]): 2 -> 4 relu -> 1 linear, 17 parameters
>>> y = model([0.5, -1.0])
>>> y.backward()
>>> len([p for p in model.parameters() if p.grad is not None])
17
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from nn.activations import LAYERS, Activation, linear, name_of, named_activation, takes_rows
from nn.init import Generator
from nn.layers import Layer
from nn.module import Module
from nn.special_layers import BatchNorm1d, Dropout


class Sequential(Module):
    """Modules, or functions such as "sigmoid", one after the other. Keys count from 0 as in torch.nn.Sequential.

    >>> from nn import Linear
    >>> Sequential(Linear(2, 3), "sigmoid", Linear(3, 1)).state_dict().keys()
    dict_keys(['0.weight', '0.bias', '2.weight', '2.bias'])
    """

    def __init__(self, *modules: Module | str | Activation) -> None:
        self.steps = [step if isinstance(step, Module) else activation_step(step) for step in modules]

    def parts(self) -> dict[str, Any]:
        return {str(index): step for index, step in enumerate(self.steps)}

    def rows(self, batch: list[list[Any]]) -> list[Any]:
        for step in self.steps:
            batch = step.rows(batch) if isinstance(step, Module) else [apply(step, row) for row in batch]
        return [unwrapped(row) for row in batch]

    def is_row_by_row(self) -> bool:
        written = self.has_method_of(Sequential, "rows") and self.has_method_of(Module, "__call__")
        return written and all(step.is_row_by_row() for step in self.steps if isinstance(step, Module))

    def __repr__(self) -> str:
        steps = ", ".join(repr(step) if isinstance(step, Module) else name_of(step) for step in self.steps)
        return f"Sequential({steps})"


class MLP(Sequential):
    """A multi-layer perceptron: MLP(2, [4, 1]) has 2 inputs, 4 hidden neurons and 1 output.

    activation  of the hidden layers, by name or callable; "prelu" learns a slope in each layer, "maxout" its pieces
    output      of the last layer
    init        how first weights are drawn, see nn/init.py; the default has variance 1 / inputs, and biases 0
    seed        makes the first weights reproducible; with init="torch" they are those of torch.manual_seed(seed)
    batch_norm  whether a BatchNorm1d stands between each hidden layer's sums and its activation
    dropout     the probability of a Dropout behind each hidden layer

    Called with one row of inputs it returns a Value where there is one output, else a list of them. The keys of its
    state_dict are those of torch.nn.Sequential(Linear, Sigmoid, Linear, …), norms and dropouts among them.
    """

    def __init__(
        self,
        inputs: int,
        sizes: Sequence[int],
        activation: str | Activation = "relu",
        output: str | Activation = "linear",
        seed: int | None = None,
        init: str = "lecun_uniform",
        batch_norm: bool = False,
        dropout: float = 0.0,
    ) -> None:
        if not isinstance(sizes, Iterable):
            raise ValueError(f"expected a list of sizes, as MLP(2, [4, 1]); got MLP({inputs!r}, {sizes!r})")
        widths = [inputs, *sizes]
        if len(widths) < 2 or not all(isinstance(width, (int, np.integer)) and width >= 1 for width in widths):
            raise ValueError(f"expected sizes of 1 or more, as MLP(2, [4, 1]); got MLP({inputs!r}, {list(sizes)!r})")
        if not is_layer(activation):
            activation_step(activation)  # refused here even if there is no hidden layer to use it
        kinds = [activation] * (len(sizes) - 1) + [output]
        try:
            generator = Generator(seed)
        except (TypeError, ValueError):
            raise ValueError(f"a seed is an int from 0 to 2**32 - 1, or None to draw anew; got {seed!r}") from None
        steps: list[Module | Activation] = []
        self._layers: list[Any] = []
        for i, kind in enumerate(kinds):
            hidden = i < len(sizes) - 1
            layer, *after = layer_steps(
                kind, widths[i], widths[i + 1], init, generator, str(i + 1), hidden and batch_norm
            )
            self._layers.append(layer)
            steps += [layer, *after]
            if hidden and dropout:
                steps.append(Dropout(dropout, None if seed is None else seed + i))
        super().__init__(*steps)
        names = [kind if isinstance(kind, str) else name_of(kind) for kind in kinds]
        extras = [*(["batch_norm"] if batch_norm else []), *([f"dropout {dropout:g}"] if dropout else [])]
        names[:-1] = [", ".join([name, *extras]) for name in names[:-1]]
        self._text = " -> ".join(f"{size} {name}" for size, name in zip(sizes, names, strict=True))
        self._sizes = inputs, list(sizes)

    @property
    def layers(self) -> list[Any]:
        """The layers, without what stands between them."""
        return list(self._layers)

    def __repr__(self) -> str:
        inputs, sizes = self._sizes
        return f"MLP({inputs}, {sizes}): {inputs} -> {self._text}, {len(self.parameters())} parameters"


def is_layer(kind: str | Activation) -> bool:
    """Whether the name means a layer with an activation of its own, such as "maxout"."""
    return isinstance(kind, str) and kind in LAYERS


def layer_steps(
    kind: str | Activation, inputs: int, outputs: int, init: str, generator: Generator, name: str, batch_norm: bool
) -> list[Any]:
    """A layer and the steps after it: an activation with parameters of its own, or else nothing, which is `linear`.

    With batch norm the layer is left without its activation, which comes after the norm.
    """
    norm = [BatchNorm1d(outputs)] if batch_norm else []
    if isinstance(kind, str) and kind in LAYERS:
        return [LAYERS[kind](inputs, outputs, init=init, generator=generator), *norm, linear]
    activation = activation_step(kind)
    if isinstance(activation, Module) or batch_norm:
        return [Layer(inputs, outputs, linear, init, generator, name), *norm, activation]
    return [Layer(inputs, outputs, activation, init, generator, name), linear]


def activation_step(activation: str | Activation) -> Module | Activation:
    """The function meant, or a new module where the activation has parameters of its own."""
    found: Module | Activation = named_activation(activation)
    return found() if isinstance(found, type) else found


def apply(activation: Callable[[Any], Any], row: Iterable[Any]) -> list[Any]:
    """The activation of each number of a row, or of the row."""
    return list(activation(row)) if takes_rows(activation) else [activation(x) for x in row]


def unwrapped(row: Any) -> Any:
    """The one output of a row, or the list of several."""
    return row[0] if isinstance(row, list) and len(row) == 1 else row
