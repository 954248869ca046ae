"""The tape: a graph is recorded once and then run again on other numbers, at the speed of arrays.

Reading order. The recording: guards (what a program decides by looking at numbers), reachable, glances, readers,
fingerprint and state (what a program can read beside its inputs), tape (the flat list of instructions), instructions
(the list while it grows), writer (from Values to instructions), adjoints (gradients as instructions), record (from a
graph of Values to a tape). Running it: vectorised (NumPy's executor), program (a tape as program text), straight (the
executor for few samples), descent (epochs of training on tapes), engines (the registry of all ways to run a tape). A
function that records itself: arguments, ways (the tree of its decisions), recordings (all of one function), following
(one run of it, and the recording of that run), compiled. The folder machine/ holds the engine that compiles tapes;
the folder choosing/ finds the comparisons that only choose between numbers, which need no decision.

Words. To *record* is to write a graph down as a tape. A *recording* is one way through a program: its tape and its
guards. An *engine* is one way to run tapes: an executor, which runs a tape once, and a descent, which trains.
"""

from autograd.tape.compiled import Compiled, compile
from autograd.tape.record import record
from autograd.tape.tape import Tape

__all__ = ["Compiled", "Tape", "compile", "record"]
