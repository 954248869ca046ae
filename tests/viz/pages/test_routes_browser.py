"""Routes on the page, in a real Chromium: the same routes as autograd.routes, in the same order, and on the picture."""

import math
import random
import warnings
from itertools import islice

import pytest

import viz
from autograd import Value, explain, routes
from autograd.notation import number
from autograd.primitives import TABLE
from tests.chromium import choose, violations
from viz.graph.picture import nodes_below

pytestmark = pytest.mark.browser
MOST = 40

FOUND = """([x, most]) => {
    const {model, routesTo} = backstep, found = routesTo(x), all = found.all(), routes = [];
    for (let i = 0; i < most; i++) {
        const {value} = all.next();
        if (!value) break;
        routes.push([value.steps.map(k => model.step(k).number - model.arrivals(model.output)[0] - 1), String(value.product), value.blocked]);
    }
    return {count: String(found.count), blocked: String(found.blocked), gradient: String(found.gradient),
            multiplications: found.multiplications, routeByRoute: String(found.routeByRoute), routes};
}"""


def random_graph(seed):
    """A graph of rows of the table, some of which block; as in conftest.graphs, but told by its seed alone."""
    chosen = random.Random(seed)
    rows = [row for row in TABLE.values() if row.name not in ("pow", "pow_number", "pow_value")]
    nodes = [Value(chosen.choice([-2.0, -1.0, 0.0, 0.5, 1.0, 2.0, 3.0]), name) for name in "abc"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(12):
            row = chosen.choice(rows if chosen.random() < 0.4 else [TABLE["mul"], TABLE["add"], TABLE["relu"]])
            operands = [chosen.choice(nodes) for _ in range(row.arity or 3)]
            nodes.append(row(operands) if row.arity is None else row(*operands))
    return nodes[-1]


def close(text, known):
    """Whether the page's number is Python's: library rows may differ in the last places."""
    shown = float(text.replace("Infinity", "inf"))
    return (math.isnan(shown) and math.isnan(known)) or math.isclose(shown, known, rel_tol=1e-9)


def compare(page, f, node, x):
    order = {step: i for i, step in enumerate((s.node, s.position) for s in explain(f) if s.kind == "backward")}
    expected = routes(f, node)
    found = page.evaluate(FOUND, [x, MOST])
    assert (int(found["count"]), int(found["blocked"])) == (expected.count, expected.blocked)
    assert (found["multiplications"], int(found["routeByRoute"])) == (expected.multiplications, expected.route_by_route)
    assert close(found["gradient"], expected.gradient)
    listed = list(islice(expected, MOST))
    assert [route for route, _, _ in found["routes"]] == [
        [order[step.node, step.position] for step in route.steps] for route in listed
    ]
    assert [blocked for _, _, blocked in found["routes"]] == [route.blocked for route in listed]
    assert all(close(text, route.product) for (_, text, _), route in zip(found["routes"], listed, strict=True))


def test_the_page_finds_pythons_routes(visit):
    for seed in range(12):
        f = random_graph(seed)
        page = visit(viz.step(f))
        for x, node in enumerate(nodes_below(f)):
            compare(page, f, node, x)
        page.close()


def test_sixty_doublings(visit):
    x = Value(1.0, "x")
    v = x
    for _ in range(60):
        v = v + v
    page = visit(viz.step(v))
    compare(page, v, x, 0)
    page.keyboard.press("r")
    page.select_option("#routes-to", "0")
    assert page.locator("ol.ways li").count() == 8
    assert f"all others: {2**60 - 8} routes bring {number(float(2**60 - 8))}" in page.inner_text("#routes")
    assert page.locator("ol.ways .names").first.inner_text().endswith("→ … → (1st x)")


def test_the_panel_and_the_colours_on_the_picture(visit):
    x, y = Value(3, "x"), Value(-1, "y")
    f = (x + y) * x + (-x).relu()
    page = visit(viz.step(f))
    page.keyboard.press("End")
    choose(page, "#ask-routes")
    page.keyboard.press("Escape")  # the menu
    page.select_option("#routes-to", label="x")
    said = page.inner_text("#routes")
    assert "sum: ∂f/∂x = 5 over 3 routes" in said
    assert "blocked: 1 route brings nothing" in said
    assert "Multiplications for all gradients: 8 in reverse mode, one for each use; 11 route by route." in said
    ways = page.locator("ol.ways button").all_inner_texts()
    assert [" ".join(way.split()) for way in ways] == [
        "f → r → q → x 1 × 3 × 1 = 3", "f → r → x 1 × 2 = 2", "f → t → s → x blocked: nothing passes",
    ]  # fmt: skip
    drawn = "n => document.querySelectorAll(`.figure .way${n}`).length"
    assert all(page.evaluate(drawn, i) for i in range(3))
    assert page.evaluate("document.querySelectorAll('.figure .way2.shut').length")
    page.locator("ol.ways button").nth(1).focus()  # the products along this route, where the gradients stand
    nodes = page.evaluate("backstep.model.nodes.map(n => n.name)")
    gradient = "i => backstep.picture.nodes[i].gradient.textContent"
    assert page.evaluate(gradient, nodes.index("x")) == "2"
    page.locator("#close-routes").focus()
    assert page.evaluate(gradient, nodes.index("x")) == "5"
    assert violations(page) == []
    page.keyboard.press("q")
    assert not page.is_visible("#routes"), "they would answer the quiz"
    page.keyboard.press("r")
    assert not page.is_visible("#routes")
