"""Cost over size: seconds per node from 10 to 10⁶ nodes, seconds per sample from 1 to 10⁶ samples; a table and a figure.

    pip install -e ".[benchmark]" && python tests/benchmarks/scale.py            (or --most 100000, --figure scale.png)

A line that is level costs the same per node or sample at every size: nothing grows faster than its input. Processor
time, the best of several repetitions; a recording is made once. The eager pass of many samples stops at a thousand.
"""

import argparse
import random
import time

import numpy as np

import nn
from autograd import Value, gradients, record
from autograd import sum as total

ROUTES = ("eager", "record", "numpy", "native")
# Colours that all eyes can tell apart (Okabe and Ito), and a marker of its own for each line.
LOOKS = dict(zip(ROUTES, (("#D55E00", "o"), ("#999999", "v"), ("#0072B2", "s"), ("#009E73", "^")), strict=True))
MOST_EAGER = 1000  # samples


def best(run, seconds=0.2):
    """Processor time of one call: the best of three rounds, each of about so many seconds, or of a single long one."""
    start = time.process_time()
    run()
    first = time.process_time() - start
    if first > 5 * seconds:
        return first
    count, times = max(1, int(seconds / (first + 1e-7))), []
    for _ in range(3):
        start = time.process_time()
        for _ in range(count):
            run()
        times.append((time.process_time() - start) / count)
    return min(times)


def graph(nodes, leaves):
    """A graph of so many nodes over these leaves: y = tanh(y a + b) · 0.9, again and again, up to 100 side by side."""
    choose = random.Random(0).choice
    chains = [choose(leaves) for _ in range(min(100, nodes // 5))]
    for i in range((nodes - 1) // 4):
        y = chains[i % len(chains)]
        chains[i % len(chains)] = (y * choose(leaves) + choose(leaves)).tanh() * 0.9
    return total(chains)


def by_nodes(nodes):
    """Seconds for the value and the gradients of a graph: built and gone back through, recorded, run again."""
    leaves = [Value(0.5 + i / 1000) for i in range(min(1000, nodes))]
    times = {"eager": best(lambda: gradients(graph(nodes, leaves), leaves))}
    y = graph(nodes, leaves)
    times["record"] = best(lambda: record(y, leaves))
    tape, point = record(y, leaves), np.array([leaf.data for leaf in leaves])
    for engine in ("numpy", "native"):
        tape.evaluate(point, engine)  # the plan, or the machine's code, is made once
        times[engine] = best(lambda engine=engine: tape.evaluate(point, engine))
    return times


def by_samples(samples):
    """Seconds for a network 2-16-16-1 and its gradient in both inputs, at so many points."""
    model, x = nn.MLP(2, [16, 16, 1], "tanh", "linear", seed=0), [Value(0.1), Value(-0.2)]
    points = np.random.RandomState(0).uniform(-1, 1, (2, samples))
    times = {}
    if samples <= MOST_EAGER:
        times["eager"] = best(lambda: [eager_gradient(model, point) for point in points.T.tolist()])
    tape = record(model(x), x)
    for engine in ("numpy", "native"):
        tape.evaluate(list(points), engine)
        times[engine] = best(lambda engine=engine: tape.evaluate(list(points), engine))
    return times


def eager_gradient(model, point):
    x = list(map(Value, point))
    return gradients(model(x), x)


def table(title, measure, sizes):
    """Print seconds for one of so many, line by line, and return them: {size: {route: seconds}}."""
    print(f"\n{title:>12}" + "".join(f"{route:>14}" for route in ROUTES))
    rows = {}
    for size in sizes:
        rows[size] = {route: seconds / size for route, seconds in measure(size).items()}
        cells = (f"{rows[size][route] * 1e9:11.1f} ns" if route in rows[size] else " " * 14 for route in ROUTES)
        print(f"{size:12}" + "".join(cells), flush=True)
    return rows


def draw(tables, file):
    """Both tables as curves, logarithmic on both axes."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    for axis, (title, rows) in zip(axes, tables.items(), strict=True):
        for route, (colour, marker) in LOOKS.items():
            sizes = [size for size in rows if route in rows[size]]
            if sizes:
                axis.loglog(sizes, [rows[n][route] for n in sizes], color=colour, marker=marker, label=route)
        axis.set_xlabel(title)
        axis.set_ylabel(f"seconds per {title[:-1]}")
        axis.grid(alpha=0.3)
        axis.legend()
    axes[0].set_title("value and gradients of one graph")
    axes[1].set_title("a network 2-16-16-1 at many points")
    figure.savefig(file, dpi=110, metadata={"Software": None})
    print(f"\nsaved {file}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--most", type=int, default=10**6, help="nodes, and samples")
    parser.add_argument("--figure", default="examples/pictures/scale.png", help="the file to draw into")
    given = parser.parse_args()
    sizes = [10**k for k in range(7) if 10**k <= given.most]
    tables = {
        "nodes": table("nodes", by_nodes, [size for size in sizes if size >= 10]),
        "samples": table("samples", by_samples, sizes),
    }
    draw(tables, given.figure)


if __name__ == "__main__":
    main()
