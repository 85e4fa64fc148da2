"""The page of figures that ``make prove`` writes."""

from tests.evidence import page, record


def test_figures_stand_in_the_section_of_their_test(tmp_path):
    file = tmp_path / "build" / "evidence.jsonl"
    record(file, "tests/stats/test_x.py::test_one[few]", "one", "90 % of 10")
    record(file, "tests/a/test_y.py::test_two", "two", 3)
    record(file, "tests/stats/test_x.py::test_one[many]", "one", "95 % of 1,000")
    text = page(file.read_text(), "abc1234")
    assert "at commit abc1234" in text
    assert text.index("## `tests/a/test_y.py`") < text.index("| two | 3 |") < text.index("## `tests/stats/test_x.py`")
    assert "| one | 95 % of 1,000 |" in text and "90 %" not in text
