"""Choices: a comparison that only chooses between two numbers is recorded as `where`, not as a decision.

Of `y = v if v > 0 else 0.1 * v` a recording needs no guard: both numbers are computed, and where(v > 0, v, 0.1 * v) is
one of them. A run alone cannot show that a comparison only chooses: the program may count its decisions as well. Its
source can. So the source is read, and where it does no more than choose it is rewritten; the rewritten program is run.

Reading order. While the program runs: gates (the numbers that enter a branch), conditions (comparisons by which nobody
has decided yet), choices, seen (what shows a program how it is run). Its source: branches (what only chooses),
rewriting, sources (functions found and rewritten).
"""

from autograd.tape.choosing.gates import Following
from autograd.tape.choosing.sources import called, may_choose

__all__ = ["Following", "called", "may_choose"]
