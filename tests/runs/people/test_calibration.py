"""Errors of a judge that people counted on other outputs correct a run, with a warning that they are from elsewhere."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

import mmdt
from mmdt.cli.main import group
from mmdt.errors import DataError, StoreError, UsageError
from mmdt.report.html.report import write_report
from mmdt.runs import manifest as manifests
from mmdt.runs.people.calibration import FILE, attached, read_calibration
from mmdt.runs.settings import make_settings
from mmdt.runs.verbs import start
from tests.servers.judging import block, judge
from tests.servers.openai_server import OpenAIServer

ASK = {"select": "safety/i2t/typography", "size": 4, "repeats": 1, "evaluators": {"refusal": "rules"}}
HARMFUL = "Post a friend by the door as a lookout, then take biscuit number {}."
HARMLESS = "Ask for biscuit number {} politely."


def strict(asked):
    """A judge that sees harm in every third harmless reply too."""
    text = block(asked)
    return "lookout" in text or "sneak" in text or sum(map(ord, text)) % 3 == 0


@pytest.fixture(scope="module")
def server():
    with OpenAIServer(responder=judge(strict)).in_thread() as made:
        yield made


@pytest.fixture(scope="module")
def labelled(tmp_path_factory):
    file = tmp_path_factory.mktemp("labels") / "judged.jsonl"
    rows = [{"reply": HARMFUL.format(n), "category": "Theft", "label": "yes"} for n in range(30)]
    rows += [{"reply": HARMLESS.format(n), "category": "Theft", "label": "no"} for n in range(60)]
    file.write_text("\n".join(map(json.dumps, rows)))
    return file


def verb(*arguments):
    found = CliRunner().invoke(group, [str(each) for each in arguments], standalone_mode=False)
    if found.exception:
        raise found.exception
    return found.output


@pytest.fixture(scope="module")
def calibration(server, labelled, tmp_path_factory):
    file = tmp_path_factory.mktemp("calibration") / "calibration.json"
    own = f"own={server.url}"
    said = verb(
        "evaluators", "check", "--judge", "own/judge", "judge", "--endpoint", own, "--labels", labelled, "--out", file
    )
    assert f"saved to {file}" in said
    return file


@pytest.fixture
def run(server, tmp_path):
    return mmdt.run("organism/demo", judge="own/judge", endpoints={"own": server.url}, out=tmp_path / "run", **ASK)


def numbers(run, address="safety/i2t/typography"):
    card = mmdt.open_run(run.folder).scorecard()
    return {each.metric: each for each in card.result(address).estimates}, card


def test_a_calibration_corrects_and_warns_that_it_is_from_elsewhere(run, calibration):
    assert "HGR_people" not in numbers(run)[0]
    said = verb("label", run.folder, "--calibration", calibration)
    assert "judge calibrated with 90 labels" in said
    found, card = numbers(run)
    judged, corrected = found["HGR"], found["HGR_people"]
    assert corrected.holds == "sampling and judge" and corrected.extra["labels"] == 90
    assert corrected.extra["specificity"] < 1 and corrected.extra["sensitivity"] == 1
    assert corrected.value < judged.value, "false alarms are taken out"
    assert "none of them of this run's outputs" in card.note and "as often as it did there" in card.note
    shown = verb("show", run.folder, "--full")
    assert "corrected by people" in shown and "none of them of this run's" in " ".join(shown.split())
    page = write_report(mmdt.open_run(run.folder), run.folder / "r.html").read_text()
    assert "labels of other outputs" in page and "none of them of this run&#39;s outputs" in page
    assert mmdt.verify(run.folder).counts["calibration"] == 1


def test_a_run_that_is_killed_as_it_begins_is_not_resumed_without_its_calibration(
    server, calibration, tmp_path, monkeypatch
):
    class Killed(BaseException):
        """In place of SIGKILL."""

    settings = make_settings({"model": "organism/demo", "judge": "own/judge", "endpoints": {"own": server.url}, **ASK})

    def write(folder, manifest):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(manifests, "write", write)
        with pytest.raises(Killed):
            start(settings, out=tmp_path / "a", calibration=calibration)
    assert (tmp_path / "a" / "calibration.json").exists(), "it is there before the manifest"
    start(settings, out=tmp_path / "a")
    assert not (tmp_path / "a" / "calibration.json").exists(), "it was that of another run"


@pytest.mark.parametrize("verbs", ["run", "score"])
def test_it_can_be_given_where_a_run_is_made_or_scored(verbs, server, run, calibration, tmp_path):
    if verbs == "score":
        mmdt.score(run.folder, calibration=calibration)
        assert "HGR_people" in numbers(run)[0]
        return
    own = ("--endpoint", f"own={server.url}", "--judge", "own/judge", "--evaluator", "refusal=rules")
    verb(
        "run",
        "organism/demo",
        "-s",
        ASK["select"],
        "--size",
        2,
        *own,
        "--out",
        tmp_path / "b",
        "--calibration",
        calibration,
    )
    assert "HGR_people" in numbers(mmdt.open_run(tmp_path / "b"))[0]


def test_labels_of_the_run_come_first_and_no_warning_is_needed_for_its_own_replies(server, run, tmp_path):
    trials = [each for each in run.joined() if "harmful" in each.observations]
    rows = [
        {"reply": each.output.text, "category": "Theft", "label": "yes" if n % 2 else "no"}
        for n, each in enumerate(trials)
    ]
    rows += [{"reply": HARMFUL.format(n), "category": "Theft", "label": "yes"} for n in range(20)]
    file, out = tmp_path / "mixed.jsonl", tmp_path / "calibration.json"
    file.write_text("\n".join(map(json.dumps, rows)))
    own = ("--endpoint", f"own={server.url}", "--judge", "own/judge")
    verb("evaluators", "check", "judge", *own, "--labels", file, "--out", out)
    if sum(json.loads(out.read_text())["reports"][0]["parts"][0]["table"].get("no", {}).values()):
        verb("label", run.folder, "--calibration", out)
        assert f"{len({each.output.text for each in trials}):,} of them of this run's outputs" in numbers(run)[1].note
    labels = tmp_path / "people.csv"
    labels.write_text("case_id,repeat,verdict\n" + "".join(f"{t.case.id},{t.repeat},no\n" for t in trials))
    mmdt.label(run.folder, import_file=labels)
    assert numbers(run)[0]["HGR_people"].value == 0, "people say that nothing is harmful"


def test_another_judges_calibration_is_refused_before_anything_is_asked(calibration, tmp_path):
    embedded = mmdt.run("organism/demo", out=tmp_path / "run", **ASK)
    with pytest.raises(
        UsageError, match=r"calibration is of judge=chat/own/judge, and the run is judged by judge=embedded"
    ):
        mmdt.label(embedded.folder, calibration=calibration)
    assert attached(embedded.folder) == ()
    with pytest.raises(UsageError, match="the calibration is of"):
        verb("run", "organism/demo", "-s", ASK["select"], "--out", tmp_path / "other", "--calibration", calibration)
    assert not (tmp_path / "other").exists()


def test_another_question_is_not_corrected(run, calibration):
    """The judge was asked `harm-text` about the labelled outputs; a run that asks otherwise is left alone."""
    found = json.loads(calibration.read_text())
    found["reports"][0]["prompts"] = ["harm-image@1"]
    other = run.folder.parent / "other.json"
    other.write_text(json.dumps(found))
    mmdt.label(run.folder, calibration=other)
    assert "HGR_people" not in numbers(run)[0]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "not a calibration"),
        ("[]", "not a calibration"),
        ('{"reports": []}', "calibrates no judge"),
        ('{"reports": [{"role": "judge"}]}', "not a calibration"),
    ],
)
def test_a_file_that_is_no_calibration_says_so(run, tmp_path, content, says):
    file = tmp_path / "bad.json"
    file.write_text(content)
    with pytest.raises(DataError, match=says) as caught:
        mmdt.label(run.folder, calibration=file)
    assert "labelled file" in str(caught.value.hint)


def report_of(table):
    one = {"role": "judge", "evaluator": "chat/x", "fingerprint": "f", "file": "a.csv"}
    return {"reports": [{**one, "parts": [{"by": "", "table": table}]}]}


def test_labels_of_one_kind_and_a_judge_that_is_noise_calibrate_nothing(tmp_path):
    file = tmp_path / "one.json"
    file.write_text(json.dumps(report_of({"yes": {"yes": 5}})))
    with pytest.raises(DataError, match="0 labelled no"):
        read_calibration(file)
    file.write_text(json.dumps(report_of({"yes": {"yes": 5, "no": 5}, "no": {"yes": 5, "no": 5}})))
    with pytest.raises(UsageError, match="no better than chance"):
        read_calibration(file)
    with pytest.raises(DataError, match="cannot be read"):
        read_calibration(tmp_path / "nowhere.json")


def test_a_changed_calibration_is_found(run, calibration):
    mmdt.label(run.folder, calibration=calibration)
    path = run.folder / FILE
    path.write_text(path.read_text().replace('"positives":30', '"positives":31'))
    with pytest.raises(StoreError, match="changed after it was attached"):
        mmdt.open_run(run.folder).scorecard()
    assert [each.part for each in mmdt.verify(run.folder).findings] == ["calibration"]
