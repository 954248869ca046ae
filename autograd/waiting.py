"""`told_if_slow`: whatever takes longer than two seconds says so once, on the standard error.

>>> with told_if_slow("this takes a minute as a rule"):
...     pass  # done in time, so nothing is said
"""

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
