"""What the tests in a real Chromium share: the browser, pages in it, and how to read them.

Without a Chromium these tests are skipped in one line; with BACKSTEP_BROWSER=required they fail instead. A test module
takes the fixtures over by their names: `launched, visit = chromium.launched, chromium.visit`.
"""

import json
import os
import re
import shutil
from importlib import import_module
from importlib.util import find_spec

import pytest

REQUIRED = os.environ.get("BACKSTEP_BROWSER") == "required"
NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
)  # the shell takes a third of the time
PROGRAM = next(filter(None, map(shutil.which, NAMES)), None)
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--renderer-process-limit=1",
]  # fmt: skip
if not REQUIRED and not (PROGRAM and find_spec("playwright")):
    pytest.skip("no Chromium here: apt install chromium, pip install -e '.[dev]'", allow_module_level=True)


def needed(package):
    """A package for these tests alone: its absence is a skip, or where a browser is required, a failure."""
    return import_module(package) if REQUIRED else pytest.importorskip(package)


@pytest.fixture(scope="module")
def launched():
    """The browser."""
    with needed("playwright.sync_api").sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PROGRAM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def contexts(launched, tmp_path_factory):
    """The browser as it is with some options, by these. An empty page stays open in each: it keeps the process of all."""
    empty, made = tmp_path_factory.mktemp("context") / "empty.html", {}
    empty.write_text("<!DOCTYPE html><title>empty</title>")

    def context(**options):
        key = json.dumps(options, sort_keys=True)
        if key not in made:
            made[key] = launched.new_context(**options)
            made[key].set_default_timeout(60_000)
            made[key].new_page().goto(empty.as_uri())
        return made[key]

    return context


@pytest.fixture
def visit(contexts, tmp_path):
    """Open the page that something saves; at the end nothing may have gone wrong, and nothing been asked for."""
    pages, complaints = [], []

    def open_page(saved, address="", **options):
        page = contexts(**{"viewport": {"width": 1280, "height": 860}, **options}).new_page()
        pages.append(page)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        path = saved.save(tmp_path / f"{len(pages)}.html")
        page.on("request", lambda request: request.url.startswith(path.as_uri()) or complaints.append(request.url))
        page.goto(path.as_uri() + address)
        return page

    yield open_page
    for page in pages:
        page.close()
    if complaints:
        pytest.fail(f"errors in the console, or requests: {complaints}")


def wait(page, condition):
    """Until the condition holds; Playwright's own way would need eval, which the page's policy forbids."""
    for _ in range(2400):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(25)
    pytest.fail(f"{condition} did not come to hold")


AS_TEXT = """x => Array.isArray(x) ? `[${[...x].map(asText)}]` : typeof x === "string" ? JSON.stringify(x)
    : Object.is(x, -0) ? "-0" : String(x ?? null)"""


def ask(page, function, *arguments):
    """What a function of JavaScript gives: numbers, texts, null, lists of them. All goes to and fro as one text.

    Playwright's own way looks at each number many times; of thousands of numbers that took most of a test's time.
    """
    given = ", ".join(map(json.dumps, arguments))
    answer = page.evaluate(f"() => {{ const asText = {AS_TEXT}; return asText(({function})({given})); }}")
    return json.loads(answer, parse_int=float)


def violations(page):
    """What axe-core finds wrong with the page: rule and elements."""
    found = needed("axe_playwright_python.sync_playwright").Axe().run(page)
    return [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found.response["violations"]]


def at(page):
    """The number of the step that a stepper shows."""
    return int(re.fullmatch(r"(\d+) / \d+", page.inner_text("#counter"))[1])


def go(page, step):
    page.evaluate(f"backstep.go({step})")


def choose(page, selector):
    """Click on something in a stepper's menu ⋯."""
    if not page.is_visible(selector):
        page.click("#ask-more")
    page.click(selector)


def seen(page, kind):
    """The texts of a kind in a stepper's drawing that can be seen, by node."""
    return page.evaluate(
        """kind => backstep.picture.nodes.map(({element}) => {
            const text = element.querySelector(`text.${kind}`);
            return text && getComputedStyle(text).visibility === "visible" ? text.textContent : "";
        })""",
        kind,
    )
