"""A picture as DOT, Graphviz's language, and the `dot` program where it is installed.

Every label is an HTML-like one, so that one rule makes user's text safe: XML escapes, and backslashes doubled. Ids are
n0, n1, ... (wires with their labels) and g0, g1, ... (gates), in topological order; user's text is never an id.
"""

import shutil
import subprocess
from html import escape

import graphviz

from viz.picture import Node, Picture
from viz.style import FONT, FONT_SIZE, GATE, GRADIENT, INK, MUTED, PAPER, VALUE

SECONDS = 30


def digraph(picture: Picture) -> graphviz.Digraph:
    """The picture as a graphviz.Digraph, left to right."""
    graph = graphviz.Digraph(
        "backstep",
        graph_attr={"rankdir": "LR", "bgcolor": PAPER, "nodesep": "0.15", "ranksep": "0.3", "ordering": "in"},
        node_attr={"fontname": FONT.split(",")[0], "fontsize": str(FONT_SIZE), "fontcolor": INK},
        edge_attr={"arrowhead": "none", "color": MUTED},
    )
    for index, node in enumerate(picture.nodes):
        title = html(node.title)
        if picture.plates:
            graph.node(f"n{index}", plate(node), shape="plain", tooltip=title)
            continue
        if node.gate:
            graph.node(f"g{index}", f"<{html(node.gate)}>", shape="circle" if len(node.gate) < 5 else "box",
                       style="filled" if len(node.gate) < 5 else "filled,rounded", fillcolor=GATE, tooltip=title,
                       margin="0.04", width="0.5", height="0.5")  # fmt: skip
            graph.edge(f"g{index}:e", f"n{index}:w")
        graph.node(f"n{index}", wire(node), shape="plain", tooltip=title)
    for source, target in picture.wires:
        gate = "n" if picture.plates else "g"
        graph.edge(f"n{source}:e", f"{gate}{target}")
    return graph


def wire(node: Node) -> str:
    """Two rows parted by a rule, which is the wire: the value above, the gradient below."""
    name = f'<FONT COLOR="{MUTED}">{html(node.name)} = </FONT>' if node.gate else ""
    rows = (
        f'<TR><TD>{name}<FONT COLOR="{VALUE}">{html(node.value)}</FONT></TD></TR><HR/>'
        f'<TR><TD><FONT COLOR="{GRADIENT}">{html(node.gradient)}</FONT></TD></TR>'
    )
    table = f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="3">{rows}</TABLE>'
    if node.gate:
        return f"<{table}>"
    cells = f"<TR><TD>{html(node.name)}</TD><TD>{table}</TD></TR>"
    return f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">{cells}</TABLE>>'


def plate(node: Node) -> str:
    """A node of a large graph: value, operation (or a leaf's name) and gradient in three rows."""
    cells = ((node.value, VALUE), (node.gate or node.name, INK), (node.gradient, GRADIENT))
    rows = "".join(f'<TR><TD><FONT COLOR="{colour}">{html(content)}</FONT></TD></TR>' for content, colour in cells)
    return f'<<TABLE BORDER="1" CELLBORDER="0" CELLSPACING="0" CELLPADDING="3" STYLE="ROUNDED">{rows}</TABLE>>'


def html(text: str) -> str:
    """Text for an HTML-like label; control characters are gone already (naming.clean)."""
    return escape(text).replace("\\", "\\\\") or " "


def render(source: str, suffix: str) -> bytes | None:
    """What the `dot` program makes of a DOT source: svg, png or pdf; None where there is no working `dot`."""
    program = shutil.which("dot")
    if program is None:
        return None
    try:
        done = subprocess.run([program, f"-T{suffix}"], input=source.encode(), capture_output=True, timeout=SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 and done.stdout else None
