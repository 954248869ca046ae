"""MLPClassifier and MLPRegressor: networks with scikit-learn's conventions.

They work in scikit-learn's GridSearchCV, RandomizedSearchCV, cross_val_score and Pipeline, which choose learning rate,
epochs, batch size and layers; scikit-learn itself is not needed to use them.

>>> from nn.datasets import gate
>>> X, y = gate("xor")
>>> MLPClassifier(hidden=(8,), seed=0).fit(X, y).predict(X).tolist()
[0, 1, 1, 0]
"""

import inspect
from collections.abc import Iterable
from typing import Any, Self

import numpy as np

from nn.activations import softmax
from nn.familiar import OF_ESTIMATORS
from nn.losses import cross_entropy, mse_loss, penalised
from nn.networks import MLP
from nn.optim import optimizer_named
from nn.training.fit import fit
from nn.training.history import History


class Estimator:
    """The base of both estimators. Parameters are kept as they are given; what is learned ends in an underscore."""

    def __new__(cls, *_: Any, **options: Any) -> Self:
        """TypeError that tells our names for scikit-learn's; its `clone` looks at __init__ alone."""
        for name in OF_ESTIMATORS.keys() & options.keys():
            raise TypeError(f"{cls.__name__} calls {name} {OF_ESTIMATORS[name]}: write {OF_ESTIMATORS[name]}=...")
        return super().__new__(cls)

    def __init__(
        self,
        hidden: tuple[int, ...] = (8,),
        activation: str = "tanh",
        optimizer: str = "adam",
        lr: float = 0.05,
        epochs: int = 200,
        batch_size: int | None = None,
        l2: float = 0.0,
        seed: int | None = None,
    ) -> None:
        self.hidden, self.activation, self.optimizer = hidden, activation, optimizer
        self.lr, self.epochs, self.batch_size, self.l2, self.seed = lr, epochs, batch_size, l2, seed

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        return {
            name: getattr(self, name) for name in inspect.signature(Estimator.__init__).parameters if name != "self"
        }

    def set_params(self, **parameters: Any) -> Self:
        for name, value in parameters.items():
            if name not in self.get_params():
                raise ValueError(f"unknown parameter {name!r}: expected one of {', '.join(self.get_params())}")
            setattr(self, name, value)
        return self

    def train(self, X: Any, targets: Any, outputs: int, loss: Any) -> None:
        """Build the network and train it on checked data."""
        rows = table(X)
        if len(rows) != len(targets):
            raise ValueError(f"expected a target for each row, got {len(rows)} rows and {len(targets)} targets")
        if not isinstance(self.hidden, Iterable):
            raise ValueError(f"hidden is a tuple of sizes, as hidden=(8,); got {self.hidden!r}")
        self.n_features_in_ = rows.shape[1]
        self.model_ = MLP(
            rows.shape[1], [*self.hidden, outputs], self.activation, seed=self.seed, init="xavier_uniform"
        )
        parameters = self.model_.parameters()
        optimizer = optimizer_named(self.optimizer, parameters, self.lr)
        self.history_: History = fit(
            self.model_, rows, targets, loss=penalised(loss, parameters, self.l2), optimizer=optimizer,
            epochs=self.epochs, batch_size=self.batch_size, seed=self.seed,
        )  # fmt: skip
        if self.history_.stopped.startswith("interrupted"):
            raise KeyboardInterrupt

    def outputs(self, X: Any) -> list[Any]:
        """The network's outputs for each row."""
        if not hasattr(self, "model_"):
            raise ValueError(f"this {type(self).__name__} is not fitted yet: call fit(X, y) first")
        rows = table(X)
        if rows.shape[1] != self.n_features_in_:
            raise ValueError(f"X has {rows.shape[1]} features, but {self.n_features_in_} were there in fit")
        with self.model_.evaluating():
            return list(self.model_(rows))

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "model_")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in self.get_params().items())})"


class MLPClassifier(Estimator):
    """A network for classes of any kind, trained by cross-entropy."""

    _estimator_type = "classifier"

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import ClassifierTags, InputTags, Tags, TargetTags  # only scikit-learn asks

        return Tags("classifier", TargetTags(required=True), classifier_tags=ClassifierTags(), input_tags=InputTags())

    def fit(self, X: Any, y: Any) -> Self:
        self.classes_, indices = np.unique(np.ravel(y), return_inverse=True)
        self.train(X, indices, max(len(self.classes_), 2), cross_entropy)
        return self

    def predict_proba(self, X: Any) -> np.ndarray:
        """The probability of each class, (m, classes), in the order of classes_."""
        probabilities = np.array([[p.data for p in softmax(row)] for row in self.outputs(X)])
        return probabilities[:, : len(self.classes_)]

    def predict(self, X: Any) -> np.ndarray:
        probabilities = self.predict_proba(X)
        classes: np.ndarray = self.classes_[np.argmax(probabilities, axis=1)]
        return classes

    def score(self, X: Any, y: Any) -> float:
        """The share of rows that are classified right."""
        return float(np.mean(self.predict(X) == np.ravel(y)))


class MLPRegressor(Estimator):
    """A network for numbers, trained by mean squared error."""

    _estimator_type = "regressor"

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import InputTags, RegressorTags, Tags, TargetTags  # only scikit-learn asks

        return Tags("regressor", TargetTags(required=True), regressor_tags=RegressorTags(), input_tags=InputTags())

    def fit(self, X: Any, y: Any) -> Self:
        self.train(X, [float(target) for target in np.ravel(y)], 1, mse_loss)
        return self

    def predict(self, X: Any) -> np.ndarray:
        return np.array([output.data for output in self.outputs(X)])

    def score(self, X: Any, y: Any) -> float:
        """The coefficient of determination R²: 1 is perfect, 0 no better than the mean."""
        targets = np.ravel(y).astype(float)
        spread = np.sum((targets - targets.mean()) ** 2)
        return float(1.0 - np.sum((targets - self.predict(X)) ** 2) / spread) if spread else 0.0


def table(X: Any) -> np.ndarray:
    """X as rows of numbers."""
    rows = np.asarray(X, dtype=float)
    if rows.ndim != 2 or not len(rows):
        raise ValueError(f"expected X as rows of numbers, (samples, features); got an array of shape {rows.shape}")
    if not np.isfinite(rows).all():
        raise ValueError("X holds numbers that are not finite: remove or replace them first")
    return rows
