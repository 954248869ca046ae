"""Pictures: what they show, hostile names, files, notebooks, the layout; with Graphviz's dot and without."""

import html
import re
import shutil
import sys
import xml.etree.ElementTree as ElementTree

import pytest

import autograd
import viz
from autograd import Primitive, Value, parse
from autograd.notation import call
from nn import MLP, mse_loss
from tests.conftest import HOSTILE
from viz.graph import dot, mpl
from viz.graph.look import Look
from viz.graph.picture import picture_of
from viz.graph.scene import scene_of
from viz.graph.shapes import Rect, Text
from viz.graph.svg import write_svg

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
    assert [node.gate for node in picture.nodes if node.gate] == ["×", "×", "+", "+", "×-1", "exp", "+ 1", "1/x"]
    assert [node.name for node in picture.nodes if not node.gate] == ["w0", "x0", "w1", "x1", "w2"]
    assert [node.value for node in picture.nodes][-3:] == ["0.3679", "1.368", "0.7311"]
    assert [node.gradient for node in picture.nodes][:2] == ["-0.1966", "0.3932"]


@pytest.mark.parametrize(
    ("text", "gate"),
    [
        ("x + 1", "+ 1"), ("1 + x", "+ 1"), ("x * 3", "× 3"), ("-2 * x", "× (-2)"), ("x - 1", "− 1"), ("1 - x", "1 − x"), ("1 / x", "1/x"),
        ("x / 2", "/ 2"), ("x ** 2", "x²"), ("x ** 3", "x³"), ("2 ** x", "2^x"), ("x ** -1", "x^(-1)"), ("-x", "×-1"), ("x + x", "+"), ("exp(x)", "exp"),
        ("leaky_relu(x)", "leaky_relu"), ("leaky_relu(x, 0.2)", "leaky_relu(x, 0.2)"), ("maximum(x, 0)", "maximum(x, 0)"),
        ("sum(x, x, x)", "Σ"), ("sigmoid(x)", "σ"), ("square(x)", "x²"), ("where(1, x, x)", "where(1, ·, ·)"),
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
    assert drawing.source.count("n0:wire:e -> g1") == 2
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
    assert {e.tag.split("}")[1] for e in root.iter()} <= {"svg", "title", "rect", "g", "path", "text", "tspan"}
    names = [node.name for node in drawing.picture.nodes]
    assert len(set(names)) == len(names)
    assert drawing.picture.nodes[0].label in texts(drawing.svg())
    assert drawing.source.encode()
    autograd.explain(f).text().encode()
    autograd.explain(f).latex().encode()


@needs_dot
def test_hostile_names_through_dot():
    for number, name in enumerate(HOSTILE):
        x = Value(1.0, name)
        f = Primitive("op", lambda x: x, lambda x, z: (1.0,), notation=call("op")._replace(symbol=name))(x) * 2
        drawing = viz.draw(f, engine="dot", style=("cs231n", "micrograd", "plates")[number % 3])
        svg = drawing.svg()
        ElementTree.fromstring(svg)
        shown = "".join(texts(svg)).replace("\xa0", " ")
        assert html.unescape(drawing.picture.nodes[0].label).replace("\xa0", " ") in html.unescape(shown), name
        assert "<script" not in svg
        assert "href" not in svg


def test_the_dot_source():
    source = viz.draw(sigmoid_circuit()).source
    assert source == viz.draw(sigmoid_circuit()).source
    assert source.startswith("digraph backstep {")
    for forbidden in ("record", "URL", "href", "image"):
        assert forbidden not in source
    assert source.count('PORT="wire"') == 13
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
    assert drawing.save(tmp_path / "out.png").read_bytes().startswith(b"\x89PNG")
    assert drawing.save(tmp_path / "out.pdf").read_bytes().startswith(b"%PDF")
    for suffix in ("svg", "png"):
        with pytest.raises(RuntimeError, match="apt install graphviz"):
            viz.draw(sigmoid_circuit(), engine="dot").render(suffix)


def test_without_dot_and_matplotlib_one_sentence_names_both_ways(tmp_path, no_dot, monkeypatch):
    monkeypatch.setattr(mpl, "find_spec", lambda name: None)
    for suffix in ("png", "pdf"):
        with pytest.raises(RuntimeError, match=r"-m pip install -e .*\[plot\].*apt install graphviz"):
            viz.draw(sigmoid_circuit()).save(tmp_path / f"out.{suffix}")
    assert not list(tmp_path.iterdir())
    assert viz.draw(sigmoid_circuit()).svg().startswith("<svg")


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


def test_a_failed_save_leaves_the_old_file(tmp_path, no_dot, monkeypatch):
    monkeypatch.setattr(mpl, "find_spec", lambda name: None)
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
    monkeypatch.setattr("viz.graph.drawing.write_svg", lambda picture: 1 / 0)
    assert "no picture" in drawing._repr_mimebundle_(include=["text/plain"])["text/plain"]


def test_what_cannot_be_drawn():
    x = Value(1.0, "x")
    f = x
    for _ in range(100_000):
        f = f + x
    with pytest.raises(ValueError, match=r"100001 nodes.*take a part.*model=model"):
        viz.draw(f)
    with pytest.raises(TypeError, match="expected a Value"):
        viz.draw(3.0)
    for wrong in ({"engine": "neato"}, {"style": "record"}, {"rankdir": "RL"}, {"theme": "blue"}):
        with pytest.raises(ValueError, match=f"{next(iter(wrong))} is '[a-zA-Z0-9]+'.* got"):
            viz.draw(x, **wrong)
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
    assert len(picture.nodes) > 120
    assert write_svg(picture).count('class="plate"') == len(picture.nodes)
    assert write_svg(picture, Look("cs231n")).count('class="plate"') == 0
    assert write_svg(picture_of(sigmoid_circuit())).count('class="plate"') == 0
    assert write_svg(picture_of(sigmoid_circuit()), Look("plates")).count('class="plate"') == 13


def test_micrograd_style():
    svg = viz.draw(sigmoid_circuit(), engine="builtin", style="micrograd").svg()
    assert svg.count('class="plate"') == 13
    assert svg.count('class="gate"') == 2 * 8  # the circle and its text
    assert {"w0", "data 2", "grad -0.1966"} <= set(texts(svg))
    assert "grad" not in "".join(texts(viz.draw(parse("x + 1", x=1), engine="builtin", style="micrograd").svg()))
    source = viz.draw(sigmoid_circuit(), style="micrograd").source
    assert "record" not in source
    assert source.count("data ") == 13


@pytest.mark.parametrize("style", ["cs231n", "micrograd", "plates"])
def test_rankdir_and_theme(style):
    def places(rankdir):
        nodes = scene_of(picture_of(sigmoid_circuit()), Look(style, rankdir)).nodes
        return [next(shape for shape in shapes if isinstance(shape, Text)) for shapes in nodes]

    across, down = places("LR"), places("TB")
    assert across[0].x < across[-1].x
    assert down[0].y < down[-1].y
    assert across[-1].x - across[0].x > 2 * abs(across[-1].y - across[0].y)
    assert down[-1].y - down[0].y > abs(down[-1].x - down[0].x)
    dark = viz.draw(sigmoid_circuit(), engine="builtin", style=style, theme="dark")
    for colour in ("#0D1117", "#3FD0A6", "#FF9A62"):
        assert colour in dark.svg()
        assert colour in dark.source
    for colour in ("#FFFFFF", "#00735C", "#B34700"):
        assert colour not in dark.svg()
    assert "rankdir=TB" in viz.draw(sigmoid_circuit(), style=style, rankdir="TB").source


def test_what_a_page_finds_in_the_svg():
    """Node i is data-node="i"; its value and gradient are texts of their own; a wire tells source, target and use."""
    f = parse("a * a + b", a=3, b=1)
    f.backward()
    picture = picture_of(f)
    svg = ElementTree.fromstring(write_svg(picture))
    nodes = [e for e in svg.iter() if e.get("class") == "node"]
    assert [e.get("data-node") for e in nodes] == ["0", "1", "2", "3"]
    for element, node in zip(nodes, picture.nodes, strict=True):
        found = {e.get("class"): "".join(e.itertext()) for e in element.iter("{http://www.w3.org/2000/svg}text")}
        assert found["gradient"] == node.gradient
        assert found["value"].removeprefix(f"{node.name} = ") == node.value
        assert element.find("{http://www.w3.org/2000/svg}title").text == node.title
    wires = [e for e in svg.iter() if e.get("class") == "wire"]
    ends = [tuple(int(e.get(f"data-{key}")) for key in ("source", "target", "use")) for e in wires]
    assert ends == [(0, 1, 1), (0, 1, 2), (1, 3, 1), (2, 3, 1)]
    assert svg.get("viewBox") == f"0 0 {svg.get('width')} {svg.get('height')}"


@pytest.mark.parametrize("engine", ["builtin", pytest.param("dot", marks=needs_dot)])
def test_ids_of_two_pictures_differ(engine):
    def ids(x):
        return set(re.findall(r'\bid="([^"]*)"', viz.draw(parse("x * x", x=x), engine=engine).svg()))

    assert len(ids(1)) >= 2
    assert ids(1) == ids(1)
    assert not ids(1) & ids(2)


EVERYTHING = """
import hashlib, warnings
import viz
from autograd import Value, parse
from nn import MLP, mse_loss
from viz.graph.mpl import write_image
warnings.simplefilter("ignore")
model = MLP(3, [4, 1], activation="tanh", seed=0)
loss = mse_loss(model([[0.1, 0.2, 0.3], [1.0, Value(2.0, "<x>"), 3.0]]), [1.0, 2.0])
loss.backward()
for style in ("cs231n", "micrograd", "plates"):
    for drawing in (viz.draw(loss, engine="builtin", style=style),
                    viz.draw(loss, engine="builtin", style=style, model=model, expand="layers", rankdir="TB")):
        files = [drawing.source.encode(), drawing.svg().encode()]
        if style == "cs231n":
            files += [write_image(drawing.picture, suffix, drawing.look) for suffix in ("png", "pdf")]
        print(*(hashlib.sha256(file).hexdigest() for file in files))
"""


def test_the_same_bytes_under_every_hash_seed(python):
    first, second = (python(EVERYTHING, PYTHONHASHSEED=seed) for seed in ("1", "2"))
    assert first.returncode == 0, first.stderr
    assert first.stdout.count("\n") == 6
    assert first.stdout == second.stdout


@pytest.mark.parametrize("style", ["cs231n", "micrograd", "plates"])
def test_hostile_names_by_matplotlib(style):
    total = Value(0.0)
    for name in HOSTILE:
        total = total + Primitive(
            "op", lambda x: x, lambda x, z: (1.0,), notation=call("op")._replace(symbol=name or "op")
        )(Value(1.0, name))
    assert mpl.write_image(picture_of(total), "png", Look(style)).startswith(b"\x89PNG")


def test_matplotlib_is_left_as_it_was():
    import matplotlib

    before = dict(matplotlib.rcParams)
    with matplotlib.rc_context({"text.usetex": True, "savefig.bbox": "tight", "font.family": "serif"}):
        image = mpl.write_image(picture_of(sigmoid_circuit()), "png")
    assert image == mpl.write_image(picture_of(sigmoid_circuit()), "png")
    assert dict(matplotlib.rcParams) == before
    assert "matplotlib.pyplot" not in sys.modules or not sys.modules["matplotlib.pyplot"].get_fignums()


def test_a_style_is_one_object(monkeypatch):
    """A new style needs nothing but its own definition and its name in STYLES."""
    from viz.graph.cells import html
    from viz.graph.shapes import stack
    from viz.graph.styles import STYLES
    from viz.graph.styles.style import Style

    monkeypatch.setitem(STYLES, "tiny", Style(
        "tiny",
        tiles=lambda node, vertical, palette: [stack([("name", node.name, palette.ink)], (), palette, "tiny")],
        label=lambda node, vertical, palette: f"<{html(node.name)}>",
    ))  # fmt: skip
    for rankdir in ("LR", "TB"):
        drawing = viz.draw(sigmoid_circuit(), engine="builtin", style="tiny", rankdir=rankdir)
        assert drawing.svg().count('class="tiny"') == 13
        assert "n0 [label=<w0>" in drawing.source
    with pytest.raises(ValueError, match="'circles' or 'tiny'"):
        viz.draw(Value(1.0), style="small")


def shapes_of(output, kind, **look):
    return [
        shape
        for shapes in scene_of(picture_of(output), Look(**look)).nodes
        for shape in shapes
        if isinstance(shape, kind)
    ]


def test_signs_of_gates_are_large_and_in_the_middle():
    """The middle of + and × is a third of their size above the line on which they stand, in all usual fonts."""
    circles = [rect for rect in shapes_of(sigmoid_circuit(), Rect) if rect.kind == "gate"]
    signs = [text for text in shapes_of(sigmoid_circuit(), Text) if text.kind == "gate"]
    assert [sign.size for sign in signs] == [22, 22, 22, 22, 16, 14, 14, 16]
    for circle, sign in zip(circles, signs, strict=True):
        assert sign.x == pytest.approx(circle.left + circle.width / 2)
        middle = 0.26 if sign.runs[0][0] == "exp" else 0.34
        assert sign.y - middle * sign.size == pytest.approx(circle.top + circle.height / 2)


def test_long_names_are_cut_and_a_tooltip_has_them_whole():
    name = "a_name_of_forty_signs_which_is_very_long"
    f = Value(2.0, name) * Value(3.0, "sixteen_letters_")
    svg = viz.draw(f).svg()
    assert {"a_name_of_forty…", "sixteen_letters_"} <= set(texts(svg))
    assert f"<title>{name} = 2.0</title>" in svg
    op = Primitive("a_long_name_for_an_operation_of_mine", lambda x: x, lambda x, z: (1.0,))
    node = picture_of(op(Value(1.0))).nodes[-1]
    assert node.gate == "a_long_name_for_an_oper…"
    assert "a_long_name_for_an_operation_of_mine" in node.title


def test_only_micrograds_style_has_arrowheads():
    for style, heads in (("micrograd", 12 + 8), ("cs231n", 0), ("plates", 0)):
        for rankdir in ("LR", "TB"):
            drawing = viz.draw(sigmoid_circuit(), style=style, rankdir=rankdir)
            assert drawing.svg().count('class="arrow"') == heads
            assert ("arrowhead=normal" in drawing.source) == bool(heads)


def test_a_legend_says_what_stands_above_and_what_below():
    for style, expected in (("plates", True), ("cs231n", False), ("micrograd", False)):
        drawing = viz.draw(sigmoid_circuit(), style=style)
        assert ("above: value, below: gradient of f" in texts(drawing.svg())[-1]) == expected
        assert (">gradient of f<" in drawing.source) == expected
    assert "gradient" not in "".join(texts(viz.draw(parse("x * y", x=1, y=2), style="plates").svg()))


def test_auto_takes_our_own_layout_for_svg_everywhere():
    drawing = viz.draw(sigmoid_circuit())
    assert (
        drawing.svg()
        == viz.draw(sigmoid_circuit(), engine="builtin").svg()
        == drawing._repr_mimebundle_()["image/svg+xml"]
    )


@needs_dot
def test_dots_wires_meet_the_cells_that_continue_them():
    """A wire ends at the height of the cell that continues it, and overlaps it: there is no seam."""
    svg = ElementTree.fromstring(viz.draw(parse("exp(x)", x=1), engine="dot").svg())
    numbers = lambda text: [tuple(map(float, pair.split(","))) for pair in re.findall(r"[-\d.]+,[-\d.]+", text)]  # noqa: E731
    cells = [
        numbers(e.get("points")) for e in svg.iter("{http://www.w3.org/2000/svg}polygon") if e.get("fill") == "#57606a"
    ]
    wires = [numbers(e.get("d")) for e in svg.iter("{http://www.w3.org/2000/svg}path") if e.get("d")]
    for wire in wires:
        for x, y in (wire[0], wire[-1]):
            inside = [c for c in cells if min(c)[0] < x < max(c)[0] and min(b for _, b in c) < y < max(b for _, b in c)]
            if inside:
                assert {b for _, b in inside[0]} == {y - 1, y + 1}
    assert len(cells) == 2
