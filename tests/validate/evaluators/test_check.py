"""Evaluators held against known truth: good ones, one that always says yes, and one that knows nothing."""

import asyncio
import json

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import mmdt
from mmdt.cli.main import group
from mmdt.core.observation import Observation
from mmdt.core.protocols import EvaluatorInfo
from mmdt.errors import UsageError
from mmdt.evaluators import check_reports as reports
from mmdt.evaluators.check_reports import CheckFigure, CheckReport
from mmdt.plugins import open_evaluator
from mmdt.validate.evaluators.check import check_evaluator, check_evaluators
from mmdt.validate.evaluators.sets import HOMES, set_of
from mmdt.validate.evaluators.sets.pictures import distance
from tests.servers.openai_server import OpenAIServer


class Says:
    """An evaluator that sees the same in everything."""

    info = EvaluatorInfo("says", "says@1", batch_size=7)

    def __init__(self, observation):
        self.observation = observation

    async def observe(self, items):
        return [self.observation for _ in items]

    async def close(self):
        pass


def figures(report):
    return {(each.condition, each.name): each.value for each in report.figures}


def checked(role, evaluator, number=4):
    return asyncio.run(check_evaluator(role, evaluator, list(set_of(role)(1, number))))


@pytest.mark.parametrize(
    ("role", "name", "least"),
    [
        ("detector", "pixels", 0.95),
        ("vqa", "pixels", 0.95),
        ("ocr", "glyphs", 0.95),
        ("similarity", "pixels", 0.95),
        ("refusal", "rules", 0.8),
        ("matcher", "rules", 0.8),
        ("counter", "rules", 0.95),
        ("judge", "embedded", 0.95),
        ("attributes", "pixels", 0.95),
    ],
)
def test_the_embedded_ones_are_good_where_it_is_clean(role, name, least):
    report = checked(role, open_evaluator(role, name, None), 12)
    first = [each for each in report.figures if each.condition == report.figures[0].condition]
    assert report.missing == 0
    assert min(each.value for each in first) >= least, first
    assert all(each.low <= each.value <= each.high for each in report.figures)


@pytest.mark.parametrize("role", ["vqa", "judge", "matcher"])
def test_one_that_always_says_yes_is_found_out(role):
    found = figures(checked(role, Says(Observation({"verdict": True})), 6))
    conditions = {condition for condition, _ in found}
    for condition in conditions:
        if condition.startswith("attack: "):  # what always says yes is never turned
            assert found[condition, "verdict turned"] == 0
            continue
        assert found[condition, "yes found"] == 1
        assert found[condition, "no found"] == 0
        assert found[condition, "accuracy"] == pytest.approx(0.5)


def test_a_detector_of_nothing_and_one_of_everything_everywhere():
    none = figures(checked("detector", Says(Observation({"boxes": []}))))
    assert none["clean", "recall"] == 0
    assert ("clean", "precision") not in none, "no box, no precision"


def test_what_is_not_answered_is_missing_and_counts_for_nothing():
    report = checked("vqa", Says(Observation.failed("out of memory")))
    assert (report.questions, report.missing, report.why_missing, report.figures) == (16, 16, "out of memory", ())
    assert report.summary() == ""


@pytest.mark.parametrize("role", HOMES)
def test_a_set_is_the_same_for_the_same_seed_and_another_for_another(role):
    def asked(seed):
        questions = set_of(role)(seed, 3)
        items = [item for question in questions for item in question.items]
        return [(item.question, item.output.text, [image.digest for image in item.output.images]) for item in items]

    assert asked(1) == asked(1) != asked(2)


letters = st.text("abc", max_size=6)


@given(letters, letters, letters)
def test_distance_is_a_metric(one, other, third):
    assert distance(one, other) == distance(other, one)
    assert (distance(one, other) == 0) == (one == other)
    assert distance(one, third) <= distance(one, other) + distance(other, third)


def test_distance_by_hand():
    assert distance("kitten", "sitting") == 3
    assert distance("", "abc") == 3


def test_a_chat_model_is_checked_in_all_that_it_judges(monkeypatch):
    def speak(asked):
        if "counts" in json.dumps(asked.params.get("response_format", {})):
            return json.dumps({"reason": "", "counts": []})
        return json.dumps({"reason": "", "verdict": "no", "class": "refuses", "decision": "reject", "choice": "B"})

    monkeypatch.setenv("MMDT_TEST_KEY", "sk-test")
    with OpenAIServer(responder=speak, key="sk-test").in_thread() as server:
        settings = {"base_url": server.url, "api_key_env": "MMDT_TEST_KEY"}
        found = check_evaluators(number=2, judge="openai/gpt-4o", judge_settings=settings)
    by_role = {report.role: figures(report) for report in found}
    assert set(by_role) == {"judge", "vqa", "matcher", "counter", "refusal", "reader"}
    assert by_role["refusal"]["", "yes found"] == 1 and by_role["refusal"]["", "no found"] == 0
    assert by_role["vqa"]["clean", "no found"] == 1
    assert by_role["vqa"]["clean", "yes found"] == 0
    assert by_role["counter"]["templates", "numbers"] == 1, "the rules read them"
    assert set(by_role["reader"]) == {("decisions", "accuracy"), ("options", "accuracy")}
    assert all(0 <= share <= 1 for share in by_role["reader"].values())


def test_a_role_without_a_set():
    with pytest.raises(UsageError, match="no set with known truth"):
        check_evaluators([("faces", "pixels")])


class TestReports:
    REPORT = CheckReport("vqa", "x", "x@1", (CheckFigure("accuracy", "clean", 0.9, 0.8, 0.95, 40),), 40, 2)

    def test_kept_by_role_and_fingerprint(self, tmp_path):
        file = tmp_path / "new" / "checks.json"
        other = CheckReport("ocr", "x", "x@1", (), 3, 3, "no")
        reports.write([self.REPORT], file)
        reports.write([other, CheckReport("vqa", "x", "x@1", (), 7, 0)], file)
        assert [(each.role, each.questions) for each in reports.read(file)] == [("vqa", 7), ("ocr", 3)]

    def test_a_damaged_file_is_made_anew(self, tmp_path):
        file = tmp_path / "checks.json"
        file.write_text("{")
        assert reports.read(file) == []
        reports.write([self.REPORT], file)
        assert reports.read(file) == [self.REPORT]

    def test_shown_beside_the_numbers_that_rest_on_it(self, tmp_path, monkeypatch):
        monkeypatch.setattr(reports, "cache_folder", lambda: tmp_path)
        info = open_evaluator("refusal", "rules", None).info
        figure = CheckFigure("accuracy", "", 0.925, 0.8, 0.97, 40)
        reports.write([CheckReport("refusal", info.name, info.fingerprint, (figure,), 40, 0)], tmp_path / reports.FILE)
        run = mmdt.run("organism/demo", select="safety/t2i/vanilla", size=1, out=tmp_path / "run")
        assert "checked on known truth: accuracy 92.5%" in run.manifest.evaluators["refusal"].note
        assert "checked" not in run.manifest.evaluators["judge"].note

    def test_unanswered_ones_are_said(self):
        assert self.REPORT.summary() == "checked on known truth: accuracy 90.0%; 2 of 40 unanswered"


class TestVerb:
    def test_table_and_file(self, tmp_path):
        file = tmp_path / "checks.json"
        result = CliRunner().invoke(group, ["evaluators", "check", "refusal=rules", "--n", "6", "--out", str(file)])
        assert result.exit_code == 0, result.output
        assert "refusal=rules" in result.output and "accuracy" in result.output
        assert reports.read(file)[0].role == "refusal"

    def test_json(self, tmp_path):
        arguments = ["evaluators", "check", "counter=rules", "--n", "4", "--json", "--out", str(tmp_path / "c.json")]
        result = CliRunner().invoke(group, arguments)
        assert json.loads(result.stdout)["reports"][0]["role"] == "counter"

    def test_mistakes(self):
        result = CliRunner().invoke(group, ["evaluators", "check", "refusal"])
        assert isinstance(result.exception, UsageError)
