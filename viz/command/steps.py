"""The commands that show backprop as text: `backstep step` prints the worked solution, `backstep quiz` asks for it,
`backstep routes` writes a gradient as a sum over routes.

>>> import argparse
>>> typed = argparse.Namespace(expression="x * y", values=["x=2", "y=3"], precision=4)
>>> print(*explain(graph_of(typed), typed.precision).lines(), sep="\\n")
Forward
  f = x * y = 2 * 3 = 6
Backward: each use of a node adds upstream × local
  ∂f/∂f = 1
  ∂f/∂x += ∂f/∂f × ∂(x * y)/∂x = 1 × y = 1 × 3 = 3
  ∂f/∂y += ∂f/∂f × ∂(x * y)/∂y = 1 × x = 1 × 2 = 2
Gradients
  ∂f/∂x = 3
  ∂f/∂y = 2
"""

import argparse
import sys
from difflib import get_close_matches
from importlib import import_module

from autograd import Value, explain, routes
from autograd.naming import short_names
from autograd.notation import few
from autograd.order import topological_order
from viz.command.arguments import Commands, add_command, add_expression, graph_of, whole
from viz.terminal.console import GREEN, ORANGE, UsageError, coloured, is_terminal, say, say_in_columns, wants_colour
from viz.terminal.quiz import quiz


def add(commands: Commands) -> None:
    """Add the commands of this family."""
    add_step(commands)
    add_quiz(commands)
    add_routes(commands)


def add_step(commands: Commands) -> None:
    examples = (
        'step "(x + y) * z" x=-2 y=5 z=-4',
        'step "q = w*x + b; f = tanh(q)" w=2 x=0.5 b=-1 --latex',
        'step -i "1/(1 + exp(-(w*x + b)))" w=2 x=-1 b=-3',
    )
    purpose = "print the worked solution of an expression, or walk through it"
    step = add_command(commands, "step", run_step, purpose, examples)
    add_expression(step)
    step.add_argument("-i", "--interactive", action="store_true", help="walk through it, forward and back, by keys")
    step.add_argument("--latex", action="store_true", help="print LaTeX (an align* environment) instead of text")
    step.add_argument("--color", choices=("auto", "always", "never"), default="auto", help="default: auto")


def run_step(options: argparse.Namespace) -> None:
    explanation = explain(graph_of(options), options.precision)
    colour = wants_colour(options.color)
    if options.latex:
        say(explanation.latex())
    elif options.interactive and is_terminal(sys.stdin) and is_terminal(sys.stdout):
        import_module("viz.terminal.screen").step_through(explanation, colour)  # starting it takes a while
    else:
        forward = False
        for line in explanation.lines():
            forward = line == "Forward" or (forward and line.startswith(" "))
            say(coloured(line, GREEN if forward else ORANGE) if colour else line)


def add_quiz(commands: Commands) -> None:
    purpose = "ask for what each use of a node receives on the way back"
    quiz = add_command(commands, "quiz", run_quiz, purpose, ['quiz "(x + y) * z" x=-2 y=5 z=-4'])
    add_expression(quiz)
    quiz.add_argument("--totals", action="store_true", help="ask for the whole gradient of each node instead")


def run_quiz(options: argparse.Namespace) -> None:
    quiz(explain(graph_of(options), options.precision), options.totals)


def add_routes(commands: Commands) -> None:
    purpose = "write a gradient as a sum over all routes, the largest first"
    found = add_command(commands, "routes", run_routes, purpose, ['routes "(x + y) * x + y" x=3 y=-1 --to x'])
    add_expression(found)
    found.add_argument("--to", metavar="NAME", help="the variable, or intermediate result (default: each variable)")
    found.add_argument("--most", type=whole, default=8, metavar="N", help="routes that are listed one by one (8)")
    found.add_argument("--latex", action="store_true", help="print LaTeX (an align* environment) instead of text")


def run_routes(options: argparse.Namespace) -> None:
    if options.most < 0:
        raise UsageError(f"--most is 0 or more, got {options.most}")
    output = graph_of(options)
    found = [routes(output, node, options.precision) for node in ends_of(output, options.to)]
    if options.latex:
        say("\n".join(to_node.latex(options.most) for to_node in found))
    else:
        say_in_columns(
            "\n".join([*(line for to_node in found for line in to_node.sums(options.most)), found[-1].cost()])
        )


def ends_of(output: Value, name: str | None) -> list[Value]:
    """The node of this name; without one, all leaves."""
    order = topological_order(output)
    if name is None:
        return [node for node in order if node.op is None]
    names = {named: node for node, named in short_names(order).items()}
    if name not in names:
        meant = "".join(f": did you mean {similar}?" for similar in get_close_matches(name, names, 1))
        raise UsageError(f"there is no node {name!r} in this graph{meant or f'; there are {few(list(names))}'}")
    return [names[name]]
