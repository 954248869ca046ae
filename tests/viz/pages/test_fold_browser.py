"""A network in boxes that open, in a real Chromium: what is shown at each step, and that nothing lies on something else."""

import pytest

import viz
from autograd import Value, explain, notation
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


NUMBERS = """() => [...document.querySelectorAll(".boxes .shut")].map(box =>
    [".value", ".gradient"].map(part => box.querySelector(part)?.textContent ?? null))"""


def written(numbers, most=9):
    """Numbers as a box has them, those that are not known as dots."""
    shown = ["·" if x is None else notation.number(x) for x in numbers[:most]]
    return "" if all(x is None for x in numbers) else ", ".join(shown)


def test_a_shut_box_shows_what_its_output_carries(visit, network):
    """Values and gradients of each box's results after each step, against Python's; of many results, the first ones."""
    model, loss = network
    solution = explain(loss)
    page = visit(viz.step(loss, model=model))
    switch = "document.getElementById('follow').click()"  # so that all boxes stay shut
    page.evaluate(switch)
    results = page.evaluate("backstep.fold.results")
    assert max(map(len, results)) == 6, "three units and two samples"
    value, gradient = {}, {}
    for k, found in enumerate(solution, 1):
        if found.kind == "forward":
            value[found.node] = found.node.data
        else:
            gradient[found.node if found.operand is None else found.operand] = found.total
        if k % 7 and k < len(solution.order):
            continue
        go(page, k)
        for i, (shown, result) in enumerate(zip(page.evaluate(NUMBERS), results, strict=True)):
            nodes = [solution.order[n] for n in result]
            for text, known in zip(shown, (value, gradient), strict=True):
                numbers = [known.get(node, node.data if known is value and node.op is None else None) for node in nodes]
                beginning = text.removesuffix(", …")
                assert written(numbers).startswith(beginning), (k, i)
                assert (text == "") == all(x is None for x in numbers), (k, i)
                assert ("…" in text) == (beginning != written(numbers)), (k, i)


def test_the_numbers_of_a_box_follow_moves_and_fit_into_it(visit, network):
    model, loss = network
    page = visit(viz.step(loss, model=model))
    last = page.evaluate("backstep.model.last")
    go(page, last)
    before = page.evaluate(NUMBERS)
    page.evaluate("backstep.model.move(new Map([[backstep.model.leaves[0], 123456.789]]))")
    after = page.evaluate(NUMBERS)
    assert before != after
    outputs = page.evaluate("backstep.fold.results.map(found => backstep.model.values[found[0]])")
    assert [text.split(",")[0] for text, _ in after] == [notation.number(x) for x in outputs]
    outside = page.evaluate(
        """() => [...document.querySelectorAll(".boxes .shut")].filter(box => box.getClientRects().length).flatMap(box => {
            const frame = box.querySelector("rect").getBoundingClientRect();
            return [...box.querySelectorAll("text")].map(text => text.getBoundingClientRect())
                .filter(({ left, right, top, bottom }) => left < frame.left || right > frame.right || top < frame.top - 1 || bottom > frame.bottom + 1);
        }).length"""
    )
    assert outside == 0
    size = page.evaluate("14 * backstep.picture.svg.width.baseVal.value / backstep.picture.svg.viewBox.baseVal.width")
    assert size >= 11
    title = page.evaluate("document.querySelector('.boxes .shut title').textContent")
    assert " = " in title
    assert ", gradient " in title


def test_a_quiz_hides_in_a_box_what_it_asks_for(visit, network):
    model, loss = network
    page = visit(viz.step(loss, model=model))
    k = page.evaluate("backstep.model.arrivals(backstep.fold.results.at(-1)[0])[0]")
    go(page, k)
    shown = page.evaluate(NUMBERS)
    page.evaluate(f"backstep.quiz.start([{k}])")
    hidden = page.evaluate(NUMBERS)
    assert hidden != shown
    assert "·" in hidden[-1][1] or hidden[-1][1] == ""


def test_chips_stand_beside_a_shut_box(visit, network):
    """All boxes shut: gate and operand are in boxes, and no chip lies on what these say."""
    model, loss = network
    page = visit(viz.step(loss, model=model), reduced_motion="reduce")
    page.evaluate("document.getElementById('follow').click()")
    covered = """k => {
        backstep.go(k);
        const boxes = parts => [...document.querySelectorAll(parts)].map(part => part.getBoundingClientRect());
        const chips = boxes(".chips rect"), texts = boxes(".boxes .shut text, .nodes text:not(.gradient)").filter(({ width }) => width);
        const apart = (a, b) => a.left >= b.right - 1 || b.left >= a.right - 1 || a.top >= b.bottom - 3 || b.top >= a.bottom - 3;
        return [chips.length, chips.flatMap((a, i) => [...texts, ...chips.slice(0, i)].filter(b => !apart(a, b))).length];
    }"""
    first = page.evaluate("backstep.model.arrivals(backstep.model.output)[0]")
    for k in range(first + 1, page.evaluate("backstep.model.last")):
        assert page.evaluate(covered, k) == [3, 0], k


def test_chips_rings_and_stops_follow_a_box_that_the_reader_opens(visit):
    """In place of the shut box what is in it: the ring, the chips, and at the end the gates where the gradient stops."""
    model = MLP(2, [3, 1], activation="relu", seed=1)
    loss = mse_loss(model([[Value(0.5, "x1"), Value(1.0, "x2")]]), [1.0])
    page = visit(viz.step(loss, model=model), reduced_motion="reduce")
    page.evaluate("document.getElementById('follow').click()")
    gate = page.evaluate(
        "backstep.model.nodes.findLastIndex(({ uses }, i) => uses.length && backstep.picture.elementOf(i).matches('.shut'))"
    )
    go(page, page.evaluate(f"backstep.model.nodes[{gate}].uses[0]"))
    place = "document.querySelector('.chips .upstream').getBoundingClientRect().x"
    before = page.evaluate(place)
    assert page.locator(".shut.current").count() == 1
    boxes = page.evaluate("backstep.fold.results.length")
    page.evaluate(f"for (let n = 1; n <= {boxes}; n++) if (!backstep.fold.opened.has(n)) backstep.fold.toggle(n)")
    assert page.locator(".shut.current").count() == 0
    assert page.evaluate(place) != before
    assert page.locator(".chips text").first.is_visible()
    page.keyboard.press("End")
    stops = page.locator(".stops text")
    opened = stops.all_text_contents()
    assert set(opened) == {"stops here"}, "a relu that is off"
    page.evaluate(f"for (let n = {boxes}; n; n--) if (backstep.fold.opened.has(n)) backstep.fold.toggle(n)")
    assert [text for text in stops.all_text_contents() if "gate" in text] == [
        f"stops here at {len(opened)} gate{'s' * (len(opened) > 1)}"
    ]
