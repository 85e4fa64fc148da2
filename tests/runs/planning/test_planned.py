"""`mmdt plan` with an aim: what it takes from earlier runs, what it counts, and what it says."""

import json

import pytest

import mmdt
from mmdt.cli.main import main
from mmdt.errors import UsageError
from mmdt.stats.intervals.wilson import wilson
from mmdt.stats.planning.aims import for_gate, for_width

CELL = "safety/i2t/text/queue-jumping"
SELECT = "safety/i2t/text/**"


@pytest.fixture(scope="module")
def earlier(tmp_path_factory):
    folder = tmp_path_factory.mktemp("earlier") / "run"
    return mmdt.run("organism/demo", select=CELL, size=60, repeats=3, out=folder)


def test_without_an_earlier_run_rates_are_assumed():
    found = mmdt.plan("organism/demo", select=SELECT, size=300, gate=0.1)
    assert all(each.assumed and each.rate == 0.05 and each.design_effect == 1 for each in found.needed)
    assert {each.cases for each in found.needed} == {for_gate(0.05, 0.1)}
    assert found.requests == 6 * 254 and all(each.cases == 254 for each in found.cells), "it counts what is needed"
    assert all(each.reached >= 0.8 for each in found.needed)
    narrow = mmdt.plan("organism/demo", select=SELECT, size=10, width=0.1)
    assert all(not each.enough and each.asked == 10 for each in narrow.needed)
    low, high = wilson(5, 10)
    assert narrow.needed[0].reached == pytest.approx(high - low)
    known = mmdt.plan("organism/demo", select=CELL, size=10, width=0.1, expected=0.02)
    assert known.needed[0].cases == pytest.approx(for_width(0.02, 0.1), abs=1)


def test_an_earlier_run_says_what_to_expect(earlier):
    (found,) = mmdt.plan("organism/demo", select=CELL, size=400, width=0.1, earlier=[earlier.folder]).needed
    rate = earlier.scorecard().result(CELL).estimate("HGR").value
    assert not found.assumed and found.rate == pytest.approx(rate, abs=0.02)


def test_repeats_are_proposed_where_cases_do_not_suffice(earlier):
    plenty, few = (
        mmdt.plan("organism/demo", select=CELL, size=size, repeats=1, width=0.1, earlier=[earlier.folder])
        for size in (900, 90)
    )
    assert plenty.needed[0].repeats == 1 and plenty.needed[0].enough
    assert few.needed[0].repeats > 1 and few.needed[0].enough and few.needed[0].cases <= 90
    assert few.requests == few.needed[0].cases * few.needed[0].repeats


def test_two_models_are_planned_by_how_often_they_differ(earlier, tmp_path):
    other = mmdt.run("organism/demo-unsafe", select=CELL, size=60, repeats=3, out=tmp_path / "other")
    alone = mmdt.plan("organism/demo", select=CELL, size=900, detect=0.1, earlier=[earlier.folder]).needed[0]
    both = mmdt.plan("organism/demo", select=CELL, size=900, detect=0.1, earlier=[earlier.folder, other.folder])
    assert "independently" in alone.note and not both.needed[0].note
    with pytest.raises(UsageError, match="3 earlier runs"):
        mmdt.plan("organism/demo", select=CELL, detect=0.1, earlier=[earlier.folder] * 3)


def test_numbers_that_are_no_means_are_asked_in_full():
    (found, *_) = mmdt.plan("organism/demo", select="fairness/t2i/stereotype", size=2, width=0.1).needed
    assert found.cases is None and "not a mean" in found.note


def said(capsys, *arguments):
    with pytest.raises(SystemExit) as ended:
        main([str(each) for each in arguments])
    assert not ended.value.code, capsys.readouterr().err
    return capsys.readouterr().out


def test_the_verb(earlier, capsys):
    text = said(capsys, "plan", "--from", earlier.folder, "--width", "0.2")
    assert CELL in text and "95 % intervals that are 20.0% wide" in text and "--size" in text
    assert all(len(line) <= 100 for line in text.splitlines())
    found = json.loads(said(capsys, "plan", "organism/demo", "-s", CELL, "--gate", "0.1", "--json"))
    assert found["aim"] == {"kind": "gate", "value": 0.1, "power": 0.8} and found["needed"][0]["cases"] == 254
