"""backstep's derivatives against PyTorch's, on random scalar graphs: first, second and third order.

    pip install -e ".[benchmark]" && python tests/benchmarks/fuzz.py --graphs 20000 --seed 0

A program is a list of numbers for the leaves and a list of instructions, each a row of the table on earlier results and
plain numbers. Its leaves are random or singular (0, -0.0, infinities, nan, 1, 1e-160, 20, 40). Both sides run it. First
order is the gradient f' in all leaves, second order the gradient of one entry of f', third order that of one entry of
f''. backstep says each of them in four ways: backward(), gradients(), gradients(create_graph=True), record(...).run.

A difference is made smaller until no part of the program can be left out. It counts as rounding where it is not larger
than what backstep's own result changes by when every intermediate number is changed in its last digits, or PyTorch's
when the leaves are. The others are told by kind: the rows, the order, and which sides are finite, infinite or nan, with the smallest program of each kind.
Kinds that the table of conventions in examples/reference.md states are counted apart: STATED names them.
"""

import argparse
import math
import random
import time
import warnings
from collections import Counter
from dataclasses import dataclass, replace
from functools import reduce

import torch
from torch.nn import functional as F

from autograd import Value, gradients, record
from autograd.order import topological_order
from autograd.primitives import TABLE

torch.set_num_threads(1)

SINGULAR = [0.0, -0.0, math.inf, -math.inf, math.nan, 1.0, -1.0, 1e-160, -1e-160, 20.0, -20.0, 40.0, -40.0, 0.5, 2.0]
NOISE = 2.0**-48  # how much the last digits are changed to see what rounding can do
LIMIT = 1e-9  # two results that differ by less, relatively, are the same


def tensor(x):
    return x if isinstance(x, torch.Tensor) else torch.tensor(x, dtype=torch.float64)


# PyTorch's name for each row. Where a row takes a number by nature, so does PyTorch's function.
ON_NUMBERS = {
    "pow_number": torch.pow,
    "leaky_relu": lambda x, slope: F.leaky_relu(x, slope),
    "elu": lambda x, alpha: F.elu(x, alpha),
}
ON_TENSORS = {
    "add": torch.add, "sub": torch.sub, "mul": torch.mul, "div": torch.div, "neg": torch.neg, "pow_value": torch.pow,
    "square": torch.square, "sqrt": torch.sqrt, "hypot": torch.hypot, "exp": torch.exp, "exp2": torch.exp2,
    "expm1": torch.expm1, "log": torch.log, "log1p": torch.log1p, "log10": torch.log10, "log2": torch.log2,
    "logaddexp": torch.logaddexp, "sin": torch.sin, "cos": torch.cos, "tan": torch.tan, "arcsin": torch.asin,
    "arccos": torch.acos, "arctan": torch.atan, "sinh": torch.sinh, "cosh": torch.cosh, "tanh": torch.tanh,
    "arcsinh": torch.asinh, "arccosh": torch.acosh, "arctanh": torch.atanh, "arctan2": torch.atan2, "abs": torch.abs,
    "sign": torch.sign, "maximum": torch.maximum, "minimum": torch.minimum, "relu": torch.relu,
    "sigmoid": torch.sigmoid, "erf": torch.erf, "erfc": torch.erfc, "gelu": F.gelu,
    "sum": lambda *xs: reduce(torch.add, xs),
    "step": lambda x: torch.relu(torch.sign(x)),  # torch.heaviside has no derivative
    "greater": lambda x, y: (x > y).double(),
    "equal": lambda x, y: (x == y).double(),
    "where": lambda c, x, y: torch.where(c != 0, x, y),
    "softplus": lambda x: F.softplus(x, threshold=700),
    "bce": F.binary_cross_entropy,
}  # fmt: skip
ROWS = [name for name in TABLE if name in ON_NUMBERS or name in ON_TENSORS]


@dataclass(frozen=True)
class Program:
    """`leaves` are numbers; an instruction is (row, operands): an int is a slot, a float is a plain number.

    The derivative asked for is f' for the path (), the gradient of f'[i] for (i,), that of f''[i][j] for (i, j).
    """

    leaves: tuple[float, ...]
    code: tuple[tuple[str, tuple[int | float, ...]], ...]
    path: tuple[int, ...]

    def __str__(self):
        names = [*"abcdefghijklmnop"[: len(self.leaves)], *(f"t{i}" for i, _ in enumerate(self.code, 1))]
        lines = [f"{name} = {x!r}" for name, x in zip(names, self.leaves, strict=False)]
        for name, (row, operands) in zip(names[len(self.leaves) :], self.code, strict=True):
            lines.append(f"{name} = {row}({', '.join(names[o] if isinstance(o, int) else repr(o) for o in operands)})")
        return "; ".join(lines) + "; " + "".join(f"d/d{names[i]} " for i in self.path) + "gradient"


def random_program(rng, most=6):
    def number():
        return rng.choice(SINGULAR) if rng.random() < 0.4 else rng.uniform(-3, 3)

    leaves = tuple(number() for _ in range(rng.randint(1, 3)))
    code = []
    for _ in range(rng.randint(1, most)):
        row, slots = rng.choice(ROWS), len(leaves) + len(code)
        operands = [rng.randrange(slots) for _ in range(TABLE[row].arity or rng.randint(1, 4))]
        if row in ON_NUMBERS:
            operands[1] = rng.choice([0.0, 0.5, 1.0, 1.5, 2.0, 3.0, -1.0, -0.5, 0.01]) if row == "pow_number" else 0.25
        elif len(operands) > 1 and row != "sum" and rng.random() < 0.2:
            operands[rng.randrange(len(operands))] = number()
        code.append((row, tuple(operands)))
    return Program(leaves, tuple(code), tuple(rng.randrange(len(leaves)) for _ in range(rng.randint(0, 2))))


# ── The two sides ─────────────────────────────────────────────────────────────────────────────────────────────────────


def backstep(program, noise=0.0):
    """The nodes of the program; with noise each use of a node is a bit off, except where numbers are compared."""
    nodes = [Value(x) for x in program.leaves]
    for position, (name, operands) in enumerate(program.code):
        row = TABLE[name]
        given = [nodes[o] if isinstance(o, int) else o for o in operands]
        if noise and not row.shut and not row.no_edge:
            given = [
                o * (1 + (position + 2 * i + 1) * noise) if isinstance(o, Value) else o for i, o in enumerate(given)
            ]
        nodes.append(row(given) if name == "sum" else row(*given))
    return nodes


def derivative(program, noise=0.0):
    """(leaves, what the path leads to): f, an entry of f', or one of f''."""
    nodes = backstep(program, noise)
    leaves, f = nodes[: len(program.leaves)], nodes[-1]
    for i in program.path:
        f = gradients(f, leaves, create_graph=True)[i]
    return leaves, f


def ways(program):
    """The derivatives of backstep, by the name of the way it says them."""
    leaves, f = derivative(program)
    f.backward()
    _, (replayed,) = record(f, leaves).run([leaf.data for leaf in leaves])
    return {
        "gradients()": gradients(f, leaves),
        "backward()": [0.0 if leaf.grad is None else leaf.grad for leaf in leaves],
        "create_graph=True": [slope.data for slope in gradients(f, leaves, create_graph=True)],
        "record(...).run": replayed,
    }


def spread(program):
    """How far the derivatives move when the last digits of all intermediate numbers are changed."""
    exact, moved = ways(program)["gradients()"], [0.0] * len(program.leaves)
    for noise in [k * NOISE for k in (1, -1, 3, -5, 7, -11, 13, -17)]:
        leaves, f = derivative(program, noise)
        moved = [max(m, abs(a - b)) for m, a, b in zip(moved, gradients(f, leaves), exact, strict=True)]
    return moved


def spread_of_pytorch(program):
    """How far PyTorch's derivatives move when the last digits of the leaves are changed."""
    exact = pytorch(program)[1]
    others = [
        pytorch(replace(program, leaves=tuple(x * (1 + k * NOISE) for x in program.leaves))) for k in (0, 1, -3, 7)
    ]
    return [max(abs(other[1][i] - x) for other in others if other) for i, x in enumerate(exact)]


def pytorch(program):
    """(all values, the derivatives); None where PyTorch refuses the program."""
    leaves = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in program.leaves]
    nodes = list(leaves)
    try:
        for name, operands in program.code:
            given = [nodes[o] if isinstance(o, int) else o for o in operands]
            if name in ON_NUMBERS:
                nodes.append(ON_NUMBERS[name](*given))
            else:
                nodes.append(ON_TENSORS[name](*map(tensor, given)))
        f = nodes[-1]
        for i in (*program.path, None):
            if not f.requires_grad:
                return nodes, [0.0] * len(leaves)
            slopes = torch.autograd.grad(f, leaves, create_graph=True, allow_unused=True)
            slopes = [tensor(0.0) if slope is None else slope for slope in slopes]
            if i is not None:
                f = slopes[i]
    except (RuntimeError, NotImplementedError) as error:
        known = ("all elements of", "ZeroTensors")  # bce of what is no probability; a limit of PyTorch's own
        if not any(reason in str(error) for reason in known):
            raise
        return None
    return nodes, [slope.item() for slope in slopes]


# ── Differences ───────────────────────────────────────────────────────────────────────────────────────────────────────


def sort_of(x):
    return "nan" if x != x else "inf" if math.isinf(x) else "0" if x == 0 else "finite"


def same(x, y):
    return x == y or (x != x and y != y) or abs(x - y) <= LIMIT * max(abs(x), abs(y)) < math.inf or abs(x - y) < 1e-300


def difference(program):
    """(way, entry, backstep's number, PyTorch's) of the first difference, or None."""
    theirs = pytorch(program)
    if theirs is None:
        return None
    for way, ours in ways(program).items():
        for i, (x, y) in enumerate(zip(ours, theirs[1], strict=True)):
            if not same(x, y):
                return way, i, x, y
    return None


def rows_used(program):
    return " ".join(sorted({name for name, _ in program.code}))


def operands_of(program, *rows):
    """The numbers that come into these rows, one list for each instruction."""
    numbers = [node.data for node in backstep(program)]
    return [
        [numbers[o] if isinstance(o, int) else o for o in operands] for row, operands in program.code if row in rows
    ]


def out_of_range(program):
    """Whether an intermediate number is too large or too small for a float, on the way to the derivative."""
    leaves, f = derivative(program)
    slopes = gradients(f, leaves, create_graph=True)
    for node in topological_order(TABLE["sum"]([f, *slopes])):
        numbers = [o if isinstance(o, float) else o.data for o in node.operands]
        ordinary = node.op and node.op.name in ARITHMETIC and all(x and math.isfinite(x) for x in numbers)
        if ordinary and (abs(node.data) < 1e-300 or math.isinf(node.data)):
            return True
    return False


ARITHMETIC = ("mul", "div", "square", "pow_number", "pow_value", "exp", "exp2", "sinh", "cosh")
KINKS = ("abs", "sign", "step", "relu", "leaky_relu", "elu", "maximum", "minimum")

# What the table of conventions states: its name, and whether a program that differs (backstep x, PyTorch y) is a case.
STATED = {
    "nan at a kink": lambda p, x, y: any(n != n for numbers in operands_of(p, *KINKS) for n in numbers),
    "out of the range of floats": lambda p, x, y: out_of_range(p),
    "an infinite slope below a kink": lambda p, x, y: (x != x or y != y) and p.path and operands_of(p, *KINKS, "where"),
    "bce at 0 and 1, bound of bce": lambda p, x, y: operands_of(p, "bce"),
    "elu at 0 and inf": lambda p, x, y: any(n[0] in (0.0, math.inf) for n in operands_of(p, "elu")) and p.path,
    "digits and limits of logaddexp": lambda p, x, y: operands_of(p, "logaddexp", "softplus"),
    "digits of gelu and expm1": lambda p, x, y: any(n[0] < -2 for n in operands_of(p, "gelu", "expm1")),
    "hypot and arctan2 of tiny numbers": lambda p, x, y: any(
        0 < max(map(abs, n)) < 1e-150 for n in operands_of(p, "hypot", "arctan2")
    ),
    "x ** y at y = 0 and y = 1": lambda p, x, y: any(
        n[1] in (0.0, 1.0) and (p.path or n[0] != n[0]) for n in operands_of(p, "pow_value")
    ),
    "x ** 0 beside inf or nan": lambda p, x, y: (
        x != x
        and any(n[1] in (0.0, 1.0, 2.0) and n[1] <= len(p.path) for n in operands_of(p, "pow_number", "pow_value"))
    ),
    "digits of tanh and sigmoid": lambda p, x, y: any(
        abs(n[0]) > 5 or 0 < abs(n[0]) < 1e-16 for n in operands_of(p, "tanh", "sigmoid")
    ),
    "higher orders beside an infinite number": lambda p, x, y: (
        p.path and not (math.isfinite(x) and math.isfinite(y)) and any(math.isinf(node.data) for node in backstep(p))
    ),
    "roots of -0 and -inf as powers": lambda p, x, y: any(
        n[0] in (0.0, -math.inf) for n in operands_of(p, "pow_number", "pow_value")
    ),
}


def smaller(program):
    """Programs a little smaller than this one: another result, a node made a leaf, a leaf left out, a lower order."""
    leaves, code, path = program.leaves, program.code, program.path
    if path:
        yield replace(program, path=path[:-1])
        yield replace(program, path=path[1:])
    for last in range(1, len(code)):
        yield replace(program, code=code[:last])
    values = [node.data for node in backstep(program)]
    for slot in reversed(range(len(leaves), len(leaves) + len(code) - 1)):  # the node becomes the last leaf
        new = [o if o < len(leaves) else o + 1 if o < slot else len(leaves) if o == slot else o
               for o in range(len(leaves) + len(code))]  # fmt: skip
        rest = [c for i, c in enumerate(code, len(leaves)) if i != slot]
        yield replace(program, leaves=(*leaves, values[slot]), code=renumbered(rest, new))
        if not path:
            continue
        for turned in ((len(leaves),), (path[0], len(leaves)), (len(leaves), path[-1]), (len(leaves), len(leaves))):
            if len(turned) == len(path):
                yield replace(program, leaves=(*leaves, values[slot]), code=renumbered(rest, new), path=turned)
    used = {o for _, operands in code for o in operands if isinstance(o, int)}
    for leaf in range(len(leaves)):
        if leaf not in used and leaf not in path and len(leaves) > 1:
            new = [o - (o > leaf) for o in range(len(leaves) + len(code))]
            shifted = tuple(i - (i > leaf) for i in path)
            yield Program(leaves[:leaf] + leaves[leaf + 1 :], renumbered(code, new), shifted)


def renumbered(code, new):
    return tuple((name, tuple(new[o] if isinstance(o, int) else o for o in operands)) for name, operands in code)


def weight(program):
    return len(program.code), len(program.path), len(program.leaves)


def smallest(program):
    """The smallest program that is found to differ still, going down from this one."""
    while True:
        for candidate in smaller(program):
            if weight(candidate) < weight(program) and difference(candidate):
                program = candidate
                break
        else:
            return program


def fuzz(graphs, seed):
    rng = random.Random(seed)
    kinds, examples, stated, rounding, refused = Counter(), {}, Counter(), 0, 0
    start = time.perf_counter()
    for _ in range(graphs):
        program = random_program(rng)
        if pytorch(program) is None:
            refused += 1
            continue
        if not difference(program):
            continue
        program = smallest(program)
        way, i, x, y = difference(program)
        if (
            math.isfinite(x)
            and math.isfinite(y)
            and abs(x - y) <= 100 * max(spread(program)[i], spread_of_pytorch(program)[i])
        ):
            rounding += 1
            continue
        known = next((name for name, is_case in STATED.items() if is_case(program, x, y)), None)
        if known and {sort_of(ours[i]) for ours in ways(program).values()} == {sort_of(x)}:
            stated[known] += 1
            continue
        kind = (rows_used(program), len(program.path) + 1, sort_of(x), sort_of(y), way if way != "gradients()" else "")
        kinds[kind] += 1
        told = f"{program}[{i}]: backstep {x!r}, PyTorch {y!r}"
        examples[kind] = min(examples.get(kind, told), told, key=len)
    print(f"{graphs} graphs in {time.perf_counter() - start:.0f} s, seed {seed}: {refused} refused by PyTorch, "
          f"{rounding} differ by rounding, {stated.total()} as stated, {kinds.total()} otherwise")  # fmt: skip
    for name, count in stated.most_common():
        print(f"    {count} × {name}")
    for kind, count in sorted(kinds.items(), key=lambda pair: (-pair[1], pair[0])):
        rows, order, ours, theirs, way = kind
        print(f"\n{count} × {rows}, order {order}: {ours}, PyTorch {theirs}" + (f", only by {way}" if way else ""))
        print(f"    {examples[kind]}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--graphs", type=int, default=20_000, help="how many random graphs")
    parser.add_argument("--seed", type=int, default=0, help="of the random numbers; the same seed tells the same")
    options = parser.parse_args()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # exceptional values are welcome here
        fuzz(options.graphs, options.seed)
