"""What all tests share: small graphs, and a numeric derivative as the oracle."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import settings

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


def slope(f: Callable[..., float], point: Sequence[float], position: int, step: float = 1e-5) -> float:
    """∂f/∂x at a point by central differences, extrapolated once (Richardson): error of order step⁴."""

    def central(h: float) -> float:
        above, below = list(point), list(point)
        above[position] += h
        below[position] -= h
        return (f(*above) - f(*below)) / (above[position] - below[position])

    return (4 * central(step) - central(2 * step)) / 3


@pytest.fixture
def python() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a program in a fresh interpreter, from the project's root, with the given environment variables."""

    def run(program: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", program, *arguments],
            capture_output=True, text=True, timeout=120, cwd=ROOT, env={**os.environ, **environment}, encoding="utf-8",
        )  # fmt: skip

    return run
