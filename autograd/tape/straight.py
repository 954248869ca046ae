"""The executor for few samples: a short tape as a program in Python, a line for each instruction.

NumPy needs a microsecond for each call, however little there is to compute; an instruction on Python's floats takes a
thirtieth of that. So a short tape becomes a function, which calls the rows' own functions on floats, as the eager pass
does, and gives the same bits. A traceback through it shows its lines.

>>> from autograd import Value, record
>>> x, y = Value(3.0, "x"), Value(2.0, "y")
>>> straight = Straight(record(x * y + x.tanh(), [x, y]), [False, False])
>>> print(straight.source)
def tape(x, y):
    t1 = x * y
    t2 = tanh(x)
    t3 = t1 + t2
    t4 = square(t2)
    t5 = 1.0 - t4
    t6 = t5 + y
    return [t3, t6, x]
>>> [round(number, 4) for number in straight.at([3.0, 2.0])]
[6.9951, 2.0099, 3.0]
"""

from collections.abc import Callable, Sequence

import numpy as np

from autograd.code import PYTHON, defined, function_of
from autograd.ieee import RAISED
from autograd.tape.program import Names, statements
from autograd.tape.tape import Tape
from autograd.tape.vectorised import vectorised

MOST_INSTRUCTIONS = 2000  # of a tape that becomes a program: Python compiles so many lines in 20 ms
MOST_SAMPLES = 8  # from there on NumPy is faster for some tapes, from twenty on for most


class Straight:
    """Runs a tape on floats. `source` is its program.

    Where Python's floats raise and IEEE arithmetic has an answer, as 1 / 0, NumPy's executor runs the tape instead.
    """

    def __init__(self, tape: Tape, varying: Sequence[bool]) -> None:
        self.tape, self.varying = tape, list(varying)
        names = Names(set())
        functions = {op: names.like(op.name) for op in tape.rows}
        language = PYTHON._replace(functions=functions)
        program = statements(tape, language, taken=("float", "tape", "__debug__"))
        lines = [*program.lines, f"return [{', '.join(program.results)}]"]
        self.source = "\n    ".join([f"def tape({', '.join(program.inputs)}):", *lines])
        called = {name: function_of(op) for op, name in functions.items()}
        self.program: Callable[..., list[float]] = defined("tape", self.source, called)

    def at(self, point: Sequence[float]) -> list[float]:
        """All results at one point, a float for each input."""
        try:
            return self.program(*point)
        except RAISED:
            results: list[float] = vectorised(self.tape, [False] * len(point)).run(point, [], 1)[:, 0].tolist()
            return results

    def run(self, numbers: Sequence[float], columns: Sequence[np.ndarray], samples: int) -> np.ndarray:
        """All results, of shape (results, samples), from the inputs that do not vary and those that do."""
        points = np.empty((len(self.varying), samples))
        given, rows = iter(numbers), iter(columns)
        for place, varies in enumerate(self.varying):
            points[place] = next(rows) if varies else next(given)
        return np.array([self.at(point) for point in points.T.tolist()]).T
