"""The time of large pictures: of our own layout and Graphviz's `dot` in one run, and of the budgets of pictures.

python tests/benchmarks/pictures.py

Times are those of the processor, so that other programs count little. A budget is printed beside each.
"""

import random
import shutil
import subprocess
import time

import autograd
import viz
from autograd import Value
from nn import MLP, mse_loss
from viz.graph.layout import lay_out
from viz.graph.mpl import write_image
from viz.graph.picture import picture_of
from viz.graph.svg import write_svg


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
        start = time.process_time()
        run()
        times.append(time.process_time() - start)
    return min(times)


def dot(wires):
    text = "digraph {rankdir=LR;" + "".join(f"{a}->{b};" for a, b in wires) + "}"
    start = time.perf_counter()
    subprocess.run(["dot", "-Tplain"], input=text.encode(), capture_output=True, check=True)
    return time.perf_counter() - start


def wide_sum():
    """A sum of 725 products: 1 451 nodes."""
    return autograd.sum([Value(0.1 * i, f"x{i}") * 2.0 for i in range(725)])


def random_graph():
    """1 440 nodes, each of two nodes before it, and the sum of those that nobody uses."""
    rng = random.Random(0)
    nodes = [Value(rng.uniform(-1.0, 1.0)) for _ in range(10)]
    used = set()
    while len(nodes) < 1440:
        a, b = rng.choice(nodes), rng.choice(nodes)
        used |= {a, b}
        nodes.append(a * b if rng.random() < 0.5 else a + b)
    return autograd.sum([node for node in nodes if node not in used])


def chain_of_products():
    """x * y + x * y + …, 700 terms."""
    x, y = Value(2.0, "x"), Value(3.0, "y")
    total = x * y
    for _ in range(699):
        total = total + x * y
    return total


def loss_of_a_network():
    """About 500 nodes."""
    model = MLP(8, [12, 10, 1], activation="tanh", seed=0)
    loss = mse_loss([model([Value(0.5) for _ in range(8)])], [1.0])
    loss.backward()
    return loss


BUDGETS = [
    ("viz.step of a sum of 725 products", wide_sum, viz.step, 0.5),
    ("SVG of 1 440 random nodes", random_graph, lambda f: write_svg(picture_of(f)), 0.5),
    ("SVG of 700 terms x * y", chain_of_products, lambda f: write_svg(picture_of(f)), 1.0),
    ("PNG of 500 nodes by matplotlib", loss_of_a_network, lambda f: write_image(picture_of(f), "png"), 1.0),
]


if __name__ == "__main__":
    for title, made, run, budget in BUDGETS:
        graph = made()
        run(graph)  # what is imported and cached at first
        print(f"{title}: {best(lambda: run(graph), 3):.2f} s, budget {budget} s")  # noqa: B023 (it is called at once)
    for widths in ([3, 5, 4, 1], [10, 20, 10, 1], [20, 40, 36, 4]):
        count, wires = network(widths)
        ours = best(lambda: lay_out([(50.0, 36.0)] * count, wires), 3)  # noqa: B023 (it is called at once)
        line = f"{count:6} nodes: ours {ours:6.3f} s"
        if shutil.which("dot") and count < 2000:
            line += f", dot {dot(wires):6.3f} s"
        print(line)
