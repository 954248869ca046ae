"""The sentence of a gate: from the table alone, and of the step that happened."""

import math
import re

import pytest

from autograd import Primitive, explain, parse
from autograd.patterns import gate_sentence, pattern
from autograd.primitives import TABLE
from tests.conftest import operands_at


def test_patterns_follow_from_the_partials_alone():
    expected = {
        "add": "distributes", "sum": "distributes", "sub": "signs", "mul": "swaps", "maximum": "routes", "minimum": "routes",
        "where": "routes", "relu": "switches", "neg": "flips", "abs": "signed", "step": "blocks", "exp": "repeats",
        "tanh": "scales", "div": "scales", "greater": "blocks",
    }  # fmt: skip
    assert {name: pattern(TABLE[name]) for name in expected} == expected
    row = TABLE["mul"]  # under another name the same pattern is seen
    assert pattern(Primitive("times", row.forward, row.partials, probes=row.probes)) == "swaps"
    assert pattern(Primitive("mine", lambda x: x, lambda x, z: (1.0,))) == "scales", "no probes"


@pytest.mark.parametrize(
    ("text", "variables", "sentence"),
    [
        ("maximum(a, b)", {"a": 2, "b": 1}, "maximum routes: a was chosen and receives the whole gradient of f."),
        ("maximum(a, b)", {"a": 1, "b": 2}, "maximum routes: a was not chosen, nothing passes to it."),
        ("minimum(a, b)", {"a": 1, "b": 1}, "minimum has a tie: its operands are equal, and each receives half of the gradient of f."),
        ("maximum(a, b)", {"a": math.nan, "b": 1}, "maximum has an operand that is nan: so is the gradient of a."),
        ("relu(a)", {"a": -1}, "relu is off here: nothing passes."),
        ("relu(a)", {"a": 1}, "relu is on here: the whole gradient of f passes."),
        ("abs(a)", {"a": -1}, "|x| flips the sign of the gradient of f here."),
        ("-a", {"a": -1}, "flips the sign: a receives the opposite of the gradient of f."),
        ("a * b", {"a": 2, "b": 3}, "× swaps: a receives the gradient of f times b, the other operand."),
        ("a * 3", {"a": 2}, "× swaps: a receives the gradient of f times 3, the other operand."),
        ("a - b", {"a": 2, "b": 3}, "− distributes with signs: a receives the gradient of f, b its opposite."),
        ("a - 1", {"a": 2}, "− passes on: a receives the whole gradient of f."),
        ("1 - a", {"a": 2}, "− flips the sign: a receives the opposite of the gradient of f."),
        ("a / b", {"a": 2, "b": 3}, "scales: the gradient of f is multiplied by its slope in the direction of a."),
        ("tanh(a)", {"a": 2}, "tanh scales: the gradient of f is multiplied by its slope at a."),
        ("exp(a)", {"a": 2}, "exp repeats itself: the gradient of f is multiplied by the gate's own result, f."),
        ("step(a)", {"a": 2}, "step blocks: it is flat, so nothing passes."),
    ],
)  # fmt: skip
def test_the_sentence_of_a_gate_speaks_of_this_step(text, variables, sentence):
    step = next(step for step in explain(parse(text, **variables)) if step.kind == "backward")
    assert gate_sentence(step).endswith(sentence)


def test_every_row_has_a_sentence_without_names_of_the_code():
    for row in TABLE.values():
        operands = operands_at(row, row.probes[0], ["alpha", "beta", "gamma"])
        node = row(operands) if row.arity is None else row(*operands)
        for step in explain(node):
            if step.kind == "backward":
                assert re.fullmatch(r"[^\n]{10,130}\.", gate_sentence(step))
                assert not re.search(r"\b(mul|sub|div|neg|pow_\w+)\b", gate_sentence(step))
