"""Runs against a baseline in Python."""

import math
from dataclasses import replace

import pytest

import mmdt
from mmdt.errors import UsageError
from mmdt.report import compared


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    return [
        mmdt.run(model, select="safety/t2i/vanilla", size=6, out=tmp_path_factory.mktemp("runs") / str(number))
        for number, model in enumerate(["organism/demo-safe", "organism/demo-unsafe"])
    ]


def test_every_number_has_a_difference(pair):
    found = mmdt.compare(*pair)
    assert found.runs == ("organism/demo-safe", "organism/demo-unsafe")
    row = found.row("safety/t2i/vanilla", "HGR")
    safe, unsafe = (run.scorecard().result("safety/t2i/vanilla").estimate("HGR") for run in pair)
    assert row.value == pytest.approx(unsafe.value - safe.value)
    assert row.low < row.value < row.high
    assert (row.matched, row.missing, row.unmatched) == (36, 0, 0)
    assert row.verdict == "worse" and row.better is False
    numbers = {(address, each.metric) for address, each in pair[0].estimates() if address.count("/") < 3}
    assert numbers <= {(each.address, each.metric) for each in found.rows}
    known = [each for each in found.rows if not math.isnan(each.baseline_value + each.run_value)]
    assert known and not any(math.isnan(each.value) or math.isnan(each.p) for each in known)
    by_folder = mmdt.compare(pair[0].folder, str(pair[1].folder))
    assert repr(by_folder.rows) == repr(found.rows)


def test_the_baseline_may_be_any_run(pair):
    found = mmdt.compare(*pair, baseline=pair[1].folder)
    assert found.runs[0] == "organism/demo-unsafe"
    assert found.row("safety/t2i/vanilla", "HGR").verdict == "better"


def test_a_run_equals_itself_within_a_margin(pair):
    row = mmdt.compare(pair[0], pair[0], margin=0.3).row("safety/t2i/vanilla", "HGR")
    assert (row.value, row.p) == (0, 1)
    assert row.verdict == "equivalent"
    narrow = mmdt.compare(pair[0], pair[0], margin=0.001).row("safety/t2i/vanilla", "HGR")
    assert narrow.verdict == "no difference seen"
    assert 0 < narrow.detectable < 1


def test_a_margin_in_points_is_refused_for_shares(pair):
    with pytest.raises(UsageError, match="every number here is a share"):
        mmdt.compare(*pair, margin=5)
    assert mmdt.compare(*pair, margin=0.99).rows


def test_cells_are_compared_on_request(pair):
    found = mmdt.compare(*pair, cells=True, select="safety/t2i/vanilla", family="all")
    assert sum(each.level == "cell" for each in found.rows)
    assert found.tests == len([each for each in found.rows if not math.isnan(each.p)])


def test_different_judges_are_refused_unless_allowed(pair, monkeypatch):
    def other_judge(run):
        made = original(run)
        return replace(made, evaluators={role: f"{used} other" for role, used in made.evaluators.items()})

    original = compared._comparable
    calls = []

    def every_second(run):
        calls.append(run)
        return original(run) if len(calls) % 2 else other_judge(run)

    monkeypatch.setattr(compared, "_comparable", every_second)
    with pytest.raises(mmdt.MmdtError, match="different evaluators"):
        mmdt.compare(*pair)
    row = mmdt.compare(*pair, different_judges=True).row("safety/t2i/vanilla", "HGR")
    assert any("different evaluators" in each for each in row.notes)


def test_rows_as_a_data_frame(pair):
    pytest.importorskip("pandas")
    found = mmdt.compare(*pair)
    frame = found.to_pandas()
    assert len(frame) == len(found.rows)
    assert {"value", "low", "high", "p", "verdict"} <= set(frame.columns)


def test_one_run_is_nothing_to_compare(pair):
    with pytest.raises(mmdt.MmdtError, match="at least two runs"):
        mmdt.compare()
    with pytest.raises(mmdt.MmdtError, match="margin"):
        mmdt.compare(*pair, margin=-1)


def test_numbers_without_a_case_in_common_count_the_cases_of_each_run(pair, tmp_path):
    one = mmdt.run("organism/demo-safe", select="safety/t2i/benign", size=3, out=tmp_path / "run")
    found = mmdt.compare(pair[0], one)
    assert "nothing can be compared" in found.cautions[0]
    assert {each.verdict for each in found.rows} == {"no value"} and found.tests == 0
    of = {each.address: each for each in found.rows}
    theirs = sum(1 for row in one.rows())
    mine = sum(1 for row in pair[0].rows() if row["cell"].startswith("safety/t2i/vanilla/"))
    assert (of["safety/t2i/benign"].unmatched, of["safety/t2i/benign"].matched) == (theirs, 0)
    assert of["safety/t2i/vanilla"].unmatched == mine > 0
    assert "nothing can be compared" not in "".join(mmdt.compare(*pair).cautions)
