"""The page of figures that ``make prove`` writes."""

from tests.evidence import page, record


def test_figures_stand_in_the_section_of_their_test(tmp_path):
    file = tmp_path / "build" / "evidence.jsonl"
    record(file, "tests/stats/test_x.py::test_one[few]", "one", "90 % of 10")
    record(file, "tests/a/test_y.py::test_two", "two", 3)
    record(file, "tests/stats/test_x.py::test_one[many]", "one", "95 % of 1,000")
    text = page(file.read_text(), "abc1234")
    assert (
        text.index("## `tests/a/test_y.py`")
        < text.index("| two | 3 | abc1234 |")
        < text.index("## `tests/stats/test_x.py`")
    )
    assert "| one | 95 % of 1,000 |" in text and "90 %" not in text


def test_figures_that_were_not_found_again_stay_with_their_commit(tmp_path):
    file = tmp_path / "evidence.jsonl"
    record(file, "tests/test_x.py::test_one", "one", 1)
    record(file, "tests/test_x.py::test_two", "two | halves", 2)
    first = page(file.read_text(), "abc1234")
    file.unlink()
    record(file, "tests/test_x.py::test_one", "one", "3 of 4")
    second = page(file.read_text(), "def5678-dirty", first)
    assert "| one | 3 of 4 | def5678-dirty |" in second and "| two | halves | 2 | abc1234 |" in second
    assert "| one | 1 |" not in second
    assert page("", "aaaaaaa", second) == second
