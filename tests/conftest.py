"""What all tests share: small graphs, and a numeric derivative as the oracle."""

import gc
import os
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st

from autograd import Value
from autograd.primitives import TABLE

ROOT = Path(__file__).parent.parent

# Labels that have broken pictures, pages and terminals elsewhere.
HOSTILE = [
    "|", "{", "}", "<", ">", '"', "\\", "&", "a\nb", "a\tb", "a\x00b", "\x1b[31m", "\ud800", "\\N", "\\G\\l\\\"", "</script>",
    "<img src=x onerror=alert(1)>", "javascript:alert(1)", "<b>x</b>", "&amp;&#60;", "]]>", "<!--", "n0:e", "'`",
    "%s{}$x^2$", "名前", "a" * 30, "x\u202ey", "",
]  # fmt: skip

# The same examples in every run: a failure that comes can be looked at again.
settings.register_profile("repeatable", deadline=None, derandomize=True, max_examples=100)
settings.load_profile("repeatable")

# Tests press Ctrl-C. A run that a script has put into the background would not hear it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """The whole suite, `pytest` without a path, runs on all processors, a file on one of them; anything less as ever.

    `pytest -n 0` runs the whole suite in one process, and so does `pytest` without pytest-xdist.
    """
    if hasattr(config, "workerinput"):  # a process that the suite has been parted to
        return
    whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS and not config.option.collectonly
    if whole and config.pluginmanager.hasplugin("xdist") and config.option.numprocesses is None:
        config.option.numprocesses, config.option.dist, config.option.loadscopereorder = "auto", "loadfile", False


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The file that takes longest comes first, so that no processor waits for it at the end.

    What collection made stays until the end: the collector need not look at it again and again. Nor need it look at
    what tests make as often as Python would have it, after each 700 objects: among them are graphs of a million nodes.
    """
    items.sort(key=lambda item: item.path.name != "test_course.py")
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 20, 20)


def slope(f: Callable[..., float], point: Sequence[float], position: int, step: float = 1e-5) -> float:
    """∂f/∂x at a point by central differences, extrapolated once (Richardson): error of order step⁴."""

    def central(h: float) -> float:
        above, below = list(point), list(point)
        above[position] += h
        below[position] -= h
        return (f(*above) - f(*below)) / (above[position] - below[position])

    return (4 * central(step) - central(2 * step)) / 3


def operands_at(row: Any, probe: Sequence[float], names: str = "xyzuvw") -> list[Any]:
    """Leaves at a probe of a row of the table; plain floats where the row takes numbers by nature."""
    point = row.probes[0] if row.arity else probe
    numbers = [partial is None for partial in row.partials(*point, row.evaluate(point, point))]
    return [x if by_nature else Value(x, name) for x, name, by_nature in zip(probe, names, numbers, strict=False)]


@st.composite
def graphs(draw: Any, rows: Sequence[Any] = tuple(TABLE.values()), most: int = 12) -> Value:
    """A random graph: each node is a row of the table on earlier nodes and, here and there, a plain number."""
    number = st.one_of(st.floats(-3, 3), st.sampled_from([0.0, -0.0, 1.0, 0.5, -1.0, 2.0]))
    nodes = [Value(draw(number), name) for name in "abc"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # exceptional values are welcome here
        for _ in range(draw(st.integers(1, most))):
            row = draw(st.sampled_from(rows))
            operands: list[Any] = [draw(st.sampled_from(nodes)) for _ in range(row.arity or draw(st.integers(1, 4)))]
            plain = row.partials(*[1.5] * len(operands), 1.5)
            for position, partial in enumerate(plain):
                if partial is None or (position and draw(st.integers(0, 4)) == 0):
                    operands[position] = draw(number)
            nodes.append(row(operands) if row.arity is None else row(*operands))
    return nodes[-1]


@pytest.fixture
def python() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a program in a fresh interpreter, from the project's root, with the given environment variables."""

    def run(program: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", program, *arguments],
            capture_output=True, text=True, timeout=240, cwd=ROOT, env={**os.environ, **environment}, encoding="utf-8",
        )  # fmt: skip

    return run
