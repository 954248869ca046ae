"""Wrong answers as a student gives them: one mistake in a backward pass written out here, and rounding to a few digits.

This is an oracle for check_by_hand: it shares no code with slips.py, and runs the whole pass again with the mistake in it.
"""

import math
import random
import warnings

from autograd import Value, parse
from autograd.order import topological_order

GRAPHS = [
    "(x + y) * z", "x*y + z", "q = x + y; q * q", "(w*x + b)**2", "(x*y + sin(x)) * y", "x**2 * y + y**3", "exp(x*y) + x",
    "1/(1 + exp(-(w*x + b)))", "(sigmoid(w*x + b) - t)**2", "relu(w*x + b) * v + c", "maximum(x, y) * z", "q = x*y; (q + x) * (q + y)",
    "log(x**2 + 1) * y", "tanh(w*x + b)", "x / y + y", "(x - y)**2 + (x + y)", "sqrt(x**2 + y**2)", "p = x + y; q = p * y; q + p * x",
    "w*x*x", "x*x*x", "3*x**2 + 2*x*y", "sin(x)**2", "square(w*x - t) + 0.5*w**2", "q = w*x; relu(q) + q*b",
]  # fmt: skip


def random_graph(rng):
    """A small graph at numbers that a student might be given."""
    text = rng.choice(GRAPHS)
    while True:
        values = {}
        for name in "xyzwbtvc":
            decimal = rng.random() < 0.4
            values[name] = rng.choice([-1, 1]) * (round(rng.uniform(0.2, 3), 1) if decimal else rng.randint(1, 5))
        while True:  # leave away what the text does not use
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    f = parse(text, **values)
                break
            except ValueError as error:
                unused = str(error).split("does not use ")[1].split(":")[0].split(", ")
                values = {name: number for name, number in values.items() if name not in unused}
        if all(math.isfinite(node.data) and abs(node.data) < 1e4 for node in topological_order(f)):
            return text, f


def locals_of(node):
    numbers = [o if isinstance(o, float) else o.data for o in node.operands]
    return node.op.partials(*numbers, node.data)


def wrong_gradients(f, mistake=None, site=None, decimals=None):
    """∂f/∂node of all nodes, with one mistake at one use, or with rounding everywhere."""
    order = topological_order(f)
    data = {node: node.data for node in order}
    if decimals is not None:
        for node in order:
            if node.op:
                operands = [o if isinstance(o, float) else data[o] for o in node.operands]
                data[node] = round(node.op.forward(*operands), decimals)
    grad = dict.fromkeys(order, 0.0)
    grad[f] = 1.0
    for node in reversed(order):
        if node.op is None:
            continue
        numbers = [o if isinstance(o, float) else data[o] for o in node.operands]
        slopes = node.op.partials(*numbers, data[node])
        for position, (operand, slope) in enumerate(zip(node.operands, slopes, strict=True)):
            if isinstance(operand, float):
                continue
            upstream = grad[node]
            contribution = upstream * slope
            if decimals is not None:
                contribution = round(upstream * round(slope, decimals), decimals)
            elif (node, position) == site:
                other = slopes[1 - position] if mistake == "other operand" else 0.0
                contribution = {
                    "upstream": slope,
                    "sign": -upstream * slope,
                    "other operand": upstream * other,
                    "forgotten node": upstream,
                    "value": upstream * node.data,
                    "factor": upstream * slope / 2,
                }.get(mistake, contribution)
            if mistake == "last use" and (site is None or operand is site):
                grad[operand] = contribution
            else:
                grad[operand] += contribution
    return grad


def edges_to(f, x):
    """The uses on a way from f to x."""
    order = topological_order(f)
    below = {x}
    for node in order:
        if any(o in below for o in node.operands if isinstance(o, Value)):
            below.add(node)
    return [
        (n, i) for n in order for i, o in enumerate(n.operands) if isinstance(o, Value) and o in below and n in below
    ]


def path_product(rng, f, x):
    """The product of the locals along a random route from f to x; and how many choices there were."""
    uses = edges_to(f, x)
    node, product, choices = f, 1.0, 1
    while node is not x:
        ways = [(n, i) for n, i in uses if n is node]
        choices *= len(ways)
        _, i = rng.choice(ways)
        product, node = product * locals_of(node)[i], node.operands[i]
    return product, choices


def wrong_answer(rng, kind, f, x):
    """The gradient in x with one mistake of this kind, or None where the graph gives no occasion for it."""
    uses = edges_to(f, x)
    near = [(n, i) for n, i in uses if n.operands[i] is x]
    site = rng.choice(near if rng.random() < 0.7 else uses)
    node, position = site
    if kind == "sign" and rng.random() < 0.6:
        return -wrong_gradients(f)[x]
    if kind == "value" and rng.random() < 0.5:
        return x.data
    if kind == "value" and sum(isinstance(o, Value) for o in node.operands) > 1:
        return None
    if kind == "lost route":
        product, choices = path_product(rng, f, x)
        return wrong_gradients(f)[x] - product if choices > 1 else None
    if kind == "rounding":
        return wrong_gradients(f, decimals=rng.choice([1, 2]))[x]
    if kind == "last use":
        if rng.random() < 0.3:  # another use than the last is kept
            x_uses = [(n, i) for n, i in uses if n.operands[i] is x]
            grad, (user, place) = wrong_gradients(f), rng.choice(x_uses)
            return grad[user] * locals_of(user)[place]
        return wrong_gradients(f, kind, rng.choice([None, node.operands[position]]))[x]
    if kind == "other operand" and (len(node.operands) != 2 or None in locals_of(node)):
        return None
    if kind == "factor" and not (
        node.op.name == "square" or (node.op.name == "pow_number" and node.operands[1] == 2.0)
    ):
        return None
    return wrong_gradients(f, kind, site)[x]


def wrong_answers(count, seed):
    """`count` times a graph, a leaf, the kind of a mistake and what is typed; the answer is wrong."""
    rng = random.Random(seed)
    kinds = [
        "upstream",
        "sign",
        "last use",
        "other operand",
        "lost route",
        "forgotten node",
        "value",
        "factor",
        "rounding",
    ]
    while count:
        text, f = random_graph(rng)
        leaves = [node for node in topological_order(f) if node.op is None]
        x, kind = rng.choice(leaves), rng.choice(kinds)
        number = wrong_answer(rng, kind, f, x)
        if number is None or not math.isfinite(number):
            continue
        typed = f"{number:.{rng.choice([2, 3, 4])}g}"
        yield text, f, x, kind, typed
        count -= 1
