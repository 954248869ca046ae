"""The errors of the machine's functions, in units in the last place, against mpmath, and their time beside NumPy's.

    pip install -e ".[benchmark]" && python tests/benchmarks/functions.py            (or --points 10000000)

Points are spread evenly over the function's range, near 0 and near its hard places, and over all magnitudes. The worst
points against NumPy's extended precision are measured again by mpmath, with 60 digits.
"""

import argparse
import time

import numpy as np

from autograd import Tape
from autograd.primitives import TABLE

MOST = 100_000  # points at once


def magnitudes(random, low, high, count):
    """Numbers of both signs, evenly spread over the exponents."""
    return np.exp2(random.uniform(np.log2(low), np.log2(high), count)) * random.choice([-1.0, 1.0], count)


# Ranges of points for each function: (random, count) -> points.
RANGES = {
    "exp": [lambda r, n: r.uniform(-745, 709.7, n), lambda r, n: r.uniform(-1, 1, n), lambda r, n: magnitudes(r, 1e-300, 1, n)],
    "expm1": [lambda r, n: r.uniform(-40, 709, n), lambda r, n: r.uniform(-2, 2, n), lambda r, n: magnitudes(r, 1e-300, 1, n)],
    "tanh": [lambda r, n: r.uniform(-20, 20, n), lambda r, n: r.uniform(-1, 1, n), lambda r, n: magnitudes(r, 1e-300, 1, n)],
    "log": [
        lambda r, n: np.abs(magnitudes(r, 5e-324, 1e308, n)), lambda r, n: r.uniform(0.5, 2, n),
        lambda r, n: 1 + magnitudes(r, 1e-15, 0.1, n),
    ],
    "log1p": [
        lambda r, n: r.uniform(-0.999, 3, n), lambda r, n: np.abs(magnitudes(r, 1, 1e308, n)),
        lambda r, n: magnitudes(r, 1e-300, 0.9, n), lambda r, n: np.abs(magnitudes(r, 1e-15, 1, n)) - 1,
    ],
    "sin": [
        lambda r, n: r.uniform(-10, 10, n), lambda r, n: r.uniform(-1e6, 1e6, n), lambda r, n: magnitudes(r, 1e-300, 1e300, n),
        lambda r, n: np.round(r.uniform(-6e5, 6e5, n)) * (np.pi / 2),
    ],
}  # fmt: skip
RANGES["cos"] = RANGES["sin"]


def ulps(name, points):
    """The error of the machine at each point, measured in extended precision."""
    tape = Tape(1, [], [(TABLE[name], (0,))], [1], 1, {})
    got = tape.evaluate([points], "native")[0]
    wanted = getattr(np, name)(points.astype(np.longdouble))
    if name in ("sin", "cos"):  # extended precision is not enough for the reduction of large angles
        wanted = np.where(np.abs(points) > 1e3, got, wanted)
    return np.abs((got - wanted) / np.spacing(np.abs(wanted).astype(float))).astype(float), got


def exact_ulps(name, point, got):
    """The same by mpmath."""
    import mpmath

    mpmath.mp.dps = 400 if name in ("sin", "cos") else 60
    wanted = getattr(mpmath, name)(mpmath.mpf(float(point)))
    return float(abs(mpmath.mpf(float(got)) - wanted) / mpmath.mpf(float(np.spacing(abs(float(wanted))))))


def errors(name, count, random):
    """(the worst error, its point)."""
    worst = (0.0, 0.0)
    for points_of in RANGES[name]:
        for start in range(0, count, MOST):
            points = points_of(random, min(MOST, count - start))
            found, got = ulps(name, points)
            candidates = np.argsort(found)[-20:].tolist()
            if name in ("sin", "cos"):
                candidates += random.randint(0, len(points), 200).tolist()
            worst = max([worst, *((exact_ulps(name, points[i], got[i]), float(points[i])) for i in candidates)])
    return worst


def seconds_of(name, engine):
    points = np.linspace(0.01, 1.5, 4096)
    tape = Tape(1, [], [(TABLE[name], (0,))] * 21, range(1, 22), 21, {})
    tape.evaluate([points], engine)
    times = []
    for _ in range(20):
        start = time.process_time()
        tape.evaluate([points], engine)
        times.append(time.process_time() - start)
    return min(times) / 21 / len(points)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=100_000, help="for each range of each function")
    count = parser.parse_args().points
    print(f"{'function':<10}{'worst error':>14}{'at':>28}{'native':>12}{'NumPy':>12}   {count} points in each range")
    for name in RANGES:
        worst, point = errors(name, count, np.random.RandomState(0))
        times = "".join(f"{seconds_of(name, engine) * 1e9:9.2f} ns" for engine in ("native", "numpy"))
        print(f"{name:<10}{worst:9.2f} ulps{point:28.17g}{times}", flush=True)


if __name__ == "__main__":
    main()
