"""A section: the plane in which a model of many features is looked at, with the points seen from above.

Two features may be chosen, the others are held at their means; or the plane lies along the two principal components of
the data, in which they spread most (Pearson, 1901).

>>> X = [[0.0, 0.0, 7.0], [2.0, 1.0, 9.0]]
>>> section = section_of(X, (0, 1))
>>> section.embed([[5.0, 6.0]]), section.project(X)
(array([[5., 6., 8.]]), array([[0., 0.],
       [2., 1.]]))
"""

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import numpy as np

Features = Sequence[int] | Sequence[str] | Literal["principal"] | None


class Section(NamedTuple):
    """A plane: its origin and two directions of length 1 in the space of the features, and the names of its axes."""

    origin: np.ndarray
    directions: np.ndarray
    axes: tuple[str, str]
    title: str

    def embed(self, points: Any) -> np.ndarray:
        """The rows of features, (n, features), that stand at points of the plane, (n, 2)."""
        moved: np.ndarray = self.origin + np.asarray(points, dtype=float) @ self.directions
        return moved

    def project(self, X: Any) -> np.ndarray:
        """The points of the plane, (n, 2), below rows of features."""
        below: np.ndarray = (np.asarray(X, dtype=float) - self.origin) @ self.directions.T
        return below


def section_of(X: Any, features: Features = None, names: Sequence[str] = ()) -> Section:
    """The section of data X, (m, features), that shows these two features, by place or name, or the principal ones.

    None: the plane itself where there are two features, else the principal components. ValueError for others.
    """
    rows = np.asarray(X, dtype=float)
    if rows.ndim != 2 or rows.shape[1] < 2 or not len(rows):
        raise ValueError(f"expected X of shape (m, 2), or with more features; got {rows.shape}")
    count = rows.shape[1]
    names = list(names) or [f"x{i + 1}" for i in range(count)]
    if features is None:
        features = (0, 1) if count == 2 else "principal"
    if isinstance(features, str):
        if features != "principal":
            raise ValueError(f"expected two features, or 'principal'; got {features!r}")
        mean = rows.mean(axis=0)
        _, sizes, directions = np.linalg.svd(rows - mean, full_matrices=True)
        first = directions[np.arange(2), np.abs(directions[:2]).argmax(axis=1)]
        shares = (sizes**2 / max((sizes**2).sum(), 1e-300)).tolist()
        first_axis, second_axis = (f"principal component {i + 1} ({share:.0%} of the spread)"
                                   for i, share in enumerate([*shares, 0.0][:2]))  # fmt: skip
        return Section(mean, directions[:2] * np.sign(first)[:, None], (first_axis, second_axis), "")
    places = [place_of(feature, names) for feature in features]
    if len(places) != 2 or places[0] == places[1]:
        raise ValueError(f"expected two different features, got {list(features)}")
    origin = rows.mean(axis=0)
    origin[places] = 0.0
    held = [f"{names[i]} = {origin[i]:.3g}" for i in range(count) if i not in places]
    title = f"at {', '.join(held[:4])}{', …' if len(held) > 4 else ''}" if held else ""
    return Section(origin, np.eye(count)[places], (names[places[0]], names[places[1]]), title)


def place_of(feature: int | str, names: Sequence[str]) -> int:
    """The place of a feature that is given by its place or its name."""
    if isinstance(feature, str):
        if feature not in names:
            raise ValueError(f"there is no feature {feature!r}; there are {', '.join(names)}")
        return list(names).index(feature)
    if not 0 <= feature < len(names):
        raise ValueError(f"there are {len(names)} features, from 0 to {len(names) - 1}; got {feature}")
    return feature
