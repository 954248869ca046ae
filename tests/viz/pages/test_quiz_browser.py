"""The stepper's quiz in a real Chromium: what is hidden, right and wrong answers, hints, the score."""

import pytest

import autograd.bench.slips
import viz
from autograd import explain, parse
from autograd.bench.checking import UNKNOWN, likely, sentence
from autograd.bench.slips import slips_at, slips_in_sum
from tests.chromium import at, choose, go, seen, violations, wait
from tests.viz.pages.test_stepper import ten_uses
from viz.terminal.quiz import is_right

pytestmark = pytest.mark.browser
LAST = 22  # the sigmoid circuit's last step


def answer(page, text):
    page.fill("#answer", text)
    page.keyboard.press("Enter")


def formula(page):
    return " ".join(page.inner_text("#formula").split())


def test_a_question_hides_what_would_answer_it(page):
    go(page, 16)
    page.keyboard.press("q")
    shown = page.inner_text("main")
    assert " ".join(page.inner_text("#formula").split()) == "∂f/∂q = ∂f/∂s × ∂s/∂q = 0.1966 × ? = ?"
    assert page.inner_text("#rule") == "s = q + r, so ∂s/∂q = ?"
    assert page.inner_text("#sentence") == ""
    assert "distributes" not in shown
    assert seen(page, "gradient")[2] == ""
    assert page.evaluate("backstep.picture.nodes[2].title.textContent") == "q = -2"
    assert not page.is_visible("#list")
    assert "0.1966" not in page.get_attribute("#slider", "aria-valuetext").replace("Step 16", "")
    assert page.inner_text("#score") == "Score: 0 of 12"


def test_wrong_answers_bring_hints_and_then_the_solution(page):
    go(page, 18)
    page.keyboard.press("q")
    for hint in ("× swaps", "∂r/∂w1 = x1", "0.1966 × (-2)"):
        answer(page, "7")
        assert page.inner_text("#verdict").startswith(f"Not yet. The mistake is not known. Hint: {hint}")
        assert at(page) == 18
    answer(page, "what?")
    assert page.inner_text("#verdict").startswith("Answer with a number")
    answer(page, "7")
    assert page.inner_text("#verdict") == "Shown."
    assert " ".join(page.inner_text("#formula").split()).endswith("= 0.1966 × (-2) = -0.3932")
    assert page.evaluate("document.activeElement.id") == "next-question"
    page.keyboard.press("Enter")
    assert at(page) == 19
    page.click("#hint")
    assert page.inner_text("#verdict").startswith("Hint: × swaps")
    page.click("#show")
    assert page.inner_text("#score") == "Score: 0 of 12"


def test_a_whole_quiz_with_a_second_round_for_what_was_missed(page):
    choose(page, "#quiz")
    assert at(page) == 10
    answers = page.evaluate(
        "backstep.model.nodes.flatMap(n => n.uses).sort((a, b) => a - b).map(k => backstep.model.step(k).product)"
    )
    for i, right in enumerate(answers):
        if i in (2, 7):
            page.click("#show")
        else:
            answer(page, f"{right:.4g}")
            assert page.inner_text("#verdict") == "Right."
        page.keyboard.press("Enter")
    assert (at(page), page.inner_text("#score")) == (LAST, "Score: 10 of 12")
    page.click("#retry")
    assert at(page) == 12
    assert page.inner_text("#score") == "Score: 0 of 2"
    for i in (2, 7):
        answer(page, f"{answers[i]:.4g}")
        page.keyboard.press("Enter")
    assert (at(page), page.inner_text("#score")) == (LAST, "Score: 2 of 2")
    assert not page.is_visible("#retry")
    choose(page, "#quiz")
    assert not page.is_visible("#score")


def test_answers_are_judged_as_in_the_terminal(page):
    typed = ["-0.59", "-.5898", "-0.589835799", "-.6", "-0.58", "-5.9e-1", "−0.59", " - 0.59 ", "1/4", "-1/4", "1/-4", "1.5/6",
             "1/3", "1e-3", "1E-3", "+3", "3.", "0.2", "101", "102", "0", "-0", "inf", "-inf", "nan", "1e400", "1/0", "", "x",
             "0x10", "1,5", "--1", "1e", "∞", "0.0", "5e-1", "2"]  # fmt: skip
    finite = [-0.589835799, 0.25, 0.3333333, 0.001, 3.0, 0.196611933, 100.0, 0.0, 1.2e-16]
    for right in [*finite, float("inf"), float("-inf"), float("nan")]:
        for text in typed:
            try:
                wanted = is_right(text, right)
            except ValueError:
                wanted = None
            spelled = f"Number('{right}'.replace('inf', 'Infinity'))"
            assert page.evaluate(f"backstep.judge.isRight({text!r}, {spelled})") == wanted, (text, right)


VERDICTS = "([asked, ofSum]) => asked.map(([k, typed]) => backstep.judge.mistake(typed, backstep.model.step(k), ofSum))"


@pytest.mark.parametrize(
    "text",
    ["1 / (1 + exp(-(x * y + z)))", "x * sin(y) + maximum(x, y) / z ** 3", "x * x - 3 * x / y + where(x > 0, z, y * z)",
     "log(x * y * y) + relu(z) * tanh(z)"],
)  # fmt: skip
def test_the_likely_mistake_is_named_as_in_python(visit, monkeypatch, text):
    """The page knows all mistakes at one use but the lost factor of a power; it writes ∂q/∂x for ∂(x * y)/∂x."""
    f = parse(text, x=0.7, y=2.5, z=-1.2 if "log" not in text else 1.2)
    solution = explain(f)

    def local(step):
        return f"∂{solution.names[step.node]}/∂{step.marked()}"

    monkeypatch.setattr(autograd.bench.slips, "local", local)
    asked, expected = [], []
    for k, step in enumerate(solution, 1):
        if step.kind != "backward":
            continue
        slips = [slip for slip in slips_at(step) if slip.kind != "factor"]
        for typed in {f"{slip.number:.3g}": 0 for slip in slips} | {"7": 0, "0": 0, "1": 0, "-2.5": 0}:
            if is_right(typed, step.contribution):
                continue
            asked.append([k, typed])
            expected.append(sentence(likely(typed, slips)) or UNKNOWN)
    page = visit(viz.step(f))
    found = page.evaluate(VERDICTS, [asked, False])
    assert found == expected
    assert {"Likely", "Either", UNKNOWN.split()[0]} <= {told.split()[0] for told in found}


@pytest.mark.parametrize(
    "text",
    ["x * y * z + x * sin(x) - maximum(x, y)", "x * x - 3 * x / y + where(x > 0, z * x, y * z)", "exp(x) * y + relu(z) * x * z"],
)  # fmt: skip
def test_the_likely_mistake_in_a_sum_is_named_as_in_python(visit, monkeypatch, text):
    f = parse(text, x=0.7, y=2.5, z=1.2)
    solution = explain(f)
    monkeypatch.setattr(autograd.bench.slips, "local", lambda step: f"∂{solution.names[step.node]}/∂{step.marked()}")
    backward = [(k, step) for k, step in enumerate(solution, 1) if step.kind == "backward"]
    asked, expected = [], []
    for k, last in backward:
        if last.uses > 1 and last.use == last.uses:
            slips = list(slips_in_sum([step for _, step in backward if step.operand is last.operand]))
            for typed in {f"{slip.number:.3g}": 0 for slip in slips} | {"7.77": 0, "0": 0}:
                if not is_right(typed, last.total):
                    asked.append([k, typed])
                    expected.append(sentence(likely(typed, slips)) or UNKNOWN)
    page = visit(viz.step(f))
    found = page.evaluate(VERDICTS, [asked, True])
    assert found == expected
    assert any("= for +=" in told for told in found)


def test_the_last_of_several_uses_asks_for_their_sum(visit):
    page = visit(viz.step(parse("x * y + sin(x)", x=0.5, y=3)))
    choose(page, "#quiz")
    assert page.inner_text("#score") == "Score: 0 of 6", "five uses, and the sum of the two of x"
    go(page, 7)
    assert page.inner_text("#asked") == "Contribution?"
    answer(page, "0.8776")
    assert page.inner_text("#verdict") == "Right.", "the first of two uses"
    page.keyboard.press("Enter")
    answer(page, "3")
    assert (at(page), page.inner_text("#asked")) == (8, "Sum of the 2 uses?")
    assert page.inner_text("#verdict") == "Right. All uses have arrived: what is ∂f/∂x in all?"
    assert formula(page).endswith("= 1 × 3 = 3")
    sum_of_both = "3.878"
    assert page.locator("#arrivals .bar span").all_inner_texts() == ["0.8776", "3"]
    assert page.inner_text("#arrivals p").startswith("2 of 2 arrived: x has ?.")
    assert sum_of_both not in page.inner_text("main")
    assert sum_of_both not in " ".join(page.locator(".chips text").all_text_contents())
    assert sum_of_both not in page.content().partition('<details id="all"')[0]
    assert not page.is_visible("#next-question")
    assert violations(page) == []
    for typed, told, hint in [
        (
            "3",
            "Either only the last use of x was kept (= for +=), or the use of x in r was left out",
            "x is used 2 times",
        ),
        ("-3.878", "Likely the sign is wrong", "∂f/∂r × ∂r/∂x + ∂f/∂q × ∂q/∂x"),
        ("3.5", "", ""),
    ]:
        answer(page, typed)
        assert page.inner_text("#verdict").startswith(f"Not yet. {told}")
        assert hint in page.inner_text("#verdict")
    page.click("#show")
    assert page.inner_text("#verdict") == "Shown."
    assert page.inner_text("#arrivals p").startswith("2 of 2 arrived: x has 0.8776 + 3 = 3.878.")
    go(page, 10)
    assert "the sum ∂f/∂x" in page.inner_text("#verdict")
    page.click("#retry")
    page.evaluate("backstep.quiz.start([-8])")  # a question missed is asked again, without the product
    assert (at(page), page.inner_text("#asked"), page.inner_text("#score")) == (
        8,
        "Sum of the 2 uses?",
        "Score: 0 of 1",
    )
    answer(page, sum_of_both)
    assert (page.inner_text("#verdict"), page.inner_text("#score")) == ("Right.", "Score: 1 of 1")


def test_no_list_of_answers_opens_during_a_quiz(page):
    choose(page, "#quiz")
    choose(page, "#ask-all")
    assert not page.is_visible("#list")
    page.keyboard.press("Escape")
    page.evaluate("backstep.quiz.toggle()")
    choose(page, "#ask-all")
    assert page.is_visible("#list")


def test_a_wrong_answer_brings_the_likely_mistake(page):
    go(page, 18)
    page.keyboard.press("q")
    for typed, told in [
        ("0.3932", "Likely the sign is wrong"),
        ("-2", "Likely the upstream ∂f/∂r was not multiplied in"),
        ("-0.59", "Likely the local derivative of the other operand was taken for ∂r/∂w1"),
    ]:
        answer(page, typed)
        assert page.inner_text("#verdict").startswith(f"Not yet. {told}. Hint: ")


def test_playing_stops_at_a_question(page):
    page.evaluate("document.getElementById('speed').value = 4")
    choose(page, "#quiz")
    go(page, 9)
    page.click("#play")
    wait(page, "backstep.at === 10")
    assert page.inner_text("#play") == "Play"


def predict(page):
    """Make the prediction that is asked for: press the right one; returns what was asked, and what it was."""
    asked = page.inner_text("#predicting p")
    for i in range(page.locator("#predicting button").count()):
        choice = page.locator("#predicting button").nth(i)
        text = choice.inner_text()
        choice.click()
        if page.inner_text("#verdict") != "Not yet.":
            return asked, text
    raise AssertionError(asked)


def test_predict_first_the_gate_the_sign_and_the_factor(page):
    choose(page, "#quiz")
    page.keyboard.press("Escape")  # the menu
    page.check("#predict")
    go(page, 16)
    assert page.inner_text("#predicting p") == "Which gate is worked next?"
    assert not page.is_visible("#question")
    shown = page.inner_text("main") + page.get_attribute("#slider", "aria-valuetext")
    assert "∂f/∂q" not in shown, "the gate and what it brings are not shown"
    assert page.locator(".receives").count() == 0 or page.evaluate(
        "!backstep.picture.nodes[2].element.classList.contains('receives')"
    )
    assert [choice for _, choice in (predict(page), predict(page), predict(page))][1:] == ["positive", "1"]
    assert page.is_visible("#question")
    assert "predicted at once" in page.inner_text("#score")
    answer(page, "0.1966")
    assert page.inner_text("#verdict") == "Right."
    assert violations(page) == []


def test_the_end_tells_which_gates_were_missed_and_repeats_their_kinds(page):
    choose(page, "#quiz")
    for number in range(10, LAST):
        go(page, number)
        if number == 18:
            page.click("#show")
        else:
            answer(page, str(page.evaluate(f"backstep.model.step({number}).product")))
    go(page, LAST)
    gate = page.evaluate("backstep.model.nodes[backstep.model.step(18).gate].name")
    assert page.inner_text("#verdict") == f"Missed at {gate} = w1 * x1."
    page.click("#kinds")
    kind = "k => backstep.picture.nodes[backstep.model.step(k).gate].element.querySelector('text.gate').textContent"
    asked = page.evaluate(f"[...Array({LAST}).keys()].filter(k => backstep.quiz.asks(k)).map({kind})")
    assert asked == ["×"] * 4
    page.check("#predict")
    go(page, 18)
    while page.is_visible("#predicting"):
        predict(page)
    answer(page, "-0.3932")
    assert page.inner_text("#verdict") == "Right."


def test_all_predictions_have_a_right_choice(page):
    page.evaluate("backstep.quiz.toggle()")
    page.check("#predict")
    for number in range(10, LAST):
        go(page, number)
        while page.is_visible("#predicting"):
            assert page.locator("#predicting button").count() >= 2
            predict(page)
        assert page.is_visible("#question")


@pytest.mark.parametrize("size", [(1280, 720), (360, 740), (320, 568)])
def test_a_question_is_in_view_and_so_is_what_came_of_it(visit, size):
    width, height = size
    page = visit(viz.step(ten_uses()), viewport={"width": width, "height": height})
    last = page.evaluate("backstep.model.arrivals(0).at(-1)")
    for number in (f"[{last}]", f"[-{last}]"):
        page.evaluate(f"backstep.quiz.start({number})")
        answer(page, "0.001")
        column = page.locator(".column").bounding_box()
        for part in ("#answer", "#check", "#verdict"):
            box = page.locator(part).bounding_box()
            assert column["y"] <= box["y"], part
            assert box["y"] + box["height"] <= column["y"] + column["height"] + 1, part
        page.click("#show")
        box = page.locator("#next-question").bounding_box()
        assert box["y"] + box["height"] <= column["y"] + column["height"] + 1
    assert page.evaluate("[scrollX, scrollY]") == [0, 0]
