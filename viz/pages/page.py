"""`Page`: one file for a browser, with its markup, style sheets, scripts and data; it fetches nothing from anywhere.

The page's own rule, its Content-Security-Policy, forbids every request. Text of the user goes in escaped. Data go in as
JSON in which no character can end the element that holds them. Markup, style sheets and scripts lie beside this file.

>>> island({"name": "</script>", "slope": float("inf")})
'{"name":"\\\\u003c/script\\\\u003e","slope":"Infinity"}'
"""

import json
import math
import os
import re
from collections.abc import Sequence
from functools import cache
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any

from autograd.files import write_file
from viz.graph.theme import PALETTES, SERIES
from viz.pages.squeeze import packed, squeeze_script, squeeze_style

POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]")
ADD_SHEET = 'document.head.append(Object.assign(document.createElement("style"),{{textContent:{}}}));\n'
FOLDERS = {"css": "styles", "js": "scripts"}
ESCAPES: dict[str, str | int | None] = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}


class Page:
    """A page that shows something as it was when it was made. `html()` is its text, `save` writes it to a file."""

    def __init__(self, content: str, title: str, height: int) -> None:
        self.content, self.title, self.height = content, title, height  # of the frame in a notebook, in pixels

    def html(self) -> str:
        """The page as text: one file that needs no other, and no network."""
        return self.content

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page to a file such as page.html, whole or not at all; returns its path."""
        target = Path(path)
        write_file(target, self.content.encode())
        return target

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """For notebooks: the page in a frame that may run its scripts and nothing else."""
        return {"text/plain": repr(self), "text/html": frame(self.content, self.title, self.height)}


def write_page(
    body: str, title: str, data: Any, used: Sequence[str], program: str = "", later: Sequence[str] = (), **content: str
) -> str:
    """The text of a page.

    body     the file in viz/pages that holds the markup, with $names for `content`, which is markup too
    title    its title, plain text
    data     for the scripts: dicts, lists, texts and numbers
    used     the style sheets in viz/pages/styles and the scripts in viz/pages/scripts, in order. Each script but the
             last is one function; all of them stand in one closure, so that they make no global names; they are
             packed, and unpack.js runs them
    program  a script that was generated for this page; it stands before the others
    later    style sheets for what the scripts make; they are packed with them
    """
    styles, scripts = ("".join(squeezed(name) for name in used if name.endswith(kind)) for kind in (".css", ".js"))
    sheet = ADD_SHEET.format(json.dumps("".join(map(squeezed, later)))) if later else ""
    whole = f'(() => {{\n"use strict";\n{sheet}{squeeze_script(program)}{scripts}}})();'
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{text(title)}</title>
<style>
{colours()}{styles}</style>
</head>
<body>
{Template(read(body)).substitute(content, title=text(title))}
<script type="application/json" id="data">{island(data)}</script>
<script>
(() => {{
"use strict";
{squeezed("unpack.js")}unpack("{packed(whole)}");
}})();
</script>
</body>
</html>
"""


def text(content: str) -> str:
    """Text for a page: escaped, and what would not be seen, or would turn the text around, replaced by U+FFFD."""
    return escape(INVISIBLE.sub("\ufffd", content))


def read(name: str) -> str:
    """The text of a file in viz/pages, found by its suffix in the room of its kind."""
    return (files("viz") / "pages" / FOLDERS.get(name.rpartition(".")[2], ".") / name).read_text(encoding="utf-8")


@cache
def squeezed(name: str) -> str:
    """A style sheet or a script as it stands in a page."""
    return (squeeze_style if name.endswith(".css") else squeeze_script)(read(name))


def island(data: Any) -> str:
    """Data as JSON for a <script> element; what JSON has no number for, inf and nan, as JavaScript spells it."""
    written = json.dumps(sendable(data), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return written.translate(str.maketrans(ESCAPES))


def sendable(data: Any) -> Any:
    """The same data, with texts that are safe to show and with numbers that JSON has."""
    if isinstance(data, dict):
        return {key: sendable(content) for key, content in data.items()}
    if isinstance(data, (list, tuple)):
        return [sendable(content) for content in data]
    if isinstance(data, str):
        return INVISIBLE.sub("\ufffd", data)
    if isinstance(data, float) and not math.isfinite(data):
        return "NaN" if math.isnan(data) else "Infinity" if data > 0 else "-Infinity"
    return data


def frame(page: str, title: str, height: int) -> str:
    """A page inside another one, as a notebook's output: a frame that may run its scripts and nothing else."""
    attributes = f'sandbox="allow-scripts" title="{text(title)}" width="100%" height="{height}" style="border:0"'
    return f'<iframe {attributes} srcdoc="{escape(page)}"></iframe>'


def colours() -> str:
    """The colours of pictures as variables of a style sheet, for the light theme and the dark one."""
    day, night = (variables(*PALETTES[theme], *SERIES[theme]) for theme in ("light", "dark"))
    return (
        f":root {{ {day} }}\n"
        f':root[data-theme="dark"] {{ {night} }}\n'
        f'@media (prefers-color-scheme: dark) {{ :root:not([data-theme="light"]) {{ {night} }} }}\n'
    )


def variables(*colours: str) -> str:
    names = [*PALETTES["light"]._fields, *(f"series{i}" for i in range(len(SERIES["light"])))]
    return " ".join(f"--{name}: {colour};" for name, colour in zip(names, colours, strict=True))
