"""Large graphs in a real Chromium: what takes part is in view or has a stub, the map, steps worth a look, the flow."""

import pytest

import viz
from autograd import Value, parse
from nn import MLP, mse_loss
from tests.chromium import at, choose, go, violations

pytestmark = pytest.mark.browser
PHONE = {"viewport": {"width": 360, "height": 740}}

IN_VIEW = """i => {
    const figure = backstep.picture.figure.getBoundingClientRect(), box = backstep.picture.elementOf(i).getBoundingClientRect();
    const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
    return x >= figure.left && x <= figure.right && y >= figure.top && y <= figure.bottom;
}"""
SMALLEST = """() => Math.min(...[...document.querySelectorAll(".figure text")].filter(text => text.getClientRects().length)
    .map(text => parseFloat(getComputedStyle(text).fontSize) * backstep.picture.svg.clientWidth / backstep.picture.svg.viewBox.baseVal.width))"""


@pytest.fixture
def network():
    model = MLP(2, [5, 3, 1], activation="relu", seed=1)
    loss = mse_loss(model([[Value(0.3, "x1"), Value(1.0, "x2")], [0.5, -1.0]]), [1.0, 0.0])
    return model, loss


@pytest.mark.parametrize("options", [{}, PHONE])
@pytest.mark.parametrize("folded", [False, True])
def test_gate_and_receiver_are_in_view_or_have_a_stub(visit, network, options, folded):
    model, loss = network
    page = visit(viz.step(loss, model=model if folded else None), reduced_motion="reduce", **options)
    last = page.evaluate("backstep.model.last")
    for number in range(1, last, 17):
        go(page, number)
        page.wait_for_timeout(40)
        step = page.evaluate(f"(({{gate, operand}}) => ({{gate, operand}}))(backstep.model.step({number}))")
        assert page.evaluate(IN_VIEW, step["gate"])
        operand = step.get("operand")
        if operand is not None and not page.evaluate(IN_VIEW, operand):
            name = page.evaluate(f"backstep.model.nodes[{operand}].name")
            stub = page.locator(".stub", has_text=f" {name} = ")
            assert stub.count() == 1
            stub.click()
            assert page.evaluate(IN_VIEW, operand)
        assert page.evaluate(SMALLEST) >= 11
    assert page.is_visible("#overview") == (options is not PHONE)
    assert violations(page) == []


def test_the_map_leads_there(visit, network):
    page = visit(viz.step(network[1]))
    box = page.locator("#overview svg").bounding_box()
    page.mouse.click(box["x"] + box["width"] - 3, box["y"] + box["height"] / 2)
    right = page.evaluate("backstep.picture.figure.scrollLeft")
    page.mouse.click(box["x"] + 3, box["y"] + box["height"] / 2)
    assert page.evaluate("backstep.picture.figure.scrollLeft") < right
    small = visit(viz.step(parse("x * y", x=2, y=3)))
    assert not small.is_visible("#overview"), "all of it is in view"
    assert small.locator(".stub").count() == 0


def test_steps_worth_a_look(visit):
    page = visit(viz.step(parse("relu(x) * y + y - x", x=-2, y=3)))
    found = []
    while at(page) != page.evaluate("backstep.model.last"):
        page.keyboard.press("n")
        found.append(page.inner_text("#phase"))
    assert [text.rpartition(" · ")[2] for text in found] == [
        "the sign flips", "a sum is complete: the last of 2 uses", "a gate that blocks", "step 13 of 13",
    ]  # fmt: skip
    page.keyboard.press("q")
    go(page, 1)
    choose(page, "#look-next")
    assert page.inner_text("#phase").endswith("of 13"), "a reason would help in the quiz"


def test_the_flow_at_the_end(visit):
    page = visit(viz.step(parse("tanh(w * x + b) * relu(c) + tanh(k)", w=2, x=-1, b=0.5, c=-2, k=5)))
    page.keyboard.press("End")
    widths = page.evaluate("backstep.picture.wires.map(wire => parseFloat(wire.style.strokeWidth))")
    assert max(widths) == 7
    assert min(widths) == 0.6
    assert page.locator(".stops text").count() == 2, "the relu that is off, the tanh that is flat"
    page.keyboard.press("ArrowLeft")
    assert page.locator(".stops text").count() == 0
    assert page.evaluate("backstep.picture.wires.every(wire => wire.style.strokeWidth === '')")


def test_a_stub_is_whole_and_covers_nothing(visit, network):
    """Where there is room it lies on no node, name or chip; its text is not cut, on a small phone, too."""
    model, loss = network
    for options, folded in (
        ({}, True),
        ({}, False),
        (PHONE, True),
        ({"viewport": {"width": 320, "height": 568}}, True),
    ):
        page = visit(viz.step(loss, model=model if folded else None), reduced_motion="reduce", **options)
        found = page.evaluate(
            """() => {
                const cut = [];
                let shown = 0, free = 0;
                for (let k = 1; k < backstep.model.last; k += 5) {
                    backstep.go(k);
                    const frame = backstep.picture.figure.getBoundingClientRect();
                    for (const stub of document.querySelectorAll(".stub")) {
                        const box = stub.getBoundingClientRect();
                        shown++;
                        if (stub.scrollWidth > stub.clientWidth || box.left < frame.left || box.right > frame.right || box.top < frame.top
                            || box.bottom > frame.bottom) cut.push([k, stub.textContent]);
                        const drawn = [...document.querySelectorAll(".nodes > g, .opened > g, .boxes .shut, .chips > g")].map(part => part.getBoundingClientRect())
                            .filter(other => other.width && other.left < box.right && box.left < other.right);
                        const apart = top => drawn.every(other => other.bottom <= top || top + box.height <= other.top);
                        const levels = [...Array(Math.floor(frame.height - 40)).keys()].map(i => frame.top + 6 + i);
                        if (apart(box.top) || !levels.some(top => [-4, 0, 6].every(by => apart(top + by)))) free++;
                    }
                }
                return [shown, cut, free];
            }"""
        )
        assert found[0] > 0
        assert found[1] == []
        if not options:
            assert found[2] == found[0], "each lies on nothing, or there is no room"
