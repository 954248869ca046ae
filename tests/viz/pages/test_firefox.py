"""The stepper in a real Firefox: load, keys, moves equal to Python's, narrow width, print, boxes that open."""

import re
import time
import zlib

import pytest

import viz
from autograd import Value, explain
from nn import MLP, mse_loss
from tests import firefox as browser
from tests.viz.pages.test_stepper import sigmoid_circuit
from viz.pages.page import frame

pytestmark = pytest.mark.browser
firefox = browser.firefox


@pytest.fixture
def opened(firefox, tmp_path):
    """Open the page that is saved; at the end nothing may have gone wrong."""

    def visit(saved, width=1280, height=720):
        firefox.visit(saved.save(tmp_path / "page.html"), width, height)
        return firefox

    yield visit
    complaints, firefox.complaints = firefox.complaints, []
    assert complaints == []


def test_load_and_keys(opened):
    page = opened(viz.step(sigmoid_circuit()))
    assert page.evaluate("document.getElementById('counter').textContent") == "0 / 22"
    page.press("ArrowRight", "ArrowRight", "Shift+ArrowRight")
    assert page.evaluate("backstep.at") == 12
    page.press("b")
    assert page.evaluate("backstep.model.step(backstep.at).phase") == "seed"
    page.press("End", "ArrowLeft")
    assert page.evaluate("backstep.at") == 21
    assert page.evaluate("document.querySelectorAll('.current').length") >= 1
    page.press("r")
    assert "sum:" in page.evaluate("document.getElementById('routes').textContent")
    page.press("q")
    assert page.evaluate("document.getElementById('question').hidden || document.activeElement.id === 'answer'")
    assert page.picture().startswith(b"\x89PNG")


class Cell:
    """A page with a notebook's output in it: the frame tells when its scripts are unpacked."""

    def save(self, path):
        tell = "if (globalThis.backstep) { clearInterval(waiting); parent.postMessage(backstep.model.last, '*'); }"
        told = f"<script>const waiting = setInterval(() => {{ {tell} }}, 10);</script>"
        content = frame(viz.step(sigmoid_circuit()).html() + told, "cell", 800)
        listen = "<script>onmessage = ({ data }) => { globalThis.last = data; };</script>"
        path.write_text(f"<!DOCTYPE html><meta charset=utf-8><title>cell</title>{listen}{content}", encoding="utf-8")
        return path


def test_in_the_frame_of_a_notebook(opened):
    page = opened(Cell())
    for _ in range(1200):
        if last := page.evaluate("globalThis.last ?? null"):
            break
        time.sleep(0.05)
    assert last == 22


def test_moves_say_what_python_says(opened):
    f = sigmoid_circuit()
    page = opened(viz.step(f))
    solution = explain(f)
    names = [solution.names[node] for node in solution.order]
    for moved in ({"w1": -2.5}, {"w1": 0.25, "x0": 3.0}, {"w0": 0.0, "w2": 1e-3}):
        for name, number in moved.items():
            solution.order[names.index(name)].data = number
        f.forward()
        moves = [[names.index(name), number] for name, number in moved.items()]
        page.evaluate(f"backstep.model.move(new Map({moves}))")
        shown = page.evaluate("[...Array(backstep.model.last).keys()].slice(1).map(k => backstep.model.line(k))")
        assert shown == [str(step) for step in explain(f)]


def test_narrow(opened):
    page = opened(viz.step(sigmoid_circuit()), 360, 740)
    for step in (3, 12, 18, 22):
        page.evaluate(f"backstep.go({step})")
        assert page.evaluate("document.scrollingElement.scrollHeight <= innerHeight"), "the page never scrolls"
        assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
        inside = "(({top, bottom}) => top >= 0 && bottom < innerHeight + 1)(document.getElementById('{}').getBoundingClientRect())"
        for part in ("controls", "formula"):
            assert page.evaluate(inside.replace("{}", part)), part


def test_print(opened):
    page = opened(viz.step(sigmoid_circuit()))
    page.evaluate("backstep.go(5)")
    paper = page.paper()
    assert paper.startswith(b"%PDF")
    streams = re.findall(rb"stream\r?\n(.*?)endstream", paper, re.DOTALL)
    assert sum(len(zlib.decompressobj().decompress(s)) for s in streams if s[:1] == b"\x78") > 20_000, (
        "drawing and steps"
    )
    assert page.evaluate("backstep.at") == 5


def test_boxes_open_and_shut(opened):
    model = MLP(2, [3, 1], activation="tanh", seed=0)
    loss = mse_loss(model([[Value(0.5, "x1"), Value(1.0, "x2")]]), [1.0])
    page = opened(viz.step(loss, model=model))
    for step in (10, 30, 40):
        page.evaluate(f"backstep.go({step})")
        gate = page.evaluate(f"backstep.model.step({step}).gate")
        assert page.evaluate(f"backstep.picture.nodes[{gate}].element.getClientRects().length") == 1
