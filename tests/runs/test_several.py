"""Several models in one command: one budget, one folder each, one table; kills and limits included."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import mmdt
from mmdt.engine.store.store import Store
from mmdt.errors import UsageError
from mmdt.runs.collection import Collection
from mmdt.runs.several import read_plan

ROOT = Path(__file__).parents[2]
MODELS = ["organism/demo", "organism/demo-safe", "organism/demo-refusing"]
CHOSEN = {"select": ("safety/i2t/typography", "safety/i2t/benign"), "size": 2}


@pytest.fixture(scope="module")
def collection(tmp_path_factory):
    return mmdt.run(MODELS, out=tmp_path_factory.mktemp("several") / "runs", **CHOSEN)


def requests_of(folder):
    with Store.open(folder) as store:
        return sum(each.requests for each in store.spent().values())


def test_each_model_has_a_folder_and_a_row(collection):
    assert collection.complete and collection.errors == ()
    assert [run.manifest.settings.model for run in collection.runs] == MODELS
    table = collection.table()
    assert sorted(row.model for row in table.rows) == sorted(MODELS)
    rates = {(row.model, number.metric): estimate.value for row in table.rows
             for number, estimate in zip(table.numbers, row.estimates, strict=True) if estimate}  # fmt: skip
    assert rates["organism/demo-refusing", "HGR"] == 0 and rates["organism/demo-refusing", "over_refusal"] == 1
    assert any("declines most benign requests" in note for note in table.notes), "refusing everything is said"


def test_the_same_model_alone_has_the_same_numbers(collection, tmp_path):
    alone = mmdt.run(MODELS[0], out=tmp_path / "alone", **CHOSEN)
    assert [str(each) for each in alone.estimates()] == [str(each) for each in collection.runs[0].estimates()]


def test_one_budget_for_all_survives_and_is_raised_by_resuming(tmp_path):
    stopped = mmdt.run(MODELS, out=tmp_path / "runs", max_requests=20, **CHOSEN)
    spent = [requests_of(run.folder) for run in stopped.runs]
    assert not stopped.complete and sum(spent) == 20 and min(spent) >= 6, "each has its share"
    again = mmdt.resume(tmp_path / "runs")
    assert sum(requests_of(run.folder) for run in again.runs) == 20, "the budget is not begun again"
    done = mmdt.resume(tmp_path / "runs", max_requests=1000)
    assert done.complete and read_plan(tmp_path / "runs").settings["max_requests"] == 1000


def test_what_one_leaves_over_goes_to_the_others(tmp_path):
    """Of 80 requests each may spend 26, and none needs more than 24."""
    done = mmdt.run(MODELS, out=tmp_path / "runs", max_requests=80, **CHOSEN)
    assert done.complete
    uneven = mmdt.run(MODELS[:2], out=tmp_path / "uneven", max_requests=48, **CHOSEN)
    assert uneven.complete, "exactly what both need"


def test_a_kill_at_any_moment_costs_no_answer(tmp_path):
    folder = tmp_path / "runs"
    select = [part for each in CHOSEN["select"] for part in ("--select", each)]
    command = [sys.executable, "-m", "mmdt", "run", *MODELS, *select, "--size", "12", "--out", str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for number in range(3):
        begun = (folder / "models.json").exists()
        line = [sys.executable, "-m", "mmdt", "resume", str(folder)] if begun else command
        with subprocess.Popen(line, env=environment, stdout=subprocess.DEVNULL) as process:
            until = time.monotonic() + 60
            while time.monotonic() < until and process.poll() is None and not _moved(folder, number):
                time.sleep(0.02)
            process.send_signal(signal.SIGKILL)
    answered = {each.folder: _answers(folder / each.folder) for each in read_plan(folder).members}
    done = mmdt.resume(folder)
    assert done.complete
    assert all(_answers(folder / name) >= count for name, count in answered.items())
    whole = mmdt.run(MODELS[2], out=tmp_path / "whole", **{**CHOSEN, "size": 12})
    assert [str(each) for each in done.runs[2].estimates()] == [str(each) for each in whole.estimates()]


def _moved(folder, number):
    """The plan is written; then the first model has answers; then the second has."""
    if number == 0:
        return (folder / "models.json").exists()
    members = read_plan(folder).members
    return _answers(folder / members[number - 1].folder) > 5


def _answers(folder):
    if not (folder / "store.sqlite").exists():
        return 0
    try:
        with Store.open(folder) as store:
            return sum(each.answered + each.refused for each in store.counts().values())
    except mmdt.MmdtError:
        return 0


@pytest.mark.parametrize(
    ("models", "words"),
    [
        (["organism/demo", "organism/demo"], "must be different"),
        ([], "must be different"),
        (["organism/demo", "organism/nobody"], "unknown organism 'nobody'"),
        (["organism/demo", "nobody/x"], "unknown model runtime"),
    ],
)
def test_what_cannot_be_carried_out_with_one_model_costs_nothing(models, words, tmp_path):
    with pytest.raises(UsageError, match=words):
        mmdt.run(models, out=tmp_path / "runs", **CHOSEN)
    assert not (tmp_path / "runs").exists()


def test_progress_names_the_model(tmp_path):
    seen = []
    mmdt.run(MODELS[:2], out=tmp_path / "runs", progress=lambda each: seen.append(each.note), **CHOSEN)
    assert {"1/2 organism/demo", "2/2 organism/demo-safe"} <= set(seen)


def test_the_newest_complete_run_of_each_model_is_shown(tmp_path, collection):
    old = mmdt.run(MODELS[0], out=tmp_path / "old", select="safety/i2t/typography", size=1)
    new = mmdt.run(MODELS[0], out=tmp_path / "new", select="safety/i2t/typography", size=2)
    mmdt.run(MODELS[0], out=tmp_path / "stopped", select="safety/i2t/typography", size=2, max_requests=3)
    other = mmdt.run(MODELS[1], out=tmp_path / "b" / "other", select="safety/t2i/vanilla", size=1)
    for run, day in ((old, 1), (new, 2)):
        path = run.folder / "manifest.json"
        values = json.loads(path.read_text())
        path.write_text(json.dumps({**values, "created": f"2026-01-0{day}T00:00:00+00:00", "digests": None}))
    table = Collection.open(tmp_path).table("safety/i2t/**")
    assert [row.run for row in table.rows] == [str(new.folder)]
    assert any("is not complete and is left out" in note for note in table.notes)
    assert len(Collection.open(tmp_path).table("safety/i2t/**", every_run=True).rows) == 2
    assert len(Collection.open(tmp_path).table("safety/i2t/**", every_run=True, incomplete=True).rows) == 3
    assert [row.run for row in Collection.open(tmp_path).table("safety/t2i/**").rows] == [str(other.folder)]
    with pytest.raises(UsageError, match="no complete run with figstep"):
        Collection.open(tmp_path).table("figstep/**")
    with pytest.raises(mmdt.MmdtError, match="contains no runs"):
        (tmp_path / "empty").mkdir()
        Collection.open(tmp_path / "empty")


def test_different_data_and_judges_are_said(tmp_path):
    mmdt.run(MODELS[0], out=tmp_path / "a", select="safety/i2t/typography", size=1)
    mmdt.run(MODELS[1], out=tmp_path / "b", select="safety/i2t/typography", size=2, guard="embedded")
    notes = " ".join(Collection.open(tmp_path).table("safety/**").notes)
    assert "different data" in notes and "guard_input, guard_output" in notes
