"""The stepper's controls in a real Chromium: every button and key, clicks, the slider, the address."""

import re

import pytest

import viz
from autograd import parse
from tests.chromium import at, choose, go, wait
from tests.viz.pages.test_stepper import sigmoid_circuit

pytestmark = pytest.mark.browser
LAST = 22  # the sigmoid circuit's last step


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
    assert page.locator("#rows dd").nth(2).inner_text() == "∂f/∂q × ∂q/∂a = 1 × (-3) = -3"
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


class Cell:
    """A page with a notebook's output in it."""

    def save(self, path):
        content = viz.step(sigmoid_circuit())._repr_mimebundle_()["text/html"]
        path.write_text(f"<!DOCTYPE html><meta charset=utf-8><title>cell</title>{content}", encoding="utf-8")
        return path


@pytest.mark.parametrize("width", [640, 900, 1100])
def test_a_notebooks_frame_has_no_scrollbar_inside(visit, width):
    page = visit(Cell(), viewport={"width": width, "height": 900})
    frame = page.frames[1]
    for step in (0, 3, 10, 18, LAST):
        frame.evaluate(f"backstep.go({step})")
        for part in ("document.documentElement", "document.querySelector('.column')"):
            assert frame.evaluate(f"{part}.scrollHeight <= {part}.clientHeight"), (part, step)


def test_the_toolbar_roves_and_nodes_are_asked_by_keyboard(page):
    page.focus("#slider")
    page.keyboard.press("Tab")
    while page.evaluate("!document.activeElement.closest('#controls')"):
        page.keyboard.press("Tab")
    first = page.evaluate("document.activeElement.id")
    page.keyboard.press("ArrowRight")
    second = page.evaluate("document.activeElement.id")
    assert (at(page), first != second) == (0, True)
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.id") == first
    stops = page.evaluate("[...document.querySelectorAll('#controls button')].filter(b => b.tabIndex === 0).length")
    assert stops == 1
    page.click("#next")
    page.keyboard.press("ArrowRight")  # after a click, the page's own
    assert at(page) == 2
    page.focus(".nodes > g")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.evaluate("backstep.model.step(backstep.at).operand") == 2
    page.keyboard.press("Enter")
    assert page.inner_text("#phase") == "The whole gradient of q"


def test_in_a_notebooks_frame(visit):
    page = visit(Cell())
    frame = page.frames[1]
    frame.click("#next")
    page.wait_for_timeout(400)  # history.replaceState throws there
    assert frame.inner_text("#counter") == f"1 / {LAST}"
