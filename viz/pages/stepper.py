"""`step`: a page that steps forward and backward through a graph, in a notebook or saved as one file.

The scripts of the page make the steps, in exactly the order in which `backward()` works. They compute all numbers and
texts, for the reader may move the numbers; formulas are generated from the table (see program.py). Without JavaScript
the page shows the finished pass and all steps as text.

>>> from autograd import parse
>>> stepper = step(parse("(x + y) * z", x=-2, y=5, z=-4))
>>> stepper
<Stepper of f = (x + y) * z: 8 steps>
>>> stepper.html().splitlines()[0]
'<!DOCTYPE html>'
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from autograd import Explanation, Step, Term, Value, explain, words
from autograd.cards import derivative, times
from autograd.notation import few, number
from autograd.words import steady_nodes
from nn import Module
from viz.graph.layout import ROOMY
from viz.graph.look import Look
from viz.graph.picture import Node, Picture, picture_of
from viz.graph.scene import put_numbers, scene_of
from viz.graph.svg import write_element
from viz.graph.theme import text_width
from viz.pages.folded import DrawingOfPage, fold_drawing
from viz.pages.mistakes import mistakes
from viz.pages.movers import movers
from viz.pages.page import Page, text, write_page
from viz.pages.program import program_of

FILES = (
    "page.css", "stepper.css",
    "document.js", "numbers.js", "keyboard.js", "engine.js", "texts.js", "model.js", "picture.js", "chips.js",
    "words.js", "arrivals.js", "curve.js", "closeup.js", "card.js", "predict.js", "judge.js", "quiz.js", "routes.js",
    "routepanel.js", "fold.js", "foldnumbers.js", "overview.js", "stubs.js", "flow.js", "worth.js", "walk.js",
    "address.js", "whatif.js", "downhill.js", "stepper.js",
)  # fmt: skip
LATER = ("card.css", "routes.css", "overview.css", "moves.css", "fold.css")  # for what the scripts make
FEW = 20  # nodes; a larger graph has a map
MANY = 150  # nodes; of a larger graph the list of all steps is brief
LONGEST = 80  # characters of a formula in the title
ROOM = "0000000"  # seven digits; a longer number is condensed
HEIGHT = 800  # pixels, in a notebook: the whole card is in view


class Stepper(Page):
    """A page that steps through a graph as it was when `step` was called. `html()` is the page, `save` writes it."""

    def __init__(self, content: str, title: str, height: int, steps: int) -> None:
        super().__init__(content, title, height)
        self.steps = steps

    def __repr__(self) -> str:
        return f"<Stepper of {self.title}: {self.steps} steps>"


def step(
    output: Value, precision: int = 4, model: Module | None = None, parameters: Iterable[Value] | None = None
) -> Stepper:
    """A page that steps through the graph below `output`: operation by operation, then use by use back.

    precision   significant digits of the numbers
    model       put the modules of this network into boxes, which open and close
    parameters  the leaves that move downhill; if not given, the model's; without a model all leaves, but where some are
                named w… or b… not those named x…

    No `.grad` is read or changed. ValueError for a graph too large to be looked at, RuntimeError where `backward()`
    would raise it: if a leaf was edited after the graph was built.
    """
    picture = picture_of(output, precision)  # refuses what is no Value, and what is too large
    solution = explain(output, precision)
    steps = list(solution)
    title = formula_of(solution)
    nodes, widest = finished(picture, steps, solution)
    drawing = fold_drawing(solution.order, model, nodes, widest, precision) if model else plain(picture, nodes, widest)
    program = program_of(solution, movers(solution, model.parameters() if parameters is None and model else parameters))
    large = model is not None or len(nodes) > FEW
    used = [name for name in FILES if (model or not name.startswith("fold")) and (large or name != "overview.js")]
    data = program.data | drawing.data | {"words": words_of(solution), "large": large, "mistakes": mistakes().data}
    page = write_page(
        "stepper.html", title, data, used, program.script + mistakes().script, LATER if model else LATER[:-1],
        style=drawing.style, drawing=drawing.svg, steps=listed(steps, solution),
    )  # fmt: skip
    return Stepper(page, title, HEIGHT, len(steps) + 1)


def formula_of(solution: Explanation) -> str:
    """The whole graph as one formula, `f = (x + y) * z`, where that is short; else the output's name and the size."""
    name = solution.names[solution.output]
    terms: dict[Any, Term] = {}
    for node in solution.order:
        if node.op is None:
            terms[node] = Term(solution.names[node])
        else:
            terms[node] = Term.apply_primitive(node.op, [terms.get(operand, operand) for operand in node.operands])
        if len(str(terms[node])) > LONGEST:
            return f"{name}, {len(solution.order)} nodes"
    return f"{name} = {terms[solution.output]}" if solution.output.op is not None else name


def finished(picture: Picture, steps: Sequence[Step], solution: Explanation) -> tuple[list[Node], list[Node]]:
    """The nodes after the last step; and with the longest numbers that they have room for.

    A number that the reader moves may become as long as ROOM, a gradient as long as the widest sum on its way. A node
    that no gradient reaches, such as a condition, has none.
    """
    sums: dict[Value, list[float]] = {solution.output: [1.0]}
    for step in steps:
        if step.operand is not None:
            sums.setdefault(step.operand, []).append(step.total)
    texts = [[number(total, solution.digits) for total in sums.get(node, ())] for node in solution.order]
    nodes = [
        replace(drawn, gradient=known[-1] if known else "", title=tooltip(drawn.name, node, sums.get(node), len(texts)))
        for drawn, node, known in zip(picture.nodes, solution.order, texts, strict=True)
    ]
    widest = [
        replace(drawn, value=longest([drawn.value]), gradient=longest(known) if known else "")
        for drawn, known in zip(nodes, texts, strict=True)
    ]
    return nodes, widest


def plain(picture: Picture, nodes: list[Node], widest: list[Node]) -> DrawingOfPage:
    """The drawing of a graph without boxes."""
    scene = scene_of(replace(picture, nodes=widest), gaps=ROOMY)
    put_numbers(scene, nodes)
    svg = write_element(replace(picture, nodes=nodes), scene)
    return DrawingOfPage(svg, Look().style_for(len(nodes)).name, round(scene.height), {})


def longest(numbers: Sequence[str]) -> str:
    return max([*numbers, ROOM], key=text_width)


def tooltip(name: str, node: Value, sums: Sequence[float] | None, nodes: int) -> str:
    """A node's name and its numbers in full; in a large graph the name alone, to which the scripts add the numbers."""
    if nodes > MANY:
        return name
    return f"{name} = {node.data!r}" + (f", gradient {sums[-1]!r}" if sums else "")


def words_of(solution: Explanation) -> dict[str, Any]:
    """The sentences of autograd/words.py for the scripts, and the nodes in which the output is steady."""
    steady = steady_nodes(solution.order)
    return {
        "sentences": words.SENTENCES,
        "this_use": words.THIS_USE,
        "as_far": words.AS_FAR,
        "times_as_far": words.TIMES_AS_FAR,
        "steady": [i for i, node in enumerate(solution.order) if node in steady],
    }


def listed(steps: Sequence[Step], solution: Explanation) -> str:
    """All steps as items of a list, with what is given before the first one and what was found after the last."""
    leaves = [node for node in solution.order if node.op is None]
    last = {step.operand: step.total for step in steps if step.operand is not None} | {solution.output: 1.0}
    given = [f"{solution.names[leaf]} = {number(leaf.data, solution.digits)}" for leaf in leaves]
    found = [f"{derivative(steps[0], leaf)} = {number(last.get(leaf, 0.0), solution.digits)}" for leaf in leaves]
    write = str if len(solution.order) <= MANY else brief
    lines = [f"Given: {few(given)}", *map(write, steps), f"Found: {few(found)}"]
    return "\n".join(f"<li>{text(line)}</li>" for line in lines)


def brief(step: Step) -> str:
    """The step as a short line, for a large graph: a use in numbers only."""
    if step.operand is None:
        return str(step)
    factors = times(step.number(step.upstream), step.number(step.local))
    return f"{derivative(step, step.operand)} += {factors} = {step.number(step.contribution)}"
