"""`draw`: the picture of a graph, to be shown in a notebook or saved to a file.

>>> from autograd import parse
>>> f = parse("(x + y) * z", x=-2, y=5, z=-4)
>>> f.backward()
>>> drawing = draw(f)
>>> drawing
<Drawing of f: 5 nodes>
>>> drawing.source.splitlines()[0]
'digraph backstep {'
"""

import os
from pathlib import Path
from typing import Any, Literal

import graphviz

from autograd import Value
from nn.files import write_file
from viz.dot import digraph, render
from viz.picture import picture_of
from viz.svg import write_svg

Engine = Literal["auto", "dot", "builtin"]


class Drawing:
    """A graph as it was when it was drawn. `source` is its DOT text, `graph` a graphviz.Digraph, `svg()` its SVG."""

    def __init__(self, output: Value, digits: int = 4, engine: Engine = "auto") -> None:
        if engine not in ("auto", "dot", "builtin"):
            raise ValueError(f"engine is 'auto', 'dot' or 'builtin', got {engine!r}")
        self.picture = picture_of(output, digits)
        self.engine = engine

    @property
    def graph(self) -> graphviz.Digraph:
        return digraph(self.picture)

    @property
    def source(self) -> str:
        return str(self.graph.source)

    def svg(self) -> str:
        """The drawing as SVG text: by Graphviz's `dot` where it works, else by our own layout."""
        return self.render("svg").decode()

    def render(self, suffix: str) -> bytes:
        """The content of a file of the given kind: svg, png, pdf or gv."""
        if suffix in ("gv", "dot"):
            return self.source.encode()
        if suffix not in ("svg", "png", "pdf"):
            raise ValueError(f"cannot write {suffix or 'a file without suffix'}: save as .svg, .png, .pdf or .gv")
        image = None if self.engine == "builtin" else render(self.source, suffix)
        if image is not None:
            return image
        if suffix != "svg" or self.engine == "dot":
            raise RuntimeError(
                f"{suffix} by Graphviz needs its program `dot`, which was not found or does not work: install Graphviz "
                f"(apt install graphviz, brew install graphviz, https://graphviz.org/download), or save as .svg"
            )
        return write_svg(self.picture).encode()

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the drawing to a file, svg, png, pdf or gv by its suffix, whole or not at all; returns its path."""
        target = Path(path)
        write_file(target, self.render(target.suffix.lower().removeprefix(".")))
        return target

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """For notebooks; whatever goes wrong, the text remains."""
        bundle = {"text/plain": repr(self)}
        try:
            bundle["image/svg+xml"] = self.svg()
        except Exception as error:
            bundle["text/plain"] += f" (no picture: {error})"
        return bundle

    def __repr__(self) -> str:
        return f"<Drawing of {self.picture.nodes[-1].name}: {len(self.picture.nodes)} nodes>"


def draw(output: Value, digits: int = 4, engine: Engine = "auto") -> Drawing:
    """A picture of the graph below `output`: forward value above each wire, gradient below it once there is one.

    Numbers have `digits` significant digits. With engine="auto" SVG is made by Graphviz's `dot` where that is installed
    and else by our own layout; "dot" and "builtin" choose. Raises ValueError for a graph too large to be looked at.
    """
    return Drawing(output, digits, engine)
