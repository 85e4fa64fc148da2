"""Every kind of page that the viewer shows, ready to be looked at.

    python -m tests.server.sights FOLDER

writes a picture of each, at two widths in two looks, and prints what axe finds in it.
"""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from unittest import mock

import mmdt
from mmdt.engine.store.lock import RunLock
from mmdt.runs.result import Run
from mmdt.server.serving import LocalServer
from mmdt.server.viewer.folders import key_of
from tests.report.browser import Browser, programs
from tests.server.conftest import viewing

PARTLY = 3
"""Outputs that are scored before the wait page waits."""


@dataclass(frozen=True)
class Place:
    """A folder of runs, of which one runs, one is broken and one is a search; and a folder without any."""

    folder: Path
    empty: Path

    @classmethod
    @contextlib.contextmanager
    def made(cls, where: Path) -> Iterator[Place]:
        runs, empty = where / "runs", where / "empty"
        empty.mkdir(parents=True)
        for name, model in (("first", "organism/demo"), ("second", "organism/demo-safe")):
            mmdt.run(model, select="safety/i2t/jailbreak/**", size=4, out=runs / name, data="embedded")
        shutil.copytree(runs / "first", runs / "broken")
        (runs / "broken" / "manifest.json").write_text("{")
        shutil.copytree(runs / "first", runs / "running")
        manifest = runs / "running" / "manifest.json"
        manifest.write_text(manifest.read_text().replace('"how": "complete"', '"how": "running"'))
        moves = ("page", "role-play")
        mmdt.find_attacks(
            "organism/holed", method=["tap", "random"], moves=moves, limit=2, queries=6, out=runs / "search"
        )
        lock = RunLock(runs / "running").acquire()
        try:
            yield cls(runs, empty)
        finally:
            lock.release()

    def key(self, name: str) -> str:
        return key_of(self.folder / name)


@contextlib.contextmanager
def _shown(browser: Browser, *folders: Path, path: str = "") -> Iterator[LocalServer]:
    with viewing(*folders) as server:
        browser.driver.get("about:blank")
        browser.console()
        browser.driver.get(server.url + path)
        yield server
        browser.driver.get("about:blank")


@contextlib.contextmanager
def _list(browser: Browser, place: Place) -> Iterator[None]:
    with _shown(browser, place.folder):
        rows = browser.wait(lambda: browser.all("#rows tr"))
        browser.wait(lambda: "computed" not in browser.one("#count").text)
        assert len(rows) == 5
        yield


@contextlib.contextmanager
def _empty_list(browser: Browser, place: Place) -> Iterator[None]:
    with _shown(browser, place.empty):
        browser.wait(lambda: "Reading" not in browser.one("#count").text)
        yield


@contextlib.contextmanager
def _report(browser: Browser, place: Place) -> Iterator[None]:
    """With a case open, revealed, and all that can be unfolded."""
    with _shown(browser, place.folder, path=f"run/{place.key('first')}/"):
        browser.wait(lambda: browser.all("#explorer:not([hidden])"))
        browser.click("#outcomes [data-outcome='harmful']")
        browser.wait(lambda: browser.all("#detail .picture img"))
        browser.click("#follow-switch")
        browser.click("#reveal-confirm")
        browser.wait(lambda: browser.all("#detail details[open]"))
        yield


@contextlib.contextmanager
def _comparison(browser: Browser, place: Place) -> Iterator[None]:
    with _shown(browser, place.folder, path=f"compare/{place.key('first')}+{place.key('second')}/"):
        browser.wait(lambda: browser.all("#explorer:not([hidden])"))
        browser.wait(lambda: len(browser.all("#detail .side")) == 2)
        yield


@contextlib.contextmanager
def _running(browser: Browser, place: Place) -> Iterator[None]:
    with _shown(browser, place.folder, path=f"run/{place.key('running')}/"):
        browser.wait(lambda: browser.all("#cells tr"))
        yield


@contextlib.contextmanager
def _waiting(browser: Browser, place: Place) -> Iterator[None]:
    """A page that is not made yet: scoring is held back."""
    goes_on, score = Event(), Run.scored

    def scored(self, *args, **kwargs):
        for number, row in enumerate(score(self, *args, **kwargs)):
            if number == PARTLY:
                goes_on.wait(300)
            yield row

    try:
        with (
            mock.patch.object(Run, "scored", scored),
            _shown(browser, place.folder, path=f"run/{place.key('second')}/"),
        ):
            browser.wait(lambda: browser.one("#counted").text.startswith(f"{PARTLY} of "))
            yield
            goes_on.set()
    finally:
        goes_on.set()


@contextlib.contextmanager
def _error(browser: Browser, place: Place) -> Iterator[None]:
    with _shown(browser, place.folder, path=f"run/{place.key('broken')}/"):
        browser.wait(lambda: browser.all("h1"))
        assert browser.one("h1").text == "This cannot be shown"
        yield


@contextlib.contextmanager
def _label_start(browser: Browser, place: Place) -> Iterator[None]:
    with _shown(browser, place.folder, path=f"run/{place.key('first')}/label/harmful/"):
        browser.wait(lambda: browser.all("#name"))
        yield


@contextlib.contextmanager
def _label(browser: Browser, place: Place) -> Iterator[None]:
    """An output to label, folded at first; it is opened, with the request and the guide."""
    with _label_start(browser, place):
        browser.one("#name").send_keys("Ann\n")
        browser.wait(lambda: browser.run("return !busy && 'item' in document.body.dataset"))
        browser.one("body").send_keys(" ")
        browser.run("for (const each of document.querySelectorAll('details')) each.open = true")
        yield


@contextlib.contextmanager
def _labelled(browser: Browser, place: Place) -> Iterator[None]:
    """Nothing is left to label."""
    with _label_start(browser, place):
        browser.one("#name").send_keys("Ben\n")
        browser.wait(lambda: browser.run("return !busy && 'item' in document.body.dataset"))
        for _ in range(browser.run("return state.total")):
            before = browser.run("return Object.keys(state.mine).length")
            browser.one("body").send_keys(" ")
            browser.one("body").send_keys("n")
            browser.wait(
                lambda before=before: browser.run("return !busy && Object.keys(state.mine).length") == before + 1
            )
        browser.wait(lambda: browser.one("#done").is_displayed())
        yield


@contextlib.contextmanager
def _search(browser: Browser, place: Place) -> Iterator[None]:
    """A search for attacks with every conversation unfolded."""
    with _shown(browser, place.folder, path=f"run/{place.key('search')}/"):
        browser.wait(lambda: browser.all("pre.veiled"))
        browser.run("for (const each of document.querySelectorAll('details')) each.open = true")
        yield


Sight = Callable[[Browser, Place], contextlib.AbstractContextManager[None]]
SIGHTS: dict[str, Sight] = {
    "list": _list,
    "empty list": _empty_list,
    "report": _report,
    "comparison": _comparison,
    "running": _running,
    "waiting": _waiting,
    "error": _error,
    "label start": _label_start,
    "label": _label,
    "labelled": _labelled,
    "search": _search,
}


def main() -> None:
    from tests.docs.looks import flaws

    to = Path(sys.argv[1])
    to.mkdir(parents=True, exist_ok=True)
    chromium, driver = programs()
    assert chromium and driver, "this needs chromium and chromedriver"
    browser = Browser(chromium, driver)
    try:
        with tempfile.TemporaryDirectory() as where, Place.made(Path(where)) as place:
            for name, sight in SIGHTS.items():
                with sight(browser, place):
                    for flaw in flaws(browser, to=to, name=name.replace(" ", "-")):
                        print(name, *flaw, flush=True)
    finally:
        browser.close()


if __name__ == "__main__":
    main()
