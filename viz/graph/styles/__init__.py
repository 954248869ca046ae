"""The styles of pictures: each file defines one, with its way to draw a node in our own layout and in DOT.

Files, in reading order: style (what a style says), box (a folded module, the same in every style), cs231n, micrograd,
plates, circles. A new style is a file with a `Style`, its name in STYLES, and its test:

>>> list(STYLES)
['cs231n', 'micrograd', 'plates', 'circles']
"""

from viz.graph.styles.circles import CIRCLES
from viz.graph.styles.cs231n import CS231N
from viz.graph.styles.micrograd import MICROGRAD
from viz.graph.styles.plates import PLATES
from viz.graph.styles.style import Style

STYLES: dict[str, Style] = {style.name: style for style in (CS231N, MICROGRAD, PLATES, CIRCLES)}
