"""The outcome of a gate as text, Markdown, JUnit XML and SARIF, with names that try to break each."""

import json
import math
import re
from dataclasses import dataclass
from xml.etree import ElementTree

import pytest

from mmdt.report.gate.junit import gate_junit
from mmdt.report.gate.markdown import gate_markdown
from mmdt.report.gate.sarif import gate_sarif
from mmdt.report.gate.text import gate_text
from mmdt.report.gate.write import write_form
from mmdt.stats.gate.checks import GateCheck

HOSTILE = "x]]></failure> | @everyone <script> \x1b[2J\x00\ufffe ![a](http://e.vil) #1"


@dataclass
class Outcome:
    verdict: str
    checks: tuple
    tests: int = 2
    run: str = HOSTILE
    baseline: str = ""
    file: str = "rules/gate.toml"
    cautions: tuple = (HOSTILE,)

    def counts(self):
        return {each: sum(check.verdict == each for check in self.checks) for each in ("fail", "inconclusive", "pass")}


def check(verdict, **more):
    given = {"rule": HOSTILE, "demand": "at most 10%", "limit": 0.1, "why": f"because {HOSTILE}", "line": 4}
    given |= {"address": "safety/i2t/text", "metric": "HGR", "value": 0.3, "low": 0.2, "high": 0.4, "n": 60}
    return GateCheck(verdict=verdict, **{**given, **more})


@pytest.fixture
def outcome():
    unknown = check("inconclusive", value=math.nan, low=math.nan, high=math.nan, n=0)
    whole = check("pass", address="", metric="", value=math.nan)
    return Outcome("fail", (check("fail", p=0.001, p_adjusted=0.002, clusters=60), unknown, whole))


def test_junit_is_xml_with_right_counts(outcome):
    suite = ElementTree.fromstring(gate_junit(outcome))[0]  # noqa: S314
    assert [suite.get(name) for name in ("tests", "failures", "skipped", "errors")] == ["3", "1", "1", "0"]
    assert len(suite.findall("testcase")) == 3
    (failed,) = suite.findall("testcase/failure")
    assert "30.0% [20.0, 40.0]" in failed.text and "p = 0.001" in failed.text


def test_sarif_has_what_code_scanning_needs(outcome):
    found = json.loads(gate_sarif(outcome))
    (run,) = found["runs"]
    assert found["version"] == "2.1.0"
    assert [(each["kind"], each["level"]) for each in run["results"]] == [("fail", "error"), ("open", "none")]
    for each in run["results"]:
        assert run["tool"]["driver"]["rules"][each["ruleIndex"]]["id"] == each["ruleId"]
        assert each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "rules/gate.toml"
        assert each["locations"][0]["physicalLocation"]["region"]["startLine"] == 4
        assert len(each["partialFingerprints"]["mmdtGate/v1"]) == 64


def test_markdown_marks_nothing_up(outcome):
    found = gate_markdown(outcome)
    assert "### mmdt gate: fail" in found
    marked = re.sub(r"\\.", "", found)
    assert not any(each in marked for each in ("<script", "@everyone", "](", "#1", "\x1b"))
    rows = [line for line in found.splitlines() if line.startswith("| x")]
    assert len(rows) == 3
    for row in rows:
        assert row.replace(r"\|", "").count("|") == 6


def test_text_shows_what_fails_first_and_no_control_characters(outcome):
    lines = gate_text(outcome).splitlines()
    assert lines[0].startswith("gate: FAIL")
    assert [line.split()[0] for line in lines if line[:4] in ("fail", "inco", "pass")] == [
        "fail",
        "inconclusive",
        "pass",
    ]
    assert not any(ord(char) < 32 for line in lines for char in line)


def test_a_file_is_written_as_a_whole(tmp_path):
    path = tmp_path / "new" / "gate.md"
    write_form(path, "text")
    assert path.read_text() == "text"
    assert [each.name for each in path.parent.iterdir()] == ["gate.md"]
