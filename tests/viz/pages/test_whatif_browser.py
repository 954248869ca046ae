"""What if? and Downhill on the stepper's page, in a real Chromium: moves, predictions, the address, steps down."""

import re

import pytest

import viz
from autograd import Primitive, Value, explain, gradients, parse
from tests import chromium
from tests.chromium import at, go, seen, violations, wait

launched, contexts, visit = chromium.launched, chromium.contexts, chromium.visit

LAST = 22  # the circuit's last step
NUMBERS = {"w0": 2, "w1": -3, "w2": -3, "x0": -1, "x1": -2}


def circuit(**moved):
    return parse("1/(1+exp(-(w0*x0 + w1*x1 + w2)))", **{**NUMBERS, **moved})


@pytest.fixture
def page(visit):
    page = visit(viz.step(circuit()))
    page.evaluate("for (const id of ['what-if', 'downhill']) document.getElementById(id).open = true")
    return page


def field(page, name):
    return page.get_by_label(f"Value of {name}", exact=True)


def lines(page):
    return page.evaluate("[...Array(backstep.model.last + 1).keys()].map(k => backstep.model.line(k))")[1:-1]


def test_typed_numbers_and_fractions_move_everything(page):
    go(page, 18)
    for typed, number in (("-2.5", -2.5), (" 1/4 ", 0.25), ("1e-3", 0.001), ("−.5", -0.5)):
        field(page, "w1").fill(typed)
        field(page, "w1").press("Enter")
        f = circuit(w1=number)
        assert lines(page) == list(map(str, explain(f)))
        assert at(page) == 18
        assert seen(page, "value")[-1] == f"f = {explain(f).numbered(f)}"


def test_the_slider_moves_and_widens(page):
    slider = page.get_by_label("w1", exact=True)
    assert slider.get_attribute("min") == "-6"
    slider.focus()
    slider.press("ArrowRight")
    first = page.evaluate("backstep.model.values[3]")
    assert -3 < first < -2.5
    assert first == round(first, 2)
    assert at(page) == 0, "the arrows are the slider's"
    slider.press("Home")
    assert page.evaluate("backstep.model.values[3]") == -6
    assert slider.get_attribute("min") == "-12"
    assert slider.get_attribute("aria-valuetext") == "w1 = -6"
    field(page, "w1").fill("100")
    field(page, "w1").press("Enter")
    assert slider.get_attribute("max") == "200"


def test_prediction_and_truth(page):
    outcome = page.locator("#what-if .outcome")
    assert outcome.inner_text().startswith("Move a number")
    field(page, "w1").fill("-2.9")
    field(page, "w1").press("Enter")
    assert outcome.inner_text() == (
        "gradient at w1 = -3: predicted Δf = -0.3932 × 0.1 = -0.03932, true Δf = -0.04108. The curve bends."
    )
    field(page, "w2").fill("-2.8")
    field(page, "w2").press("Enter")
    assert "gradients at the base: predicted Δf = -0.3932 × 0.1 + 0.1966 × 0.2 = " in outcome.inner_text()
    page.locator("#what-if").get_by_role("button", name="Reset").click()
    assert outcome.inner_text().startswith("Move a number")
    assert lines(page) == list(map(str, explain(circuit())))


def test_a_straight_line_holds(visit):
    page = visit(viz.step(parse("(x + y) * z", x=-2, y=5, z=-4)))
    page.evaluate("backstep.model.move(new Map([[0, 1]]))")
    assert "predicted Δf = -4 × 3 = -12, true Δf = -12. The straight line holds." in page.inner_text(
        "#what-if .outcome"
    )


def test_what_is_no_number_is_told_and_changes_nothing(page):
    for typed in ("", "x", "1/0", "1/2/3", "0x10", "Infinity", "nan", "1e999", "<b>", "2;"):
        field(page, "w0").fill(typed)
        field(page, "w0").press("Enter")
        assert page.evaluate("[...backstep.model.moved()]") == []
        assert field(page, "w0").get_attribute("aria-invalid") == "true"
        assert "Type a number or a fraction" in page.inner_text("#what-if .outcome")
        field(page, "w0").fill("2")
        field(page, "w0").press("Enter")


def test_the_address_holds_step_and_moves(page, visit):
    go(page, 18)
    field(page, "w1").fill("-2.9")
    field(page, "w1").press("Enter")
    wait(page, "location.hash === '#step=18&w1=-2.9'")
    page.evaluate("backstep.downhill.descend(); backstep.downhill.commit()")
    page.evaluate("backstep.model.move(new Map([[3, 1/3]]))")
    wait(page, "location.hash.startsWith('#step=1&w1=0.3333333333333333&base:w0=')")
    other = visit(viz.step(circuit()), page.evaluate("location.hash"))
    for what in ("model.values", "model.base.values", "model.base.gradients"):
        assert other.evaluate(f"[...backstep.{what}]") == page.evaluate(f"[...backstep.{what}]")
    assert at(other) == 1


@pytest.mark.parametrize(
    "address",
    [
        "#step=7&w1=<script>alert(1)</script>", "#step=7&<script>=1", "#step=7&w1=nan&w0=Infinity&x0=1e999", "#step=7&f=3&q=1",
        "#step=7&__proto__=1&constructor=2&base:__proto__=3&toString=4", "#step=7&w1", "#step=7&&&===&w1=1=2", "#step=7&w1=%", "#step=7&w1=1,5",
    ],
)  # fmt: skip
def test_hostile_addresses_change_nothing(visit, address):
    page = visit(viz.step(circuit()), address)
    assert at(page) == 7
    assert page.evaluate("[...backstep.model.moved()]") == []
    assert page.evaluate("backstep.model.base.values.every((x, i) => x === backstep.model.start[i])")


@pytest.mark.parametrize("address", ["#step=99999999999", "#step=-1", "#w1=-2", "#step=x&w1=2", "#", "#w1=<script>"])
def test_addresses_without_a_step_are_passed_over(visit, address):
    page = visit(viz.step(circuit()), address)
    assert at(page) == 0


def test_names_of_all_kinds_stand_in_the_address(visit):
    x, y = Value(1.5, "a&b=c #%"), Value(2.0, "base:step")
    page = visit(viz.step(x * y))
    page.evaluate("backstep.model.move(new Map([[0, 2.5], [1, 1e21]]))")
    wait(page, "location.hash.length > 10")
    other = visit(viz.step(x * y), page.evaluate("location.hash"))
    assert other.evaluate("[...backstep.model.values]") == [2.5, 1e21, 2.5e21]


def test_both_are_shut_during_a_quiz(page):
    assert page.is_visible("#what-if")
    page.keyboard.press("q")
    assert not page.is_visible("#what-if")
    assert not page.is_visible("#downhill")
    page.keyboard.press("Escape")
    assert page.is_visible("#what-if")


def test_the_list_of_all_steps_follows(page):
    field(page, "w1").fill("-2.9")
    field(page, "w1").press("Enter")
    page.click("#ask-more")
    page.click("#ask-all")
    assert page.locator("#list li").nth(18).inner_text() == str(list(explain(circuit(w1=-2.9)))[17])


def test_a_search_where_there_are_many_leaves(visit):
    f = sum(Value(0.1 * i, f"w{i}") * Value(1.0 + i, f"x{i}") for i in range(1, 31))
    page = visit(viz.step(f))
    page.evaluate("document.getElementById('what-if').open = true")
    assert page.locator("#what-if .leaf").count() == 8
    assert "and 52 more" in page.inner_text("#what-if")
    assert page.locator("#what-if .leaf .name").first.inner_text() == "w1", "parameters first"
    page.get_by_label("Search a leaf").fill("x29")
    assert page.locator("#what-if .leaf .name").all_inner_texts() == ["x29"]
    page.get_by_label("Search a leaf").fill("?")
    assert "No leaf has such a name." in page.inner_text("#what-if")


def test_leaves_that_cannot_move_say_why(visit):
    looks = Primitive("looks", lambda x: x if x > 0 else -x, lambda x, z: (1.0,))
    page = visit(viz.step(looks(Value(2.0, "x")) * Value(3.0, "y")))
    page.evaluate("document.getElementById('what-if').open = true")
    assert page.locator("#what-if .leaf .name").all_inner_texts() == ["y"]
    assert "x stays 2: the page cannot compute looks, which depends on it." in page.inner_text("#what-if")


# ── Downhill ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def down(numbers, rate, moving):
    f = circuit(**numbers)
    leaves = {node.name: node for node in explain(f).order if node.op is None}
    slopes = dict(zip(leaves, gradients(f, leaves.values()), strict=True))
    return {name: leaf.data - rate * slopes[name] if name in moving else leaf.data for name, leaf in leaves.items()}


def test_a_step_downhill_is_a_part_of_the_walk(page):
    page.fill("#rate", "1/2")
    page.locator("#downhill").get_by_role("button", name="Step").click()
    assert page.inner_text("#counter") == "23 / 25", "the three leaves w; x are held"
    page.keyboard.press("Escape")
    page.locator("body").click(position={"x": 5, "y": 5})
    assert page.inner_text("#phase") == "Downhill · step 23 of 25"
    assert page.inner_text("#formula") == "w0 ← 2 - 0.5 × (-0.1966) = 2.098"
    page.click("#next")
    assert page.inner_text("#formula") == "w1 ← -3 - 0.5 × (-0.3932) = -2.803"
    page.click("#next")
    assert page.inner_text("#counter") == "25 / 25"
    page.click("#next")
    assert page.inner_text("#counter") == "1 / 22"
    first = down({}, 0.5, ("w0", "w1", "w2"))
    assert lines(page) == list(map(str, explain(circuit(**first))))
    assert page.inner_text("#what-if .outcome").startswith("Move a number"), "a new base"
    page.locator("#downhill").get_by_role("button", name="Step").click()
    page.locator("#downhill").get_by_role("button", name="Step").click()
    second = down(first, 0.5, ("w0", "w1", "w2"))
    assert page.evaluate("backstep.model.values[3]") == pytest.approx(second["w1"], rel=1e-14)
    assert page.locator("#downhill .strip circle").count() == 4
    undo = page.locator("#downhill").get_by_role("button", name="Undo")
    undo.click()
    undo.click()
    assert page.evaluate("backstep.model.values[3]") == pytest.approx(first["w1"], rel=1e-14)
    undo.click()
    assert lines(page) == list(map(str, explain(circuit())))
    assert undo.is_disabled()


def test_too_large_a_rate_overshoots(visit):
    page = visit(viz.step(parse("w ** 2", w=1)))
    page.evaluate("document.getElementById('downhill').open = true")
    page.fill("#rate", "1.5")
    page.locator("#downhill").get_by_role("button", name="Step").click()
    assert "1 step: f = 1 → 4: it rose, the rate is too large here." in page.inner_text("#downhill")
    page.fill("#rate", "x")
    page.locator("#downhill").get_by_role("button", name="Step").click()
    assert "The rate is a number" in page.inner_text("#downhill")


def test_a_move_drops_update_steps_that_wait(page):
    page.evaluate("backstep.downhill.descend()")
    assert page.evaluate("backstep.downhill.pending()")
    page.evaluate("backstep.model.move(new Map([[3, 1]]))")
    assert not page.evaluate("backstep.downhill.pending()")
    assert page.inner_text("#counter") == "22 / 22"


@pytest.mark.parametrize(
    ("text", "moving"),
    [
        ("w*x + b", ["w", "b"]),
        ("w0*x0 + x1", ["w0"]),
        ("x*y", ["x", "y"]),
        ("x1*x2", ["x1", "x2"]),
        ("b + xs + a", ["b", "a"]),
    ],
)
def test_which_leaves_move(visit, text, moving):
    page = visit(viz.step(parse(text, **dict.fromkeys(re.findall(r"\w+", text), 1.5))))
    page.evaluate("document.getElementById('downhill').open = true")
    assert sorted(page.inner_text("#downhill summary >> nth=1").removeprefix("Moves: ").split(", ")) == sorted(moving)


def test_the_reader_may_choose_what_moves(page):
    which = page.locator("#downhill details")
    which.locator("summary").click()
    which.get_by_label("w0").uncheck()
    which.get_by_label("x0").check()
    assert which.locator("summary").inner_text() == "Moves: w1, w2, x0"
    page.evaluate("backstep.downhill.descend()")
    assert page.inner_text("#counter") == "23 / 25"


def test_parameters_are_those_that_are_given(visit):
    f = circuit()
    leaves = [node for node in explain(f).order if node.name in ("x1", "w0")]
    page = visit(viz.step(f, parameters=leaves))
    assert page.evaluate("backstep.model.parameters.map(i => backstep.model.nodes[i].name)") == ["w0", "x1"]
    with pytest.raises(TypeError, match="parameters"):
        viz.step(f, parameters=leaves[0])
    with pytest.raises(ValueError, match="none of the 1 parameters"):
        viz.step(f, parameters=[Value(1.0, "other")])


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_accessible(visit, theme, width):
    page = visit(viz.step(circuit()), color_scheme=theme, viewport={"width": width, "height": 740})
    page.evaluate("for (const id of ['what-if', 'downhill']) document.getElementById(id).open = true")
    page.evaluate("backstep.model.move(new Map([[3, 1]])); backstep.downhill.descend()")
    page.evaluate("document.querySelector('#downhill details').open = true")
    assert violations(page) == []


def test_while_update_steps_wait_the_pass_ends_where_it_ended(page):
    page.evaluate("backstep.downhill.descend()")
    flows = "document.getElementById('figure').classList.contains('flow')"
    for step, ends in ((LAST, True), (LAST + 1, False), (LAST + 3, False)):
        page.evaluate(f"backstep.go({step})")
        assert page.evaluate(flows) == ends, step
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#figure .current").count() == 0, "on paper there is the finished pass"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("#figure .current").count() == 1
