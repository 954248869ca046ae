"""A picture as DOT, Graphviz's language, and the `dot` program where it is installed.

Every label is an HTML-like one, so that one rule makes user's text safe: XML escapes, and backslashes doubled. Nodes
are n0, n1, ... (wires with their labels, plates, boxes) and g0, g1, ... (gates), in topological order; user's text is
never the name of one.
"""

import shutil
import subprocess
from html import escape

import graphviz

from viz.graph.picture import Node, Picture, id_prefix
from viz.graph.shapes import weight_colours
from viz.graph.style import FONT, FONT_SIZE, Look, Palette, text_width

SECONDS = 30
TABLE = '<TABLE BORDER="{}" CELLBORDER="{}" CELLSPACING="0" CELLPADDING="{}" COLOR="{}">{}</TABLE>'


def digraph(picture: Picture, look: Look | None = None) -> graphviz.Digraph:
    """The picture as a graphviz.Digraph."""
    look = look or Look()
    palette, style = look.palette, look.style_for(len(picture.nodes))
    out, into = ("s", "n") if look.rankdir == "TB" else ("e", "w")
    prefix = id_prefix(picture, look)
    family = FONT.split(",")[0]
    graph = graphviz.Digraph("backstep")
    graph.attr(rankdir=look.rankdir, bgcolor=palette.paper, nodesep="0.15", ordering="in", id=prefix,
               ranksep="1" if picture.weights else "0.3", fontname=family, fontcolor=palette.muted)  # fmt: skip
    graph.attr("node", fontname=family, fontsize=str(FONT_SIZE), fontcolor=palette.ink)
    graph.attr("edge", arrowhead="none", color=palette.muted)
    if picture.legend:
        graph.attr(label=f"<{'<BR/>'.join(map(html, picture.legend))}>")
    for index, node in enumerate(picture.nodes):
        title = html(node.title)
        if node.gate and has_gate(node, style):
            graph.node(f"g{index}", f"<{html(node.gate)}>", shape="circle" if len(node.gate) < 5 else "box",
                       style="filled" if len(node.gate) < 5 else "filled,rounded", fillcolor=palette.gate,
                       color=palette.ink, id=f"{prefix}-g{index}", tooltip=title,
                       margin="0.04", width="0.5", height="0.5")  # fmt: skip
            graph.edge(f"g{index}:{out}", f"n{index}:{into}", id=f"{prefix}-e{index}", weight="20")
        label = box if node.box else {"plates": plate, "micrograd": record, "cs231n": wire}[style]
        graph.node(f"n{index}", label(node, look), shape="plain", id=f"{prefix}-n{index}", tooltip=title)
    for number, (source, target) in enumerate(picture.wires):
        end = f"g{target}" if has_gate(picture.nodes[target], style) else f"n{target}"
        look_of_wire = {}
        if weight := picture.weights.get(number):
            look_of_wire["color"] = palette.positive if weight.positive else palette.negative
            look_of_wire["penwidth"] = f"{1 + 3 * weight.strength:.3g}"
            look_of_wire["style"] = "solid" if weight.positive else "dashed"
        if picture.nodes[target].box:
            end += f":{into}"
        graph.edge(f"n{source}:{out}", end, id=f"{prefix}-w{number}", **look_of_wire)
    return graph


def has_gate(node: Node, style: str) -> bool:
    """Whether the operation is a node of its own, before the one that shows its result."""
    return bool(node.gate) and not node.box and style != "plates"


def wire(node: Node, look: Look) -> str:
    """Two cells parted by a rule, which is the wire: the value above, or to the left, the gradient below, or right."""
    palette = look.palette
    value = font(node.value, palette.value)
    if node.gate:
        value = font(f"{node.name} = ", palette.muted) + value
    gradient = font(node.gradient, palette.gradient)
    if look.rankdir == "TB":
        half = 10 + max(
            text_width(f"{node.name} = {node.value}" if node.gate else node.value), text_width(node.gradient)
        )
        cells = (
            f'<TD WIDTH="{half:.0f}" ALIGN="RIGHT">{value}</TD><VR/><TD WIDTH="{half:.0f}" ALIGN="LEFT">{gradient}</TD>'
        )
        table = TABLE.format(0, 0, 5, palette.muted, f"<TR>{cells}</TR>")
        rows = f"<TR><TD>{html(node.name)}</TD></TR><TR><TD>{table}</TD></TR>"
    else:
        table = TABLE.format(0, 0, 3, palette.muted, f"<TR><TD>{value}</TD></TR><HR/><TR><TD>{gradient}</TD></TR>")
        rows = f"<TR><TD>{html(node.name)}&#160;</TD><TD>{table}</TD></TR>"
    return f"<{table}>" if node.gate else f"<{TABLE.format(0, 0, 0, palette.muted, rows)}>"


def record(node: Node, look: Look) -> str:
    """Cells side by side: the name, the data and, once there is one, the grad."""
    palette = look.palette
    cells = [html(node.name), font(f"data {node.value}", palette.value)]
    if node.gradient:
        cells.append(font(f"grad {node.gradient}", palette.gradient))
    row = "".join(f'<TD BGCOLOR="{palette.gate}">{cell}</TD>' for cell in cells)
    return f"<{TABLE.format(0, 1, 6, palette.ink, f'<TR>{row}</TR>')}>"


def plate(node: Node, look: Look) -> str:
    """A node of a large graph: value, operation (or a leaf's name) and gradient in three rows."""
    palette = look.palette
    lines = [font(node.value, palette.value), html(node.gate or node.name), font(node.gradient, palette.gradient)]
    return framed(lines, palette)


def box(node: Node, look: Look) -> str:
    """A folded module: what it is, its value and gradient, and its weights as coloured cells with their signs."""
    assert node.box
    palette = look.palette
    lines = [html(node.box.lines[0]), *(font(line, palette.muted) for line in node.box.lines[1:])]
    lines += [font(node.value, palette.value)] if node.value else []
    lines += [font(node.gradient, palette.gradient)] if node.gradient else []
    if node.box.weights:
        rows = ""
        for row in node.box.weights:
            cells = ""
            for weight in row:
                fill, ink = weight_colours(weight, palette)
                sign = font("+" if weight.positive else "−", ink)
                cells += f'<TD BGCOLOR="{fill}" FIXEDSIZE="TRUE" WIDTH="16" HEIGHT="16">{sign}</TD>'
            rows += f"<TR>{cells}</TR>"
        squares = TABLE.format(0, 0, 0, palette.ink, rows)
        size = f'FIXEDSIZE="TRUE" WIDTH="{16 * max(map(len, node.box.weights))}" HEIGHT="{16 * len(node.box.weights)}"'
        lines.append(squares.replace("<TABLE ", f"<TABLE {size} ", 1))  # else it would be as wide as the box
    return framed(lines, palette)


def framed(lines: list[str], palette: Palette) -> str:
    """Lines one below the other on a plate."""
    rows = "".join(f"<TR><TD>{line}</TD></TR>" for line in lines)
    table = TABLE.format(1, 0, 3, palette.ink, rows)
    return f'<{table.replace("<TABLE ", f"""<TABLE STYLE="ROUNDED" BGCOLOR="{palette.gate}" """, 1)}>'


def font(text: str, colour: str) -> str:
    return f'<FONT COLOR="{colour}">{html(text)}</FONT>'


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
