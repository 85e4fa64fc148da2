"""A store written before requests were lists of messages is shown, resumed and reused; nothing is asked twice.

``tests/data_fixtures/first_format`` holds six cases of a user's own and the run of ``organism/demo`` on them, as the
code before that change wrote it; it stopped after four requests.
"""

import shutil
import sqlite3
from pathlib import Path

import pytest

import mmdt
from mmdt.core.case import Case
from mmdt.engine.pipeline.build_request import request_for
from mmdt.engine.store.codec import content_key, encode_case
from mmdt.engine.store.store import Store
from mmdt.plugins import open_model

WRITTEN = Path(__file__).parents[2] / "data_fixtures" / "first_format"
SEED = 3


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(shutil.copytree(WRITTEN, tmp_path / "old"))  # its data is named as cases.jsonl
    return Path("run")


def rows(folder, query):
    with sqlite3.connect(folder / "store.sqlite") as db:
        return dict(db.execute(query))


def states(folder):
    with Store.open(folder, write=True) as store:
        return list(store.states())


def test_it_is_shown(folder):
    run = mmdt.open_run(folder)
    assert not run.complete
    assert len(run.to_pandas("outputs")) == 6
    assert len(list(run.estimates())) > 6


def test_ids_of_its_cases_are_those_of_today(folder):
    cases = [state.case for state in states(folder)]
    assert {case.cell.modality for case in cases} == {"t2i", "i2t"}
    assert {len(case.images) for case in cases} == {0, 1, 2}
    for case in cases:
        made = Case.make(case.cell, case.prompt, case.images, case.target, case.group, case.system, case.recipe)
        assert case.id in (made.id, f"{made.id}-2")  # one row is there twice
        assert case.messages == ()


def test_content_keys_of_its_outputs_are_those_of_today(folder):
    info = open_model("organism/demo", {}).info
    expected = rows(folder, "SELECT n, key FROM outputs")
    found = {
        state.key.n: content_key(info, request_for(state.case, state.key.repeat, SEED)) for state in states(folder)
    }
    assert len(expected) == 4
    assert {n: found[n] for n in expected} == expected


def test_bodies_of_its_cases_are_written_as_before(folder):
    bodies = rows(folder, "SELECT id, body FROM cases")
    assert {state.case.id: encode_case(state.case) for state in states(folder)} == bodies


def test_it_is_resumed_and_asks_only_what_is_missing(folder):
    before = rows(folder, "SELECT n, body FROM outputs")
    run = mmdt.resume(folder, max_requests=6)
    assert run.complete
    after = rows(folder, "SELECT n, body FROM outputs")
    assert len(after) == 6
    assert {n: after[n] for n in before} == before


def test_its_answers_are_reused(folder):
    run = mmdt.run(
        "organism/demo", data="cases.jsonl", seed=SEED, repeats=1, out="again", reuse=[str(folder)], max_requests=2
    )
    assert run.complete  # of six requests, four were answered by the old run
    assert dict(run.manifest.reused) == {str(folder): 4}
