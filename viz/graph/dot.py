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

import graphviz

from viz.graph.cells import html
from viz.graph.look import Look
from viz.graph.picture import Picture, id_prefix
from viz.graph.styles.box import box_label
from viz.graph.theme import FONT, FONT_SIZE

SECONDS = 30


def digraph(picture: Picture, look: Look | None = None) -> graphviz.Digraph:
    """The picture as a graphviz.Digraph."""
    look = look or Look()
    palette, style = look.palette, look.style_for(len(picture.nodes))
    out, into = ("s", "n") if look.vertical else ("e", "w")
    prefix = id_prefix(picture, look)
    family = FONT.split(",")[0]
    graph = graphviz.Digraph("backstep")
    graph.attr(rankdir=look.rankdir, bgcolor=palette.paper, nodesep="0.15", ordering="in", id=prefix,
               ranksep="1" if picture.weights else "0.3", fontname=family, fontcolor=palette.muted)  # fmt: skip
    graph.attr("node", fontname=family, fontsize=str(FONT_SIZE), fontcolor=palette.ink)
    graph.attr("edge", arrowhead="none", color=palette.muted)
    if picture.legend:
        graph.attr(label=f"<{'<BR/>'.join(map(html, picture.legend))}>")
    gates = {index for index, node in enumerate(picture.nodes) if style.has_gates and node.gate and not node.box}
    for index, node in enumerate(picture.nodes):
        title = html(node.title)
        if index in gates:
            graph.node(f"g{index}", f"<{html(node.gate)}>", shape="circle" if len(node.gate) < 5 else "box",
                       style="filled" if len(node.gate) < 5 else "filled,rounded", fillcolor=palette.gate,
                       color=palette.ink, id=f"{prefix}-g{index}", tooltip=title,
                       margin="0.04", width="0.5", height="0.5")  # fmt: skip
            graph.edge(f"g{index}:{out}", f"n{index}:{into}", id=f"{prefix}-e{index}", weight="20")
        label = box_label(node, node.box, palette) if node.box else style.label(node, look.vertical, palette)
        graph.node(f"n{index}", label, shape="plain", id=f"{prefix}-n{index}", tooltip=title)
    for number, (source, target) in enumerate(picture.wires):
        end = f"g{target}" if target in gates else f"n{target}"
        look_of_wire = {}
        if weight := picture.weights.get(number):
            look_of_wire["color"] = palette.positive if weight.positive else palette.negative
            look_of_wire["penwidth"] = f"{1 + 3 * weight.strength:.3g}"
            look_of_wire["style"] = "solid" if weight.positive else "dashed"
        if picture.nodes[target].box:
            end += f":{into}"
        graph.edge(f"n{source}:{out}", end, id=f"{prefix}-w{number}", **look_of_wire)
    return graph


def render(source: str, suffix: str) -> bytes | None:
    """A DOT source drawn by the program `dot`, as a svg, png or pdf file; None where it does not work."""
    program = shutil.which("dot")
    if program is None:
        return None
    try:
        done = subprocess.run([program, f"-T{suffix}"], input=source.encode(), capture_output=True, timeout=SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 and done.stdout else None
