"""The stepper's page without a browser: what is in it, its size, its safety; see test_browser.py for what it does."""

import json
import re
from html.parser import HTMLParser

import pytest

import autograd
import viz
from autograd import Primitive, Value, explain, parse
from autograd.notation import call
from nn import MLP, mse_loss
from tests.conftest import HOSTILE
from viz.graph.picture import cut
from viz.pages import page as pages
from viz.pages.film import FILES as FILES_OF_THE_FILM
from viz.pages.stepper import FILES, LATER, formula_of

SIGMOID = "1/(1+exp(-(w0*x0 + w1*x1 + w2)))"
NUMBERS = {"w0": 2, "w1": -3, "w2": -3, "x0": -1, "x1": -2}


def ten_uses():
    text = "x * a + sin(x) + x * x + x * b + tanh(x) + x / c + x - d * x + exp(x)"
    return parse(text, x=0.7, a=2, b=-1, c=3, d=1.5)


def sigmoid_circuit():
    return parse(SIGMOID, **NUMBERS)


def network(widths, samples=1):
    """The loss of a small MLP on some samples."""
    model = MLP(widths[0], [*widths[1:], 1], activation="tanh", seed=0)
    rows = [[Value(0.1 * (i + j + 1), f"x{i}") for i in range(widths[0])] for j in range(samples)]
    return mse_loss(model(rows), [1.0] * samples)


# Nodes, and the most kilobytes of their page.
PAGES = [
    (13, 75, sigmoid_circuit),
    (112, 130, lambda: network([3, 5, 4])),
    (1149, 1000, lambda: network([10, 16, 10], 2)),
]


class Reader(HTMLParser):
    """What is in a page: its elements with their attributes, and the text of each kind of element."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.elements, self.texts, self.open = [], {}, []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        self.open.append(tag)
        self.texts.setdefault(tag, []).append("")

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, text):
        if self.open:
            self.texts[self.open[-1]][-1] += text


def data_of(stepper):
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', stepper.html(), re.S)[1])


def test_the_page_is_told_the_graph_and_its_numbers():
    f = parse("a * a + tanh(b) - 2.5", a=3, b=0.5)
    data = data_of(viz.step(f))
    assert [(node["name"], float(node["value"])) for node in data["nodes"]] == [
        (name, node.data) for node, name in explain(f).names.items()
    ]
    assert [node.get("operands") for node in data["nodes"]] == [None, [0, 0], None, [2], [1, 3], [4, [2.5]]]
    assert data["output"] == 5


def test_the_scripts_of_the_stepper_multiply_and_add_nothing_up():
    for name in ("card.js", "picture.js"):
        assert not re.search(r"\b(upstream|share|slope|total|before)\b[\w.]* *[*+] *\w", pages.read(name)), name


def test_one_file_that_asks_for_nothing():
    page = viz.step(sigmoid_circuit()).html()
    assert "http" not in page.replace("http-equiv", "")
    assert not re.search(r"\b(href|src|action|srcset|poster)=[\"']", page)
    assert "@import" not in page
    assert re.findall(r"url\(([^)]*)\)", page) == ["#ahead", "#back"]
    policies = [a["content"] for tag, a in Reader(page).elements if a.get("http-equiv") == "Content-Security-Policy"]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"]
    assert page.index("Content-Security-Policy") < page.index("<style>") < page.index("<script")
    for unsafe in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function("):
        assert unsafe not in page


def test_without_javascript_there_is_the_finished_pass_and_a_list_of_all_steps():
    f = sigmoid_circuit()
    page = Reader(viz.step(f).html())
    solution = explain(f)
    items = page.texts["li"]
    assert items[0] == "Given: w0 = 2, x0 = -1, w1 = -3, x1 = -2, w2 = -3"
    assert items[1:-1] == list(map(str, solution))
    assert items[-1] == "Found: ∂f/∂w0 = -0.1966, ∂f/∂x0 = 0.3932, ∂f/∂w1 = -0.3932, ∂f/∂x1 = -0.5898, ∂f/∂w2 = 0.1966"
    assert ("details", {"id": "all", "open": None}) in page.elements
    assert {"-0.1966", "0.3932", "-0.5344", "1"} <= set(page.texts["text"])
    assert "x1 = -2.0, gradient -0.5898357997244457" in page.texts["title"]
    assert [a["id"] for _, a in page.elements if "hidden" in a and a.get("id") in ("controls", "card")] == [
        "card",
        "controls",
    ]


def test_no_pass_is_needed_and_no_grad_is_touched():
    f = sigmoid_circuit()
    w0 = explain(f).order[0]
    before = viz.step(f).html()
    assert w0.grad is None
    f.backward()
    f.backward()
    assert viz.step(f).html() == before


def test_a_stepper_is_of_the_moment():
    x = Value(2.0, "x")
    stepper = viz.step(x * x)
    x.data = 3.0
    assert "x = 2.0" in stepper.html()
    f = x * x
    x.data = 4.0
    with pytest.raises(RuntimeError, match="forward"):
        viz.step(f)


def hostile(name):
    """A graph in which a leaf, an intermediate and an operation carry the name."""
    notation = call(name or "op")._replace(symbol=name or "op")
    op = Primitive("op", lambda x: x, lambda x, z: (1.0,), notation=notation)
    q = op(Value(1.0, name))
    q.name = name
    return q * Value(2.0, name)


def attributes(given):
    """The names of an element's attributes, but for the size of a gate's text, which depends on its length."""
    return sorted(set(given) - {"font-size"})


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names(name):
    f = hostile(name)
    page = viz.step(f).html()
    assert not re.search("[\x00-\x09\x0b-\x1f\u202e\ud800]", page)
    harmless = [(tag, attributes(a)) for tag, a in Reader(viz.step(hostile("plain")).html()).elements]
    assert [(tag, attributes(a)) for tag, a in Reader(page).elements] == harmless  # no element and no attribute more
    assert page.count("<script") == page.count("</script") == 2
    names = list(explain(f).names.values())
    assert [node["name"] for node in data_of(viz.step(f))["nodes"]] == names
    assert cut(names[0]) in Reader(page).texts["text"]
    bundle = viz.step(f)._repr_mimebundle_()
    (frame,) = Reader(bundle["text/html"]).elements
    assert frame[0] == "iframe"
    assert frame[1]["srcdoc"] == page
    assert set(frame[1]) == {"sandbox", "title", "width", "height", "style", "srcdoc"}


def test_what_is_not_finite():
    with pytest.warns(RuntimeWarning, match="exp"):
        f = parse("x * inf + exp(y * 1000) - y / x", x=1e-300, y=2, inf=float("inf"))
    data = data_of(viz.step(f))  # JSON parses: there is no bare NaN in it
    values = [node["value"] for node in data["nodes"]]
    assert values.count("Infinity") >= 3
    assert "inf" in Reader(viz.step(f).html()).texts["text"]


def test_large_graphs_are_refused_at_once():
    f = x = Value(1.0, "x")
    for _ in range(1500):
        f = f + x
    with pytest.raises(ValueError, match="1501 nodes.*take a part"):
        viz.step(f)
    with pytest.raises(TypeError, match="expected a Value"):
        viz.step(3.0)


def kilobytes(f):
    return len(viz.step(f).html().encode()) / 1000


def test_the_size_of_pages():
    """Budgets for 13, 118 and 1150 nodes; the last with about 3000 steps. Most of a small page is its scripts."""
    middle, large = network([3, 5, 4]), network([10, 16, 10], samples=2)
    assert len(explain(sigmoid_circuit()).order) == 13
    assert 110 <= len(explain(middle).order) <= 118
    assert (len(explain(large).order), len(explain(large))) == (1149, 2866)
    assert kilobytes(sigmoid_circuit()) <= 75
    assert kilobytes(middle) <= 130
    assert kilobytes(large) <= 1000


def test_the_same_bytes_twice():
    assert viz.step(sigmoid_circuit()).html() == viz.step(sigmoid_circuit()).html()


BOTH = """
import hashlib, viz
from autograd import parse
from nn import MLP, mse_loss
model = MLP(3, [4, 1], activation="tanh", seed=0)
for f in (parse("a*b + tanh(a)*2 - a**3/2", a=3, b=-2), mse_loss(model([[0.1, 0.2, 0.3], [1.0, 2.0, 3.0]]), [1.0, 2.0])):
    print(hashlib.sha256(viz.step(f).html().encode()).hexdigest())
"""


def test_the_same_bytes_under_every_hash_seed(python):
    first, second = (python(BOTH, PYTHONHASHSEED=seed) for seed in ("1", "2"))
    assert first.returncode == 0, first.stderr
    assert first.stdout.count("\n") == 2
    assert first.stdout == second.stdout


def test_saving_and_showing(tmp_path):
    stepper = viz.step(sigmoid_circuit())
    path = stepper.save(tmp_path / "f.html")
    assert [p.name for p in tmp_path.iterdir()] == ["f.html"]
    assert path.read_text(encoding="utf-8") == stepper.html()
    bundle = stepper._repr_mimebundle_(include=["text/plain"])
    assert bundle["text/plain"] == "<Stepper of f = 1 / (1 + exp(-(w0 * x0 + w1 * x1 + w2))): 22 steps>"
    assert 'sandbox="allow-scripts"' in bundle["text/html"]
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        stepper.save(tmp_path / "nowhere" / "f.html")


def test_titles():
    assert formula_of(explain(sigmoid_circuit())) == "f = 1 / (1 + exp(-(w0 * x0 + w1 * x1 + w2)))"
    assert formula_of(explain(Value(1.0, "x"))) == "x"
    assert formula_of(explain(network([3, 5, 4]))) == "f, 112 nodes"
    f = Value(1.0, "x")
    for _ in range(60):
        f = f + f  # 2**60 symbols, if written out
    assert formula_of(explain(f)) == "f, 61 nodes"


@pytest.mark.parametrize("precision", [2, 6])
def test_precision(precision):
    stepper = viz.step(sigmoid_circuit(), precision=precision)
    assert data_of(stepper)["digits"] == precision
    assert {2: "-0.59", 6: "-0.589836"}[precision] in Reader(stepper.html()).texts["text"]


def test_there_is_room_for_the_widest_sum_on_the_way():
    """a - a: the gradient of a is -1 on its way from 1 to 0; the drawing has room for it, and shows 0."""
    f = parse("1.2345678 * a - 1.2345678 * a", a=1)
    wide, narrow = (float(re.search(r'viewBox="0 0 (\d+)', viz.step(g).html())[1]) for g in (f, parse("a - a", a=1)))
    assert wide > narrow
    assert "0" in Reader(viz.step(f).html()).texts["text"]


def test_every_script_and_style_sheet_is_used():
    folder = pages.files("viz") / "pages"
    there = {entry.name for room in ("scripts", "styles") for entry in (folder / room).iterdir()}
    assert {"unpack.js", *FILES, *LATER, *FILES_OF_THE_FILM} == there
    assert (folder / "stepper.html").is_file()


def test_the_terms_of_a_wide_sum_are_written_once_for_all_its_uses(monkeypatch):
    """Not once for each use: 300 uses of 300 terms are 90 000 of them."""
    made = []
    of_number = autograd.Term.number
    monkeypatch.setattr(autograd.Term, "number", staticmethod(lambda *given: made.append(0) or of_number(*given)))
    viz.step(autograd.sum([Value(0.1 * i, f"x{i}") for i in range(300)]))
    assert len(made) < 12 * 300


def test_a_condition_has_no_gradient_and_no_backward_step():
    f = parse("where(x > 1, x * y, z)", x=2, y=3, z=4)
    titles = Reader(viz.step(f).html()).texts["title"]
    assert "q = 1.0" in titles
    assert "x = 2.0, gradient 3.0" in titles
