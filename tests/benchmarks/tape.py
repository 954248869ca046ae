"""The tape against its peers: training XOR and moons, batch sizes, a graph of a million nodes, nanoseconds by row.

    pip install -e ".[benchmark]" && python tests/benchmarks/tape.py xor        (or moons, batches, ...)

All figures of a table come from one run on one machine, processor time, the best of several repetitions. A peer that is not installed
is skipped by name. HIPS autograd, whose import name is ours, is installed into a folder of its own and timed in a process
whose path lacks ours. Everybody uses one thread.
"""

import importlib.util
import math
import os
import platform
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

# JAX too: its loop is on one thread, as its step is.
os.environ.update(OMP_NUM_THREADS="1", MKL_NUM_THREADS="1", XLA_FLAGS="--xla_cpu_multi_thread_eigen=false")

import numpy as np

import nn
from autograd import Tape, Value, record
from autograd.primitives import TABLE
from autograd.tape.engines import executor
from autograd.tape.machine import descent
from nn.losses import loss_function
from nn.training.eager import EagerEpochs
from nn.training.taped import TapeEpochs

XOR = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float), np.array([0.0, 1.0, 1.0, 0.0])
S3 = [2, 10, 10, 10, 1]
MOONS = [2, 16, 16, 1]


def best(run, repeat=5, seconds=0.3):
    """Seconds for one call: the best of `repeat` rounds of about so many seconds."""
    run()
    start = time.process_time()
    run()
    count = max(1, int(seconds / (time.process_time() - start + 1e-9)))
    times = []
    for _ in range(repeat):
        start = time.process_time()
        for _ in range(count):
            run()
        times.append((time.process_time() - start) / count)
    return min(times)


def installed(name):
    if importlib.util.find_spec(name) is None:
        print(f"  {name} is not installed: skipped")
        return False
    return True


def table(title, times, ours):
    """Rows of (who, seconds), with the ratio to ours."""
    print(f"\n{title:<44}{'time':>12}   ratio")
    for who, seconds in times:
        unit, factor = ("us", 1e6) if seconds < 1e-2 else ("ms", 1e3)
        print(f"{who:<44}{seconds * factor:9.2f} {unit}   {seconds / ours:.1f}x")


# ── Ours ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def training(sizes, data, loss, engine, rate, activation, output, penalty=0.0):
    """A function that does `epochs` epochs on tape, full batch."""
    model = nn.MLP(sizes[0], sizes[1:], activation, output, seed=777, init="torch")
    weights = model.parameters()

    def penalised(predictions, targets):
        return loss_function(loss)(predictions, targets) + nn.l2_penalty(weights, penalty)

    loss_of = penalised if penalty else loss_function(loss)
    rows, targets = [list(row) for row in data[0]], list(data[1])
    eager = EagerEpochs(model, rows, targets, loss_of, nn.SGD(weights, rate), len(rows), {})
    tape = TapeEpochs(eager, 10**6, engine, True)
    order = np.arange(len(rows))
    return lambda epochs: tape.progress(np.tile(order, (epochs, 1)), np.full(epochs, rate))


def each_epoch(run, epochs):
    return best(lambda: run(epochs)) / epochs


# ── Peers ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def micrograd_epoch(sizes, data, hinge):
    from micrograd.engine import Value as Micrograd

    rng = np.random.RandomState(0)
    layers = [
        [([Micrograd(w) for w in rng.uniform(-1, 1, n)], Micrograd(0.0)) for _ in range(m)] for n, m in pairwise(sizes)
    ]
    weights = [p for layer in layers for ws, b in layer for p in [*ws, b]]

    def epoch():
        losses = []
        for row, y in zip(*data, strict=True):
            x = [float(v) for v in row]
            for layer in layers:
                sums = [sum((w * v for w, v in zip(ws, x, strict=True)), b) for ws, b in layer]
                # micrograd has no exp and no log: relu and a squared error stand in for sigmoid and cross-entropy
                x = [s.relu() if hinge and layer is not layers[-1] else s * 0.5 for s in sums]
            losses.append((1 + -float(y) * x[0]).relu() if hinge else (x[0] - float(y)) ** 2)
        loss = sum(losses) * (1.0 / len(losses))
        if hinge:
            loss = loss + 1e-4 * sum(p * p for p in weights)
        for p in weights:
            p.grad = 0.0
        loss.backward()
        for p in weights:
            p.data -= 0.01 * p.grad

    return epoch


def torch_epoch(sizes, data, hinge, double=False):
    import torch

    kind = torch.float64 if double else torch.float32

    torch.set_num_threads(1)
    torch.manual_seed(777)
    modules = []
    for n, m in pairwise(sizes):
        modules += [torch.nn.Linear(n, m, dtype=kind), torch.nn.ReLU() if hinge else torch.nn.Sigmoid()]
    model = torch.nn.Sequential(*(modules[:-1] if hinge else modules))
    X, y = (torch.tensor(a, dtype=kind) for a in data)
    y = y[:, None]
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01 if hinge else 1.0)
    cross_entropy = torch.nn.BCELoss()

    def epoch():
        optimizer.zero_grad()
        prediction = model(X)
        if hinge:
            loss = torch.relu(1 - y * prediction).mean() + 1e-4 * sum((p * p).sum() for p in model.parameters())
        else:
            loss = cross_entropy(prediction, y)
        loss.backward()
        optimizer.step()

    return epoch


def numpy_epoch(sizes, data):
    rng = np.random.RandomState(0)
    weights = [(rng.uniform(-1, 1, (n, m)), np.zeros(m)) for n, m in pairwise(sizes)]
    X, y = data[0], data[1][:, None]

    def epoch():
        outputs = [X]
        for W, b in weights:
            outputs.append(1 / (1 + np.exp(-(outputs[-1] @ W + b))))
        delta = (outputs[-1] - y) / len(y)
        for i in range(len(weights) - 1, -1, -1):
            W, b = weights[i]
            below = outputs[i]
            slope_w, slope_b = below.T @ delta, delta.sum(axis=0)
            delta = (delta @ W.T) * below * (1 - below)
            weights[i] = W - slope_w, b - slope_b

    return epoch


def jax_functions(sizes, data):
    """One jitted step, and a whole loop of them."""
    import jax
    import jax.numpy as jnp

    rng = np.random.RandomState(0)
    weights = [(jnp.array(rng.uniform(-1, 1, (n, m))), jnp.zeros(m)) for n, m in pairwise(sizes)]
    X, y = jnp.array(data[0]), jnp.array(data[1])[:, None]

    def loss(weights):
        x = X
        for W, b in weights:
            x = jax.nn.sigmoid(x @ W + b)
        return -jnp.mean(y * jnp.log(x) + (1 - y) * jnp.log(1 - x))

    def step(weights):
        return jax.tree.map(lambda p, g: p - g, weights, jax.grad(loss)(weights))

    jitted = jax.jit(step)
    many = jax.jit(lambda weights: jax.lax.fori_loop(0, 1000, lambda _, w: step(w), weights))
    return lambda: jax.block_until_ready(jitted(weights)), lambda: jax.block_until_ready(many(weights))


def casadi_functions(sizes, data):
    """A thousand steps on CasADi's scalar machine; seconds for a step of its generated C."""
    import casadi

    weights, symbols = [], []
    for n, m in pairwise(sizes):
        weights.append((casadi.SX.sym("W", n, m), casadi.SX.sym("b", m)))
        symbols += [casadi.vec(weights[-1][0]), weights[-1][1]]
    p = casadi.vertcat(*symbols)
    loss = 0
    for row, y in zip(*data, strict=True):
        x = casadi.SX(row.tolist())
        for W, b in weights:
            x = 1 / (1 + casadi.exp(-(W.T @ x + b)))
        loss -= (y * casadi.log(x) + (1 - y) * casadi.log(1 - x)) / len(data[1])
    step = casadi.Function("step", [p], [p - casadi.gradient(loss, p)])
    start = casadi.DM(np.random.RandomState(0).uniform(-1, 1, p.shape[0]))
    loop = casadi.Function("loop", [p], [step.fold(1000)(p)])
    return lambda: loop(start), seconds_of_generated_c(step, p.shape[0])


DRIVER = """
#include <stdio.h>
#include <time.h>
int step(const double** arg, double** res, long long* iw, double* w, int mem);
static double p[2][SIZE], w[WORK];
int main(void) {
    double best = 1e9;
    for (int i = 0; i < SIZE; i++) p[0][i] = 0.001 * i;
    for (int round = 0; round < 5; round++) {
        struct timespec a, b;
        clock_gettime(CLOCK_MONOTONIC, &a);
        for (int i = 0; i < 20000; i++) {
            const double* arg[] = {p[i % 2]};
            double* res[] = {p[1 - i % 2]};
            step(arg, res, 0, w, 0);
        }
        clock_gettime(CLOCK_MONOTONIC, &b);
        double seconds = ((b.tv_sec - a.tv_sec) + 1e-9 * (b.tv_nsec - a.tv_nsec)) / 20000;
        if (seconds < best) best = seconds;
    }
    printf("%.12f", best);
    return 0;
}
"""


def seconds_of_generated_c(step, size):
    """Seconds for a call of the C that CasADi generates, in a loop in C; None without a C compiler."""
    with tempfile.TemporaryDirectory() as folder:
        here = os.getcwd()
        os.chdir(folder)
        try:
            step.generate("step.c")
            Path("main.c").write_text(DRIVER.replace("SIZE", str(size)).replace("WORK", str(step.sz_w() + 1)))
            command = ["cc", "-O2", "-march=native", "step.c", "main.c", "-lm", "-o", "main"]
            subprocess.run(command, check=True, capture_output=True, timeout=300)
            return float(subprocess.run(["./main"], check=True, capture_output=True, timeout=60).stdout)
        except (OSError, subprocess.SubprocessError):
            print("  no C compiler, or too slow a one: CasADi's generated C is skipped")
            return None
        finally:
            os.chdir(here)


HIPS = """
import sys, time
sys.path[:] = [{folder!r}] + [p for p in sys.path if p not in ("", {root!r})]
sys.meta_path[:] = [f for f in sys.meta_path if "editable" not in repr(f).lower()]
import autograd, autograd.numpy as np
assert hasattr(autograd, "elementwise_grad"), autograd.__file__
X = np.array([[0, 0], [0, 1], [1, 0], [1, 1.]]); y = np.array([0, 1, 1, 0.])[:, None]
import numpy
rng = numpy.random.RandomState(0)
weights = [(rng.uniform(-1, 1, (n, m)), numpy.zeros(m)) for n, m in zip({sizes}, {sizes}[1:])]
def loss(weights):
    x = X
    for W, b in weights:
        x = 1 / (1 + np.exp(-(np.dot(x, W) + b)))
    return -np.mean(y * np.log(x) + (1 - y) * np.log(1 - x))
gradient = autograd.grad(loss)
def epoch():
    global weights
    weights = [(W - dW, b - db) for (W, b), (dW, db) in zip(weights, gradient(weights))]
times = []
for _ in range(5):
    start = time.process_time()
    for _ in range(50):
        epoch()
    times.append((time.process_time() - start) / 50)
print(min(times))
"""


def hips_epoch():
    """Seconds for an epoch of HIPS autograd, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", folder, "autograd"]
        if subprocess.run(install, capture_output=True, check=False).returncode:
            print("  HIPS autograd could not be installed: skipped")
            return None
        root = str(Path(nn.__file__).parent.parent)
        program = HIPS.format(folder=folder, root=root, sizes=S3)
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=folder, check=False)
        if done.returncode:
            print("  HIPS autograd failed: skipped\n" + done.stderr[-500:])
            return None
        return float(done.stdout)


def seconds_by_hand():
    """Seconds for an epoch of XOR in C that is written by hand (by_hand.c); None without a C compiler.

    Its loss must be backstep's, from the same weights.
    """
    model = nn.MLP(2, [10, 10, 10, 1], "sigmoid", "sigmoid", seed=777, init="torch")
    weights = "\n".join(repr(leaf.data) for leaf in model.parameters())
    loss = nn.fit(
        model, *XOR, loss="binary_cross_entropy", optimizer=nn.SGD(model.parameters(), lr=1.0), epochs=1001
    ).loss
    with tempfile.TemporaryDirectory() as folder:
        program = str(Path(folder) / "by_hand")
        command = [
            "cc",
            "-O3",
            "-march=native",
            "-ffast-math",
            str(Path(__file__).parent / "by_hand.c"),
            "-lm",
            "-o",
            program,
        ]
        try:
            subprocess.run(command, check=True, capture_output=True)
        except (OSError, subprocess.SubprocessError):
            print("  no C compiler: C by hand is skipped")
            return None
        done = subprocess.run([program], input=weights, capture_output=True, text=True, check=True)
    its_loss, seconds = map(float, done.stdout.split())
    assert math.isclose(its_loss, loss[1000], rel_tol=1e-9), (its_loss, loss[1000])
    return seconds


# ── The tables ────────────────────────────────────────────────────────────────────────────────────────────────────────

WHOLE = """
import time; start = time.process_time()
import nn
X, y = nn.datasets.gate("xor")
def fit(epochs):
    model = nn.MLP(2, [10, 10, 10, 1], "sigmoid", "sigmoid", seed=777, init="torch")
    nn.fit(model, X, y, loss="binary_cross_entropy", optimizer=nn.SGD(model.parameters(), lr=1.0), epochs=epochs, engine={engine!r})
fit(1)
ready = time.process_time()
fit(10001)
print(ready - start, time.process_time() - ready)
"""


def xor():
    """One epoch of LESSONS S3: loss, gradient and update of a 2-10-10-10-1 network on four samples."""
    ours = each_epoch(training(S3, XOR, "binary_cross_entropy", "native", 1.0, "sigmoid", "sigmoid"), 2000)
    with_numpy = each_epoch(training(S3, XOR, "binary_cross_entropy", "numpy", 1.0, "sigmoid", "sigmoid"), 200)
    with without_code_of_its_own():
        machine = each_epoch(training(S3, XOR, "binary_cross_entropy", "native", 1.0, "sigmoid", "sigmoid"), 2000)
    times = [("backstep, native", ours), ("backstep, native, the machine", machine), ("backstep, NumPy", with_numpy)]
    if by_hand := seconds_by_hand():
        times.append(("C by hand (cc -O3 -ffast-math)", by_hand))
    times.append(("NumPy by hand", best(numpy_epoch(S3, XOR))))
    if installed("torch"):
        times.append(("PyTorch", best(torch_epoch(S3, XOR, False))))
    if installed("jax"):
        step, loop = jax_functions(S3, XOR)
        times += [("JAX, a jitted step", best(step)), ("JAX, fori_loop", best(loop) / 1000)]
    if installed("casadi"):
        loop, generated = casadi_functions(S3, XOR)
        times.append(("CasADi, scalar machine", best(loop) / 1000))
        if generated:
            times.append(("CasADi, generated C", generated))
    if (hips := hips_epoch()) is not None:
        times.append(("HIPS autograd", hips))
    if installed("micrograd"):
        times.append(("micrograd (relu-free stand-in, no exp)", best(micrograd_epoch(S3, XOR, False), 3)))
    table("XOR 2-10-10-10-1, one epoch", times, ours)
    print("\n10 001 epochs, in a new process (the best of three: Python keeps what it has compiled)")
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    for engine in ("native", "numpy"):
        command = [sys.executable, "-c", WHOLE.format(engine=engine)]
        done = [subprocess.run(command, capture_output=True, text=True, check=True, env=environment) for _ in range(3)]
        ready, rest = (min(map(float, times)) for times in zip(*(run.stdout.split() for run in done), strict=True))
        print(f"  backstep, {engine:<6} first epoch {ready:.2f} s after the start, all others {rest:.3f} s")


def moons_data(count):
    angles = np.linspace(0, np.pi, count // 2)
    upper = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    lower = np.stack([1 - np.cos(angles), 0.5 - np.sin(angles)], axis=1)
    X = np.concatenate([upper, lower]) + 0.1 * np.random.RandomState(0).randn(count, 2)
    return X, np.repeat([-1.0, 1.0], count // 2)


def moons():
    """One epoch of 2-16-16-1 on 100 samples: hinge loss and weight penalty."""
    data = moons_data(100)
    ours = each_epoch(training(MOONS, data, "hinge_loss", "native", 0.01, "relu", "linear", 1e-4), 500)
    with_numpy = each_epoch(training(MOONS, data, "hinge_loss", "numpy", 0.01, "relu", "linear", 1e-4), 100)
    with without_code_of_its_own():
        machine = each_epoch(training(MOONS, data, "hinge_loss", "native", 0.01, "relu", "linear", 1e-4), 500)
    times = [("backstep, native", ours), ("backstep, native, the machine", machine), ("backstep, NumPy", with_numpy)]
    if installed("torch"):
        times.append(("PyTorch", best(torch_epoch(MOONS, data, True))))
    if installed("micrograd"):
        times.append(("micrograd", best(micrograd_epoch(MOONS, data, True), 3)))
    table("moons 100 x 2-16-16-1, one epoch", times, ours)


def batches():
    """One epoch of the moons network for batches of growing size, full batch; PyTorch in single and double precision."""
    print(f"\n{'samples':>8}{'native':>12}{'NumPy':>12}{'torch 32':>12}{'torch 64':>12}   ratios to native")
    has_torch = installed("torch")
    for count in (2, 10, 100, 1000, 10_000, 100_000):
        data = moons_data(count)
        native = each_epoch(
            training(MOONS, data, "hinge_loss", "native", 0.01, "relu", "linear"), max(1, 10_000 // count)
        )
        numpy = each_epoch(training(MOONS, data, "hinge_loss", "numpy", 0.01, "relu", "linear"), max(1, 500 // count))
        times = [native, numpy]
        times += [best(torch_epoch(MOONS, data, True, double)) for double in (False, True) if has_torch]
        cells = "".join(f"{seconds * 1e6:9.1f} us" for seconds in times)
        print(f"{count:8}{cells}   " + "  ".join(f"{seconds / native:.1f}x" for seconds in times[1:]))


def saturating():
    """One epoch of the moons network with units that need exp or tanh: mean squared error, full batch."""
    print(f"\n{'units':<9}{'samples':>8}{'native':>12}{'machine':>12}{'NumPy':>12}   ratios to native")
    for activation in ("tanh", "sigmoid"):
        for count in (64, 1000, 10_000):
            data, few = moons_data(count), max(1, 20_000 // count)
            options = MOONS, data, "mse_loss"
            times = [each_epoch(training(*options, "native", 0.01, activation, "linear"), few)]
            with without_code_of_its_own():
                times.append(each_epoch(training(*options, "native", 0.01, activation, "linear"), few))
            times.append(each_epoch(training(*options, "numpy", 0.01, activation, "linear"), max(1, few // 10)))
            ratios = "  ".join(f"{seconds / times[0]:.1f}x" for seconds in times[1:])
            print(f"{activation:<9}{count:8}" + "".join(f"{s * 1e6:9.1f} us" for s in times) + f"   {ratios}")


@contextmanager
def without_code_of_its_own():
    """Within it no tape gets code of its own: the machine runs it."""
    before, descent.SAMPLES_TO_REPAY = descent.SAMPLES_TO_REPAY, 10**18
    try:
        yield
    finally:
        descent.SAMPLES_TO_REPAY = before


def million():
    """A graph of a million nodes: record it once, replay value and gradient."""
    x = Value(0.5)
    f = x
    for i in range(500_000):
        f = f * 1.000001 if i % 2 else f + 1e-7
        f = f - 1e-7 if i % 3 else f * 0.999999
    start = time.process_time()
    tape = record(f, [x])
    recorded = time.process_time() - start
    eager = best(lambda: (f.forward(), f.backward()), 2, 0.1)
    print(f"\n10^6 nodes, value and gradient ({len(tape.operations)} instructions)")
    print(f"  recorded in {recorded:.1f} s; eager backward pass {eager * 1e3:.0f} ms")
    for engine, sizes in (("native", (1, 64)), ("numpy", (1,))):  # a chain is NumPy's worst case: a call for each node
        for samples in sizes:
            point = [0.5] if samples == 1 else [np.full(samples, 0.5)]
            tape.run(point, engine)
            seconds = best(lambda point=point, engine=engine: tape.run(point, engine), 2, 0.1)
            each = seconds / len(tape.operations) / samples * 1e9
            print(
                f"  {engine:<6} {samples:3} samples {seconds * 1e3:9.1f} ms, {each:.2f} ns for each instruction and sample"
            )


def operations():
    """Nanoseconds for each row and sample: the machine on one sample and on 64 at once, NumPy on 64."""
    print(f"\n{'row':<12}{'native, 1':>10}{'native, 64':>11}{'NumPy, 64':>11}   ns for each operation and sample")
    arithmetic = []
    for row in TABLE.values():
        if row.arity is None:
            continue
        each = [
            (seconds_of(row, 300, *case) - seconds_of(row, 100, *case)) / 200 / case[1] * 1e9
            for case in (("native", 1), ("native", 64), ("numpy", 64))
        ]
        if row.exact:
            arithmetic.append(each)
        print(f"{row.name:<12}" + cells(each))
    print(f"{'arithmetic':<12}" + cells(np.median(arithmetic, axis=0)) + "   the median of all rows that are exact")


def cells(numbers):
    return "".join(f"{number:{width}.2f}" for number, width in zip(numbers, (10, 11, 11), strict=True))


def seconds_of(row, count, engine, samples):
    """Seconds for a tape of so many instructions of one row, all on the same operands."""
    first, *others = row.probes[-1]
    operands = (0, *range(1, 1 + len(others)))
    last = len(others) + count
    tape = Tape(1, others, [(row, operands)] * count, range(last - count + 1, last + 1), count, {})
    runner = executor(tape, engine, (samples > 1,))
    given = ([], [np.full(samples, first)]) if samples > 1 else ([first], [])
    return best(lambda: runner.run(*given, samples), 7, 0.02)


TABLES = {function.__name__: function for function in (xor, moons, batches, saturating, million, operations)}

if __name__ == "__main__":
    if importlib.util.find_spec("llvmlite") is None:
        sys.exit('llvmlite is not installed: pip install -e ".[benchmark]"')
    wanted = sys.argv[1:] or list(TABLES)
    if unknown := [name for name in wanted if name not in TABLES]:
        sys.exit(f"no table {', '.join(unknown)}: give some of {', '.join(TABLES)}")
    print(f"Python {platform.python_version()}, NumPy {np.__version__}, {platform.machine()}, {platform.system()}")
    for name in wanted:
        TABLES[name]()
