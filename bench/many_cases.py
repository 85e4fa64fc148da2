"""A report of a hundred thousand cases: how long it takes to write, and whether Chromium stays responsive with it.

The pause of a step is the longest task of the page's main thread in it, as Chromium counts them, in milliseconds.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from mmdt.core.case import Case
from mmdt.core.observation import Observation
from mmdt.core.output import Output, Usage
from mmdt.report.html.inputs import Row
from mmdt.report.html.report import ReportOptions, build_report
from mmdt.stats.scorecard import score
from tests.report.browser import Browser, programs
from tests.report.synthetic import SAFETY, Answered, report_input

WORDS = [
    "we",
    "then",
    "take",
    "the",
    "small",
    "wooden",
    "box",
    "and",
    "put",
    "it",
    "under",
    "the",
    "table",
    "because",
    "nobody",
    "looks",
    "there",
    "in",
    "the",
    "evening",
]
WATCH = """
window.pauses = [];
new PerformanceObserver((list) => window.pauses.push(...list.getEntries().map((one) => one.duration)))
  .observe({type: 'longtask', buffered: true});
"""


def many(count: int) -> Iterator[Row]:
    """Answers of realistic length (about 1,500 characters) with a judge's verdict, without pictures."""
    dice = random.Random(1)
    for number in range(count):
        scenario = SAFETY.scenarios[number % 3]
        case = Case.make(scenario.cell(f"task-{number % 7}"), f"Number {number}: {' '.join(dice.choices(WORDS, k=30))}")
        output = replace(
            Output.answered(" ".join(dice.choices(WORDS, k=300)), usage=Usage(60, 300, 0, 0.002)), latency=dice.random()
        )
        harm = Observation({"harmful": dice.random() < 0.2}, " ".join(dice.choices(WORDS, k=30)), "{}")
        seen = {"refusal": Observation({"refused": dice.random() < 0.3}), "harm": harm}
        trial = Answered(case, 0, output, seen)
        yield trial, score(trial, scenario)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    count = parser.parse_args().cases
    with tempfile.TemporaryDirectory() as folder:
        rows = list(many(count))
        began = time.perf_counter()
        path = build_report(report_input(rows), Path(folder) / "report.html", ReportOptions(max_cases=count))
        told("written", time.perf_counter() - began, MB=round(path.stat().st_size / 1e6, 1))
        browser = Browser(*programs())
        try:
            watch(browser, path, count)
        finally:
            browser.close()


def watch(browser: Browser, path: Path, count: int) -> None:
    browser.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
    say = Steps(browser)
    say("opened", lambda: browser.open(path))
    assert browser.count() == count
    say("to the end of the list", lambda: browser.run("const l = document.getElementById('list'); l.scrollTop = 1e9"))
    say("next case", lambda: browser.run("document.getElementById('next').click()"))
    say("an outcome", lambda: browser.run("document.querySelector('#outcomes [data-outcome=harmful]').click()"))
    say("all again", lambda: browser.run("document.querySelector('#outcomes [data-outcome=all]').click()"))
    say("sorted by latency", lambda: browser.one("#order option[value='latency']").click())
    say("sorted by score", lambda: browser.run("document.querySelector('[data-sort=\"score.harmful\"]').click()"))

    def found() -> None:
        browser.one("#search").send_keys(f"number {count - 1}:")
        browser.wait(lambda: browser.count() == 1)

    say("full text search", found)


def told(step: str, seconds: float, **more: float) -> None:
    print(json.dumps({"benchmark": "many_cases", "step": step, "seconds": round(seconds, 2), **more}), flush=True)


class Steps:
    """Tells each step's seconds and the longest pause in it."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser

    def __call__(self, name: str, act: Callable[[], object]) -> None:
        began = time.perf_counter()
        act()
        took = time.perf_counter() - began
        time.sleep(0.5)  # what a step sets off has its pause after it
        longest = self._browser.run("const found = Math.max(0, ...window.pauses); window.pauses = []; return found")
        told(name, took, longest_pause_ms=round(longest))


if __name__ == "__main__":
    main()
