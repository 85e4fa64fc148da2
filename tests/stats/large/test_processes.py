"""Work by copies of the process: nothing is done twice, lost or left behind."""

import os
import signal
import sys
import threading

import pytest

import mmdt
from mmdt.stats import scorecard
from mmdt.stats.large import processes
from mmdt.stats.large.processes import spread
from mmdt.stats.paired import contributions
from mmdt.stats.scorecard import KnownScenarios, comparable, numbers
from tests.waiting import until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are copied on Linux alone")
HERE = os.getpid()


@pytest.fixture
def log(tmp_path):
    """A file to which every process adds a line for what it does."""
    path = tmp_path / "log"

    def add(item):
        with path.open("a") as file:
            file.write(f"{item} {os.getpid()}\n")

    add.read = lambda: [line.split() for line in path.read_text().splitlines()]
    add.others = lambda: any(number != str(os.getpid()) for _, number in add.read())
    return add


def done(log, item, result):
    """The result, once another process has begun something: none does all the work."""
    log(item)
    until(log.others)
    return result


@pytest.mark.parametrize("count", [2, 3])
def test_every_item_is_done_once(log, count):
    mine = {}

    def work(item):
        mine[item] = done(log, item, item**2)
        return mine[item]

    theirs = dict(spread(work, range(20), (), count))
    assert sorted(int(item) for item, _ in log.read()) == list(range(20))
    assert {**mine, **theirs} == {item: item**2 for item in range(20)}
    assert theirs and not mine.keys() & theirs.keys()


def test_the_others_forget_what_they_have_done(log, tmp_path):
    forgotten = tmp_path / "forgotten"

    def forget(item):
        with forgotten.open("a") as file:
            file.write(f"{item} {os.getpid()}\n")

    theirs = spread(lambda item: done(log, item, item), range(9), (), 3, forget=forget)
    lines = [line.split() for line in forgotten.read_text().splitlines()]
    assert sorted(int(item) for item, _ in lines) == sorted(item for item, _ in theirs)
    assert str(HERE) not in {number for _, number in lines}


def test_what_both_have_comes_back_as_it_is_here(log):
    shared = [object(), lambda: "cannot be pickled"]
    found = spread(lambda item: done(log, item, (item, shared)), range(4), [*shared, shared], 2)
    assert found and all(both is shared for _, (_, both) in found)


def test_items_that_fail_elsewhere_are_not_among_the_results(log):
    def work(item):
        if os.getpid() != HERE:
            if item % 2:
                raise ValueError(item)
            return done(log, item, lambda: "cannot be pickled" if item % 4 else item)
        return done(log, item, item)

    assert spread(work, range(8), (), 2) == []


def test_a_copy_that_is_killed_has_no_results(log):
    def work(item):
        log(item)
        if os.getpid() != HERE:
            os.kill(os.getpid(), signal.SIGKILL)
        until(log.others)

    assert spread(work, range(6), (), 3) == []


def test_a_copy_that_hangs_is_not_waited_for(log, monkeypatch):
    monkeypatch.setattr(processes, "PATIENCE", 0.2)

    def work(item):
        log(item)
        if os.getpid() != HERE:
            threading.Event().wait()
        until(log.others)

    assert spread(work, range(6), (), 3) == []
    assert {int(item) for item, _ in log.read()} == set(range(6))


def test_where_no_process_can_be_started_all_is_done_here(monkeypatch):
    def fork():
        raise BlockingIOError("no more processes")

    monkeypatch.setattr(os, "fork", fork)
    seen = []
    assert spread(seen.append, range(6), (), 3) == [] and seen == list(range(6))


def test_an_error_here_ends_the_copies(log):
    def work(item):
        log(item)
        if os.getpid() == HERE:
            until(log.others)
            raise ValueError("here")
        threading.Event().wait(60)

    with pytest.raises(ValueError, match="here"):
        spread(work, range(6), (), 3)
    others = {int(number) for _, number in log.read()} - {HERE}
    assert others
    for number in others:
        with pytest.raises(ProcessLookupError):
            os.kill(number, 0)


def test_a_process_with_threads_is_not_copied():
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    try:
        assert processes.processes() == 1
    finally:
        stop.set()
        thread.join()


def test_one_process_leaves_all_to_whoever_needs_it():
    assert spread(pytest.fail, range(3), (), 1) == [] == spread(pytest.fail, range(1), (), 4)


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    select = [
        "fairness/i2t/stereotype",
        "hallucination/i2t/natural",
        "hallucination/i2t/distraction",
        "safety/i2t/typography",
    ]
    made = []
    for name in ("demo", "blind"):
        made.append(mmdt.run(f"organism/{name}", select=select, size=3, out=folder / name))
    return made


@pytest.fixture
def several(monkeypatch):
    """Whatever the size of a run, three processes work on its numbers; returns how many items others did."""
    seen = []

    def counted(*given, **more):
        found = spread(*given, **more)
        seen.append(len(found))
        return found

    def switch_on():
        for module in (scorecard, contributions):
            monkeypatch.setattr(module, "LARGE", 0)
            monkeypatch.setattr(module, "processes", lambda: 3)
            monkeypatch.setattr(module, "spread", counted)

    switch_on.seen = seen
    return switch_on


def test_the_numbers_of_a_run_are_those_of_one_process(runs, several):
    run = runs[0]
    rows = run.scores()
    alone = [repr(each.result) for each in numbers(run.perspectives(), rows)]
    values = [repr(each.result) for each in comparable(run.perspectives(), rows, KnownScenarios())]
    several()
    assert [repr(each.result) for each in numbers(run.perspectives(), rows)] == alone
    assert [repr(each.result) for each in comparable(run.perspectives(), rows, KnownScenarios())] == values
    assert len(several.seen) == 2


def test_a_comparison_is_that_of_one_process(runs, several):
    alone = mmdt.compare(*runs, cells=True)
    several()
    assert repr(mmdt.compare(*runs, cells=True)) == repr(alone)
    assert any(several.seen)
