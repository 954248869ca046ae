"""Exercises: hands can do them, the same ones come for the same seed, and their gradients are right."""

import math

import pytest

from autograd import exercises, parse
from autograd.bench.exercises import LEVELS, TEXTS, is_short
from autograd.order import topological_order

SOME = [(level, seed) for level in LEVELS for seed in range(8)]


@pytest.mark.parametrize(("level", "seed"), SOME)
def test_no_number_is_ugly(level, seed):
    """Values, gradients, local derivatives and products, computed here once more."""
    for exercise in exercises(level, seed, 12):
        order = topological_order(exercise.output)
        grad = dict.fromkeys(order, 0.0) | {exercise.output: 1.0}
        for node in reversed(order):
            assert is_short(node.data)
            assert is_short(grad[node])
            assert node.grad == grad[node]
            if node.op is not None:
                numbers = [o if isinstance(o, float) else o.data for o in node.operands]
                for operand, local in zip(node.operands, node.op.partials(*numbers, node.data), strict=True):
                    if not isinstance(operand, float):
                        assert is_short(local)
                        assert is_short(grad[node] * local)
                        grad[operand] += grad[node] * local
        assert any(leaf.grad for leaf in order if leaf.op is None)
        assert exercise.output.data == parse(exercise.text, **exercise.values).data


def test_the_same_seed_gives_the_same_exercises():
    for level in LEVELS:
        assert [*map(str, exercises(level, 3, 20))] == [*map(str, exercises(level, 3, 20))]
        assert [*map(str, exercises(level, 3, 5))] == [*map(str, exercises(level, 3, 20))][:5]
        assert [*map(str, exercises(level, 3, 8))] != [*map(str, exercises(level, 4, 8))]


def test_exercises_differ_and_every_form_can_be_drawn():
    for level, texts in TEXTS.items():
        found = exercises(level, 1, 2 * len(texts))
        assert len({*map(str, found)}) == len(found)
        assert all(math.isfinite(each.output.data) for each in found)


def test_a_level_that_is_none_is_refused():
    with pytest.raises(ValueError, match="level is 1, 2, 3, 4, 5, got 6"):
        exercises(6)
