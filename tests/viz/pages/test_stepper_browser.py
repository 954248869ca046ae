"""The stepper in a real Chromium: its cards and drawing, every button and key, clicks, the address."""

import re

import pytest

import viz
from autograd import explain, parse
from autograd.notation import number
from tests.chromium import at, choose, go, seen, wait
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
    assert page.inner_text("#phase") == "Forward"
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


def test_the_card_of_a_backward_step(visit):
    page = visit(viz.step(parse("a * b + tanh(a)", a=0.5, b=-3)))
    go(page, 7)
    assert page.inner_text("#phase") == "Backward"
    assert page.inner_text("#formula").split() == ["∂f/∂a", "+=", "∂f/∂r", "×", "∂tanh(a)/∂a"]
    words = page.evaluate("[...document.querySelectorAll('.term')].map(e => getComputedStyle(e, '::after').content)")
    assert words == ['"upstream"', '"local"']
    assert page.locator("#rows dd").all_inner_texts() == [
        "∂tanh(a)/∂a = 1 - tanh(a)² = 1 - r² = 1 - 0.4621² = 0.7864",
        "1 × 0.7864 = 0.7864",
        "a: 0 + 0.7864 = 0.7864 (use 1 of 2)",
    ]
    go(page, 8)
    assert page.locator("#rows dd").all_inner_texts() == [
        "∂(a * b)/∂a = b = -3",
        "1 × (-3) = -3",
        "a: 0.7864 + (-3) = -2.214 (use 2 of 2)",
    ]
    assert page.inner_text("#remark") == "× swaps: a receives the gradient of q times b, the other operand."


def test_every_card_says_what_the_engine_says(visit):
    """The numbers of all steps, made by the page's script, against those of the list, made by Python."""
    for f in (network([2, 3]), parse("a * a / 3 + 1e-9 * a - 1.0625 * b", a=-1e3, b=1)):
        page = visit(viz.step(f))
        for i, step in enumerate(explain(f), 1):
            go(page, i)
            shown = "".join(page.inner_text("#formula").split())
            if step.kind != "backward":
                assert shown == "".join(str(step).split())
                continue
            line, _, note = str(step).partition("  (use ")
            contribution = page.locator("#rows dd").nth(1).inner_text()
            assert "".join(line.split()).startswith(shown)
            assert line.endswith(contribution.rpartition(" = ")[2])
            running = page.locator("#rows dd").nth(2).inner_text()
            assert running.partition(": ")[2].startswith(note.partition(": ")[2].rstrip(")"))


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
    assert page.inner_text("#warning") == "Warning: nan, not a number."
    go(page, 2)
    assert page.inner_text("#warning") == "Warning: infinite."
    go(page, 4)
    assert not page.is_visible("#warning")


# ── Controls ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_button(page):
    for button, step in (("#next", 1), ("#next", 2), ("#back-one", 1), ("#to-backward", 9), ("#to-forward", 1),
                         ("#last", LAST), ("#next", LAST), ("#first", 0), ("#back-one", 0)):  # fmt: skip
        page.click(button) if button in ("#next", "#back-one") else choose(page, button)
        assert at(page) == step
    choose(page, "#ask-help")
    assert page.is_visible("#help")
    page.click("#help button")
    assert not page.is_visible("#help")
    wide = page.evaluate("backstep.picture.svg.width.baseVal.value")
    choose(page, "#larger")
    assert page.evaluate("backstep.picture.svg.width.baseVal.value") == pytest.approx(1.25 * wide)
    choose(page, "#smaller")
    assert page.evaluate("backstep.picture.svg.width.baseVal.value") == pytest.approx(wide)
    choose(page, "#theme")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(13, 17, 23)"
    choose(page, "#theme")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_keys_stand_in_one_table_that_makes_the_help(page):
    shown = page.evaluate(
        "[...document.getElementById('keys').rows].map(row => [...row.cells].map(c => c.textContent))"
    )
    assert shown == page.evaluate("backstep.keys.map(({ shown, help }) => [shown, help])")
    assert ["q", "quiz: what does each use of a node receive?"] in shown


def test_every_key(page):
    for key, step in (("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("Shift+ArrowRight", 11), ("Shift+ArrowLeft", 1),
                      ("PageDown", 11), ("PageUp", 1), ("End", LAST), ("Home", 0), ("ArrowLeft", 0), ("b", 9), ("f", 1),
                      ("Control+ArrowRight", 1), ("Alt+ArrowRight", 1), ("Meta+End", 1)):  # fmt: skip
        page.keyboard.press(key)
        assert at(page) == step, key
    wide = page.evaluate("backstep.picture.svg.width.baseVal.value")
    page.keyboard.press("+")
    assert page.evaluate("backstep.picture.svg.width.baseVal.value") > wide
    page.keyboard.press("-")
    page.keyboard.press("-")
    assert page.evaluate("backstep.picture.svg.width.baseVal.value") < wide
    page.keyboard.press("0")
    assert page.evaluate("backstep.picture.svg.width.baseVal.value") == pytest.approx(wide)
    page.keyboard.press("t")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(13, 17, 23)"
    page.keyboard.press("?")
    assert page.is_visible("#help")
    page.keyboard.press("ArrowRight")
    assert at(page) == 1
    page.keyboard.press("Escape")
    assert not page.is_visible("#help")
    page.keyboard.press("q")
    assert page.is_visible("#question")
    assert page.evaluate("document.activeElement.id") == "answer"
    page.keyboard.type("f b 5")  # typing moves nothing
    page.keyboard.press("Home")
    assert (at(page), page.input_value("#answer")) == (10, "f b 5")
    page.keyboard.press("Escape")
    assert not page.is_visible("#question")


def test_the_slider_moves_once(page):
    page.focus("#slider")
    page.keyboard.press("ArrowRight")
    assert at(page) == 1
    page.keyboard.press("End")
    assert at(page) == LAST
    page.keyboard.press("b")
    assert at(page) == 9
    assert page.get_attribute("#slider", "aria-valuetext") == f"Step 9 of {LAST}: ∂f/∂f = 1"


def test_playing(page):
    page.evaluate("document.getElementById('speed').value = 4")
    page.focus("#figure")
    page.keyboard.press("Space")
    assert page.inner_text("#play") == "Pause"
    wait(page, "backstep.at >= 2")
    assert page.inner_text("#announcer").startswith("Step 0")  # quiet while playing
    page.keyboard.press("Space")
    assert page.inner_text("#play") == "Play"
    stopped = at(page)
    page.wait_for_timeout(500)
    assert at(page) == stopped
    page.focus("#next")
    page.keyboard.press("Space")  # the button's own
    assert at(page) == stopped + 1
    assert page.inner_text("#announcer").startswith(f"Step {stopped + 1} of {LAST}")
    go(page, LAST - 1)
    page.click("#play")
    wait(page, f"backstep.at === {LAST}")
    assert page.inner_text("#play") == "Play"
    page.click("#play")  # from the beginning again
    assert at(page) < LAST
    page.keyboard.press("Escape")
    assert page.inner_text("#play") == "Play"


def test_a_click_on_a_node(visit):
    page = visit(viz.step(parse("a * b + tanh(a) + a", a=0.5, b=-3)))
    a = page.locator("text.name", has_text=re.compile("^a$"))
    a.click()
    first = at(page)
    assert page.evaluate(f"backstep.model.step({first}).operand") == 0
    a.click()
    assert page.inner_text("#phase") == "The whole gradient of a"
    assert page.inner_text("#formula") == "∂f/∂a = 1 + 0.7864 + (-3) = -1.214"
    assert page.locator("#rows dt").all_inner_texts() == ["use 1 of 3", "use 2 of 3", "use 3 of 3"]
    assert page.locator("#rows dd").nth(2).inner_text() == "∂f/∂q × ∂(a * b)/∂a = 1 × (-3) = -3"
    a.click()
    assert at(page) > first
    page.keyboard.press("End")
    page.focus("#figure")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    assert page.inner_text("#phase").startswith("The whole gradient of")


def test_the_step_in_the_address(visit):
    page = visit(viz.step(sigmoid_circuit()), "#step=16")
    assert at(page) == 16
    page.keyboard.press("ArrowRight")
    wait(page, "location.hash === '#step=17'")
    page.evaluate("location.hash = '#step=3'")
    wait(page, "backstep.at === 3")
    assert at(visit(viz.step(sigmoid_circuit()), "#step=999")) == LAST
    assert at(visit(viz.step(sigmoid_circuit()), "#step=<b>")) == 0


def test_in_a_notebooks_frame(visit, tmp_path):
    class Cell:
        def save(self, path):
            content = viz.step(sigmoid_circuit())._repr_mimebundle_()["text/html"]
            path.write_text(f"<!DOCTYPE html><meta charset=utf-8><title>cell</title>{content}", encoding="utf-8")
            return path

    page = visit(Cell())
    frame = page.frames[1]
    frame.click("#next")
    page.wait_for_timeout(400)  # history.replaceState throws there
    assert frame.inner_text("#counter") == f"1 / {LAST}"
