"""Chips in a real Chromium: upstream, local and product where they belong on the picture."""

import pytest

import viz
from autograd import parse
from tests.chromium import go
from tests.viz.pages.test_stepper import network, sigmoid_circuit

pytestmark = pytest.mark.browser


def chips(page):
    """The chips on the picture, part by part: their texts and words."""
    return page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll('.chips > g')].map(chip =>
            [chip.dataset.part, [...chip.querySelectorAll('text')].map(text => text.textContent)]))"""
    )


def test_the_product_happens_on_the_picture(page):
    go(page, 18)
    assert chips(page) == {
        "upstream": ["0.1966", "upstream"],
        "local": ["× -2", "local"],
        "product": ["-0.3932", "arrives"],
    }
    go(page, 2)
    texts = page.locator(".chips text").all_text_contents()
    assert texts == ["-3", "-2"]  # the operands, at their gate
    go(page, 9)
    assert chips(page) == {"product": ["1", "seed"]}
    page.keyboard.press("q")
    assert chips(page) == {}  # they would answer the question


def test_the_local_chip_stands_where_its_wire_ends(visit):
    page = visit(viz.step(sigmoid_circuit()))
    seen = 0
    for step in range(10, 21):
        go(page, step)
        distance = page.evaluate(
            """(k) => {
                const chip = document.querySelector('.chips .local'), path = backstep.picture.wires[backstep.model.step(k).wire];
                if (!chip || !path) return null;
                const y = Number(chip.getAttribute('transform').match(/ ([-.0-9]+)[)]$/)[1]);
                return Math.abs(y - path.getPointAtLength(path.getTotalLength()).y);
            }""",
            step,
        )
        seen += distance is not None
        assert (distance or 0) < 1, step
    assert seen > 8


def test_where_a_sum_grows_it_counts(visit):
    page = visit(viz.step(parse("a * b + tanh(a)", a=0.5, b=-3)), reduced_motion="reduce")
    go(page, 8)
    assert chips(page)["product"] == ["-3", "0.7864 → -2.214"]


def test_chips_move_and_come_to_the_same_stills(visit):
    for motion in ("reduce", "no-preference"):
        page = visit(viz.step(sigmoid_circuit()), reduced_motion=motion)
        go(page, 17)
        page.keyboard.press("ArrowRight")
        moving = page.evaluate("document.getAnimations().filter(a => a.effect.target.closest('.chips')).length")
        assert (moving > 0) == (motion == "no-preference")
        page.wait_for_timeout(1100)
        assert chips(page)["product"] == ["-0.3932", "arrives"]
        place = page.evaluate("document.querySelector('.chips .product g').getBoundingClientRect().x")
        go(page, 3)
        go(page, 18)  # not the next one: at once
        assert page.evaluate("document.querySelector('.chips .product g').getBoundingClientRect().x") == place


def test_pointing_at_a_chip_lights_its_twin(page):
    go(page, 18)
    page.hover(".chips .local")
    assert page.evaluate("[...document.querySelectorAll('.lit')].map(e => e.dataset.part)") == ["local", "local"]
    page.focus("#formula .product")
    assert page.evaluate("[...document.querySelectorAll('.lit')].map(e => e.dataset.part)") == ["product", "product"]


@pytest.mark.parametrize("make", [sigmoid_circuit, lambda: network([3, 5, 4]), lambda: network([2, 3])])
def test_no_chip_lies_on_a_number_but_its_own(visit, make):
    page = visit(viz.step(make()), reduced_motion="reduce")
    covered = """() => [...Array(backstep.model.last).keys()].slice(1).flatMap(k => {
        backstep.go(k);
        const step = backstep.model.step(k), own = i => backstep.picture.nodes[i]?.gradient;
        const texts = backstep.picture.nodes.flatMap(({ element }) => [...element.querySelectorAll('text')])
            .filter(text => text !== own(step.gate) && text !== own(step.operand) && text.textContent
                && getComputedStyle(text).visibility === 'visible');
        const boxes = texts.map(text => [text, text.getBoundingClientRect()]);
        const inside = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 3 && b.top < a.bottom - 3;
        return [...document.querySelectorAll('.chips rect')].flatMap(chip => {
            const box = chip.getBoundingClientRect();
            return boxes.filter(([, other]) => inside(box, other)).map(([text]) => [k, text.textContent]);
        });
    })"""
    assert page.evaluate(covered) == []


def test_a_long_number_is_condensed_to_the_room_it_has(visit):
    page = visit(viz.step(parse("a * b", a=-1.2345e-12, b=-4.321e-123)))
    go(page, 3)
    wide = page.evaluate("backstep.picture.nodes.map(({ value }) => value.parentNode.getComputedTextLength())")
    assert wide[0] == pytest.approx(64, abs=0.5)
    assert "-1.2345e-12" in page.evaluate("backstep.picture.nodes[0].title.textContent")
