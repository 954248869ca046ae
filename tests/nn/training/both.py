"""A training that leaves the engine open runs on tape and eagerly, and both must agree: a fixture that test modules take over."""

import pytest

from nn.training.fit import fit


@pytest.fixture(autouse=True)
def both_engines(monkeypatch):
    """Where a test leaves the engine open, both run, and must agree."""
    monkeypatch.setitem(fit.__kwdefaults__, "engine", "check")
