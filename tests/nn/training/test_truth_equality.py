"""Truth: programs that ask whether numbers are equal, or the same object."""

import operator
import types

import pytest

import nn
from autograd import Value
from tests.nn.training.truth import ZEROS, X, assert_true, small

pytestmark = pytest.mark.filterwarnings("ignore:training (runs|goes on) eagerly:RuntimeWarning")


def by_class(chosen):
    def loss(predictions, targets):
        return sum((2.0 if chosen(y) else 0.5) * (p - y) ** 2 for p, y in zip(predictions, targets, strict=True))

    return loss


def counted(predictions, targets):
    return nn.mse_loss(predictions, targets) * (1.0 + list(targets).count(1))


class Equal(nn.Module):
    def __init__(self):
        self.weight = [Value(0.5), Value(-0.5)]

    def row(self, inputs):
        return self.weight[0 if inputs[0] == 1 else 1] * inputs[1]


class LookedUp(Equal):
    def row(self, inputs):
        return self.weight[0] * {0.0: 1.0}.get(inputs[0], 2.0) * inputs[1]


EQUALITY = {
    "==": {"loss": by_class(lambda y: y == 1)},
    "!=": {"loss": by_class(lambda y: y != 1)},
    "in": {"loss": by_class(lambda y: y in (1, 2))},
    "count": {"loss": counted},
    "set": {"loss": by_class(lambda y: y in {1.0, 2.0})},
    "module": {"make": Equal, "X": ZEROS},
    "dict": {"make": LookedUp, "X": ZEROS},
    "between targets": {"loss": by_class(lambda y, seen=[]: [y] == [1.0])},
}


def by_identity(same):
    def loss(predictions, targets):
        return nn.mse_loss(predictions, targets) * (3.0 if same(targets[0], targets[-1]) else 1.0)

    return loss


class Last(Equal):
    def row(self, inputs):
        products = [w * x for w, x in zip(self.weight, inputs, strict=True)]
        return sum(p if p is products[-1] else 2.0 * p for p in products)


IDENTITY = {
    "is": ({"loss": by_identity(lambda y, z: y is z)}, "eager: same asks by `is` at "),
    "is not": ({"loss": by_identity(lambda y, z: not y is not z)}, "eager: same asks by `is` at "),
    "id": ({"loss": by_identity(lambda y, z: len({id(y), id(z)}) == 1)}, "eager: same calls id"),
    "operator": ({"loss": by_identity(operator.is_)}, "eager: loss calls same"),
    "operator by name": ({"loss": by_identity(lambda y, z: operator.is_(y, z))}, "eager: same calls operator.is_"),
    "True": ({"loss": by_identity(lambda y, z: y is True), "Y": [True, False, True, False, True]}, "eager: "),
    "a module": ({"make": Last}, "eager: model"),
    "None": ({"loss": by_identity(lambda y, z: y is None)}, "one sample recorded"),
    "a class": ({"loss": by_identity(lambda y, z: type(nn.mse_loss) is types.ModuleType)}, "one sample recorded"),
}


@pytest.mark.parametrize("case", IDENTITY, ids=str)
def test_identity(case):
    """Numbers are one object here and two there; a batch whose two targets are one object comes in the second epoch."""
    made, expected = IDENTITY[case]
    shared = float("1.0")
    assert_true(
        **{"make": small(), "batch_size": 2, "X": X[:5], "Y": [shared, 0.0, shared, 0.5, shared], **made},
        expected=expected,
    )


@pytest.mark.parametrize("size", [None, 1, 2])
@pytest.mark.parametrize("case", EQUALITY, ids=str)
def test_equality(case, size):
    assert_true(**{"make": small(), "batch_size": size, **EQUALITY[case]})
