"""The stepper for a terminal: `backstep step -i`. One step at a time, forward and back, with all numbers known so far.

On a terminal that knows cursor and keys the page stands still and single keys turn it; on any other one, each step is
printed and a prompt asks where to go. Position 0 shows the leaves alone, then comes a position for each step.

>>> from autograd import explain, parse
>>> pages = Pages(explain(parse("x * y", x=2, y=3)))
>>> print("\\n".join(pages.table(2)))
        name          value  gradient
        x                 2
        y                 3
  =     f = x * y         6         1
"""

import shutil
import sys
from textwrap import wrap

from autograd import Explanation, Value
from autograd.cards import card
from autograd.notation import number
from viz.terminal import keys
from viz.terminal.console import BOLD, GREEN, ORANGE, PLAIN, ask, for_stream, say

HELP = "n next  b back  j backward  q quit"
OTHER_SCREEN, OWN_SCREEN, CLEAR = "\033[?1049h", "\033[?1049l", "\033[H\033[J"
WIDEST = 40  # characters of a formula in the table


class Pages:
    """The pages of a worked solution: what is known at each position, and what is said about it."""

    def __init__(self, solution: Explanation) -> None:
        self.solution = solution
        self.steps = list(solution)
        self.last = len(self.steps)
        self.backward = next(i for i, step in enumerate(self.steps) if step.kind == "seed") + 1
        self.formulas = {node: solution.names[node] for node in solution.order}
        for step in self.steps[: self.backward - 1]:
            self.formulas[step.node] += f" = {step.operation(step.named)}"

    def title(self, position: int) -> str:
        phase = "Start" if position == 0 else "Forward" if position < self.backward else "Backward"
        return f"{phase}: step {position} of {self.last}"

    def card(self, position: int) -> list[str]:
        if position == 0:
            return ["The leaves are given; forward computes the rest, backward the gradients."]
        return card(self.steps[position - 1])

    def table(self, position: int, colour: bool = False, most: int = 1_000_000) -> list[str]:
        """A line for each node: its name and formula, and value and gradient if they are known at this position.

        `=` marks the node that is computed, `gate` the one whose gradient flows on, `+=` the operand that receives it.
        Where there are more than `most` lines, those around the marks are shown.
        """
        values = {node: node.data for node in self.solution.order if node.op is None}
        gradients: dict[Value, float] = {}
        for step in self.steps[:position]:
            values[step.node] = step.node.data
            if step.kind != "forward":
                gradients[step.operand or step.node] = step.total
        marks = self.marks(position)
        formulas = {node: cut(formula) for node, formula in self.formulas.items()}
        width = max(len("name"), *map(len, formulas.values()))
        lines = []
        for node, formula in formulas.items():
            value, gradient = (f"{self.number(known.get(node)):>10}" for known in (values, gradients))
            if colour:
                value, gradient = f"{GREEN}{value}{PLAIN}", f"{ORANGE}{gradient}{PLAIN}"
            lines.append(f"  {marks.get(node, ''):<4}  {formula:<{width}}{value}{gradient}".rstrip())
        first = self.solution.order.index(next(iter(marks))) if marks else 0
        first = max(0, min(first - most // 2, len(lines) - most))
        shown = lines[first : first + most]
        if len(shown) < len(lines):
            shown.append(f"        nodes {first + 1} to {first + most} of {len(lines)}")
        return [f"        {'name':<{width}}     value  gradient", *shown]

    def marks(self, position: int) -> dict[Value, str]:
        if position == 0:
            return {}
        step = self.steps[position - 1]
        if step.operand is None:
            return {step.node: "="}
        return {step.operand: "+=", step.node: "gate"}

    def number(self, known: float | None) -> str:
        return "" if known is None else number(known, self.solution.digits)

    def move(self, key: str, position: int) -> int | None:
        """The position that a key or a word leads to; None to quit."""
        match key.lower():
            case "n" | "next" | "right" | "enter" | " ":
                return min(position + 1, self.last)
            case "b" | "back" | "left" | "backspace":
                return max(position - 1, 0)
            case "j" | "jump" | "backward":
                return self.backward
            case "home" | "first":
                return 0
            case "end" | "last":
                return self.last
            case "q" | "quit" | "":
                return None
        return position


def step_through(solution: Explanation, colour: bool) -> None:
    """Let the user walk through a worked solution, by single keys where the terminal has them, else by a prompt."""
    pages = Pages(solution)
    if keys.available():
        by_keys(pages, colour)
    else:
        by_prompt(pages)


def cut(formula: str) -> str:
    return formula if len(formula) <= WIDEST else f"{formula[: WIDEST - 1]}…"


def by_keys(pages: Pages, colour: bool) -> None:
    position: int | None = 0
    with keys.single_keys() as next_key:
        try:
            sys.stdout.write(OTHER_SCREEN)
            while position is not None:
                sys.stdout.write(CLEAR + for_stream(screen(pages, position, colour), sys.stdout))
                sys.stdout.flush()
                position = pages.move(next_key(), position)
        finally:
            sys.stdout.write(OWN_SCREEN)
            sys.stdout.flush()


def screen(pages: Pages, position: int, colour: bool) -> str:
    """The whole page, no taller than the terminal."""
    columns, height = shutil.get_terminal_size()
    title = f"{BOLD}{pages.title(position)}{PLAIN}" if colour else pages.title(position)
    said = [part for line in pages.card(position) for part in wrap(line, columns - 1, subsequent_indent="    ")]
    table = pages.table(position, colour, most=max(3, height - len(said) - 7))
    return "\n".join([title, "", *said, "", *table, "", HELP])


def by_prompt(pages: Pages) -> None:
    position: int | None = 0
    shown = None
    say("\n".join([*pages.card(0), *pages.table(0)]))
    try:
        while position is not None:
            if position not in (shown, 0):
                say("\n".join([pages.title(position), *pages.card(position)]))
            if position == pages.last != shown:
                say("\n".join(pages.table(position)))
            shown = position
            position = pages.move(ask(f"{HELP} [n] > ") or "next", position)
    except EOFError:
        pass
