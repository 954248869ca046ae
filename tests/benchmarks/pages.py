"""The stepper's page in a browser: its size, when it is ready, how long a step and a move of a slider take.

    apt install chromium && pip install -e ".[dev]" && python tests/benchmarks/pages.py

Each number is printed beside its budget. Ready: from the first byte that is read to the end of the page's scripts.
A step and a move end when the page is laid out. The median of many, and the best.
"""

import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

import viz
from tests.chromium import FLAGS, PROGRAM
from tests.viz.pages.test_stepper import PAGES

READY = [60, 150, 500]  # ms
MOVES = [16, 16, 100]  # ms
LOADED = "performance.timing.domContentLoadedEventEnd - performance.timing.domLoading"
TIMED = """action => [...Array(100).keys()].map(i => {
    const start = performance.now();
    action(i);
    document.body.getBoundingClientRect();
    return performance.now() - start;
})"""
STEP = "i => backstep.go(i % backstep.model.last)"
MOVE = "i => backstep.model.move(new Map([[backstep.model.leaves[0], 0.01 * i]]))"


def told(times, budget):
    return f"{statistics.median(times):5.1f} ms (best {min(times):.1f}) of {budget}"


def main():
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=PROGRAM, args=FLAGS)
        for (nodes, most, make), ready, move in zip(PAGES, READY, MOVES, strict=True):
            step = viz.step(make())
            page = browser.new_page(viewport={"width": 1280, "height": 860})
            page.goto(step.save(Path(folder) / "page.html").as_uri())
            loaded = []
            for _ in range(15):
                page.reload()
                loaded.append(page.evaluate(LOADED))
            print(f"{nodes} nodes: {len(step.html().encode()) / 1000:.0f} KB of {most}")
            print(f"  ready               {told(loaded, ready)}")
            print(f"  a step              {told(page.evaluate(f'({TIMED})({STEP})'), move)}")
            for where, number in (("first", "1"), ("last", "backstep.model.last")):
                page.evaluate(f"backstep.go({number})")
                print(f"  a move at the {where:5} {told(page.evaluate(f'({TIMED})({MOVE})'), move)}")
        browser.close()


if __name__ == "__main__":
    main()
