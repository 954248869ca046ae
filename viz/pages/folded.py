"""The drawing of a network whose boxes open: every box is laid out once, closed in its place, and open on its own.

Python lays all of it out. Where a box opens, a script (fold.js) sets its inside in its place and moves the rest by the
difference. Without scripts the page shows all boxes closed.

>>> from nn import MLP, mse_loss
>>> model = MLP(2, [2, 1], seed=0)
>>> loss = mse_loss(model([[0.0, 1.0]]), [1.0])
>>> from viz.graph.picture import nodes_below, picture_of
>>> order = nodes_below(loss)
>>> nodes = picture_of(loss).nodes
>>> folded = fold_drawing(order, model, nodes, nodes, 4)
>>> folded.svg.count('<g class="box">'), len(folded.data["fold"]["nests"])
(5, 6)
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from autograd import Value
from autograd.naming import clean
from nn import Module
from nn.sums import values_of
from viz.graph.fold.between import Tree
from viz.graph.fold.boxes import Boxes, Group
from viz.graph.fold.nests import Member, Nest, Terminal, nests_of
from viz.graph.fold.owners import module_tree
from viz.graph.layout import ROOMY
from viz.graph.look import Look
from viz.graph.picture import Node, Picture
from viz.graph.scene import Scene, put_numbers, scene_of
from viz.graph.shapes import LINE, Rect, Shape, Stroke, Text
from viz.graph.svg import PAGE_PEN, titled, write_groups

LEAST = 2  # results of a box whose numbers have room in it; a wide box shows more of them
POINT = Node("", "", "", "", "")  # where wires come into a box, or leave it
NODE, BOX, TERMINAL, POINT_KIND = range(4)  # the kinds of members, for the script


class DrawingOfPage(NamedTuple):
    """The drawing of a stepper: an <svg> element, its style, its height; `fold` among the data, which fold.js reads.

    nests   for each, parents first: its parent, title, size; its results (the nodes in it that others take, and the
            output); its members (kind, which one, middle x, middle y and of a box its width and height); its wires
            (from member, to member, then the points of each stretch)
    ways    for each wire of the graph, flat: nest, wire there, nest, wire there, ...
    """

    svg: str
    style: str
    height: int
    data: dict[str, Any]


def fold_drawing(
    order: Sequence[Value], model: Module, final: Sequence[Node], widest: Sequence[Node], digits: int
) -> DrawingOfPage:
    """The drawing of a graph in the boxes of its model; each node of it as it ends, and as wide as it becomes."""
    tree = module_tree(model)
    nests, ways = nests_of(order, tree)
    look = Look(Look().style_for(max(len(nest.members) for nest in nests)).name)
    number = {node: i for i, node in enumerate(order)}
    bare = titles_of(nests, order, tree, digits)
    results = {nest.key: [number[node] for node in results_of(nest, nests, order)] for nest in nests[1:]}
    roomy = {key: with_numbers(box, results[key], widest, LEAST) for key, box in bare.items()}
    titles = {key: with_numbers(box, results[key], final, LEAST) for key, box in bare.items()}
    scenes, nodes = [], []
    for nest in nests:
        drawn = [node_of(it, number, roomy, widest) for it in nest.members]
        shown = [node_of(it, number, titles, final) for it in nest.members]
        scene = scene_of(Picture(drawn, nest.wires), look, ROOMY)
        put_numbers(scene, shown)
        scenes.append(scene)
        nodes.append(shown)
    boxes = {nest.key: n for n, nest in enumerate(nests)}
    data = {
        "nests": [
            nest_data(nest, scene, number, boxes, titles) | {"results": results.get(nest.key, [])}
            for nest, scene in zip(nests, scenes, strict=True)
        ],
        "ways": [[part for step in way for part in step] for way in ways],
    }
    svg = element(nests, scenes, nodes, ways, number)
    return DrawingOfPage(svg, look.style or "", round(scenes[0].height), {"fold": data})


def titles_of(nests: Sequence[Nest], order: Sequence[Value], tree: Tree, digits: int) -> dict[Group, Node]:
    """The node of the picture for each box, closed: what it is, without numbers, which come step by step."""
    found: dict[Group, Node] = {}
    for depth in range(1, max(nest.depth for nest in nests) + 1):
        groups: dict[Value, Group] = {node: node for node in order}
        for nest in (nest for nest in nests if nest.depth == depth):
            groups |= dict.fromkeys(members_inside(nest, nests), nest.key)
        boxes = Boxes(tree, order, groups, digits)
        for nest in nests:
            if nest.depth == depth and not isinstance(nest.key, Value):
                node = boxes.node(nest.key)
                assert node.box is not None
                name = clean(node.box.lines[0])
                found[nest.key] = Node(name, "", "", "", name, replace(node.box, weights=()))
    return found


def results_of(nest: Nest, nests: Sequence[Nest], order: Sequence[Value]) -> list[Value]:
    """The nodes in a nest that nodes outside of it take, and the output, in their order."""
    inside = set(members_inside(nest, nests))
    taken = {order[-1], *(operand for node in order if node not in inside for operand in values_of(node))}
    return [node for node in order if node in inside and node in taken]


def with_numbers(box: Node, results: Sequence[int], nodes: Sequence[Node], most: int) -> Node:
    """The node of a box with values and gradients of its results, of so many at most."""
    shown = [nodes[i] for i in results[:most]]
    more = ["…"] * (len(results) > most)
    value = ", ".join([*(node.value for node in shown), *more])
    gradient = ", ".join([*(node.gradient for node in shown), *more]) if any(node.gradient for node in shown) else ""
    return replace(box, value=value, gradient=gradient)


def members_inside(nest: Nest, nests: Sequence[Nest]) -> list[Value]:
    """All nodes in a nest, those in its boxes included."""
    inside = {nest.key}
    found: list[Value] = []
    for other in nests[nests.index(nest) :]:
        if other.key in inside:
            found += [it for it in other.members if isinstance(it, Value)]
            inside.update(it for it in other.members if not isinstance(it, (Value, Terminal)))
    return found


def node_of(it: Member, number: dict[Value, int], titles: dict[Group, Node], nodes: Sequence[Node]) -> Node:
    """A member of a nest as the picture shows it. A terminal is the name of what comes there."""
    if isinstance(it, Terminal):
        name = nodes[number[it.value]].name
        return Node(name, "", "", "", name)
    if isinstance(it, Value):
        return nodes[number[it]]
    return titles.get(it, POINT)


def nest_data(
    nest: Nest, scene: Scene, number: dict[Value, int], boxes: dict[Group, int], titles: dict[Group, Node]
) -> dict[str, Any]:
    """A nest for the script; see DrawingOfPage."""
    members = []
    for it, shapes in zip(nest.members, scene.nodes, strict=True):
        left, top, right, bottom = frame_of(shapes)
        middle = [round((left + right) / 2), round((top + bottom) / 2)]
        if isinstance(it, Terminal):
            members.append([TERMINAL, number[it.value], *middle])
        elif isinstance(it, Value):
            members.append([NODE, number[it], *middle])
        elif it in titles:
            members.append([BOX, boxes[it], *middle, round(right - left), round(bottom - top)])
        else:
            members.append([POINT_KIND, 0, *middle])
    wires = [
        [wire.source, wire.target, *([round(part) for point in step for part in point] for step in wire.stroke.steps)]
        for wire in scene.wires
    ]
    title = titles[nest.key].name if nest.key in titles else ""
    return {
        "parent": nest.parent,
        "title": title,
        "size": [round(scene.width), round(scene.height - (LINE * len(scene.legend) if nest.depth else 0.0))],
        "members": members,
        "wires": wires,
    }


def frame_of(shapes: Sequence[Shape]) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a node: of its frame, else of its strokes and the beginnings of its texts."""
    for shape in shapes:
        if isinstance(shape, Rect):
            return shape.left, shape.top, shape.left + shape.width, shape.top + shape.height
    points = [point for shape in shapes if isinstance(shape, Stroke) for step in shape.steps for point in step]
    points += [(shape.x, shape.y) for shape in shapes if isinstance(shape, Text) and not points]
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def element(
    nests: Sequence[Nest],
    scenes: Sequence[Scene],
    nodes: Sequence[Sequence[Node]],
    ways: Sequence[Sequence[tuple[int, int]]],
    number: dict[Value, int],
) -> str:
    """The <svg> element: boxes (each closed, then its terminals), a path for each wire of the graph, a group a node.

    Wires and nodes have the order that they have in the drawing of a graph without boxes.
    """
    shut: dict[Group, str] = {}
    terminals: list[list[str]] = []
    groups = [""] * len(number)
    for nest, scene, drawn in zip(nests, scenes, nodes, strict=True):
        terminals.append([])
        for it, shapes, node in zip(nest.members, scene.nodes, drawn, strict=True):
            written = titled(node.title) + "".join(map(PAGE_PEN.write, shapes))
            if isinstance(it, Value):
                groups[number[it]] = f"<g>{written}</g>" if not nest.depth else f'<g display="none">{written}</g>'
            elif node.box and not isinstance(it, Terminal):
                hidden = ' display="none"' if nest.depth else ""
                shut[it] = f'<g class="shut"{hidden}>{written}</g>'
            else:
                terminals[-1].append(f"<g>{written}</g>")
    boxes = [
        f'<g class="box">{shut[nest.key]}<g class="opened" display="none">{"".join(terminal)}</g></g>'
        for nest, terminal in zip(nests[1:], terminals[1:], strict=True)
    ]
    outer = [next((scenes[0].wires[wire].stroke for nest, wire in way if nest == 0), None) for way in ways]
    wires = ("<path/>" if stroke is None else PAGE_PEN.write(stroke) for stroke in outer)
    return write_groups(scenes[0], boxes=boxes, wires=wires, nodes=groups)
