"""A gate's files against their standards: the part of SARIF 2.1.0 that they use, and a reader of JUnit XML.

The schema below states sections 3.13 to 3.52 of the standard (OASIS, errata 01) for the objects that a gate writes:
what is required, what is allowed (nothing else is), and the values of each enumeration.
"""

import json
import re
from importlib.metadata import version

import jsonschema
import pytest

from mmdt.report.gate.junit import gate_junit
from mmdt.report.gate.sarif import gate_sarif
from tests.report.gate.test_forms import HOSTILE, Outcome, check, outcome

__all__ = ["outcome"]


def record(required, **properties):
    """An object of the standard: it may have properties of its own in ``properties`` alone."""
    bag = {"properties": {"type": "object"}}
    return {"type": "object", "required": required, "properties": properties | bag, "additionalProperties": False}


TEXT = {"type": "string", "minLength": 1}
INDEX = {"type": "integer", "minimum": 0}
MESSAGE = {**record([], text=TEXT, markdown=TEXT, id=TEXT), "anyOf": [{"required": ["text"]}, {"required": ["id"]}]}
WORDS = record(["text"], text=TEXT, markdown=TEXT)
RULE = record(["id"], id=TEXT, name=TEXT, shortDescription=WORDS, fullDescription=WORDS, help=WORDS, helpUri=TEXT)
DRIVER = record(
    ["name"],
    name=TEXT,
    version=TEXT,
    semanticVersion={"pattern": r"^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$"},
    informationUri=TEXT,
    rules={"type": "array", "items": RULE, "uniqueItems": True},
)
REGION = record([], startLine={"type": "integer", "minimum": 1}, startColumn={"type": "integer", "minimum": 1})
PLACE = record(
    ["artifactLocation"],
    artifactLocation=record(["uri"], uri={"type": "string", "pattern": r"^[!#-;=?-_a-z~%]+$"}, uriBaseId=TEXT),
    region=REGION,
)
LOGICAL = record([], name=TEXT, fullyQualifiedName=TEXT, kind=TEXT)
RESULT = record(
    ["message"],
    ruleId=TEXT,
    ruleIndex=INDEX,
    kind={"enum": ["notApplicable", "pass", "fail", "review", "open", "informational"]},
    level={"enum": ["none", "note", "warning", "error"]},
    message=MESSAGE,
    locations={
        "type": "array",
        "items": record([], physicalLocation=PLACE, logicalLocations={"type": "array", "items": LOGICAL}),
    },
    partialFingerprints={"type": "object", "additionalProperties": TEXT},
)
RESULT["anyOf"] = [{"properties": {"kind": {"const": "fail"}}}, {"properties": {"level": {"const": "none"}}}]
RUN = record(
    ["tool"],
    tool=record(["driver"], driver=DRIVER),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    results={"type": "array", "items": RESULT},
)
LOG = record(
    ["version", "runs"],
    version={"const": "2.1.0"},
    runs={"type": "array", "items": RUN},
    **{"$schema": {"type": "string", "format": "uri"}},
)


def test_a_gate_holds_the_rules_of_sarif(outcome):
    found = json.loads(gate_sarif(outcome))
    jsonschema.Draft202012Validator(LOG).validate(found)
    assert found["runs"][0]["tool"]["driver"]["version"] == version("mmdt")


@pytest.mark.parametrize(
    "wrong",
    [
        lambda log: log["runs"][0].pop("tool"),
        lambda log: log["runs"][0]["results"][0].pop("message"),
        lambda log: log["runs"][0]["results"][1].update(level="warning"),
        lambda log: log["runs"][0]["results"][0].update(severity="high"),
        lambda log: log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"].update(startLine=0),
    ],
)
def test_the_rules_see_what_is_wrong(outcome, wrong):
    found = json.loads(gate_sarif(outcome))
    wrong(found)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(LOG).validate(found)


def test_a_gate_without_findings_and_one_without_a_line_hold_them_too():
    for checks in ((), (check("pass"),), (check("fail", line=0),)):
        jsonschema.Draft202012Validator(LOG).validate(json.loads(gate_sarif(Outcome("fail", checks))))


@pytest.mark.parametrize("file", ["my rules/ä ö.toml", "/elsewhere/gate.toml", "", "../gate.toml"])
def test_any_file_name_is_an_address(file):
    found = Outcome("fail", (check("fail"),), file=file)
    jsonschema.Draft202012Validator(LOG).validate(json.loads(gate_sarif(found)))


def test_no_name_becomes_a_link(outcome):
    """Viewers show ``[text](address)`` in a message as a link."""
    assert "](" in HOSTILE
    for each in json.loads(gate_sarif(outcome))["runs"][0]["results"]:
        assert not re.search(r"\]\(", each["message"]["text"])


def test_a_reader_of_junit_counts_what_the_gate_says(outcome):
    junitparser = pytest.importorskip("junitparser")
    read = junitparser.JUnitXml.fromstring(gate_junit(outcome).encode())
    assert (read.tests, read.failures, read.skipped, read.errors) == (3, 1, 1, 0)
    (suite,) = read
    cases = list(suite)
    kinds = [[type(one).__name__ for one in each.result] for each in cases]
    assert kinds == [["Failure"], ["Skipped"], []]
    assert "because" in cases[0].result[0].message and {each.name: each.value for each in suite.properties()}["verdict"]
    read.update_statistics()
    assert (read.tests, read.failures, read.skipped) == (3, 1, 1), "the same as the reader counts by itself"
