"""The commands that write the graph of an expression to a file: `backstep draw` a picture, `backstep html` a page.

>>> import argparse
>>> typed = argparse.Namespace(expression="x * y", values=["x=2", "y=3"], precision=4)
>>> step(graph_of(typed), typed.precision)
<Stepper of f = x * y: 5 steps>
"""

import argparse
from pathlib import Path

from autograd import Value, explain
from nn import MLP
from viz.command.arguments import Commands, add_command, add_expression, graph_of
from viz.command.output import write_output
from viz.graph.drawing import draw
from viz.graph.styles import STYLES
from viz.pages.stepper import step
from viz.terminal.console import UsageError


def add(commands: Commands) -> None:
    """Add the commands of this family."""
    add_draw(commands)
    add_html(commands)


def add_draw(commands: Commands) -> None:
    purpose = "draw the graph of an expression, with values and gradients"
    examples = ['draw "1/(1 + exp(-(w*x + b)))" w=2 x=-1 b=-3 -o circuit.svg', "draw --mlp 2 3 2 -o network.svg"]
    picture = add_command(commands, "draw", run_draw, purpose, examples)
    add_expression(picture)
    formats = "svg, png, pdf or gv by its suffix; - is the standard output, as SVG (default)"
    picture.add_argument("-o", "--output", default="-", metavar="FILE", help=formats)
    picture.add_argument("--mlp", action="store_true", help="draw a network; EXPR is its widths, as --mlp 2 3 2")
    picture.add_argument("--engine", choices=("auto", "dot", "builtin"), default="auto",
                         help="auto (default): our own layout for SVG, Graphviz's dot for png and pdf")  # fmt: skip
    picture.add_argument("--style", choices=tuple(STYLES), help="default: by size")
    picture.add_argument("--rankdir", choices=("LR", "TB"), default="LR", help="left to right (LR) or downwards (TB)")
    picture.add_argument("--theme", choices=("light", "dark"), default="light", help="default: light")


def run_draw(options: argparse.Namespace) -> None:
    output = MLP(*widths_of(options)) if options.mlp else graph_of(options)
    if isinstance(output, Value):
        output.backward()
    drawing = draw(output, engine=options.engine, style=options.style, rankdir=options.rankdir,
                   precision=options.precision, theme=options.theme)  # fmt: skip
    write_output(options.output, drawing.render)


def widths_of(options: argparse.Namespace) -> tuple[int, list[int]]:
    """The number of inputs and the widths of the layers that were typed after --mlp."""
    typed = [options.expression, *options.values]
    if len(typed) < 2 or not all(word.isdecimal() and int(word) for word in typed):
        raise UsageError(f"expected widths from 1 on, inputs first, as --mlp 2 3 2; got {' '.join(typed)}")
    inputs, *widths = map(int, typed)
    return inputs, widths


def add_html(commands: Commands) -> None:
    purpose = "write a page that steps through the graph, forward and backward"
    examples = [
        'html "(x + y) * z" x=-2 y=5 z=-4 -o product.html',
        'html "(w*x + c - y)**2" w=1 x=2 c=0 y=3 --move w,c -o line.html',
    ]
    page = add_command(commands, "html", run_html, purpose, examples)
    add_expression(page)
    files = "such as step.html; - is the standard output"
    page.add_argument("-o", "--output", required=True, metavar="FILE", help=files)

    which = "variables that a step downhill moves, as w0,w1; default: all, but not x… where there are w… or b…"
    page.add_argument("--move", metavar="NAMES", help=which)


def run_html(options: argparse.Namespace) -> None:
    suffix = Path(options.output).suffix.lower()
    if suffix not in ("", ".html", ".htm"):
        raise UsageError(f"a page is a .html file, got {options.output}: for a picture write `backstep draw`")
    graph = graph_of(options)
    page = step(graph, options.precision, parameters=None if options.move is None else named(graph, options.move))
    write_output(options.output, lambda _: page.html().encode())


def named(graph: Value, names: str) -> list[Value]:
    """The variables of a graph that are listed by name, with commas between them."""
    leaves = {node.name: node for node in explain(graph).order if node.op is None}
    wanted = [name for name in map(str.strip, names.split(",")) if name]
    for name in wanted:
        if name not in leaves:
            raise UsageError(f"--move names variables of the expression, {', '.join(leaves)}; got {name!r}")
    return [leaves[name] for name in wanted]
