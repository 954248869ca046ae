"""`worksheet(level, count, seed)`: a sheet of exercises to print, with solutions on pages of their own.

>>> sheet = worksheet(level=3, count=2, seed=7)
>>> sheet
<Worksheet of 2 exercises, level 3: a node used twice>
>>> sheet.html() == worksheet(level=3, count=2, seed=7).html()
True
"""

import os
import re
from collections.abc import Callable
from html import escape
from importlib.resources import files
from pathlib import Path

from autograd import Term, Value
from autograd.bench.exercises import LEVELS, Exercise, exercises
from autograd.files import write_file
from autograd.order import topological_order
from viz.graph.picture import Picture
from viz.graph.scene import Scene
from viz.graph.svg import write_scene
from viz.sheets.blanks import solved, with_blanks
from viz.sheets.latex import write_latex

SCALE = 0.82  # of pictures: the same for all, so that their numbers have the size of the text
HALF = 330  # the width of half a page, in pixels; a wider picture has a row for itself
TASK = (
    "Write the value of each node into the box above its wire, from left to right. Then write the gradient, "
    "the derivative of the output by that node, into the box below, from right to left. "
    "Remember: upstream × local, and the uses of a node add up."
)


class Worksheet:
    """Exercises of one level: `html()` and `latex()` are its text, `save` writes it to a .html or .tex file."""

    def __init__(self, level: int, found: list[Exercise], seed: int) -> None:
        self.level, self.exercises, self.seed = level, found, seed
        self.title = f"Backprop by hand: {LEVELS[level]}"

    def html(self) -> str:
        """A page that needs no other file: the exercises, and on pages of their own the solutions."""
        asked = "\n".join(part(i, each, with_blanks) for i, each in enumerate(self.exercises, 1))
        answers = "\n".join(part(i, each, solved, gradients_of(each)) for i, each in enumerate(self.exercises, 1))
        style = (files("viz") / "sheets" / "sheet.css").read_text(encoding="utf-8")
        return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(self.title)}</title>
<style>
{style}</style>
</head>
<body>
<header>
<h1>{escape(self.title)}</h1>
<p class="who"><span>Name</span><span>Date</span></p>
</header>
<p class="task">{TASK}</p>
<main>
{asked}
</main>
<section class="solutions">
<h1>Solutions <small>{escape(self.title)}, level {self.level}, seed {self.seed}</small></h1>
<main>
{answers}
</main>
</section>
</body>
</html>
"""

    def latex(self) -> str:
        """A LaTeX document (package amsmath): the exercises, and on pages of their own the solutions step by step."""
        return write_latex(self.title, self.exercises)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the sheet to a .html or .tex file, whole or not at all; returns its path."""
        target = Path(path)
        write_file(target, self.render(target.suffix.lower().removeprefix(".")))
        return target

    def render(self, suffix: str) -> bytes:
        """The content of a file of the given kind: html or tex."""
        if suffix not in ("html", "htm", "tex"):
            raise ValueError(
                f"cannot write {suffix or 'a file without suffix'}: save a worksheet as .html or .tex, "
                "which a browser and LaTeX print as pdf"
            )
        return (self.latex() if suffix == "tex" else self.html()).encode()

    def __repr__(self) -> str:
        return f"<Worksheet of {len(self.exercises)} exercises, level {self.level}: {LEVELS[self.level]}>"


def worksheet(level: int = 1, count: int = 8, seed: int = 0) -> Worksheet:
    """A sheet of so many exercises of a level, 1 to 5 (see autograd.exercises); the same sheet for the same seed."""
    return Worksheet(level, exercises(level, seed, count), seed)


def part(number: int, exercise: Exercise, draw: Callable[[Value], tuple[Picture, Scene]], below: str = "") -> str:
    """One exercise: its number, its formula at its numbers, its picture."""
    given = ", ".join(f"{formula(name)}&nbsp;=&nbsp;{formula(f'{x:g}')}" for name, x in exercise.values.items())
    statements = " &emsp; ".join(f"<span>{formula(line)}</span>" for line in statements_of(exercise))
    picture, scene = draw(exercise.output)
    width = SCALE * scene.width
    kind = ' class="wide"' if width > HALF else ""
    return (
        f"<article{kind}><h2><b>{number}</b> {statements} &ensp; <small>at {given}</small></h2>\n"
        f'<div style="width: {width:.0f}px">\n{write_scene(picture, scene)}</div>{below}</article>'
    )


def statements_of(exercise: Exercise) -> list[str]:
    """The lines of the exercise; the last one begins with f =."""
    lines = [line.strip() for line in exercise.text.split(";")]
    return [*lines[:-1], f"f = {lines[-1]}"]


def gradients_of(exercise: Exercise) -> str:
    """The gradients of the leaves, in a line."""
    leaves = [node for node in topological_order(exercise.output) if node.op is None]
    terms = (
        f"<span>∂<i>f</i>/∂{formula(leaf.name)}&nbsp;=&nbsp;{formula(str(Term.number(leaf.grad)))}</span>"
        for leaf in leaves
    )
    return f'<p class="gradients">{", ".join(terms)}</p>'


def formula(text: str) -> str:
    """A formula as a book sets it: variables in italics, indices low, powers high, a dot for the product.

    >>> formula("(w1 * x - 2)**2")
    '(<i>w<sub>1</sub></i> · <i>x</i> − 2)<sup>2</sup>'
    """
    text = escape(text).replace("**2", "<sup>2</sup>").replace("*", "·").replace("-", "−")
    return re.sub(r"\b([a-z])(\d*)\b(?![(>])", lambda m: f"<i>{m[1]}{f'<sub>{m[2]}</sub>' if m[2] else ''}</i>", text)
