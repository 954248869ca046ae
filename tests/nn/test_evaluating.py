"""`with model.evaluating():` leaves each module in the mode that it had."""

import pytest

from nn import Dropout, Linear, Sequential


def test_modes_come_back_also_when_an_exception_passes():
    model = Sequential(Linear(2, 3), Dropout(0.5), Sequential(Dropout(0.5), Linear(3, 1)))
    model.steps[1].eval()
    modes = [module.training for _, module in model.modules()]
    assert modes == [True, True, False, True, True, True]
    with model.evaluating() as same:
        assert same is model
        assert not any(module.training for _, module in model.modules())
    assert [module.training for _, module in model.modules()] == modes
    with pytest.raises(KeyError), model.evaluating():
        raise KeyError
    assert [module.training for _, module in model.modules()] == modes
