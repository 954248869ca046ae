"""A network in boxes that open, in a real Chromium: what is shown at each step, and that nothing lies on something else."""

import pytest

import viz
from autograd import Value
from nn import MLP, mse_loss
from tests.chromium import choose, go, violations
from viz.pages.stepper import step

pytestmark = pytest.mark.browser

SHOWN = """() => [...document.querySelectorAll(".figure .nodes > g, .boxes .shut")]
    .filter(element => element.getClientRects().length && getComputedStyle(element).display !== "none")
    .map(element => (element.querySelector("rect") ?? element).getBoundingClientRect())
    .filter(({width}) => width).map(({left, top, right, bottom}) => [left, top, right, bottom])"""


@pytest.fixture
def network():
    model = MLP(2, [3, 1], activation="tanh", seed=0)
    loss = mse_loss(model([[Value(0.5, "x1"), Value(1.0, "x2")], [0.1, 0.2]]), [1.0, 0.0])
    return model, loss


def overlap(one, other):
    return (
        one[0] < other[2] - 1 and other[0] < one[2] - 1 and one[1] < other[3] - 1 and other[1] < one[3] - 1
    )  # fmt: skip


def test_the_steps_are_those_of_the_graph_and_boxes_follow(visit, network):
    model, loss = network
    assert repr(step(loss, model=model)).split(":")[1] == repr(step(loss)).split(":")[1]
    page = visit(viz.step(loss, model=model))
    assert page.evaluate("[...backstep.fold.opened]") == [0]
    last = page.evaluate("backstep.model.last")
    for number in range(1, last, 3):
        go(page, number)
        gate = page.evaluate(f"backstep.model.step({number}).gate")
        assert page.evaluate(f"backstep.picture.nodes[{gate}].element.getClientRects().length"), "its box is open"
        shown = page.evaluate(SHOWN)
        clashes = [(a, b) for i, a in enumerate(shown) for b in shown[:i] if overlap(a, b)]
        assert not clashes, number
        for i in page.evaluate(f"[backstep.model.step({number}).operand].filter(i => i !== undefined)"):
            assert page.evaluate(f"backstep.picture.elementOf({i}).classList.contains('receives')")
    go(page, last)
    assert page.evaluate("[...backstep.fold.opened]") == [0], "shut behind"


def test_a_box_opens_by_click_and_key_and_stays(visit, network):
    model, loss = network
    page = visit(viz.step(loss, model=model))
    box = page.locator(".boxes .shut").first
    assert box.get_attribute("aria-expanded") == "false"
    box.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("[...backstep.fold.opened]") == [0, 1]
    assert page.evaluate("document.activeElement.classList.contains('title')")
    go(page, page.evaluate("backstep.model.last"))
    assert page.evaluate("[...backstep.fold.opened]") == [0, 1]
    assert violations(page) == []
    page.locator(".boxes .title").first.click()
    assert page.evaluate("[...backstep.fold.opened]") == [0]
    choose(page, "#follow")
    go(page, 3)
    assert page.evaluate("[...backstep.fold.opened]") == [0]
    assert page.locator(".boxes .shut.current").count() == 1, "the box is ringed, and the card is whole"
    assert "=" in page.inner_text("#formula")


def test_all_boxes_open_and_nothing_lies_on_something_else(visit, network):
    model, loss = network
    page = visit(viz.step(loss, model=model))
    count = page.evaluate("document.querySelectorAll('.boxes > g').length")
    page.evaluate(
        "count => { for (let n = 1; n <= count; n++) if (!backstep.fold.opened.has(n)) backstep.fold.toggle(n); }",
        count,
    )
    shown = page.evaluate(SHOWN)
    assert not [(a, b) for i, a in enumerate(shown) for b in shown[:i] if overlap(a, b)]
    frames = page.evaluate(
        "[...document.querySelectorAll('.frame')].map(f => { const r = f.getBoundingClientRect(); return [r.left, r.top, r.right, r.bottom]; })"
    )
    inner = [
        f
        for f in frames
        if not any(f is not g and g[0] >= f[0] and g[2] <= f[2] and g[1] >= f[1] and g[3] <= f[3] for g in frames)
    ]
    assert not [(a, b) for i, a in enumerate(inner) for b in inner[:i] if overlap(a, b)]


def test_the_bytes_are_the_same_twice(network):
    model, loss = network
    assert step(loss, model=model).html() == step(loss, model=model).html()


def test_routes_run_through_what_is_open(visit, network):
    model, loss = network
    page = visit(viz.step(loss, model=model))
    page.keyboard.press("End")
    page.keyboard.press("r")
    assert page.locator("ol.ways li").count() >= 1
    shut = page.evaluate(
        "[...document.querySelectorAll('.figure .ways path')].filter(path => path.getAttribute('d')).length"
    )
    go(page, 20)
    opened = page.evaluate(
        "[...document.querySelectorAll('.figure .ways path')].filter(path => path.getAttribute('d')).length"
    )
    assert opened > 0
    assert shut > 0
