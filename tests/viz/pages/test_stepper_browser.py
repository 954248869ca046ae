"""The stepper in a real Chromium: its cards and drawing, step by step."""

import pytest

import autograd
import viz
from autograd import explain, parse
from autograd.notation import number
from autograd.words import move_sentence, steady_nodes
from nn import MLP, mse_loss
from tests.chromium import at, choose, go, seen
from tests.viz.pages.test_stepper import network, sigmoid_circuit
from viz.graph.picture import picture_of

pytestmark = pytest.mark.browser
LAST = 22  # the sigmoid circuit's last step


# ── Steps ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_start_and_end(page):
    assert at(page) == 0
    assert seen(page, "value") == ["2", "-1", "", "-3", "-2", "", "", "-3", "", "", "", "", ""]
    assert set(seen(page, "gradient")) == {""}
    assert page.inner_text("#formula") == "Given: w0 = 2, x0 = -1, w1 = -3, x1 = -2, w2 = -3"
    choose(page, "#last")
    assert at(page) == LAST
    f = sigmoid_circuit()
    f.backward()
    assert seen(page, "gradient") == [number(node.grad) for node in explain(f).order]
    assert page.inner_text("#formula").startswith("Found: ∂f/∂w0 = -0.1966")


def test_the_card_of_a_forward_step(page):
    go(page, 1)
    assert page.inner_text("#phase") == "Forward · step 1 of 22"
    assert page.inner_text("#formula") == "q = w0 * x0 = 2 * (-1) = -2"
    assert seen(page, "value")[2:6] == ["q = -2", "-3", "-2", ""]
    go(page, 9)
    assert page.inner_text("#formula") == "∂f/∂f = 1"
    assert [text for text in seen(page, "gradient") if text] == ["1"]


def test_a_backward_step_lights_its_own_wire_where_others_carry_no_gradient(visit):
    f = parse("where(x > 1, x * y, z)", x=2, y=3, z=4)
    page = visit(viz.step(f))
    order, wires = explain(f).order, picture_of(f).wires
    for place, step in enumerate(explain(f), 1):
        if step.kind == "backward":
            go(page, place)
            lit = page.evaluate("backstep.picture.wires.findIndex(wire => wire.matches('.back'))")
            assert wires[lit] == (order.index(step.operand), order.index(step.node))
    page.evaluate("backstep.card.showWhole(backstep.model.nodes.findIndex(node => node.name === 'q'))")
    assert page.inner_text("#formula") == "No gradient reaches q."


def formula(page):
    return " ".join(page.inner_text("#formula").split())


def test_the_card_of_a_backward_step(visit):
    page = visit(viz.step(parse("a * b + tanh(a)", a=0.5, b=-3)))
    go(page, 7)
    assert page.inner_text("#phase") == "Backward · step 7 of 10"
    assert formula(page) == "∂f/∂a += ∂f/∂r × ∂r/∂a = 1 × 0.7864 = 0.7864"
    words = page.evaluate(
        "[...document.querySelectorAll('#formula .chip')].map(e => getComputedStyle(e, '::after').content)"
    )
    assert words == ['"upstream"', '"local"', '"arrives"']
    assert page.inner_text("#rule") == "r = tanh(a), so ∂r/∂a = 1 - tanh(a)² = 1 - r² = 1 - 0.4621² = 0.7864"
    assert page.inner_text("#sentence") == (
        "Move a a little in this use: r moves 0.7864 times as far; f moves as far as r; "
        "so f moves 1 × 0.7864 = 0.7864 times as far as a."
    )
    assert page.inner_text("#remark") == "+= adds: when a moves, its 2 uses move with it, and what they bring adds up."
    assert page.inner_text("#arrivals p") == "1 of 2 arrived: a has 0.7864."
    go(page, 8)
    assert formula(page) == "∂f/∂a += ∂f/∂q × ∂q/∂a = 1 × (-3) = -3"
    assert page.inner_text("#rule") == "q = a * b, so ∂q/∂a = b = -3"
    assert page.inner_text("#arrivals p") == (
        "2 of 2 arrived: a has 0.7864 + (-3) = -2.214. This is the whole gradient of a."
    )
    assert page.inner_text("#pattern") == "× swaps: a receives the gradient of q times b, the other operand."
    assert page.inner_text("#remark") == ""
    go(page, 9)
    assert formula(page) == "∂f/∂b = ∂f/∂q × ∂q/∂b = 1 × 0.5 = 0.5"  # one use: nothing is added
    assert not page.is_visible("#arrivals")


def test_a_gate_waits_until_all_uses_of_its_node_have_arrived(visit):
    f = parse("t * sin(t)", t=1)
    page = visit(viz.step(autograd.exp(f) + f))
    steps = [k for k, step in enumerate(explain(autograd.exp(f) + f), 1) if step.uses == 2 and step.operand is not None]
    said = []
    for k in steps:
        go(page, k)
        said.append(page.inner_text("#arrivals p").partition(". ")[2])
    assert said[:2] == [
        "The gate of r waits for the rest: its upstream is the whole sum.",
        "Now the gate of r can be worked.",
    ]


def test_the_first_step_back_says_what_upstream_and_local_are(page):
    go(page, 10)
    said = "Upstream is what has arrived at this gate, local is the gate's own slope; their product goes on to v1."
    assert page.inner_text("#remark") == said
    go(page, 18)
    assert page.inner_text("#remark") == ""
    titles = page.evaluate("[...document.querySelectorAll('#formula .chip')].map(chip => chip.title)")
    assert titles == [f"how far {far} moves when {near} moves" for far, near in ("fr", ("r", "w1"), ("f", "w1"))]


CARDS = """() => [...Array(backstep.model.last + 1).keys()].map(k => {
    backstep.go(k);
    const [arrivals, begun, ...others] = ["#arrivals", "#arrivals b", "#arrivals p", "#formula", "#sentence"].map(part => document.querySelector(part));
    return [arrivals.checkVisibility() && arrivals.getClientRects().length > 0, begun?.innerText ?? "", ...others.map(part => part?.innerText ?? "")];
})"""


def test_every_card_says_what_the_engine_says(visit):
    """The numbers and words of all steps, made by the page's scripts, against Python's."""
    for f in (network([2, 3]), parse("a * a / 3 + 1e-9 * a - 1.0625 * b", a=-1e3, b=1), parse("relu(x) + x", x=-1)):
        page = visit(viz.step(f))
        steady, cards = steady_nodes(explain(f).order), page.evaluate(CARDS)
        for step, (adds, begun, arrived, shown, sentence) in zip(explain(f), cards[1:-1], strict=True):
            shown = " ".join(shown.split())
            if step.kind != "backward":
                assert shown == " ".join(str(step).split())
                continue
            upstream, local, share = map(number, (step.upstream, step.local, step.contribution))
            factor = f"({local})" if local.startswith("-") else local
            assert shown.endswith(f" = {upstream} × {factor} = {share}")
            assert sentence == move_sentence(step, step.operand in steady)
            assert (" += " in shown) == (step.uses > 1) == adds
            if step.uses > 1:
                assert begun == f"{step.use} of {step.uses} arrived"
                assert number(step.total) in arrived


def test_equations_in_a_list_are_not_broken(visit):
    page = visit(viz.step(network([3, 2])))
    for key in ("Home", "End"):
        page.keyboard.press(key)
        broken = "[...document.querySelectorAll('#formula span')].filter(part => part.getClientRects().length > 1 || part.offsetHeight > 40).length"
        assert page.evaluate(broken) == 0
    assert page.inner_text("#formula").startswith("Found: ∂f/∂")


def test_the_bar_of_arrivals_has_all_numbers_or_lengths(visit):
    """Up to sixteen uses each has its number, whole; of more the bar is three lengths, and no wider than the card."""
    for uses in (10, 16, 40):
        x = autograd.Value(0.123456, "x")
        page = visit(viz.step(autograd.sum([x * (-1.0 - i) for i in range(uses)])))
        steps = page.evaluate("backstep.model.arrivals(0)")
        go(page, steps[uses // 2])
        bar, card = (page.locator(part).bounding_box() for part in ("#arrivals .bar", "#card"))
        parts = page.locator("#arrivals .bar span")
        assert bar["x"] + bar["width"] <= card["x"] + card["width"] + 1
        assert page.evaluate(
            "[...document.querySelectorAll('.bar span')].every(part => part.scrollWidth <= part.clientWidth)"
        )
        if uses <= 16:
            shares = page.evaluate("backstep.model.arrivals(0).map(k => backstep.model.step(k).product)")
            arrived = [number(share) for share in shares[: uses // 2 + 1]]
            assert parts.all_inner_texts() == arrived + ["·"] * (uses - len(arrived))
        else:
            assert parts.count() == 3


@pytest.mark.parametrize("width", [320, 360, 640, 1280])
def test_the_formulas_words_are_not_covered_where_it_breaks(visit, width):
    """Numbers as long as they become: where the formula needs two lines, no chip lies on the word under another one."""
    page = visit(viz.step(parse("x * y", x=-1.234e-11, y=-4.567e-12)), viewport={"width": width, "height": 720})
    go(page, 4)
    chips = page.evaluate(
        "[...document.querySelectorAll('#formula .chip')].map(chip => chip.getBoundingClientRect()).map(r => [r.left, r.top, r.right, r.bottom])"
    )
    word = 12  # pixels that a word below a chip is high
    for left, _, right, bottom in chips:
        assert right <= width
        over = [b for b in chips if b[0] < right and left < b[2] and b[1] < bottom + word and bottom < b[3]]
        assert over == []


def test_plates_and_boxes_have_a_legend(visit):
    """It says what stands above and below, at the drawing's lower edge, whatever boxes are open."""
    model = MLP(2, [3, 1], activation="tanh", seed=0)
    loss = mse_loss(model([[0.5, 1.0], [0.1, 0.2]]), [1.0, 0.0])
    for page in (visit(viz.step(loss, model=model)), visit(viz.step(network([3, 5, 4])))):
        assert page.text_content("#figure .legend") == "above: value, below: gradient of f"
        for step in (0, 40):
            go(page, step)
            low, high = page.evaluate(
                "(text => { const box = text.getBBox(); return [box.y + box.height, backstep.picture.svg.viewBox.baseVal.height]; })"
                "(document.querySelector('#figure .legend'))"
            )
            assert high - 30 < low <= high
        fills = page.evaluate(
            "[...document.querySelectorAll('.legend tspan')].map(part => getComputedStyle(part).fill)"
        )
        assert fills[1::2] == ["rgb(0, 115, 92)", "rgb(179, 71, 0)"]
    assert visit(viz.step(sigmoid_circuit())).locator(".legend").count() == 0


# ── The drawing ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_numbers_are_written_as_python_writes_them(page):
    numbers = [0.0, -0.0, 1.0, -0.19661193, 12345.6, 999999.4, 999999.6, 1e6, 2.5e-7, 1e-300, -1.7e308, 1.0625, 1.1875,
               2.5, 3.5, 0.15, 1234.5, 1235.5, 0.00012345, 9.9995e-5, 123.0, 100000.0, 5e-324]  # fmt: skip
    assert page.evaluate("list => list.map(backstep.numberWriter(4))", numbers) == [number(x) for x in numbers]
    for digits in (1, 2, 3, 7, 17):
        written = page.evaluate("([list, digits]) => list.map(backstep.numberWriter(digits))", [numbers, digits])
        assert written == [number(x, digits) for x in numbers]


def test_what_is_current_differs_not_by_colour_alone(page):
    style = "(selector) => (({strokeWidth, strokeDasharray, markerStart, markerEnd, fontWeight}) => "
    style += "({strokeWidth, strokeDasharray, markerStart, markerEnd, fontWeight}))(getComputedStyle(document.querySelector(selector)))"
    go(page, 3)
    page.wait_for_timeout(300)  # the ring grows
    assert page.locator(".current").count() == 1
    assert page.locator(".ahead").count() == 2
    assert page.evaluate(style, ".current rect")["strokeWidth"] == "4px"
    assert "#ahead" in page.evaluate(style, ".ahead")["markerEnd"]
    go(page, 16)
    page.wait_for_timeout(300)
    assert page.locator(".ahead").count() == 0
    assert page.locator(".back").count() == page.locator(".receives").count() == 1
    assert page.evaluate(style, ".current rect")["strokeWidth"] == "4px"
    assert page.evaluate(style, ".back")["strokeDasharray"] != "none"
    assert "#back" in page.evaluate(style, ".receives path")["markerStart"]
    assert page.evaluate(style, ".receives .gradient")["fontWeight"] == "700"


def test_tooltips_tell_no_more_than_is_known(page):
    title = "backstep.picture.nodes[2].title.textContent"
    assert page.evaluate(title) == "q"
    go(page, 1)
    assert page.evaluate(title) == "q = -2"
    go(page, LAST)
    assert page.evaluate(title).startswith("q = -2, gradient 0.19661193")


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_what_is_not_finite_is_shown_with_a_warning(visit):
    page = visit(viz.step(parse("x * inf + exp(y)", x=0, y=1000, inf=float("inf"))))
    go(page, 1)
    assert page.inner_text("#formula") == "q = x * inf = 0 * inf = nan"
    assert page.inner_text("#warning") == "Warning: nan, not a number. It comes from inf, which is inf."
    go(page, 2)
    assert page.inner_text("#warning") == "Warning: infinite. It arises here."
    go(page, 4)
    assert not page.is_visible("#warning")
