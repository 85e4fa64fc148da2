"""The viewer in a real browser, as somebody uses it who has several runs."""

from __future__ import annotations

import shutil
import time

import pytest

import mmdt
from mmdt.engine.store.lock import RunLock
from mmdt.runs.people.labels import LabelFile
from mmdt.server.viewer.folders import key_of
from tests.report.html.test_report_browser import CONTRAST
from tests.server.conftest import viewing

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def runs(made_run, tmp_path_factory):
    where = tmp_path_factory.mktemp("viewed")
    shutil.copytree(made_run, where / "demo")
    mmdt.run("organism/demo-safe", select=["safety/*/jailbreak/**"], size=3, out=where / "safe", data="embedded")
    return where


@pytest.fixture(scope="module")
def viewer(runs):
    with viewing(runs) as server:
        yield server


@pytest.fixture
def index(browser, viewer):
    show(browser, viewer.url)
    browser.wait(lambda: len(browser.all("#rows tr")) == 2 and "computed" not in browser.one("#count").text)
    yield browser
    assert browser.console() == []


def show(browser, url):
    browser.driver.get("about:blank")
    browser.console()
    browser.driver.get(url)


def models(browser):
    return [each.text for each in browser.all("#rows .run-name")]


def test_runs_are_listed_sorted_and_filtered(index):
    assert index.one("#count").text == "2 of 2 runs"
    assert len(index.all("#rows .headline-list li")) >= 4
    index.click("[data-sort='model']")
    assert models(index) == ["organism/demo", "organism/demo-safe"]
    index.click("[data-sort='model']")
    assert models(index) == ["organism/demo-safe", "organism/demo"]
    assert index.one("th[aria-sort='descending']").text == "Model"
    rate = "headline.safety/i2t/jailbreak: Harmful-content generation rate (HGR)"
    index.one(f"#order option[value='-{rate}']").click()
    assert models(index) == ["organism/demo", "organism/demo-safe"]
    index.one("#search").send_keys("safe")
    index.wait(lambda: models(index) == ["organism/demo-safe"])
    index.one("#search").clear()
    index.one("#search").send_keys("nothing of this name")
    index.wait(lambda: index.one("#count").text == "0 of 2 runs")


def test_a_run_opens_as_its_report_with_all_cases(index, runs):
    index.click(f"#rows tr[data-key='{key_of(runs / 'demo')}'] .run-name")
    index.wait(lambda: index.all("#explorer:not([hidden])"))
    trials = list(mmdt.open_run(runs / "demo").joined())
    assert index.count() == len(trials)
    index.click("#outcomes [data-outcome='harmful']")
    loaded = "const i = document.querySelector('#detail .picture img'); return !!i && i.complete && i.naturalWidth > 0"
    index.wait(lambda: index.run(loaded))
    assert "blur(" in index.css("#detail .picture img", "filter")
    index.click("#follow-switch")
    index.click("#reveal-confirm")
    index.wait(lambda: index.all("#detail details[open]"))
    index.one("#search").send_keys(trials[-1].case.id)
    index.wait_count(1)
    index.click(".switches a[href='../../']")
    index.wait(lambda: index.all("#rows tr"))


def test_chosen_runs_are_compared_case_by_case(index, runs):
    assert not index.one("#compare").is_enabled()
    for box in index.all("#rows input"):
        box.click()
    index.click("#compare")
    index.wait(lambda: index.all("#explorer:not([hidden])"))
    assert sorted(each.text for each in index.all(".runs th strong")) == ["organism/demo", "organism/demo-safe"]
    small = {trial.case.id for trial in mmdt.open_run(runs / "safe").joined()}
    both = {trial.case.id for trial in mmdt.open_run(runs / "demo").joined()} & small
    assert index.count() == len(both) > 0
    index.wait(lambda: len(index.all("#detail .side")) == 2)


def test_labels_are_given_from_the_report(browser, run):
    with viewing(run.folder) as server:
        show(browser, f"{server.url}run/{key_of(run.folder)}/")
        browser.wait(lambda: browser.all("#explorer:not([hidden])"))
        browser.click("a[href='label/harmful/']")
        browser.wait(lambda: browser.all("#name"))
        browser.one("#name").send_keys("Ann\n")
        browser.wait(lambda: browser.run("return 'item' in document.body.dataset"))
        browser.one("body").send_keys(" ")
        browser.one("body").send_keys("y")
        browser.wait(lambda: len(LabelFile(run.folder).read()) == 1)


def test_a_run_is_watched_until_it_ends(browser, made_run, tmp_path):
    folder = shutil.copytree(made_run, tmp_path / "run")
    manifest = folder / "manifest.json"
    whole = manifest.read_text()
    manifest.write_text(whole.replace('"how": "complete"', '"how": "running"'))
    lock = RunLock(folder).acquire()
    with viewing(tmp_path) as server:
        try:
            show(browser, f"{server.url}run/{key_of(folder)}/")
            browser.wait(lambda: browser.all("#cells tr"))
            trials = list(mmdt.open_run(folder).joined())
            assert browser.one("#done").text == f"{len(trials)} of {len(trials)} outputs"
            assert browser.one("#model").text == "organism/demo"
            browser.click("a[href='?so-far']")
            browser.wait(lambda: browser.all("#explorer:not([hidden])"))
            browser.driver.back()
            browser.wait(lambda: browser.all("#cells tr"))
        finally:
            lock.release()
        manifest.write_text(whole)
        browser.wait(lambda: browser.all("#explorer:not([hidden])"))  # it went to the report by itself


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_list_is_readable_and_fits_a_narrow_window(index, theme):
    index.run("document.documentElement.dataset.theme = arguments[0]", theme)
    assert index.run(CONTRAST) == []
    size = {"width": 390, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    index.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        time.sleep(0.2)
        assert index.run("return document.documentElement.scrollWidth") == 390
    finally:
        index.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
