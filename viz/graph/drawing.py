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
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import graphviz

from autograd import Value
from autograd.files import write_file
from autograd.installing import install_command
from nn import Module
from viz.graph.dot import digraph, render
from viz.graph.fold.folding import fold
from viz.graph.look import Look, Rankdir
from viz.graph.mpl import write_image
from viz.graph.network import picture_of_network
from viz.graph.picture import Picture, picture_of
from viz.graph.svg import write_svg
from viz.graph.theme import Theme

Engine = Literal["auto", "dot", "builtin"]


class Drawing:
    """A graph as it was when it was drawn. `source` is its DOT text, `graph` a graphviz.Digraph, `svg()` its SVG."""

    def __init__(self, picture: Picture, engine: Engine = "auto", look: Look | None = None) -> None:
        if engine not in ("auto", "dot", "builtin"):
            raise ValueError(f"engine is 'auto', 'dot' or 'builtin', got {engine!r}")
        self.picture = picture
        self.engine = engine
        self.look = look or Look()

    @property
    def graph(self) -> graphviz.Digraph:
        """The drawing as an object of the graphviz package, to be changed or rendered there."""
        return digraph(self.picture, self.look)

    @property
    def source(self) -> str:
        """The drawing as DOT text."""
        return str(self.graph.source)

    def svg(self) -> str:
        """The drawing as SVG text: by our own layout, or by Graphviz's `dot` with engine="dot"."""
        return self.render("svg").decode()

    def render(self, suffix: str) -> bytes:
        """The content of a file of the given kind: svg, png, pdf or gv."""
        if suffix in ("gv", "dot"):
            return self.source.encode()
        if suffix not in ("svg", "png", "pdf"):
            raise ValueError(f"cannot write {suffix or 'a file without suffix'}: save as .svg, .png, .pdf or .gv")
        by_us = self.engine == "builtin" or (self.engine == "auto" and suffix == "svg")
        image = None if by_us else render(self.source, suffix)
        if image is None and self.engine != "dot":
            image = write_svg(self.picture, self.look).encode() if suffix == "svg" else self.by_matplotlib(suffix)
        if image is None:
            raise RuntimeError(
                "Graphviz's program `dot` was not found or does not work: install Graphviz (apt install graphviz, "
                "brew install graphviz, https://graphviz.org/download), or draw with engine='builtin'"
            )
        return image

    def by_matplotlib(self, suffix: str) -> bytes:
        """The content of a png or pdf file, drawn by matplotlib. RuntimeError if it is not installed."""
        image = write_image(self.picture, suffix, self.look)
        if image is None:
            raise RuntimeError(
                f"two ways lead to a .{suffix}: matplotlib ({install_command('plot')}) or Graphviz's program `dot` "
                f"(apt install graphviz, brew install graphviz, https://graphviz.org/download); .svg needs neither"
            )
        return image

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
        return f"<Drawing of {self.picture.subject}: {len(self.picture.nodes)} nodes>"


def draw(
    output: Value | Sequence[Value] | Module,
    precision: int = 4,
    engine: Engine = "auto",
    style: str | None = None,
    rankdir: Rankdir = "LR",
    theme: Theme = "light",
    model: Module | None = None,
    expand: str | Sequence[str] = "model",
) -> Drawing:
    """A picture of the graph below `output`: forward value above each wire, gradient below it once there is one.

    output     a Value; or a list of them, whose graphs are drawn together; or a network of nn, which is drawn without
               numbers: a circle for each unit, an arrow for each weight
    precision  significant digits of the numbers
    engine     "builtin" is our own layout, "dot" is Graphviz's; "auto" takes our own for SVG, which so is the same on
               every machine, and for PNG and PDF `dot` where it is installed
    style      "cs231n" (gates and wires), "micrograd" (name, data and grad side by side, operations between), "plates"
               (value, operation, gradient), "circles" (no numbers); default: circles for a network, else cs231n for up
               to 60 nodes, plates for more
    rankdir    "LR" flows from left to right, "TB" from top to bottom
    theme      "light" or "dark"
    model      fold the modules of this network into boxes
    expand     which boxes are open: "model" (the default: a box for each layer), "layers" (each neuron, softmax),
               "neurons" (none is left), () (one box for the model), or the names of boxes, as "0" or ["2.neuron1"];
               "inputs" and "loss" are the boxes of what is much before and after the model

    ValueError for a graph too large to be looked at.
    """
    if isinstance(output, Module):
        if model is not None:
            raise TypeError("draw(model) takes no model=: draw(loss, model=model) draws a pass, with numbers")
        return Drawing(picture_of_network(output), engine, Look(style or "circles", rankdir, theme))
    picture = picture_of(output, precision) if model is None else fold(output, model, expand, precision)
    return Drawing(picture, engine, Look(style, rankdir, theme))
