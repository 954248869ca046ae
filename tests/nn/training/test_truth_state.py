"""Truth: models and losses with state or chance of their own, and recording, which leaves all state as it was."""

import logging
import random

import numpy as np
import pytest

import nn
from autograd.tape.guards import NotRecordable
from nn.init import Generator
from nn.training.eager import EagerEpochs
from nn.training.taped import TapeEpochs
from tests.nn.training.truth import Stateful, X, Y, assert_true, forget, in_global, normed, on_function, run, small

pytestmark = pytest.mark.filterwarnings("ignore:training (runs|goes on) eagerly:RuntimeWarning")


def count(module):
    module.calls += 1
    return 1.0 / module.calls


def moving(module):
    module.average = 0.9 * module.average + 0.05
    return module.average


def listed(module):
    module.seen.append(1.0)
    return 1.0 / len(module.seen)


def tabled(module):
    module.table["n"] += 1
    return 1.0 / module.table["n"]


def in_array(module):
    module.array[0] += 1.0
    return 1.0 / module.array[0]


def of_class(module):
    Stateful.shared += 1
    return 1.0 / Stateful.shared


def in_closure():
    calls = 0

    def factor(module):
        nonlocal calls
        calls += 1
        return 1.0 / calls

    return factor


def through_another(module):
    return in_global(module)


STATE = {
    "counter": (lambda: Stateful(count), "model.calls changes in a pass"),
    "average": (lambda: Stateful(moving), "model.average changes in a pass"),
    "list": (lambda: Stateful(listed), "model.seen changes in a pass"),
    "dict": (lambda: Stateful(tabled), "model.table['n'] changes in a pass"),
    "array": (lambda: Stateful(in_array), "model.array changes in a pass"),
    "class": (lambda: Stateful(of_class), "model.shared changes in a pass"),
    "global": (lambda: Stateful(in_global), "CALLS changes in a pass"),
    "function": (lambda: Stateful(on_function), "on_function.calls changes in a pass"),
    "closure": (lambda: Stateful(in_closure()), "calls changes in a pass"),
    "through another": (lambda: Stateful(through_another), "CALLS changes in a pass"),
    "random": (lambda: Stateful(lambda m: random.random()), "random changes in a pass"),
    "numpy": (lambda: Stateful(lambda m: np.random.rand()), "numpy.random changes in a pass"),
    "own generator": (lambda: Stateful(lambda m: m.random.random()), "model.random changes in a pass"),
    "own new generator": (lambda: Stateful(lambda m: m.new.random()), "model.new changes in a pass"),
    "own old generator": (lambda: Stateful(lambda m: float(m.old.rand())), "model.old changes in a pass"),
    "unseeded": (lambda: Stateful(lambda m: 1.0 + 0.0 * np.random.default_rng().random()), ""),
    "an iterator": (lambda: Stateful(lambda m: 1.0 / (1.0 + next(m.steps))), "whose state cannot be seen"),
}


def test_a_logger_is_eager():
    log = logging.getLogger("test")

    def loss(predictions, targets):
        log.debug("pass")
        return nn.mse_loss(predictions, targets)

    assert_true(small(), "eager: log is a Logger, whose state cannot be seen", loss=loss)


@pytest.mark.parametrize("case", STATE, ids=str)
def test_state_and_chance(case):
    make, expected = STATE[case]

    def seen():
        module = make()
        if case != "an iterator":
            del module.steps
        return module

    assert_true(seen, expected, prepare=forget, batch_size=3)


def test_a_pass_that_prints_is_eager(capsys):
    def loud(predictions, targets):
        print("pass")
        return nn.mse_loss(predictions, targets)

    _, _, history = run("numpy", small(), loss=loud)
    assert capsys.readouterr().out == "pass\n" * 4
    assert "eager: a pass prints" in str(history.engine)


def test_recording_leaves_everything_as_it_was():
    def refused(predictions, targets):
        np.random.rand()
        return nn.mse_loss(predictions, targets)

    for loss_of in (nn.mse_loss, refused):
        model = nn.Sequential(*normed().steps, nn.Dropout(0.3, seed=1), nn.Linear(1, 1, generator=Generator(3)))
        optimizer = nn.Adam(model.parameters(), 0.1)
        for p in model.parameters():
            p.grad = 0.25

        def everything(model=model, optimizer=optimizer):
            leaves = [(p.data, p.grad, p.name) for p in model.parameters()]
            attributes = [sorted(vars(module)) for _, module in model.modules()], sorted(vars(optimizer))
            numbers = {key: array.tolist() for key, array in model.state_dict().items()}
            chance = np.random.get_state(), random.getstate(), model.steps[3]._random.get_state()
            return repr((leaves, attributes, numbers, optimizer.lr, optimizer.memory, optimizer.steps, chance))

        before = everything()
        eager = EagerEpochs(model, [list(row) for row in X], list(Y), loss_of, optimizer, 7, {})
        for engine in ("numpy", "native"):
            if loss_of is refused:
                with pytest.raises(NotRecordable, match="numpy.random changes in a pass"):
                    TapeEpochs(eager, 3, engine, True)
            else:
                TapeEpochs(eager, 3, engine, True)
            assert everything() == before
