"""What takes long says so, once; what does not says nothing."""

import time

import pytest

from autograd import Value, record
from autograd.waiting import told_if_slow
from tests.conftest import ROOT


def test_the_message_comes_once_and_only_after_the_time(capsys):
    with told_if_slow("patience", seconds=0.01):
        time.sleep(0.5)
    with told_if_slow("never", seconds=1000.0):
        pass
    assert capsys.readouterr().err == "backstep: patience\n"


def test_an_error_passes_and_ends_the_waiting(capsys):
    with pytest.raises(ZeroDivisionError), told_if_slow("never", seconds=1000.0):
        raise ZeroDivisionError
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    "place",
    [
        "autograd/tape/record.py",
        "autograd/tape/machine/compiled.py",
        "nn/training/recording.py",
        "nn/report.py",
        "viz/graph/dot.py",
    ],
)
def test_the_slow_places_are_covered(place):
    assert "told_if_slow(" in (ROOT / place).read_text(encoding="utf-8")


def test_recording_is_silent_where_it_is_quick(capsys):
    x = Value(2.0)
    assert len(record(x * x, [x]).run([3.0])) == 2
    assert capsys.readouterr().err == ""
