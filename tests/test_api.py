"""The same verbs in Python."""

import asyncio

import pytest

import mmdt
from mmdt.errors import UsageError


def test_a_run_answers_for_itself(tmp_path):
    run = mmdt.run("organism/demo", select="safety/t2i/vanilla", size=4, out=tmp_path / "run")
    assert run.complete
    metrics = {(address, estimate.metric) for address, estimate in run.estimates()}
    assert ("safety/t2i/vanilla", "HGR") in metrics
    assert ("safety/t2i/vanilla", "BR") in metrics
    frame = run.to_pandas()
    assert {"address", "metric", "value", "low", "high"} <= set(frame.columns)
    assert mmdt.open_run(tmp_path / "run").manifest.data.cases == 24
    assert len(run.to_pandas("outputs")) == 24


def test_the_same_seed_gives_the_same_numbers(tmp_path):
    first = mmdt.run("organism/demo", select="safety/t2i/vanilla", size=4, seed=7, out=tmp_path / "a")
    again = mmdt.run("organism/demo", select="safety/t2i/vanilla", size=4, seed=7, out=tmp_path / "b")
    assert repr(first.scorecard()) == repr(again.scorecard())  # NaN differs from itself


def test_it_runs_in_a_notebook_too(tmp_path):
    async def cell():
        return mmdt.run("organism/demo", select="safety/t2i/vanilla", size=1, out=tmp_path / "run")

    assert asyncio.run(cell()).complete


def test_a_plan_is_not_a_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert mmdt.plan("organism/demo", select="safety/t2i/vanilla", size=2).requests == 12
    assert not list(tmp_path.iterdir())


def test_mistakes_are_errors_of_ours():
    with pytest.raises(UsageError, match="unknown setting"):
        mmdt.run("organism/demo", selct="safety/**")
