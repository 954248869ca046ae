"""Labels of nodes in DOT, Graphviz's language: HTML-like tables of cells.

One rule makes the user's text safe: XML escapes, and backslashes doubled.

>>> coloured("a < b", "#00735C")
'<FONT COLOR="#00735C">a &lt; b</FONT>'
"""

from html import escape

from viz.graph.theme import Palette


def html(text: str) -> str:
    """Text for an HTML-like label; control characters are gone already (naming.clean)."""
    return escape(text).replace("\\", "\\\\") or " "


def coloured(text: str, colour: str) -> str:
    """Text in a colour."""
    return f'<FONT COLOR="{colour}">{html(text)}</FONT>'


def table(rows: str, colour: str, border: int = 0, lines: int = 0, padding: int = 0, more: str = "") -> str:
    """A table: widths of its border and of the lines between its cells, space in a cell, `more` attributes."""
    look = f'BORDER="{border}" CELLBORDER="{lines}" CELLSPACING="0" CELLPADDING="{padding}" COLOR="{colour}"'
    return f"<TABLE {more}{look}>{rows}</TABLE>"


def framed(lines: list[str], palette: Palette, *more: str) -> str:
    """A label of lines one below the other on a plate, then `more` rows."""
    rows = "".join(f"<TR><TD>&#160;{line}&#160;</TD></TR>" for line in lines) + "".join(more)
    rounded = f'STYLE="ROUNDED" BGCOLOR="{palette.gate}" '
    return f"<{table(rows, palette.ink, border=1, padding=3, more=rounded)}>"
