"""The stepper on a whole screen: title, circuit, card and keys, no larger than the terminal; single keys turn it.

>>> from autograd import explain, parse
>>> pages = Pages(explain(parse("x * y", x=2, y=3)))
>>> print(Screen(pages, colour=False).text(1, columns=60, lines=9))
Forward: step 1 of 4
<BLANKLINE>
x 2 ══╡×╞ f 6
    ╔═╡ ┃
y 3 ╝
<BLANKLINE>
f = x * y = 2 * 3 = 6
<BLANKLINE>
n next  b back  ? keys  q quit
"""

import re
import shutil
import sys
from collections.abc import Sequence

from autograd import Explanation
from viz.terminal import keys
from viz.terminal.circuit import MOST, Circuit, window
from viz.terminal.console import BLUE, BOLD, GREEN, ORANGE, PLAIN, broken, for_stream
from viz.terminal.stepper import HELP, Key, Pages, by_prompt, key_of, move

OTHER_SCREEN, OWN_SCREEN, CLEAR = "\033[?1049h", "\033[?1049l", "\033[H\033[J"
LEAST = 4  # rows of a picture, before the card is shortened for it
COLOURS = {"  upstream": ORANGE, "  local": BLUE, "  contribution": GREEN, "  running sum": ORANGE}  # of a card


def step_through(solution: Explanation, colour: bool) -> None:
    """Let the user walk through a worked solution, by single keys where the terminal has them, else by a prompt."""
    pages = Pages(solution)
    if keys.available():
        by_keys(pages, colour)
    else:
        by_prompt(pages)


def by_keys(pages: Pages, colour: bool) -> None:
    """Walk through the pages on a whole screen."""
    screen = Screen(pages, colour)
    position: int | None = 0

    def write(text: str) -> None:
        sys.stdout.write(for_stream(text, sys.stdout))
        sys.stdout.flush()

    with keys.single_keys(enter=lambda: write(OTHER_SCREEN), leave=lambda: write(OWN_SCREEN)) as next_key:
        while position is not None:
            columns, lines = shutil.get_terminal_size()
            write(CLEAR + screen.text(position, columns, lines))
            key = next_key()
            screen.note(key)
            position = move(pages, key, position)


class Screen:
    """The whole screen; `note` is told each key, for some change what is shown and not the position."""

    def __init__(self, pages: Pages, colour: bool) -> None:
        self.pages, self.colour = pages, colour
        self.over: Key | None = None  # the key whose lines lie over the circuit
        gradients = pages.known(pages.last)[1]
        small = len(pages.solution.order) <= MOST
        self.circuit = Circuit(pages.solution.output, pages.solution.digits, gradients) if small else None
        self.table = not small

    def note(self, key: str) -> None:
        if key != "redraw":
            typed = key_of(key)
            self.over = typed if typed and typed.shows and typed is not self.over else None
        if key.lower() in ("t", "table") and self.circuit:
            self.table = not self.table

    def text(self, position: int, columns: int, lines: int) -> str:
        """The page of a position, no wider than the columns and no taller than the lines."""
        title = cut(self.pages.title(position), columns - 1)
        shown = [f"{BOLD}{title}{PLAIN}" if self.colour else title]
        room = lines - 2  # beside title and keys
        if self.over and self.over.shows:
            lines_over = self.over.shows(self.pages, position)
            body = [part for line in lines_over for part in broken(line, columns - 1)][:room]
        else:
            card = fitting(self.pages.card(position), columns - 1, max(1, room - LEAST))
            picture = self.picture(position, columns - 1, room - len(card))
            body = spread(picture, [self.painted(line) for line in card], room)
        return "\n".join([*shown, *body, cut(HELP, columns - 1)])

    def picture(self, position: int, columns: int, lines: int) -> list[str]:
        """The circuit, or the part of it around the step, or the table."""
        if lines < 1:
            return []
        if self.table or self.circuit is None:
            table = self.pages.table(position, self.colour, max(1, lines - 2))
            return table if self.colour else [cut(line, columns) for line in table]
        values, gradients = self.pages.known(position)
        step = self.pages.steps[position - 1] if 0 < position < self.pages.end else None
        gate = step.node if step else None
        ports: Sequence[int] = ()
        if step and step.kind != "seed":
            wires = [i for i, operand in enumerate(step.node.operands) if operand.__class__ is not float]
            ports = range(len(wires)) if step.operand is None else [wires.index(step.position)]
        canvas = self.circuit.draw(values, gradients, gate, ports)
        row, column = self.circuit.place(gate or self.pages.solution.order[0])
        rows, across = window(canvas.height, lines, row + 1), window(canvas.width, columns, column)
        return canvas.lines(self.colour, rows, across)

    def painted(self, line: str) -> str:
        """A line of the card with its number in colour."""
        colour = next((colour for begin, colour in COLOURS.items() if line.startswith(begin)), "")
        return re.sub(r"(= )([^=]*)$", rf"\1{colour}\2{PLAIN}", line) if colour and self.colour else line


def fitting(card: Sequence[str], columns: int, most: int) -> list[str]:
    """The lines of a card, broken between words, at most so many: first its factors, then the formula, then the rest.

    >>> fitting(["a = b + c = -1.5", "  upstream 1"], columns=12, most=3)
    ['a = b + c =', '    -1.5', '  upstream 1']
    >>> fitting(["a = b + c = -1.5", "  upstream 1"], columns=12, most=1)
    ['  upstream 1']
    """
    parts = [broken(line, columns) for line in card]
    by_need = sorted(range(len(card)), key=lambda i: (not card[i].startswith(tuple(COLOURS)), i))
    kept: set[int] = set()
    for i in by_need:
        if sum(len(parts[k]) for k in kept) + len(parts[i]) <= most:
            kept.add(i)
    return [line for i in sorted(kept) for line in parts[i]] or parts[0][:most]


def spread(picture: Sequence[str], card: Sequence[str], room: int) -> list[str]:
    """Picture and card, with empty lines between where there is room for them."""
    empty = min(3, room - len(picture) - len(card))
    return [*[""] * (empty > 1), *picture, *[""] * (empty > 0), *card, *[""] * (empty > 2)]


def cut(line: str, columns: int) -> str:
    return line[:columns]
