"""A picture as DOT, Graphviz's language, and the `dot` program where it is installed.

Nodes are n0, n1, ... (wires with their labels, plates, boxes) and g0, g1, ... (gates), in topological order. The user's
text is never the name of a node; it stands in HTML-like labels (see cells.py).

>>> from autograd import parse
>>> from viz.graph.picture import picture_of
>>> digraph(picture_of(parse("x * y", x=2, y=3))).source.splitlines()[0]
'digraph backstep {'
"""

import shutil
import subprocess
from itertools import pairwise

import graphviz

from autograd.waiting import told_if_slow
from viz.graph.cells import coloured, html
from viz.graph.layout import GENTLE, assign_layers
from viz.graph.look import Look
from viz.graph.picture import Picture, id_prefix
from viz.graph.scene import legend_of
from viz.graph.styles.box import box_label
from viz.graph.styles.cs231n import RADIUS, THICK, sign_width
from viz.graph.styles.style import Style
from viz.graph.theme import FONT, FONT_SIZE, Palette

SECONDS = 30
NODE_GAP = 0.15  # inches


def digraph(picture: Picture, look: Look | None = None) -> graphviz.Digraph:
    """The picture as a graphviz.Digraph."""
    look = look or Look()
    palette, style = look.palette, look.style_for(len(picture.nodes))
    out, into = ("s", "n") if look.vertical else ("e", "w")
    prefix = id_prefix(picture, look)
    family = FONT.split(",")[0]
    graph = graphviz.Digraph("backstep")
    graph.attr(rankdir=look.rankdir, bgcolor=palette.paper, nodesep=str(NODE_GAP), pad="0.15", id=prefix,
               splines="line" if style.straight and picture.network else "true",
               ranksep=f"{gap_of_layers(picture, style):.3g}", fontname=family,
               fontcolor=palette.muted)  # fmt: skip
    graph.attr("node", fontname=family, fontsize=str(FONT_SIZE), fontcolor=palette.ink, shape="plain")
    graph.attr("edge", color=palette.muted, penwidth=str(THICK), arrowsize="0.6",
               arrowhead="normal" if style.arrows else "none")  # fmt: skip
    legend = ("".join(coloured(*run) for run in line) for line in legend_of(picture, style, palette))
    if lines := "<BR/>".join(legend):
        graph.attr(label=f"<{lines}>")
    ports = [
        f"n{index}" if node.box or not style.port else f"n{index}:{style.port}"
        for index, node in enumerate(picture.nodes)
    ]
    circled = {index for index, node in enumerate(picture.nodes) if style.sign and not node.box and node.gate}
    for index, node in enumerate(picture.nodes):
        name, title = f"n{index}", html(node.title)
        if node.box:
            graph.node(name, box_label(node, node.box, palette), id=f"{prefix}-{name}", tooltip=title)
        elif style.label:
            label = style.label(node, look.vertical, palette)
            graph.node(name, label, id=f"{prefix}-{name}", tooltip=title)
            if style.sign and index in circled:
                add_circle(graph, f"g{index}", style.sign(node.gate), node.gate, palette, f"{prefix}-g{index}", title)
                graph.edge(f"g{index}:{out}", f"{ports[index]}:{into}", id=f"{prefix}-e{index}", weight="20")
        elif node.dots:
            graph.node(name, "⋯" if look.vertical else "⋮", id=f"{prefix}-{name}", tooltip=title, fontsize="28",
                       width=inches(2 * RADIUS), height=inches(2 * RADIUS), shape="none")  # fmt: skip
        elif style.sign:
            add_circle(graph, name, style.sign(node.sign), node.sign, palette, f"{prefix}-{name}", title)
    for number, (source, target) in enumerate(picture.wires):
        end = f"g{target}" if target in circled and style.label else f"n{target}"
        look_of_wire = {} if picture.drawn((source, target)) else {"style": "invis"}
        if weight := picture.weights.get(number):
            look_of_wire["color"] = palette.positive if weight.positive else palette.negative
            look_of_wire["penwidth"] = f"{1 + 3 * weight.strength:.3g}"
            look_of_wire["style"] = "solid" if weight.positive else "dashed"
            look_of_wire["minlen"] = "4"
        if picture.nodes[target].box:
            end += f":{into}"
            look_of_wire.setdefault("minlen", "2")
        begin = ports[source] if style.straight else f"{ports[source]}:{out}"
        graph.edge(begin, end, id=f"{prefix}-w{number}", **look_of_wire)
    for layer in ordered_layers(picture):  # in the order in which the model has them
        with graph.subgraph(graph_attr={"rank": "same"}) as same:
            for upper, lower in pairwise(layer):
                same.edge(f"n{upper}", f"n{lower}", style="invis")
    return graph


def add_circle(
    graph: graphviz.Digraph, name: str, label: str, text: str, palette: Palette, identifier: str, title: str
) -> None:
    """Add a node that is a circle with a short text, or a longer shape with a long one."""
    width = sign_width(text)
    long = width > 2 * RADIUS
    graph.node(name, label, shape="box" if long else "circle", style="filled,rounded" if long else "filled",
               fillcolor=palette.gate, color=palette.ink, id=identifier, tooltip=title, fixedsize="true",
               height=inches(2 * RADIUS), width=inches(width))  # fmt: skip


def ordered_layers(picture: Picture) -> list[list[int]]:
    """The boxes, or the units of a network, of each layer of our own layout."""
    layers: dict[int, list[int]] = {}
    for index, layer in enumerate(assign_layers(len(picture.nodes), picture.wires)):
        if picture.nodes[index].box or picture.network:
            layers.setdefault(layer, []).append(index)
    return list(layers.values())


def gap_of_layers(picture: Picture, style: Style) -> float:
    """The distance of layers in inches: in a network as far that no straight wire meets a neighbour's circle."""
    if style.port:
        return 0.22
    if not picture.network:
        return 0.4
    most = max(map(len, ordered_layers(picture)))
    circle = 2 * RADIUS / 72
    return max(0.4, GENTLE * (most - 1) * (circle + NODE_GAP) - circle)


def inches(pixels: float) -> str:
    return f"{pixels / 72:.3f}"


def render(source: str, suffix: str) -> bytes | None:
    """A DOT source drawn by the program `dot`, as a svg, png or pdf file; None where it does not work."""
    program = shutil.which("dot")
    if program is None:
        return None
    try:
        with told_if_slow(f"Graphviz's dot places a large graph, {SECONDS} s at most; engine='builtin' is quicker"):
            done = subprocess.run([program, f"-T{suffix}"], input=source.encode(), capture_output=True, timeout=SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 and done.stdout else None
