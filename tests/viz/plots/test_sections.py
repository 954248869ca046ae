"""Boundaries of more than two features, and the heat map of a search."""

import numpy as np
import pytest

import nn
import viz
from viz.plots.sections import section_of

X = np.random.RandomState(0).normal(size=(60, 4)) * [5.0, 1.0, 0.1, 2.0] + [1.0, 2.0, 3.0, 4.0]


@pytest.mark.parametrize("features", [None, "principal", (0, 3), (2, 1), ("b", "d")])
def test_a_section_holds_its_own_points(features):
    section = section_of(X, features, "abcd")
    points = np.random.RandomState(1).normal(size=(7, 2))
    assert section.project(section.embed(points)) == pytest.approx(points)
    assert section.directions @ section.directions.T == pytest.approx(np.eye(2))


def test_chosen_features_are_shown_and_the_others_held():
    section = section_of(X, (3, 1))
    assert section.project(X) == pytest.approx(X[:, [3, 1]])
    assert section.embed([[9.0, 8.0]])[0] == pytest.approx([X[:, 0].mean(), 8.0, X[:, 2].mean(), 9.0])
    assert section.axes == ("x4", "x2")
    assert section.title.startswith("at x1 = ")


def test_principal_components_spread_most():
    section = section_of(X)
    spreads = section.project(X).std(axis=0)
    assert spreads == pytest.approx(np.sqrt(np.linalg.eigvalsh(np.cov(X.T, bias=True))[::-1][:2]))


@pytest.mark.parametrize("wrong", [(0, 0), (0, 4), (0, 1, 2), "pca", ("a", "q")])
def test_wrong_features(wrong):
    with pytest.raises(ValueError, match="feature"):
        section_of(X, wrong, "abcd")


@pytest.mark.parametrize("features", [None, ("a", "c")])
def test_a_boundary_of_four_features(features):
    y = (X[:, 0] > 1.0).astype(int)
    model = nn.TableModel("abcd", "side", ("left", "right"), seed=0)
    model.fit(X, y, epochs=40)
    ax = viz.plot_decision_boundary(model, X, np.array(["left", "right"])[y], features=features, resolution=20)
    assert ax.get_xlabel() == ("a" if features else ax.get_xlabel())
    assert "boundary" in ax.get_title()


def test_a_search_is_a_heat_map_with_its_best_cell_framed():
    params = [{"lr": lr, "epochs": epochs, "seed": 0} for lr in (0.1, 1.0) for epochs in (10, 20, 5)]
    scores = [0.5, 0.6, 0.7, 0.8, 0.95, 0.4]
    ax = viz.plot_search({"params": params, "mean_test_score": scores, "std_test_score": [0.0] * 6})
    assert [label.get_text() for label in ax.get_xticklabels()] == ["5", "10", "20"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["0.1", "1"]
    assert {text.get_text() for text in ax.texts} == {"0.5", "0.6", "0.7", "0.8", "0.95", "0.4"}
    (frame,) = ax.patches
    assert frame.get_xy() == (1.5, 0.5)
    with pytest.raises(ValueError, match="two of the parameters lr, epochs, seed"):
        viz.plot_search({"params": params, "mean_test_score": scores, "std_test_score": [0.0] * 6}, x="rate")
