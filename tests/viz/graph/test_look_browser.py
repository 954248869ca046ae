"""Pictures as a browser draws them: no text is cut or lies on another one, and no wire runs through a text."""

import itertools
import math
import warnings

import pytest

import autograd
import nn
import viz
from autograd import Value, parse
from tests import chromium
from tests.viz.graph.test_drawing import needs_dot

pytestmark = pytest.mark.browser
launched = chromium.launched

# Boxes of letters, without the room that a font keeps above and below them; points along each wire.
MEASURE = """() => {
  const svg = document.querySelector("svg"), frame = svg.getBoundingClientRect();
  const texts = [...svg.querySelectorAll("text")].filter((text) => text.textContent.trim()).map((text) => {
    const box = text.getBoundingClientRect(), size = parseFloat(getComputedStyle(text).fontSize);
    const middle = (box.top + box.bottom) / 2;
    return [text.textContent, box.left, box.right, middle - 0.32 * size, middle + 0.3 * size];
  });
  const wires = [...svg.querySelectorAll("path.wire, g.edge path")].map((path) => {
    const {a, b, c, d, e, f} = path.getScreenCTM();
    return Array.from({length: path.getTotalLength() / 2 + 1}, (_, i) => path.getPointAtLength(2 * i))
      .map(({x, y}) => [x * a + y * c + e, x * b + y * d + f]);
  });
  return [[frame.left, frame.right, frame.top, frame.bottom], texts, wires];
}"""


def long_names():
    a, b = Value(2.0, "the_rate_of_learning_of_the_first_layer0"), Value(-3.0, "W" * 40)
    c = a * b
    c.name = "m" * 40
    f = c + a * a
    f.name = "i" * 40
    return f


def extreme_numbers():
    a, b, c = Value(1e-30, "a"), Value(1e30, "b"), Value(-0.0, "c")
    return a * b + c * a + Value(math.inf, "d") * b + Value(math.nan, "e") * c + (a - 1.23456789e-30) * (b * 1.2e200)


def functions():
    x, y = Value(0.5, "x"), Value(2.0, "y")
    return autograd.maximum(autograd.sin(x) * y, autograd.log(y)) + autograd.sum([x, y, x * y, y / x]) + x**3


def hostile_names():
    return Value(1.0, '<b>&"x\\N|{}') * Value(2.0, "한글 이름") + Value(3.0, "a b\tc") ** 2


GRAPHS = {
    "circuit": lambda: parse("1/(1 + exp(-(w0*x0 + w1*x1 + w2)))", w0=2, x0=-1, w1=-3, x1=-2, w2=-3),
    "one sign": lambda: parse("(x + y) * z", x=-2, y=5, z=-4),
    "40 signs": long_names,
    "extreme": extreme_numbers,
    "functions": functions,
    "hostile": hostile_names,
}


def drawn(graph, **look):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # inf - inf
        output = graph()
        output.backward()
    return viz.draw(output, **look).svg()


def faults(page, svg):
    """What is wrong with a picture: texts that are cut, that lie on each other, that a wire runs through."""
    page.set_content(f"<body style='margin: 0'>{svg[svg.index('<svg') :]}</body>")
    (left, right, top, bottom), texts, wires = page.evaluate(MEASURE)
    for text, a, b, c, d in texts:
        if a < left - 0.5 or b > right + 0.5 or c < top - 0.5 or d > bottom + 0.5:
            yield "cut", text
        for number, wire in enumerate(wires):
            if any(a + 1 < x < b - 1 and c + 2 < y < d - 2 for x, y in wire):
                yield "wire", text, number
    for (one, *a), (other, *b) in itertools.combinations(texts, 2):
        if min(a[1], b[1]) - max(a[0], b[0]) > 1 and min(a[3], b[3]) - max(a[2], b[2]) > 2:
            yield "overlap", one, other


@pytest.mark.parametrize("engine", ["builtin", pytest.param("dot", marks=needs_dot)])
@pytest.mark.parametrize("style", ["cs231n", "micrograd", "plates", "circles"])
def test_every_style_of_every_graph_in_both_directions(launched, style, engine):
    page = launched.new_page()
    for name, graph in GRAPHS.items():
        for rankdir, theme in (("LR", "light"), ("TB", "dark")):
            svg = drawn(graph, style=style, rankdir=rankdir, theme=theme, engine=engine)
            assert [*faults(page, svg)] == [], (name, rankdir)
    page.close()


@pytest.mark.parametrize("rankdir", ["LR", "TB"])
def test_folded_networks_and_networks_of_circles(launched, rankdir):
    page = launched.new_page()
    model = nn.MLP(2, [4, 3, 1], "relu", "sigmoid", seed=0)
    loss = nn.binary_cross_entropy(model([[0.0, 1.0], [1.0, 0.0]]), [1, 0])
    loss.backward()
    for expand in ("model", "layers", ()):
        svg = viz.draw(loss, model=model, expand=expand, rankdir=rankdir, engine="builtin").svg()
        assert [*faults(page, svg)] == [], expand
    for widths in ([3, 2], [30, 10], [1]):
        svg = viz.draw(nn.MLP(2, widths, seed=0), rankdir=rankdir).svg()
        assert [*faults(page, svg)] == [], widths
    page.close()
