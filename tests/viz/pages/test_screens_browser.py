"""The stepper for every screen and reader: accessibility, themes, a phone, no script, hostile names; and its size."""

import pytest

import autograd
import viz
from autograd import Value, explain
from nn import MLP, mse_loss
from tests.chromium import choose, go, seen, violations
from tests.conftest import HOSTILE
from tests.viz.pages.test_stepper import PAGES, hostile, network, sigmoid_circuit, ten_uses

pytestmark = pytest.mark.browser
LAST = 22  # the sigmoid circuit's last step


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "state",
    ["go(0)", "go(3)", "go(16)", "go(22)", "go(16); quiz.start([16])", "card.showWhole(0)", "keys.at(-2).does['?']()"],
)
def test_axe_finds_nothing(visit, scheme, state):
    page = visit(viz.step(sigmoid_circuit()), color_scheme=scheme, reduced_motion="reduce")
    page.evaluate(f"{{ const {{ go, quiz, card, keys }} = backstep; {state} }}")
    page.wait_for_timeout(250)
    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_themes_follow_the_system_and_a_switch(visit, scheme):
    page = visit(viz.step(sigmoid_circuit()), color_scheme=scheme)
    colour = "getComputedStyle(document.querySelector('.value')).fill"
    light, dark = "rgb(0, 115, 92)", "rgb(63, 208, 166)"
    assert page.evaluate(colour) == {"light": light, "dark": dark}[scheme]
    choose(page, "#theme")
    assert page.evaluate(colour) == {"light": dark, "dark": light}[scheme]


def test_on_a_phone_the_text_is_readable_and_the_gate_is_in_the_middle(visit):
    page = visit(viz.step(sigmoid_circuit()), viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for step in range(1, LAST):
        go(page, step)
        gate = page.locator(".current").bounding_box()
        assert gate["x"] >= 0
        assert gate["x"] + gate["width"] <= 390
    assert (
        page.evaluate("14 * backstep.picture.svg.width.baseVal.value / backstep.picture.svg.viewBox.baseVal.width")
        >= 12
    )
    small = page.evaluate(
        "[...document.querySelectorAll('button, select, #slider')].filter(e => e.checkVisibility())"
        ".filter(e => e.offsetHeight < 40 || e.offsetWidth < 40).map(e => e.id)"
    )
    assert small == []


def test_reduced_motion(visit):
    page = visit(viz.step(sigmoid_circuit()), reduced_motion="reduce")
    assert page.evaluate("getComputedStyle(backstep.picture.svg.querySelector('rect')).transitionDuration") in (
        "0s",
        "",
    )
    assert page.evaluate("matchMedia('(prefers-reduced-motion: reduce)').matches")
    page = visit(viz.step(sigmoid_circuit()), reduced_motion="no-preference")
    assert page.evaluate("getComputedStyle(backstep.picture.svg.querySelector('rect')).transitionDuration") == "0.15s"


class Old:
    """The page in a browser that cannot unpack its scripts."""

    def save(self, path):
        content = viz.step(sigmoid_circuit()).html()
        path.write_text(
            content.replace("<style>", "<script>delete globalThis.DecompressionStream</script><style>", 1), "utf-8"
        )
        return path


@pytest.mark.parametrize(
    ("make", "options"), [(lambda: viz.step(sigmoid_circuit()), {"java_script_enabled": False}), (Old, {})]
)
def test_without_javascript(visit, make, options):
    page = visit(make(), **options)
    assert page.is_visible("#list")
    assert page.locator("#list li").count() == LAST + 1
    assert page.locator("text.gradient").all_text_contents().count("0.1966") == 5
    for hidden in ("#controls", "#card", "#question"):
        assert not page.is_visible(hidden)


def test_zoomed_to_200_percent_nothing_is_lost(visit):
    page = visit(viz.step(sigmoid_circuit()), viewport={"width": 640, "height": 430})
    assert page.evaluate("document.documentElement.scrollWidth") <= 640


def test_print_shows_the_finished_pass_the_whole_drawing_and_all_steps(page):
    go(page, 3)
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#list li").last.is_visible()
    assert not page.is_visible("#controls")
    assert not page.is_visible("#card")
    assert seen(page, "gradient").count("0.1966") == 5
    drawing, frame = (page.locator(part).bounding_box() for part in ("#figure svg", "#figure"))
    assert drawing["width"] <= frame["width"]
    assert drawing["height"] <= frame["height"]
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert set(seen(page, "gradient")) == {""}


def test_print_of_a_network_in_boxes_shows_the_finished_pass_alone(visit):
    """Whatever step is shown: no box is open, nothing is marked, there are no chips, no map and no stubs."""
    model = MLP(2, [3, 1], activation="tanh", seed=0)
    page = visit(viz.step(mse_loss(model([[0.5, 1.0]]), [1.0]), model=model), viewport={"width": 1000, "height": 600})
    steps = page.evaluate("[5, backstep.model.end - 5]")
    for step in steps:
        go(page, step)
        assert page.evaluate("backstep.fold.opened.size") > 1
        page.emulate_media(media="print")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert page.evaluate("[...backstep.fold.opened]") == [0]
        assert page.locator(".chips > g, .current, .receives, .back, .ahead").count() == 0
        for part in ("#overview", ".stubs"):
            assert not page.is_visible(part)
        assert all(gradient for gradient in page.locator(".boxes .shut .gradient").all_text_contents())
        page.emulate_media(media="screen")
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert page.evaluate("backstep.fold.opened.size") > 1


def test_hostile_names_are_only_text(visit):
    f = autograd.sum([hostile(name) for name in HOSTILE])
    page = visit(viz.step(f))
    names = list(explain(f).names.values())
    assert page.evaluate("backstep.model.nodes.map(node => node.name)") == names
    page.evaluate("for (let step = 0; step <= backstep.model.last; step++) backstep.go(step)")
    phases = page.evaluate(
        "backstep.model.nodes.map((_, i) => (backstep.card.showWhole(i), document.getElementById('phase').textContent))"
    )
    assert all(name in phase for name, phase in zip(names, phases, strict=True))
    assert page.locator("img, b, iframe, a").count() == 0
    assert page.locator("script").count() == 2


def test_an_output_alone(visit):
    page = visit(viz.step(Value(2.0, "x")))
    assert page.inner_text("#counter") == "0 / 2"
    page.keyboard.press("q")  # there is nothing to ask
    for key in ("b", "f", "End", "Home"):
        page.keyboard.press(key)


@pytest.mark.parametrize(("nodes", "kilobytes", "make"), PAGES)
def test_sizes(nodes, kilobytes, make):
    f = make()
    assert len(explain(f).order) == nodes
    assert len(viz.step(f).html().encode()) <= 1000 * kilobytes


def test_the_page_has_one_global_name(visit):
    page = visit(viz.step(sigmoid_circuit()))
    assert page.evaluate("Object.keys(window).filter(name => !name.startsWith('webkit')).at(-1)") == "backstep"
    found = "['model', 'walk', 'go', 'picture', 'makeModel', 'documentTools', 'format'].filter(name => name in window)"
    assert page.evaluate(found) == []


WHOLE = [(1366, 768), (1280, 720), (360, 740)]  # the whole card is in view
SMALL = [
    (320, 568),
    (640, 360),
    (683, 384),
]  # a small phone; 200 %: formula and sentence are, the rest scrolls in the card


PLACES = """([step, parts]) => {
    backstep.go(step);
    const { scrollWidth, scrollHeight } = document.documentElement;
    const box = part => {
        const found = document.querySelector(part);
        const { left, top, right, bottom } = found?.getBoundingClientRect() ?? {};
        return found && right > left ? [left, top, right, bottom] : null;
    };
    return [[scrollWidth, scrollHeight, scrollX, scrollY], Object.fromEntries(parts.map(part => [part, box(part)]))];
}"""


@pytest.mark.parametrize(("width", "height"), [*WHOLE, *SMALL])
def test_what_is_needed_is_in_view(visit, width, height):
    """Picture, card and the row of controls, without scrolling; the page itself never scrolls."""
    page = visit(viz.step(sigmoid_circuit()), viewport={"width": width, "height": height}, reduced_motion="reduce")
    card = ["#card"] if (width, height) in WHOLE else ["#phase", "#formula", "#sentence"]
    parts = ["#figure", *card, "#back-one", "#next", "#ask-more"]
    for step in range(LAST + 1):
        size, boxes = page.evaluate(PLACES, [step, [*parts, ".column", ".current rect"]])
        assert size == [width, height, 0, 0]
        for part in parts:
            if boxes[part] is None:  # there is no sentence
                continue
            left, top, right, bottom = boxes[part]
            assert 0 <= left <= right <= width, part
            assert 0 <= top <= bottom <= height, part
            assert part not in card or bottom <= boxes[".column"][3], (part, step)
        if step % LAST and boxes[".current rect"]:
            (left, top, right, bottom), frame = boxes[".current rect"], boxes["#figure"]
            assert frame[0] <= left <= right <= frame[2]
            assert frame[1] <= top <= bottom <= frame[3]


@pytest.mark.parametrize(("width", "height"), WHOLE)
@pytest.mark.parametrize("make", [ten_uses, lambda: network([2, 3]), lambda: network([3, 5, 4])])
def test_the_whole_card_is_in_view_at_every_step(visit, width, height, make):
    """Of a node used ten times and of networks, too: where it is long it is written closer, in text of 11 px at least."""
    page = visit(viz.step(make()), viewport={"width": width, "height": height}, reduced_motion="reduce")
    found = page.evaluate(
        """() => [...Array(backstep.model.last + 1).keys()].map(k => {
            backstep.go(k);
            const [card, column] = ["card", "column"].map(name => document.querySelector(`.${name}`).getBoundingClientRect());
            const sizes = [...document.querySelectorAll(".card :is(p, h2)")].filter(part => part.textContent).map(part => parseFloat(getComputedStyle(part).fontSize));
            return [card.bottom <= column.bottom + 1, Math.min(...sizes) >= 11];
        })"""
    )
    assert [k for k, (whole, readable) in enumerate(found) if not (whole and readable)] == []
