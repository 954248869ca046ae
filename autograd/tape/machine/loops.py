"""The loops that drive the machine, compiled by numba: over the chunks of samples, and over the batches of training.

A place is a row times the number of lanes. Places are unsigned, so that numba need not ask whether they count from the
end.
"""

from typing import Any

import numpy as np
from numba import float64, int64, uint64

NUMBERS, TABLE, RUNS, PLACES = float64[::1], float64[:, ::1], uint64[:, ::1], uint64[::1]
execute: Any = None  # the machine stands here when it is made


def fill(matrix: Any, place: Any, lanes: Any, number: Any) -> None:
    """The same number in all lanes of a row, by blocks."""
    end = place + lanes
    while place < end:
        matrix[place] = matrix[place + uint64(1)] = matrix[place + uint64(2)] = matrix[place + uint64(3)] = number
        place += uint64(4)


def blocks_of(active: Any) -> Any:
    """The lanes of as many blocks as hold so many samples."""
    return uint64((active + 3) // 4 * 4)


def spread(matrix: Any, places: Any, lanes: Any) -> None:
    """Copy the first lane of these rows to all lanes. The code that runs once computes only the first lane."""
    for place in places:
        fill(matrix, place, lanes, matrix[place])


def replay(
    once_runs: Any, once: Any, each_runs: Any, each: Any, shared: Any, matrix: Any, lanes: Any, columns: Any,
    column_places: Any, out: Any, totals: Any,
) -> None:  # fmt: skip
    """Run a program on all samples, chunk by chunk; the results of each go to `out`."""
    samples, most = out.shape[1], int64(lanes)
    execute(once_runs, once, matrix, uint64(4), 1, out, 0, totals)
    spread(matrix, shared, lanes)
    for start in range(0, samples, most):
        active = min(most, samples - start)
        for column in range(columns.shape[0]):
            for lane in range(active):
                matrix[column_places[column] + uint64(lane)] = columns[column, start + lane]
        execute(each_runs, each, matrix, blocks_of(active), active, out, start, totals)


def descend(
    once_runs: Any, once: Any, each_runs: Any, each: Any, update_runs: Any, update: Any,
    shared: Any, column_places: Any, fresh_places: Any, uniform: Any, slope_places: Any, state_places: Any,
    new: Any, handed_on: Any, count_places: Any, rate_place: Any, matrix: Any, lanes: Any, totals: Any, columns: Any,
    fresh: Any, order: Any, batch: Any, rates: Any, losses: Any, slopes: Any, previous: Any, out: Any, begin: Any,
) -> Any:  # fmt: skip
    """Epochs of training: for each batch the mean of loss and gradients over its samples, then the update.

    Returns (epochs done, the first sample of the batch at which it stopped); it stops before the update where the loss
    is not finite or a guard is broken.
    """
    (epochs, samples), most = order.shape, int64(lanes)
    for epoch in range(epochs):
        matrix[rate_place] = rates[epoch]
        samples_of = order[epoch]
        total = 0.0
        for first in range(begin if epoch == 0 else 0, samples, batch):
            size = min(batch, samples - first)
            execute(once_runs, once, matrix, uint64(4), 1, out, 0, totals)
            spread(matrix, shared, lanes)
            for start in range(first, first + size, most):
                active = min(most, first + size - start)
                for column in range(columns.shape[0]):
                    place, numbers = column_places[column], columns[column]
                    for lane in range(active):
                        matrix[place + uint64(lane)] = numbers[samples_of[start + lane]]
                for column in range(fresh.shape[1]):
                    for lane in range(active):
                        matrix[fresh_places[column] + uint64(lane)] = fresh[epoch, column, start + lane]
                execute(each_runs, each, matrix, blocks_of(active), active, out, start, totals)
            for i in range(uniform.shape[0]):
                totals[uniform[i, 0]] = matrix[uniform[i, 1]] * size
            loss, broken = totals[0], totals[1]
            if not np.isfinite(loss) or broken != 0.0:
                losses[epoch] = total
                return epoch, first
            total += loss
            share = 1.0 / size
            for i in range(slope_places.shape[0]):
                slopes[epoch, i] = matrix[slope_places[i]] = totals[2 + i] * share
            totals[:] = 0.0
            for i in range(previous.shape[0]):
                previous[i] = matrix[state_places[i]]
            for place in count_places:
                matrix[place] += 1.0
            execute(update_runs, update, matrix, uint64(4), 1, out, 0, totals)
            for i in range(new.shape[0]):
                fill(matrix, new[i, 0], lanes, matrix[new[i, 1]])
            for i in range(handed_on.shape[0]):
                fill(matrix, handed_on[i, 0], lanes, previous[handed_on[i, 1]])
        losses[epoch] = total / samples
    return epochs, 0


REPLAY = (RUNS, PLACES, RUNS, PLACES, PLACES, NUMBERS, uint64, TABLE, PLACES, TABLE, NUMBERS)
DESCEND = (
    RUNS, PLACES, RUNS, PLACES, RUNS, PLACES,
    PLACES, PLACES, PLACES, RUNS, PLACES, PLACES,
    RUNS, RUNS, PLACES, uint64, NUMBERS, uint64, NUMBERS, TABLE,
    float64[:, :, ::1], int64[:, ::1], int64, NUMBERS, NUMBERS, TABLE, NUMBERS, TABLE, int64,
)  # fmt: skip
