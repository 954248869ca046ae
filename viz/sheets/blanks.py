"""The picture of a graph with empty boxes to write into, in place of the numbers that are asked for.

>>> from autograd import parse
>>> f = parse("x * y", x=2, y=3)
>>> f.backward()
>>> sum(shape.kind == "blank" for group in with_blanks(f)[1].nodes for shape in group if isinstance(shape, Rect))
3
"""

from dataclasses import replace

from autograd import Value
from viz.graph.look import Look
from viz.graph.picture import Node, Picture, picture_of
from viz.graph.scene import Scene, scene_of
from viz.graph.shapes import Rect, Shape, Text
from viz.graph.theme import FONT_SIZE, text_width

BLANK = "______"  # holds the place of a number until the picture is laid out
HEIGHT = FONT_SIZE + 6  # of a box
LOOK = Look("cs231n")


def with_blanks(output: Value) -> tuple[Picture, Scene]:
    """The picture without the numbers to be found: values of computed nodes, gradients of all but the output."""
    picture = picture_of(output)
    nodes = [asked(node, node is picture.nodes[-1]) for node in picture.nodes]
    picture = replace(picture, nodes=nodes)
    scene = scene_of(picture, LOOK)
    shown = [[shape for drawn in group for shape in boxed(drawn, scene)] for group in scene.nodes]
    return picture, replace(scene, nodes=shown)


def solved(output: Value) -> tuple[Picture, Scene]:
    """The same picture with all its numbers."""
    picture = picture_of(output)
    return picture, scene_of(picture, LOOK)


def asked(node: Node, is_output: bool) -> Node:
    """A node as the exercise shows it: a leaf has its value, the output its gradient, which is 1."""
    return replace(
        node,
        value=BLANK if node.gate else node.value,
        gradient=node.gradient if is_output else BLANK,
        title=node.name,
    )


def boxed(shape: Shape, scene: Scene) -> list[Shape]:
    """A shape, or the box that stands for its blank; before it the name, if there is one."""
    if not isinstance(shape, Text) or shape.runs[-1][0] != BLANK:
        return [shape]
    name = "".join(text for text, _ in shape.runs[:-1])
    whole, wide = text_width(name + BLANK), text_width(BLANK)
    left = shape.x - whole / 2
    top = shape.y - FONT_SIZE + (1 if shape.kind == "gradient" else 4 - HEIGHT + FONT_SIZE)
    box = Rect(left + whole - wide, top, wide, HEIGHT, 2.0, scene.palette.paper, scene.palette.muted, "blank")
    label = Text(shape.runs[:-1], left, shape.y, shape.kind, "start")
    return [label, box] if name else [box]
