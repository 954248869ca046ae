"""The film of a training in a real Chromium: its controls, the network, the map, a phone, no script."""

import numpy as np
import pytest

import nn
import viz
from autograd.notation import number
from tests.chromium import violations, wait

pytestmark = pytest.mark.browser


def training(classes=2):
    X, y = nn.datasets.moons(40, seed=1) if classes == 2 else nn.datasets.blobs(40, centers=classes, seed=1)
    model = nn.MLP(2, [5, 1 if classes == 2 else classes], output="sigmoid" if classes == 2 else "linear", seed=1)
    recorder = viz.FilmRecorder(X, y, every=5)
    loss = "binary_cross_entropy" if classes == 2 else "cross_entropy"
    optimizer = nn.Adam(model.parameters(), lr=0.05)
    nn.fit(model, X, y, loss=loss, optimizer=optimizer, epochs=60, callbacks=[recorder])
    return recorder


def counter(page):
    return page.inner_text("#counter")


def test_every_key_and_control_of_the_film(visit):
    recorder = training()
    page = visit(viz.film(recorder))
    loss = recorder.history.loss
    assert counter(page) == f"Epoch 59 of 59, loss {number(loss[59])}"
    for key, epoch in (("Home", 0), ("ArrowRight", 5), ("ArrowLeft", 0), ("Shift+ArrowRight", 50), ("PageUp", 0), ("PageDown", 50),
                       ("End", 59), ("Control+Home", 59)):  # fmt: skip
        page.keyboard.press(key)
        assert counter(page) == f"Epoch {epoch} of 59, loss {number(loss[epoch])}", key
        assert page.get_attribute("#slider", "aria-valuetext") == counter(page)
    page.keyboard.press("Space")
    assert page.inner_text("#play") == "Pause"
    wait(page, "backstep.at >= 2")
    page.keyboard.press("Escape")
    assert page.inner_text("#play") == "Play"
    page.focus("#slider")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    assert counter(page).startswith("Epoch 5 ")
    page.click("#play")
    wait(page, "backstep.at === backstep.last")
    assert page.inner_text("#play") == "Play"
    page.keyboard.press("g")
    assert page.input_value("#lines") == "gradients"
    page.select_option("#lines", "weights")
    page.click("#theme")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(13, 17, 23)"
    page.keyboard.press("t")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_each_line_of_the_network_is_its_weight(visit):
    recorder = training()
    page = visit(viz.film(recorder))
    titles = "backstep.numbers.map(element => element.firstElementChild.textContent)"
    wide = "backstep.numbers.map(element => Number.parseFloat(element.style.strokeWidth))"
    for lines in ("weights", "gradients"):
        page.select_option("#lines", lines)
        for index in (0, 4, len(recorder.frames) - 1):
            page.evaluate(f"backstep.go({index})")
            frame = recorder.frames[index]
            values = getattr(frame, lines)
            assert page.evaluate("backstep.numbers.map(e => e.classList.contains('negative'))") == [
                x < 0 for x in values
            ]
            largest = max(abs(x) for kept in recorder.frames for x in getattr(kept, lines))
            assert page.evaluate(wide) == pytest.approx(
                [0.4 + 5.6 * (abs(x) / largest) ** 0.5 for x in values], abs=0.01
            )
            shown = [title.partition(": ")[::2] for title in page.evaluate(titles)]
            assert [kind for kind, _ in shown] == (["weight"] * 2 + ["bias"]) * 5 + ["weight"] * 5 + ["bias"]
            assert [float(text.partition(",")[0]) for _, text in shown] == pytest.approx(frame.weights, rel=1e-3)


def test_the_map_and_the_boundary(visit):
    recorder = training()
    page = visit(viz.film(recorder))
    pixels = """() => [...document.getElementById("map").getContext("2d").getImageData(0, 0, backstep.side, backstep.side).data]"""
    image = np.reshape(page.evaluate(pixels), (64, 64, 4))[::-1]  # row 0 is below, as on the grid
    outputs = recorder.frames[-1].outputs[:, 0]
    for column, row in ((0, 0), (63, 0), (20, 40), (63, 63), (31, 31)):
        red, _, blue, _ = image[row, column]
        assert (blue < red) == (outputs[64 * row + column] > 0.5)  # class 0 is blue, class 1 gold
    assert page.get_attribute("#boundary", "d").count("M") > 30
    page = visit(viz.film(training(classes=3)))
    assert page.get_attribute("#boundary", "d") == ""
    assert len(np.unique(np.reshape(page.evaluate(pixels), (-1, 4)), axis=0)) == 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_a_film(visit, scheme):
    for source in (training(), training().history):
        page = visit(viz.film(source), color_scheme=scheme)
        assert violations(page) == []


def test_a_film_on_a_phone_and_without_javascript(visit):
    page = visit(viz.film(training()), viewport={"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate("13 * document.querySelector('.chart').getBoundingClientRect().width / 400") >= 11
    page = visit(viz.film(training()), java_script_enabled=False)
    assert not page.is_visible("#controls")
    assert page.locator("tbody tr").count() == 13
    assert page.is_visible("tbody")
    assert page.locator("line.negative").count() > 0


def test_all_four_panels_are_in_view_map_and_network_first(visit):
    for viewport in ({"width": 1280, "height": 800}, {"width": 1366, "height": 768}, {"width": 1024, "height": 640}):
        page = visit(viz.film(training()), viewport=viewport)
        boxes = page.evaluate("[...document.querySelectorAll('.panel')].map(e => e.getBoundingClientRect().toJSON())")
        kinds = page.evaluate("[...document.querySelectorAll('.panel svg')].map(e => e.classList[0])")
        assert kinds == ["map", "network", "chart", "chart"]
        for box in boxes:
            assert 0 <= box["left"] < box["right"] <= viewport["width"]
            assert 0 <= box["top"] < box["bottom"] <= viewport["height"]
        assert boxes[0]["bottom"] <= boxes[2]["top"]
        assert boxes[0]["right"] <= boxes[1]["left"]


def test_no_text_of_a_panel_is_cut_or_lies_on_another_one(visit):
    for source in (training(), training(classes=3)):
        page = visit(viz.film(source), viewport={"width": 1280, "height": 800})
        for panel in range(page.locator(".panel").count()):
            texts, svg = page.evaluate(
                """number => {
                    const svg = document.querySelectorAll(".panel svg")[number];
                    const boxOf = (e) => { const {left, right, top, bottom} = e.getBoundingClientRect(); return [left, right, top, bottom]; };
                    return [[...svg.querySelectorAll("text")].map(e => [e.textContent, ...boxOf(e)]), boxOf(svg)];
                }""",
                panel,
            )
            assert len(texts) > 3
            for i, (name, left, right, top, bottom) in enumerate(texts):
                assert svg[0] <= left, name
                assert right <= svg[1] + 1, name
                assert svg[2] <= top, name
                assert bottom <= svg[3] + 1, name
                for other, a, b, c, d in texts[:i]:
                    assert min(right, b) - max(left, a) < 2 or min(bottom, d) - max(top, c) < 4, (name, other)


def test_wrong_points_are_ringed_and_the_right_ones_counted(visit):
    recorder = training()
    page = visit(viz.film(recorder))
    for index in (0, 3, len(recorder.frames) - 1):
        page.evaluate(f"backstep.go({index})")
        predicted = recorder.frames[index].predictions[:, 0] > 0.5
        wrong = (predicted != recorder.classes).tolist()
        rings = "[...document.querySelectorAll('.ring')].map(e => e.style.display !== 'none')"
        assert page.evaluate(rings) == wrong
        right = len(wrong) - sum(wrong)
        assert page.inner_text("#score") == f"{right} of 40 right ({round(100 * right / 40)} %)"


def test_the_legend_says_what_the_lines_show(visit):
    page = visit(viz.film(training()))
    legend = ".of-network figcaption"
    assert page.inner_text(legend).startswith("Lines show weights, rings of units biases:")
    page.keyboard.press("g")
    assert page.inner_text(legend).startswith("Lines show gradients of weights, rings of units those of biases:")
    page.keyboard.press("g")
    assert page.inner_text(legend).startswith("Lines show weights")
    assert "largest output" in visit(viz.film(training(classes=3))).inner_text(".of-map figcaption")


def test_hidden_units_show_what_they_see_in_the_colour_of_the_theme(visit):
    recorder = training()
    page = visit(viz.film(recorder))
    pixel = """() => {
        const canvas = document.querySelectorAll(".network canvas")[2];
        return [...canvas.getContext("2d").getImageData(canvas.width - 1, 0, 1, 1).data];
    }"""
    units = np.array([kept.units for kept in recorder.frames])
    top_right = 255 * (units[-1, -1, 2] - units.min()) / (units.max() - units.min())
    *_, alpha = page.evaluate(pixel)
    assert alpha == pytest.approx(top_right, abs=1)
    assert page.locator(".network canvas").count() == 5
    fills = page.evaluate("[...document.querySelectorAll('circle.number')].map(e => getComputedStyle(e).fill)")
    assert [fill == "none" for fill in fills] == [True] * 5 + [False], "nothing lies over what a hidden unit sees"
    page.keyboard.press("t")
    assert page.evaluate("getComputedStyle(document.querySelector('.network canvas')).color") == "rgb(63, 208, 166)"


def test_a_dead_unit_is_marked(visit):
    X, y = nn.datasets.moons(40, seed=1)
    model = nn.MLP(2, [3, 1], "relu", output="sigmoid", seed=1)
    model.layers[0].neurons[1].bias.data = -50.0
    recorder = viz.FilmRecorder(X, y, every=1)
    optimizer = nn.SGD(model.parameters(), lr=0.1)
    nn.fit(model, X, y, loss="binary_cross_entropy", optimizer=optimizer, epochs=3, callbacks=[recorder])
    page = visit(viz.film(recorder))
    marks = page.evaluate("[...document.querySelectorAll('.state')].map(e => e.getAttribute('d'))")
    assert [bool(mark) for mark in marks] == [False, True, False]
