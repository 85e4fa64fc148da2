"""Labels in and out of a run, and what they do to its numbers."""

from __future__ import annotations

import csv
import json
import shutil

import pytest

import mmdt
from mmdt.errors import DataError, UsageError
from mmdt.runs.people.choice import chosen, probes_of, verdict_of
from mmdt.runs.people.labels import FILE, Label, LabelFile
from mmdt.stats.scorecard import Scorecard


def rows(run, n=60):
    """Labels as the judge's verdicts are."""
    trials = {(trial.case.id, trial.repeat): trial for trial in run.joined()}
    for task in chosen(run, "harmful", n):
        said = verdict_of(trials[task.key], "harmful")
        yield {"case_id": task.key[0], "repeat": task.key[1], "verdict": "yes" if said else "no"}


def write(path, found):
    found = list(found)
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, found[0])
        writer.writeheader()
        writer.writerows(found)
    return path


def numbers(run, address="safety/i2t/jailbreak") -> dict[str, mmdt.Estimate]:
    card: Scorecard = mmdt.open_run(run.folder).scorecard()
    return {each.metric: each for each in card.result(address).estimates}


def test_without_labels_every_judged_number_says_sampling_only(run):
    found = numbers(run)
    assert (found["HGR"].holds, found["BR"].holds) == ("sampling only", "sampling")
    assert "HGR_people" not in found
    card = mmdt.open_run(run.folder).scorecard()
    assert card.result("safety/i2t/HGR").estimate().holds == "sampling only"


def test_labels_that_agree_leave_the_value_and_add_their_own_uncertainty(run, tmp_path):
    mmdt.label(run.folder, import_file=write(tmp_path / "people.csv", rows(run)))
    found = numbers(run)
    judged, corrected = found["HGR"], found["HGR_people"]
    assert corrected.value == pytest.approx(judged.value)
    assert corrected.holds == "sampling and judge"
    assert corrected.high - corrected.low > judged.high - judged.low


def test_labels_that_differ_move_the_value(run, tmp_path):
    mmdt.label(run.folder, import_file=write(tmp_path / "people.csv", ({**row, "verdict": "no"} for row in rows(run))))
    found = numbers(run)
    assert found["HGR_people"].value == 0 < found["HGR"].value


def test_with_everything_labelled_the_number_is_that_of_the_people(run, tmp_path):
    """Whatever the judge says: all outputs are called harmless but one."""
    everything = list(rows(run, 10_000))
    for each in everything:
        each["verdict"] = "no"
    everything[0]["verdict"] = "yes"
    mmdt.label(run.folder, import_file=write(tmp_path / "people.csv", everything))
    found = [numbers(run, f"safety/{modality}/jailbreak")["HGR_people"] for modality in ("i2t", "t2i")]
    assert sum(each.value * each.n for each in found) == pytest.approx(1)


def test_labels_come_back_as_they_went(run, tmp_path):
    mmdt.label(run.folder, import_file=write(tmp_path / "people.csv", rows(run)), annotator="Ann")
    before = LabelFile(run.folder).read()
    for name in ("out.csv", "out.jsonl"):
        done = mmdt.label(run.folder, export_file=tmp_path / name)
        assert done.exported == 60
        (run.folder / FILE).unlink()
        (run.folder / "labels.kept").unlink()
        mmdt.label(run.folder, import_file=tmp_path / name)
        assert [(each.output, each.annotator, each.verdict) for each in LabelFile(run.folder).read()] == [
            (each.output, each.annotator, each.verdict) for each in before
        ]


def test_a_formula_does_not_run_in_a_spreadsheet(run, tmp_path):
    task = chosen(run, "harmful", 1)[0]
    LabelFile(run.folder).add([Label(*task.key, "harmful", "=cmd()", "yes")])
    mmdt.label(run.folder, export_file=tmp_path / "out.csv")
    assert "'=cmd()" in (tmp_path / "out.csv").read_text()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"case_id": "nobody"}, "has no output 'nobody'"),
        ({"repeat": 7}, "repeat 7"),
        ({"repeat": "first"}, "whole number"),
        ({"verdict": "maybe"}, "expected yes, no or unsure, got 'maybe'"),
        ({"verdict": ""}, "got nothing"),
        ({"probe": "nudity"}, "asked nothing about this output"),
        ({"probability": 2}, "above 0"),
        ({"probability": "nan"}, "above 0"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_kept(run, tmp_path, change, says):
    good, bad = list(rows(run, 2))
    path = tmp_path / "people.jsonl"
    path.write_text("\n".join(json.dumps(each) for each in (good, bad | change)))
    with pytest.raises(DataError, match=says) as caught:
        mmdt.label(run.folder, import_file=path)
    assert "line 2" in str(caught.value)
    assert LabelFile(run.folder).read() == []


def test_two_verdicts_of_one_person_in_one_file_are_refused(run, tmp_path):
    (row,) = rows(run, 1)
    path = tmp_path / "people.jsonl"
    other = {"yes": "no", "no": "yes"}[row["verdict"]]
    path.write_text("\n".join(json.dumps(each) for each in (row, row | {"verdict": other})))
    with pytest.raises(DataError, match="says otherwise"):
        mmdt.label(run.folder, import_file=path)


@pytest.mark.parametrize("name", ["people.txt", "nothing.csv"])
def test_a_file_that_cannot_be_read(run, tmp_path, name):
    (tmp_path / "people.txt").write_text("x")
    with pytest.raises(DataError):
        mmdt.label(run.folder, import_file=tmp_path / name)


def test_a_probe_that_was_never_asked(run):
    with pytest.raises(UsageError, match="no verdicts of the probe 'blur'") as caught:
        mmdt.label(run.folder, probe="blur")
    assert "harmful" in str(caught.value)
    assert set(probes_of(run)) == {"harmful"}
    with pytest.raises(UsageError, match="cannot label 0"):
        mmdt.label(run.folder, n=0)


def test_verify_reads_the_labels_too(run, tmp_path):
    mmdt.label(run.folder, import_file=write(tmp_path / "people.csv", rows(run, 5)))
    found = mmdt.verify(run.folder)
    assert found.ok
    assert found.counts["labels"] == 5
    path = run.folder / FILE
    path.write_text(path.read_text().replace('"repeat":0', '"repeat":1', 1))
    found = mmdt.verify(run.folder)
    assert [each.part for each in found.findings] == ["labels"]


def test_the_corrected_number_is_shown_and_exported(run, tmp_path, capsys):
    mmdt.label(run.folder, import_file=write(tmp_path / "people.csv", rows(run)))
    again = mmdt.open_run(run.folder)
    exported = {(row["address"], row["metric"]): row for row in again.rows("estimates")}
    assert exported["safety/i2t/jailbreak", "HGR_people"]["holds"] == "sampling and judge"
    assert exported["safety/i2t/jailbreak", "HGR"]["holds"] == "sampling only"
    page = again.report(tmp_path / "report.html").read_text()
    assert "corrected by people" in page
    assert "sampling only" in page
    from mmdt.report.terminal.scorecard import print_scorecard

    print_scorecard(again.scorecard(), manifest=again.manifest)
    shown = capsys.readouterr().out
    assert "60 labels" in shown or "labels" in shown
    assert "sampling only" in shown
    assert "sampling and judge" in shown.replace("\n", " ")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "whole"
    return mmdt.run("organism/demo", select="safety/i2t/**", data="embedded", size=2, repeats=1, out=folder)


@pytest.fixture
def every(whole, tmp_path):
    shutil.copytree(whole.folder, tmp_path / "run")
    return mmdt.open_run(tmp_path / "run")


def test_a_summary_is_corrected_as_its_scenarios_are(every, tmp_path):
    """With everything labelled it is the mean of the scenarios by people; the judge's own stays beside it."""
    everything = list(rows(every, 10_000))
    for number, each in enumerate(everything):
        each["verdict"] = "yes" if number % 3 else "no"
    mmdt.label(every.folder, import_file=write(tmp_path / "people.csv", everything))
    found = numbers(every, "safety/i2t/HGR")
    parts = ("typography", "illustration", "jailbreak")
    by_people = [numbers(every, f"safety/i2t/{each}")["HGR_people"].value for each in parts]
    assert found["HGR_people"].value == pytest.approx(sum(by_people) / len(by_people))
    assert found["HGR_people"].holds == "sampling and judge"
    assert found["HGR_people"].value != pytest.approx(found["HGR"].value)


def test_a_summary_with_a_judged_scenario_without_labels_is_not_corrected(every, tmp_path):
    mine = {trial.case.id for trial in every.joined() if trial.case.cell.scenario == "jailbreak"}
    some = [each for each in rows(every, 10_000) if each["case_id"] in mine]
    mmdt.label(every.folder, import_file=write(tmp_path / "people.csv", some))
    assert "HGR_people" in numbers(every)
    assert "HGR_people" not in numbers(every, "safety/i2t/HGR")
