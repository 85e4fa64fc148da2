"""Scores that are kept by content: equal to those computed again, and forgotten when anything changes."""

import gc
import json
import os
import sqlite3
import subprocess
import sys
from dataclasses import replace

import pytest

import mmdt
from mmdt.cli import main
from mmdt.engine.store.store import Store
from mmdt.engine.store.use import read_use
from mmdt.runs import manifest as manifests
from mmdt.runs import result
from mmdt.runs.kept import files, key
from mmdt.runs.kept.collecting import rarely_collecting
from mmdt.runs.kept.rows import packed, unpacked
from mmdt.runs.result import Run


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(files, "LEAST", 1)
    select = ("safety/t2i/vanilla", "hallucination/i2t/natural")
    return mmdt.run("organism/demo-flaky", select=select, size=3, limit=2, out=tmp_path / "run")


def kept(tmp_path):
    return sorted((tmp_path / "cache/mmdt/scores").glob("*"))


def no_reading(monkeypatch):
    def refuse(self, *arguments):
        raise AssertionError("the outputs are read again")

    monkeypatch.setattr(Run, "joined", refuse)


def test_rows_come_back_as_they_were(run):
    rows = tuple(scored for _, scored in run.scored())
    assert tuple(unpacked(packed(rows))) == rows
    assert any(row.score.missing for row in rows) and any(row.weight != 1 for row in rows)


def test_an_opened_run_reads_no_outputs(run, tmp_path, monkeypatch):
    fresh = mmdt.open_run(run.folder)
    card, rows = repr(fresh.scorecard()), fresh.scores()
    assert [path.suffix for path in kept(tmp_path)] == [".card", ".rows"]
    assert all(path.stat().st_mode & 0o077 == 0 for path in kept(tmp_path))
    monkeypatch.setattr(files, "LEAST", 10**9)
    assert repr(mmdt.open_run(run.folder).scorecard()) == card
    monkeypatch.setattr(files, "LEAST", 1)
    no_reading(monkeypatch)
    again = mmdt.open_run(run.folder)
    assert repr(again.scorecard()) == card and again.scores() == rows
    assert mmdt.compare(run.folder, again).row("safety/t2i/vanilla", "HGR").value == 0


def test_every_change_is_another_key(run, monkeypatch):
    fresh = mmdt.open_run(run.folder)
    before = fresh._content()
    fresh.scorecard()
    assert before and mmdt.open_run(run.folder)._content() == before
    picture = next(path for path in (run.folder / "artifacts").rglob("*.png"))
    data = picture.read_bytes()
    picture.write_bytes(data[:-1] + b"\x00")
    damaged = mmdt.open_run(run.folder)
    assert damaged._content() not in ("", before)
    before_it, after_it = (
        sum(each.tally.missing for each in one.scorecard().results if each.level == "scenario")
        for one in (fresh, damaged)
    )
    assert after_it > before_it
    known = damaged._content()
    with monkeypatch.context() as changed:
        changed.setattr(key, "code", lambda: "another version")
        assert mmdt.open_run(run.folder)._content() != known
    (run.folder / "labels.jsonl").write_text("")
    assert mmdt.open_run(run.folder)._content() != before


def test_a_changed_store_is_not_kept(run):
    database = run.folder / "store.sqlite"
    data = bytearray(database.read_bytes())
    at = data.index(b'"status":"answered"')
    data[at + 11 : at + 12] = b"X"
    database.write_bytes(data)
    assert mmdt.open_run(run.folder)._content() == ""


def test_a_damaged_file_is_computed_again(run, tmp_path):
    card = repr(mmdt.open_run(run.folder).scorecard())
    for path in kept(tmp_path):
        path.write_bytes(path.read_bytes()[:-3] + b"abc")
    assert repr(mmdt.open_run(run.folder).scorecard()) == card


def test_the_oldest_are_forgotten(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(files, "MOST_BYTES", 2_500)
    for number in range(4):
        files.write(f"{number}", "x" * 1_000)
        os.utime(tmp_path / "cache/mmdt/scores" / f"{number}", (number, number))
    files.write("last", "x" * 1_000)
    assert {path.name for path in kept(tmp_path)} == {"3", "last"}


def test_scenarios_of_a_notebook_are_not_kept(run):
    scenario = next(iter(run.scenarios().values()))
    own = manifests.read(run.folder)
    assert key.key_of(run.folder, own, run.scenarios())

    def score(case, output, observations):
        raise NotImplementedError

    mine = replace(scenario, score=score)
    assert key.key_of(run.folder, own, {**run.scenarios(), scenario.address: mine}) == ""


def test_what_a_verb_has_run_is_shown_without_reading_its_outputs(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(files, "LEAST", 1)
    folder = str(tmp_path / "run")
    asked = ["run", "organism/demo", "--select", "hallucination/i2t/natural", "--size", "3", "--json", "--out", folder]
    results = []
    for arguments in (asked, ["show", folder, "--json"]):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert not ended.value.code
        results.append(json.loads(capsys.readouterr().out.splitlines()[-1])["estimates"])
        no_reading(monkeypatch)
    assert results[0] == results[1]


def test_a_kept_scorecard_is_read_without_what_computes(run):
    mmdt.open_run(run.folder).scorecard()
    code = "import sys, mmdt; from mmdt.runs.kept import files; files.LEAST = 1; "
    code += f"mmdt.open_run({str(run.folder)!r}).scorecard(); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "mmdt.runs.kept.key" in loaded
    assert not {"scipy", "genai_prices"} & set(loaded)


def test_answers_are_the_scores_with_the_targets_of_their_cases(run, monkeypatch):
    expected = [(scored, trial.case.target) for trial, scored in run.scored()]
    mmdt.open_run(run.folder).scorecard()
    found = mmdt.explain(run).as_json()
    no_reading(monkeypatch)
    again = mmdt.open_run(run.folder)
    assert list(again.answers()) == expected
    assert [each[1] for each in expected if len({str(value) for value in each[1].values()}) > 1]
    assert mmdt.explain(again).as_json() == found


def test_scores_of_a_folder_that_changes_meanwhile_are_not_kept(run, tmp_path, monkeypatch):
    scored = Run.scored

    def changing(self, *arguments, **named):
        yield from scored(self, *arguments, **named)
        (self.folder / "labels.jsonl").write_text("")

    monkeypatch.setattr(Run, "scored", changing)
    mmdt.open_run(run.folder).scorecard()
    (run.folder / "labels.jsonl").unlink()
    mmdt.open_run(run.folder).scores()
    assert kept(tmp_path) == []


def test_the_collector_is_as_before_afterwards():
    before = gc.get_threshold()
    with pytest.raises(ZeroDivisionError), rarely_collecting(), rarely_collecting():
        assert gc.get_threshold()[0] > before[0] and gc.get_threshold()[1:] == before[1:]
        raise ZeroDivisionError
    assert gc.get_threshold() == before


def test_the_use_of_a_run_that_has_not_changed_is_that_of_its_end(run, monkeypatch):
    def refuse(store):
        raise AssertionError("the use is counted again")

    with Store.open(run.folder) as store:
        counted = read_use(store)
    assert counted.requests > 0 and counted.latency_median is not None
    with monkeypatch.context() as unread:
        unread.setattr(result, "read_use", refuse)
        assert mmdt.open_run(run.folder).use == counted
    with sqlite3.connect(run.folder / "store.sqlite") as db:
        db.execute("UPDATE spending SET requests = requests + 1")
    db.close()
    assert mmdt.open_run(run.folder).use.requests == counted.requests + len(counted.models)
