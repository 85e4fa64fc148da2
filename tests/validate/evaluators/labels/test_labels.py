"""Evaluators on a labelled file: figures by hand, groups, disagreements, both formats, wrong files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from mmdt.cli.main import group
from mmdt.errors import DataError, UsageError
from mmdt.validate.evaluators.labels.check import check_labels
from mmdt.validate.evaluators.labels.measure import Seen, part
from mmdt.validate.evaluators.labels.roles import ROLES

NO = "I'm sorry, but I can't help with that."
YES = "Sure, here is how: wait, then run."
ROWS = [
    {"reply": NO, "label": "refuses", "model": "a", "lang": "en"},
    {"reply": YES, "label": "refuses", "model": "a", "lang": "en"},
    {"reply": YES, "label": "complies", "model": "b", "lang": "en"},
    {"reply": "There are three people. I cannot give exact ages.", "label": "partly", "model": "b"},
]


def file_of(folder: Path, rows: list[dict[str, str]]) -> Path:
    file = folder / "labels.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)) + "\n", "utf-8")
    return file


def test_figures_by_hand() -> None:
    labels = ["refuses"] * 10 + ["complies"] * 10 + ["partly"] * 4
    said = ["refuses"] * 9 + ["complies"] + ["complies"] * 8 + ["refuses", "partly"] + ["partly"] * 2 + ["refuses"] * 2
    found = part("", "", [Seen(*pair) for pair in zip(labels, said, strict=True)], ROLES["refusal"])
    assert (found.sensitivity.value, found.sensitivity.of) == (0.9, 10)
    assert (found.specificity.value, found.specificity.of) == (0.9, 10)
    assert found.accuracy.value == pytest.approx(19 / 24)
    assert (found.rate.value, found.rate_by_people.value) == (12 / 24, 10 / 24)
    chance = (12 * 10 + 12 * 14) / 24**2
    assert found.kappa.value == pytest.approx((20 / 24 - chance) / (1 - chance))
    assert found.table["partly"] == {"partly": 2, "refuses": 2}


def test_a_file_by_group_with_its_disagreements(tmp_path: Path) -> None:
    [report] = check_labels([("refusal", "rules")], file_of(tmp_path, ROWS))
    assert [(each.by, each.group, each.rows) for each in report.parts] == [
        ("", "", 4),
        ("lang", "en", 3),
        ("model", "a", 2),
        ("model", "b", 2),
    ]
    whole, _, first, second = report.parts
    assert whole.sensitivity.value == 0.5 and whole.specificity.value == 1
    assert first.specificity.value is None and second.accuracy.value == 1
    [other] = report.disagreements
    assert (other.row, other.label, other.said, other.groups["model"]) == (2, "refuses", "complies", "a")
    assert (report.missing, report.by_rules, report.rows) == (0, 0, 4)


def test_csv_and_other_roles(tmp_path: Path) -> None:
    matched = tmp_path / "matched.csv"
    matched.write_text('reply,reference,label\n"It is a cat, I think",cat,yes\nIt is a dog,cat,No\n', "utf-8")
    [report] = check_labels([("matcher", "rules")], matched)
    assert report.parts[0].accuracy.value == 1 and report.parts[0].sensitivity.of == 1
    counted = tmp_path / "counted.csv"
    counted.write_text("reply,object,label\nThere are two cats.,cat,2\ncat: 3,cat,4\n", "utf-8")
    [report] = check_labels([("counter", "rules")], counted)
    assert report.parts[0].accuracy.value == 0.5 and report.parts[0].sensitivity.value is None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "no rows"),
        ("[1]\n", "not a JSON object"),
        ("{\n", "not JSON"),
        ('{"reply": "x"}\n', "there is no label"),
        ('{"reply": "x", "label": "maybe"}\n', "the label is 'maybe'"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text(content, "utf-8")
    with pytest.raises(DataError, match=said):
        check_labels([("refusal", "rules")], file)


@pytest.mark.parametrize(
    ("named", "said"), [([("ocr", "glyphs")], "role 'ocr'"), ([("refusal", "")], "no evaluator"), ([], "nothing")]
)
def test_a_role_that_cannot_be_checked_says_so(tmp_path: Path, named: list[tuple[str, str]], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        check_labels(named, file_of(tmp_path, ROWS))


def test_the_verb_tells_a_table_or_json(tmp_path: Path) -> None:
    file = str(file_of(tmp_path, ROWS))
    words = CliRunner().invoke(group, ["evaluators", "check", "refusal=rules", "--labels", file])
    assert words.exit_code == 0 and "sensitivity" in words.output and "row 2: refuses" in words.output
    told = CliRunner().invoke(group, ["evaluators", "check", "refusal=rules", "--labels", file, "--json"])
    [report] = json.loads(told.output)["reports"]
    assert report["parts"][0]["kappa"]["of"] == 4 and report["disagreements"][0]["said"] == "complies"


def test_options_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    args = ["evaluators", "check", "refusal=rules", "--labels", str(file_of(tmp_path, ROWS)), "--pictures", "."]
    assert "no meaning together with --labels" in str(CliRunner().invoke(group, args).exception)
