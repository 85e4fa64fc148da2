"""A process that is killed as its run begins leaves nothing in the way, and nothing out."""

import subprocess
import sys

import pytest

import mmdt
from mmdt.disk.whole import HOST
from mmdt.engine.store.store import Store
from mmdt.errors import StoreError, UsageError
from tests.engine.store.test_schema import KILLED

SELECT = "hallucination/i2t/natural/count"


class Killed(BaseException):
    """In place of SIGKILL: no handler of the program takes it."""


@pytest.fixture(params=KILLED)
def kill(request, monkeypatch):
    """From the call on, a process that creates a store is killed."""

    def create(folder, **_):
        request.param(folder)
        raise Killed

    return lambda: monkeypatch.setattr(Store, "create", create)


def test_a_run_goes_on(tmp_path, kill):
    folder = tmp_path / "run"
    kill()
    with pytest.raises(Killed):
        mmdt.run("organism/demo", select=SELECT, size=5, out=folder)
    for look in (mmdt.verify, lambda where: mmdt.open_run(where).scorecard()):
        with pytest.raises(StoreError, match="stopped before anything was stored") as raised:
            look(folder)
        assert "resume" in raised.value.hint
    run = mmdt.resume(folder)
    assert run.complete and len(list(run.rows())) == 5 and mmdt.verify(folder).ok


def test_a_run_that_replaces_another_goes_on(tmp_path, kill):
    folder = tmp_path / "run"
    mmdt.run("organism/demo", select=SELECT, size=5, out=folder)
    kill()
    with pytest.raises(Killed):
        mmdt.run("organism/demo", select=SELECT, size=7, out=folder, fresh=True)
    run = mmdt.resume(folder)
    assert run.complete and len(list(run.rows())) == 7 and mmdt.verify(folder).ok


def test_a_search_goes_on(tmp_path, kill):
    folder = tmp_path / "search"
    kill()
    with pytest.raises(Killed):
        mmdt.find_attacks("organism/demo", method="best-of-n", queries=2, limit=1, out=folder)
    found = mmdt.open_search(folder)
    assert not found.complete and not list(found.attacker_calls())
    again = mmdt.resume_search(folder)
    assert again.complete and again.hunts and mmdt.verify_search(folder).ok


@pytest.fixture
def dead():
    """The number of a process that is no more."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


@pytest.mark.parametrize(
    ("name", "begin"),
    [
        ("manifest.json", lambda out: mmdt.run("organism/demo", select=SELECT, size=2, out=out)),
        ("calibration.json", lambda out: mmdt.run("organism/demo", select=SELECT, size=2, out=out)),
        ("models.json", lambda out: mmdt.run(["organism/demo", "organism/blind"], select=SELECT, size=2, out=out)),
        (
            "search.json",
            lambda out: mmdt.find_attacks("organism/demo", method="best-of-n", queries=2, limit=1, out=out),
        ),
    ],
)
def test_what_was_not_written_to_its_end_is_not_in_the_way(tmp_path, dead, name, begin):
    folder = tmp_path / "out"
    folder.mkdir()
    for left in ("lock", "lock.holder", f"{name}.{dead}-{dead}-{HOST}.part"):
        (folder / left).touch()
    assert begin(folder).complete
    assert not list(folder.glob("*.part"))


def test_a_folder_with_anything_else_is_not_used(tmp_path):
    for name in ("lock", "mine.txt"):
        (tmp_path / name).touch()
    for begin in (
        lambda: mmdt.run("organism/demo", select=SELECT, size=2, out=tmp_path),
        lambda: mmdt.run(["organism/demo", "organism/blind"], select=SELECT, size=2, out=tmp_path),
        lambda: mmdt.find_attacks("organism/demo", method="best-of-n", queries=2, limit=1, out=tmp_path),
    ):
        with pytest.raises(UsageError, match="not empty"):
            begin()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["lock", "mine.txt"]
