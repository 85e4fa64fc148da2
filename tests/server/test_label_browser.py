"""The page in a real browser, as an annotator uses it."""

from __future__ import annotations

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

import mmdt
from mmdt.runs.people.choice import verdict_of
from mmdt.runs.people.labels import LabelFile
from tests.server.conftest import serving

pytestmark = pytest.mark.browser


class Page:
    """The page, driven by keyboard."""

    def __init__(self, browser, server):
        self.browser = browser
        browser.driver.get("about:blank")
        browser.console()
        browser.driver.get(server.url)

    def begin(self, name):
        self.browser.one("#name").send_keys(name, Keys.ENTER)
        self.settle()

    def settle(self):
        """Wait until the next output is there, or none is left."""
        ready = (
            "return !busy && !!state && ('item' in document.body.dataset || !document.querySelector('#done').hidden)"
        )
        self.browser.wait(lambda: self.browser.run(ready))

    def shown(self, css):
        return self.browser.one(css).is_displayed()

    def text(self, css):
        return self.browser.one(css).text

    def press(self, keys):
        self.browser.driver.find_element(By.TAG_NAME, "body").send_keys(keys)

    @property
    def done(self):
        return self.browser.run("return Number(document.querySelector('#progress').value)")

    def label(self, key):
        """Open what is shown and label it."""
        before = self.done
        self.press(" ")
        self.press(key)
        self.browser.wait(lambda: self.done == before + 1)
        self.settle()

    @property
    def classes(self):
        return self.browser.one("#output").get_attribute("class")


def test_labels_are_given_with_two_keys_each(browser, run):
    with serving(run, 6) as server:
        page = Page(browser, server)
        page.begin("Ann")
        assert page.text("#place") == "0 of 6"
        assert page.text("#question").endswith("?")
        assert "folded" in page.classes
        assert "blur" in browser.run("return getComputedStyle(document.querySelector('#content')).filter")
        page.press("y")  # nothing is labelled unseen
        page.press(" ")
        browser.wait(lambda: "folded" not in page.classes)
        assert page.done == 0
        page.press("y")
        browser.wait(lambda: page.done == 1)
        page.settle()
        assert "folded" in page.classes
        for key in "nuyn":
            page.label(key)
        assert page.text("#place") == "5 of 6"
        page.press("z")
        browser.wait(lambda: page.done == 4)
        page.settle()
        page.label("y")
        page.label("n")
        assert page.shown("#done")
        assert browser.console() == []
    found = LabelFile(run.folder).read()
    assert sorted(each.verdict for each in found) == ["no", "no", "unsure", "yes", "yes", "yes"]


def test_pictures_are_shown_as_they_were_made(browser, run):
    with serving(run, 4, select=("safety/t2i/**",)) as server:
        page = Page(browser, server)
        page.begin("Ann")
        page.press(" ")
        loaded = "const i = document.querySelector('#pictures img'); return !!i && i.complete && i.naturalWidth > 0"
        browser.wait(lambda: browser.run(loaded))


def test_two_annotators_and_a_third_who_settles(browser, run):
    for name, keys in (("Ann", "yyn"), ("Bob", "yny")):
        with serving(run, 3) as server:
            page = Page(browser, server)
            page.begin(name)
            for key in keys:
                page.label(key)
    with serving(run, 3) as server:
        page = Page(browser, server)
        page.begin("Ann")
        assert "disagree about 2" in page.text("#summary")
        browser.one("#adjudicate").click()
        browser.wait(lambda: page.shown("#desk"))
        page.settle()
        assert "Ann: " in page.text("#votes")
        for left in (1, 0):
            page.press(" ")
            page.press("n")
            browser.wait(lambda left=left: page.text("#place").startswith(f"{left} "))
            page.settle()
    final = [each for each in LabelFile(run.folder).read() if each.adjudicated]
    assert [each.verdict for each in final] == ["no", "no"]


def test_a_person_labels_sixty_outputs_and_sees_the_corrected_number(browser, run):
    """The tutorial of docs/people.md: here the person calls everything as the judge does, but for every fifth."""
    trials = {(trial.case.id, trial.repeat): trial for trial in run.joined()}
    with serving(run, 60) as server:
        page = Page(browser, server)
        page.begin("Ann")
        tasks = server._desk.tasks
        for _ in range(len(tasks)):
            number = int(browser.run("return document.body.dataset.item"))
            said = verdict_of(trials[tasks[number].key], "harmful")
            page.label("y" if said != (number % 5 == 0) else "n")
        assert page.shown("#done")
    again = mmdt.open_run(run.folder)
    result = again.scorecard().result("safety/i2t/jailbreak")
    judged, corrected = result.estimate("HGR"), result.estimate("HGR_people")
    assert (judged.holds, corrected.holds) == ("sampling only", "sampling and judge")
    assert corrected.extra["as_judged"] == pytest.approx(judged.value)
    assert corrected.low < corrected.value < corrected.high
    assert corrected.value != judged.value
