"""The frames of a film as data for its page: maps in bytes, base64; which points are on the wrong side, in bits.

>>> packed(np.array([0, 255]))
'AP8='
"""

from base64 import b64encode
from collections.abc import Sequence
from math import isqrt
from typing import Any, NamedTuple

import numpy as np

from viz.pages.recorder import UNIT_SIDE, Frame

UNIT_BYTES, LEAST_SIDE = 120_000, 6  # for the maps of all units in all frames; a map with fewer points is none


class Wrong(NamedTuple):
    """The points on the wrong side: for each frame a bit for each point, base64; and those of the last frame."""

    packed: list[str]
    last: list[bool]


def rounded(numbers: Sequence[float]) -> list[float]:
    return [float(f"{number:.4g}") for number in numbers]


def packed(numbers: np.ndarray) -> str:
    return b64encode(numbers.astype(np.uint8).tobytes()).decode()


def are_probabilities(outputs: np.ndarray) -> bool:
    return bool((outputs >= 0.0).all() and (outputs <= 1.0).all())


def maps_of(frames: Sequence[Frame]) -> dict[str, Any]:
    """The maps of all frames: the class where there are several outputs, else a shade from 0 to 255.

    The shade is 127.5 where class 1 begins, at output 0.5 if all are probabilities, else at 0; it grows with the root
    of the distance from there, so that the boundary of an undecided network is precise too.
    """
    outputs = np.array([kept.outputs for kept in frames])
    if outputs.shape[2] > 1:
        return {"several": True, "maps": [packed(kept.argmax(axis=1)) for kept in outputs]}
    if are_probabilities(outputs):
        signed = 2 * outputs - 1
    else:
        reach = np.abs(outputs[np.isfinite(outputs)]).max(initial=0.0) or 1.0
        signed = np.nan_to_num(outputs / reach, nan=0.0, posinf=1.0, neginf=-1.0)
    shades = np.rint(127.5 + 127.5 * np.sign(signed) * np.sqrt(np.abs(signed)))
    return {"several": False, "maps": [packed(kept[:, 0]) for kept in shades]}


def wrong_of(frames: Sequence[Frame], classes: np.ndarray) -> Wrong | None:
    """The points for which the network predicts another class; None where there are more classes than it can tell."""
    predictions = np.array([kept.predictions for kept in frames])
    kinds, labels = np.unique(classes, return_inverse=True)
    outputs = predictions.shape[2]
    if len(kinds) > max(2, outputs):
        return None
    if np.issubdtype(kinds.dtype, np.number) and np.isin(kinds, np.arange(max(2, outputs))).all():
        labels = classes.astype(int)  # as where class 0 is absent
    elif set(kinds.tolist()) <= {-1, 1}:
        labels = (classes > 0).astype(int)
    if outputs == 1:
        grids = [kept.outputs for kept in frames if kept.outputs is not None]
        middle = 0.5 if are_probabilities(predictions) and all(map(are_probabilities, grids)) else 0.0
        predicted = (predictions[:, :, 0] > middle).astype(int)
    else:
        predicted = predictions.argmax(axis=2)
    wrong = (predicted != labels) | ~np.isfinite(predictions).all(axis=2)
    return Wrong([packed(np.packbits(frame)) for frame in wrong], wrong[-1].tolist())


def units_of(frames: Sequence[Frame], widths: Sequence[int]) -> dict[str, Any] | None:
    """The map of each hidden unit in each frame: from 0 for the lowest activation of its layer to 255 for the highest.

    None where there are too many units and frames for maps that could be read.
    """
    side = min(UNIT_SIDE, isqrt(UNIT_BYTES // (len(frames) * sum(widths))))
    if side < LEAST_SIDE or frames[0].units is None:
        return None
    some = np.linspace(0, UNIT_SIDE - 1, side).round().astype(int)
    numbers = np.array([kept.units for kept in frames]).reshape(len(frames), UNIT_SIDE, UNIT_SIDE, sum(widths))
    numbers = np.nan_to_num(numbers[:, some][:, :, some], nan=0.0, posinf=0.0, neginf=0.0)
    first = 0
    for width in widths:
        layer = numbers[:, :, :, first : first + width]
        low, high = float(layer.min()), float(layer.max())
        numbers[:, :, :, first : first + width] = (layer - low) * (255 / (high - low) if high > low else 0.0)
        first += width
    maps = [packed(np.rint(np.moveaxis(frame, 2, 0))) for frame in numbers]
    return {"unitSide": side, "units": maps}
