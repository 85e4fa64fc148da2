"""Who opens a large run is shown at once what the viewer does, and how far it is."""

from __future__ import annotations

import shutil
from threading import Event

import mmdt
from mmdt.runs.result import Run
from mmdt.server.viewer import listing
from mmdt.server.viewer.folders import RunFolders, key_of
from mmdt.server.viewer.library import AT_ONCE, Library
from mmdt.server.viewer.listing import RunList
from mmdt.server.viewer.working import WAITING, WatchedRun, Working
from tests.server.conftest import viewing
from tests.server.test_viewer import get, page_of, read
from tests.waiting import PATIENCE, until


def stopped_at(monkeypatch, outputs):
    """Scoring waits after so many outputs until the event that is returned is set."""
    goes_on, score = Event(), Run.scored

    def scored(self, *args, **kwargs):
        for number, row in enumerate(score(self, *args, **kwargs)):
            if number == outputs:
                assert goes_on.wait(PATIENCE)
            yield row

    monkeypatch.setattr(Run, "scored", scored)
    return goes_on


def test_outputs_are_counted_as_they_are_scored(made_run):
    working = Working()
    run = WatchedRun.of(Run.open(made_run), working)
    total = len(list(Run.open(made_run).joined()))
    assert working.shown() == {"doing": WAITING, "done": 0, "total": total}
    assert repr(run.scorecard()) == repr(Run.open(made_run).scorecard())  # some of its values are NaN
    assert working.shown()["done"] == total
    working.begin("Something else")
    assert working.shown() == {"doing": "Something else", "done": 0, "total": total}


def test_a_page_says_what_is_being_done(made_run, monkeypatch):
    goes_on = stopped_at(monkeypatch, 25)
    place = f"run/{key_of(made_run)}/"
    with viewing(made_run) as server:
        try:
            status, body, _ = get(server, place)
            assert status == 200 and b"wait.js" in body
            until(lambda: read(server, f"{place}ready")["done"] == 25)
            said = read(server, f"{place}ready")
            assert (said["ready"], said["error"], said["doing"]) == (False, "", "Scoring outputs")
            assert said["total"] == len(list(Run.open(made_run).joined()))
            assert get(server, "")[0] == 200 and len(read(server, "runs")["runs"]) == 1  # the list does not wait
        finally:
            goes_on.set()
        page_of(server, made_run)


def test_the_list_says_how_far_a_run_is(made_run, monkeypatch):
    goes_on = stopped_at(monkeypatch, 25)
    rows = RunList(RunFolders.of([made_run])).rows
    try:
        until(lambda: rows()[0].get("pending", {}).get("done") == 25)
        assert "headlines" not in rows()[0]
    finally:
        goes_on.set()
    until(lambda: "pending" not in rows()[0])
    assert rows()[0]["headlines"]


def test_small_runs_are_not_behind_large_ones(made_run, tmp_path, monkeypatch):
    shutil.copytree(made_run, tmp_path / "large")
    mmdt.run("organism/demo-safe", select=["safety/*/jailbreak/**"], size=1, out=tmp_path / "a small one")
    order, numbers = [], listing._numbers
    monkeypatch.setattr(
        listing, "_numbers", lambda folder, working: [order.append(folder.name), numbers(folder, working)][1]
    )
    shown = RunList(RunFolders.of([tmp_path]))
    until(lambda: not any("pending" in row for row in shown.rows()))
    assert order == ["a small one", "large"]


def test_a_page_is_made_while_another_takes_its_time():
    library, goes_on = Library(), Event()
    slow = [library.ask(f"slow {number}", 0, lambda *_: goes_on.wait(PATIENCE)) for number in range(AT_ONCE - 1)]
    quick = library.ask("quick", 0, lambda *_: None)
    assert quick.ready.wait(PATIENCE)
    assert not any(each.ready.is_set() for each in slow)
    goes_on.set()
    assert all(each.ready.wait(PATIENCE) for each in slow)
