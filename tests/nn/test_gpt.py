"""The GPT of the course: its losses are PyTorch's, on tape too; a small one can be stepped through, a large one drawn."""

import json
import runpy

import pytest

import viz
from autograd.order import walk
from tests.conftest import ROOT

GPT = runpy.run_path(str(ROOT / "examples/7_tools/34_gpt.py"))
REFERENCE = json.loads((ROOT / "tests/nn/gpt_reference.json").read_text())  # made by tests/benchmarks/gpt.py --write
STEPS = 20


def model_and_names():
    names = GPT["invented_names"]()
    return GPT["GPT"](sorted(set("".join(names)))), names


@pytest.mark.parametrize(("train", "options"), [("train", ()), ("train_on_tape", ("numpy",))])
def test_losses_are_pytorchs(train, options):
    losses = GPT[train](*model_and_names(), REFERENCE["total"], STEPS, *options)
    assert losses == pytest.approx(REFERENCE["losses"][:STEPS], rel=1e-9)


def test_names_are_invented_from_the_letters():
    import random

    model, names = model_and_names()
    name = model.invent(random.Random(0))
    assert set(name) <= set("".join(names))
    assert len(name) <= 16
    assert len(set(names)) == len(names) > 250


def test_a_small_one_is_stepped_through():
    small = GPT["GPT"]("abcd", width=4, heads=1, context=2)
    loss = small.loss("a")
    assert len(walk(loss)[0]) < 1500
    assert "steps" in repr(viz.step(loss, model=small))
