"""Whether a loss is at a minimum: its gradient and its curvature, and how much the best step could still lower it.

A small gradient alone does not say so, for it is small on a plateau too. At a minimum the loss bends upward in every
direction, and a Newton step, gradient over curvature in each direction, has hardly anything to gain.

>>> from autograd import Value, square
>>> w = Value(1.0)
>>> found = bowl(square(w - 1) + 3, [w])
>>> found.gradient, round(found.lowest, 6), found.gain
(0.0, 2.0, 0.0)
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from autograd import Value, record
from autograd.ieee import silent
from autograd.order import walk

MOST_NODES = 5000  # of the graph: recording it takes some seconds
MOST_WORK = 500_000  # nodes times parameters
STEP = 1e-5  # relative, of the differences of gradients


class Bowl(NamedTuple):
    """The loss around its weights: the norm of its gradient, its curvatures, and what a Newton step could gain."""

    gradient: float
    lowest: float
    highest: float
    gain: float


def bowl(loss: Value, parameters: Sequence[Value]) -> Bowl | None:
    """The bowl around the parameters; None where it would take long to know, or where the numbers are not finite."""
    order = walk(loss)[0]
    here = set(order)
    leaves = [p for p in parameters if p in here]
    if not leaves or len(order) > MOST_NODES or len(order) * len(leaves) > MOST_WORK:
        return None
    with silent():
        tape = record(loss, leaves)
    center = np.array([p.data for p in leaves])
    steps = STEP * np.maximum(1.0, np.abs(center))
    moved = np.diag(steps)
    points = np.concatenate([center[:, None] + moved, center[:, None] - moved, center[:, None]], axis=1)
    with np.errstate(all="ignore"):
        _, ((*slopes,),) = tape.run(list(points), "numpy")
    gradient = np.array([np.broadcast_to(slope, points.shape[1]) for slope in slopes])
    count = len(leaves)
    hessian = (gradient[:, :count] - gradient[:, count : 2 * count]) / (2 * steps)
    if not np.isfinite(gradient).all():
        return None
    curvatures, directions = np.linalg.eigh((hessian + hessian.T) / 2)
    along = directions.T @ gradient[:, -1]
    floor = max(float(np.abs(curvatures).max()) * 1e-6, 1e-300)
    gain = float(np.sum(along**2 / (2 * np.maximum(curvatures, floor))))
    return Bowl(float(np.linalg.norm(along)), float(curvatures[0]), float(curvatures[-1]), gain)
