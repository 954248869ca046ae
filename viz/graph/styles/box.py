"""A folded module of a network. Every style draws it as the same box: its name, value, gradient and weights."""

from viz.graph.cells import coloured, framed, html, table
from viz.graph.picture import Box, Node
from viz.graph.shapes import Tile, stack, weight_colours
from viz.graph.theme import Palette


def box_tile(node: Node, box: Box, palette: Palette) -> Tile:
    """The box in our own layout: lines of text, the value above and the gradient below; then its weights as squares."""
    rows = [("value", node.value, palette.value)] if node.value else []
    rows += [("box", line, palette.muted if i else palette.ink) for i, line in enumerate(box.lines)]
    rows += [("gradient", node.gradient, palette.gradient)] if node.gradient else []
    return stack(rows, box.weights, palette, "box")


def box_label(node: Node, box: Box, palette: Palette) -> str:
    """The box in DOT: the same lines, then its weights as coloured cells with their signs."""
    lines = [coloured(node.value, palette.value)] if node.value else []
    lines += [html(box.lines[0]), *(coloured(line, palette.muted) for line in box.lines[1:])]
    lines += [coloured(node.gradient, palette.gradient)] if node.gradient else []
    if box.weights:
        rows = ""
        for row in box.weights:
            cells = ""
            for weight in row:
                fill, ink = weight_colours(weight, palette)
                sign = coloured("+" if weight.positive else "−", ink)
                cells += f'<TD BGCOLOR="{fill}" FIXEDSIZE="TRUE" WIDTH="16" HEIGHT="16">{sign}</TD>'
            rows += f"<TR>{cells}</TR>"
        size = f'FIXEDSIZE="TRUE" WIDTH="{16 * max(map(len, box.weights))}" HEIGHT="{16 * len(box.weights)}" '
        squares = table(rows, palette.ink, more=size)  # without a size it would be as wide as the box
        return framed(lines, palette, f"<TR><TD>{squares}</TD></TR>")
    return framed(lines, palette)
