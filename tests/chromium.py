"""What the tests in a real Chromium share: the browser, pages in it, and how to read them.

Without a Chromium these tests are skipped in one line; with BACKSTEP_BROWSER=required they fail instead. A test module
takes the fixtures over by their names: `launched, visit = chromium.launched, chromium.visit`.
"""

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
    "--disable-component-update", "--disable-sync",
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


@pytest.fixture
def visit(launched, tmp_path):
    """Open the page that something saves; at the end nothing may have gone wrong, and nothing been asked for."""
    contexts, complaints = [], []

    def open_page(saved, address="", **options):
        context = launched.new_context(**{"viewport": {"width": 1280, "height": 860}, **options})
        context.set_default_timeout(60_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        path = saved.save(tmp_path / f"{len(contexts)}.html")
        page.on("request", lambda request: request.url.startswith(path.as_uri()) or complaints.append(request.url))
        page.goto(path.as_uri() + address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    if complaints:
        pytest.fail(f"errors in the console, or requests: {complaints}")


def wait(page, condition):
    """Until the condition holds; Playwright's own way would need eval, which the page's policy forbids."""
    for _ in range(2400):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(25)
    pytest.fail(f"{condition} did not come to hold")


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
