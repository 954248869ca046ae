"""Truth: what the History and warnings say of the engine, and what `check` finds."""

import math
import pickle

import pytest

import nn
from autograd import Value
from nn.training.checked import EnginesDiffer
from nn.training.taped import TapeEpochs
from tests.nn.training.truth import Leaks, Stateful, Turning, in_global, run, small, without_iterator

pytestmark = pytest.mark.filterwarnings("ignore:training (runs|goes on) eagerly:RuntimeWarning")


def test_what_the_history_says():
    _, _, history = run("numpy", small())
    assert str(history.engine).startswith("numpy: one sample recorded, ")
    _, _, history = run("eager", small())
    assert str(history.engine) == "eager, as asked for"
    _, _, history = run("auto", small())
    assert str(history.engine) == "eager: it takes 50 updates for a recording to pay"
    _, _, history = run("auto", lambda: Leaks(lambda module, y: y * math.sin(y.data)), epochs=60)
    assert "eager" in str(history.engine)  # a line, no warning
    twin = pickle.loads(pickle.dumps(history))
    assert str(twin.engine) == str(history.engine)


@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_a_fall_back_from_an_engine_asked_for_is_a_warning():
    with pytest.warns(RuntimeWarning, match="training runs eagerly, not on engine='numpy': .*CALLS changes in a pass"):
        run("numpy", lambda: without_iterator(Stateful(in_global)))
    run("auto", lambda: without_iterator(Stateful(in_global)), epochs=60)
    with pytest.warns(RuntimeWarning, match="training goes on eagerly from epoch .*another branch"):
        run("numpy", lambda: Turning(False), epochs=12)


def test_ctrl_c_while_recording():
    class Interrupted(nn.Module):
        def __init__(self):
            self.weight = [Value(1.0)]

        def row(self, inputs):
            if isinstance(inputs[0], Value):
                raise KeyboardInterrupt
            return self.weight[0] * inputs[0]

    _, _, history = run("numpy", Interrupted)
    assert history.stopped == "interrupted in epoch 0"


def test_check_finds_a_difference(monkeypatch):
    right = TapeEpochs.write_back

    def wrong(self, progress):
        right(self, progress)
        self.eager.parameters[0].data += 1e-3

    monkeypatch.setattr(TapeEpochs, "write_back", wrong)
    with pytest.raises(EnginesDiffer, match=r"epoch 0: the weights on tape and in the eager pass differ by 0.001"):
        run("check", small())


def test_check_names_the_line(monkeypatch):
    """A program that tells Values from numbers, where no trial is made."""
    for trial in ("try_recording", "try_targets"):
        monkeypatch.setattr(f"nn.training.recording.{trial}", lambda *arguments: None)

    def loss(predictions, targets):
        errors = [p - y for p, y in zip(predictions, targets, strict=True)]
        weights = [2.0 if isinstance(y, Value) else 1.0 for y in targets]
        squares = [w * e * e for w, e in zip(weights, errors, strict=True)]  # here
        return sum(squares) / len(squares)

    line = loss.__code__.co_firstlineno + 3
    with pytest.raises(EnginesDiffer, match=rf"the line that makes the difference is .*test_truth_history\.py:{line}$"):
        run("check", small(), loss=loss)
