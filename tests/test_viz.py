"""Pictures: what they show, hostile names, files, notebooks, the layout; with Graphviz's dot and without."""

import html
import random
import shutil
import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
import viz
from autograd import Primitive, Value, parse
from autograd.notation import call
from nn import MLP, mse_loss
from viz import dot
from viz.layout import assign_layers, crossings, lay_out
from viz.picture import picture_of
from viz.svg import write_svg

HOSTILE = [
    "|", "{", "}", "<", ">", '"', "\\", "&", "a\nb", "a\tb", "a\x00b", "\x1b[31m", "\ud800", "\\N", "\\G", "\\l", "\\", "</script>",
    "<img onerror=alert(1)>", "javascript:alert(1)", "<b>x</b>", "&amp;", "&#60;", "]]>", "<!--", "--", "n0:e", "'", "`", "%s{}", "名前",
    "a" * 30, "<TABLE>", "\\\"", "x\u202ey", "",
]  # fmt: skip

needs_dot = pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz's dot is not installed")


@pytest.fixture
def no_dot(monkeypatch):
    monkeypatch.setattr(dot.shutil, "which", lambda name: None)


def sigmoid_circuit():
    f = parse("1/(1+exp(-(w0*x0 + w1*x1 + w2)))", w0=2, w1=-3, w2=-3, x0=-1, x1=-2)
    f.backward()
    return f


def texts(svg):
    return ["".join(e.itertext()) for e in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def test_the_picture_of_the_sigmoid_circuit():
    picture = picture_of(sigmoid_circuit())
    assert [node.gate for node in picture.nodes if node.gate] == ["*", "*", "+", "+", "*-1", "exp", "+ 1", "1 / ·"]
    assert [node.name for node in picture.nodes if not node.gate] == ["w0", "x0", "w1", "x1", "w2"]
    assert [node.value for node in picture.nodes][-3:] == ["0.3679", "1.368", "0.7311"]
    assert [node.gradient for node in picture.nodes][:2] == ["-0.1966", "0.3932"]


@pytest.mark.parametrize(
    ("text", "gate"),
    [
        ("x + 1", "+ 1"), ("1 + x", "+ 1"), ("x * 3", "* 3"), ("-2 * x", "* (-2)"), ("x - 1", "- 1"), ("1 - x", "1 - ·"), ("1 / x", "1 / ·"),
        ("x / 2", "/ 2"), ("x ** 2", "** 2"), ("2 ** x", "2 ** ·"), ("x ** -1", "** (-1)"), ("-x", "*-1"), ("x + x", "+"), ("exp(x)", "exp"),
        ("leaky_relu(x)", "leaky_relu"), ("leaky_relu(x, 0.2)", "leaky_relu(·, 0.2)"), ("maximum(x, 0)", "maximum(·, 0)"),
        ("sum(x, x, x)", "Σ"), ("sigmoid(x)", "σ"), ("square(x)", "x²"),
    ],
)  # fmt: skip
def test_gates_hold_the_constants(text, gate):
    assert picture_of(parse(text, x=2)).nodes[-1].gate == gate


def test_each_use_is_a_wire_and_absent_gradients_are_absent():
    a = Value(1.0, "a")
    picture = picture_of(a + a)
    assert picture.wires == [(0, 1), (0, 1)]
    assert [node.gradient for node in picture.nodes] == ["", ""]
    drawing = viz.draw(a + a, engine="builtin")
    assert drawing.source.count("n0:e -> g1") == 2
    assert sorted(texts(drawing.svg())) == ["+", "1", "a", "f = 2"]
    assert len(picture_of(a - a).nodes) == 2


def test_a_drawing_is_of_the_moment():
    x = Value(2.0, "x")
    f = x * x
    drawing = viz.draw(f, engine="builtin")
    before = drawing.svg()
    f.backward()
    assert drawing.svg() == before
    assert viz.draw(f, engine="builtin").svg() != before


def test_names_are_those_of_the_text():
    f = parse("(x + y) * z", x=1, y=2, z=3)
    assert [node.name for node in picture_of(f).nodes] == list(autograd.explain(f).names.values())


def test_numbers():
    x = Value(1e-300, "x")
    f = x * float("nan") + float("inf")
    picture = picture_of(f)
    assert [node.value for node in picture.nodes] == ["1e-300", "nan", "nan"]
    assert "1e-300" in picture.nodes[0].title


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names(name, no_dot):
    x = Value(1.0, name)
    op = Primitive("op", lambda x: x, lambda x, z: (1.0,), notation=call("op")._replace(symbol=name))
    f = op(x) * Value(2.0, name)
    f.backward()
    drawing = viz.draw(f)
    root = ElementTree.fromstring(drawing.svg())  # well-formed
    assert {e.tag.split("}")[1] for e in root.iter()} <= {
        "svg",
        "title",
        "rect",
        "g",
        "path",
        "circle",
        "text",
        "tspan",
    }
    names = [node.name for node in drawing.picture.nodes]
    assert len(set(names)) == len(names)
    assert names[0] in texts(drawing.svg())
    assert drawing.source.encode()
    autograd.explain(f).text().encode()
    autograd.explain(f).latex().encode()


@needs_dot
def test_hostile_names_through_dot():
    for name in HOSTILE:
        x = Value(1.0, name)
        f = Primitive("op", lambda x: x, lambda x, z: (1.0,), notation=call("op")._replace(symbol=name))(x) * 2
        drawing = viz.draw(f, engine="dot")
        svg = drawing.svg()
        ElementTree.fromstring(svg)
        shown = "".join(texts(svg)).replace("\xa0", " ")
        assert html.unescape(drawing.picture.nodes[0].name).replace("\xa0", " ") in html.unescape(shown), name
        assert "<script" not in svg
        assert "href" not in svg


def test_the_dot_source():
    source = viz.draw(sigmoid_circuit()).source
    assert source == viz.draw(sigmoid_circuit()).source
    assert source.startswith("digraph backstep {")
    for forbidden in ("record", "URL", "href", "image"):
        assert forbidden not in source
    assert "<HR/>" in source
    assert viz.draw(Value(1.0)).graph.source.startswith("digraph")


@pytest.mark.parametrize("engine", ["auto", "builtin"])
def test_saving_svg_works_everywhere(tmp_path, engine):
    path = viz.draw(sigmoid_circuit(), engine=engine).save(tmp_path / "out.svg")
    assert [p.name for p in tmp_path.iterdir()] == ["out.svg"]
    ElementTree.parse(path)
    assert viz.draw(sigmoid_circuit()).save(str(tmp_path / "out.gv")).read_text(encoding="utf-8").startswith("digraph")


def test_without_dot(tmp_path, no_dot):
    drawing = viz.draw(sigmoid_circuit())
    assert drawing.svg() == viz.draw(sigmoid_circuit(), engine="builtin").svg()
    for suffix in ("png", "pdf"):
        with pytest.raises(RuntimeError, match="apt install graphviz"):
            drawing.save(tmp_path / f"out.{suffix}")
    with pytest.raises(RuntimeError, match="dot"):
        viz.draw(sigmoid_circuit(), engine="dot").svg()
    assert not list(tmp_path.iterdir())


@needs_dot
def test_with_dot(tmp_path):
    drawing = viz.draw(sigmoid_circuit())
    assert drawing.save(tmp_path / "out.png").read_bytes().startswith(b"\x89PNG")
    assert drawing.save(tmp_path / "out.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    "script", ["#!/bin/sh\necho 'Perhaps dot -c needs to be run' >&2\nexit 1\n", "#!/bin/sh\nexit 0\n", "no program"]
)
def test_a_broken_dot_counts_as_missing(tmp_path, monkeypatch, script):
    fake = tmp_path / "dot"
    fake.write_text(script)
    fake.chmod(0o755)
    monkeypatch.setattr(dot.shutil, "which", lambda name: str(fake))
    drawing = viz.draw(sigmoid_circuit())
    assert drawing.svg() == viz.draw(sigmoid_circuit(), engine="builtin").svg()


def test_a_dot_that_hangs_is_given_up(tmp_path, monkeypatch):
    fake = tmp_path / "dot"
    fake.write_text("#!/bin/sh\nexec sleep 60\n")
    fake.chmod(0o755)
    monkeypatch.setattr(dot.shutil, "which", lambda name: str(fake))
    monkeypatch.setattr(dot, "SECONDS", 0.2)
    ElementTree.fromstring(viz.draw(sigmoid_circuit()).svg())


def test_a_failed_save_leaves_the_old_file(tmp_path, no_dot):
    path = tmp_path / "out.png"
    path.write_bytes(b"old")
    with pytest.raises(RuntimeError):
        viz.draw(sigmoid_circuit()).save(path)
    assert path.read_bytes() == b"old"
    with pytest.raises(ValueError, match="save as .svg"):
        viz.draw(sigmoid_circuit()).save(tmp_path / "out.jpeg")
    with pytest.raises(ValueError, match="save as .svg"):
        viz.draw(sigmoid_circuit()).save(tmp_path / "out")
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        viz.draw(sigmoid_circuit()).save(tmp_path / "nowhere" / "out.svg")


def test_notebooks(monkeypatch, no_dot):
    drawing = viz.draw(sigmoid_circuit())
    bundle = drawing._repr_mimebundle_()
    assert bundle["image/svg+xml"].startswith("<svg")
    assert bundle["text/plain"] == "<Drawing of f: 13 nodes>"
    monkeypatch.setattr("viz.drawing.write_svg", lambda picture: 1 / 0)
    assert "no picture" in drawing._repr_mimebundle_(include=["text/plain"])["text/plain"]


def test_what_cannot_be_drawn():
    x = Value(1.0, "x")
    f = x
    for _ in range(100_000):
        f = f + x
    with pytest.raises(ValueError, match=r"100001 nodes.*draw a part"):
        viz.draw(f)
    with pytest.raises(TypeError, match="expected a Value"):
        viz.draw(3.0)
    with pytest.raises(ValueError, match="engine is"):
        viz.draw(x, engine="neato")
    g = x * x
    x.data = 2.0
    with pytest.raises(RuntimeError, match="forward"):
        viz.draw(g)


def network(widths):
    model = MLP(widths[0], [*widths[1:], 1], activation="tanh", seed=0)
    loss = mse_loss([model([Value(0.5, f"x{i}") for i in range(widths[0])])], [1.0])
    loss.backward()
    return loss


def test_large_graphs_are_drawn_with_plates():
    picture = picture_of(network([3, 5, 5]))
    assert picture.plates
    assert len(picture.nodes) > 120
    svg = write_svg(picture)
    assert svg.count("<circle") == 0
    assert svg.count('rx="4"') == len(picture.nodes)


def test_no_label_lies_on_another():
    """Boxes of text, estimated from above, do not overlap; all lie inside the picture."""
    for f in (sigmoid_circuit(), network([2, 3]), network([3, 5, 5]), parse("a*a + tanh(a)*2 - a**3", a=3)):
        svg = ElementTree.fromstring(viz.draw(f, engine="builtin").svg())
        width, height = float(svg.get("width")), float(svg.get("height"))
        boxes = []
        for e in svg.iter("{http://www.w3.org/2000/svg}text"):
            x, y, wide = float(e.get("x")), float(e.get("y")), 8.0 * len("".join(e.itertext()))
            left = x - wide / 2 if e.get("text-anchor") == "middle" else x - wide
            boxes.append((left, y - 11, left + wide, y + 2))
        for i, a in enumerate(boxes):
            assert a[0] > -16
            assert a[2] < width
            assert 0 <= a[1] + 16
            assert a[3] + 16 < height + 1
            for b in boxes[:i]:
                assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1], (a, b)


# ── Layout ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@st.composite
def graphs(draw):
    """Wires (source, target) of a graph in topological order in which every node is used, the last one last."""
    count = draw(st.integers(1, 30))
    wires = []
    for target in range(1, count):
        wires += [(draw(st.integers(0, target - 1)), target) for _ in range(draw(st.integers(0, 2)))]
    used = {source for source, _ in wires}
    wires += [(i, count) for i in range(count) if i not in used]
    return count + 1, sorted(wires, key=lambda wire: wire[1])


@given(graphs())
def test_layouts_are_layered_and_spaced(graph):
    count, wires = graph
    layout = lay_out([(50.0, 40.0)] * count, wires)
    for source, target in wires:
        assert layout.spans[source][1] < layout.spans[target][0]
    for i in range(count):
        for j in range(i):
            if layout.spans[i] == layout.spans[j]:
                assert abs(layout.heights[i] - layout.heights[j]) >= 40.0
        assert 20.0 - 1e-6 <= layout.heights[i] <= layout.height - 20.0 + 1e-6
    assert layout == lay_out([(50.0, 40.0)] * count, wires)


def test_leaves_stand_before_their_first_use():
    # w2 of the sigmoid circuit is used in the third layer only
    assert assign_layers(5, [(0, 2), (1, 2), (2, 4), (3, 4)]) == [0, 0, 1, 1, 2]


def test_the_sigmoid_circuit_has_no_crossing():
    picture = picture_of(sigmoid_circuit())
    layout = lay_out([(60.0, 40.0)] * len(picture.nodes), picture.wires)
    columns = sorted(set(layout.spans))
    layers = [sorted((i for i in range(13) if layout.spans[i] == c), key=lambda i: layout.heights[i]) for c in columns]
    after = {i: [t for s, t in picture.wires if s == i] for i in range(13)}
    assert crossings(layers, after) == 0
    assert len({round(layout.heights[i]) for i in range(8, 13)}) == 1  # the chain at its end is straight


def test_crossings_are_counted():
    assert crossings([[0, 1], [2, 3]], {0: [3], 1: [2], 2: [], 3: []}) == 1
    assert crossings([[0, 1], [2, 3]], {0: [2, 3], 1: [2, 3], 2: [], 3: []}) == 1
    rng = random.Random(0)
    after = {i: [rng.randrange(10, 20) for _ in range(3)] for i in range(10)} | {i: [] for i in range(10, 20)}
    edges = [(a, b) for a in range(10) for b in after[a]]
    slow = sum((a - c) * (b - d) < 0 for i, (a, b) in enumerate(edges) for c, d in edges[:i])
    assert crossings([list(range(10)), list(range(10, 20))], after) == slow
