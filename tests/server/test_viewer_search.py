"""Searches for attacks in the viewer: their rows, their pages, and what is not shown before it is asked for."""

from __future__ import annotations

import json
import shutil

import pytest

import mmdt
from mmdt.server.viewer.folders import key_of
from tests.docs.looks import AXE, LOOKS, TOO_WIDE, axe
from tests.docs.pictures import dress, shape
from tests.server.conftest import viewing
from tests.server.test_viewer import get, read, settled
from tests.server.test_viewer_browser import show
from tests.waiting import until

MOVES = ("page", "role-play")


@pytest.fixture(scope="module")
def folder(made_run, tmp_path_factory):
    where = tmp_path_factory.mktemp("searched")
    shutil.copytree(made_run, where / "run")
    mmdt.find_attacks(
        "organism/holed", method=["tap", "random"], moves=MOVES, limit=2, queries=6, out=where / "several" / "search"
    )
    return where


@pytest.fixture(scope="module")
def viewer(folder):
    with viewing(folder) as server:
        yield server


def test_a_search_is_listed_with_its_curves(viewer, folder):
    rows = {row["key"]: row for row in settled(viewer)}
    assert len(rows) == 2
    row = rows[key_of(folder / "several" / "search")]
    assert (row["kind"], row["model"], row["how"], row["error"]) == ("search", "organism/holed", "complete", "")
    assert "tap, random" in row["data"]
    search = mmdt.open_search(folder / "several" / "search")
    assert [each["value"] for each in row["headlines"]] == [each.last.share for each in search.summary().curves]
    assert row["outputs"] == sum(len(each.queries) for each in search.hunts)


def test_its_page_sends_pictures_when_they_are_looked_at(viewer, folder):
    key = key_of(folder / "several" / "search")
    until(lambda: read(viewer, f"run/{key}/ready")["ready"])
    status, body, _ = get(viewer, f"run/{key}/")
    assert status == 200 and b"Success over queries" in body and b"data:image" not in body
    place = body.decode().partition('src="')[2].partition('"')[0]
    status, picture, headers = get(viewer, f"run/{key}/{place}")
    assert status == 200 and headers["content-type"] == "image/webp" and picture
    assert get(viewer, f"run/{key}/{place}9999")[0] == 404


def test_a_search_is_not_compared_with_runs(viewer, folder):
    keys = key_of(folder / "several" / "search"), key_of(folder / "run")
    status, body, _ = get(viewer, f"compare/{'+'.join(keys)}/")
    assert status == 404 and b"a search is not compared with runs" in body


def test_a_damaged_record_is_a_row_that_says_so(viewer, folder, tmp_path):
    where = tmp_path / "broken"
    shutil.copytree(folder / "several" / "search", where)
    for text in ("{", json.dumps({"format": 99}), json.dumps([])):
        (where / "search.json").write_text(text)
        with viewing(tmp_path) as server:
            (row,) = read(server, "runs")["runs"]
            assert row["how"] == "unreadable" and row["error"]
            assert get(server, f"run/{row['key']}/")[0] in (404, 500)


@pytest.mark.browser
def test_the_page_in_a_browser(browser, viewer, folder):
    show(browser, f"{viewer.url}run/{key_of(folder / 'several' / 'search')}/")
    browser.wait(lambda: browser.all("pre.veiled"))
    assert not browser.all("details[open]") and not browser.one("pre.veiled").is_displayed()
    browser.run("for (const each of document.querySelectorAll('details')) each.open = true")
    assert "blur(" in browser.css("pre.veiled", "filter") and "blur(" in browser.css("img.veiled", "filter")
    browser.click("pre.veiled")
    assert browser.css("pre.veiled", "filter") == "none"
    pytest.importorskip("axe_core_python")
    try:
        for width, look in LOOKS:
            shape(browser, width, 900)
            dress(browser, look)
            browser.driver.execute_cdp_cmd("Runtime.evaluate", {"expression": axe()})
            assert browser.driver.execute_async_script(AXE) == [], (width, look)
            assert browser.run(TOO_WIDE) <= 0, (width, look)
    finally:
        browser.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    browser.click(".switches a")
    browser.wait(lambda: len(browser.all("#rows tr")) == 2)
    assert browser.console() == []
