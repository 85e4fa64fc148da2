"""Work by copies of the process: nothing is done twice, lost or left behind."""

import os
import signal
import sys
import threading

import pytest

import mmdt
from mmdt.stats import scorecard
from mmdt.stats.large import processes
from mmdt.stats.large.processes import LARGE, spread
from mmdt.stats.paired import contributions
from mmdt.stats.scorecard import KnownScenarios, comparable, numbers
from tests.waiting import until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are copied on Linux alone")
HERE = os.getpid()
PROCESSES = processes.processes


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


@pytest.fixture(autouse=True)
def count(monkeypatch):
    """Sets how many processes there are, whatever the machine and the other threads."""

    def set_count(number):
        monkeypatch.setattr(processes, "processes", lambda: number)

    set_count(3)
    return set_count


def sent(work):
    """What another process does: the work, with the result as bytes."""
    return lambda item: str(work(item)).encode()


@pytest.mark.parametrize("number", [2, 3])
def test_every_item_is_done_once(log, count, number):
    count(number)
    mine = {}

    def work(item):
        mine[item] = done(log, item, item**2)
        return mine[item]

    theirs = dict(spread(work, sent(work), range(20), LARGE))
    assert sorted(int(item) for item, _ in log.read()) == list(range(20))
    assert {**mine, **{item: int(found) for item, found in theirs.items()}} == {item: item**2 for item in range(20)}
    assert theirs and not mine.keys() & theirs.keys()


def test_items_that_fail_elsewhere_are_not_among_the_results(log):
    def fail(item):
        log(item)
        raise ValueError(item)

    assert spread(lambda item: done(log, item, item), fail, range(8), LARGE) == []


def test_what_cannot_be_sent_is_not_among_the_results(log):
    def not_bytes(item):
        return done(log, item, object())

    assert spread(lambda item: done(log, item, item), not_bytes, range(8), LARGE) == []


def test_a_copy_that_is_killed_has_no_results(log):
    def die(item):
        log(item)
        os.kill(os.getpid(), signal.SIGKILL)

    assert spread(lambda item: done(log, item, item), die, range(6), LARGE) == []


def test_a_copy_that_hangs_is_not_waited_for(log, monkeypatch):
    monkeypatch.setattr(processes, "PATIENCE", 0.2)

    def hang(item):
        log(item)
        threading.Event().wait()

    assert spread(lambda item: done(log, item, item), hang, range(6), LARGE) == []
    assert {int(item) for item, _ in log.read()} == set(range(6))


def test_where_no_process_can_be_started_all_is_done_here(monkeypatch):
    def fork():
        raise BlockingIOError("no more processes")

    monkeypatch.setattr(os, "fork", fork)
    seen = []
    assert spread(seen.append, pytest.fail, range(6), LARGE) == [] and seen == list(range(6))


def test_an_error_here_ends_the_copies(log):
    def work(item):
        done(log, item, item)
        raise ValueError("here")

    def wait(item):
        log(item)
        threading.Event().wait(60)

    with pytest.raises(ValueError, match="here"):
        spread(work, wait, range(6), LARGE)
    others = {int(number) for _, number in log.read()} - {HERE}
    assert others
    for number in others:
        with pytest.raises(ProcessLookupError):
            os.kill(number, 0)


@pytest.mark.parametrize(("number", "items", "outputs"), [(1, 3, LARGE), (4, 1, LARGE), (4, 3, LARGE - 1)])
def test_where_nothing_is_shared_out_all_is_left_to_whoever_needs_it(count, number, items, outputs):
    count(number)
    assert spread(pytest.fail, pytest.fail, range(items), outputs) == []


def test_a_process_with_threads_is_not_copied():
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    try:
        assert PROCESSES() == 1
    finally:
        stop.set()
        thread.join()


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

    def counted(*given):
        found = spread(*given)
        seen.append(len(found))
        return found

    def switch_on():
        monkeypatch.setattr(processes, "LARGE", 0)
        for module in (scorecard, contributions):
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
