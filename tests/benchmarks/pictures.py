"""How long the layout of a large graph takes, by us and by Graphviz's `dot`, in one run.

python tests/benchmarks/pictures.py
"""

import shutil
import subprocess
import time

from viz.graph.layout import lay_out


def network(widths):
    """Nodes and wires of a network: each layer is wired to the next one by a product for each weight."""
    wires, layer, count = [], list(range(widths[0])), widths[0]
    for width in widths[1:]:
        sums = []
        for _ in range(width):
            products = []
            for node in layer:
                wires += [(node, count + 1), (count, count + 1)]  # a weight and its product
                products.append(count + 1)
                count += 2
            wires += [(product, count) for product in products]
            sums.append(count)
            count += 1
        layer = sums
    return count, wires


def best(run, repeat):
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


def dot(wires):
    text = "digraph {rankdir=LR;" + "".join(f"{a}->{b};" for a, b in wires) + "}"
    subprocess.run(["dot", "-Tplain"], input=text.encode(), capture_output=True, check=True)


if __name__ == "__main__":
    for widths in ([3, 5, 4, 1], [10, 20, 10, 1], [20, 40, 36, 4]):
        count, wires = network(widths)
        ours = best(lambda: lay_out([(50.0, 36.0)] * count, wires), 3)  # noqa: B023 (it is called at once)
        line = f"{count:6} nodes: ours {ours:6.3f} s"
        if shutil.which("dot") and count < 2000:
            by_dot = best(lambda: dot(wires), 1)  # noqa: B023 (it is called at once)
            line += f", dot {by_dot:6.3f} s"
        print(line)
