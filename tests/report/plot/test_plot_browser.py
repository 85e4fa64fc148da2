"""Trade-off plots in a real browser with its own fonts."""

from __future__ import annotations

import pytest

from mmdt.report.html.compare import build_comparison
from mmdt.report.html.report import build_report
from tests.report.trade_off_runs import run

pytestmark = pytest.mark.browser

OVERLAPS = """
const found = [];
for (const svg of document.querySelectorAll('.plot > svg')) {
  const whole = svg.getBoundingClientRect();
  const texts = [...svg.querySelectorAll('text')].map((node) => [node.textContent, node.getBoundingClientRect()]);
  const marks = [...svg.querySelectorAll('.mark')].map((node) => ['a mark', node.getBoundingClientRect()]);
  const apart = (a, b) => a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
  for (const [name, box] of texts) {
    if (box.left < whole.left || box.right > whole.right || box.top < whole.top || box.bottom > whole.bottom)
      found.push(`${name} is cut`);
    for (const [other, place] of [...texts, ...marks])
      if (place !== box && !apart(box, place)) found.push(`${name} covers ${other}`);
  }
}
return found;
"""
FILLS = """
const shown = (css) => [...document.querySelectorAll(css)].map((node) => getComputedStyle(node));
return [shown('.plot .mark').map((style) => style.fill), shown('.plot .arm').map((style) => style.stroke),
        getComputedStyle(document.querySelector('.plot')).backgroundColor];
"""


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    return build_report(run("a/model", left=12, right=36, top=30), tmp_path_factory.mktemp("alone") / "report.html")


@pytest.fixture(scope="module")
def together(tmp_path_factory):
    """Seven models: four almost at the same point, one with a name too long to fit."""
    places = [(10, 12, 40), (11, 12, 40), (10, 13, 41), (11, 13, 39), (40, 50, 2), (0, 0, 60), (59, 60, 58)]
    names = [f"provider/model-{number}" for number in range(6)] + ["provider/" + "long-name-" * 8]
    runs = [run(name, left=left, right=right, top=top) for name, (left, right, top) in zip(names, places, strict=True)]
    return build_comparison(runs, tmp_path_factory.mktemp("together") / "comparison.html")


def show(browser, path):
    browser.driver.get("about:blank")
    browser.console()
    browser.requested()
    browser.driver.get(path.as_uri())


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_texts_of_a_plot_are_complete_and_do_not_overlap(browser, alone, together, theme):
    for path, marks in ((alone, 1), (together, 7)):
        show(browser, path)
        browser.run("document.documentElement.dataset.theme = arguments[0]", theme)
        assert len(browser.all(".plot > svg .mark")) == marks
        assert len(browser.all(".plot > svg .arm")) == 2 * marks
        assert browser.run(OVERLAPS) == []
        fills, arms, card = browser.run(FILLS)
        assert card not in fills and card not in arms and "none" not in arms
        assert browser.console() == []
        assert browser.requested() == []


def test_every_model_is_labelled_and_its_numbers_are_in_the_table(browser, together):
    show(browser, together)
    labels = [each.text for each in browser.all(".plot > svg .name")]
    assert len(labels) == 7
    rows = [row.text for row in browser.all(".plot .points tbody tr")]
    assert len(rows) == 7 and all("[" in row for row in rows)
    assert len(browser.all(".plot .points .key .mark")) == 7


def test_a_point_leads_to_the_cases_behind_it(browser, alone):
    browser.open(alone)
    browser.click(".plot .points a[href*='top']")
    browser.wait_count(60)
    assert browser.one("#scope").get_attribute("value") == "fairness/t2i/top"


@pytest.mark.parametrize("media", ["", "print"])
def test_a_plot_fits_a_narrow_window_and_a_page(browser, alone, media):
    size = {"width": 680 if media else 390, "height": 900, "deviceScaleFactor": 1, "mobile": not media}
    show(browser, alone)
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media})
    browser.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        assert browser.run("return document.documentElement.scrollWidth") <= size["width"]
        assert browser.one(".plot > svg").is_displayed()
        assert browser.run(OVERLAPS) == []
    finally:
        browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
        browser.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
