"""Attention as a picture: the shares by head, empty places ahead, what is refused."""

import itertools

import numpy as np
import pytest

import nn
import viz
from viz.plots.attention import maps_of

pytest.importorskip("matplotlib")


def weights(places=3, heads=2):
    return nn.CausalAttention(4, heads, seed=0).weights(np.eye(places, 4).tolist())


def test_each_row_of_a_map_adds_to_one_and_nothing_looks_ahead():
    maps = maps_of(weights())
    assert maps.shape == (2, 3, 3)
    assert np.nansum(maps, axis=2) == pytest.approx(np.ones((2, 3)))
    assert np.array_equal(np.isnan(maps[0]), np.triu(np.ones((3, 3)), 1) == 1)


def test_a_map_for_each_head_with_one_scale_and_labels():
    ax = viz.plot_attention(weights(), ["<", "a", "b"])
    *maps, scale = ax.figure.axes
    assert [each.get_title() for each in maps] == ["head 1", "head 2"]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["<", "a", "b"]
    assert "share" in scale.get_ylabel()
    written = [text.get_text() for text in ax.texts]
    assert len(written) == 6
    assert written[0] == "1.00"


def test_shades_differ_in_grey():
    from viz.plots.attention import SHADES

    greys = [sum(int(shade[i : i + 2], 16) * w for i, w in ((1, 0.299), (3, 0.587), (5, 0.114))) for shade in SHADES]
    assert all(a > b for a, b in itertools.pairwise(greys))


@pytest.mark.parametrize(
    ("given", "labels", "message"),
    [
        ([], None, "at least one place"),
        ([[[1.0]], [[0.5, 0.5], [1.0]]], None, "place 1 has weights of 1 heads, place 2 of 2"),
        ([[[1.0]], [[0.5]]], None, "expected 2 weights, got 1"),
        ([[[1.0]]], ["a", "b"], "a label for each of 1 places, got 2"),
    ],
)
def test_what_is_refused(given, labels, message):
    with pytest.raises(ValueError, match=message):
        viz.plot_attention(given, labels)
