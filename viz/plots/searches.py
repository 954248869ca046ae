"""A search for hyperparameters as a heat map: the mean score for each pair of values of two parameters.

>>> results = {"params": [{"lr": 0.1, "epochs": 5}, {"lr": 1.0, "epochs": 5}],
...            "mean_test_score": [0.5, 0.75], "std_test_score": [0.0, 0.1]}
>>> ax = plot_search(results)
>>> ax.get_xlabel(), ax.get_ylabel()
('lr', 'epochs')
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.notation import number
from nn.training.search import results_of, written
from viz.graph.theme import blend
from viz.plots.axes import COLOURS, INK, PAPER, axes_or_new

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHADES = [blend(PAPER, COLOURS[0], share) for share in np.linspace(0.05, 0.85, 12)]


def plot_search(search: Any, x: str | None = None, y: str | None = None, ax: "Axes | None" = None) -> "Axes":
    """The best mean score for each pair of values of two parameters; the best of all is framed.

    search  GridSearchCV or RandomizedSearchCV of scikit-learn after fit, or its cv_results_
    x, y    the two parameters (the last two that take several values, if not given)
    """
    from matplotlib.colors import ListedColormap
    from matplotlib.patches import Rectangle

    tried, scores, _ = results_of(search)
    names = list(dict.fromkeys(name for each in tried for name in each))
    several = [name for name in names if len({written(each.get(name)) for each in tried}) > 1]
    free = list(dict.fromkeys(name for name in [*several[::-1], *names[::-1]] if name not in (x, y)))
    x, y = x or next(iter(free), ""), y or next((name for name in free[0 if x else 1 :]), "")
    if x not in names or y not in names:
        raise ValueError(f"expected two of the parameters {', '.join(names)}; got {x!r} and {y!r}")
    columns, rows = values_of(tried, x), values_of(tried, y)
    best = np.full((len(rows), len(columns)), -np.inf)
    for each, score in zip(tried, scores, strict=True):
        place = rows.index(written(each.get(y))), columns.index(written(each.get(x)))
        best[place] = max(best[place], score)
    ax = axes_or_new(ax, "search: mean score on held-out parts", str(x), str(y))
    known = np.ma.masked_invalid(best)
    shown = ax.imshow(known, cmap=ListedColormap(SHADES), origin="lower", aspect="auto")
    dark = known.min() + 0.6 * (known.max() - known.min())
    for (row, column), score in np.ndenumerate(best):
        if np.isfinite(score):
            ax.text(column, row, number(score, 3), ha="center", va="center", color=PAPER if score > dark else INK)
    top = np.unravel_index(np.argmax(best), best.shape)
    ax.add_patch(Rectangle((top[1] - 0.5, top[0] - 0.5), 1, 1, fill=False, edgecolor=INK, linewidth=2.5))
    ax.set_xticks(range(len(columns)), columns)
    ax.set_yticks(range(len(rows)), rows)
    ax.figure.colorbar(shown, ax=ax, label="mean score")
    return ax


def values_of(tried: list[dict[str, Any]], name: str) -> list[str]:
    """The values that a parameter takes, as texts: numbers by size, others in the order of the search."""
    values: dict[str, Any] = {written(each.get(name)): each.get(name) for each in tried}
    if all(isinstance(value, (int, float)) for value in values.values()):
        return sorted(values, key=lambda text: float(values[text]))
    return list(values)
