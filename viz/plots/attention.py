"""Attention as a picture: for each head a square map of which place looks at which, and how much.

A row of the map is a place; its shares of the places up to itself add to 1. Later places are empty: no place looks
ahead.

>>> from nn import CausalAttention
>>> attention = CausalAttention(4, heads=2, seed=0)
>>> ax = plot_attention(attention.weights([[1.0, 0.0, 2.0, 0.5]] * 3), ["a", "b", "c"])
>>> [each.get_title() for each in ax.figure.axes[:2]], [label.get_text() for label in ax.get_yticklabels()]
(['head 1', 'head 2'], ['a', 'b', 'c'])
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.value import number_of
from viz.graph.theme import blend
from viz.plots.axes import COLOURS, INK, PAPER, panels

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHADES = [blend(PAPER, COLOURS[0], share) for share in np.linspace(0.0, 0.9, 64)]
MOST_WRITTEN = 8  # places; with more of them no number fits into a square
MOST_LABELS = 10  # at a side; of more of them each second or third is written


def plot_attention(weights: Sequence[Sequence[Sequence[Any]]], labels: Sequence[str] | None = None) -> "Axes":
    """A square map for each head; the axes of the first one.

    weights  for each place and head the weights of the places up to its own, as `CausalAttention.weights(rows)` gives
    labels   what stands at each place (its number, if not given)

    ValueError if a place has not as many weights as places up to it, or if there are more or fewer labels than places.
    """
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import ListedColormap, Normalize

    maps = maps_of(weights)
    heads, places, _ = maps.shape
    names = [str(i + 1) for i in range(places)] if labels is None else [str(label) for label in labels]
    if len(names) != places:
        raise ValueError(f"expected a label for each of {places} places, got {len(names)} labels")
    every = -(-places // MOST_LABELS)
    shades, scale = ListedColormap(SHADES), Normalize(0.0, 1.0)
    titles = [f"head {i + 1}" for i in range(heads)] if heads > 1 else [""]
    axes = panels(titles, "attention: who looks at whom", "at", "who looks")
    for ax, shares in zip(axes, maps, strict=True):
        ax.imshow(np.ma.masked_invalid(shares), cmap=shades, norm=scale)
        ax.grid(False)
        ax.set_xticks(range(0, places, every), names[::every])
        ax.set_yticks(range(0, places, every), names[::every])
        ax.step(np.arange(places + 1) - 0.5, [-0.5, *np.arange(places) - 0.5], color=INK, lw=0.8)
        for (row, column), share in np.ndenumerate(shares):
            if places <= MOST_WRITTEN and column <= row:
                colour = PAPER if share > 0.6 else INK
                ax.text(column, row, f"{share:.2f}", ha="center", va="center", color=colour, fontsize="small")
    axes[0].figure.colorbar(ScalarMappable(scale, shades), ax=axes, label="share of what a place looks at")
    return axes[0]


def maps_of(weights: Sequence[Sequence[Sequence[Any]]]) -> np.ndarray:
    """The numbers by head, row and column; nan where a place would look ahead."""
    places, heads = len(weights), len(weights[0]) if len(weights) else 0
    if not heads:
        raise ValueError("expected the weights of at least one place and head, as CausalAttention.weights(rows) gives")
    maps = np.full((heads, places, places), np.nan)
    for place, by_head in enumerate(weights):
        if len(by_head) != heads:
            raise ValueError(f"place 1 has weights of {heads} heads, place {place + 1} of {len(by_head)}")
        for head, shares in enumerate(by_head):
            if len(shares) != place + 1:
                raise ValueError(
                    f"place {place + 1} looks at the places up to itself: expected {place + 1} weights, "
                    f"got {len(shares)}"
                )
            maps[head, place, : place + 1] = [number_of(x) for x in shares]
    return maps
