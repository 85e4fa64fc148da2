from __future__ import annotations

import pytest

from mmdt.report.facts import ORGANISM, completeness, duration_text, read_facts
from tests.report.synthetic import MANIFEST, report_input, rows


def state(made, ended=""):
    card = report_input(made).scorecard
    return completeness(card, ended)


def whole(count=200):
    return [row for row in rows(count) if not row[1].score.missing]


def test_an_empty_manifest_is_no_error():
    facts = read_facts({})
    assert facts.model == "unnamed model"
    assert facts.notes == ()


def test_the_notes_name_organism_and_embedded_judge():
    facts = read_facts(MANIFEST)
    assert facts.notes[0] == ORGANISM
    assert "Embedded judge: suitable only for organisms" in facts.notes[1]
    assert "reads planted marks" in facts.notes[1]
    assert len(facts.notes) == 2


def test_settings_that_are_not_set_are_left_out():
    facts = read_facts({"settings": {"model": "a/b", "limit": None, "select": ["safety/**", "x"], "nested": {"t": 1}}})
    assert facts.settings == (("model", "a/b"), ("select", "safety/**, x"), ("nested", '{"t": 1}'))


def test_skipped_rows_are_counted():
    facts = read_facts({"data": {"source": "mine.csv", "cases": 1200, "bad_rows": 2}})
    assert dict(facts.data) == {"source": "mine.csv", "cases": "1,200", "invalid rows skipped": "2"}


def test_a_complete_run_is_reported_as_complete():
    found = state(whole())
    assert found.complete
    assert found.headline.startswith("Complete: all ")
    assert found.reasons == ()


def test_missing_outputs_are_counted_by_reason():
    made = rows(400)
    found = state(made)
    missing = sum(bool(row[1].score.missing) for row in made)
    assert not found.complete
    assert found.headline == f"Incomplete: {missing} of 400 outputs have missing results"
    assert sum(int(count) for _, count in found.reasons) == missing
    assert "not asked yet" in dict(found.reasons)


@pytest.mark.parametrize("how", ["budget", "interrupted", "failed", "running", "incomplete"])
def test_a_run_that_did_not_finish_is_not_complete(how):
    facts = read_facts({"ended": {"how": how, "reason": "the reason"}})
    assert facts.ended.endswith("the reason")
    found = state(whole(), facts.ended)
    assert not found.complete
    assert "did not finish" in found.headline


def test_a_run_without_requests():
    assert state([]).headline == "No requests have been sent yet"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, ""), (3.21, "3.2 s"), (305, "5 min 5 s"), (3725, "1 h 2 min"), (59.4, "59.4 s"), (59.99, "1 min 0 s")],
)
def test_durations(seconds, text):
    assert duration_text(seconds) == text
