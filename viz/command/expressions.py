"""The commands that take an expression: what `backstep step`, `quiz`, `draw` and `html` do with what was typed."""

import argparse
import sys

from autograd import Value, explain, parse
from viz.graph.drawing import draw
from viz.pages.stepper import step
from viz.terminal.console import GREEN, ORANGE, UsageError, coloured, say, wants_colour, write_output
from viz.terminal.quiz import quiz
from viz.terminal.stepper import step_through


def graph_of(options: argparse.Namespace) -> Value:
    """The graph of the expression and the values that were typed."""
    if not 1 <= options.precision <= 17:
        raise UsageError(f"--precision is from 1 to 17, got {options.precision}")
    return parse(options.expression, **values_of(options.values))


def values_of(assignments: list[str]) -> dict[str, float]:
    """The numbers by name that were typed as name=number."""
    values: dict[str, float] = {}
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        name = name.strip()
        try:
            if not equals or not name.isidentifier():
                raise ValueError
            number = float(text)
        except ValueError:
            raise UsageError(f"expected name=number, as x=-2; got {assignment!r}") from None
        if name in values:
            raise UsageError(f"{name} is given twice, as {values[name]:g} and {number:g}: leave one away")
        values[name] = number
    return values


def run_step(options: argparse.Namespace) -> None:
    explanation = explain(graph_of(options), options.precision)
    colour = wants_colour(options.color)
    if options.latex:
        say(explanation.latex())
    elif options.interactive and sys.stdin.isatty() and sys.stdout.isatty():
        step_through(explanation, colour)
    else:
        forward = False
        for line in explanation.lines():
            forward = line == "Forward" or (forward and line.startswith(" "))
            say(coloured(line, GREEN if forward else ORANGE) if colour else line)


def run_quiz(options: argparse.Namespace) -> None:
    quiz(explain(graph_of(options), options.precision), options.totals)


def run_draw(options: argparse.Namespace) -> None:
    output = graph_of(options)
    output.backward()
    drawing = draw(output, engine=options.engine, style=options.style, rankdir=options.rankdir,
                   precision=options.precision, theme=options.theme)  # fmt: skip
    write_output(options.output, drawing.render)


def run_html(options: argparse.Namespace) -> None:
    page = step(graph_of(options), options.precision)
    write_output(options.output, lambda _: page.html().encode())
