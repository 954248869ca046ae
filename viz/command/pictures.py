"""The commands that write the graph of an expression to a file: `backstep draw` a picture, `backstep html` a page.

>>> import argparse
>>> typed = argparse.Namespace(expression="x * y", values=["x=2", "y=3"], precision=4)
>>> step(graph_of(typed), typed.precision)
<Stepper of f = x * y: 5 steps>
"""

import argparse

from viz.command.arguments import Commands, add_command, add_expression, graph_of
from viz.command.streams import write_output
from viz.graph.drawing import draw
from viz.graph.styles import STYLES
from viz.pages.stepper import step


def add(commands: Commands) -> None:
    """Add the commands of this family."""
    add_draw(commands)
    add_html(commands)


def add_draw(commands: Commands) -> None:
    purpose = "draw the graph of an expression, with values and gradients"
    examples = ['draw "1/(1 + exp(-(w*x + b)))" w=2 x=-1 b=-3 -o circuit.svg']
    picture = add_command(commands, "draw", run_draw, purpose, examples)
    add_expression(picture)
    formats = "svg, png, pdf or gv by its suffix; - is the standard output, as SVG (default)"
    picture.add_argument("-o", "--output", default="-", metavar="FILE", help=formats)
    picture.add_argument("--engine", choices=("auto", "dot", "builtin"), default="auto",
                         help="auto (default): our own layout for SVG, Graphviz's dot for png and pdf")  # fmt: skip
    picture.add_argument("--style", choices=tuple(STYLES), help="default: by size")
    picture.add_argument("--rankdir", choices=("LR", "TB"), default="LR", help="left to right (LR) or downwards (TB)")
    picture.add_argument("--theme", choices=("light", "dark"), default="light", help="default: light")


def run_draw(options: argparse.Namespace) -> None:
    output = graph_of(options)
    output.backward()
    drawing = draw(output, engine=options.engine, style=options.style, rankdir=options.rankdir,
                   precision=options.precision, theme=options.theme)  # fmt: skip
    write_output(options.output, drawing.render)


def add_html(commands: Commands) -> None:
    purpose = "write a page that steps through the graph, forward and backward"
    page = add_command(commands, "html", run_html, purpose, ['html "(x + y) * z" x=-2 y=5 z=-4 -o product.html'])
    add_expression(page)
    files = "such as step.html; - is the standard output"
    page.add_argument("-o", "--output", required=True, metavar="FILE", help=files)


def run_html(options: argparse.Namespace) -> None:
    page = step(graph_of(options), options.precision)
    write_output(options.output, lambda _: page.html().encode())
