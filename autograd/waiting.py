"""`told_if_slow`: whatever takes longer than two seconds says so once, on the standard error.

`without_collector`: what makes very many objects does not wait for Python's collector of cycles.

>>> with told_if_slow("this takes a minute as a rule"):
...     pass  # done in time, so nothing is said
"""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer

SECONDS = 2.0


@contextmanager
def told_if_slow(message: str, seconds: float = SECONDS) -> Iterator[None]:
    """Within it, after so many seconds, the message is printed: what is done, why, and how long it takes as a rule."""
    timer = Timer(seconds, tell, [message])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def tell(message: str) -> None:
    if sys.stderr is not None:
        print(f"backstep: {message}", file=sys.stderr, flush=True)


@contextmanager
def without_collector() -> Iterator[None]:
    """Within it Python's collector of cycles rests: a graph and a tape have
    none, and to search millions of objects takes long."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
