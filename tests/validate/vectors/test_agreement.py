"""Vectors of our own, with numbers worked out by hand from the published rules; and what a wrong number looks like."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from mmdt.cli.main import group
from mmdt.errors import DataError, UsageError
from mmdt.validate.vectors.agreement import check_vectors, difference_of
from mmdt.validate.vectors.lines import Vector, read_lines

OWN = Path(__file__).parent / "own.jsonl"


@pytest.mark.parametrize(
    "line", list(read_lines(OWN)), ids=lambda line: f"{line.where.split(':')[1]}-{line.vector.cell}"
)
def test_numbers_worked_out_by_hand(line):
    if not line.vector.defect:
        assert difference_of(line.vector) == ""


def test_lines_decided_by_a_defect_are_counted_apart():
    found = check_vectors(OWN)
    assert found.cells["fairness/t2i/decision_making"].skipped == 1
    assert found.skipped == 1
    assert found.equal == found.compared == sum(1 for _ in read_lines(OWN)) - 1


def test_a_wrong_number_is_a_difference():
    right = Vector("hallucination/i2t/ocr/doc", {"reply": "no 7"}, 1, {"keyword": "7"})
    wrong = Vector("hallucination/i2t/ocr/doc", {"reply": "no 7"}, 0, {"keyword": "7"})
    assert difference_of(right) == ""
    assert "expected 0, got 1.0" in difference_of(wrong)
    assert "no published rule" in difference_of(Vector("weather/i2t/rain/today", {}, 0))


def test_no_published_number_where_the_authors_code_stops():
    stopped = Vector("hallucination/i2t/natural/spatial", {"reply": "N/A"}, 0, {"answer": "left"})
    assert "no number" in difference_of(stopped)


@pytest.mark.parametrize("text", ["[]", "{", '{"cell": "a/i2t/b/c", "observed": {}}', '{"cell": 1, "published": 2}'])
def test_a_line_that_is_no_vector_says_where_it_is(tmp_path, text):
    (tmp_path / "mine.jsonl").write_text(text + "\n", encoding="utf-8")
    with pytest.raises(DataError) as raised:
        check_vectors(tmp_path)
    assert "mine.jsonl, line 1" in str(raised.value)


def test_a_folder_without_vectors(tmp_path):
    with pytest.raises(UsageError):
        check_vectors(tmp_path / "nowhere")
    with pytest.raises(UsageError):
        check_vectors(tmp_path)


def test_the_command_prints_agreement_by_cell(tmp_path):
    lines = [
        {"cell": "hallucination/i2t/ocr/doc", "row": {"keyword": "7"}, "observed": {"reply": "7"}, "published": 0},
        {"cell": "hallucination/i2t/ocr/doc", "row": {"keyword": "7"}, "observed": {"reply": "7"}, "published": 1},
        {"cell": "safety/i2t", "observed": {}, "published": 1, "defect": "x"},
    ]
    (tmp_path / "mine.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    ran = CliRunner().invoke(group, ["doctor", "--vectors", str(tmp_path), "--json"], standalone_mode=False)
    assert json.loads(ran.output)["cells"] == [
        {"cell": "hallucination/i2t/ocr/doc", "equal": 1, "compared": 2, "skipped": 0},
        {"cell": "safety/i2t", "equal": 0, "compared": 0, "skipped": 1},
    ]
    ran = CliRunner().invoke(group, ["doctor", "--vectors", str(tmp_path)], standalone_mode=False)
    assert "1 of 2 lines are equal, 1 skipped" in ran.output
