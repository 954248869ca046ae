"""The close-up of the card, in a real Chromium: what a local derivative is, for every row of the table."""

import pytest

import autograd
import viz
from autograd import parse
from autograd.primitives import TABLE
from tests.chromium import go
from tests.conftest import operands_at
from tests.viz.pages.test_stepper import sigmoid_circuit

pytestmark = pytest.mark.browser


def closeup(page, kind):
    return page.locator(f"#closeup {kind}").count()


def test_the_close_up_is_made_from_the_row(visit):
    page = visit(viz.step(sigmoid_circuit()))
    for step, parts in ((9, {}), (10, {".curve": 1, ".tangent": 1}), (12, {".curve": 1}), (14, {".sum": 1, ".added": 2}),
                        (18, {".area": 1, ".added": 1})):  # fmt: skip
        go(page, step)
        assert page.is_visible("#closeup") == bool(parts)
        for part, count in parts.items():
            assert closeup(page, part) == count, (step, part)
    assert page.get_attribute("#closeup svg", "aria-label") == "r over w1, with x1 = -2: slope -2"
    assert "Δ × x1" in page.locator("#closeup text").all_text_contents()
    page = visit(viz.step(parse("maximum(x, y) + where(x > 1, x, z)", x=2, y=2, z=3)))
    go(page, 9)
    assert page.locator("#closeup text").all_text_contents() == ["x = 2", "open", "z = 3", "shut", "s = 2"]
    assert (closeup(page, ".way"), closeup(page, ".closed")) == (1, 1)
    go(page, 10)
    assert page.locator("#closeup text.local").all_text_contents() == ["a tie: 0.5 of it", "a tie: 0.5 of it"]


def test_a_gate_that_is_off_has_its_side_marked(visit):
    page = visit(viz.step(parse("relu(x) * y", x=-1, y=2)))
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    assert (closeup(page, ".curve"), closeup(page, ".shut")) == (1, 1)
    assert "#hatch" in page.evaluate("getComputedStyle(document.querySelector('#closeup .shut')).fill")
    assert page.locator("pattern#hatch path").count() == 1


@pytest.mark.parametrize(
    ("text", "values", "said"),
    [
        ("2 ** x", {"x": 3}, ["f over x, where f = 2 ** x"]),
        ("x ** 3", {"x": 2}, ["f over x, where f = x ** 3"]),
        ("x ** n", {"x": 2, "n": 3}, ["f over n, with x = 2", "f over x, with n = 3"]),
        ("1 / x", {"x": 2}, ["f over x, where f = 1 / x"]),
        ("arctan2(y, x)", {"x": 2, "y": 1}, ["f over x, with y = 1", "f over y, with x = 2"]),
    ],
)
def test_the_close_up_says_what_stays(visit, text, values, said):
    """The number of the other operand, be it a node's or a plain one, as the base in 2 ** x."""
    page = visit(viz.step(parse(text, **values)))
    found = []
    for step in range(3, 3 + len(said)):
        go(page, step)
        found.append(f"f {page.text_content('#closeup .stays')}")
        assert page.get_attribute("#closeup svg", "aria-label").startswith(f"{found[-1]}: slope ")
    assert sorted(found) == said


@pytest.mark.parametrize("text", ["x ** 3", "x * y", "x + y", "tanh(x)", "x - y", "exp(x)"])
def test_a_faint_line_in_the_close_up_shows_the_base(visit, text):
    values = {"x": 2, "y": 3} if "y" in text else {"x": 2}
    page = visit(viz.step(parse(text, **values)))
    steps = page.evaluate("backstep.model.arrivals(backstep.model.nodes.findIndex(({ name }) => name === 'x'))")
    go(page, steps[0])
    assert closeup(page, ".base") == 0
    for x in (3.5, 0.5, -6):
        page.evaluate(
            "x => backstep.model.move(new Map([[backstep.model.nodes.findIndex(n => n.name === 'x'), x]]))", x
        )
        assert closeup(page, ".base") >= 1, x
    page.evaluate("backstep.model.rest()")
    assert closeup(page, ".base") == 0


def every_row():
    """All rows of the table at their probes, added."""
    terms = []
    for row in TABLE.values():
        for probe in row.probes[:2] if row.arity else [(0.5, -2.0, 3.0)]:
            operands = operands_at(row, probe)
            terms.append(row(operands) if row.arity is None else row(*operands))
    return autograd.sum(terms)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("width", [1280, 320])
def test_in_no_close_up_does_a_text_lie_on_another_or_leave_the_drawing(visit, width):
    """Of all rows: texts of 11 px at least, apart from each other, in the drawing, and the slope not on a line."""
    page = visit(viz.step(every_row()), viewport={"width": width, "height": 720})
    found = page.evaluate(
        """() => {
            const { model, go } = backstep, wrong = [];
            let shown = 0;
            for (let k = 1; k < model.last; k++) {
                const { phase, gate } = model.step(k);
                if (phase !== "backward" || gate === model.output) continue;
                go(k);
                if (document.getElementById("closeup").hidden) continue;
                shown++;
                const svg = document.querySelector("#closeup svg"), frame = svg.getBoundingClientRect();
                const texts = [...svg.querySelectorAll("text")].map(text => [text, text.getBoundingClientRect()]);
                const apart = (a, b) => a.left >= b.right - 1 || b.left >= a.right - 1 || a.top >= b.bottom - 4 || b.top >= a.bottom - 4;
                const out = texts.filter(([, box]) => box.left < frame.left - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 1);
                const over = texts.filter(([, a], i) => texts.slice(0, i).some(([, b]) => !apart(a, b)));
                const slope = texts.find(([text]) => text.textContent.startsWith("slope"))?.[1];
                const on = [...svg.querySelectorAll(".curve, .tangent")].filter(path => [...Array(60).keys()].some(i => {
                    const point = path.getPointAtLength(path.getTotalLength() * i / 59).matrixTransform(svg.getScreenCTM());
                    return point.x > slope.left && point.x < slope.right && point.y > slope.top + 4 && point.y < slope.bottom - 4;
                }));
                if (out.length + over.length + on.length) wrong.push([document.getElementById("rule").textContent, out.length, over.length, on.length]);
            }
            return [shown, wrong];
        }"""
    )
    assert found[0] > 80
    assert found[1] == []
    size = "(svg => parseFloat(getComputedStyle(svg).fontSize) * svg.clientWidth / 360)(document.querySelector('#closeup svg'))"
    assert page.evaluate(size) >= 11


def test_a_curve_ends_where_it_jumps(visit):
    page = visit(viz.step(parse("step(x) + tan(y)", x=1.4, y=1.2)))
    pieces = {}
    for step in range(5, 9):
        go(page, step)
        pieces[page.inner_text("#rule").partition(" = ")[2].partition("(")[0]] = closeup(page, ".curve")
    assert pieces["step"] == 2
    assert pieces["tan"] >= 2


def test_the_tangent_has_the_slope_of_the_curve(visit):
    """The drawn line, read back in the units of the drawn axes, against the local derivative."""
    for text, x in (
        ("tanh(x)", 0.5),
        ("1 / x", 1.4),
        ("exp(x)", 300),
        ("log(x)", 0.01),
        ("x ** 3", -20),
        ("sin(x)", 100),
    ):
        page = visit(viz.step(parse(text, x=x)))
        go(page, 3)
        found = page.evaluate(
            """() => {
                const [curve, tangent] = ['curve', 'tangent'].map(name => document.querySelector(`#closeup .${name}`));
                const dot = document.querySelector('#closeup circle'), x = Number(dot.getAttribute('cx'));
                const y = Number(dot.getAttribute('cy')), points = path => path.getAttribute('d').slice(1).split('L')
                    .map(point => point.split(' ').map(Number));
                const near = points(curve).filter(point => Math.abs(point[0] - x) < 8);
                const [[a, b], [c, d]] = [near[0], near.at(-1)], [[e, f], [g, h]] = points(tangent);
                return [(d - b) / (c - a), (h - f) / (g - e), Math.abs(f + (h - f) / (g - e) * (x - e) - y), points(curve).length];
            }"""
        )
        assert found[0] == pytest.approx(found[1], abs=0.1), text
        assert found[2] < 0.2
        assert found[3] > 40, text
