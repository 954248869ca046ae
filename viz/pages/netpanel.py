"""The panel of a film that shows the network: a line for each weight, a circle for each unit.

>>> from nn import MLP
>>> model = MLP(2, [3, 1], seed=0)
>>> network(model.layers, [1.0] * 13, hidden=3, seeing=True).count("<circle")
6
"""

import math
from collections.abc import Iterator, Sequence

from nn import Layer
from viz.pages.panels import HEIGHT, drawing

WIDTH = 640
TOP, BOTTOM, SIDE = 60, HEIGHT - 16, 60  # of the room for units
GAP, LARGEST, SMALL = 54.0, 20.0, 9.0  # between units at most; the radius of a unit with a map, and of any other
WIDEST = 5.6  # of the lines, beside the 0.4 that each has
FIT = 13.0  # the radius of a unit that a mark fits into
MOST_HEADINGS, MOST_NAMED = 7, 12  # columns that have a whole heading; inputs that have a name


def network(layers: Sequence[Layer], numbers: Sequence[float], hidden: int, seeing: bool) -> str:
    """The network, neuron by neuron, circles above the lines; "" if the layers do not follow each other.

    numbers  those of the frame that is drawn, as wide as the script does it
    hidden   how many hidden units have a mark that says how they are
    seeing   whether each of them has a canvas, for what it sees
    """
    if not layers:
        return ""
    widths = [len(layers[0].neurons[0].weights), *(len(layer.neurons) for layer in layers)]
    if any(len(layer.neurons[0].weights) != width for layer, width in zip(layers, widths, strict=False)):
        return ""
    gap = gap_of(widths)
    radius = min(LARGEST if seeing else SMALL, 0.42 * gap)

    def place(layer: int, unit: int) -> tuple[float, float]:
        x = SIDE + (WIDTH - 2 * SIDE) * layer / (len(widths) - 1)
        return x, (TOP + BOTTOM) / 2 + gap * (unit - (widths[layer] - 1) / 2)

    looks = looks_of(numbers, widest(layers))
    lines, circles, marks = [], [], 0
    for i, width in enumerate(widths):
        heading = ("inputs" if i == 0 else f"layer {i}") if len(widths) <= MOST_HEADINGS else str(i or "layer")
        circles.append(f'<text x="{place(i, 0)[0]:.1f}" y="42">{heading}</text>')
        for unit in range(width):
            x, y = place(i, unit)
            at = f'cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"'
            if i == 0:
                circles.append(f'<circle class="input" {at}/>')
                if width <= MOST_NAMED:
                    circles.append(f'<text class="left" x="{x - radius - 5:.1f}" y="{y + 5:.1f}">x{unit + 1}</text>')
                continue
            for source in range(widths[i - 1]):
                from_x, from_y = place(i - 1, source)
                ends = f'x1="{from_x:.1f}" y1="{from_y:.1f}" x2="{x:.1f}" y2="{y:.1f}"'
                lines.append(f"<line {next(looks)} {ends}><title></title></line>")
            marked = marks < hidden and i < len(widths) - 1
            if marked and seeing:
                circles.append(canvas(x, y, radius))
            look = next(looks).replace("number", "number seen", 1) if marked and seeing else next(looks)
            circles.append(f"<circle {look} {at}><title></title></circle>")
            if marked:
                marks += 1
                scale = min(1.0, radius / FIT)
                circles.append(f'<path class="state" transform="translate({x:.1f} {y:.1f}) scale({scale:.2f})"/>')
    return drawing("network", "Network", [*lines, *circles], WIDTH)


def gap_of(widths: Sequence[int]) -> float:
    """The distance of the units of a layer, for layers that are so wide."""
    return min(GAP, (BOTTOM - TOP) / max(widths))


def widest(layers: Sequence[Layer]) -> float:
    """The width of the line of the largest number: less where units stand close, or lines would hide all else."""
    return round(min(WIDEST, 0.2 * gap_of([len(layer.neurons) for layer in layers])), 2)


def looks_of(numbers: Sequence[float], widest: float) -> Iterator[str]:
    """Class and width of the line or ring of each number."""
    largest = max(map(abs, numbers)) or 1.0
    for x in numbers:
        wide = 0.4 + widest * math.sqrt(abs(x) / largest)
        yield f'class="number{" negative" if x < 0.0 else ""}" style="stroke-width:{wide:.2f}"'


def canvas(x: float, y: float, radius: float) -> str:
    """The round canvas in a unit."""
    side = f"{2 * radius:.1f}"
    return (
        f'<foreignObject x="{x - radius:.1f}" y="{y - radius:.1f}" width="{side}" height="{side}">'
        "<canvas></canvas></foreignObject>"
    )
