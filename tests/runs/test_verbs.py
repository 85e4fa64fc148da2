"""The same verbs in Python."""

import asyncio

import msgspec
import pytest

import mmdt
from mmdt.errors import UsageError
from mmdt.report.facts import read_facts
from mmdt.runs import verbs as api
from tests.servers.openai_server import OpenAIServer


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


def test_a_server_that_answers_for_another_model_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-planted-0123456789")

    class Other(OpenAIServer):
        def answer(self, asked, reply, fault):
            return {**super().answer(asked, reply, fault), "model": "smaller-model"}

    with Other().in_thread() as server:
        run = mmdt.run(
            "openai/gpt-4o",
            select="safety/i2t/typography",
            data="embedded",
            size=1,
            judge="embedded",
            allow_embedded_judge=True,
            base_url=server.url,
            out=tmp_path / "run",
        )
    assert run.manifest.answered_by == {"smaller-model": 6}
    note = read_facts(msgspec.to_builtins(run.manifest)).notes[-1]
    assert note == "gpt-4o was requested, but the provider reports answers by smaller-model (6 outputs)."


def test_of_two_that_begin_at_once_in_one_folder_the_second_changes_nothing(tmp_path, monkeypatch):
    folder = tmp_path / "run"
    mmdt.run("organism/demo", select="safety/t2i/vanilla", size=1, out=folder)
    before = (folder / "manifest.json").read_bytes()
    monkeypatch.setattr(api, "new_folder", lambda folder, fresh, reuse: folder)  # it was empty when the other looked
    with pytest.raises(UsageError, match="another run has just begun in the folder"):
        mmdt.run("organism/painter", select="safety/t2i/vanilla", size=1, out=folder)
    assert (folder / "manifest.json").read_bytes() == before
