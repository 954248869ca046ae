"""`TableModel`: a network for the rows of a table, with all that is needed to use it on other rows.

It scales its inputs by what it learned from the training rows, knows the names of columns and classes, and is saved and
loaded as one file.

>>> X = [[150.0, 1.0], [160.0, 2.0], [180.0, 1.5], [190.0, 2.5]]
>>> model = TableModel(("height", "width"), "size", ("large", "small"), seed=0)
>>> history = model.fit(X, [1, 1, 0, 0], epochs=50)
>>> model.predict([[155.0, 1.5], [185.0, 2.0]])
['small', 'large']
"""

import json
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

import numpy as np

from autograd.ieee import silent
from nn.activations import softmax
from nn.losses import cross_entropy, mse_loss, penalised
from nn.module import Module
from nn.networks import MLP
from nn.optim import optimizer_named
from nn.saving import load, note_of, save
from nn.special_layers import Standardize
from nn.training.fit import fit
from nn.training.history import History

KIND = "backstep TableModel 1"  # of a file's note
KEPT = ("features", "target", "classes", "hidden", "activation", "batch_norm", "dropout")  # in it


class TableModel(Module):
    """An MLP on the standardised features of a table; its outputs are logits of classes, or one standardised number.

    features  the names of the inputs
    target    the name of what it predicts
    classes   the names of the classes; None: it predicts a number
    hidden    the sizes of the hidden layers; () is a linear model
    others    as in MLP
    """

    def __init__(
        self,
        features: Sequence[str],
        target: str,
        classes: Sequence[str] | None = None,
        hidden: Sequence[int] = (8,),
        activation: str = "tanh",
        init: str = "xavier_uniform",
        seed: int | None = None,
        batch_norm: bool = False,
        dropout: float = 0.0,
    ) -> None:
        if classes is not None and len(classes) < 2:
            raise ValueError(f"two classes or more are needed to tell apart, got {len(classes)}: {', '.join(classes)}")
        self.features, self.target = tuple(features), target
        self.classes = tuple(classes) if classes is not None else None
        self.hidden, self.activation = tuple(hidden), activation
        self.batch_norm, self.dropout = batch_norm, dropout
        outputs = len(classes) if classes is not None else 1
        self.scaling = Standardize(len(self.features))
        self.network = MLP(
            len(self.features), [*hidden, outputs], activation, seed=seed, init=init,
            batch_norm=batch_norm, dropout=dropout,
        )  # fmt: skip
        self.target_scaling = Standardize(1)

    def rows(self, batch: list[list[Any]]) -> list[Any]:
        return self.network.rows([self.scaling.row(row) for row in batch])

    def is_row_by_row(self) -> bool:
        written = self.has_method_of(TableModel, "rows") and self.has_method_of(Module, "__call__")
        return written and self.network.is_row_by_row()

    def fit(
        self,
        X: Any,
        y: Any,
        *,
        optimizer: str = "adam",
        lr: float = 0.05,
        optimizer_options: Mapping[str, Any] | None = None,
        l2: float = 0.0,
        **options: Any,
    ) -> History:
        """Train on these rows by cross-entropy, or mean squared error; the scaling is learned from them first.

        y                  places of classes, or numbers
        optimizer_options  such as {"momentum": 0.9}
        l2                 the strength of a penalty on squared weights
        options            those of nn.fit, epochs among them
        """
        self.scaling.learn(X)
        if self.classes is None:
            self.target_scaling.learn(y)
        parameters = self.network.parameters()
        rule = optimizer_named(optimizer, parameters, lr, **(optimizer_options or {}))
        if options.get("validation"):
            options["validation"] = options["validation"][0], self.targets_of(options["validation"][1])
        loss = cross_entropy if self.classes is not None else mse_loss
        return fit(
            self,
            np.asarray(X, dtype=float),
            self.targets_of(y),
            loss=penalised(loss, parameters, l2),
            optimizer=rule,
            **options,
        )

    def targets_of(self, y: Any) -> list[Any]:
        """The targets of the network: places of classes as they are, numbers standardised."""
        if self.classes is not None:
            return [int(place) for place in y]
        return [float(self.target_scaling.row([number])[0]) for number in y]

    def outputs(self, X: Any) -> np.ndarray:
        """The outputs of the network for rows, as numbers: (rows, outputs)."""
        rows = np.asarray(X, dtype=float)
        if rows.ndim != 2 or rows.shape[1] != len(self.features):
            raise ValueError(f"expected rows of {', '.join(self.features)}, got an array of shape {rows.shape}")
        with self.evaluating(), silent():
            return np.asarray(self.compile()(rows)).reshape(len(rows), -1)

    def predict_proba(self, X: Any) -> np.ndarray:
        """The probability of each class, (rows, classes). ValueError where numbers are predicted."""
        if self.classes is None:
            raise ValueError(f"{self.target} is a number, it has no probabilities: call predict")
        return np.array([softmax(row) for row in self.outputs(X).tolist()]).reshape(-1, len(self.classes))

    def predict(self, X: Any) -> list[Any]:
        """For each row the name of its likeliest class, or the number predicted."""
        outputs = self.outputs(X)
        if self.classes is not None:
            return [self.classes[place] for place in outputs.argmax(axis=1)]
        return list((outputs[:, 0] * self.target_scaling.spread[0] + self.target_scaling.mean[0]).tolist())

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write weights, scaling, names and sizes to one .npz file, whole or not at all."""
        return save(self, path, json.dumps({"kind": KIND, **{name: getattr(self, name) for name in KEPT}}))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """The model that a file holds. ValueError if it holds none."""
        name = os.fspath(path)
        try:
            kept = json.loads(note_of(path))
            kind = kept.pop("kind")
            sizes = [len(kept["features"]), *kept["hidden"], len(kept["classes"] or [0])]
        except (ValueError, TypeError, KeyError, AttributeError):
            kind = ""
        if kind != KIND:
            raise ValueError(
                f"{name} holds no model of a table: expected a file written by TableModel.save, "
                "or by `backstep train FILE.csv --save`"
            )
        if 8 * sum(a * b for a, b in pairwise(sizes)) > os.path.getsize(path):
            raise ValueError(
                f"{name} is broken: it says that the model has the sizes {sizes}, and is too small for them"
            )
        model = cls(**kept)
        load(model, path)
        return model


def confusion(classes: Sequence[str], actual: Sequence[Any], predicted: Sequence[Any]) -> str:
    """A table of how often each class was taken for each: a line for each actual class, a column for each predicted.

    >>> print(confusion(("cat", "dog"), ["cat", "cat", "dog"], ["cat", "dog", "dog"]))
    actual / predicted  cat  dog
    cat                   1    1
    dog                   0    1
    """
    counts = Counter(zip(actual, predicted, strict=True))
    corner = "actual / predicted"
    first = max(len(corner), *map(len, classes))
    widths = [max(len(name), 3) for name in classes]
    lines = ["  ".join([corner.ljust(first), *(n.rjust(w) for n, w in zip(classes, widths, strict=True))])]
    for name in classes:
        cells = [str(counts[name, other]).rjust(w) for other, w in zip(classes, widths, strict=True)]
        lines.append("  ".join([name.ljust(first), *cells]))
    return "\n".join(lines)
