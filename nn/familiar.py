"""Names from elsewhere: PyTorch's classes of activations and losses work, and other names tell ours.

>>> import nn
>>> nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1), nn.Sigmoid())
Sequential(Linear(2, 3): linear, relu, Linear(3, 1): linear, sigmoid)
>>> nn.MSELoss()([1.0, 3.0], [0.0, 3.0])
0.5
>>> nn.Dense
Traceback (most recent call last):
AttributeError: module 'nn' has no attribute 'Dense': write nn.Layer(inputs, outputs, 'relu')
"""

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Any

ABBREVIATED = {"bce": "binarycrossentropy", "identity": "linear", "loss": ""}
IGNORED = "inplace", "dim"  # settings of PyTorch's activations that mean nothing here

OURS = {
    "Dense": "write nn.Layer(inputs, outputs, 'relu')",
    "Parameter": "a parameter is a Value, as autograd.Value(0.5, 'w')",
    "ModuleList": "a plain list of modules is found too",
    "functional": "its functions stand in nn itself, as nn.mse_loss, and in autograd, as autograd.relu",
    "SiLU": "register it: @autograd.register before def silu(x): return x * autograd.sigmoid(x)",
    "manual_seed": "give the seed to the model, as nn.MLP(2, [4, 1], seed=0); PyTorch's by init='torch'",
    "no_grad": "write autograd.no_grad()",
    "utils": "write nn.clip_grad_norm_ and nn.clip_grad_value_",
}
OF_MODULES = {
    "fit": "write nn.fit(model, X, y, loss='mse_loss', optimizer=nn.SGD(model.parameters(), lr=0.1))",
    "predict": "a model is called: model(x)",
    "summary": "print(model), or model.report(loss) after a backward pass",
    "evaluate": "write a loss, as nn.mse_loss(model(X), y).data",
    "to": "numbers are Python's floats, there are no devices",
    "cuda": "numbers are Python's floats, there are no devices",
    "named_parameters": "write model.state_dict(), whose keys are the names",
}
OF_ESTIMATORS = {
    "hidden_layer_sizes": "hidden", "learning_rate_init": "lr", "max_iter": "epochs", "solver": "optimizer",
    "random_state": "seed", "alpha": "l2",
}  # fmt: skip


def from_elsewhere(name: str, functions: Mapping[str, Callable[..., Any]], known: Iterable[str]) -> Any:
    """The function that a class of PyTorch's holds: of `functions` the one with its name but for case and underscores.

    AttributeError, with our name for it or the most similar one, where there is none.
    """
    alike = {plain(ours): function for ours, function in functions.items()}
    if name[:1].isupper() and plain(name) in alike:
        return made_by(name, alike[plain(name)])
    similar = "".join(f"did you mean nn.{meant}?" for meant in get_close_matches(name, known, 1))
    remedy = OURS.get(name, similar)
    raise AttributeError(f"module 'nn' has no attribute {name!r}{remedy and f': {remedy}'}")


def plain(name: str) -> str:
    """A name without case, underscores, abbreviations: BCEWithLogitsLoss is binarycrossentropywithlogits."""
    text = name.lower().replace("_", "")
    for short, long in ABBREVIATED.items():
        text = text.replace(short, long)
    return text


def made_by(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that is called as the class is, and gives what its instance does: `nn.LeakyReLU(0.1)`."""

    def make(*settings: Any, **options: Any) -> Callable[..., Any]:
        options = {option: given for option, given in options.items() if option not in IGNORED}
        if not settings and not options:
            return function

        def set_up(*inputs: Any) -> Any:
            return function(*inputs, *settings, **options)

        set_up.__name__ = getattr(function, "name", getattr(function, "__name__", name))
        return set_up

    make.__name__ = make.__qualname__ = name
    return make


def hint(names: Mapping[str, str], name: str) -> str:
    """A colon and what to write for a name from elsewhere; "" for one that nobody else has."""
    return f": {names[name]}" if name in names else ""
