"""The findings of a search for hyperparameters as a table: scikit-learn's GridSearchCV and RandomizedSearchCV give it.

>>> results = {"params": [{"lr": 0.1}, {"lr": 1.0}], "mean_test_score": [0.5, 0.75], "std_test_score": [0.0, 0.1]}
>>> print(search_table(results))
   lr  score  spread
    1   0.75     0.1
  0.1    0.5       0
"""

from typing import Any

from autograd.notation import number


def results_of(search: Any) -> tuple[list[dict[str, Any]], list[float], list[float]]:
    """The parameters tried, the mean score of each on held-out parts, and its spread.

    TypeError for what is neither.
    """
    results = getattr(search, "cv_results_", search)
    try:
        tried = [dict(each) for each in results["params"]]
        return tried, list(map(float, results["mean_test_score"])), list(map(float, results["std_test_score"]))
    except (TypeError, KeyError, ValueError):
        raise TypeError(
            f"expected a search of scikit-learn after fit, as GridSearchCV, or its cv_results_; got "
            f"{type(search).__name__}"
        ) from None


def search_table(search: Any, most: int = 20) -> str:
    """The parameters that a search tried, best first, with the mean score and its spread over the parts of the data."""
    tried, scores, spreads = results_of(search)
    names = list(dict.fromkeys(name for each in tried for name in each))
    order = sorted(range(len(tried)), key=lambda i: -scores[i])
    lines = [[*names, "score", "spread"]]
    for i in order[:most]:
        cells = [written(tried[i].get(name, "")) for name in names]
        lines.append([*cells, number(scores[i]), number(spreads[i])])
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    text = ["  " + "  ".join(c.rjust(w) for c, w in zip(line, widths, strict=True)) for line in lines]
    return "\n".join([*text, *([f"  … {len(order) - most} more"] if len(order) > most else [])])


def written(value: Any) -> str:
    """A parameter's value in a few characters."""
    return number(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else str(value)
