"""Labels of nodes in DOT, Graphviz's language: HTML-like tables of cells.

One rule makes the user's text safe: XML escapes, and backslashes doubled.

>>> coloured("a < b", "#00735C")
'<FONT COLOR="#00735C">a &lt; b</FONT>'
"""

from html import escape

from viz.graph.theme import Palette

TABLE = '<TABLE BORDER="{}" CELLBORDER="{}" CELLSPACING="0" CELLPADDING="{}" COLOR="{}">{}</TABLE>'


def html(text: str) -> str:
    """Text for an HTML-like label; control characters are gone already (naming.clean)."""
    return escape(text).replace("\\", "\\\\") or " "


def coloured(text: str, colour: str) -> str:
    """Text in a colour."""
    return f'<FONT COLOR="{colour}">{html(text)}</FONT>'


def framed(lines: list[str], palette: Palette) -> str:
    """A label of lines one below the other on a plate."""
    rows = "".join(f"<TR><TD>{line}</TD></TR>" for line in lines)
    table = TABLE.format(1, 0, 3, palette.ink, rows)
    return f'<{table.replace("<TABLE ", f"""<TABLE STYLE="ROUNDED" BGCOLOR="{palette.gate}" """, 1)}>'
