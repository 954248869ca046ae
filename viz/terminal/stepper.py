"""The stepper for a terminal: `backstep step -i`. One step at a time, forward and back, with all numbers known so far.

On a terminal that knows cursor and keys the page stands still and single keys turn it; on any other one, each step is
printed and a prompt asks where to go. Position 0 shows the leaves alone, then comes a position for each step, then the
end with what was found.

>>> from autograd import explain, parse
>>> pages = Pages(explain(parse("x * y", x=2, y=3)))
>>> print("\\n".join(pages.table(2)))
        name          value  gradient
        x                 2
        y                 3
  =     f = x * y         6         1
>>> print("\\n".join(pages.card(pages.end)))
∂f/∂x = 3: raise x a little, and f rises 3 times as much
∂f/∂y = 2: raise y a little, and f rises 2 times as much
"""

import math
from collections.abc import Callable
from typing import NamedTuple

from autograd import Explanation, Value, routes
from autograd.cards import card
from autograd.notation import number
from viz.terminal.console import GREEN, ORANGE, PLAIN, ask, say_in_columns

WIDEST = 40  # characters of a formula in the table
MOST_LEAVES = 6  # to which routes are shown at once


class Pages:
    """The pages of a worked solution: what is known at each position, and what is said about it."""

    def __init__(self, solution: Explanation) -> None:
        self.solution = solution
        self.steps = list(solution)
        self.last = len(self.steps)
        self.end = self.last + 1
        self.backward = next(i for i, step in enumerate(self.steps) if step.kind == "seed") + 1
        self.formulas = {node: solution.names[node] for node in solution.order}
        for step in self.steps[: self.backward - 1]:
            self.formulas[step.node] += f" = {step.operation(step.named)}"

    def title(self, position: int) -> str:
        if position == self.end:
            return "End: what was found"
        phase = "Start" if position == 0 else "Forward" if position < self.backward else "Backward"
        return f"{phase}: step {position} of {self.last}"

    def card(self, position: int) -> list[str]:
        """The card at a position, line by line."""
        if position == 0:
            return ["The leaves are given; forward computes the rest, backward the gradients."]
        if position == self.end:
            return self.findings()
        return card(self.steps[position - 1])

    def findings(self) -> list[str]:
        """The gradient of each leaf, and what it means."""
        gradients = self.known(self.last)[1]
        names, output = self.solution.names, self.solution.names[self.solution.output]
        leaves = [node for node in self.solution.order if node.op is None]
        return [f"∂{output}/∂{names[leaf]} = {self.meaning(names[leaf], output, gradients[leaf])}" for leaf in leaves]

    def meaning(self, leaf: str, output: str, slope: float) -> str:
        """A gradient, and what it says of the output when the leaf is raised a little."""
        if not math.isfinite(slope):
            return self.number(slope)
        change = f"{'rises' if slope > 0.0 else 'falls'} {self.number(abs(slope))} times as much"
        return f"{self.number(slope)}: raise {leaf} a little, and {output} {change if slope else 'does not change'}"

    def known(self, position: int) -> tuple[dict[Value, float], dict[Value, float]]:
        """The values and the gradients that are known at a position."""
        values = {node: node.data for node in self.solution.order if node.op is None}
        gradients: dict[Value, float] = {}
        for step in self.steps[:position]:
            values[step.node] = step.node.data
            if step.kind != "forward":
                gradients[step.node if step.operand is None else step.operand] = step.total
        return values, gradients

    def table(self, position: int, colour: bool = False, most: int = 1_000_000) -> list[str]:
        """A line for each node: its name and formula, and value and gradient if they are known at this position.

        `=` marks the node that is computed, `gate` the one whose gradient flows on, `+=` the operand that receives it.
        Where there are more than `most` lines, those around the marks are shown.
        """
        values, gradients = self.known(position)
        marks = self.marks(position)
        formulas = {node: cut(formula) for node, formula in self.formulas.items()}
        width = max(len("name"), *map(len, formulas.values()))
        lines = []
        for node, formula in formulas.items():
            value, gradient = (f"{self.number(known.get(node)):>10}" for known in (values, gradients))
            if colour:
                value, gradient = f"{GREEN}{value}{PLAIN}", f"{ORANGE}{gradient}{PLAIN}"
            lines.append(f"  {marks.get(node, ''):<4}  {formula:<{width}}{value}{gradient}".rstrip())
        first = next((i for i, node in enumerate(self.solution.order) if node in marks), 0)
        first = max(0, min(first - most // 2, len(lines) - most))
        shown = lines[first : first + most]
        if len(shown) < len(lines):
            shown.append(f"        nodes {first + 1} to {first + most} of {len(lines)}")
        return [f"        {'name':<{width}}     value  gradient", *shown]

    def marks(self, position: int) -> dict[Value, str]:
        if position in (0, self.end):
            return {}
        step = self.steps[position - 1]
        if step.operand is None:
            return {step.node: "="}
        return {step.operand: "+=", step.node: "gate"}

    def routes(self, position: int) -> list[str]:
        """The gradient of the node of a position as a sum over routes; at start and end, of the first leaves."""
        if position in (0, self.end):
            ends = [node for node in self.solution.order if node.op is None][:MOST_LEAVES]
        else:
            step = self.steps[position - 1]
            ends = [step.node if step.operand is None else step.operand]
        found = [routes(self.solution.output, node, self.solution.digits) for node in ends]
        return [*(line for to_node in found for line in to_node.sums()), found[-1].cost()]

    def number(self, known: float | None) -> str:
        return "" if known is None else number(known, self.solution.digits)


def cut(formula: str) -> str:
    return formula if len(formula) <= WIDEST else f"{formula[: WIDEST - 1]}…"


class Key(NamedTuple):
    """A key of the stepper: how it may be typed, how the help names it, and where it leads from a position.

    A key that `shows` something lays it over the circuit until the next key.
    """

    typed: tuple[str, ...]
    named: str
    purpose: str
    move: Callable[[Pages, int], int | None]
    shows: Callable[[Pages, int], list[str]] | None = None


KEYS = [
    Key(("n", "next", "right", "enter", " "), "n → space enter", "next step", lambda pages, at: min(at + 1, pages.end)),
    Key(("b", "back", "left", "backspace"), "b ← backspace", "one step back", lambda pages, at: max(at - 1, 0)),
    Key(("j", "jump", "backward"), "j", "backward begins", lambda pages, at: pages.backward),
    Key(("home", "first", "f"), "home f", "start", lambda pages, at: 0),
    Key(("end", "last", "e"), "end e", "end: what was found", lambda pages, at: pages.end),
    Key(("t", "table"), "t", "circuit or table", lambda pages, at: at),
    Key(("r", "routes"), "r", "routes to this node", lambda pages, at: at, Pages.routes),
    Key(("?", "help", "h"), "?", "these keys", lambda pages, at: at, lambda pages, at: help_lines()),
    Key(("q", "quit", ""), "q ctrl-d", "quit", lambda pages, at: None),
]
HELP = "n next  b back  ? keys  q quit"


def move(pages: Pages, key: str, position: int) -> int | None:
    """The position that a key or a word leads to; None to quit."""
    known = key_of(key)
    return known.move(pages, position) if known else position


def key_of(typed: str) -> Key | None:
    """The key that was typed, if it is one of the stepper's."""
    return next((key for key in KEYS if typed.lower() in key.typed), None)


def help_lines() -> list[str]:
    """All keys, a line for each."""
    return [f"  {key.named:<17} {key.purpose}" for key in KEYS]


def by_prompt(pages: Pages) -> None:
    """Walk through the pages on a terminal without cursor: each one is printed, then a prompt asks where to go."""
    position: int | None = 0
    shown = None
    say_in_columns("\n".join([*pages.card(0), *pages.table(0)]))
    try:
        while position is not None:
            if position not in (shown, 0):
                say_in_columns("\n".join([pages.title(position), *pages.card(position)]))
            if position == pages.last != shown:
                say_in_columns("\n".join(pages.table(position)))
            shown = position
            typed = ask(f"{HELP} [n] > ") or "next"
            key = key_of(typed)
            if key and key.shows:
                say_in_columns("\n".join(key.shows(pages, position)))
            position = move(pages, typed, position)
    except EOFError:
        pass
