"""A small chart of numbers in plain text, for a terminal and for those who have no matplotlib.

>>> print(chart([8.0, 4.0, 2.0, 1.0, 0.5], "loss", width=5, height=3))
loss
  8 |*
    | *
0.5 |  ***
    +-----
     0   4
"""

import math
from collections.abc import Sequence

from autograd.notation import number
from viz.plots.scales import WIDE_RANGE


def chart(numbers: Sequence[float], title: str, width: int = 60, height: int = 12) -> str:
    """The numbers from left to right, the last line their places; a column shows the mean of those that fall in it.

    Numbers that are not finite are left out. Where all are positive and far apart, the scale is logarithmic.
    """
    finite = [x for x in numbers if math.isfinite(x)]
    if not finite:
        return f"{title}: no numbers"
    low, high = min(finite), max(finite)
    logarithmic = low > 0.0 and high / low > WIDE_RANGE
    scale = math.log if logarithmic else float
    width = min(width, len(numbers))
    rows = [[" "] * width for _ in range(height)]
    for column in range(width):
        part = [scale(x) for x in numbers[column * len(numbers) // width : (column + 1) * len(numbers) // width]
                if math.isfinite(x)]  # fmt: skip
        if part:
            share = (sum(part) / len(part) - scale(low)) / (scale(high) - scale(low) or 1.0)
            rows[round((1.0 - share) * (height - 1))][column] = "*"
    labels = {0: number(high), height - 1: number(low)}
    margin = max(map(len, labels.values()))
    lines = [f"{labels.get(row, ''):>{margin}} |{''.join(cells).rstrip()}" for row, cells in enumerate(rows)]
    first, last = "0", str(len(numbers) - 1)
    places = f"{first}{last:>{width - 1}}" if len(numbers) > 1 else first
    scale_name = " (logarithmic scale)" if logarithmic else ""
    return "\n".join([f"{title}{scale_name}", *lines, f"{'':{margin}} +{'-' * width}", f"{'':{margin}}  {places}"])
